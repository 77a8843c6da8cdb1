import type { Change, Review } from '../../../core/contracts/change.ts'
import type { Facts } from '../../../core/kit/repository.ts'
import { plain } from '../../../core/kit/text.ts'
import { checksStanding } from './checks.ts'
import type { Demands } from './demands.ts'
import type { Opinion, Particulars, Said } from './particulars.ts'
import type { Status } from './status.ts'
import type { ThreadHead } from './threads.ts'
import { chatRequests } from './told.ts'

/** What counts besides the words of people who have rights here, and threads of bots. */
export type Told = {
  /** Reports of bots below a change. */
  readonly reports: boolean
  /** What people without rights in the repository say. */
  readonly outsiders: boolean
}

/** Everything a picture is made of. */
export type Seen = {
  readonly status: Status
  readonly particulars: Pick<Particulars, 'checks' | 'opinions' | 'remarks' | 'comments' | 'headAt'>
  /** Of unresolved threads. */
  readonly threads: readonly ThreadHead[]
  readonly demands: Demands
  /** Git's word on head and base; null when it could not be had. */
  readonly facts: Facts | null
  /** The fingerprint of the diff, as far as it is known. */
  readonly patchId: string
  readonly told: Told
}

/** The whole picture of a change. Pure. */
export const picture = ({ status, particulars, threads: all, demands, facts, patchId, told }: Seen): Change => {
  const threads = all.filter(({ isOutsider }) => told.outsiders || !isOutsider)
  const isOpen = status.state === 'open'
  const standing = checksStanding(particulars.checks, isOpen ? demands.checks : [])
  const words = openWords(particulars, told)
  const begun = [...threads.map(({ isBot }) => isBot), ...words.map(({ author }) => author.isBot)]
  const said = [...threads.flatMap((thread) => thread.said), ...words.map(({ author, at }) => ({ isBot: author.isBot, at }))]
  const newestOf = (isBot: boolean): number => newest(said.filter((one) => one.isBot === isBot).map(({ at }) => at))
  return {
    number: status.number,
    url: status.url,
    title: plain(status.title).replace(/\s+/g, ' ').trim(),
    branch: status.branch,
    base: status.base,
    head: status.head,
    patchId,
    state: status.state,
    isDraft: status.isDraft,
    conflict: isOpen ? conflictOf(status, facts) : 'none',
    conflictFiles: isOpen && facts?.isConflicting ? facts.conflictFiles : [],
    isBehind: isOpen && (facts?.isBehind ?? status.mergeState === 'BEHIND'),
    // What has ended waits for nothing any more.
    checks: !isOpen && standing.checks === 'pending' ? 'none' : standing.checks,
    failing: standing.failing,
    optional: standing.optional,
    review: chatRequests(particulars.comments).length > 0 ? 'changes-requested' : reviewOf(status, particulars.opinions),
    openThreads: { people: begun.filter((isBot) => !isBot).length, bots: begun.filter((isBot) => isBot).length },
    lastSaid: { people: newestOf(false), bots: newestOf(true) },
    baseHead: isOpen && facts !== null ? facts.base : null,
    mustBeUpToDate: isOpen && demands.isUpToDateWanted === true,
    queued: isOpen ? queuedOf(status) : null,
    mergeCommit: status.mergeCommit,
  }
}

/** The newest time. GitHub tells whole seconds: several of the same one are told apart by their number. */
const newest = (times: readonly number[]): number => {
  const last = Math.max(0, ...times)
  return last === 0 ? 0 : last + Math.min(times.filter((at) => at === last).length - 1, 999)
}

/** GitHub's word; while it has none, git's. */
const conflictOf = ({ mergeable }: Status, facts: Facts | null): Change['conflict'] => {
  if (mergeable === 'CONFLICTING') return 'conflicting'
  if (mergeable === 'MERGEABLE') return 'none'
  return facts === null ? 'unknown' : facts.isConflicting ? 'conflicting' : 'none'
}

/**
 * A request for changes stands until it is taken back. An approval counts for the commit it was given to, and not as long as
 * GitHub wants more of them.
 */
const reviewOf = ({ head, decision }: Status, opinions: readonly Opinion[]): Review => {
  const counting = opinions.filter(({ author, mayWrite }) => mayWrite && !author.isBot)
  if (decision === 'CHANGES_REQUESTED' || counting.some(({ state }) => state === 'CHANGES_REQUESTED')) return 'changes-requested'
  if (decision === 'REVIEW_REQUIRED') return 'pending'
  return counting.some(({ state, commit }) => state === 'APPROVED' && commit === head) ? 'approved' : 'none'
}

/**
 * What was said to the whole change and has not been dealt with: the words of requests for changes that stand, and what was
 * written since the head came, by anybody but us. What bots report there, and what outsiders say, counts on demand only.
 */
export const openWords = (
  { opinions, remarks, comments, headAt }: Pick<Particulars, 'opinions' | 'remarks' | 'comments' | 'headAt'>,
  told: Told,
): readonly Said[] => {
  const isNews = ({ at, isOurs, isOutsider, author }: Said): boolean =>
    at >= headAt && !isOurs && (!author.isBot || told.reports) && (!isOutsider || told.outsiders)
  const requests = opinions.filter(({ state, text }) => state === 'CHANGES_REQUESTED' && text !== '')
  const standing = requests.filter(({ mayWrite }) => mayWrite)
  const said = [...requests.filter(({ mayWrite }) => !mayWrite), ...remarks, ...comments]
  return [...standing, ...chatRequests(comments), ...said.filter(isNews)].sort((one, other) => one.at - other.at)
}

const queuedOf = ({ place, isAutoMergeOn }: Status): string | null => {
  if (place !== null) return `in the merge queue, place ${place}`
  return isAutoMergeOn ? 'auto-merge is on' : null
}
