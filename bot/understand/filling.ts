import type { Context, Intent, Reading } from '../contracts/intent.ts'
import { parse, readingOf } from './parse.ts'
import { shapeOf } from './shape.ts'

/** Where the words go in a sentence of the bot's. */
const gap = '{text}'

/** Has the sentence a gap for somebody's words? */
export const isForm = (say: string): boolean => say.includes(gap)

/** The sentence with its gap closed, for reading it as one. */
const stand = 'x'

/**
 * A sentence of the bot's with somebody's words in its gap. The words are never read as words: whatever they say, the sentence stays
 * what it is. Null where they are too long.
 */
export const readFilled = (say: string, text: string, intents: readonly Intent[], context: Context): Reading | null => {
  const sentence = say.replace(gap, stand)
  const reading = parse(sentence, intents, context) ?? parse(`ao ${sentence}`, intents, context)
  if (reading?.slots.text !== stand) return null
  const slots = shapeOf(reading.intent).safeParse({ ...reading.slots, text }).data
  return slots ? readingOf(reading.intent, slots, context, true) : null
}
