import type { ReactionKey } from '../contracts/names.ts'
import type { Rules, Setting } from '../contracts/rules.ts'
import { currentChange, type Session } from '../contracts/session.ts'
import { list } from '../kit/text.ts'
import { nextMessage, underWay } from './messages.ts'
import { isAsking, missingVotes, obstacles, openChange } from './views.ts'

/** Whether something that wants an answer holds now. `unknown` neither raises nor settles anything. */
export type Condition =
  | { readonly holds: 'yes'; readonly reason: string; readonly text: string }
  | { readonly holds: 'no' }
  | { readonly holds: 'unknown' }

/** The keys a session can be in trouble about; `all-complete` is the fleet's. */
export type SessionKey = Exclude<ReactionKey, 'all-complete'>

/**
 * A base that moves all day would have its checks run all day: so often it is brought in, and then again once somebody has a word in
 * it. Where merging is wanted already (*when green*, `auto-merge`) it is brought in as often as that takes.
 */
export const isUpdatedEnough = ({ updates, armed }: Session, { reactions }: Rules): boolean =>
  updates >= mostUpdates && armed === null && reactions['approved-and-green'].action !== 'auto-merge'
const mostUpdates = 3

const no: Condition = { holds: 'no' }
const unknown: Condition = { holds: 'unknown' }
const yes = (reason: string | number, text: string): Condition => ({ holds: 'yes', reason: String(reason), text })

/** What each key means, as a reading of the session and the clock. */
export const conditions: Readonly<Record<SessionKey, (session: Session, at: number, setting: Setting) => Condition>> = {
  'ci-failed': (session) => {
    const change = openChange(session)
    if (!change) return no
    if (change.checks === 'failing') return yes(change.head, `#${change.number} at ${short(change.head)}: ${list(change.failing)} failed`)
    return change.checks === 'pending' ? unknown : no
  },

  // Words that were not there before are something new to hear; a push alone is not, because agents do not resolve threads.
  'changes-requested': (session) => {
    const change = openChange(session)
    if (!change || (change.review !== 'changes-requested' && change.openThreads.people === 0)) return no
    return yes(
      change.lastSaid.people || change.openThreads.people,
      `#${change.number}: ${
        change.openThreads.people === 0
          ? 'changes are requested'
          : change.openThreads.people === 1
            ? 'a review comment waits'
            : `${change.openThreads.people} review comments wait`
      }`,
    )
  },

  'bugbot-comments': (session) => {
    const change = openChange(session)
    if (!change || change.openThreads.bots === 0) return no
    return yes(
      change.lastSaid.bots || change.openThreads.bots,
      `#${change.number}: ${change.openThreads.bots === 1 ? 'a comment by a bot waits' : `${change.openThreads.bots} comments by bots wait`}`,
    )
  },

  'merge-conflicts': (session) => {
    const change = openChange(session)
    if (!change || change.conflict === 'none') return no
    return change.conflict === 'unknown'
      ? unknown
      : yes(
          change.head,
          `#${change.number} conflicts with ${change.base}${change.conflictFiles.length > 0 ? ` in ${list(change.conflictFiles)}` : ''}`,
        )
  },

  'approved-and-green': (session, _at, { rules }) => {
    const change = openChange(session)
    if (!change || session.merging) return no
    const others = obstacles(change, rules).filter((one) => one !== 'approval')
    const { update } = session
    const refused = update?.number === change.number && update.head === change.head ? update.refused : null
    if (others.length === 1 && others[0] === 'behind' && refused !== null)
      return yes(`${change.head}/behind`, `#${change.number} is behind ${change.base} and could not be brought up to date: ${refused}`)
    if (others.length === 1 && others[0] === 'behind' && session.workspace?.isForeign)
      return yes(
        `${change.head}/behind`,
        `#${change.number} is behind ${change.base}, and nothing is merged in a person's own folder by itself; say "tell ${session.id} please merge ${change.base}"`,
      )
    if (others.length === 1 && others[0] === 'behind' && update === null && isUpdatedEnough(session, rules))
      return yes(
        `${change.head}/behind`,
        `#${change.number} is behind ${change.base} again, after it was brought up to date ${mostUpdates} times; "merge when green" does it as often as it takes`,
      )
    if (others.length > 0) return no
    const missing = missingVotes(session, change, rules)
    const isReviewMissing = change.review === 'pending'
    const checks = `${change.checks === 'passing' ? 'checks passed' : 'the project has no checks'}${
      change.optional.length > 0 ? `, but for ${list(change.optional)}, which need not` : ''
    }`
    // Ready for another base than people were called about is something else.
    const isElsewhere = change.base !== session.base
    const what = `#${change.number}${isElsewhere ? ` into ${change.base}` : ''}: ${checks}`
    return yes(
      `${change.head}${isElsewhere ? `/${change.base}` : ''}${isReviewMissing ? '/review' : missing > 0 ? '/votes' : ''}`,
      isReviewMissing
        ? `${what}; its forge wants an approving review`
        : missing > 0
          ? `${what}; ${missing === 1 ? 'one approval is' : `${missing} approvals are`} missing`
          : `${what}; ready to merge`,
    )
  },

  'agent-idle': (session, at) => {
    if (session.phase !== 'live' || session.activity !== 'idle' || openChange(session) || isAsking(session) || session.suspended) return no
    if (session.isBrokenOff) return no // who did that on purpose is not asked about it
    const until = talksUntil(session)
    if (until !== null && at < until) return no
    if (session.workWantedSince !== null || underWay(session) || nextMessage(session)) return unknown
    const work = session.work
    if (session.isDoneSaid && work && work.ahead > 0 && work.dirty.length === 0) return no // the change is being opened
    if (session.isDoneSaid && (currentChange(session) || (work && work.dirty.length === 0))) return no
    return yes(
      session.activitySince,
      work && work.dirty.length > 0
        ? `its turn ended with uncommitted work in ${list(work.dirty.slice(0, 5))}`
        : 'its turn ended without a change',
    )
  },

  'agent-stuck': (session, at, { rules }) => {
    if (!canBeStuck(session)) return no
    return at >= stuckAt(session, rules.reactions['agent-stuck'])
      ? yes(session.workedAt, session.tool ? `"${session.tool.name}" has been running for very long` : 'no sign of work')
      : no
  },

  'agent-needs-input': ({ asked }) => (asked?.state === 'asked' ? yes(asked.question.request, asked.question.text) : no),

  'agent-exited': ({ phase, exit, starts, restart }) =>
    phase !== 'lost' || restart
      ? no
      : yes(
          starts,
          exit?.signal
            ? `its process was ended by ${exit.signal}`
            : exit?.code === null || !exit
              ? 'its process is gone'
              : `its process exited with ${exit.code}`,
        ),

  'pr-closed': (session) => {
    const change = currentChange(session)
    return change?.state === 'closed' ? yes(change.number, `#${change.number} was closed without being merged`) : no
  },
}

/** How long whoever spoke to the agent, and has its answer, may think before it is told to go on with its task. */
const thinkMs = 5 * 60_000

/** While people and the agent talk it is not told to get on; null: they do not. */
export const talksUntil = ({ reply, activity, activitySince, workedAt }: Session): number | null =>
  activity === 'idle' && reply?.since === activitySince ? workedAt + thinkMs : null

/** Is there an agent from which signs of work are to be expected? */
export const canBeStuck = (session: Session): boolean =>
  session.phase === 'live' &&
  session.handle !== null &&
  session.activity === 'working' &&
  session.suspended === null &&
  session.resuming === null &&
  session.restart === null &&
  !isAsking(session)

/** When a silent agent counts as stuck. A tool that runs has its own, longer time. */
export const stuckAt = (
  { workedAt, tool }: Session,
  { thresholdMs, toolThresholdMs }: { readonly thresholdMs: number; readonly toolThresholdMs: number },
): number => (tool ? Math.max(tool.since, workedAt) + toolThresholdMs : workedAt + thresholdMs)

/** A commit as people write it. */
export const short = (commit: string): string => commit.slice(0, 8)
