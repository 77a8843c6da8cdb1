import type { LoggedRequest } from '../../fakes/github/faults.ts'

/** A request as figures want it. Times are epoch ms (of the stand-in's clock) and ms. */
export type Request = {
  /** What was asked: `GraphQL: status`, `GET /repos/{}/{}/actions/jobs/{}/logs`, `git`. */
  readonly kind: string
  readonly isApi: boolean
  readonly cost: number
  readonly status: number
  readonly at: number
  readonly tookMs: number
}

export const kindOf = ({ kind, method, path, body, cost, status, at, tookMs }: LoggedRequest): Request => ({
  kind: kind === 'graphql' ? `GraphQL: ${questionIn(body)}` : kind === 'rest' ? `${method} ${routeOf(path)}` : kind,
  isApi: kind === 'graphql' || kind === 'rest',
  cost,
  status,
  at,
  tookMs,
})

/** What our questions have that others have not. The first that fits names it. */
const marks: readonly (readonly [RegExp, string])[] = [
  [/fragment Change on PullRequest/, 'particulars'],
  [/contexts\(first: 1\)/, 'status'],
  [/nodes \{ \.\.\. on PullRequest \{ headRefOid \} \}|\{ \.\.\. on PullRequest \{ headRefOid \} \}/, 'head'],
  [/pullRequests\(headRefName/, 'branch'],
  [/pullRequest\(number/, 'number'],
  [/branchProtectionRule|refUpdateRule/, 'demands'],
  [/annotations\(/, 'report'],
  [/PullRequestReviewThread/, 'thread'],
  [/viewerPermission/, 'repository'],
]

const questionIn = (body: unknown): string => {
  const text = JSON.stringify(body ?? '')
  return marks.find(([mark]) => mark.test(text))?.[1] ?? text.replace(/\s+/g, ' ').slice(0, 80)
}

const routeOf = (path: string): string =>
  path
    .replace(/^\/repos\/[^/]+\/[^/]+/, '/repos/{}/{}')
    .replace(/\/\d+/g, '/{}')
    .replace(/(?<=\/branches\/).+$/, '{}')

/** How many of them were asked one after the other: the longest row of which none began before the one before it had ended. */
export const roundsIn = (requests: readonly Request[]): number => {
  const byEnd = requests.map(({ at, tookMs }) => [at, at + tookMs] as const).sort(([, one], [, other]) => one - other)
  let [rounds, last] = [0, Number.NEGATIVE_INFINITY]
  for (const [from, to] of byEnd) {
    if (from < last - clockMs) continue
    rounds += 1
    last = to
  }
  return rounds
}
/** Whole milliseconds are noted. */
const clockMs = 1

/** How often each kind was asked, and what it cost: `12 × status (12)`. */
export const tally = (requests: readonly Request[], per = 1): string => {
  const kinds = new Map<string, { readonly count: number; readonly cost: number }>()
  for (const { kind, cost } of requests) {
    const known = kinds.get(kind) ?? { count: 0, cost: 0 }
    kinds.set(kind, { count: known.count + 1, cost: known.cost + cost })
  }
  const sorted = [...kinds].sort(([, one], [, other]) => other.cost - one.cost || other.count - one.count)
  const number = (value: number): string => String(Number((value / per).toFixed(1)))
  return sorted.map(([kind, { count, cost }]) => `${number(count)} × ${kind} (${number(cost)})`).join(', ')
}
