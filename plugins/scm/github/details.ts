import type { ChangeDetails } from '../../../core/contracts/change.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { failingFirst, type SeenCheck } from './checks.ts'
import type { Footing, Ground } from './ground.ts'
import { askAbout } from './known.ts'
import { failureOf, leftOut } from './logs.ts'
import { type Particulars, type Said, withAllChecks } from './particulars.ts'
import { openWords } from './picture.ts'
import type { Questions } from './questions.ts'
import { type DatedThread, isByOutsider, mostThreads, newestThreads, olderUnresolved, wholeThread } from './threads.ts'

/** So many failing checks come with their logs; the others with their names. */
const mostLogs = 20

/** See `Scm.details`: names and log tails of what fails, and whole unresolved threads, at exactly that head. */
export const detailsOf = async (
  ground: Ground,
  {
    number,
    head,
    since,
  }: { readonly number: number; readonly head: string /** Epoch ms; null: when it was committed. */; readonly since: number | null },
  signal: AbortSignal,
): Promise<ChangeDetails | null> => {
  signal.throwIfAborted()
  const footing = await ground.footing(signal)
  const { questions } = footing
  const first = await askAbout(footing, number, { signal, ask: (id) => questions.patiently(id, signal) })
  if (first.status.head !== head) return null
  const whole = await withAllChecks(first, questions.one, signal)
  const particulars = since === null ? whole : { ...whole, headAt: since }
  const told = { reports: ground.options.botComments, outsiders: ground.options.outsiders }
  const [failing, spoken, said] = await Promise.all([
    failuresOf(ground, footing, { checks: particulars.checks, signal }),
    threadsOf(questions, particulars, { areOutsidersTold: told.outsiders, signal }),
    wordsOf(questions, openWords(particulars, told), signal),
  ])
  // What was fetched meanwhile is about another commit if the head has moved.
  if ((await questions.head(first.status.id, signal)) !== head) return null
  const { threads, left } = newestThreads([...spoken.threads, ...said])
  const more = left + spoken.left
  return { number, head, failing, threads, ...(more > 0 && { moreThreads: more }) }
}

const failuresOf = async (
  { host, options }: Ground,
  { api, repository, questions }: Footing,
  { checks, signal }: { readonly checks: readonly SeenCheck[]; readonly signal: AbortSignal },
): Promise<ChangeDetails['failing']> => {
  const limits = { lines: options.logLines, bytes: options.logBytes }
  const jobs = { api, owner: repository.owner, repo: repository.name, limits, sleep: host.sleep }
  return Promise.all(
    failingFirst(checks, []).map(async (check, place) => ({
      name: check.name,
      logTail:
        place < mostLogs
          ? await failureOf(check, { jobs, report: () => questions.report(check.id, signal), signal })
          : leftOut(check, mostLogs),
    })),
  )
}

/** The newest unresolved threads, whole, and how many there are besides. */
const threadsOf = async (
  { one, thread }: Questions,
  { status }: Particulars,
  { areOutsidersTold, signal }: { readonly areOutsidersTold: boolean; readonly signal: AbortSignal },
): Promise<{ readonly threads: readonly DatedThread[]; readonly left: number }> => {
  const older = await olderUnresolved(one, { change: status.id, before: status.before, enough: Number.POSITIVE_INFINITY }, signal)
  const all = [...older, ...status.unresolved]
  const newest = all.slice(-mostThreads)
  const found = await Promise.all(
    newest.map(async (id) => {
      const raw = await thread(id, signal).catch(unlessGone)
      return raw === null || raw.isResolved || (isByOutsider(raw) && !areOutsidersTold) ? [] : [await wholeThread(one, raw, signal)]
    }),
  )
  return { threads: found.flat(), left: all.length - newest.length }
}

/** Each as a thread of its own that is about no file. */
const wordsOf = async ({ words }: Questions, all: readonly Said[], signal: AbortSignal): Promise<readonly DatedThread[]> => {
  const found = await Promise.all(
    all.map(async ({ id, author, at, text }): Promise<readonly DatedThread[]> => {
      const said = text ?? (await words(id, signal).catch(unlessGone))
      if (said === null || said === '') return []
      const comment = { author: author.login, isBot: author.isBot, text: said }
      return [{ thread: { id, file: null, line: null, comments: [comment] }, beganAt: at, saidAt: at }]
    }),
  )
  return found.flat()
}

/** Deleted in between: there is nothing to tell. */
const unlessGone = (error: unknown): null => {
  if (isFault(error, 'REPOSITORY_UNKNOWN')) return null
  throw error
}
