import type { Person } from '../../core/contracts/access.ts'
import { explain, isFault } from '../../core/kit/fault.ts'
import type { Card } from '../contracts/card.ts'
import type { Inbound, Place } from '../contracts/inbound.ts'
import { placeKey } from '../contracts/inbound.ts'
import type { Context } from '../contracts/intent.ts'
import { contextOf } from '../understand/context.ts'
import { refused } from '../views/answers.ts'
import type { HearingParts } from './parts.ts'

/** What all that is heard needs: where it was said, how to answer it, how to refuse it. */
export const createDesk = (parts: HearingParts) => {
  const { reads, memory, talk, chats, now, log, show } = parts

  /** The truth for whoever did that. A press, or a command that left no message, concerns nobody else, so it is answered to nobody else where that can be done. */
  const answer = async (inbound: Inbound, card: Card): Promise<void> => {
    if ((inbound.said.how === 'pressed' || inbound.message === undefined) && (await whisper(inbound, card))) return
    await show(inbound.place, card)
  }

  const whisper = (inbound: Inbound, card: Card): Promise<boolean> =>
    chats.whisper(inbound, card).catch((error: unknown) => {
      log.warn('bot.whisper.failed', { id: inbound.id, why: explain(error) })
      return false // then it is shown
    })

  return {
    ...parts,
    answer,
    whisper,
    contextAt: (place: Place, who: Person): Context => contextOf(place, { memory, talk, reads, who: who.name, now: now() }),
    /** Is that a chat between this account and the bot alone? */
    isPrivate: async ({ place, account }: Inbound): Promise<boolean> => {
      const own = await chats.privately(place.platform, account).catch((error: unknown) => {
        log.warn('bot.private.unknown', { platform: place.platform, why: explain(error) })
        return null // what nobody knows to be private is public
      })
      return own !== null && placeKey({ ...own, thread: null }) === placeKey({ ...place, thread: null })
    },
    /** Something was refused, or is a bug. Who was refused may ask why. */
    refuse: async (inbound: Inbound, part: string, error: unknown, who: Person | null): Promise<void> => {
      if (!isFault(error)) log.error('bot.bug', { id: inbound.id, error })
      else if (who) await memory.refused(who.name, error.message, error.hint, now())
      await answer(inbound, refused(inbound.id, part, error))
    },
  }
}

export type Desk = ReturnType<typeof createDesk>
