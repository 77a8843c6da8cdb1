import { authorise } from '../../core/access/authorise.ts'
import type { Person } from '../../core/contracts/access.ts'
import type { Inbound } from '../contracts/inbound.ts'
import type { Context } from '../contracts/intent.ts'
import type { Awaited } from '../memory/awaiting.ts'
import type { Press } from '../memory/chat.ts'
import { offerMs } from '../offers.ts'
import { must } from '../questions.ts'
import { readFilled } from '../understand/filling.ts'
import { answerIn } from '../understand/offering.ts'
import { isPlain, understand } from '../understand/understand.ts'
import { puzzled } from '../views/answers.ts'
import { awaitedCard, isAnswer } from '../views/notes.ts'
import { mustBePossible, wishOf } from '../wishes.ts'
import type { Desk } from './desk.ts'
import type { Act, Asked } from './parts.ts'

/** Buttons that want words: from the form they opened, or the next that are said there. */
export const createFilling = (desk: Desk, act: Act) => {
  const { intents, reads, talk, now, show, answer, contextAt, isPrivate } = desk

  const fill = async (
    { say, about, text }: Pick<Press, 'say' | 'about'> & { readonly text: string },
    { inbound, who }: Asked,
    how: 'pressed' | 'agreed',
  ): Promise<void> => {
    const context = contextAt(inbound.place, who)
    const reading = readFilled(say, text.trim(), intents, context)
    if (!reading) return answer(inbound, puzzled(inbound.id, 'too long'))
    await act(reading, { inbound, who, context, words: say, text: text.trim(), aboutOf: () => about }, how)
  }

  /** Nobody is asked for words that would be refused. */
  const mustBeAllowed = async ({ say, about }: Press, { inbound, who }: Asked): Promise<void> => {
    const meaning = readFilled(say, '…', intents, contextAt(inbound.place, who))?.meaning
    for (const draft of meaning && 'wishes' in meaning ? meaning.wishes : []) {
      const wish = await wishOf(draft, reads, () => about)
      const project = 'session' in wish ? (await must(wish.session, reads)).project : wish.project
      authorise(wish, who, { project, cause: inbound.id })
      await mustBePossible(wish, reads)
    }
  }

  /** In a private chat people answer below a thread as well as in it. */
  const besideThread = async (inbound: Inbound, who: Person): Promise<Awaited | null> => {
    const awaited = inbound.place.thread === null ? talk.awaitedIn(who.name, inbound.place) : null
    return awaited && (await isPrivate(inbound)) ? awaited : null
  }

  return {
    /** A button with a form was pressed; without words where the platform has no forms. */
    pressed: async (press: Press, text: string | undefined, asked: Asked): Promise<void> => {
      const { inbound, who } = asked
      if (text !== undefined && text.trim() !== '') return fill({ ...press, text }, asked, 'pressed')
      await mustBeAllowed(press, asked)
      const { id, place, at } = inbound
      const before = talk.awaitedOf(who.name, place)
      const label = press.form?.label ?? 'What shall I write?'
      const until = Math.max(at, now()) + offerMs
      const awaited: Awaited = { id, say: press.say, label, about: press.about, by: who.name, place, until, outcome: null }
      if (before?.id === id) return show(place, awaitedCard(before)) // the same press may come twice
      if (before) await off(before, id)
      await talk.awaits(awaited)
      await show(place, awaitedCard(awaited))
    },
    /** Words in a place where somebody was asked for some; false where these are not what was asked for. */
    typed: async (words: string, context: Context, asked: Asked): Promise<boolean> => {
      const { inbound, who } = asked
      const awaited = talk.awaitedOf(who.name, inbound.place) ?? (await besideThread(inbound, who))
      if (!awaited) return false
      const { outcome } = awaited
      if (outcome) {
        if (outcome.cause !== inbound.id) return false
      } else if (inbound.at > awaited.until) return false
      const is = outcome?.is ?? meant(words, awaited, context)
      if (is === 'nothing') return false
      if (is === 'command') {
        await off(awaited, inbound.id)
        return false
      }
      if (is === 'off') await off(awaited, inbound.id)
      else {
        await end(awaited, { is, cause: inbound.id })
        await fill({ ...awaited, text: words }, asked, 'agreed')
      }
      return true
    },
  }

  /** What words are where others were asked for. */
  function meant(words: string, { say }: Awaited, context: Context): 'filled' | 'off' | 'command' | 'nothing' {
    if (isAnswer(say) ? calledOff.test(words) : answerIn(words, intents, { context: { ...context, asked: null }, isAsked: true }) === 'no')
      return 'off'
    const understanding = understand(words, intents, context)
    if (understanding.kind === 'nothing') return understanding.why === 'small talk' && isAnswer(say) ? 'filled' : 'nothing'
    if (understanding.kind !== 'reading') return 'filled'
    const { reading } = understanding
    return reading.isExact && !isPlain(reading, words, context) ? 'command' : 'filled'
  }

  async function off(awaited: Awaited, cause: string): Promise<void> {
    if (awaited.outcome === null) await end(awaited, { is: 'off', cause })
  }

  async function end(awaited: Awaited, outcome: NonNullable<Awaited['outcome']>): Promise<void> {
    await talk.ended(awaited, outcome)
    await show(awaited.place, awaitedCard({ ...awaited, outcome }))
  }
}

const calledOff = /^\W*(?:(?:no|oh|please|ok|actually)\W+)*(?:cancel|never ?mind|nvm|forget it)(?: (?:it|that|this))?\W*$/i
