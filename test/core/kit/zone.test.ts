import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { momentOf } from '../../../bot/understand/moment.ts'
import { endOf, isWithin, isZone, ownZone, sameWall, wallAt } from '../../../core/kit/zone.ts'

const at = (iso: string): number => Date.parse(`${iso}:00Z`)
const iso = (moment: number | null): string | null => (moment === null ? null : new Date(moment).toISOString().slice(0, 16))
const clock = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
const hoursOf = (text: string) => ({ from: clock(text.slice(0, 5)), to: clock(text.slice(6)) })
const wallOf = (moment: number, zone: string): string => {
  const { date, minutes, day } = wallAt(moment, zone)
  return `${date} ${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')} day ${day}`
}

/** The minutes around both moments of the year at which each of them sets its clocks, in Greenwich. */
describe('the clock on a wall', () => {
  test.each([
    ['Europe/Berlin', '2026-03-29T00:59', '2026-03-29 01:59 day 0'],
    ['Europe/Berlin', '2026-03-29T01:00', '2026-03-29 03:00 day 0'],
    ['Europe/Berlin', '2026-10-25T00:59', '2026-10-25 02:59 day 0'],
    ['Europe/Berlin', '2026-10-25T01:00', '2026-10-25 02:00 day 0'],
    ['America/New_York', '2026-03-08T06:59', '2026-03-08 01:59 day 0'],
    ['America/New_York', '2026-03-08T07:00', '2026-03-08 03:00 day 0'],
    ['America/New_York', '2026-11-01T05:59', '2026-11-01 01:59 day 0'],
    ['America/New_York', '2026-11-01T06:00', '2026-11-01 01:00 day 0'],
    ['Australia/Lord_Howe', '2026-10-03T15:29', '2026-10-04 01:59 day 0'],
    ['Australia/Lord_Howe', '2026-10-03T15:30', '2026-10-04 02:30 day 0'],
    ['Australia/Lord_Howe', '2026-04-04T14:59', '2026-04-05 01:59 day 0'],
    ['Australia/Lord_Howe', '2026-04-04T15:00', '2026-04-05 01:30 day 0'],
    ['Asia/Kolkata', '2026-03-28T18:30', '2026-03-29 00:00 day 0'],
    ['Asia/Kolkata', '2026-12-31T18:29', '2026-12-31 23:59 day 4'],
  ])('in %s at %s shows %s', (zone, moment, shown) => expect(wallOf(at(moment), zone)).toBe(shown))

  test.each([
    ['Europe/Berlin', true],
    ['UTC', true],
    ['Europe/Berln', false],
    ['', false],
  ])('%j is a zone: %s', (name, is) => expect(isZone(name)).toBe(is))
})

describe('hours of a day', () => {
  test.each([
    ['the first minute is one of them', '09:00-18:00', '2026-01-05T08:00', true],
    ['the minute before is not', '09:00-18:00', '2026-01-05T07:59', false],
    ['the last minute is one of them', '09:00-18:00', '2026-01-05T16:59', true],
    ['the end is not', '09:00-18:00', '2026-01-05T17:00', false],
    ['over midnight, the evening is', '22:00-07:00', '2026-01-05T21:00', true],
    ['over midnight, the morning is', '22:00-07:00', '2026-01-05T05:59', true],
    ['over midnight, the end is not', '22:00-07:00', '2026-01-05T06:00', false],
    ['over midnight, noon is not', '22:00-07:00', '2026-01-05T11:00', false],
    ['until midnight, the last minute is', '18:00-00:00', '2026-01-05T22:59', true],
    ['until midnight, midnight is not', '18:00-00:00', '2026-01-05T23:00', false],
  ])('%s', (_, hours, moment, is) => expect(isWithin(hoursOf(hours), at(moment), { zone: 'Europe/Berlin' })).toBe(is))

  test.each([
    ['on a day that is none of them', '09:00-18:00', '2026-01-04T10:00', [1], false],
    ['on a day that is', '09:00-18:00', '2026-01-05T10:00', [1], true],
    ['the evening of such a day', '22:00-07:00', '2026-01-05T22:00', [1], true],
    ['the morning after belongs to the evening before', '22:00-07:00', '2026-01-06T03:00', [1], true],
    ['the morning of such a day belongs to the evening before', '22:00-07:00', '2026-01-05T03:00', [1], false],
    ['the morning of a Sunday belongs to Saturday', '22:00-07:00', '2026-01-04T03:00', [6], true],
    ['no day is none', '09:00-18:00', '2026-01-05T10:00', [], false],
  ])('%s', (_, hours, moment, days, is) => expect(isWithin(hoursOf(hours), at(moment), { zone: 'Europe/Berlin', days })).toBe(is))
})

describe('when hours end', () => {
  test.each([
    ['is now, where it is none of them', 'Europe/Berlin', '22:00-07:00', '2026-01-05T12:00', '2026-01-05T12:00'],
    ['is on the same day', 'Europe/Berlin', '09:00-18:00', '2026-01-05T10:10', '2026-01-05T17:00'],
    ['is on the next', 'Europe/Berlin', '22:00-07:00', '2026-01-05T22:30', '2026-01-06T06:00'],
    ['is an hour sooner in the night of spring', 'Europe/Berlin', '22:00-07:00', '2026-03-28T21:00', '2026-03-29T05:00'],
    ['is an hour later in the night of autumn', 'Europe/Berlin', '22:00-07:00', '2026-10-24T20:00', '2026-10-25T06:00'],
    [
      'comes with the next hour there is, where its own is left out',
      'Europe/Berlin',
      '22:00-02:30',
      '2026-03-28T22:00',
      '2026-03-29T01:00',
    ],
    ['comes the first time, where its own is twice', 'Europe/Berlin', '22:00-02:30', '2026-10-24T22:00', '2026-10-25T00:30'],
    ['comes after both, where it is the second', 'Europe/Berlin', '22:00-03:00', '2026-10-24T22:00', '2026-10-25T02:00'],
    ['in New York in spring', 'America/New_York', '22:00-07:00', '2026-03-08T03:00', '2026-03-08T11:00'],
    ['in New York in autumn', 'America/New_York', '22:00-07:00', '2026-11-01T02:00', '2026-11-01T12:00'],
    ['by half an hour on Lord Howe in spring', 'Australia/Lord_Howe', '22:00-07:00', '2026-10-03T12:00', '2026-10-03T20:00'],
    ['by half an hour on Lord Howe in autumn', 'Australia/Lord_Howe', '22:00-07:00', '2026-04-04T12:00', '2026-04-04T20:30'],
    ['half hours away from Greenwich', 'Asia/Kolkata', '22:00-07:00', '2026-03-28T17:00', '2026-03-29T01:30'],
    ['leaves a gap of one minute', 'Europe/Berlin', '07:01-07:00', '2026-01-05T12:00', '2026-01-06T06:00'],
  ])('%s', (_, zone, hours, moment, end) => expect(iso(endOf(hoursOf(hours), at(moment), zone))).toBe(end))

  test('is after it, the first minute that is none of them, and whole', () => {
    const minute = fc.integer({ min: 0, max: 24 * 60 - 1 })
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC')
    // Days around which clocks are set come as often as all others together.
    const changes = ['2026-03-29', '2026-10-25', '2026-03-08', '2026-11-01', '2026-10-04', '2026-04-05'].map((day) => Date.parse(day))
    const moments = fc.oneof(
      fc.integer({ min: at('2026-01-01T00:00'), max: at('2027-12-31T00:00') }),
      fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -86_400_000, max: 86_400_000 })).map(([day, by]) => day + by),
    )
    fc.assert(
      fc.property(minute, minute, zones, moments, (from, to, zone, moment) => {
        fc.pre(from !== to)
        const hours = { from, to }
        const end = endOf(hours, moment, zone)
        if (!isWithin(hours, moment, { zone })) {
          expect(end).toBe(moment)
          return
        }
        expect(end).toBeGreaterThan(moment)
        expect(end % 60_000).toBe(0)
        expect(isWithin(hours, end, { zone })).toBe(false)
        for (let one = moment; one < end; one += 60_000) if (!isWithin(hours, one, { zone })) expect(iso(one)).toBe(iso(end))
        expect(isWithin(hours, end - 60_000, { zone })).toBe(true)
      }),
      { numRuns: 150 },
    )
  })
})

describe('a moment that somebody names by their own clock', () => {
  const own = process.env.TZ
  afterEach(() => {
    if (own === undefined) delete process.env.TZ
    else process.env.TZ = own
  })

  test.each([
    ['on an ordinary day', 'UTC', 'Europe/Berlin', '2026-01-05T09:00', '11:00', '2026-01-05T10:00'],
    ['over midnight there, not here', 'UTC', 'Europe/Berlin', '2026-01-05T23:30', 'tomorrow 9am', '2026-01-07T08:00'],
    ['west of here', 'UTC', 'America/New_York', '2026-01-05T09:00', '9am', '2026-01-05T14:00'],
    ['half hours away', 'UTC', 'Asia/Kolkata', '2026-01-05T09:00', '18:00', '2026-01-05T12:30'],
    ['over the change of spring', 'UTC', 'Europe/Berlin', '2026-03-28T20:00', 'tomorrow 9am', '2026-03-29T07:00'],
    ['over the change of autumn', 'UTC', 'Europe/Berlin', '2026-10-24T20:00', 'tomorrow 9am', '2026-10-25T08:00'],
    ['an hour after the change of autumn', 'UTC', 'Europe/Berlin', '2026-10-24T20:00', 'tomorrow 3:30', '2026-10-25T02:30'],
    [
      'that the change of spring leaves out comes after it',
      'UTC',
      'Europe/Berlin',
      '2026-03-28T20:00',
      'tomorrow 2:30',
      '2026-03-29T01:30',
    ],
    ['that the change leaves out is never over already', 'UTC', 'Europe/Berlin', '2026-03-29T00:45', '2:30', '2026-03-29T01:30'],
    ['on Lord Howe in spring', 'UTC', 'Australia/Lord_Howe', '2026-10-03T10:00', 'tomorrow 9am', '2026-10-03T22:00'],
    ['in New York in autumn', 'UTC', 'America/New_York', '2026-10-31T20:00', 'tomorrow 9am', '2026-11-01T14:00'],
    ['where this machine sets its clock meanwhile', 'Europe/Berlin', 'UTC', '2026-03-28T20:00', 'tomorrow 4:00', '2026-03-29T04:00'],
    [
      'where this machine has set it, and that wall not',
      'Europe/Berlin',
      'America/New_York',
      '2026-03-28T20:00',
      'tomorrow 3am',
      '2026-03-29T07:00',
    ],
    ['where this machine sets it back', 'Europe/Berlin', 'UTC', '2026-10-24T20:00', 'tomorrow 6:00', '2026-10-25T06:00'],
    ['by the same clock', 'Europe/Berlin', 'Europe/Berlin', '2026-03-28T20:00', 'tomorrow 9am', '2026-03-29T07:00'],
  ])('%s', (_, machine, zone, moment, words, found) => {
    process.env.TZ = machine
    expect(ownZone()).toBe(machine)
    expect(iso(sameWall(zone, at(moment), (wall) => momentOf(words, wall)))).toBe(found)
  })

  test('that names none is none', () => expect(sameWall('Europe/Berlin', at('2026-01-05T09:00'), () => null)).toBeNull())
})
