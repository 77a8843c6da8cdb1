import { isFault } from '../../core/kit/fault.ts'
import type { ChatAdapter } from '../contracts/adapter.ts'
import { fault } from '../contracts/faults.ts'
import type { Place } from '../contracts/inbound.ts'
import type { Memory } from '../memory/chat.ts'
import { openKey } from '../memory/sendings.ts'
import { type AccountOf, type Drawing, moveTo } from './drawing.ts'
import { withLines } from './fold.ts'
import type { Item } from './lane.ts'
import { drawingOf } from './step.ts'

/** How long an adapter may take before nobody waits for its answer any more. */
export const sendLimitMs = 30_000

/** Where it stands, and whether it certainly looks as it should. */
export type Sent = { readonly place: Place; readonly isCurrent: boolean }

/** Nothing arrived when it was refused like that. */
const certain = ['CHAT_BUSY', 'CHAT_UNREACHABLE', 'CHAT_REFUSED', 'PLACE_GONE', 'PLACE_MOVED']
/** And it is not tried again. */
const final = ['CHAT_REFUSED', 'PLACE_GONE']

/**
 * One try to bring something on show. What is begun is on disk before the adapter hears of it, and what is on show is
 * remembered when the adapter has confirmed it: whatever happens in between, the next try carries the same id.
 */
export const createSender = ({
  memory,
  accountOf,
  sleep,
}: {
  readonly memory: Memory
  readonly accountOf: AccountOf
  readonly sleep: (waitMs: number, signal?: AbortSignal) => Promise<void>
}) => {
  /** Messages that were begun, and that certainly did not arrive. */
  const unsent = new Set<string>()

  const within = async <T>(platform: string, work: () => Promise<T>): Promise<T> => {
    const done = new AbortController()
    const late = sleep(sendLimitMs, done.signal).then(
      () => {
        throw fault('CHAT_UNCERTAIN', { platform, problem: `no answer within ${sendLimitMs / 1000} s` })
      },
      () => new Promise<never>(() => {}), // there was an answer in time
    )
    try {
      return await Promise.race([work(), late])
    } finally {
      done.abort()
    }
  }

  /** Sends something new, under the id of an earlier try if one may have arrived. */
  const begin = async <T>(
    at: { readonly place: Place; readonly key: string },
    { drawn, presses }: Drawing,
    work: (sending: { readonly id: string; readonly isAgain: boolean }) => Promise<T>,
  ): Promise<{ readonly made: T; readonly isSure: boolean }> => {
    const { place, key } = at
    const before = memory.onItsWay(place, key)
    const isAgain = before !== null && !unsent.has(before.id)
    const [id] = await Promise.all([memory.sending(place, key, drawn, isAgain), keep(presses)])
    unsent.delete(id)
    try {
      const made = await within(place.platform, () => work({ id, isAgain }))
      return { made, isSure: !isAgain || memory.onItsWay(place, key)?.drawn === drawn }
    } catch (error) {
      if (!isAgain && isFault(error) && final.includes(error.code)) await memory.unsent(place, key)
      else if (!isAgain && isFault(error) && certain.includes(error.code)) unsent.add(id)
      throw error
    }
  }

  /** Buttons are known before anybody can press one. */
  const keep = async (presses: Drawing['presses']): Promise<void> => {
    if (Object.keys(presses).length > 0) await memory.buttons(presses)
  }

  /** @throws {Fault} any of `bot/contracts/faults`, CHAT_UNCERTAIN also when the adapter does not answer */
  const show = async (item: Item, adapter: ChatAdapter): Promise<Sent> => {
    const { place, card } = item
    const known = item.fold === null ? null : memory.fold(item.fold)
    const fold = known && withLines(known, item.lines)
    if (item.fold !== null && fold && item.lines.length > 0) await memory.refold(item.fold, fold)
    const drawing = drawingOf(item, { memory, limits: adapter.limits, accountOf })
    const shown = memory.shownAt(place)[card.key]
    const confirm = async (ref: NonNullable<typeof shown>['ref'], isSure: boolean): Promise<Sent> => {
      const looks = isSure ? (drawing?.drawn ?? '') : ''
      if (item.fold !== null && fold)
        await memory.foldShowing(
          { id: item.fold, place, card: card.key },
          { ref, drawn: looks, about: null },
          isSure ? fold.lines : fold.lines.map((line) => ({ ...line, drawn: '', about: null })),
        )
      else await memory.showing(place, card.key, { ref, drawn: looks, about: isSure ? card.about : null })
      return { place, isCurrent: isSure }
    }
    const move = drawing ? moveTo(drawing.drawn, shown) : ({ do: 'nothing' } as const)
    if (!drawing || move.do === 'nothing') return { place, isCurrent: true }
    if (move.do === 'post') {
      const { made, isSure } = await begin({ place, key: card.key }, drawing, (sending) => adapter.post(place, drawing.card, sending))
      return confirm(made, isSure)
    }
    await Promise.all([memory.redrawing(place, card.key), keep(drawing.presses)])
    try {
      await within(place.platform, () => adapter.edit(move.ref, drawing.card))
    } catch (error) {
      if (shown && isFault(error) && certain.includes(error.code) && shown.drawn !== '') await memory.unchanged(place, card.key, shown)
      throw error
    }
    return confirm(move.ref, true)
  }

  /** Makes a thread. @throws {Fault} as `show` */
  const open = async (item: Item, title: string, adapter: ChatAdapter): Promise<Sent> => {
    const { place: channel, card } = item
    const drawing = drawingOf(item, { memory, limits: adapter.limits, accountOf })
    const { open: make } = adapter
    if (!drawing || !make) throw new Error(`${channel.platform} makes no threads.`)
    const { made, isSure } = await begin({ place: channel, key: openKey(card.key) }, drawing, (sending) =>
      make(channel, drawing.card, { ...sending, title }),
    )
    const looks = isSure ? { drawn: drawing.drawn, about: card.about } : { drawn: '', about: null }
    // In this order: a thread that is known has its card.
    await Promise.all([memory.showing(made.place, card.key, { ref: made.ref, ...looks }), memory.threadMade(channel, card.key, made.place)])
    return { place: made.place, isCurrent: isSure }
  }

  return { show, open, isUnsent: (id: string): boolean => unsent.has(id) }
}
