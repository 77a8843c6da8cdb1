import type { Reading } from '../contracts/intent.ts'
import type { Offer } from '../memory/talk.ts'
import type { Offers } from '../offers.ts'
import { readFilled } from '../understand/filling.ts'
import { parse } from '../understand/parse.ts'
import { forgotten } from '../views/answers.ts'
import { notYours, overtaken, tooLate } from '../views/offers.ts'
import { overtakenIn } from '../wishes.ts'
import type { Desk } from './desk.ts'
import type { Act, Asked } from './parts.ts'

/** How an offer can be answered. `instead`: the words were for the agent, and go there. */
export type Answer = 'yes' | 'no' | 'instead'

/** What comes of an answer to an offer. */
export const createAnswering = (desk: Desk, { offers, act }: { readonly offers: Offers; readonly act: Act }) => {
  const { intents, reads, talk, answer: tell, contextAt } = desk

  /** Does what was offered, about what the card showed then. */
  const take = async (made: Offer, { inbound, who }: Asked): Promise<void> => {
    const reading = readingOf(made, made.say, { inbound, who })
    const unseen = reading && (await overtakenIn(reading.meaning, made.about, reads))
    if (unseen) return tell(inbound, overtaken(inbound.id, made, unseen))
    await redo(made.say, made, { inbound, who })
  }

  /** Carries out a sentence that the bot wrote for an offer. */
  const redo = async (say: string, made: Offer, { inbound, who }: Asked): Promise<void> => {
    const context = contextAt(made.place, who)
    const reading = readingOf(made, say, { inbound, who })
    if (!reading) throw new Error(`The offer "${say}" cannot be read.`)
    const aboutOf = (of: string) => (made.about?.session === of ? made.about : null)
    await act(reading, { inbound, who, context, words: say, aboutOf }, 'agreed')
  }

  const readingOf = ({ text, place }: Offer, say: string, { who }: Asked): Reading | null =>
    text === undefined ? parse(say, intents, contextAt(place, who)) : readFilled(say, text, intents, contextAt(place, who))

  return {
    /** Yes or no, by the person who was asked and by nobody else. An answer is never too old: the offer's own time rules. */
    answer: async (id: string, answer: Answer, { inbound, who }: Asked): Promise<void> => {
      const { id: cause, at } = inbound
      const made = talk.offer(id)
      if (!made) return tell(inbound, forgotten(cause))
      if (made.by !== who.name) return tell(inbound, notYours(cause, made))
      const settled = await offers.settle(made, { is: at > made.until ? 'lapsed' : answer === 'yes' ? 'taken' : 'turned down', cause })
      const { outcome } = settled
      if (outcome?.cause !== cause || outcome.is === 'lapsed') return tell(inbound, tooLate(cause, settled))
      if (outcome.is === 'taken') await take(made, { inbound, who })
      else if (answer === 'instead' && made.tell) await redo(made.tell, made, { inbound, who })
    },
    /** What the button of an offer says. */
    answerOf: (say: string, offer: string): Answer => (say === 'no' ? 'no' : say === talk.offer(offer)?.tell ? 'instead' : 'yes'),
  }
}
