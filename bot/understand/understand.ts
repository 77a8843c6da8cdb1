import type { Context, Intent, Reading, Understanding } from '../contracts/intent.ts'
import { grammarOf } from './grammar.ts'
import { heardOf, isNod, readForms, readingOf, readPhrases } from './parse.ts'
import { readReason } from './reason.ts'
import { readTypo } from './typo.ts'
import { readWonder } from './wonder.ts'
import { isNamed, isTooLong, type Words, wordsOf } from './words.ts'

/**
 * What words mean here: an exact command, a guess at one, nothing, or words for the agent of a thread. Pure and total; no text,
 * however long or strange, makes it slow or throw.
 */
export const understand = (text: string, intents: readonly Intent[], context: Context): Understanding => {
  const words = wordsOf(text)
  if (words === null)
    return (
      (isNamed(text) ? null : forAgent(text, intents, context)) ?? {
        kind: 'unclear',
        why: isTooLong(text) ? 'too long' : 'hidden characters',
      }
    )
  if (words.tokens.length === 0) return nothingSaid(words, intents, context)
  if (isForOthers(words, context)) return { kind: 'nothing', why: 'for others' }
  if (words.isCrossedOut) return (words.isNamed ? null : forAgent(text, intents, context)) ?? { kind: 'unclear', why: 'unknown' }
  const heard = heardOf(words, grammarOf(intents), context)
  const exact = readForms(heard)
  if (exact) return { kind: 'reading', reading: exact }
  if (isNod(heard)) return { kind: 'nothing', why: 'small talk' }
  const guess = readPhrases(heard) ?? readReason(heard) ?? readWonder(heard, intents)
  if (guess) return { kind: 'reading', reading: guess }
  const typo = readTypo(heard, intents)
  if (typo) {
    const { reading, sentence } = typo
    return reading.intent.risk === 'read' ? { kind: 'reading', reading: { ...reading, isExact: false } } : { kind: 'typo', sentence }
  }
  return (words.isNamed ? null : forAgent(text, intents, context)) ?? { kind: 'unclear', why: 'unknown' }
}

/** Yes or no to what the bot itself asked; null for anything else, and for a yes or no with more behind it. */
export const verdictOf = (text: string, intents: readonly Intent[]): 'yes' | 'no' | null => {
  const answer = intents.filter(({ name }) => name === 'answer')
  const words = wordsOf(text)
  const slots = words
    ? readForms(heardOf(words, grammarOf(answersOf(intents, answer)), { ...nowhere, asked: ['Yes', 'No'] }))?.slots
    : undefined
  if (slots?.choice === undefined || slots.text !== undefined || slots.session !== undefined) return null
  return slots.choice === 1 ? 'yes' : slots.choice === 2 ? 'no' : null
}

/** Where nothing is known. */
export const nowhere: Context = {
  thread: null,
  only: null,
  recent: null,
  asked: null,
  isPaused: false,
  project: null,
  projects: [],
  repositories: {},
  newest: {},
  agents: [],
  people: [],
  sessions: [],
}

/** One list of answers for one list of intents, so that its grammar is made once. */
const answersOf = (intents: readonly Intent[], answer: readonly Intent[]): readonly Intent[] => {
  const known = answerLists.get(intents) ?? answer
  answerLists.set(intents, known)
  return known
}
const answerLists = new WeakMap<readonly Intent[], readonly Intent[]>()

/** An emoji is a nod; nothing at all, said to the bot, asks what can be said. */
const nothingSaid = ({ text, isAddressed }: Words, intents: readonly Intent[], context: Context): Understanding => {
  const help = intents.find(({ name }) => name === 'help')
  return text.trim() === '' && help && (isAddressed || context.thread === null)
    ? { kind: 'reading', reading: readingOf(help, {}, context, true) }
    : { kind: 'nothing', why: 'small talk' }
}

/** In a thread whatever is not for the bot is for the agent, as it was said. */
const forAgent = (text: string, intents: readonly Intent[], context: Context): Understanding | null => {
  const tell = intents.find(({ name }) => name === 'tell')
  if (!tell || context.thread === null) return null
  const reading: Reading = readingOf(tell, { session: context.thread, text: text.trim() }, context, true)
  return { kind: 'reading', reading }
}

/** Are those plain words for the agent of the thread, and no command at all? */
export const isPlain = ({ intent, slots }: Reading, text: string, { thread }: Context): boolean =>
  intent.name === 'tell' && thread !== null && slots.session === thread && slots.text === text.trim()

/** `@bob can you …`, `bob, …`: said to somebody else. In a thread an unknown `@word` is more likely code than a person. */
const isForOthers = ({ text, tokens, isNamed }: Words, { people, agents, projects, thread }: Context): boolean => {
  if (isNamed) return false
  const at = tokens.findIndex(({ word }) => !greetings.has(word))
  const token = tokens[at]
  if (!token) return false
  const name = token.word.replace(/^@/, '')
  const isPerson = people.some((person) => person.toLowerCase() === name)
  if (token.word === name) return isPerson && /[,:]\s*$/.test(text.slice(token.from, token.to))
  const isOurs = [...agents, ...projects].some((one) => name.startsWith(one.toLowerCase()) || one.toLowerCase().startsWith(`${name}-`))
  return isPerson || (thread === null && !isOurs && /^[a-z]/.test(name))
}

const greetings: ReadonlySet<string> = new Set('hey hi hello yo ok okay thanks please dear . so well oh'.split(' '))
