import type { Fact } from '../../core/contracts/fact.ts'
import type { Session } from '../../core/contracts/session.ts'
import { counted, headline as firstLine, list } from '../../core/kit/text.ts'
import { tokenWords } from './cost.ts'
import { callWords, effectWords, troubleWords } from './names.ts'
import { short } from './words.ts'

const quote = (text: string): string => `“${firstLine(text, 100)}”`
const exitWords = ({ code, signal }: { readonly code: number | null; readonly signal: string | null }): string =>
  signal ? `by ${signal}` : code === null ? 'without a trace' : `with ${code}`

type Words = { readonly [T in Fact['type']]: (fact: Extract<Fact, { type: T }>) => string }

/** What happened, in words: one short sentence a fact. */
export const factWords = (fact: Fact): string =>
  // The table pairs each fact with its own words, which the compiler cannot see through the union.
  (words[fact.type] as (fact: Fact) => string)(fact)

const words: Words = {
  'session.requested': ({ by, task }) =>
    `${by} asked for ${task.key.startsWith('say-') ? quote(task.title) : `${task.key} ${quote(task.title)}`}`,
  'session.admitted': () => 'it got a free slot',
  'session.suspended': ({ by }) => `${by} paused it`,
  'session.continued': ({ by }) => `${by} let it go on`,
  'session.ended': ({ why, by, note }) =>
    `it ended: ${why}${by === 'ao' ? '' : ` by ${by}`}${note && why !== 'merged' ? `, ${quote(note)}` : ''}`,
  'session.restored': ({ by }) => `${by} brought it back`,
  'interrupt.requested': ({ by }) => `${by} breaks off its turn`,
  'interrupt.settled': ({ outcome, why }) =>
    ({
      handed: 'the agent was told to break off its turn',
      idle: 'its turn had ended already',
      failed: `its turn could not be broken off (${why ?? 'nobody knows why'}); what waits is said when it ends`,
    })[outcome],
  'restart.requested': ({ by, why }) =>
    ({
      stuck: 'it was silent, so it is started again',
      words: 'words for it start its next turn',
      lost: 'it begins anew, with the task and what was done',
      wished: `${by} restarts it`,
    })[why],
  'agent.chosen': ({ agent, by }) => `${by} chose ${agent}`,
  'agent.adopted': () => 'what was started by hand was ended; its conversation goes on here',
  'workspace.ready': ({ workspace }) => `the workspace is ready on ${workspace.branch}`,
  'workspace.cleared': ({ by }) => `${by} clears the workspace`,
  'workspace.removed': ({ savedRef }) => `the workspace was removed${savedRef ? `; unsaved work is kept in ${savedRef}` : ''}`,
  'work.seen': ({ work }) => `${counted(work.ahead, 'commit')}, ${counted(work.dirty.length, 'uncommitted file')}`,
  'agent.started': () => 'the agent started',
  'agent.suspended': () => 'the agent stands still',
  'agent.resumed': () => 'the agent goes on',
  'agent.exited': (fact) => `the agent ended ${exitWords(fact)}`,
  'agent.gone': () => 'the agent was ended',
  'agent.worked': () => 'the agent worked',
  'agent.idled': ({ message, isBrokenOff }) =>
    `its turn ${isBrokenOff ? 'was broken off' : 'ended'}${message ? `: ${quote(message)}` : ''}`,
  'agent.reported': ({ kind, text }) => `the agent reported ${kind}: ${quote(text)}`,
  'agent.named': () => 'the agent named its conversation',
  'agent.used': ({ usage }) => `its turn ended; so far it used ${list(usage.map(tokenWords)) || 'nothing it told of'}`,
  'conversation.lost': () => 'its conversation could not be taken up again',
  'question.asked': ({ question }) => `the agent asked ${quote(question.text)}`,
  'question.decided': ({ decision }) => `${decision.by} answered ${quote(decision.text)}`,
  'question.handed': () => 'the answer is on its way to the agent',
  'question.confirmed': () => 'the agent has the answer',
  'question.overtaken': ({ text }) => `somebody at the terminal was first with ${quote(text)}`,
  'question.gone': () => 'the agent no longer asks',
  'message.queued': ({ from, text }) => `${from === 'ao' ? 'for the agent' : `${from} to the agent`}: ${quote(text)}`,
  'message.handed': ({ id }) => `${id} is handed over`,
  'message.sent': ({ id }) => `${id} was sent`,
  'message.confirmed': ({ id }) => `the agent has ${id}`,
  'message.doubted': ({ id }) => `it is looked up whether the agent has ${id}`,
  'message.absent': ({ id }) => `${id} did not arrive; it is said again`,
  'message.unconfirmed': ({ id }) => `nobody can say whether the agent has ${id}`,
  'message.dropped': ({ id, why }) => `${id} is not said: ${why}`,
  'change.seen': ({ change }) =>
    `#${change.number} at ${short(change.head)}: ${change.state === 'open' ? `checks ${change.checks}${change.failing.length > 0 ? ` (${change.failing.join(', ')})` : ''}` : change.state}${change.conflict === 'conflicting' ? ', conflict' : ''}`,
  'change.detailed': ({ found }) =>
    `details of #${found.number}: ${counted(found.failing.length, 'log')}, ${counted(found.threads.length, 'thread')}`,
  'approval.given': ({ by, number, head }) => `${by} approved #${number} at ${short(head)}`,
  'rejection.given': ({ by, number, text }) => `${by} asked for changes on #${number}: ${quote(text)}`,
  'review.sent': () => 'the review is on the forge',
  'merge.armed': ({ by, number, head }) => `${by} wants #${number} at ${short(head)} merged once it is green`,
  'merge.disarmed': ({ why }) => `merging once green is off: ${why}; say it again if you still want it`,
  'merge.requested': ({ by, number, head, rule }) =>
    `${by === 'ao' ? 'the rules merge' : `${by} merges`} #${number} at ${short(head)} (${rule})`,
  'merge.refused': ({ number, says }) => `the merge of #${number} was refused: ${says}`,
  'merge.queued': ({ number, says }) => `the forge has the merge of #${number} in hand: ${says}`,
  'merge.recalled': ({ by, number }) => `${by} no longer wants #${number} merged`,
  'merge.withdrawn': ({ number }) => `the forge no longer has the merge of #${number} in hand`,
  'update.requested': ({ number }) => `the newest base is brought into #${number}`,
  'update.refused': ({ number, says }) => `#${number} could not be brought up to date: ${says}`,
  'revert.requested': ({ by, number }) => `${by} takes #${number} back`,
  'revert.opened': ({ number, url }) => `#${number} takes it back${url ? `: ${url}` : ''}`,
  'collision.seen': ({ other, files }) =>
    files.length === 0
      ? `it no longer changes the same files as ${other}`
      : `it changes the same files as ${other}: ${list(files.slice(0, 5))}`,
  'trouble.raised': ({ text }) => text,
  'trouble.eased': ({ key }) => `${troubleWords[key]}: gone for now`,
  'trouble.settled': ({ key }) => `${troubleWords[key]}: settled`,
  'trouble.escalated': ({ key, why }) => `${troubleWords[key]}: people are called, because ${why}`,
  'people.called': ({ key }) => `people were called: ${callWords(key)}`,
  'effect.failed': ({ effect, why, retryAt }) =>
    `${effectWords[effect]} failed: ${quote(why)}${retryAt === null ? '' : '; it is tried again'}`,
  'effect.retried': ({ effect }) => `${effectWords[effect]} is tried again`,
  'task.closed': () => 'the task is closed',
  'task.noted': ({ stage }) => `its tracker was told that it is ${stage}`,
}

/** What a vote in the chat does not settle by itself: the forge wants a review, and counts those of its own accounts only. */
export const stillWanted = (fact: Fact, { changes }: Pick<Session, 'changes'>): readonly string[] => {
  const change = fact.type === 'approval.given' ? changes.find(({ number }) => number === fact.number) : undefined
  if (fact.type !== 'approval.given' || change?.review !== 'pending') return []
  return [
    `The forge of #${fact.number} still wants an approving review. It takes one of a linked account only: is ${fact.by}'s linked there, this vote becomes one; if not, it is a comment, and somebody has to approve it there${change.url ? `: ${change.url}` : '.'}`,
  ]
}

/** Facts that answer a wish by themselves: told where it was said. Others show on the session's card. */
export const answersWish: ReadonlySet<Fact['type']> = new Set([
  'message.queued',
  'question.decided',
  'approval.given',
  'rejection.given',
  'merge.armed',
  'merge.requested',
  'revert.requested',
  'session.ended',
  'session.suspended',
  'session.continued',
  'interrupt.requested',
  'restart.requested',
  'session.restored',
  'workspace.cleared',
  'effect.retried',
  'agent.chosen',
])
