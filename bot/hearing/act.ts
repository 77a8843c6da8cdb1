import { authorise } from '../../core/access/authorise.ts'
import type { Wish } from '../../core/contracts/wish.ts'
import type { Context, Draft, Reading } from '../contracts/intent.ts'
import { type Offers, offerMs } from '../offers.ts'
import { answerTo, must } from '../questions.ts'
import { commandOf, sessionIn, sessionsIn } from '../understand/offering.ts'
import { isPlain } from '../understand/understand.ts'
import { asking, cannot, puzzled } from '../views/answers.ts'
import { sayItCard, understoodAs } from '../views/offers.ts'
import { aboutNow, mustBePossible, wishOf } from '../wishes.ts'
import type { Desk } from './desk.ts'
import type { Keeping } from './keep.ts'
import type { Act, How, Speaking } from './parts.ts'

/** What would change something is not done unasked when it was said longer ago than this: the world has moved on, and whoever said it perhaps, too. */
export const staleMs = 10 * 60_000

/** Reading → answer, wishes or a note; what is guessed, too old or for many at once is offered first. */
export const createActing = (desk: Desk, { offers, keeping }: { readonly offers: Offers; readonly keeping: Keeping }): Act => {
  const { intents, reads, memory, talk, chats, digests, accept, now, show, shown, answer, refuse, mark, isPrivate } = desk

  const act: Act = async (reading, speaking, how) => {
    const { meaning, isExact } = reading
    const { inbound, who, context } = speaking
    const { id, place, account } = inbound
    if ('ask' in meaning) return show(place, asking(id, meaning.ask, meaning.hint))
    if ('refused' in meaning) return answer(inbound, cannot(id, meaning.refused, meaning.hint))
    if ('question' in meaning) {
      const card = await answerTo(meaning.question, reads, {
        to: id,
        who,
        account,
        refusal: memory.refusalOf(who.name),
        intents,
        place,
        isPrivate: () => isPrivate(inbound),
        hasPictures: chats.hasPictures(place.platform),
        digests,
        now: now(),
      })
      return show(place, isExact ? card : understoodAs(card, commandOf(reading, intents, context)))
    }
    // More than one session at once always asks first. Starting several tasks is one order.
    const isUnsure = how === 'typed' && (!isExact || sessionsIn(meaning).length > 1)
    if (isUnsure || (isStale(reading, speaking, how) && !(await isDone(reading, id)))) return offer(reading, speaking, how)
    await ('wishes' in meaning ? grant(meaning.wishes, speaking) : keeping.keep(meaning.note, speaking))
  }

  /** Words for the agent of a thread are no command: late, they still are what somebody wants it to know. */
  const isStale = (reading: Reading, { inbound, words, context }: Speaking, how: How): boolean =>
    how !== 'agreed' && now() - inbound.at > staleMs && !(how === 'typed' && isPlain(reading, words, context))

  /** Was it carried out before, and is heard again? Then nothing is asked: the engine knows it. */
  const isDone = async ({ meaning }: Reading, cause: string): Promise<boolean> => {
    const sessions = sessionsIn(meaning)
    const facts = await Promise.all(sessions.map((session) => reads.facts(session)))
    return facts.flat().some((fact) => fact.cause?.replace(/#\d+$/, '') === cause)
  }

  /** Several tasks are several wishes, each granted or refused by itself. */
  const grant = async (drafts: readonly Draft[], { inbound, who, aboutOf }: Speaking): Promise<void> => {
    for (const [index, draft] of drafts.entries()) {
      try {
        const wish = await wishOf(draft, reads, aboutOf)
        const cause = drafts.length === 1 ? inbound.id : `${inbound.id}#${index + 1}`
        if (cause !== inbound.id) await memory.saidAt(cause, inbound.place)
        const facts = await accept(authorise(wish, who, { project: await projectOf(wish), cause }))
        if (wish.name === 'tell' && inbound.said.how === 'typed') {
          await talk.told(inbound.id, { session: wish.session, by: who.name, text: wish.text })
        }
        if (index === 0 && inbound.said.how === 'typed') mark(inbound)
        await shown(facts, wish)
      } catch (error) {
        await refuse(inbound, `refused-${index}`, error, who)
      }
    }
  }

  const projectOf = async (wish: Wish): Promise<string> => ('session' in wish ? (await must(wish.session, reads)).project : wish.project)

  /** What would be refused is refused at once, and not after a tap. */
  const offer = async (reading: Reading, speaking: Speaking, how: How): Promise<void> => {
    const { inbound, who, context, words, text, aboutOf } = speaking
    const { intent, meaning, isExact } = reading
    const { id, place, at } = inbound
    const say = how === 'pressed' ? words : commandOf(reading, intents, context)
    if (say === null) return show(place, puzzled(id, 'unknown'))
    if ('note' in meaning) await keeping.mayKeep(meaning.note, speaking)
    const wishes = 'wishes' in meaning ? await Promise.all(meaning.wishes.map((draft) => wishOf(draft, reads, aboutOf))) : []
    for (const wish of wishes) authorise(wish, who, { project: await projectOf(wish), cause: id })
    for (const wish of wishes) await mustBePossible(wish, reads)
    const tell = how === 'typed' ? tellInstead(words, context) : null
    if (intent.risk === 'destroy' && !isExact) return show(place, sayItCard(id, say, tell))
    const session = sessionIn(meaning)
    const about = session === null ? null : (aboutOf(session) ?? (await aboutNow(session, reads)))
    await offers.make({
      id,
      say,
      tell,
      by: who.name,
      place,
      until: Math.max(at, now()) + offerMs,
      about,
      ...(text === undefined ? {} : { text }),
      ...(isStale(reading, speaking, how) ? { stale: { at, agoMs: now() - at } } : {}),
      sessions: sessionsIn(meaning).length,
      outcome: null,
    })
  }

  return act
}

/** Words in a thread that were taken for a command may have been for its agent after all. */
const tellInstead = (words: string, { thread }: Context): string | null => (thread === null ? null : `tell ${thread}: ${words}`)
