import type { SessionNumbers } from '../../../core/contracts/numbers.ts'
import { pricesOf } from '../../../core/kit/prices.ts'

export const hour = 3_600_000
export const day = 24 * hour

/** A dollar for a million tokens. */
export const prices = pricesOf(
  { readOn: '2026-01-01', vendors: [{ models: [{ names: ['gpt-5'], input: 1, cacheRead: 1, cacheWrite: 1, output: 1 }] }] },
  { isListed: true, models: {} },
)

/** A session that was asked for a day before `at` and goes on. */
export const numbersOf = (session: string, parts: Partial<SessionNumbers> = {}): SessionNumbers => ({
  session,
  project: session.replace(/-\d+$/, ''),
  agent: 'codex',
  requester: 'ana',
  task: { key: '#1', title: 'Fix the sum', url: null },
  requestedAt: 0,
  startedAt: null,
  ended: null,
  change: null,
  merged: null,
  helps: 0,
  calls: [],
  reds: 0,
  spendings: [],
  ...parts,
})

/** One that was merged at that time, so long after it was asked for. */
export const merged = (session: string, at: number, tookMs: number, parts: Partial<SessionNumbers> = {}): SessionNumbers =>
  numbersOf(session, {
    requestedAt: at - tookMs,
    change: { number: Number(session.split('-').at(-1)) + 10, title: `Change of ${session}`, url: `https://forge/app/${session}` },
    merged: { at, by: 'ana' },
    ended: { at: at + 1_000, why: 'merged', by: 'ao' },
    ...parts,
  })

/** One that ended without being merged. */
export const ended = (session: string, at: number, why: 'stopped' | 'failed' | 'closed' | 'done', by = 'ana'): SessionNumbers =>
  numbersOf(session, { ended: { at, why, by } })

/** What it used: so many million tokens at that time. */
export const spent = (at: number, millions: number): SessionNumbers['spendings'][number] => ({
  at,
  usage: [{ model: 'gpt-5', input: millions * 1_000_000, cacheRead: 0, cacheWrite: 0, output: 0, costUsd: null }],
})
