import { authorise, covers, roleIn } from '../core/access/authorise.ts'
import { fault as denied } from '../core/access/faults.ts'
import type { Authorised, Person } from '../core/contracts/access.ts'
import type { Fact } from '../core/contracts/fact.ts'
import type { FleetFact } from '../core/contracts/fleet.ts'
import type { Log } from '../core/contracts/plugins.ts'
import type { About, Wish } from '../core/contracts/wish.ts'
import { isFault } from '../core/kit/fault.ts'
import type { Card } from './contracts/card.ts'
import { type Inbound, type Place, placeKey } from './contracts/inbound.ts'
import type { Context, Draft, Intent, Note, Propose, Reading, Understanding } from './contracts/intent.ts'
import type { Reads } from './contracts/reads.ts'
import type { Memory, Press } from './memory/chat.ts'
import type { Offer, Talk } from './memory/talk.ts'
import { createOffers, offerMs } from './offers.ts'
import { answerTo, must } from './questions.ts'
import { contextOf } from './understand/context.ts'
import { answerIn, commandOf, sessionIn, sessionsIn } from './understand/offering.ts'
import { parse } from './understand/parse.ts'
import { understand } from './understand/understand.ts'
import { asking, cannot, forgotten, puzzled, refused } from './views/answers.ts'
import { notYours, overtaken, sayItCard, tooLate, twoQuestions, understoodAs, usedCard, yesToWhat } from './views/offers.ts'
import { aboutNow, mustBePossible, overtakenIn, wishOf } from './wishes.ts'

/** All that hearing needs. */
export type HearingParts = {
  readonly intents: readonly Intent[]
  readonly reads: Reads
  readonly memory: Memory
  readonly talk: Talk
  readonly whoIs: (inbound: Pick<Inbound, 'place' | 'account'>) => Person
  /** Grants an authorised wish; resolves with the facts it made. */
  readonly accept: (authorised: Authorised) => Promise<readonly (Fact | FleetFact)[]>
  /** Null: no language model is configured. */
  readonly propose: Propose | null
  readonly now: () => number
  readonly wakeAt: (at: number, callback: () => void) => () => void
  readonly log: Log
  /** Puts a card on show. Never rejects. */
  readonly show: (place: Place, card: Card) => Promise<void>
  /** Waits until what came of a wish is on show. */
  readonly shown: (facts: readonly (Fact | FleetFact)[], wish: Wish) => Promise<void>
}

/** How long after that a typed "yes" is still for it, and told that it is too late. */
const lateMs = 10 * 60_000

type Asked = { readonly inbound: Inbound; readonly who: Person }
type Speaking = Asked & {
  readonly context: Context
  /** As they were said. */
  readonly words: string
  /** What the card showed that is answered. */
  readonly aboutOf: (session: string) => About | null
}

/** From words to what is done about them: words → reading → wish → permission → engine, with an offer between where the reading is a guess. */
export const createHearing = (parts: HearingParts) => {
  const { intents, reads, memory, talk, whoIs, accept, propose, now, wakeAt, log, show, shown } = parts
  const offers = createOffers({ talk, show, wakeAt, log })

  const hear = async (inbound: Inbound): Promise<void> => {
    const { id, place, said } = inbound
    const press = said.how === 'pressed' ? memory.press(said.button) : null
    if (said.how === 'pressed' && !press) return show(place, forgotten(id))
    if (!inbound.isDirect) return
    let who: Person | null = null
    try {
      who = whoIs(inbound)
      if (press) await pressed(press, { inbound, who })
      else if (said.how === 'typed') await typed(said.text, { inbound, who })
    } catch (error) {
      await refuse(inbound, 'refused', error, who)
    }
  }

  const contextAt = (place: Place, who: Person): Context => contextOf(place, { memory, talk, reads, who: who.name, now: now() })

  const pressed = async ({ say, about, offer }: Press, { inbound, who }: Asked): Promise<void> => {
    if (offer !== null) return answerOffer(offer, answerOf(say, talk.offer(offer)), { inbound, who })
    const context = contextAt(inbound.place, who)
    await follow(understand(say, intents, context), { inbound, who, context, words: say, aboutOf: () => about }, false)
  }

  const typed = async (words: string, { inbound, who }: Asked): Promise<void> => {
    const { id, place, at } = inbound
    const made = talk.offer(id)
    if (made) return offers.make(made) // the same words may come twice
    const context = contextAt(place, who)
    const before = talk.answeredBy(id) // and so may a yes
    const offer = before ?? talk.offerTo(who.name, place) ?? talk.offerAt(place)
    // What calls an offer off counts for whoever was asked, and in time; of others, and later, only a plain yes or no is answered.
    const isAsked = offer?.by === who.name && at <= offer.until
    const answer = offer && at <= offer.until + lateMs ? answerIn(words, intents, { context, isAsked }) : null
    if (offer && answer) {
      if (before || context.asked === null || context.only === null) return answerOffer(offer.id, answer, { inbound, who })
      if (offer.outcome === null && at <= offer.until) return show(place, twoQuestions(id, offer, context.only))
    }
    const elsewhere = offer ? null : talk.open().findLast((one) => one.by === who.name && placeKey(one.place) === placeKey(place))
    if (elsewhere && context.thread === null && answerIn(words, intents, { context, isAsked: false }))
      return show(place, yesToWhat(id, elsewhere))
    await follow(await understood(words, context), { inbound, who, context, words, aboutOf: (of) => memory.aboutAt(place, of) }, true)
  }

  /** The rules first; a second opinion only where they are unsure and the bot is the one spoken to. */
  const understood = async (words: string, context: Context): Promise<Understanding> => {
    const first = understand(words, intents, context)
    if (first.kind !== 'unclear' || first.why !== 'unknown' || propose === null) return first
    const reading = await propose(words, context)
    return reading ? { kind: 'reading', reading: { ...reading, isExact: false } } : first
  }

  const follow = async (understanding: Understanding, speaking: Speaking, isTyped: boolean): Promise<void> => {
    const { inbound, who, context } = speaking
    const { id, place } = inbound
    const reading =
      understanding.kind === 'reading'
        ? understanding.reading
        : understanding.kind === 'typo'
          ? guessed(parse(understanding.sentence, intents, context) ?? parse(`ao ${understanding.sentence}`, intents, context))
          : null
    if (isTyped) await talk.spoke(who.name, place, { session: reading ? sessionIn(reading.meaning) : null, at: now() })
    if (understanding.kind === 'nothing') return
    if (!reading) return show(place, puzzled(id, understanding.kind === 'unclear' ? understanding.why : 'unknown'))
    await act(reading, speaking, isTyped)
  }

  /** `isTyped` false: a button, whose sentence the bot wrote itself. */
  const act = async (reading: Reading, speaking: Speaking, isTyped: boolean): Promise<void> => {
    const { meaning, isExact } = reading
    const { inbound, who, context } = speaking
    const { id, place, account } = inbound
    if ('ask' in meaning) return show(place, asking(id, meaning.ask, meaning.hint))
    if ('refused' in meaning) return show(place, cannot(id, meaning.refused, meaning.hint))
    if ('question' in meaning) {
      const card = await answerTo(meaning.question, reads, { to: id, who, account, refusal: memory.refusalOf(who.name), intents })
      return show(place, isExact ? card : understoodAs(card, commandOf(reading, intents, context)))
    }
    // More than one session at once always asks first. Starting several tasks is one order.
    if (isTyped && (!isExact || sessionsIn(meaning).length > 1)) return offer(reading, speaking)
    await ('wishes' in meaning ? grant(meaning.wishes, speaking) : keep(meaning.note, speaking))
  }

  /** Several tasks are several wishes, each granted or refused by itself. */
  const grant = async (drafts: readonly Draft[], { inbound, who, aboutOf }: Speaking): Promise<void> => {
    for (const [index, draft] of drafts.entries()) {
      try {
        const wish = await wishOf(draft, reads, aboutOf)
        const cause = drafts.length === 1 ? inbound.id : `${inbound.id}#${index + 1}`
        if (cause !== inbound.id) await memory.saidAt(cause, inbound.place)
        const facts = await accept(authorise(wish, who, { project: await projectOf(wish), cause }))
        await shown(facts, wish)
      } catch (error) {
        await refuse(inbound, `refused-${index}`, error, who)
      }
    }
  }

  const keep = async (note: Note, { inbound, who }: Speaking): Promise<void> => {
    mayKeep(note, who)
    await talk.use(inbound.place, note.project)
    await show(inbound.place, usedCard(inbound.id, note.project))
  }

  const projectOf = async (wish: Wish): Promise<string> => ('session' in wish ? (await must(wish.session, reads)).project : wish.project)

  /** What would be refused is refused at once, and not after a tap. */
  const offer = async (reading: Reading, { inbound, who, context, words, aboutOf }: Speaking): Promise<void> => {
    const { intent, meaning, isExact } = reading
    const { id, place, at } = inbound
    const say = commandOf(reading, intents, context)
    if (say === null) return show(place, puzzled(id, 'unknown'))
    if ('note' in meaning) mayKeep(meaning.note, who)
    const wishes = 'wishes' in meaning ? await Promise.all(meaning.wishes.map((draft) => wishOf(draft, reads, aboutOf))) : []
    for (const wish of wishes) authorise(wish, who, { project: await projectOf(wish), cause: id })
    for (const wish of wishes) await mustBePossible(wish, reads)
    if (intent.risk === 'destroy' && !isExact) return show(place, sayItCard(id, say, tellInstead(words, context)))
    const session = sessionIn(meaning)
    const about = session === null ? null : (aboutOf(session) ?? (await aboutNow(session, reads)))
    const until = Math.max(at, now()) + offerMs
    const { length: sessions } = sessionsIn(meaning)
    await offers.make({ id, say, tell: tellInstead(words, context), by: who.name, place, until, about, sessions, outcome: null })
  }

  /** Yes or no, by the person who was asked and by nobody else. `instead`: the words were for the agent, and go there. */
  const answerOffer = async (id: string, answer: 'yes' | 'no' | 'instead', { inbound, who }: Asked): Promise<void> => {
    const { id: cause, place, at } = inbound
    const made = talk.offer(id)
    if (!made) return show(place, forgotten(cause))
    if (made.by !== who.name) return show(place, notYours(cause, made))
    const settled = await offers.settle(made, { is: at > made.until ? 'lapsed' : answer === 'yes' ? 'taken' : 'turned down', cause })
    const { outcome } = settled
    if (outcome?.cause !== cause || outcome.is === 'lapsed') return show(place, tooLate(cause, settled))
    if (outcome.is === 'taken') await take(made, { inbound, who })
    else if (answer === 'instead' && made.tell) await redo(made.tell, made, { inbound, who })
  }

  /** Does what was offered, about what the card showed then. */
  const take = async (made: Offer, { inbound, who }: Asked): Promise<void> => {
    const reading = parse(made.say, intents, contextAt(made.place, who))
    const unseen = reading && (await overtakenIn(reading.meaning, made.about, reads))
    if (unseen) return show(inbound.place, overtaken(inbound.id, made, unseen))
    await redo(made.say, made, { inbound, who })
  }

  /** Carries out a sentence that the bot wrote for an offer. */
  const redo = async (say: string, made: Offer, { inbound, who }: Asked): Promise<void> => {
    const context = contextAt(made.place, who)
    const reading = parse(say, intents, context)
    if (!reading) throw new Error(`The offer "${say}" cannot be read.`)
    await act(reading, { inbound, who, context, words: say, aboutOf: (of) => (made.about?.session === of ? made.about : null) }, false)
  }

  const refuse = async (inbound: Inbound, part: string, error: unknown, who: Person | null): Promise<void> => {
    if (!isFault(error)) log.error('bot.bug', { id: inbound.id, error })
    else if (who) await memory.refused(who.name, error.message, error.hint, now())
    await show(inbound.place, refused(inbound.id, part, error))
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

/** What the button says of an offer: yes, no, or that the words were for the agent. */
const answerOf = (say: string, made: Offer | null): 'yes' | 'no' | 'instead' =>
  say === 'no' ? 'no' : made && say === made.tell ? 'instead' : 'yes'

/** Words in a thread that were taken for a command may have been for its agent after all. */
const tellInstead = (words: string, { thread }: Context): string | null => (thread === null ? null : `tell ${thread}: ${words}`)

const guessed = (reading: Reading | null): Reading | null => reading && { ...reading, isExact: false }

const mayKeep = ({ name, project }: Note, who: Person): void => {
  if (!covers(roleIn(who, project), 'operator')) throw denied('ACCESS_DENIED', { who: who.name, wish: name, needs: 'operator', project })
}
