import { describe, expect, test } from 'vitest'
import type { Reads } from '../../bot/contracts/reads.ts'
import { type Asker, answerTo } from '../../bot/questions.ts'
import { costWords, sessionCost, usageLines } from '../../bot/views/cost.ts'
import type { ModelUsage } from '../../core/contracts/agent.ts'
import type { Prices, Spent } from '../../core/contracts/cost.ts'
import { asText, live, sessionOf } from './sessions.ts'

/** A Wednesday, a quarter past ten. */
const now = new Date(2026, 0, 7, 10, 15).getTime()
const day = (date: number): number => new Date(2026, 0, date, 9).getTime()

const usage = (model: string, input: number, costUsd: number | null = null): ModelUsage => ({
  model,
  input,
  cacheRead: 0,
  cacheWrite: 0,
  output: 0,
  costUsd,
})
const million = (model: string): ModelUsage => usage(model, 1_000_000)
const prices: Prices = {
  readOn: '2026-01-01',
  models: new Map([
    ['m1', { input: 2, cacheRead: 0.2, cacheWrite: null, output: 10 }],
    ['m2', { input: 5, cacheRead: 0.5, cacheWrite: null, output: 25 }],
  ]),
}

const spent = (session: string, requester: string, ...spendings: readonly (readonly [number, ...ModelUsage[]])[]): Spent => ({
  session,
  project: session.split('-')[0] ?? '',
  requester,
  spendings: spendings.map(([at, ...all]) => ({ at, usage: all })),
})

const all: readonly Spent[] = [
  spent('app-1', 'ada', [day(1), million('m1')]),
  spent('app-2', 'ben', [day(5), million('m2')], [day(7), million('m1')]),
  spent('web-1', 'ada', [day(6), million('m1')]),
]

const readsOf = (found: readonly Spent[]): Reads =>
  ({
    sessions: () => [],
    ended: () => [],
    numbers: async () => found,
    prices: () => prices,
    projects: () => [{ name: 'app' }, { name: 'web' }],
    find: async (id: string) => sessionOf([...live, { type: 'agent.used', at: 1, usage: [million('m1'), usage('m2', 200_000)] }], id),
  }) as unknown as Reads // the rest is not asked for

const ask = async (
  question: { readonly session?: string; readonly project?: string; readonly since?: string } = {},
  { found = all, roles = { '*': ['viewer'] } }: { readonly found?: readonly Spent[]; readonly roles?: object } = {},
): Promise<string> => {
  const asker = {
    to: 'm1',
    who: { name: 'vic', roles },
    account: 'vic',
    refusal: null,
    intents: [],
    hasPictures: false,
    now,
  } as unknown as Asker // the rest is not looked at
  return asText(await answerTo({ name: 'cost', session: null, project: null, since: null, ...question }, readsOf(found), asker))
}

describe('how a cost is said', () => {
  test.each([
    [{ usd: 1.234, isWhole: true, bySay: true, byList: false }, '$1.23'],
    [{ usd: 1234.5, isWhole: true, bySay: false, byList: true }, '$1,234.50 by list price'],
    [{ usd: 1, isWhole: false, bySay: true, byList: true }, 'at least $1.00 by list price'],
    [{ usd: 0.0042, isWhole: true, bySay: true, byList: false }, '$0.0042'],
    [{ usd: 0, isWhole: true, bySay: true, byList: false }, '$0.00'],
    [{ usd: 0, isWhole: false, bySay: false, byList: false }, 'unknown'],
  ])('%j is %j', (cost, words) => {
    expect(costWords(cost)).toBe(words)
  })

  test('each model has its line, and several have a sum that says what is missing in it', () => {
    expect(usageLines([million('m1'), usage('m9', 1_200)], prices)).toEqual([
      'used 1,000,000 tokens in, 0 out, of m1; $2.00 by list price',
      'used 1,200 tokens in, 0 out, of m9; the cost is unknown',
      'together at least $2.00 by list price',
    ])
    expect(usageLines([usage('m9', 10, 0.5)], prices)).toEqual(['used 10 tokens in, 0 out, of m9; $0.50'])
  })
})

describe('what it cost', () => {
  test('is told of this week, with today and all the time beside it, by project, person, model and session, the dearest first', async () => {
    expect(await ask()).toBe(
      [
        '(calm) Work this week: $9.00 by list price',
        '  today $2.00 by list price',
        '  from the beginning $11.00 by list price',
        '  List price: tokens times what the vendor asks for, as read on 2026-01-01; with a subscription nothing of it is paid.',
        '  | cost this week: project   cost     tokens',
        '───────  ─────  ─────────',
        'app      $7.00  2,000,000',
        'web      $2.00  1,000,000',
        '',
        'person   cost     tokens',
        '──────  ─────  ─────────',
        'ben     $7.00  2,000,000',
        'ada     $2.00  1,000,000',
        '',
        'model   cost     tokens',
        '─────  ─────  ─────────',
        'm2     $5.00  1,000,000',
        'm1     $4.00  2,000,000',
        '',
        'session   cost     tokens',
        '───────  ─────  ─────────',
        'app-2    $7.00  2,000,000',
        'web-1    $2.00  1,000,000',
      ].join('\n'),
    )
  })

  test('of a project is of that project alone', async () => {
    const text = await ask({ project: 'web' })
    expect(text).toContain('(calm) Work in web this week: $2.00 by list price')
    expect(text).not.toContain('app')
  })

  test('since a day is told with what of it is of today', async () => {
    const text = await ask({ since: 'yesterday' })
    expect(text).toContain('(calm) Work since yesterday: $4.00 by list price\n  today $2.00 by list price')
    expect(await ask({ since: 'today' })).not.toContain('  today')
    expect(await ask({ since: '24h' })).toContain('Work since 24h ago: $2.00')
    expect(await ask({ since: 'this week', session: 'app-2' })).toContain('Work in app-2 this week: $7.00')
  })

  test('of a session is of all its models', async () => {
    expect(await ask({ session: 'app-3' })).toBe(
      [
        '(calm) app-3 cost $3.00 by list price so far.',
        '  1,000,000 tokens in, 0 out, of m1; $2.00 by list price',
        '  200,000 tokens in, 0 out, of m2; $1.00 by list price',
        '  List price: tokens times what the vendor asks for, as read on 2026-01-01; with a subscription nothing of it is paid.',
      ].join('\n'),
    )
  })

  test('of a session whose models have no price is unknown, and of one that told of nothing not even that', async () => {
    const of = (...all: readonly ModelUsage[]) => asText(sessionCost('m1', 'app-3', { usage: all, prices }))
    expect(of(usage('m9', 5))).toBe(
      [
        '(calm) What app-3 cost so far is unknown.',
        '  5 tokens in, 0 out, of m9; the cost is unknown',
        '  No price is known for m9: one can be written under "prices" in the config.',
      ].join('\n'),
    )
    expect(of()).toBe('(calm) app-3 has not told of any tokens yet.')
  })

  test('is at least so much where a model has no price, and that model is named', async () => {
    const text = await ask(
      { since: 'today' },
      { found: [spent('app-1', 'ada', [day(7), million('m1'), usage('m9', 5), usage('m8', 5, 1)])] },
    )
    expect(text).toContain('Work today: at least $3.00 by list price')
    expect(text).toContain('No price is known for m9: one can be written under "prices" in the config.')
    expect(text).toMatch(/m9 +unknown +5$/m)
  })

  test('that was nothing is said so', async () => {
    expect(await ask({}, { found: [] })).toBe('(calm) Nothing was used this week, as far as agents tell.')
  })

  test('more than ten are ten and a rest', async () => {
    const many = Array.from({ length: 14 }, (_, index) => spent(`app-${index + 1}`, 'ada', [day(7), usage('m1', (index + 1) * 500_000)]))
    const text = await ask({ since: 'today' }, { found: many })
    expect(text).toMatch(/4 more +\$10\.00 +5,000,000$/m)
    expect(text).toMatch(/^app-14 +\$14\.00/m)
    expect(text).not.toMatch(/^app-4 /m)
  })

  test('in projects that somebody has no role in is no business of theirs', async () => {
    const text = await ask({}, { roles: { web: ['viewer'] } })
    expect(text).toContain('Work this week: $2.00')
    expect(text).not.toContain('app')
  })
})
