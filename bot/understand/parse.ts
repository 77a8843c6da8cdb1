import type { Context, Intent, Reading, SlotName, Slots, Where } from '../contracts/intent.ts'
import { type Compiled, type Grammar, grammarOf, marginsOf } from './grammar.ts'
import { jobWords, smallWords } from './lexicon.ts'
import { match, mostEffort, type Patterns, reach } from './match.ts'
import type { Node } from './pattern.ts'
import type { Said } from './said.ts'
import { shapeOf } from './shape.ts'
import type { Token } from './tokens.ts'
import { type Words, wordsOf } from './words.ts'

/** Words, where they were said, and all there is to understand them by. */
export type Heard = {
  readonly words: Words
  readonly grammar: Grammar
  readonly context: Context
  /** What is read of them: without options. */
  readonly said: Said
}

export const heardOf = (words: Words, grammar: Grammar, context: Context): Heard => ({
  words,
  grammar,
  context,
  said: saidOf(words, asOrders(words.bare, grammar), { grammar, context }),
})

/** "would you mind restarting app-3" is "would you restart app-3". */
const asOrders = (tokens: readonly Token[], { topics }: Grammar): readonly Token[] => {
  const at = tokens.findIndex(({ word }, index) => word === 'mind' && tokens[index - 1]?.word === 'you' && index < 5)
  const [doing, ...rest] = at === -1 ? [] : tokens.slice(at + 1)
  const stem = doing ? stemOf(doing.word, topics) : undefined
  return doing && stem !== undefined ? [...tokens.slice(0, at), { ...doing, word: stem }, ...rest] : tokens
}

const stemOf = (doing: string, topics: ReadonlyMap<string, string>): string | undefined => {
  const stem = /^(.{2,})ing$/.exec(doing)?.[1]
  if (stem === undefined) return undefined
  return [stem, `${stem}e`, stem.slice(0, -1)].find((word) => topics.has(word) || jobWords.has(word))
}

/** Words in one of the exact forms, or null. Pure and total. */
export const parse = (text: string, intents: readonly Intent[], context: Context): Reading | null => {
  const words = wordsOf(text)
  return words && !words.isCrossedOut ? readForms(heardOf(words, grammarOf(intents), context)) : null
}

/** The same, for words that are cut up already. */
export const readForms = ({ words, grammar, context, said }: Heard): Reading | null => {
  const { courtesies, thanks } = marginsOf()
  const plain = { said, ends: endsOf(said, thanks) }
  const whole = said.tokens.length === words.tokens.length ? plain : wholeOf(words, grammar, context)
  const starts = startsOf(said, courtesies, none)
  const isCertain = !isWondering(said, starts) && !words.isDoubtful
  for (const start of starts) {
    for (const form of grammar.forms.at(said.tokens[start])) {
      if (!fits(form, context, words.isAddressed)) continue
      const from = form.isVerbatim ? whole.said.tokens.indexOf(said.tokens[start] as Token) : start // it is one of them
      const slots = fill(form, form.isVerbatim ? whole : plain, from, none)
      const all = slots && !form.isVerbatim ? withOptions(slots, words.options) : slots
      const filled = all && shaped(form, all)
      if (filled)
        return readingOf(
          form.intent,
          filled,
          context,
          form.intent.risk === 'read' || isCertain || (form.where === 'asking' && form.isVerbatim),
        )
    }
  }
  return null
}

/** "merge app-3?" wonders; "can you merge app-3?" asks for it. */
const isWondering = ({ tokens }: Said, starts: readonly number[]): boolean =>
  tokens.at(-1)?.word === '?' && !starts.some((at) => at > 1 && tokens[at - 1]?.word === 'you')

const wholeOf = (words: Words, grammar: Grammar, context: Context): Sight => {
  const said = saidOf(words, words.tokens, { grammar, context })
  return { said, ends: endsOf(said, marginsOf().thanks) }
}

/** How many words a guess can have: longer ones tell a story. */
const maxGuessWords = 40

/** Words in one of the phrases, or null: a guess. Pure and total. */
export const readPhrases = ({ words, grammar, context, said }: Heard): Reading | null => {
  const { leads, tails, questionTails } = marginsOf()
  const orders = { said, ends: endsOf(said, tails) }
  const questions = { said, ends: endsOf(said, questionTails) }
  const isLong = words.bare.length > maxGuessWords
  const starts = startsOf(said, leads, smallWords)
  // In a thread "looks good?" is for the agent.
  const isForAgent = context.thread !== null && !words.isAddressed && isWondering(said, starts) && said.tokens[1]?.word !== 'we'
  for (const start of starts) {
    for (const phrase of grammar.phrases.at(said.tokens[start])) {
      if (!fits(phrase, context, words.isAddressed) || (isLong && !phrase.isFree)) continue
      if (isForAgent && phrase.intent.risk !== 'read') continue
      const slots = fill(phrase, phrase.intent.risk === 'read' ? questions : orders, start, smallWords)
      const all = slots && !phrase.isVerbatim ? withOptions(slots, words.options) : slots
      const filled = all && shaped(phrase, all)
      if (filled) return readingOf(phrase.intent, filled, context, false)
    }
  }
  return null
}

/** In a thread words are for the agent, unless the bot is addressed. */
const fits = ({ where, intent }: Compiled, context: Context, isAddressed: boolean): boolean =>
  where === null ||
  isAt[where](context, isAddressed) ||
  // "is it ready?" can be asked where only one is at work, too.
  (where === 'thread' && intent.risk === 'read' && (context.only !== null || context.recent !== null))

const isAt: Readonly<Record<Where, (context: Context, isAddressed: boolean) => boolean>> = {
  outside: ({ thread }, isAddressed) => thread === null || isAddressed,
  thread: ({ thread }) => thread !== null,
  asking: ({ asked }) => asked !== null,
  paused: ({ thread, isPaused }) => thread !== null && isPaused,
}

/** Words to be read, and where nothing but politeness follows. */
type Sight = { readonly said: Said; readonly ends: readonly boolean[] }

const fill = ({ node }: Compiled, { said, ends }: Sight, start: number, small: ReadonlySet<string>): Slots | null =>
  match(node, said, start, { small, isEnd: (at) => ends[at] === true })?.slots ?? null

/** What fills blanks passes the intent's own schema, or it was not meant. */
const shaped = ({ intent }: Compiled, slots: Slots): Slots | null => shapeOf(intent).safeParse(slots).data ?? null

/** With `agent=codex` and the like; null where they say something else than the words do, or name a project beside a session that has its own. */
const withOptions = (slots: Slots, options: Slots): Slots | null => {
  const isAtOdds = Object.entries(options).some(([name, value]) => (slots[name as SlotName] ?? value) !== value) // options are slots
  const hasOwn = options.project !== undefined && (slots.session !== undefined || slots.sessions !== undefined || slots.all !== undefined)
  return isAtOdds || hasOwn ? null : { ...slots, ...options }
}

const saidOf = (
  { text }: Words,
  tokens: readonly Token[],
  { grammar, context }: { readonly grammar: Grammar; readonly context: Context },
): Said => {
  const said: Said = {
    text,
    tokens,
    context,
    bodyEnd: tokens.length,
    topics: grammar.topics,
    known: new Map(),
    effort: { left: mostEffort },
  }
  const first = endsOf(said, marginsOf().thanks).indexOf(true)
  // Thanks with nothing before them are all that was said.
  return { ...said, bodyEnd: first > 0 ? first : tokens.length, known: new Map() }
}

/** Politeness that goes on for longer than this is none. */
const mostStarts = 16

/** Where the words that count can begin: at the first, and behind whatever is said before an order. */
const startsOf = (said: Said, before: Patterns<{ readonly node: Node }>, small: ReadonlySet<string>): readonly number[] => {
  const starts = new Set([0])
  for (const at of starts) {
    if (starts.size > mostStarts) break
    for (const next of reach(before, said, at)) starts.add(next)
    if (small.has(said.tokens[at]?.word ?? '')) starts.add(at + 1)
  }
  return [...starts].filter((at) => at < said.tokens.length).sort((a, b) => a - b)
}

/** No politeness behind an order has more words than this in one piece. */
const longestTail = 12

/** For every place: is there nothing but politeness behind it? */
const endsOf = (said: Said, behind: Patterns<{ readonly node: Node }>): readonly boolean[] => {
  const count = said.tokens.length
  const ends: boolean[] = Array.from({ length: count + 1 }, () => false)
  ends[count] = true
  for (let at = count - 1, last = count; at >= 0 && last - at <= longestTail; at -= 1) {
    if (![...reach(behind, said, at)].some((next) => ends[next])) continue
    ends[at] = true
    last = at
  }
  return ends
}

/** Gives slots their meaning here: words that name no session are about the one this place has, where the intent is about one. */
export const readingOf = (intent: Intent, filled: Slots, context: Context, isExact: boolean): Reading => {
  const { general, it: isIt, ...slots } = filled
  const isOpen = !general && !named.some((name) => slots[name] !== undefined)
  const it = isOpen ? itOf(isIt ? 'session' : intent.about, intent.risk, context) : null
  const complete = it === null ? slots : { ...slots, session: it.session }
  return {
    intent,
    slots: complete,
    meaning: intent.means(general || (isIt && it === null) ? filled : complete, context),
    isExact: isExact && (it?.isCertain ?? true),
  }
}
const named = ['session', 'sessions', 'task', 'change', 'project', 'all', 'since', 'message'] as const

/**
 * What "it" is. The session that was spoken of last is a guess, and nothing is destroyed by a guess. Where another one was spoken
 * of than the only one at work, nobody can tell which is meant: then only what reads is answered.
 */
const itOf = (
  about: Intent['about'],
  risk: Intent['risk'],
  { thread, only, recent }: Context,
): { readonly session: string; readonly isCertain: boolean } | null => {
  if (about !== 'nothing' && thread !== null) return { session: thread, isCertain: true }
  if (about !== 'session') return null
  if (only !== null && (recent === null || recent === only)) return { session: only, isCertain: true }
  return recent !== null && (risk === 'read' || (risk === 'change' && only === null)) ? { session: recent, isCertain: false } : null
}

/** How many words thanks can have. */
const maxNodWords = 14

/** Is it thanks, a nod, a greeting or an emoji, and nothing else? */
export const isNod = ({ words, said }: Heard): boolean => {
  if (said.tokens.length > maxNodWords || Object.keys(words.options).length > 0) return false
  const margins = marginsOf()
  // In a thread agreement is something to say to the agent; thanks are not.
  const nods = said.context.thread === null ? margins.nods : margins.thanking
  const nodsAndNoise = said.context.thread === null ? margins.nodsAndNoise : margins.thankingAndNoise
  const { people } = said.context
  const tokens = said.tokens.filter(({ word }) => !people.some((person) => person.toLowerCase() === word)) // "thanks bob"
  const rest = { ...said, tokens, known: new Map() }
  return endsOf(rest, nodsAndNoise)[0] === true && tokens.some((_token, at) => reach(nods, rest, at).size > 0)
}

const none: ReadonlySet<string> = new Set()
