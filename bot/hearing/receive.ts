import { authorise } from '../../core/access/authorise.ts'
import { type Offers, offerMs } from '../offers.ts'
import { must } from '../questions.ts'
import { readFilled } from '../understand/filling.ts'
import { reply } from '../views/answers.ts'
import { mustBePossible } from '../wishes.ts'
import type { Desk } from './desk.ts'
import type { Act, Asked } from './parts.ts'

/** Files that came with words: they go to the agent of the thread they were sent in. What was spoken is shown before it is sent. */
export const createReceiving = (desk: Desk, { act, offers }: { readonly act: Act; readonly offers: Offers }) => {
  const { intents, reads, memory, files, now, show, contextAt } = desk

  return {
    /** True when all that was said has been dealt with. */
    typed: async ({ inbound, who }: Asked): Promise<boolean> => {
      const { id, place, said, at } = inbound
      if (said.how !== 'typed' || (said.files ?? []).length === 0) return false
      const session = memory.sessionAt(place)
      if (session === null) {
        await show(
          place,
          reply(id, 'files', {
            tone: 'ask',
            title: 'A file has no agent to go to here, so I left it.',
            lines: ['Send it in the thread of a session.'],
          }),
        )
        return said.text.trim() === ''
      }
      // Nothing is fetched for somebody who may not say it.
      const { project } = await must(session, reads)
      const wish = { name: 'tell', session, text: said.text } as const
      authorise(wish, who, { project, cause: id })
      await mustBePossible(wish, reads)
      const { kind, text } = await files.take(inbound, session)
      const say = `tell ${session} {text}`
      if (kind === 'heard') {
        const until = Math.max(at, now()) + offerMs
        await offers.make({ id, say, text, tell: null, by: who.name, place, until, about: null, sessions: 1, outcome: null })
        return true
      }
      const context = contextAt(place, who)
      const reading = readFilled(say, text, intents, context)
      if (reading) await act(reading, { inbound, who, context, words: say, text, aboutOf: () => null }, 'agreed')
      return reading !== null
    },
  }
}
