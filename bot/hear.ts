import type { Person } from '../core/contracts/access.ts'
import { isFault } from '../core/kit/fault.ts'
import { type Inbound, placeKey } from './contracts/inbound.ts'
import type { Context, Reading, Understanding } from './contracts/intent.ts'
import { createActing } from './hearing/act.ts'
import { createAnswering } from './hearing/answer.ts'
import { createCorrecting } from './hearing/correct.ts'
import { createDesk } from './hearing/desk.ts'
import { createFilling } from './hearing/fill.ts'
import { createKeeping } from './hearing/keep.ts'
import { createStrangers } from './hearing/link.ts'
import type { Asked, HearingParts, How, Speaking } from './hearing/parts.ts'
import { createReceiving } from './hearing/receive.ts'
import type { Press } from './memory/chat.ts'
import { createOffers } from './offers.ts'
import { isForm } from './understand/filling.ts'
import { answerIn, sessionIn } from './understand/offering.ts'
import { parse } from './understand/parse.ts'
import { understand } from './understand/understand.ts'
import { forgotten, puzzled, reply } from './views/answers.ts'
import { goesOnIn } from './views/moves.ts'
import { twoQuestions, yesToWhat } from './views/offers.ts'

/** How long after that a typed "yes" is still for it, and told that it is too late. */
const lateMs = 10 * 60_000

/** From words to what is done about them: words → reading → wish → permission → engine, with an offer between where the reading is a guess. */
export const createHearing = (parts: HearingParts) => {
  const { intents, memory, talk, calls, whoIs, propose, now, wakeAt, log, show } = parts
  const desk = createDesk(parts)
  const { contextAt, answer, refuse } = desk
  const offers = createOffers({ talk, show, wakeAt, log })
  const act = createActing(desk, { offers, keeping: createKeeping(desk) })
  const answering = createAnswering(desk, { offers, act })
  const filling = createFilling(desk, act)
  const correcting = createCorrecting(desk, act)
  const receiving = createReceiving(desk, { act, offers })
  const strangers = createStrangers(desk)

  const hear = async (inbound: Inbound): Promise<void> => {
    const { id, said } = inbound
    const press = said.how === 'pressed' ? memory.press(said.button) : said.how === 'reacted' ? reaction(inbound) : null
    if (said.how === 'reacted' && !press) return
    if (said.how === 'pressed' && !press) return answer(inbound, forgotten(id))
    if (!inbound.isDirect) return
    let who: Person | null = null
    try {
      who = whoIs(inbound)
      const asked = { inbound, who }
      const made = talk.offer(id)
      if (made)
        await offers.make(made) // the same words may come twice
      else if (press) await pressed(press, said.how === 'pressed' ? said.text : undefined, asked)
      else if (said.how === 'typed') (await receiving.typed(asked)) || (await typed(said.text, asked))
      else if (said.how === 'edited') await correcting.edited(said, asked)
      else if (said.how === 'deleted') await correcting.deleted(said, asked)
    } catch (error) {
      if (who === null && isFault(error, 'PERSON_UNKNOWN')) return said.how === 'reacted' ? undefined : strangers.hear(inbound)
      await refuse(inbound, 'refused', error, who)
    }
  }

  /** A sign on an alert says that it was seen; on anything else it is a nod. */
  const reaction = ({ place, message }: Inbound): Press | null => {
    const card = message === undefined ? null : memory.cardOfMessage(place, message)
    const session = card === null ? null : calls.sessionOf(card)
    return session === null ? null : { say: `seen ${session}`, about: null, offer: null }
  }

  const pressed = async (press: Press, text: string | undefined, { inbound, who }: Asked): Promise<void> => {
    const { say, about, offer } = press
    if (offer !== null) return answering.answer(offer, answering.answerOf(say, offer), { inbound, who })
    if (isForm(say)) return filling.pressed(press, text, { inbound, who })
    const context = contextAt(inbound.place, who)
    await follow(understand(say, intents, context), { inbound, who, context, words: say, aboutOf: () => about }, 'pressed')
  }

  const typed = async (words: string, { inbound, who }: Asked): Promise<void> => {
    const { id, place, at } = inbound
    const context = contextAt(place, who)
    const before = talk.answeredBy(id) // the same yes may come twice, too
    if (!before && (await filling.typed(words, context, { inbound, who }))) return
    const offer = before ?? talk.offerTo(who.name, place) ?? talk.offerAt(place)
    // What calls an offer off counts for whoever was asked, and in time; of others, and later, only a plain yes or no is answered.
    const isAsked = offer?.by === who.name && at <= offer.until
    const verdict = offer && at <= offer.until + lateMs ? answerIn(words, intents, { context, isAsked }) : null
    if (offer && verdict) {
      if (before || context.asked === null || context.only === null) return answering.answer(offer.id, verdict, { inbound, who })
      if (offer.outcome === null && at <= offer.until) return show(place, twoQuestions(id, offer, context.only))
    }
    const elsewhere = offer ? null : talk.open().findLast((one) => one.by === who.name && placeKey(one.place) === placeKey(place))
    if (elsewhere && context.thread === null && answerIn(words, intents, { context, isAsked: false }))
      return show(place, yesToWhat(id, elsewhere))
    const understanding = await understood(words, context)
    const left = memory.leftAt(place)
    const there = left === null ? null : memory.placeOf(left)
    // A command is one anywhere; all else was for the agent whose thread this was.
    if (left !== null && there && !(understanding.kind === 'reading' && understanding.reading.isExact) && understanding.kind !== 'nothing')
      return answer(
        inbound,
        reply(id, 'left', { tone: 'ask', title: goesOnIn(left, there), lines: ['Say it there: here it reaches nobody.'] }),
      )
    await follow(understanding, { inbound, who, context, words, aboutOf: (of) => memory.aboutAt(place, of) }, 'typed')
  }

  /** The rules first; a second opinion only where they are unsure and the bot is the one spoken to. */
  const understood = async (words: string, context: Context): Promise<Understanding> => {
    const first = understand(words, intents, context)
    if (first.kind !== 'unclear' || first.why !== 'unknown' || propose === null) return first
    const reading = await propose(words, context)
    return reading ? { kind: 'reading', reading: { ...reading, isExact: false } } : first
  }

  const follow = async (understanding: Understanding, speaking: Speaking, how: How): Promise<void> => {
    const { inbound, who, context } = speaking
    const { id, place } = inbound
    const reading =
      understanding.kind === 'reading'
        ? understanding.reading
        : understanding.kind === 'typo'
          ? guessed(parse(understanding.sentence, intents, context) ?? parse(`ao ${understanding.sentence}`, intents, context))
          : null
    if (how === 'typed') await talk.spoke(who.name, place, { session: reading ? sessionIn(reading.meaning) : null, at: now() })
    if (understanding.kind === 'nothing') return
    if (!reading) return answer(inbound, puzzled(id, understanding.kind === 'unclear' ? understanding.why : 'unknown'))
    await act(reading, speaking, how)
  }

  return {
    /** Resolves once the words have been dealt with. Refusals and bugs are shown; what is thrown is a full disk. */
    hear,
    /** After a start: offers go on waiting for their answer. */
    wake: offers.wake,
    /** No timer fires after this. */
    stop: offers.stop,
  }
}

const guessed = (reading: Reading | null): Reading | null => reading && { ...reading, isExact: false }
