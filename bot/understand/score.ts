import { isFault } from '../../core/kit/fault.ts'
import type { Context, Intent, Reading, Understanding } from '../contracts/intent.ts'
import { type Means, type Risk, type Utterance, utterance } from '../contracts/utterance.ts'
import { intents } from '../intents/index.ts'
import { commandOf, sessionsIn } from './offering.ts'
import { parse } from './parse.ts'
import { understand } from './understand.ts'
import { corpusWorld, placeIn, type World } from './world.ts'

/** What the bot does about words. What it `names` is a command that ends work: it was guessed at, so whoever means it says it. */
export type Does = 'reads' | 'acts at once' | 'asks first' | 'names the command' | 'asks back' | 'refuses' | 'nothing'

/** What would become of words. */
export type Says = {
  readonly means: Means
  readonly does: Does
  /** Were they an exact command? Null where they were none. */
  readonly isExact: boolean | null
  /** The exact command that says the same; null where there is none. */
  readonly command: string | null
  /** Why nothing is done, or not at once; null where there is nothing to add. */
  readonly why: string | null
  /** The change that was understood, and whether there is a tap between the words and it; null where nothing would change. */
  readonly change: { readonly means: Means; readonly isAtOnce: boolean } | null
}

/** How words are read: what is measured. */
export type Reader = { readonly intents: readonly Intent[]; readonly understand: (text: string, context: Context) => Understanding }

/** The reader that the bot is. */
export const ours: Reader = { intents, understand: (text, context) => understand(text, intents, context) }

/** What the bot would do about words that somebody types here, were they allowed to. Pure and total. */
export const saysWhat = (text: string, context: Context, reader: Reader = ours): Says => {
  const understanding = reader.understand(text, context)
  switch (understanding.kind) {
    case 'nothing':
      return silence(understanding.why === 'for others' ? 'It is said to somebody else.' : 'It is small talk.')
    case 'unclear':
      return silence(understanding.why === 'hidden characters' ? 'It holds characters that cannot be seen.' : puzzling)
    case 'typo': {
      const { sentence } = understanding
      const reading = parse(sentence, reader.intents, context) ?? parse(`ao ${sentence}`, reader.intents, context)
      const nearly = reading ? ofReading({ ...reading, isExact: false }, reader.intents, context) : silence(puzzling)
      return nearly.does === 'nothing' ? nearly : { ...nearly, means: { ask: 'did you mean' } }
    }
    case 'reading':
      return ofReading(understanding.reading, reader.intents, context)
  }
}

const puzzling = 'It is not understood, and the bot says so.'
const silence = (why: string): Says => ({ means: null, does: 'nothing', isExact: null, command: null, why, change: null })

/** The same order of questions as in `hear`: what is asked back or refused is so whether it was exact or guessed. */
const ofReading = (reading: Reading, intents: readonly Intent[], context: Context): Says => {
  const { intent, slots, meaning, isExact } = reading
  const means = { intent: intent.name, ...slots }
  if ('ask' in meaning) return { means: { ask: meaning.ask }, does: 'asks back', isExact, command: null, why: meaning.hint, change: null }
  const command = commandOf(reading, intents, context)
  const known = { means, isExact, command, why: null, change: null }
  if ('question' in meaning) return { ...known, does: 'reads' }
  const isAtOnce = isExact && !isAboutSeveral(reading)
  const change = { means, isAtOnce }
  // Whether it can be done is the world's luck; that it was taken for an order is the words' meaning.
  if ('refused' in meaning)
    return { ...known, does: 'refuses', why: `${meaning.refused} ${meaning.hint}`, change: intent.risk === 'read' ? null : change }
  if (isAtOnce) return { ...known, does: 'acts at once', change }
  if (command === null) return silence(`It was taken for "${intent.name}", but no exact command says the same. ${puzzling}`)
  if (intent.risk === 'destroy' && !isExact) return { ...known, does: 'names the command', why: 'It ends work and was guessed at.', change }
  return { ...known, does: 'asks first', why: isExact ? 'It is about more than one session.' : 'It was guessed at.', change }
}

/** More than one session at once always asks first; several tasks that are started are one order. */
const isAboutSeveral = ({ slots, meaning }: Reading): boolean =>
  'refused' in meaning ? slots.all === true || slots.sessions !== undefined : sessionsIn(meaning).length > 1

/** A sentence and what it should mean. `number` is its line, from 1. */
export type Line = Utterance & { readonly number: number }

/** One mistake in a file of sentences. `where` is its line, as people read it. */
export type Problem = { readonly where: string; readonly line: number; readonly what: string }

/** Reads one line of a file of sentences: the line, or all that is wrong with it. Total. */
export const readLine = (
  text: string,
  number: number,
  world: World,
): { readonly line: Line } | { readonly problems: readonly Problem[] } => {
  const found = (whats: readonly string[]) => ({ problems: whats.map((what) => ({ where: `line ${number}`, line: number, what })) })
  const value = valueIn(text)
  if (value === undefined) return found(['it is no JSON.'])
  const read = utterance.safeParse(value)
  if (!read.success) return found(read.error.issues.map(({ path, message }) => (path.length === 0 ? 'it is no object.' : `${message}.`)))
  const lost = lostPlace(world, read.data.in)
  return lost === null ? { line: { number, ...read.data } } : found([lost])
}

const valueIn = (text: string): unknown => {
  try {
    return JSON.parse(text.trim()) // without the mark that some editors put before a file
  } catch {
    return undefined // no JSON gives undefined, so nothing else can be mistaken for it
  }
}

const lostPlace = (world: World, place: string): string | null => {
  try {
    placeIn(world, place)
    return null
  } catch (error) {
    if (!isFault(error, 'PLACE_UNREADABLE')) throw error
    return `${error.message} ${error.hint}`
  }
}

/** Reads a file of sentences, one a line as JSON: all of them, or all that is wrong with it. Empty lines are none. */
export const readLines = (text: string, world: World): { readonly lines: readonly Line[] } | { readonly problems: readonly Problem[] } => {
  const rows = text.split('\n').map((row, index) => ({ row, number: index + 1 }))
  const read = rows.filter(({ row }) => row.trim() !== '').map(({ row, number }) => readLine(row, number, world))
  const problems = read.flatMap((one) => ('problems' in one ? one.problems : []))
  if (problems.length > 0) return { problems }
  if (read.length === 0) return { problems: [{ where: 'line 1', line: 1, what: 'there is no sentence in the file.' }] }
  return { lines: read.flatMap((one) => ('line' in one ? [one.line] : [])) }
}

type Tally = { readonly total: number; readonly right: number; readonly percent: number }

/** A sentence that was not understood as it should be. */
export type Miss = {
  readonly line: number
  readonly say: string
  readonly in: string
  readonly means: Means
  readonly got: Means
  readonly does: Does
  readonly command: string | null
  /** Would something change that should not: at once, or after a tap? */
  readonly wrongful: 'action' | 'offer' | null
}

type Score = Tally & {
  /** Sentences that would change or destroy something at once although that is not what they mean. */
  readonly wrongfulActions: number
  /** The same, but somebody would have to tap or say the command first. */
  readonly wrongfulOffers: number
  readonly byRisk: Readonly<Record<Risk, Tally>>
  readonly misses: readonly Miss[]
}

/** How many of the sentences are understood, each in its place: intent and slots exactly, but for blanks around a text. */
export const score = (lines: readonly Line[], world: World = corpusWorld, reader: Reader = ours): Score => {
  const read = lines.map((line) => {
    const says = saysWhat(line.say, placeIn(world, line.in), reader)
    return { line, says, isRight: isSame(says.means, line.means) }
  })
  const misses = read.filter(({ isRight }) => !isRight).map(({ line, says }) => missOf(line, says))
  const tally = (of: readonly { readonly isRight: boolean }[]): Tally => {
    const right = of.filter(({ isRight }) => isRight).length
    return { total: of.length, right, percent: of.length === 0 ? 100 : Math.floor((1_000 * right) / of.length) / 10 }
  }
  const byRisk = (risk: Risk): Tally => tally(read.filter(({ line }) => line.risk === risk))
  return {
    ...tally(read),
    wrongfulActions: misses.filter(({ wrongful }) => wrongful === 'action').length,
    wrongfulOffers: misses.filter(({ wrongful }) => wrongful === 'offer').length,
    byRisk: { read: byRisk('read'), change: byRisk('change'), destroy: byRisk('destroy') },
    misses,
  }
}

const missOf = ({ number, say, in: place, means }: Line, { means: got, does, command, change }: Says): Miss => ({
  line: number,
  say,
  in: place,
  means,
  got,
  does,
  command,
  wrongful: change === null || isSame(change.means, means) ? null : change.isAtOnce ? 'action' : 'offer',
})

const isSame = (one: Means, other: Means): boolean => canonical(one) === canonical(other)

/** Slots in one order, and texts without the blanks around them. */
const canonical = (means: Means): string =>
  JSON.stringify(
    means &&
      Object.entries(means)
        .map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value])
        .sort(byName),
  )
const byName = ([one]: readonly unknown[], [other]: readonly unknown[]): number => (String(one) < String(other) ? -1 : 1)
