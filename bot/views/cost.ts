import type { ModelUsage } from '../../core/contracts/agent.ts'
import type { Cost, Prices, Spent } from '../../core/contracts/cost.ts'
import { aligned } from '../../core/kit/columns.ts'
import { costOf, costOfAll, sumOf } from '../../core/kit/prices.ts'
import { list } from '../../core/kit/text.ts'
import type { Card } from '../contracts/card.ts'
import { reply } from './answers.ts'

/** `at least $1.20 by list price`; `unknown` where nothing is known of it. */
export const costWords = (cost: Cost): string => `${amountWords(cost)}${cost.byList ? ' by list price' : ''}`

const amountWords = ({ usd, isWhole, bySay, byList }: Cost): string =>
  isWhole || bySay || byList ? `${isWhole ? '' : 'at least '}${dollars(usd)}` : 'unknown'

/** Tokens of one model. */
export const tokenWords = ({ model, input, cacheRead, cacheWrite, output }: ModelUsage): string => {
  const cached = cacheRead + cacheWrite
  return `${number(input)} tokens in${cached > 0 ? ` and ${number(cached)} cached` : ''}, ${number(output)} out, of ${model}`
}

/** Tokens of one model, and what they cost. */
export const usageWords = (usage: ModelUsage, prices: Prices): string => {
  const cost = costWords(costOf(usage, prices))
  return `${tokenWords(usage)}; ${cost === 'unknown' ? 'the cost is unknown' : cost}`
}

/** What a session used, each model on a line, and the sum where there are several. */
export const usageLines = (usage: readonly ModelUsage[], prices: Prices): readonly string[] => [
  ...usage.map((one) => `used ${usageWords(one, prices)}`),
  ...(usage.length > 1 ? [`together ${costWords(costOfAll(usage, prices))}`] : []),
]

const number = (count: number): string => count.toLocaleString('en')

/** Less than a cent is not nothing. */
const dollars = (usd: number): string => {
  const digits = usd === 0 || usd >= 0.01 ? 2 : 4
  return `$${usd.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`
}

/** What one session cost. */
export const sessionCost = (
  to: string,
  session: string,
  { usage, prices }: { readonly usage: readonly ModelUsage[]; readonly prices: Prices },
): Card => {
  const cost = costOfAll(usage, prices)
  const isKnown = cost.bySay || cost.byList
  return reply(to, 'cost', {
    tone: 'calm',
    title:
      usage.length === 0
        ? `${session} has not told of any tokens yet.`
        : isKnown
          ? `${session} cost ${costWords(cost)} so far.`
          : `What ${session} cost so far is unknown.`,
    lines: [...usage.map((one) => usageWords(one, prices)), ...sourceLines(cost, prices), ...unpricedLines(usage, prices)],
  })
}

/** A stretch of time as people named it, and when it began (epoch ms); null: from the beginning. */
export type Period = { readonly words: string; readonly since: number | null }

/** What all that is shown cost: each period by itself, and the last of them by project, person, model and session. */
export const fleetCost = (
  to: string,
  {
    spent,
    periods,
    where,
    prices,
  }: { readonly spent: readonly Spent[]; readonly periods: readonly Period[]; readonly where: string | null; readonly prices: Prices },
): Card => {
  const of = where === null ? '' : ` in ${where}`
  const totals = periods.map((period) => ({ ...period, parts: partsOf(spent, period.since) }))
  const shown = totals.at(-1)
  if (!shown || shown.parts.length === 0)
    return reply(to, 'cost', { tone: 'calm', title: `Nothing was used${of} ${shown?.words ?? ''}, as far as agents tell.` })
  const cost = sum(shown.parts, prices)
  const tables = groups.flatMap((group) => tableOf(shown.parts, group, prices))
  return reply(to, 'cost', {
    tone: 'calm',
    title: `Work${of} ${shown.words}: ${costWords(cost)}`,
    lines: [
      ...totals.slice(0, -1).map(({ words, parts }) => `${words} ${costWords(sum(parts, prices))}`),
      ...sourceLines(cost, prices),
      ...unpricedLines(
        shown.parts.map(({ usage }) => usage),
        prices,
      ),
    ],
    blocks: tables.length === 0 ? [] : [{ title: `cost ${shown.words}`, text: tables.join('\n\n') }],
  })
}

/** Tokens of one model, used by a session. */
type Part = { readonly session: string; readonly project: string; readonly requester: string; readonly usage: ModelUsage }

const partsOf = (spent: readonly Spent[], since: number | null): readonly Part[] =>
  spent.flatMap(({ spendings, ...whose }) =>
    spendings.filter(({ at }) => since === null || at >= since).flatMap(({ usage }) => usage.map((one) => ({ ...whose, usage: one }))),
  )

const sum = (parts: readonly Part[], prices: Prices): Cost => sumOf(parts.map(({ usage }) => costOf(usage, prices)))

type Group = { readonly title: string; readonly by: (part: Part) => string }

const groups: readonly Group[] = [
  { title: 'project', by: ({ project }) => project },
  { title: 'person', by: ({ requester }) => requester },
  { title: 'model', by: ({ usage }) => usage.model },
  { title: 'session', by: ({ session }) => session },
]

/** So many are listed; the rest is one row. */
const mostRows = 10

/** The dearest first. Where there is only one, the title has said it. */
const tableOf = (parts: readonly Part[], { title, by }: Group, prices: Prices): readonly string[] => {
  const grouped = new Map<string, Part[]>()
  for (const part of parts) {
    const own = grouped.get(by(part))
    if (own) own.push(part)
    else grouped.set(by(part), [part])
  }
  if (grouped.size < 2) return []
  const all = [...grouped].map(([name, own]) => ({ name, cost: sum(own, prices), tokens: tokensOf(own) }))
  const rows = all.sort((a, b) => b.cost.usd - a.cost.usd || b.tokens - a.tokens)
  const rest = rows.slice(mostRows)
  const last = {
    name: `${rest.length} more`,
    cost: sumOf(rest.map(({ cost }) => cost)),
    tokens: rest.reduce((count, one) => count + one.tokens, 0),
  }
  const listed = [...rows.slice(0, mostRows), ...(rest.length === 0 ? [] : [last])]
  const cells = listed.map(({ name, cost, tokens }) => [name, amountWords(cost), number(tokens)])
  return [aligned([[title, 'cost', 'tokens'], ...cells], ['left', 'right', 'right'])]
}

const tokensOf = (parts: readonly Part[]): number =>
  parts.reduce((count, { usage: { input, cacheRead, cacheWrite, output } }) => count + input + cacheRead + cacheWrite + output, 0)

const sourceLines = ({ byList }: Cost, { readOn }: Prices): readonly string[] =>
  byList
    ? [
        `List price: tokens times what the vendor asks for${readOn === null ? '' : `, as read on ${readOn}`}; with a subscription nothing of it is paid.`,
      ]
    : []

const unpricedLines = (usage: readonly ModelUsage[], prices: Prices): readonly string[] => {
  const models = new Set(usage.filter(({ model, costUsd }) => costUsd === null && !prices.models.has(model)).map(({ model }) => model))
  return models.size === 0 ? [] : [`No price is known for ${list([...models].sort())}: one can be written under "prices" in the config.`]
}
