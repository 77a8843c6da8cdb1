import { z } from 'zod'
import { cardKinds, type DrawnCard } from '../../bot/contracts/card.ts'

/*
 * What terminals and the bot say to each other on the socket: one JSON object a line, both ways.
 *
 * A terminal begins with `hello`; the bot answers `welcome`, everything that is on show as `past`, and `ready`, or
 * `refused` and hangs up. The shapes of `hello.v` and `refused` stay as they are in every version, so that a terminal and
 * a bot of different versions can still tell each other so.
 */

/** Grows when a line changes its meaning. */
export const version = 1

/** No line is longer, either way. */
export const lineBytes = 1024 * 1024

/** No message is longer. Six bytes for each character at the worst, so it always fits into a line. */
export const textChars = 100_000

/** A message of the room: the latest state of a card, and under which number each of its buttons is shown. */
export type Message = {
  readonly id: string
  readonly thread: string | null
  /** When it was last changed: epoch ms. */
  readonly at: number
  readonly card: DrawnCard
  /** Button id → its number, unique over the life of the room. */
  readonly numbers: Readonly<Record<string, number>>
}

const drawnCard: z.ZodType<DrawnCard> = z.object({
  key: z.string(),
  kind: z.enum(cardKinds),
  tone: z.enum(['calm', 'busy', 'good', 'bad', 'ask']),
  title: z.string(),
  lines: z.array(z.string()),
  body: z.string().default(''),
  blocks: z.array(z.object({ title: z.string(), text: z.string() })),
  picture: z.object({ alt: z.string(), png: z.string() }).nullable().default(null),
  buttons: z.array(z.object({ id: z.string(), label: z.string(), isRisky: z.boolean() })),
  replyTo: z.string().nullable(),
  mentions: z.array(z.object({ name: z.string(), account: z.string().nullable() })).default([]),
  isSilent: z.boolean().default(false),
})

const thread = z.string().min(1).max(200).nullable()

/** A message as it stands in lines and in the history file. */
export const message: z.ZodType<Message> = z.object({
  id: z.string(),
  thread: z.string().nullable(),
  at: z.number(),
  card: drawnCard,
  numbers: z.record(z.string(), z.number().int()),
})

const say = z.object({
  is: z.literal('say'),
  /** Made by the terminal; the same thing said again after a lost connection carries the same id. */
  id: z.uuid(),
  text: z.string().min(1).max(textChars),
  thread,
  /** When the person said it; later than now counts as now. */
  at: z.number().int().nonnegative(),
})
export type Say = Readonly<z.infer<typeof say>>

const lineFromTerminal = z.discriminatedUnion('is', [
  z.object({ is: z.literal('hello'), v: z.number().int(), pid: z.number().int().positive() }),
  say,
  z.object({ is: z.literal('complete'), id: z.number().int(), text: z.string().max(10_000), thread }),
])
export type FromTerminal = Readonly<z.infer<typeof lineFromTerminal>>

const lineFromBot = z.discriminatedUnion('is', [
  z.object({ is: z.literal('welcome'), v: z.number().int() }),
  z.object({ is: z.literal('past'), message }),
  z.object({ is: z.literal('ready') }),
  /** A card was posted or edited. */
  z.object({ is: z.literal('shown'), message }),
  /** Somebody said something in another terminal. */
  z.object({ is: z.literal('heard'), text: z.string(), thread: z.string().nullable() }),
  z.object({ is: z.literal('stored'), id: z.string() }),
  z.object({ is: z.literal('done'), id: z.string() }),
  /** It was not taken, and saying it again by itself would not help. */
  z.object({ is: z.literal('failed'), id: z.string(), what: z.string(), hint: z.string() }),
  z.object({ is: z.literal('completions'), id: z.number().int(), texts: z.array(z.string()) }),
  /** The last line before hanging up. `mayPass`: connecting again is worth it. */
  z.object({ is: z.literal('refused'), code: z.string(), what: z.string(), hint: z.string(), mayPass: z.boolean() }),
])
export type FromBot = Readonly<z.infer<typeof lineFromBot>>

/** A line as it goes over the socket. */
export const encode = (line: FromTerminal | FromBot): string => `${JSON.stringify(line)}\n`

/** What was read: the line, or why it is none. */
export type Read<Line> = { readonly line: Line } | { readonly problem: string }

/** Reads what a terminal sent. Never throws. */
export const readFromTerminal = (text: string): Read<FromTerminal> => read(lineFromTerminal, text)

/** Reads what the bot sent. Never throws. */
export const readFromBot = (text: string): Read<FromBot> => read(lineFromBot, text)

/** Cuts bytes into lines; calls `onTooLong` once, and nothing after it, when a line outgrows `limitBytes`. */
export const lineReader = (
  onLine: (text: string) => void,
  onTooLong: () => void,
  limitBytes: number = lineBytes,
): ((chunk: Buffer) => void) => {
  let held: Buffer[] = []
  let heldBytes = 0
  let isOver = false
  const take = (piece: Buffer): boolean => {
    heldBytes += piece.length
    if (heldBytes <= limitBytes) held.push(piece)
    else {
      isOver = true
      held = []
      onTooLong()
    }
    return !isOver
  }
  return (chunk) => {
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1 && !isOver; start = end + 1, end = chunk.indexOf(10, start)) {
      if (!take(chunk.subarray(start, end))) return
      const line = Buffer.concat(held).toString('utf8')
      held = []
      heldBytes = 0
      onLine(line)
    }
    if (!isOver && start < chunk.length) take(chunk.subarray(start))
  }
}

const read = <Line>(schema: z.ZodType<Line>, text: string): Read<Line> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'it is not JSON' } // the parser's own words would repeat what a stranger wrote
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return { line: parsed.data }
  const [issue] = parsed.error.issues
  return { problem: issue ? `${issue.path.join('.') || 'line'}: ${issue.message}` : 'it has the wrong shape' }
}
