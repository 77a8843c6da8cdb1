import type { Host } from '../../../core/contracts/plugins.ts'
import { explain, isFault } from '../../../core/kit/fault.ts'
import { plain, tail } from '../../../core/kit/text.ts'
import type { Api } from '../../github/api.ts'
import type { SeenCheck } from './checks.ts'

/** How much of a log is told. */
export type LogLimits = { readonly lines: number; readonly bytes: number }

/** Where jobs of this repository are. */
export type Jobs = Pick<Host, 'sleep'> & {
  readonly api: Pick<Api, 'tail'>
  readonly owner: string
  readonly repo: string
  readonly limits: LogLimits
}

/** What a check's app wrote about it. */
export type Report = {
  readonly title: string | null
  readonly summary: string | null
  readonly text: string | null
  /** `path:line: message`, those of failures first. */
  readonly annotations: readonly string[]
}

/** So much more than is told is fetched of a log: clocks and colours are taken off, and what comes after the failure. */
const spare = 4
const leastBytes = 32 * 1024
/** After a failure that may pass the log is asked for once more. */
const againMs = 1_000

/**
 * The end of what a failing check printed, or what its app reported; in its place, in words, why there is none, with the address
 * of its page. Rejects with the signal's reason only.
 */
export const failureOf = async (
  check: SeenCheck,
  { jobs, report, signal }: { readonly jobs: Jobs; readonly report: () => Promise<Report>; readonly signal: AbortSignal },
): Promise<string> => {
  const { limits } = jobs
  if (check.kind === 'status') return withAddress(check.description ?? 'It says nothing.', check)
  const job = check.app === 'github-actions' ? jobIn(check.url) : null
  try {
    const log = job === null ? null : await logOf(job, jobs, signal)
    if (log !== null && log.text !== '') return log.text
    // Actions can report checks that are no jobs.
    const said = sayReport(await report(), limits)
    if (said !== '') return said
    return withAddress(log?.why ?? (log ? 'Its log is empty.' : 'Its app reports nothing.'), check)
  } catch (error) {
    signal.throwIfAborted()
    return withAddress(`What it reports could not be read: ${explain(error)}`, check)
  }
}

/** Said of the checks whose logs are not fetched because there are too many. */
export const leftOut = (check: SeenCheck, most: number): string =>
  withAddress(`Only the logs of the first ${most} failing checks are here.`, check)

const withAddress = (text: string, { url }: SeenCheck): string => (url === null ? plain(text) : `${plain(text)}\n${url}`)

/** `…/actions/runs/1/job/2`; older servers: `…/runs/2?check_suite_focus=true`. */
const jobIn = (url: string | null): number | null => {
  const found = /\/(?:job|runs)\/(\d{1,15})(?:[?#].*)?$/.exec(url ?? '')?.[1]
  return found === undefined ? null : Number(found)
}

type Log = { readonly text: string; readonly why: string | null }

const logOf = async (job: number, { api, owner, repo, limits, sleep }: Jobs, signal: AbortSignal): Promise<Log> => {
  const bytes = Math.max(limits.bytes * spare, leastBytes)
  for (let tries = 1; ; tries += 1) {
    try {
      const { text } = await api.tail(
        'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs',
        { owner, repo, job_id: job },
        { bytes, signal },
      )
      return { text: readLog(text, limits), why: null }
    } catch (error) {
      signal.throwIfAborted()
      const isWorthAnother = tries === 1 && isFault(error) && error.mayPass && error.code !== 'GITHUB_LIMITED'
      if (!isWorthAnother) return { text: '', why: whyNoLog(error) }
      await sleep(againMs, signal)
    }
  }
}

const whyNoLog = (error: unknown): string => {
  if (isFault(error, 'GONE')) return 'Its log has expired.'
  if (isFault(error, 'REPOSITORY_UNKNOWN')) return 'GitHub has no log of it, or does not show it to this token.'
  if (isFault(error, 'FORBIDDEN')) return `Its log is not shown to this token, which needs ${String(error.facts.needs)} (Actions: read).`
  return `Its log could not be read: ${explain(error)}`
}

const stamp = /^\uFEFF?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z ?/
const opensStep = /^##\[group\]|^Post job cleanup\./
/** So many lines after the failure belong to it. */
const afterwards = 5

/** The part of an Actions log that ends with its last error, without clocks, colours and the marks of groups. */
export const readLog = (text: string, limits: LogLimits): string => {
  const lines = plain(text)
    .split('\n')
    .map((line) => line.replace(stamp, ''))
    .filter((line) => line !== '##[endgroup]')
  const error = lines.findLastIndex((line) => line.startsWith('##[error]'))
  const rest = lines.slice(error + 1)
  const next = rest.findIndex((line) => opensStep.test(line))
  const end = error < 0 ? lines.length : error + 1 + Math.min(afterwards, next < 0 ? rest.length : next)
  return tail(lines.slice(0, end).map(unmarked).join('\n'), limits).replace(/^\n+/, '')
}

const marks: Readonly<Record<string, string>> = { error: 'Error: ', warning: 'Warning: ' }
const unmarked = (line: string): string => line.replace(/^##\[(\w+)\]/, (_, mark: string) => marks[mark] ?? '')

/** The title, and the end of the rest. */
const sayReport = ({ title, summary, text, annotations }: Report, { lines, bytes }: LogLimits): string => {
  const first = plain(title ?? '').trim()
  const rest = [summary, text, annotations.join('\n')].map((part) => plain(part ?? '').trim()).filter((part) => part !== '')
  const left = Math.max(bytes - Buffer.byteLength(first) - 1, 0)
  return [first, tail(rest.join('\n\n'), { lines: Math.max(lines - 1, 1), bytes: left })].filter((part) => part !== '').join('\n')
}

/** One connection a check. */
export const reportQuery = `query ($ids: [ID!]!) {
  nodes(ids: $ids) { ... on CheckRun { id title summary text annotations(first: 50) {
    nodes { path message annotationLevel location { start { line } } }
  } } }
  rateLimit { cost remaining }
}`

export type RawReport = Omit<Report, 'annotations'> & {
  readonly annotations: {
    readonly nodes:
      | readonly ({ path: string; message: string; annotationLevel: string | null; location: { start: { line: number } } } | null)[]
      | null
  } | null
}

export const reportIn = ({ title, summary, text, annotations }: RawReport): Report => {
  const all = (annotations?.nodes ?? []).flatMap((one) => one ?? [])
  const rank = (level: string | null): number => (level === 'FAILURE' ? 0 : 1)
  return {
    title,
    summary,
    text,
    annotations: [...all]
      .sort((one, other) => rank(one.annotationLevel) - rank(other.annotationLevel))
      .map(({ path, message, location }) => `${path}:${location.start.line}: ${message}`),
  }
}
