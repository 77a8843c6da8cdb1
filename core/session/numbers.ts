import type { Change } from '../contracts/change.ts'
import type { Fact, FactOf, FactType } from '../contracts/fact.ts'
import type { SessionNumbers } from '../contracts/numbers.ts'
import { named, spend, type Using, unused } from './spent.ts'

/** To be raised with every change of what the facts come to: numbers that were kept before are then made anew. */
export const numbersVersion = 1

/** The numbers of a session, and what must be known to go on from here. Small, and nothing but JSON: it is kept. */
export type NumbersState = {
  readonly numbers: SessionNumbers
  /** When a fact that counts came last (epoch ms). */
  readonly changedAt: number
  /** Its changes, oldest first. */
  readonly changes: readonly SeenChange[]
  readonly merging: { readonly number: number; readonly by: string; readonly isQueued: boolean } | null
  /** Commits that were seen red. */
  readonly redHeads: readonly string[]
  /** The escalations and failures that people were called for. */
  readonly calledFor: readonly number[]
  /** The question that was counted as answered last, and the inbound that had effects tried again. */
  readonly answered: string | null
  readonly retriedBy: string | null
  readonly using: Using
}

type SeenChange = NonNullable<SessionNumbers['change']> & { readonly isOpen: boolean; readonly merged: SessionNumbers['merged'] }

/** The numbers of a session of which nothing is known yet. */
export const unbornNumbers = (session: string): NumbersState => ({
  numbers: {
    session,
    project: '',
    agent: '',
    requester: '',
    task: { key: '', title: '', url: null },
    requestedAt: 0,
    startedAt: null,
    ended: null,
    change: null,
    merged: null,
    helps: 0,
    calls: [],
    reds: 0,
    spendings: [],
  },
  changedAt: 0,
  changes: [],
  merging: null,
  redHeads: [],
  calledFor: [],
  answered: null,
  retriedBy: null,
  using: unused,
})

/** Folds one fact into the numbers. Total, as `evolve` is; most facts change nothing. */
export const evolveNumbers = (state: NumbersState, fact: Fact): NumbersState => {
  // The table pairs each fact with its own fold, which the compiler cannot see through the union.
  const fold = folds[fact.type] as ((state: NumbersState, fact: Fact) => NumbersState) | undefined
  const next = fold?.(state, fact) ?? state
  return next === state ? state : { ...next, changedAt: Math.max(state.changedAt, fact.at) }
}

/** What is told of it. */
export const numbersOf = ({ numbers }: NumbersState): SessionNumbers => numbers

type Folds = { readonly [T in FactType]?: (state: NumbersState, fact: FactOf<T>) => NumbersState }

const folds: Folds = {
  'session.requested': (state, { at, task, project, agent, by, adopts }) => ({
    ...told(state, {
      project,
      agent,
      requester: by,
      task: { key: task.key, title: task.title, url: task.url },
      requestedAt: at,
    }),
    ...(adopts && { using: { ...state.using, conversation: adopts.conversation } }),
  }),
  'session.ended': (state, { at, why, by }) => told(state, { ended: { at, why, by } }),
  // Bringing back what failed or was stopped counts as a help, as a retry does.
  'session.restored': (state, { by }) => ({
    ...helped(told(state, { ended: null }), by),
    merging: state.merging?.isQueued ? state.merging : null,
  }),
  'agent.started': (state, { at }) => (state.numbers.startedAt === null ? told(state, { startedAt: at }) : state),
  'agent.chosen': (state, { agent }) => ({ ...told(state, { agent }), using: unused }),
  'agent.named': (state, { conversation }) => ({ ...state, using: named(state.using, conversation) }),
  'conversation.lost': (state) => ({ ...state, using: unused }),
  'agent.used': (state, fact) => {
    const { using, spending } = spend(state.using, fact)
    const next = { ...state, using }
    return spending === null ? next : told(next, { spendings: [...state.numbers.spendings, spending] })
  },
  // Words that bring an answer are the answer, which was counted when it was given.
  'message.queued': (state, { id, from }) => (id.startsWith('answer-') ? state : helped(state, from)),
  'question.decided': (state, { decision }) => answered(state, decision.request, decision.by),
  'question.overtaken': (state, { request }) => answered(state, request, null),
  'rejection.given': (state, { by }) => helped(state, by),
  'restart.requested': (state, { by }) => helped(state, by),
  // What is due by itself has no cause. One wish may have several effects tried again.
  'effect.retried': (state, { cause = null }) =>
    cause === null || cause === state.retriedBy ? state : { ...helped(state, null), retriedBy: cause },
  'people.called': (state, { at, key, of }) =>
    state.calledFor.includes(of)
      ? state
      : { ...told(state, { calls: [...state.numbers.calls, { at, key }] }), calledFor: [...state.calledFor, of] },
  'merge.requested': (state, { number, by }) => ({ ...state, merging: { number, by, isQueued: false } }),
  'merge.queued': (state) => ({ ...state, merging: state.merging && { ...state.merging, isQueued: true } }),
  'merge.refused': (state) => ({ ...state, merging: null }),
  'merge.recalled': (state) => ({ ...state, merging: null }),
  'change.seen': (state, { at, change }) => {
    const { number, head, checks } = change
    const old = state.changes.find((one) => one.number === number)
    const now = asSeen(change, { old, merging: state.merging, at })
    const isRed = checks === 'failing' && !state.redHeads.includes(head)
    const isSettled = !now.isOpen && state.merging?.number === number
    // Most pictures show what was known, in all that counts here.
    if (old && isSame(old, now) && !isRed && !isSettled) return state
    const changes = old ? state.changes.map((one) => (one === old ? now : one)) : [...state.changes, now]
    const redHeads = isRed ? [...state.redHeads, head] : state.redHeads
    return {
      ...told(state, { ...outcomeOf(changes), reds: redHeads.length }),
      changes,
      redHeads,
      merging: isSettled ? null : state.merging,
    }
  },
}

/** Words of the bot itself, which are most words: they are no help. */
const wordsGist = (text: string): string | null => (/^","at":\d+,"id":"[^"\\]*","from":"ao",/.test(text) ? '' : null)

/** Pictures of an open change that is not red, which are most pictures: the second in a row tells nothing but what it is called. */
const changeGist = (text: string): string | null => {
  const [, called = null] = /^","at":\d+,"change":({"number":\d+,"url":(?:null|"[^"\\]*"),"title":"[^"\\]*",)/.exec(text) ?? []
  return text.includes('"state":"open"') && /"checks":"(?:none|pending|passing)"/.test(text) ? called : null
}

/**
 * Facts of other types change nothing, so whoever reads for the numbers may leave them out; and of these types those that come to nothing
 * by the text behind their type, or to the same as the one before. Keys in quotes cannot stand in a text of JSON: its quotes are escaped.
 */
export const numbersFacts: ReadonlyMap<string, ((text: string) => string | null) | null> = new Map(
  Object.keys(folds).map((type) => [type, type === 'message.queued' ? wordsGist : type === 'change.seen' ? changeGist : null]),
)

const told = (state: NumbersState, news: Partial<SessionNumbers>): NumbersState => ({ ...state, numbers: { ...state.numbers, ...news } })

/** By a person, that is; null: by somebody whose name is not known. */
const helped = (state: NumbersState, by: string | null): NumbersState =>
  by === 'ao' ? state : told(state, { helps: state.numbers.helps + 1 })

/** Once, whoever was first: what was decided in a chat may still be overtaken at the terminal. */
const answered = (state: NumbersState, request: string, by: string | null): NumbersState =>
  state.answered === request ? state : { ...helped(state, by), answered: request }

/** That it was merged is told once, with whoever wanted it then; forges may show it open for a moment longer. */
const asSeen = (
  { number, title, url, state }: Change,
  { old, merging, at }: Pick<NumbersState, 'merging'> & { readonly old: SeenChange | undefined; readonly at: number },
): SeenChange => {
  const now = state === 'merged' ? { at, by: merging?.number === number ? merging.by : null } : null
  return { number, title, url, isOpen: state === 'open', merged: old?.merged ?? now }
}

const isSame = (a: SeenChange, b: SeenChange): boolean =>
  a.title === b.title && a.url === b.url && a.isOpen === b.isOpen && a.merged === b.merged

/** The newest open one counts; else the newest that was merged, for that is how the session went; else the newest. */
const outcomeOf = (changes: readonly SeenChange[]): Pick<SessionNumbers, 'change' | 'merged'> => {
  const counts = changes.findLast(({ isOpen }) => isOpen) ?? changes.findLast(({ merged }) => merged !== null) ?? changes.at(-1)
  if (!counts) return { change: null, merged: null }
  const { number, title, url, isOpen, merged } = counts
  return { change: { number, title, url }, merged: isOpen ? null : merged }
}
