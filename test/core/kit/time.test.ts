import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDuration, sayDuration, sleep } from '../../../core/kit/time.ts'

test.each([
  ['90s', 90_000],
  ['30m', 1_800_000],
  ['2h', 7_200_000],
  ['1.5h', 5_400_000],
  ['1d', 86_400_000],
  ['1w', 604_800_000],
  [' 10 minutes ', 600_000],
  ['500ms', 500],
  ['0s', 0],
  ['2H', 7_200_000],
  ['10', null],
  ['', null],
  ['-5m', null],
  ['5 parsecs', null],
  ['1h30m', null],
  ['m', null],
  ['1e3s', null],
  [`${'9'.repeat(400)}d`, null],
])('%j is %j milliseconds', (text, durationMs) => {
  expect(parseDuration(text)).toBe(durationMs)
})

test.each([
  [-5, '0 s'],
  [499, '0 s'],
  [4_000, '4 s'],
  [59_499, '59 s'],
  [59_500, '1 min'],
  [60_000, '1 min'],
  [90_000, '2 min'],
  [720_000, '12 min'],
  [3_569_000, '59 min'],
  [3_570_000, '1 h'],
  [3_600_000, '1 h'],
  [12_000_000, '3 h 20 min'],
  [86_400_000, '1 d'],
  [187_200_000, '2 d 4 h'],
])('%i ms is said as "%s"', (durationMs, text) => {
  expect(sayDuration(durationMs)).toBe(text)
})

test('a duration that is said again is off by less than its smallest unit', () => {
  const units = { d: 86_400_000, h: 3_600_000, min: 60_000, s: 1_000 } as const
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30 * units.d }), (durationMs) => {
      const parts = [...sayDuration(durationMs).matchAll(/(\d+) (d|h|min|s)/g)].map(([, count, unit]) => ({
        count: Number(count),
        unitMs: units[unit as keyof typeof units], // the pattern names no other
      }))
      const said = parts.reduce((sum, { count, unitMs }) => sum + count * unitMs, 0)
      // Above a day the minutes are dropped, so the last part may be missing.
      const smallest = durationMs >= units.d ? units.h : durationMs >= units.h ? units.min : (parts.at(-1)?.unitMs ?? 0)
      expect(Math.abs(said - durationMs)).toBeLessThanOrEqual(smallest)
    }),
  )
})

describe('a sleep', () => {
  test('ends when its time has come', async () => {
    await expect(sleep(1)).resolves.toBeUndefined()
    await expect(sleep(1, new AbortController().signal)).resolves.toBeUndefined()
  })

  test('ends at once with the reason of its signal', async () => {
    const stop = new AbortController()
    const sleeping = sleep(600_000, stop.signal)
    stop.abort('enough')
    await expect(sleeping).rejects.toBe('enough')
    await expect(sleep(600_000, stop.signal)).rejects.toBe('enough')
  })
})
