import type { ModelUsage } from '../contracts/agent.ts'
import type { Cost, Price, Prices, Rates } from '../contracts/cost.ts'

/** The list that comes with the program, as its file has it: several names may share a price. */
export type PriceList = {
  readonly readOn: string
  readonly vendors: readonly { readonly models: readonly (Price & { readonly names: readonly string[] })[] }[]
}

/** Prices of the config come first; those of the list count where `isListed`. */
export const pricesOf = (
  list: PriceList,
  { isListed, models }: { readonly isListed: boolean; readonly models: Readonly<Record<string, Rates>> },
): Prices => ({
  readOn: isListed ? list.readOn : null,
  models: new Map<string, Price>([
    ...(isListed
      ? list.vendors.flatMap((vendor) => vendor.models.flatMap(({ names, ...price }) => names.map((name) => [name, price] as const)))
      : []),
    ...Object.entries(models),
  ]),
})

/**
 * What the tokens of one model cost: what the agent itself says, else tokens times prices. Tokens are sums of many requests, so where a step
 * may have been reached the lower rate counts, and the cost is not whole.
 */
export const costOf = (usage: ModelUsage, { models }: Prices): Cost => {
  if (usage.costUsd !== null) return { usd: usage.costUsd, isWhole: true, bySay: true, byList: false }
  const price = models.get(usage.model)
  if (!price) return unknownCost
  const parts = kinds.map((kind) => ({ tokens: usage[kind], rate: price[kind] }))
  const isEveryRateKnown = parts.every(({ tokens, rate }) => tokens === 0 || rate !== null)
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite
  const mayBeLong = price.long !== undefined && prompt > price.long.above
  const mayLiveLonger = price.cacheWriteLonger !== undefined && usage.cacheWrite > 0
  return {
    usd: parts.reduce((sum, { tokens, rate }) => sum + (tokens * (rate ?? 0)) / 1_000_000, 0),
    isWhole: isEveryRateKnown && !mayBeLong && !mayLiveLonger,
    bySay: false,
    byList: parts.some(({ rate }) => rate !== null),
  }
}

const kinds = ['input', 'cacheRead', 'cacheWrite', 'output'] as const

const unknownCost: Cost = { usd: 0, isWhole: false, bySay: false, byList: false }

/** Nothing was spent. */
export const noCost: Cost = { usd: 0, isWhole: true, bySay: false, byList: false }

/** Costs together; whole only when all are. */
export const sumOf = (costs: readonly Cost[]): Cost =>
  costs.reduce(
    (sum, one) => ({
      usd: sum.usd + one.usd,
      isWhole: sum.isWhole && one.isWhole,
      bySay: sum.bySay || one.bySay,
      byList: sum.byList || one.byList,
    }),
    noCost,
  )

/** All that was used costs so much. */
export const costOfAll = (usage: readonly ModelUsage[], prices: Prices): Cost => sumOf(usage.map((one) => costOf(one, prices)))
