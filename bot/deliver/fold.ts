import { headline } from '../../core/kit/text.ts'
import type { Limits } from '../contracts/adapter.ts'
import type { Card, CardKind, DrawnCard } from '../contracts/card.ts'
import { type Place, placeKey } from '../contracts/inbound.ts'
import { type Fold, type FoldLine, foldKey } from '../memory/folds.ts'
import { card } from '../views/words.ts'
import { type AccountOf, buttonId, type Drawing, drawn, mentioned, pressOf } from './drawing.ts'

/** More cards than this that wait for people at once are one message. */
const mostApart = 5
/** How many cards one message can hold. */
export const mostTogether = 25
const room = { title: 160, leastTitle: 24, label: 40, framing: 200 }

/** Nobody who is needed waits longer than five seconds; sending takes some of that. */
const patienceMs = 4_500

/** Are so many cards that wait for people better sent as one message, when `free` messages may be sent now and another each `everyMs`? */
export const isFolded = (waiting: number, { free, everyMs }: { readonly free: number; readonly everyMs: number }): boolean =>
  waiting > mostApart || (waiting > 1 && (waiting - Math.floor(free + 1e-9)) * everyMs >= patienceMs)

/** A card as one line of a fold. It waits for somebody as long as there is something that can be done. */
export const lineOf = (place: Place, card: Card): FoldLine => {
  const { key, title, about, offer, kind, mentions, isSilent } = card
  const isOpen = kind === 'approval' || kind === 'question'
  const [action] = isOpen ? card.actions : []
  return {
    place,
    key,
    title,
    drawn: drawn(card),
    about,
    offer,
    action: action ? { ...action, button: buttonId(place, card, action) } : null,
    isOpen,
    ...(mentions.length > 0 && { mentions }),
    ...(isSilent && { isSilent }),
  }
}

/** The fold with some of its cards as they are now. */
export const withLines = (fold: Fold, newer: readonly FoldLine[]): Fold => ({
  ...fold,
  lines: fold.lines.map((line) => newer.findLast((one) => one.key === line.key && placeKey(one.place) === placeKey(line.place)) ?? line),
})

/**
 * The message in which they stand: a line each, and the first button of each as far as there is room; of the rest it says what to type.
 * It calls whoever an open line calls, and is silent when all are; whom only a silent line calls is named, not pinged.
 */
export const foldDrawing = (
  id: string,
  { channel, lines }: Fold,
  { buttons: mostButtons, textChars }: Pick<Limits, 'buttons' | 'textChars'>,
  accountOf: AccountOf,
): Drawing => {
  const open = lines.filter(({ isOpen }) => isOpen)
  const buttons = new Set(open.filter(({ action }) => action).slice(0, Math.max(0, mostButtons)))
  const titleChars = Math.min(room.title, Math.max(room.leastTitle, Math.floor((textChars - room.framing) / (2 * lines.length))))
  const asked = open.length > 0
  const namesIn = (some: readonly FoldLine[]): readonly string[] => [...new Set(some.flatMap(({ mentions = [] }) => mentions))]
  const loud = new Set(namesIn(open.filter(({ isSilent }) => isSilent !== true)))
  const card: DrawnCard = {
    key: foldKey(id),
    kind: asked ? 'approval' : 'status',
    tone: asked ? 'ask' : 'calm',
    title: asked
      ? `${sessions(open)} you`
      : `Nobody is needed here any more: ${lines.length === 1 ? 'it is' : `all ${lines.length} are`} settled.`,
    lines: lines.map((line) =>
      [
        headline(line.title, titleChars),
        ...(line.action && !buttons.has(line) ? [`type “${headline(line.action.say.replaceAll('{text}', '…'), titleChars)}”`] : []),
      ].join(' — '),
    ),
    body: '',
    blocks: [],
    picture: null,
    replyTo: null,
    mentions: mentioned(namesIn(open), channel, (name, platform) => (loud.has(name) ? accountOf(name, platform) : null)),
    isSilent: lines.every(({ isSilent }) => isSilent === true),
    buttons: [...buttons].flatMap((line) =>
      line.action
        ? [{ id: line.action.button, label: headline(`${nameOf(line)}: ${line.action.label}`, room.label), isRisky: line.action.isRisky }]
        : [],
    ),
  }
  return {
    card,
    presses: Object.fromEntries(open.flatMap((line) => (line.action ? [[line.action.button, pressOf(line.action, line)]] : []))),
    drawn: drawn(card),
  }
}

/** A stand-in for the card of a fold, which is drawn from its lines when it is sent. */
export const namelessCard = (key: string, kind: CardKind): Card => card({ key, kind, tone: 'ask', title: '' })

const sessions = (open: readonly FoldLine[]): string => {
  const many = new Set(open.map(({ about, key }) => about?.session ?? key)).size
  return many === 1 ? '1 session needs' : `${many} sessions need`
}

const nameOf = ({ about, title }: FoldLine): string => about?.session ?? headline(title, 16)
