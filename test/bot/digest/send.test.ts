import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comesAt, lastOf } from '../../../bot/digest/due.ts'
import { nextAt } from '../../../core/kit/cron.ts'
import { day, hour } from './numbers.ts'
import { channel, digestPlace, type Shown } from './place.ts'

/** A Monday, eleven o'clock. */
const monday = Date.UTC(2026, 0, 5, 11)
const nine = (dayOfMonth: number): number => Date.UTC(2026, 0, dayOfMonth, 9)
const times = (shown: readonly Shown[]): readonly string[] =>
  shown.map(({ from, to }) => [from, to].map((at) => new Date(at).toISOString().slice(5, 16).replace('T', ' ')).join(' → '))

describe('a digest every weekday at nine', () => {
  test('comes every weekday, tells of all since the one before, and stays away at the weekend', async () => {
    const place = await digestPlace(monday)
    await place.starts()
    await place.add('0 9 * * 1-5')
    await place.passes(8 * day)
    expect(times(place.shown)).toEqual([
      '01-05 09:00 → 01-06 09:00',
      '01-06 09:00 → 01-07 09:00',
      '01-07 09:00 → 01-08 09:00',
      '01-08 09:00 → 01-09 09:00',
      '01-09 09:00 → 01-12 09:00',
      '01-12 09:00 → 01-13 09:00',
    ])
    expect(place.shown.every(({ at, to }) => at === to)).toBe(true)
    expect(new Set(place.shown.map(({ key }) => key)).size).toBe(6)
  })

  test('comes by the clock of its zone, also when that is set forward', async () => {
    const place = await digestPlace(Date.UTC(2026, 2, 27, 12))
    await place.starts()
    await place.add('0 9 * * *', 'Europe/Berlin')
    await place.passes(3 * day)
    expect(place.shown.map(({ at }) => new Date(at).toISOString().slice(8, 16))).toEqual(['28T08:00', '29T07:00', '30T07:00'])
  })

  test('after three mornings without the bot comes once, and tells of all three', async () => {
    const place = await digestPlace(monday)
    await place.starts()
    await place.add('0 9 * * *')
    await place.passes(day)
    place.crashes()
    await place.passes(3 * day)
    await place.starts()
    expect(times(place.shown)).toEqual(['01-05 09:00 → 01-06 09:00', '01-06 09:00 → 01-09 09:00'])
    await place.passes(day)
    expect(times(place.shown).at(-1)).toBe('01-09 09:00 → 01-10 09:00')
  })

  test('that was on show when the bot died, and not kept, is shown once more under the same key', async () => {
    const place = await digestPlace(monday)
    await place.starts()
    await place.add('0 9 * * *')
    place.willCrash()
    await place.passes(day)
    await place.starts()
    expect(times(place.shown)).toEqual(['01-05 09:00 → 01-06 09:00', '01-05 09:00 → 01-06 09:00'])
    expect(place.shown.map(({ isNew }) => isNew)).toEqual([true, false])
    await place.starts()
    await place.passes(hour)
    expect(place.shown).toHaveLength(2)
  })

  test('waits for a chat that is down, and the next one does not wait for it', async () => {
    const place = await digestPlace(monday)
    await place.starts()
    await place.add('0 9 * * *')
    place.goesDown()
    await place.passes(2 * day)
    expect(place.shown).toEqual([])
    await place.heals()
    expect(times(place.shown)).toEqual(['01-05 09:00 → 01-06 09:00', '01-06 09:00 → 01-07 09:00'])
    await place.passes(day)
    expect(place.shown).toHaveLength(3)
  })

  test('is silent where there is nothing to say, and the next one tells of that time, too', async () => {
    const place = await digestPlace(monday, { isQuiet: ({ to }) => to === nine(7) })
    await place.starts()
    await place.add('0 9 * * *')
    await place.passes(3 * day)
    expect(times(place.shown)).toEqual(['01-05 09:00 → 01-06 09:00', '01-07 09:00 → 01-08 09:00'])
  })

  test('waits while its place is muted, and then comes once for all that was missed', async () => {
    const place = await digestPlace(monday)
    await place.starts()
    await place.add('0 9 * * *')
    place.mutes(nine(8))
    await place.passes(2 * day)
    expect(place.shown).toEqual([])
    place.mutes(null)
    await place.passes(16 * 60_000)
    expect(times(place.shown)).toEqual(['01-05 09:00 → 01-07 09:00'])
  })

  test('that could not be made is tried again soon, and comes once', async () => {
    const place = await digestPlace(monday)
    await place.starts()
    await place.add('0 9 * * *')
    place.breaks()
    await place.passes(day)
    await place.quiet()
    expect(place.memory.all()[0]?.settled).toEqual([])
    place.mends()
    await place.passes(16 * 60_000)
    expect(times(place.shown)).toEqual(['01-05 09:00 → 01-06 09:00'])
  })

  test('that is removed while it is made is not shown', async () => {
    const place = await digestPlace(monday)
    await place.starts()
    const id = await place.add('0 9 * * *')
    place.whileMaking(() => place.memory.remove([id]))
    await place.passes(day)
    expect(place.shown).toEqual([])
  })

  test('is not tried again where the place is gone for good', async () => {
    const place = await digestPlace(monday)
    await place.starts()
    await place.add('0 9 * * *')
    place.isGone()
    await place.passes(day)
    expect(place.memory.all()[0]?.settled).toEqual([nine(6)])
  })

  test('comes no more once it is removed, and not after the bot has stopped', async () => {
    const place = await digestPlace(monday)
    await place.starts()
    const id = await place.add('0 9 * * *')
    await place.add('0 17 * * *')
    await place.remove(id)
    await place.passes(day)
    expect(times(place.shown)).toEqual(['01-04 17:00 → 01-05 17:00'])
    place.stops()
    await place.passes(3 * day)
    expect(place.shown).toHaveLength(1)
  })

  test('comes once when the clock goes back to before it, and when the clock was ahead for a while', async () => {
    const place = await digestPlace(monday)
    await place.starts()
    await place.add('0 9 * * *')
    await place.passes(day)
    place.jumps(-6 * hour)
    await place.passes(8 * hour)
    expect(place.shown).toHaveLength(1)
    place.jumps(400 * day)
    await place.passes(hour)
    place.jumps(-400 * day)
    await place.passes(day)
    expect(times(place.shown)).toEqual(['01-05 09:00 → 01-06 09:00', '01-06 09:00 → 02-10 09:00', '01-06 09:00 → 01-07 09:00'])
  })

  test('made while the clock was ahead it comes all the same', async () => {
    const place = await digestPlace(monday)
    await place.starts()
    place.jumps(400 * day)
    await place.add('0 9 * * *')
    place.jumps(-400 * day)
    await place.passes(2 * day)
    expect(place.shown.map(({ to }) => to)).toEqual([nine(6), nine(7)])
  })
})

describe('when a digest comes next', () => {
  const schedule = { cron: '0 9 * * *', zone: 'UTC', madeAt: monday, settled: [nine(6), nine(7)] }
  test.each([
    ['is after now', nine(7), nine(8)],
    ['is none that has come already, when the clock was ahead', nine(5), nine(8)],
    ['is none before it was made', 0, nine(8)],
  ])('%s', (_what, now, next) => expect(comesAt(schedule, now)).toBe(next))

  test('and the last one is none of a time to come', () => {
    expect(lastOf([schedule, { settled: [nine(5)] }], nine(6))).toBe(nine(6))
    expect(lastOf([schedule], nine(5))).toBeNull()
  })
})

describe('schedules', () => {
  test('of one place, time and zone are one', async () => {
    const place = await digestPlace(monday)
    const first = await place.add('0 9 * * *')
    await place.passes(hour)
    expect(await place.add('0 9 * * *', 'UTC', true)).toBe(first)
    expect(place.memory.all()).toMatchObject([{ id: first, isAlways: true, madeAt: monday }])
    expect(await place.add('0 9 * * *', 'Asia/Kolkata')).not.toBe(first)
  })

  test('get numbers that are never given twice', async () => {
    const place = await digestPlace(monday)
    const first = await place.add('0 9 * * *')
    await place.remove(first)
    expect(await place.add('0 9 * * *')).not.toBe(first)
  })

  test('of the config are there as long as it names them, and are kept over starts', async () => {
    const fixed = { place: channel, cron: '0 9 * * *', zone: 'UTC', isAlways: false }
    const place = await digestPlace(monday)
    await place.starts([fixed])
    await place.passes(day)
    await place.starts([fixed])
    expect(place.memory.all()).toMatchObject([{ by: null, settled: [nine(6)] }])
    await place.add('0 17 * * *')
    await place.starts([])
    expect(place.memory.all()).toMatchObject([{ by: 'bob' }])
  })

  test('go along with a channel that has another id now', async () => {
    const place = await digestPlace(monday)
    await place.add('0 9 * * *')
    await place.memory.moved(channel, { ...channel, channel: 'new' })
    expect(place.memory.at(channel)).toEqual([])
    expect(place.memory.at({ ...channel, channel: 'new', thread: 'app-1' })).toHaveLength(1)
  })
})

describe('whatever happens', () => {
  type Step = { readonly do: 'pass' | 'jump' | 'crash' | 'die' | 'start' | 'down' | 'heal'; readonly minutes: number }
  const step: fc.Arbitrary<Step> = fc.record({
    do: fc.constantFrom('pass', 'pass', 'pass', 'pass', 'jump', 'crash', 'die', 'start', 'start', 'down', 'heal'),
    minutes: fc.integer({ min: 1, max: 2_500 }),
  })
  const crons = ['0 9 * * 1-5', '30 2 * * *', '0 */6 * * *', '15 8,17 * * *', '0 9 * * 1']

  const live = async (steps: readonly Step[], cron: string, zone: string) => {
    const start = Date.UTC(2026, 2, 27, 10)
    const place = await digestPlace(start)
    const problems: string[] = []
    let seen = 0
    const check = (): void => {
      for (const { from, to, key, isNew } of place.shown.slice(seen)) {
        if (isNew && place.shown.slice(0, seen).some((one) => one.to === to)) problems.push(`${key} was sent twice`)
        if (place.shown.slice(0, seen).some((one) => one.isNew && one.to > from && one.to < to && settledBefore.has(one.to)))
          problems.push(`${key} goes back over one that was done with`)
        if (settledBefore.has(to)) problems.push(`${key} was done with`)
        seen += 1
      }
      settledBefore = new Set(place.memory.all().flatMap(({ settled }) => settled))
    }
    let settledBefore: ReadonlySet<number> = new Set()
    await place.starts()
    await place.add(cron, zone)
    for (const { do: what, minutes } of steps) {
      if (what === 'pass') for (let left = minutes; left > 0; left -= 60) await place.passes(Math.min(60, left) * 60_000).then(check)
      else if (what === 'jump') place.jumps((minutes - 1_250) * 60_000)
      else if (what === 'crash') place.crashes()
      else if (what === 'die') place.willCrash()
      else if (what === 'start') await place.starts()
      else if (what === 'down') place.goesDown()
      else await place.heals()
      check()
    }
    await place.heals()
    await place.starts()
    check()
    await place.starts() // it may have died once more
    await place.passes(16 * 60_000)
    check()
    const left: number[] = []
    for (let at = nextAt(cron, { after: start, zone }); at !== null && at <= place.now(); at = nextAt(cron, { after: at, zone })) {
      const moment = at
      if (!place.shown.some(({ from, to }) => from < moment && moment <= to)) left.push(moment)
    }
    return { problems, left }
  }

  test('no moment is sent twice, and none is left out', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 14 }),
        fc.constantFrom(...crons),
        fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe'),
        async (steps, cron, zone) => {
          expect(await live(steps, cron, zone)).toEqual({ problems: [], left: [] })
        },
      ),
      { numRuns: 60 },
    )
  })
})
