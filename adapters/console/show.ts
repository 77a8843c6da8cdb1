import type { DrawnCard } from '../../bot/contracts/card.ts'
import type { Message } from './protocol.ts'

/** How much of a message is worth printing again. */
export type Amount = 'whole' | 'short' | 'nothing'

/**
 * How much of a message to print when it became `after`. New ones whole; of a status card that changed only its one line;
 * what needs a person (and what answers one) whole again when its title or its buttons changed.
 */
export const amountOf = (before: DrawnCard | null, after: DrawnCard): Amount => {
  if (before === null) return 'whole'
  const isOther = before.title !== after.title || before.tone !== after.tone || labels(before) !== labels(after)
  if (!isOther) return 'nothing'
  return after.kind === 'status' ? 'short' : 'whole'
}

/** The few messages worth showing to somebody who just came: the last ones, in the room or in one thread. */
export const lastFew = (
  messages: readonly Message[],
  thread: string | null,
  count = 6,
): { readonly few: readonly Message[]; readonly more: number } => {
  const mine = thread === null ? messages : messages.filter((message) => message.thread === thread)
  return { few: mine.slice(-count), more: Math.max(0, mine.length - count) }
}

/** Threads people could enter, the ones touched last first. */
export const threadsOf = (messages: readonly Message[]): readonly string[] => [
  ...new Set([...messages].reverse().flatMap(({ thread }) => (thread === null ? [] : [thread]))),
]

const labels = ({ buttons }: DrawnCard): string => JSON.stringify(buttons.map(({ id, label, isRisky }) => [id, label, isRisky]))
