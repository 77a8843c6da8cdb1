import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lastAt, nextAt } from '../../../core/kit/cron.ts'

const at = (iso: string): number => Date.parse(`${iso}:00Z`)
const iso = (moment: number | null): string | null => (moment === null ? null : new Date(moment).toISOString().slice(0, 16))

/** The moments after `from`, by the clock in Greenwich. */
const moments = (cron: string, zone: string, from: string, count = 3): readonly (string | null)[] => {
  const found: (string | null)[] = []
  let after = at(from)
  for (let one = 0; one < count; one += 1) {
    const next = nextAt(cron, { after, zone })
    found.push(iso(next))
    if (next === null) break
    after = next
  }
  return found
}

describe('the next moments of a schedule', () => {
  test.each([
    ['every weekday at nine goes over the weekend', '0 9 * * 1-5', 'UTC', '2026-01-02T08:59', ['2026-01-02T09:00', '2026-01-05T09:00']],
    ['a moment is not after itself', '0 9 * * *', 'UTC', '2026-01-02T09:00', ['2026-01-03T09:00']],
    ['the 29th of February', '0 9 29 2 *', 'UTC', '2026-01-01T00:00', ['2028-02-29T09:00']],
    ['half hours away from Greenwich', '0 9 * * *', 'Asia/Kolkata', '2026-03-28T12:00', ['2026-03-29T03:30', '2026-03-30T03:30']],
    [
      'in Berlin nine o’clock stays nine when the clock is set forward',
      '0 9 * * *',
      'Europe/Berlin',
      '2026-03-28T00:00',
      ['2026-03-28T08:00', '2026-03-29T07:00', '2026-03-30T07:00'],
    ],
    [
      'in Berlin half past two does not exist on that day and comes at three',
      '30 2 * * *',
      'Europe/Berlin',
      '2027-03-27T00:00',
      ['2027-03-27T01:30', '2027-03-28T01:00', '2027-03-29T00:30'],
    ],
    [
      'in Berlin half past two exists twice in autumn and comes once',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T00:00',
      ['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    [
      'two times of a day that both exist twice come once each',
      '0,30 2 * * *',
      'Europe/Berlin',
      '2026-10-25T00:00',
      ['2026-10-25T00:30', '2026-10-26T01:00', '2026-10-26T01:30'],
    ],
    [
      'two times of a day of which none exists come once, together',
      '10,30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00',
      ['2026-03-29T01:00', '2026-03-30T00:10', '2026-03-30T00:30'],
    ],
    [
      'in New York the hour from two to three is left out in spring',
      '30 2 * * *',
      'America/New_York',
      '2026-03-07T12:00',
      ['2026-03-08T07:00', '2026-03-09T06:30'],
    ],
    [
      'in New York the hour from one to two exists twice in autumn',
      '30 1 * * *',
      'America/New_York',
      '2027-11-06T12:00',
      ['2027-11-07T05:30', '2027-11-08T06:30'],
    ],
    [
      'on Lord Howe Island half an hour is left out in spring',
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-02T18:00',
      ['2026-10-03T15:30', '2026-10-04T15:15'],
    ],
    [
      'on Lord Howe Island half an hour exists twice in autumn',
      '45 1 * * *',
      'Australia/Lord_Howe',
      '2026-04-03T18:00',
      ['2026-04-04T14:45', '2026-04-05T15:15'],
    ],
    [
      'what comes every hour goes on as time does, whatever the clock shows',
      '0 * * * *',
      'Europe/Berlin',
      '2026-10-24T23:30',
      ['2026-10-25T00:00', '2026-10-25T01:00', '2026-10-25T02:00'],
    ],
  ])('%s', (_what, cron, zone, from, expected) => {
    expect(moments(cron, zone, from, expected.length)).toEqual(expected)
  })

  test('there is none on the 31st of February', () => {
    expect(nextAt('0 9 31 2 *', { after: 0, zone: 'UTC' })).toBeNull()
    expect(lastAt('0 9 31 2 *', { upTo: at('2026-01-01T00:00'), zone: 'UTC' })).toBeNull()
  })
})

describe('the last moment of a schedule', () => {
  test.each([
    ['may be now', '0 9 * * 1-5', 'UTC', '2026-01-05T09:00', '2026-01-05T09:00'],
    ['goes back over the weekend', '0 9 * * 1-5', 'UTC', '2026-01-05T08:59', '2026-01-02T09:00'],
    ['is the one that stood in for a time that did not exist', '30 2 * * *', 'Europe/Berlin', '2026-03-29T12:00', '2026-03-29T01:00'],
    ['is the first of the two where a time existed twice', '30 2 * * *', 'Europe/Berlin', '2026-10-25T12:00', '2026-10-25T00:30'],
  ])('%s', (_what, cron, zone, upTo, expected) => {
    expect(iso(lastAt(cron, { upTo: at(upTo), zone }))).toBe(expected)
  })
})

describe('what is no schedule is refused with the cure', () => {
  test.each(['61 * * * *', '* * * *', '0 9 * * 8', '0 9 * * 1-', 'at nine', '5-1 * * * *', '*/0 * * * *', '0 0 9 * * *', ''])(
    '"%s"',
    (cron) => {
      expect(() => nextAt(cron, { after: 0, zone: 'UTC' })).toThrow(expect.objectContaining({ code: 'CRON_UNREADABLE' }))
      expect(() => lastAt(cron, { upTo: 0, zone: 'UTC' })).toThrow(expect.objectContaining({ code: 'CRON_UNREADABLE' }))
    },
  )

  test('nor is a zone that is nowhere', () => {
    expect(() => nextAt('0 9 * * *', { after: 0, zone: 'Mars/Base' })).toThrow('There is no time zone called "Mars/Base".')
  })
})

describe('whatever the schedule and the zone', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC']
  const field = (from: number, to: number): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: from, max: to }).map(String) },
      { weight: 1, arbitrary: fc.constant('*') },
      { weight: 1, arbitrary: fc.integer({ min: 2, max: 15 }).map((step) => `*/${step}`) },
      {
        weight: 1,
        arbitrary: fc
          .uniqueArray(fc.integer({ min: from, max: to }), { minLength: 2, maxLength: 3 })
          .map((many) => many.sort((a, b) => a - b).join(',')),
      },
    )
  const crons = fc
    .tuple(field(0, 59), field(0, 23), fc.constantFrom('*', '*', '1', '15'), fc.constant('*'), fc.constantFrom('*', '1-5', '0', '1,4'))
    .map((fields) => fields.join(' '))
  const changes = ['2026-03-29T01:00', '2026-10-25T01:00', '2027-03-14T07:00', '2026-11-01T06:00', '2026-10-03T15:30', '2027-04-03T15:00']
  const starts = fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -36 * 60, max: 24 * 60 }), fc.integer({ min: 0, max: 59_999 }))
    .map(([change, minutes, ms]) => at(change) + minutes * 60_000 + ms)

  test('moments grow strictly, are whole minutes, and the last one up to each is itself', () => {
    fc.assert(
      fc.property(crons, fc.constantFrom(...zones), starts, (cron, zone, start) => {
        let after = start
        for (let count = 0; count < 6; count += 1) {
          const next = nextAt(cron, { after, zone })
          if (next === null) return
          expect(next).toBeGreaterThan(after)
          expect(next % 60_000).toBe(0)
          expect(lastAt(cron, { upTo: next, zone })).toBe(next)
          expect(lastAt(cron, { upTo: next + 59_999, zone })).toBeGreaterThanOrEqual(next)
          after = next
        }
      }),
      { numRuns: 500 },
    )
  })

  test('between a moment and the next there is no other', () => {
    fc.assert(
      fc.property(crons, fc.constantFrom(...zones), starts, (cron, zone, start) => {
        const last = lastAt(cron, { upTo: start, zone })
        const next = nextAt(cron, { after: start, zone })
        expect(last).not.toBeNull()
        if (last !== null) expect(nextAt(cron, { after: last, zone })).toBe(next)
        if (next !== null) expect(lastAt(cron, { upTo: next - 1, zone })).toBe(last)
      }),
      { numRuns: 500 },
    )
  })
})
