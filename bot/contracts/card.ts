import type { About } from '../../core/contracts/wish.ts'

/** How it feels: the colour of the bar, the sign before the title. */
export type Tone = 'calm' | 'busy' | 'good' | 'bad' | 'ask'

/** In which order cards leave when a place is busy; an approval is a decision about code, a question one an agent waits for. */
export const cardKinds = ['approval', 'question', 'result', 'reply', 'status'] as const
export type CardKind = (typeof cardKinds)[number]

/** What a button asks for before it does anything: one text. `title` ≤ 24 characters, `label` ≤ 45; both are ours. */
export type Form = { readonly title: string; readonly label: string }

/**
 * A button: a sentence the bot wrote for the person, under a label. With a `form`, `say` holds `{text}` where what was typed goes. `about` is for
 * cards that show several sessions: what this one's part of the card showed.
 */
export type Action = {
  readonly label: string
  readonly say: string
  readonly isRisky: boolean
  readonly form?: Form
  readonly about?: About
}

/** A longer text, shown in fixed width; an adapter may turn it into a file. */
export type Block = { readonly title: string; readonly text: string }

/** A picture. `png` is base64; `alt` says in words what is on it. */
export type Picture = { readonly alt: string; readonly png: string }

/**
 * What we want people to see, before any platform has a say in how it looks. Plain text throughout, `body` apart: an adapter
 * escapes it, so nothing that came from outside can ping, link or format.
 */
export type Card = {
  /** Cards with one key in one place are one message: posted the first time, edited ever after. */
  readonly key: string
  readonly kind: CardKind
  readonly tone: Tone
  readonly title: string
  readonly lines: readonly string[]
  /** Markdown, as agents write it; empty for none. Adapters show it by way of `core/kit/markdown`: it formats, and does nothing else. */
  readonly body: string
  readonly blocks: readonly Block[]
  readonly picture: Picture | null
  readonly actions: readonly Action[]
  /** What a wish is about that answers this card. */
  readonly about: About | null
  /** The offer that its buttons take or turn down; null where they are ordinary sentences. */
  readonly offer: string | null
  /** The inbound this answers, if it answers one. */
  readonly replyTo: string | null
  /** People who are called by it, by name: it begins with them, and their platform tells them of it where they have an account there. */
  readonly mentions: readonly string[]
  /** It makes no sound, where a platform can do that: whoever it is for has quiet hours. */
  readonly isSilent: boolean
}

/** Somebody who is called by a card. `account` is null where they have none on that platform: then only their name is shown. */
export type Mention = { readonly name: string; readonly account: string | null }

/** A card as an adapter gets it: its buttons carry an opaque id instead of words. */
export type DrawnCard = Omit<Card, 'actions' | 'about' | 'offer' | 'mentions'> & {
  readonly buttons: readonly Button[]
  readonly mentions: readonly Mention[]
}
export type Button = { readonly id: string; readonly label: string; readonly isRisky: boolean }
