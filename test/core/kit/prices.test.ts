import { describe, expect, test } from 'vitest'
import { listedPrices } from '../../../bot/cli/prices.ts'
import type { ModelUsage } from '../../../core/contracts/agent.ts'
import type { Prices, Rates } from '../../../core/contracts/cost.ts'
import { costOf, costOfAll, noCost, type PriceList, pricesOf, sumOf } from '../../../core/kit/prices.ts'

const usage = (parts: Partial<ModelUsage> = {}): ModelUsage => ({
  model: 'm1',
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  output: 0,
  costUsd: null,
  ...parts,
})

const list: PriceList = {
  readOn: '2026-11-22',
  vendors: [
    { models: [{ names: ['m1', 'm1-2026'], input: 2, cacheRead: 0.5, cacheWrite: 4, output: 10 }] },
    {
      models: [
        { names: ['lasting'], input: 1, cacheRead: 1, cacheWrite: 1, cacheWriteLonger: 2, output: 1 },
        {
          names: ['stepped'],
          input: 1,
          cacheRead: 1,
          cacheWrite: null,
          output: 1,
          long: { above: 1_000, input: 2, cacheRead: 2, cacheWrite: null, output: 2 },
        },
      ],
    },
  ],
}
const prices = (models: Readonly<Record<string, Rates>> = {}, isListed = true): Prices => pricesOf(list, { isListed, models })

describe('what tokens cost', () => {
  test('each kind has its own price, for a million of them', () => {
    const million = { input: 1_000_000, cacheRead: 1_000_000, cacheWrite: 1_000_000, output: 1_000_000 }
    for (const [kind, usd] of [
      ['input', 2],
      ['cacheRead', 0.5],
      ['cacheWrite', 4],
      ['output', 10],
    ] as const)
      expect(costOf(usage({ [kind]: 1_000_000 }), prices()), kind).toEqual({ usd, isWhole: true, bySay: false, byList: true })
    expect(costOf(usage({ ...million, model: 'm1-2026' }), prices()).usd).toBe(16.5)
  })

  test('an agent that says its cost is believed, also where it says that it is nothing', () => {
    expect(costOf(usage({ input: 1_000_000, costUsd: 0.25 }), prices())).toEqual({ usd: 0.25, isWhole: true, bySay: true, byList: false })
    expect(costOf(usage({ input: 1_000_000, costUsd: 0 }), prices())).toMatchObject({ usd: 0, isWhole: true, bySay: true })
  })

  test.each(['m2', 'M1', 'm1-2027', 'vendor/m1', ''])('nothing is known of the model %j: names are never guessed', (model) => {
    expect(costOf(usage({ model, input: 1_000_000 }), prices())).toEqual({ usd: 0, isWhole: false, bySay: false, byList: false })
  })

  test('a kind of token without a price makes it less than whole, but only where there are such tokens', () => {
    expect(costOf(usage({ model: 'stepped', input: 100, cacheWrite: 100 }), prices())).toMatchObject({ usd: 0.0001, isWhole: false })
    expect(costOf(usage({ model: 'stepped', input: 100 }), prices())).toMatchObject({ usd: 0.0001, isWhole: true })
  })

  test('no request can have been long where all of them together were not', () => {
    const long = (parts: Partial<ModelUsage>) => costOf(usage({ model: 'stepped', ...parts }), prices())
    expect(long({ input: 600, cacheRead: 400, output: 9_000 }).isWhole).toBe(true)
    expect(long({ input: 600, cacheRead: 401 })).toMatchObject({ usd: expect.closeTo(0.001001, 9), isWhole: false })
  })

  test('how long a cache was to live is not known, so the shorter life counts', () => {
    expect(costOf(usage({ model: 'lasting', cacheWrite: 1_000_000 }), prices())).toMatchObject({ usd: 1, isWhole: false })
    expect(costOf(usage({ model: 'lasting', cacheRead: 1_000_000 }), prices())).toMatchObject({ usd: 1, isWhole: true })
  })
})

describe('a config', () => {
  const own = { input: 3, cacheRead: null, cacheWrite: null, output: 3 }

  test('has the first word on a price, and may add models', () => {
    expect(costOf(usage({ input: 1_000_000 }), prices({ m1: own })).usd).toBe(3)
    expect(costOf(usage({ model: 'ours', input: 1_000_000 }), prices({ ours: own })).usd).toBe(3)
    expect(costOf(usage({ model: 'm1-2026', input: 1_000_000 }), prices({ m1: own })).usd).toBe(2)
  })

  test('that names a model and no price says nothing of it', () => {
    const nothing = { input: null, cacheRead: null, cacheWrite: null, output: null }
    expect(costOf(usage({ input: 1_000_000 }), prices({ m1: nothing }))).toEqual({ usd: 0, isWhole: false, bySay: false, byList: false })
  })

  test('may want no list prices at all', () => {
    const without = prices({ ours: own }, false)
    expect([...without.models.keys(), without.readOn]).toEqual(['ours', null])
    expect(prices().readOn).toBe('2026-11-22')
  })
})

test('a sum is whole when all its parts are, and tells where they are from', () => {
  const [said, listed, unknown] = [usage({ costUsd: 1 }), usage({ input: 1_000_000 }), usage({ model: 'm2', input: 1 })]
  expect(costOfAll([said, listed], prices())).toEqual({ usd: 3, isWhole: true, bySay: true, byList: true })
  expect(costOfAll([said, unknown], prices())).toEqual({ usd: 1, isWhole: false, bySay: true, byList: false })
  expect(sumOf([])).toEqual(noCost)
})

describe('the list that comes with the program', () => {
  const { readOn, vendors } = listedPrices()
  const models = vendors.flatMap((vendor) => vendor.models)

  test('has its date, and an address for every vendor', () => {
    expect(readOn).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    expect(vendors.length).toBeGreaterThan(0)
    // More is in the file than the program reads.
    for (const { sources } of vendors as unknown as readonly { readonly sources: readonly string[] }[]) {
      expect(sources.length).toBeGreaterThan(0)
      for (const source of sources) expect(source).toMatch(/^https:\/\/[\w.-]+\/\S+/)
    }
  })

  test('names no model twice', () => {
    const names = models.flatMap((one) => one.names)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThan(30)
  })

  test.each(models.map((one) => [one.names[0], one] as const))(
    '%s has prices that can be: a cache is read for less, output costs more, steps go up',
    (_, price) => {
      const ratesAre = ({ input, cacheRead, cacheWrite, output }: Rates): void => {
        expect(input ?? 0).toBeGreaterThan(0)
        expect(output ?? 0).toBeGreaterThan(input ?? 0)
        expect(cacheRead ?? 0).toBeLessThan(input ?? 0)
        expect(cacheRead ?? 1).toBeGreaterThan(0)
        expect(cacheWrite ?? input ?? 0).toBeGreaterThanOrEqual(input ?? 0)
      }
      ratesAre(price)
      if (price.cacheWriteLonger !== undefined) expect(price.cacheWriteLonger).toBeGreaterThan(price.cacheWrite ?? 0)
      if (!price.long) return
      ratesAre(price.long)
      expect(price.long.above).toBeGreaterThanOrEqual(100_000)
      for (const kind of ['input', 'cacheRead', 'cacheWrite', 'output'] as const)
        expect(price.long[kind] ?? 0).toBeGreaterThanOrEqual(price[kind] ?? 0)
    },
  )
})
