import type { Checks } from '../../../core/contracts/change.ts'

/** One check of a commit: the newest run of its name, or the newest status of its context. */
export type SeenCheck = {
  /** Node id. */
  readonly id: string
  readonly kind: 'run' | 'status'
  /** As it is told: with its workflow where two of them have a check of that name. */
  readonly name: string
  /** As rules name it. */
  readonly plainName: string
  readonly state: 'pending' | 'passing' | 'failing'
  readonly isRequired: boolean
  /** Its page. */
  readonly url: string | null
  /** The app that ran it: `github-actions` has logs. */
  readonly app: string | null
  readonly description: string | null
}

/** `$id` is the node id of the change: the same check may be required of one and not of another. */
export const checkFields = (id: string): string => `
  __typename
  ... on CheckRun { id name status conclusion startedAt url isRequired(pullRequestId: ${id})
    checkSuite { app { slug } workflowRun { event workflow { name } } } }
  ... on StatusContext { id context state createdAt description targetUrl isRequired(pullRequestId: ${id}) }`

type RawRun = {
  readonly __typename: 'CheckRun'
  readonly id: string
  readonly name: string
  readonly status: string
  readonly conclusion: string | null
  readonly startedAt: string | null
  readonly url: string | null
  readonly isRequired: boolean
  readonly checkSuite: {
    readonly app: { readonly slug: string } | null
    readonly workflowRun: { readonly event: string; readonly workflow: { readonly name: string } } | null
  }
}
type RawStatus = {
  readonly __typename: 'StatusContext'
  readonly id: string
  readonly context: string
  readonly state: string
  readonly createdAt: string
  readonly description: string | null
  readonly targetUrl: string | null
  readonly isRequired: boolean
}
export type RawCheck = RawRun | RawStatus

const passing = new Set(['SUCCESS', 'NEUTRAL', 'SKIPPED'])
/** What has not ended. A stale run was given up by GitHub without an end. */
const pending = new Set(['STALE', 'PENDING', 'EXPECTED'])

const stateOf = (word: string | null): SeenCheck['state'] =>
  word === null || pending.has(word) ? 'pending' : passing.has(word) ? 'passing' : 'failing'

type Named = SeenCheck & { readonly group: string; readonly workflow: string | null; readonly event: string | null; readonly at: string }

/** The checks that count: of several runs of one check the newest, whether it ran again or was started anew. */
export const readChecks = (raw: readonly (RawCheck | null)[]): readonly SeenCheck[] => {
  const newest = new Map<string, Named>()
  for (const one of raw.flatMap((each) => each ?? []).map(readCheck)) {
    const known = newest.get(one.group)
    if (!known || one.at >= known.at) newest.set(one.group, one)
  }
  const all = [...newest.values()]
  const isAlone = (one: Named, name: string): boolean => all.every((other) => other === one || nameWith(other, 0) !== name)
  return all.map((one) => {
    const { group: _, workflow: __, event: ___, at: ____, ...check } = one
    return { ...check, name: isAlone(one, one.plainName) ? one.plainName : longName(one, all) }
  })
}

const readCheck = (raw: RawCheck): Named => {
  if (raw.__typename === 'StatusContext')
    return {
      id: raw.id,
      kind: 'status',
      name: raw.context,
      plainName: raw.context,
      state: stateOf(raw.state),
      isRequired: raw.isRequired,
      url: raw.targetUrl,
      app: null,
      description: raw.description,
      group: JSON.stringify(['status', raw.context]),
      workflow: null,
      event: null,
      at: raw.createdAt,
    }
  const app = raw.checkSuite.app?.slug ?? null
  const { event = null, workflow = null } = raw.checkSuite.workflowRun ?? {}
  return {
    id: raw.id,
    kind: 'run',
    name: raw.name,
    plainName: raw.name,
    state: raw.status === 'COMPLETED' ? stateOf(raw.conclusion) : 'pending',
    isRequired: raw.isRequired,
    url: raw.url,
    app,
    description: null,
    group: JSON.stringify(['run', raw.name, app, workflow?.name, event]),
    workflow: workflow?.name ?? app,
    event,
    // One that waits for its turn has not begun: nothing is newer.
    at: raw.startedAt ?? '9',
  }
}

const nameWith = ({ plainName, workflow, event }: Named, parts: 0 | 1 | 2): string =>
  `${parts > 0 && workflow !== null ? `${workflow} / ` : ''}${plainName}${parts > 1 && event !== null ? ` (${event})` : ''}`

const longName = (one: Named, all: readonly Named[]): string => {
  const isClear = all.every((other) => other === one || nameWith(other, 1) !== nameWith(one, 1))
  return nameWith(one, isClear ? 1 : 2)
}

export type ChecksStanding = { readonly checks: Checks; readonly failing: readonly string[]; readonly optional: readonly string[] }

/**
 * How checks stand together. Where some are required only those count: one that has not reported is pending. The names of all that
 * fail are told, required ones first.
 */
export const checksStanding = (checks: readonly SeenCheck[], required: readonly string[]): ChecksStanding => {
  const isRequired = (check: SeenCheck): boolean => check.isRequired || required.includes(check.plainName)
  const isMissing = required.some((name) => checks.every(({ plainName }) => plainName !== name))
  const hasRequired = isMissing || checks.some(isRequired)
  const counting = hasRequired ? checks.filter(isRequired) : checks
  const failing = failingFirst(checks, required)
  const has = (state: SeenCheck['state']): boolean => counting.some((check) => check.state === state)
  return {
    checks: has('failing') ? 'failing' : has('pending') || isMissing ? 'pending' : counting.length === 0 ? 'none' : 'passing',
    failing: failing.map(({ name }) => name),
    optional: hasRequired ? failing.filter((check) => !isRequired(check)).map(({ name }) => name) : [],
  }
}

/** The failing ones, required ones first. */
export const failingFirst = (checks: readonly SeenCheck[], required: readonly string[]): readonly SeenCheck[] => {
  const rank = (check: SeenCheck): number => (check.isRequired || required.includes(check.plainName) ? 0 : 1)
  return checks.filter(({ state }) => state === 'failing').sort((one, other) => rank(one) - rank(other))
}
