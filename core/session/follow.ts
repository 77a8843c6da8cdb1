import type { Fact } from '../contracts/fact.ts'
import type { Setting } from '../contracts/rules.ts'
import type { MessageState, Session } from '../contracts/session.ts'
import { answer } from './answers.ts'
import { conditions, isUpdatedEnough, type SessionKey } from './conditions.ts'
import { evolve } from './evolve.ts'
import { nextMessage, underWay } from './messages.ts'
import { isAsking, isDialogOpen, obstacles, openChange, voters } from './views.ts'

/** What follows from what is known, at that moment. Each rule is satisfied by its own facts, so asking again gives nothing. */
type Rule = (session: Session, at: number, setting: Setting) => readonly Fact[]

/**
 * Adds to facts what follows from them, until nothing more follows: troubles that come up, what is done about them, messages
 * that can be handed over, ends that are reached.
 */
export const follow = (session: Session, facts: readonly Fact[], at: number, setting: Setting): readonly Fact[] => {
  let known = facts.reduce(evolve, session)
  const all = [...facts]
  for (let round = 0; round < 100; round += 1) {
    const more = next(known, at, setting)
    if (more.length === 0) return all
    all.push(...more)
    known = more.reduce(evolve, known)
  }
  throw new Error(`The rules of ${session.id} do not come to rest; the last fact was ${all.at(-1)?.type}.`)
}

/** The facts of the first rule that has any. One at a time, because each may change what the next would say. */
const next: Rule = (session, at, setting) => {
  if (session.seq === 0) return []
  for (const rule of session.phase === 'ended' ? afterwards : rules) {
    const facts = rule(session, at, setting)
    if (facts.length > 0) return facts
  }
  return []
}

const dueRetries: Rule = ({ failures }, at) =>
  failures
    .filter(({ retryAt }) => retryAt !== null && at >= retryAt)
    .map(({ effect, subject }) => ({ type: 'effect.retried', at, effect, subject }))

/** Without a workspace or an agent there is nothing to go on with; *retry* begins again. */
const hopeless: Rule = ({ phase, failures }, at) => {
  const failure =
    phase === 'preparing'
      ? failures.find(
          ({ effect, retryAt, isRetried }) =>
            (effect === 'workspace.create' || effect === 'agent.adopt' || effect === 'agent.launch') && retryAt === null && !isRetried,
        )
      : undefined
  return failure
    ? [{ type: 'session.ended', at, why: 'failed', by: 'ao', note: failure.hint === null ? failure.why : `${failure.why} ${failure.hint}` }]
    : []
}

const merged: Rule = (session, at) => {
  const last = session.changes.findLast(({ state }) => state === 'merged')
  return last && !openChange(session)
    ? [{ type: 'session.ended', at, why: 'merged', by: session.mergedBy ?? 'ao', note: last.mergeCommit }]
    : []
}

/** *Done* without a change needs the agent's word and a clean tree. */
const done: Rule = (session, at) => {
  const { phase, isDoneSaid, work, workWantedSince, changes } = session
  const isOver = phase === 'live' && isDoneSaid && workWantedSince === null && work !== null && work.ahead === 0 && work.dirty.length === 0
  return isOver && changes.length === 0 && !underWay(session) && !nextMessage(session) && !isAsking(session)
    ? [{ type: 'session.ended', at, why: 'done', by: 'ao', note: session.report?.text ?? session.lastMessage }]
    : []
}

const troublesRaised: Rule = (session, at, setting) => {
  for (const [key, condition] of Object.entries(conditions) as [SessionKey, (typeof conditions)[SessionKey]][]) {
    // the keys of the table
    const now = condition(session, at, setting)
    const trouble = session.troubles.find((one) => one.key === key)
    if (now.holds === 'yes' && (!trouble || trouble.isEased || isNews(key, trouble.reason, now.reason)))
      return [{ type: 'trouble.raised', at, key, reason: now.reason, text: now.text }]
    if (now.holds === 'no' && trouble && !trouble.isEased) return [{ type: 'trouble.eased', at, key }]
  }
  return []
}

/** Fewer open comments are no news; a word to a silent agent changes its clock, not the trouble. */
const isNews = (key: SessionKey, known: string, now: string): boolean =>
  key === 'changes-requested' || key === 'bugbot-comments' ? Number(now) > Number(known) : key !== 'agent-stuck' && now !== known

const troublesAnswered: Rule = (session, at, setting) => {
  for (const trouble of session.troubles) {
    const facts = answer(session, trouble, at, setting)
    if (facts.length > 0) return facts
  }
  return []
}

/** Words about something that is no longer so are not said. */
const dropped: Rule = (session, at) => {
  const head = openChange(session)?.head
  return session.messages.flatMap(({ id, state, trouble }): readonly Fact[] => {
    if (state !== 'queued' || trouble === null) return []
    const isMoved = trouble.head !== undefined && trouble.head !== null && head !== undefined && trouble.head !== head
    const isSo = session.troubles.some(({ key, reason, isEased }) => key === trouble.key && reason === trouble.reason && !isEased)
    return isSo && !isMoved ? [] : [{ type: 'message.dropped', at, id, why: isSo ? 'new commits have come' : 'it is no longer so' }]
  })
}

const handed: Rule = (session, at, { can }) => {
  const message = nextMessage(session)
  if (
    !message ||
    underWay(session) ||
    session.phase !== 'live' ||
    session.suspended ||
    session.resuming !== null ||
    session.restart ||
    session.interrupting ||
    isDialogOpen(session)
  )
    return []
  if (session.handle) return can.hearsWhileWorking || session.activity === 'idle' ? [{ type: 'message.handed', at, id: message.id }] : []
  return [{ type: 'restart.requested', at, by: 'ao', why: 'words' }] // it ended well with its turn; words start the next
}

/** Proof of arrival that is overdue is looked up; it is never assumed, and nothing is said twice on a guess. */
const doubted: Rule = (session, at, { can }) => {
  const message = underWay(session)
  const isCutOff = session.handle === null // its process went away while it was being handed over
  if (message?.state !== 'handed' || (message.sent === null && !isCutOff)) return []
  if (can.receipts === null) return [{ type: 'message.unconfirmed', at, id: message.id }]
  return isCutOff || at >= message.at + can.receipts.absenceProvesAfterMs ? [{ type: 'message.doubted', at, id: message.id }] : []
}

/** An answer for which the agent has no means of its own goes as words. */
const answersAsWords: Rule = ({ asked, messages }, at) => {
  if (asked?.question.reply !== 'message' || !asked.decision) return []
  const id = `answer-${asked.question.request}`
  const message = messages.find((one) => one.id === id)
  if (asked.state === 'decided') {
    return [
      {
        type: 'message.queued',
        at,
        id,
        from: asked.decision.by,
        text: `To your question "${asked.question.text}" the answer is: ${asked.decision.text}`,
        trouble: null,
      },
      { type: 'question.handed', at, request: asked.question.request },
    ]
  }
  return asked.state === 'handed' && (message?.state === 'confirmed' || message?.state === 'unconfirmed')
    ? [{ type: 'question.confirmed', at, request: asked.question.request }]
    : []
}

const whenGreen: Rule = (session, at, { rules }) => {
  const { armed } = session
  if (!armed || session.merging) return []
  const change = openChange(session)
  if (!change || change.number !== armed.number) return [{ type: 'merge.disarmed', at, why: 'the change is no longer open' }]
  if (change.head !== armed.head && (change.patchId === '' || change.patchId !== armed.patchId))
    return [{ type: 'merge.disarmed', at, why: 'there are new commits' }]
  if (obstacles(change, rules).length > 0 || voters(session, change, rules, armed.by).size < rules.approvals) return []
  const { number, base, head, patchId } = change
  return [
    {
      type: 'merge.requested',
      at,
      by: armed.by,
      number,
      base,
      head,
      patchId,
      method: armed.method ?? rules.mergeMethod,
      rule: 'merge when green',
    },
  ]
}

/**
 * Where only the newest base is missing, it is brought in while nobody works in the workspace. Once for a pair of commits: what
 * was refused is not tried again before one of them moves.
 */
const behind: Rule = (session, at, { rules }) => {
  const change = openChange(session)
  const { update, work, merging, activity, phase, suspended, workspace } = session
  // Bringing the base in may have to be taken back, and nothing is put back in a person's own folder.
  if (workspace?.isForeign) return []
  if (!change || phase !== 'live' || merging || suspended || !workspace || activity !== 'idle' || isAsking(session)) return []
  if (isUpdatedEnough(session, rules)) return []
  const missing = obstacles(change, rules)
  if (missing.length !== 1 || missing[0] !== 'behind' || underWay(session) || nextMessage(session)) return []
  // Words that wait for an answer are not buried under a new head.
  if (session.troubles.some(({ key, isEased }) => key === 'changes-requested' && !isEased)) return []
  if (session.workWantedSince !== null || work?.head !== change.head || work.dirty.length > 0) return []
  if (update?.number === change.number && update.head === change.head && update.baseHead === change.baseHead) return []
  return [{ type: 'update.requested', at, number: change.number, head: change.head, baseHead: change.baseHead }]
}

/** The forge took the order while the session was being ended: nobody wants it any more. */
const outlived: Rule = ({ merging, ending, changes }, at) => {
  if (!merging) return []
  const isShown = changes.some(({ number, state, queued }) => number === merging.number && state === 'open' && queued !== null)
  return merging.queued || isShown ? [{ type: 'merge.recalled', at, number: merging.number, by: ending?.by ?? 'ao' }] : []
}

const rules: readonly Rule[] = [
  dueRetries,
  hopeless,
  merged,
  done,
  troublesRaised,
  dropped,
  answersAsWords,
  whenGreen,
  behind,
  troublesAnswered,
  doubted,
  handed,
]
const afterwards: readonly Rule[] = [dueRetries, outlived]

/** The message that starts an agent anew which ended with its last turn. */
export const openingMessage = (session: Session): MessageState | null => (session.restart?.why === 'words' ? nextMessage(session) : null)
