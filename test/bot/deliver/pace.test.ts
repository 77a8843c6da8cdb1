import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cardKinds } from '../../../bot/contracts/card.ts'
import { fresh, left, reserveFor, spent, untilFree } from '../../../bot/deliver/pace.ts'

const telegram = { burst: 8, perMinute: 12 }

test.each([
  ['full at first', 0, 0, 8],
  ['one less after one was sent', 1, 0, 7],
  ['never more than the burst', 1, 3_600_000, 8],
  ['one more every five seconds, at twelve a minute', 8, 5_000, 1],
  ['no more when the clock is put back', 3, -60_000, 5],
])('a bucket is %s', (_name, used, waitedMs, expected) => {
  let bucket = fresh({ posts: telegram, edits: telegram }, 100_000).posts
  for (let n = 0; n < used; n += 1) bucket = spent(bucket, telegram, 100_000)
  expect(left(bucket, telegram, 100_000 + waitedMs)).toBe(expected)
})

test('what is lacking by rounding alone is not owed afterwards: the next waits five seconds, not one millisecond more', () => {
  const bucket = { tokens: 1 - 5e-10, at: 0 }
  expect(untilFree(bucket, telegram, 'approval', 0)).toBe(0)
  expect(untilFree(spent(bucket, telegram, 0), telegram, 'approval', 0)).toBe(5_000)
})

test.each([
  [{ burst: 8, perMinute: 12 }, 5],
  [{ burst: 100, perMinute: 12 }, 5],
  [{ burst: 5, perMinute: 60 }, 3],
  [{ burst: 3, perMinute: 60 }, 2],
  [{ burst: 2, perMinute: 60 }, 1],
  [{ burst: 1, perMinute: 60 }, 0],
])('of %o, so many stay for decisions: %i', (rate, reserved) => {
  expect(cardKinds.map((kind) => reserveFor(kind, rate))).toEqual([0, 0, reserved, reserved, reserved])
})

const rates = fc.record({ burst: fc.integer({ min: 1, max: 50 }), perMinute: fc.integer({ min: 1, max: 600 }) })

describe('whatever the rate', () => {
  test('everything may be sent some time, exactly when it is said', () => {
    fc.assert(
      fc.property(rates, fc.constantFrom(...cardKinds), fc.integer({ min: 0, max: 50 }), (rate, kind, used) => {
        let bucket = fresh({ posts: rate, edits: rate }, 0).posts
        for (let n = 0; n < Math.min(used, rate.burst); n += 1) bucket = spent(bucket, rate, 0)
        const waitMs = untilFree(bucket, rate, kind, 0)
        expect(untilFree(bucket, rate, kind, waitMs)).toBe(0)
        if (waitMs > 1) expect(untilFree(bucket, rate, kind, waitMs - 2)).toBeGreaterThan(0)
      }),
    )
  })

  test('who sends as soon as it is free never sends more than burst and rate together within a minute', () => {
    fc.assert(
      fc.property(rates, fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 200 }), (rate, pauses) => {
        let bucket = fresh({ posts: rate, edits: rate }, 0).posts
        let now = 0
        const sent: number[] = []
        for (const pause of pauses) {
          now += pause
          now += untilFree(bucket, rate, 'approval', now)
          bucket = spent(bucket, rate, now)
          sent.push(now)
        }
        for (const from of sent)
          expect(sent.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(rate.burst + rate.perMinute)
      }),
    )
  })
})
