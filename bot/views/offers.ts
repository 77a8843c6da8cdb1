import { headline as firstLine } from '../../core/kit/text.ts'
import { sayDuration } from '../../core/kit/time.ts'
import type { Card } from '../contracts/card.ts'
import type { Offer, Outcome } from '../memory/talk.ts'
import { reply } from './answers.ts'
import { clockAt } from './times.ts'
import { card } from './words.ts'

/** What the bot guessed, or what is too much to be done unasked, with one tap to do it; afterwards how it came out. */
export const offerCard = (offer: Offer): Card => {
  const { id, tell, by, sessions, outcome, stale } = offer
  const say = sayOf(offer)
  const parts = { key: `offer:${id}`, kind: 'reply', replyTo: id, blocks: isShort(say) ? [] : [{ title: 'All of it', text: say }] } as const
  if (outcome) return card({ ...parts, tone: outcome.is === 'taken' ? 'good' : 'calm', title: outcomeWords(outcome, offer) })
  return card({
    ...parts,
    tone: 'ask',
    title: stale
      ? `Do you still want ${quoted(say)}?`
      : sessions > 1
        ? `${quoted(say)} is for ${sessions} sessions at once. Shall I?`
        : `Did you mean ${quoted(say)}?`,
    lines: [
      ...(stale
        ? [
            `It was said at ${clockAt(stale.at)}, ${sayDuration(stale.agoMs)} ago${sessions > 1 ? `, and is for ${sessions} sessions at once` : ''}.`,
          ]
        : []),
      `Nothing is done yet. ${by}, tap Yes within 10 minutes, or say "yes" next.`,
    ],
    actions: [
      { label: 'Yes', say: offer.say, isRisky: sessions > 1 },
      { label: 'No', say: 'no', isRisky: false },
      ...(tell ? [{ label: 'Tell the agent', say: tell, isRisky: false }] : []),
    ],
    offer: id,
  })
}

/** The command with what was written into it. */
const sayOf = ({ say, text }: Offer): string => (text === undefined ? say : say.split('{text}').join(text))

const outcomeWords = ({ is }: Outcome, { by, ...offer }: Offer): string => {
  const say = sayOf({ by, ...offer })
  return is === 'taken'
    ? `${by} said yes to ${quoted(say)}.`
    : is === 'turned down'
      ? `${by} said no to ${quoted(say)}. Nothing was done.`
      : `${by} did not say yes to ${quoted(say)} in time. Nothing was done.`
}

const mostChars = 160
const isShort = (say: string): boolean => firstLine(say, mostChars) === say
/** In quotation marks of another kind where the command has some of its own. */
const quoted = (say: string): string => (say.includes('"') ? `“${firstLine(say, mostChars)}”` : `"${firstLine(say, mostChars)}"`)

/** A guess never destroys anything: whoever means it says it. */
export const sayItCard = (to: string, say: string, tell: string | null): Card =>
  reply(to, 'say-it', {
    tone: 'ask',
    title: `Did you mean ${quoted(say)}?`,
    lines: ['Nothing is done: that ends or removes something, so I do not guess. If you mean it, type exactly that.'],
    blocks: isShort(say) ? [] : [{ title: 'All of it', text: say }],
    actions: tell === null ? [] : [{ label: 'Tell the agent', say: tell, isRisky: false }],
  })

/** Yes to something that was offered before something else was said. */
export const yesToWhat = (to: string, offer: Offer): Card =>
  reply(to, 'yes-to-what', {
    tone: 'ask',
    title: `To ${quoted(sayOf(offer))}?`,
    lines: ['Something else was said since I asked, so tap its button.'],
  })

/** How a guess was read, under its answer. */
export const understoodAs = (answer: Card, say: string | null): Card =>
  say === null ? answer : { ...answer, lines: [...answer.lines, `I read that as ${quoted(say)}.`] }

/** Somebody else was asked. */
export const notYours = (to: string, offer: Offer): Card =>
  reply(to, 'not-yours', {
    tone: 'bad',
    title: `I asked ${offer.by} about ${quoted(sayOf(offer))}, and only ${offer.by} can answer.`,
    lines: [offer.outcome ? outcomeWords(offer.outcome, offer) : 'If you want it, say it yourself.'],
  })

/** It was answered before, or its time was over. */
export const tooLate = (to: string, offer: Offer): Card => {
  const { outcome } = offer
  const say = sayOf(offer)
  return reply(to, 'too-late', {
    tone: 'calm',
    title:
      outcome?.is === 'taken'
        ? `You have said yes to ${quoted(say)} already.`
        : outcome?.is === 'turned down'
          ? `You have said no to ${quoted(say)}, so nothing was done.`
          : `Too late: ${quoted(say)} could be answered for 10 minutes. Nothing was done.`,
    lines: [outcome?.is === 'taken' ? 'Say it again to do it once more.' : 'If you want it after all, say it again.'],
  })
}

/** Something came up that the card did not show, so a yes to it was not a yes to this. */
export const overtaken = (to: string, offer: Offer, session: string): Card =>
  reply(to, 'overtaken', {
    tone: 'bad',
    title: `Not done: ${session} had no change to look at when I asked, and has one now.`,
    lines: [`Look at it with "diff ${session}", then say ${quoted(sayOf(offer))}.`],
  })

/** "Yes" could be for the agent or for the bot. */
export const twoQuestions = (to: string, offer: Offer, session: string): Card =>
  reply(to, 'two-questions', {
    tone: 'ask',
    title: `Who is that for? The agent of ${session} asks something, and I asked ${offer.by} about ${quoted(sayOf(offer))}.`,
    lines: [`Nothing is done. Tap the button you mean, or say "answer ${session} 1" for the agent's first choice.`],
  })
