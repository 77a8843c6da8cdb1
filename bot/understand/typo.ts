import { distance } from 'fastest-levenshtein'
import type { Intent, Reading } from '../contracts/intent.ts'
import { type Heard, parse } from './parse.ts'

/** How many words a slip of the finger is looked for in: a longer text that fits nothing is no command. */
const mostWords = 12
/** In a thread most words are for the agent, so only what could hardly be anything else is taken for a command. */
const mostThreadWords = 3

/** The command that was nearly typed: the sentence, and how it would be read. Null when none is near. */
export const readTypo = (
  { words, grammar, context }: Heard,
  intents: readonly Intent[],
): { readonly sentence: string; readonly reading: Reading } | null => {
  const isForAgent = context.thread !== null && !words.isAddressed
  if (words.bare.length > (isForAgent ? mostThreadWords : mostWords)) return null
  const joined = words.text.replace(apart(context.projects), '$1-$2')
  if (joined !== words.text) {
    const reading = parse(joined, intents, context)
    if (reading && !('ask' in reading.meaning)) return { sentence: joined, reading }
  }
  // Only the word that says what to do: `please mrege app-3`.
  const token = words.bare.find(({ word }) => !polite.has(word))
  if (token && token.quoted === null && !grammar.topics.has(token.word)) {
    const near = [...grammar.topics.keys()]
      .map((known) => ({ known, off: slip(token.word, known, isForAgent) }))
      .filter(({ off }) => off !== null)
      .sort((a, b) => (a.off ?? 0) - (b.off ?? 0))
      .slice(0, 3)
    for (const { known } of near) {
      const sentence = replaced(words.text, token.from, token.to, known)
      const reading = parse(words.isAddressed ? `ao ${sentence}` : sentence, intents, context)
      if (reading && !('ask' in reading.meaning)) return { sentence, reading }
    }
  }
  return null
}

const polite: ReadonlySet<string> = new Set(['please', 'can', 'could', 'would', 'will', 'you', 'hey', 'hi', 'ok', 'okay', 'just', '.'])

/** `app 3` and `app‑3`, with another kind of dash, where a project is called so. */
const apart = (projects: readonly string[]): RegExp =>
  new RegExp(
    `\\b(${projects.map((name) => name.replace(/[^\w-]/g, '')).join('|') || '-'})(?:\\s|\\s?[\u2010-\u2015]\\s?)(\\d{1,6})\\b`,
    'gi',
  )

const replaced = (text: string, from: number, to: number, word: string): string =>
  `${text.slice(0, from)}${text.slice(from, to).replace(/[\p{L}\p{N}'’-]+/u, word)}${text.slice(to)}`

/** How far a word is from a known one, when it can be a slip of the finger; null when it is another word. */
const slip = (word: string, known: string, isStrict: boolean): number | null => {
  if (word.length < 3 || known.length < 3 || isInflected(word, known)) return null
  if (isSwapped(word, known)) return 0.5
  const off = distance(word, known)
  if (isStrict)
    return off === 1 && known.length >= 5 && word.length !== known.length && word[0] === known[0] && word.at(-1) === known.at(-1)
      ? off
      : null
  return off <= (known.length >= 6 ? 2 : 1) ? off : null
}

/** `merged` and `stops` are words of their own. */
const isInflected = (word: string, known: string): boolean => {
  const [short, long] = word.length < known.length ? [word, known] : [known, word]
  if (short.endsWith('s')) return false
  return (
    /^(?:s|d|r|n|e?d|e?s|e?r|e?n|ing|[a-z]ed|[a-z]ing|ly)$/.test(long.startsWith(short) ? long.slice(short.length) : '-') ||
    `${short.slice(0, -1)}ing` === long
  )
}

/** Two neighbours that changed places. */
const isSwapped = (word: string, known: string): boolean => {
  if (word.length !== known.length || word === known) return false
  const at = [...word].findIndex((letter, index) => letter !== known[index])
  return known === `${word.slice(0, at)}${word[at + 1] ?? ''}${word[at] ?? ''}${word.slice(at + 2)}`
}
