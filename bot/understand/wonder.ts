import type { Intent, Reading, Slots } from '../contracts/intent.ts'
import { blanks } from './blanks.ts'
import { type Heard, readingOf } from './parse.ts'
import type { Said } from './said.ts'
import type { Token } from './tokens.ts'

/** What a question about a session is after, by the words in it; the first that has one is answered. Answers only read. */
export const wonders: readonly { readonly intent: string; readonly words: ReadonlySet<string> }[] = [
  { intent: 'cost', words: new Set('cost costs spend spent expensive tokens money price burned budget'.split(' ')) },
  { intent: 'diff', words: new Set('diff changed touched modified edited'.split(' ')) },
  { intent: 'logs', words: new Set('log logs output printed'.split(' ')) },
  { intent: 'screen', words: new Set('terminal screen screenshot'.split(' ')) },
  { intent: 'why', words: new Set(['why', 'blocking', 'blocked', 'wrong', 'reason']) },
  { intent: 'show', words: new Set() },
]

/** What questions begin with. */
const asks: ReadonlySet<string> = new Set('what who whom whose which when where why how any anything'.split(' '))
/** The same where somebody stands behind them: "would it be …" asks, "would be …" does not. */
const verbs: ReadonlySet<string> = new Set('is are was were am do does did has have can could shall should would will may might'.split(' '))
/** What makes it a supposition and no question about how things are. */
const unreal: ReadonlySet<string> = new Set(['if', 'maybe', 'perhaps', 'imagine', 'suppose'])
/** What a story or an appeal to others begins with, even with a question mark behind it. */
const stories: ReadonlySet<string> = new Set(
  'i we he she they lets let nobody someone somebody everyone wait had please never so'.split(' '),
)
const subjects: ReadonlySet<string> = new Set(
  'i we you it this that he she they someone somebody anyone anybody anything something everything there the a pr issue task session agent'.split(
    ' ',
  ),
)

/** A question that names one session is about that session, whatever else it wonders. */
export const readWonder = ({ said, context }: Heard, intents: readonly Intent[]): Reading | null => {
  const { tokens } = said
  if (tokens.length > 25 || !isQuestion(tokens)) return null
  const [first, ...more] = referencesIn(said)
  if (!first || more.length > 0) return null
  // In a thread only another session's name says that it is not for the agent.
  if (context.thread !== null && (first.session === undefined || first.session === context.thread)) return null
  const { intent: name } = wonders.find(({ words }) => words.size === 0 || tokens.some(({ word }) => words.has(word))) ?? { intent: 'show' }
  const intent = intents.find((one) => one.name === name)
  return intent ? readingOf(intent, first, context, false) : null
}

const isQuestion = (tokens: readonly Token[]): boolean => {
  const [first, second] = [tokens[0]?.word ?? '', tokens[1]?.word ?? '']
  if ((first === 'do' && second === 'not') || second === 'if' || tokens.some(({ word }) => unreal.has(word))) return false
  if (tokens.at(-1)?.word === '?') return !stories.has(first)
  if (first === 'when') return verbs.has(second)
  return verbs.has(first) ? subjects.has(second) || /-\d+$|^#\d/.test(second) : asks.has(first) && second !== 'a' && second !== 'an'
}

/** What issues, changes and sessions are spoken of, each once. */
export const referencesIn = (said: Said): readonly Slots[] => {
  const found = said.tokens.flatMap((_token, at) => named(at, said))
  return found.filter((slots, index) => found.findIndex((one) => JSON.stringify(one) === JSON.stringify(slots)) === index)
}

const named = (at: number, said: Said): readonly Slots[] => {
  const [found] = blanks.reference?.read(at, said) ?? []
  if (!found) return []
  // `PR 87` is found at `PR`, and `87` alone is none: but `#87` in it would be found again.
  const before = said.tokens[at - 1]?.word ?? ''
  return /^(?:pr|mr|issue|task|ticket|change|request)$/.test(before) ? [] : [found.slots]
}
