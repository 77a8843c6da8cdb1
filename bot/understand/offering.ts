import type { Context, Intent, Meaning, Reading, Slots } from '../contracts/intent.ts'
import { parse } from './parse.ts'
import { sentenceOf } from './sentence.ts'
import { verdictOf } from './understand.ts'

/**
 * The exact command that means here what was read, whatever comes between: with sessions and projects by their names instead of
 * "it", "#7" or "all". It has been read back, so what a card shows is what is done. Null when no command says it.
 */
export const commandOf = (reading: Reading, intents: readonly Intent[], context: Context): string | null => {
  const said = JSON.stringify(reading.meaning)
  const sentence = sentenceOf(reading.intent, pinned(reading, context))
  if (sentence === null) return null
  // In a thread some commands are for the bot only where it is addressed.
  const same = [sentence, `ao ${sentence}`].find((say) => JSON.stringify(parse(say, intents, context)?.meaning) === said)
  return same ?? null
}

/** "All" is those that there are now: whoever comes between the offer and the tap is not among them. */
const pinned = ({ intent, slots, meaning }: Reading, { projects }: Context): Slots => {
  const named = sessionsIn(meaning)
  if (named.length === 0) {
    const project = projectIn(meaning)
    return project === null || (intent.name === 'start' && projects.length < 2) ? slots : { ...slots, project }
  }
  const { session, sessions, task, change, all, project, ...rest } = slots
  return named.length === 1 ? { ...rest, session: named[0] ?? '' } : { ...rest, sessions: [...named] }
}

/** The sessions that would be changed or are asked about. */
export const sessionsIn = (meaning: Meaning): readonly string[] =>
  'wishes' in meaning
    ? meaning.wishes.flatMap((wish) => ('session' in wish ? [wish.session] : []))
    : 'question' in meaning && 'session' in meaning.question && meaning.question.session !== null
      ? [meaning.question.session]
      : 'note' in meaning && 'session' in meaning.note && meaning.note.session !== null
        ? [meaning.note.session]
        : []

/** The one session that it is about. */
export const sessionIn = (meaning: Meaning): string | null => {
  const [first, second] = sessionsIn(meaning)
  return second === undefined ? (first ?? null) : null
}

const projectIn = (meaning: Meaning): string | null => {
  if ('note' in meaning) return 'project' in meaning.note ? meaning.note.project : null
  const [first] = 'wishes' in meaning ? meaning.wishes : []
  return first && 'project' in first ? first.project : null
}

/**
 * Yes or no to what the bot itself has asked; null for anything else. "Approve" would do for a yes and is a command of its own:
 * then it is that. "Cancel" is one, too, and means the question: what it would end was not asked about.
 */
export const answerIn = (
  words: string,
  intents: readonly Intent[],
  { context, isAsked }: { readonly context: Context; readonly isAsked: boolean },
): 'yes' | 'no' | null => {
  if (isAsked && calledOff.test(words.trim())) return 'no'
  return parse(words, intents, { ...context, asked: null }) ? null : verdictOf(words, intents)
}
const calledOff =
  /^(?=.*\b(?:no|nope|nah|wait|cancel|never ?mind|nvm|forget|scratch|hold on|don.?t|do not)\b)(?:\W*\b(?:oh|h+m+|uh|um|no|nope|nah|wait|actually|sorry|ok|okay|lol|just|please|pls|do|not|don.?t|cancel|never|mind|nevermind|nvm|forget|scratch|hold|on|it|that|this|yet|now)\b){1,8}\W*$/i
