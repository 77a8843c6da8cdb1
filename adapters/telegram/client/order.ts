import { chatIn } from '../translate.ts'
import type { Update } from './types.ts'

/** Takes updates of one chat one after the other and those of several at once; rejects if any was not taken, once all others were tried. */
export const inOrder = async (updates: readonly Update[], take: (update: Update) => Promise<void>): Promise<void> => {
  const chats = new Map<string, Update[]>()
  for (const update of updates) chats.set(chatIn(update), [...(chats.get(chatIn(update)) ?? []), update])
  const outcomes = await Promise.allSettled(
    [...chats.values()].map(async (some) => {
      for (const update of some) await take(update)
    }),
  )
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}
