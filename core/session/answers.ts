import type { Fact } from '../contracts/fact.ts'
import type { MergeMethod } from '../contracts/names.ts'
import type { Reaction, Setting } from '../contracts/rules.ts'
import type { Session, Trouble } from '../contracts/session.ts'
import { sayDuration } from '../kit/time.ts'
import { stuckAt } from './conditions.ts'
import { failureOf, isGivenUp } from './failures.ts'
import { wordsFor } from './prompt.ts'
import { isDialogOpen, obstacles, openChange, voters } from './views.ts'

/** What is done about one trouble now. Pure; the same for every key, but for `agent-stuck`, which has steps of its own. */
export const answer = (session: Session, trouble: Trouble, at: number, setting: Setting): readonly Fact[] => {
  const reaction = setting.rules.reactions[trouble.key]
  if (trouble.isEased || trouble.escalated || at < actsAt(trouble, reaction)) return []
  if (trouble.key === 'agent-stuck') return unstick(session, trouble, at, setting)
  if (!reaction.auto || reaction.action === 'notify' || !canHear(session, trouble)) return [escalated(trouble, at, 'people decide this')]
  return reaction.action === 'auto-merge' ? mergeBySelf(session, trouble, at, setting) : tellAgent(session, trouble, at, reaction)
}

/** Nobody tells an agent that it is gone, or that its dialog is open: words would wait for ever, so people hear of it. */
const canHear = (session: Session, { key }: Trouble): boolean =>
  key !== 'agent-exited' && !(key === 'agent-needs-input' && isDialogOpen(session))

/** From when on a trouble counts. A stuck agent has been silent for the threshold before it is in trouble at all. */
export const actsAt = ({ key, firstAt }: Trouble, { thresholdMs }: Reaction): number =>
  key === 'agent-stuck' ? firstAt : firstAt + thresholdMs

/** When a trouble that the agent was told of goes to people, if it is not put right. */
export const deadline = ({ firstAt }: Trouble, { escalateAfter }: Reaction): number | null =>
  escalateAfter !== null && 'ms' in escalateAfter ? firstAt + escalateAfter.ms : null

/** When the steps for a silent agent are due: a word, a new process, a person. */
export const stuckSteps = (session: Session, reaction: Reaction): readonly [number, number, number] => {
  const first = stuckAt(session, reaction)
  return [first, first + reaction.thresholdMs / 4, first + reaction.thresholdMs / 2]
}

const tellAgent = (session: Session, trouble: Trouble, at: number, reaction: Reaction): readonly Fact[] => {
  const { key, reason, messages, toldReason } = trouble
  const until = deadline(trouble, reaction)
  if (until !== null && at >= until) return [escalated(trouble, at, `not put right for ${sayDuration(at - trouble.firstAt)}`)]
  if (toldReason === reason) return whenTold(session, trouble, at)
  if (isPast(session, trouble)) return []
  const limit = Math.min(
    reaction.retries,
    reaction.escalateAfter !== null && 'messages' in reaction.escalateAfter ? reaction.escalateAfter.messages : reaction.retries,
  )
  if (messages >= limit)
    return [
      escalated(trouble, at, messages === 0 ? 'people decide this' : `the agent was told ${messages === 1 ? 'once' : `${messages} times`}`),
    ]
  if (needsDetails(session, trouble)) return []
  return [
    {
      type: 'message.queued',
      at,
      id: `${session.id}-m${session.seq + 1}`,
      from: 'ao',
      text: wordsFor(session, trouble, reaction),
      trouble: { key, reason, head: openChange(session)?.head ?? null },
    },
  ]
}

/** Is it about a commit that is no longer the head, with nothing known of the new one yet? Then there is nothing to say. */
const isPast = (session: Session, { key, reason }: Trouble): boolean =>
  (key === 'ci-failed' || key === 'merge-conflicts') && openChange(session) !== null && openChange(session)?.head !== reason

/** The agent has been told of exactly this. It is its turn, unless the words did not arrive or its turn is over and nothing came of it. */
const whenTold = (session: Session, trouble: Trouble, at: number): readonly Fact[] => {
  const message = session.messages.findLast(({ trouble: about }) => about?.key === trouble.key && about.reason === trouble.reason)
  if (message?.state === 'unconfirmed') return [escalated(trouble, at, 'the agent could not be told for certain')]
  const isTurnOver =
    message?.state === 'confirmed' &&
    session.activity === 'idle' &&
    session.activitySince > message.since &&
    session.workWantedSince === null
  // Only where nothing has moved since: a commit that is being pushed is an answer, too.
  const isPushing =
    session.isDoneSaid && session.work !== null && session.work.head !== trouble.reason && session.work.head !== session.pushed
  const isUnmoved = openChange(session)?.head === trouble.reason && !isPushing
  const isCommitted = session.work !== null && session.work.head !== trouble.reason
  return isTurnOver && isUnmoved
    ? [
        escalated(
          trouble,
          at,
          isCommitted ? 'the agent ended its turn and did not say that it is done' : 'the agent ended its turn without a new commit',
        ),
      ]
    : []
}

/** Words about checks and reviews carry the details themselves, so they wait for them, unless they cannot be had. */
const needsDetails = (session: Session, { key, since }: Trouble): boolean => {
  if (!isDetailed(key) || !openChange(session)) return false
  const wanted = detailsKey(session, key)
  const failure = failureOf(session, { effect: 'scm.details', subject: wanted })
  if (failure !== null && isGivenUp(failure) && failure.since > since) return false
  return session.details?.key !== wanted
}

const isDetailed = (key: Trouble['key']): boolean => key === 'ci-failed' || key === 'changes-requested' || key === 'bugbot-comments'

/** The trouble whose details are wanted now. One at a time, whoever speaks first, because the last ones found are all that is kept. */
export const toDetail = (session: Session, { rules }: Setting): Trouble | null => {
  const [first] = session.troubles
    .filter((trouble) => {
      const { key, reason, isEased, escalated, toldReason } = trouble
      const { auto, action } = rules.reactions[key]
      return (
        isDetailed(key) &&
        auto &&
        action === 'send-to-agent' &&
        !isEased &&
        !escalated &&
        toldReason !== reason &&
        !isPast(session, trouble)
      )
    })
    .sort((a, b) => actsAt(a, rules.reactions[a.key]) - actsAt(b, rules.reactions[b.key]))
  return first && needsDetails(session, first) ? first : null
}

/** What details are good for: one commit for checks, one count of comments for reviews. */
export const detailsKey = (session: Session, key: Trouble['key']): string => {
  const change = openChange(session)
  const trouble = session.troubles.find((one) => one.key === key)
  return `${key}/${change?.number}/${change?.head}/${trouble?.reason}`
}

const mergeBySelf = (session: Session, trouble: Trouble, at: number, { rules }: Setting): readonly Fact[] => {
  const change = openChange(session)
  if (!change || session.merging) return []
  if (obstacles(change, rules).length > 0) return [escalated(trouble, at, trouble.text.split(': ').at(-1) ?? trouble.text)]
  if (session.mergeRefusal?.head === change.head) return [escalated(trouble, at, `the merge was refused: ${session.mergeRefusal.says}`)]
  if (voters(session, change, rules, null).size < rules.approvals) return [escalated(trouble, at, 'approvals are missing')]
  const { number, base, head, patchId } = change
  const method: MergeMethod = rules.mergeMethod
  return [{ type: 'merge.requested', at, by: 'ao', number, base, head, patchId, method, rule: 'reactions.approved-and-green: auto-merge' }]
}

const unstick = (session: Session, trouble: Trouble, at: number, { rules, can }: Setting): readonly Fact[] => {
  const reaction = rules.reactions['agent-stuck']
  const [, restartAt, callAt] = stuckSteps(session, reaction)
  if (!reaction.auto || at >= callAt) return [escalated(trouble, at, `silent for ${sayDuration(at - session.workedAt)}`)]
  if (trouble.messages === 0 && can.receipts !== null && can.hearsWhileWorking) {
    return [
      {
        type: 'message.queued',
        at,
        id: `${session.id}-m${session.seq + 1}`,
        from: 'ao',
        text: wordsFor(session, trouble, reaction),
        trouble: { key: trouble.key, reason: trouble.reason },
      },
    ]
  }
  if (at >= restartAt && session.stuckSteps === 0 && can.resumes) return [{ type: 'restart.requested', at, by: 'ao', why: 'stuck' }]
  return []
}

const escalated = ({ key }: Trouble, at: number, why: string): Fact => ({ type: 'trouble.escalated', at, key, why })
