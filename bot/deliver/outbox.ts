import type { Log } from '../../core/contracts/plugins.ts'
import { explain, isFault } from '../../core/kit/fault.ts'
import { fingerprint } from '../../core/kit/text.ts'
import type { ChatAdapter } from '../contracts/adapter.ts'
import { type Card, cardKinds, type DrawnCard } from '../contracts/card.ts'
import { type Place, placeKey } from '../contracts/inbound.ts'
import type { Memory, Press, Shown } from '../memory/chat.ts'

/** What to do about a card. */
export type Move = { readonly do: 'post' } | { readonly do: 'edit'; readonly ref: Shown['ref'] } | { readonly do: 'nothing' }

/** The least that makes the chat look right. Called as often as you like; a card already on show costs nothing. */
export const nextMove = (card: Card, shown: Shown | undefined): Move =>
  !shown ? { do: 'post' } : shown.drawn === drawn(card) ? { do: 'nothing' } : { do: 'edit', ref: shown.ref }

/** How a card looks, as a fingerprint. */
export const drawn = (card: Card): string => fingerprint(JSON.stringify(card), 16)

type Waiting = { card: Card; readonly waiters: { resolve: () => void; reject: (error: unknown) => void }[] }
type Lane = { readonly place: Place; readonly waiting: Map<string, Waiting>; isRunning: boolean }

/** How long a place that refuses is left alone, at first and at most. */
const waits = { firstMs: 500, mostMs: 60_000, tries: 6 }

/**
 * One paced queue a place: cards with one key coalesce to the newest, decisions go before news, a slow place delays only
 * itself. What is on show is remembered when the platform has confirmed it, never before.
 */
export const createOutbox = ({
  adapterOf,
  memory,
  log,
  sleep,
}: {
  readonly adapterOf: (platform: string) => ChatAdapter | null
  readonly memory: Memory
  readonly log: Log
  readonly sleep: (waitMs: number) => Promise<void>
}) => {
  const lanes = new Map<string, Lane>()

  const run = async (lane: Lane): Promise<void> => {
    lane.isRunning = true
    for (let next = first(lane); next; next = first(lane)) {
      lane.waiting.delete(next.card.key)
      try {
        await deliver(lane.place, next.card)
        for (const { resolve } of next.waiters) resolve()
      } catch (error) {
        log.error('outbox.given-up', { place: placeKey(lane.place), card: next.card.key, why: explain(error) })
        for (const { reject } of next.waiters) reject(error)
      }
    }
    lane.isRunning = false
  }

  const deliver = async (place: Place, card: Card): Promise<void> => {
    const adapter = adapterOf(place.platform)
    if (!adapter) return // the chat is no longer configured; there is nobody to show it to
    const move = nextMove(card, memory.shownAt(place)[card.key])
    if (move.do === 'nothing') return
    const { drawnCard, presses } = withButtons(place, card)
    if (Object.keys(presses).length > 0) await memory.buttons(presses) // before anybody can press one
    for (let attempt = 1, waitMs = waits.firstMs; ; attempt += 1, waitMs = Math.min(waitMs * 2, waits.mostMs)) {
      try {
        const ref =
          move.do === 'post'
            ? await adapter.post(place, drawnCard, { id: fingerprint(`${placeKey(place)} ${card.key}`, 24), isAgain: attempt > 1 })
            : move.ref
        if (move.do === 'edit') await adapter.edit(move.ref, drawnCard)
        await memory.showing(place, card.key, { ref, drawn: drawn(card), about: card.about })
        return
      } catch (error) {
        if (isFault(error) ? !error.mayPass : attempt >= waits.tries) throw error
        const asked = isFault(error) ? error.facts.retryAfterMs : undefined
        await sleep(typeof asked === 'number' ? asked : waitMs)
      }
    }
  }

  return {
    /** Makes a place show that card. Resolves once it is on show; rejects when it could not be delivered. */
    show: (place: Place, card: Card): Promise<void> => {
      const key = placeKey(place)
      const lane = lanes.get(key) ?? { place, waiting: new Map(), isRunning: false }
      lanes.set(key, lane)
      const shown = new Promise<void>((resolve, reject) => {
        const waiting = lane.waiting.get(card.key) ?? { card, waiters: [] }
        waiting.card = card
        waiting.waiters.push({ resolve, reject })
        lane.waiting.set(card.key, waiting)
      })
      if (!lane.isRunning) void run(lane)
      return shown
    },
  }
}

export type Outbox = ReturnType<typeof createOutbox>

const first = ({ waiting }: Lane): Waiting | undefined =>
  [...waiting.values()].sort((a, b) => cardKinds.indexOf(a.card.kind) - cardKinds.indexOf(b.card.kind))[0]

/** A button's id says nothing and is the same for the same words about the same thing in the same place. */
const withButtons = (
  place: Place,
  { actions, about, offer, ...rest }: Card,
): { readonly drawnCard: DrawnCard; readonly presses: Readonly<Record<string, Press>> } => {
  const made = actions.map(({ label, say, isRisky }) => ({
    id: fingerprint(JSON.stringify([placeKey(place), rest.key, say, about]), 16),
    label,
    isRisky,
    say,
  }))
  return {
    drawnCard: { ...rest, buttons: made.map(({ id, label, isRisky }) => ({ id, label, isRisky })) },
    presses: Object.fromEntries(made.map(({ id, say }) => [id, { say, about, offer }])),
  }
}
