import type { ChatHost } from '../../../bot/contracts/chat.ts'
import { sleep } from '../../../core/kit/time.ts'
import { refusedIn, troubleOf } from '../trouble.ts'
import type { Telegram } from './api.ts'
import type { HealthKeeper } from './health.ts'
import { inOrder } from './order.ts'
import type { Update } from './types.ts'

/** How long it is waited, in milliseconds. */
export type Waits = {
  /** After the first failure; doubled after each further one, up to `mostMs`. */
  readonly firstMs: number
  readonly mostMs: number
  /** Before another process with the same token is asked again whether it is gone. */
  readonly rivalMs: number
  /** Who has been up for so long was here first. */
  readonly leaderMs: number
}
export const usualWaits: Waits = { firstMs: 250, mostMs: 30_000, rivalMs: 60_000, leaderMs: 20_000 }

/** What we want to be told of. Whatever is not named here, Telegram does not send. */
export const updateKinds = ['message', 'edited_message', 'callback_query', 'message_reaction', 'my_chat_member'] as const

/**
 * Asks for updates until it is stopped. An update is confirmed (by asking for those after it) only once `take` resolved for
 * it and for all that came with it: what was not stored comes again. `started` resolves when Telegram has answered once,
 * whatever it was; a request that does not come back in time is a dead connection.
 */
export const poll = (
  { polling, renew }: Pick<Telegram, 'polling' | 'renew'>,
  {
    take,
    pollSeconds,
    health,
    host,
    waits,
  }: {
    readonly take: (update: Update) => Promise<void>
    readonly pollSeconds: number
    readonly health: HealthKeeper
    readonly host: Pick<ChatHost, 'log' | 'now'>
    readonly waits: Waits
  },
): { readonly started: Promise<void>; stop(): Promise<void> } => {
  const stopping = new AbortController()
  const { signal } = stopping
  let offset: number | null = null
  let failures = 0
  let rivals = 0
  let upSince: number | null = null
  let tellStarted: () => void = () => {}
  const started = new Promise<void>((resolve) => {
    tellStarted = resolve
  })

  const backOff = (): Promise<void> => {
    failures += 1
    return sleep(Math.min(waits.mostMs, waits.firstMs * 2 ** Math.min(failures - 1, 20)), signal)
  }

  /** One request, and all that it brings. It is short where it must be known soon whether there is a connection. */
  const once = async (): Promise<void> => {
    const isShort = health.state !== 'up' && health.state !== 'stopped'
    const batch = await polling.getUpdates(
      { timeout: isShort ? 0 : pollSeconds, limit: 100, allowed_updates: updateKinds, ...(offset !== null && { offset }) },
      abortable(signal),
    )
    if (!isShort) rivals = 0
    upSince ??= host.now()
    health.up()
    tellStarted()
    const last = batch.at(-1)
    if (!last) {
      failures = 0
      return
    }
    try {
      await inOrder(batch, take)
    } catch (error) {
      host.log.error('telegram.unstored', { error })
      return backOff() // not confirmed: it comes again
    }
    failures = 0
    offset = last.update_id + 1
  }

  /** There is one leader: who has listened for a while asks again at once, which ends the other's request; who came later stops. */
  const giveWay = async (description: string): Promise<void> => {
    if (!/webhook/i.test(description)) {
      rivals += 1
      if (upSince !== null && host.now() - upSince >= waits.leaderMs && rivals <= 3) return sleep(waits.firstMs, signal)
      health.is('stopped', 'another process polls with this token; stop one of them, or give each a bot of its own')
    } else health.is('stopped', 'somebody set a webhook for this bot; restart the bot to take it over, or set "mode: webhook"')
    upSince = null
    await sleep(waits.rivalMs, signal)
  }

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await once()
      } catch (error) {
        if (signal.aborted) return
        const refused = refusedIn(error)
        tellStarted()
        if (refused?.error_code === 409)
          await giveWay(refused.description).catch(() => {}) // stopped meanwhile
        else {
          const trouble = troubleOf(error, '')
          health.is('down', String(trouble.facts.problem ?? trouble.message))
          renew()
          upSince = null
          await backOff().catch(() => {}) // stopped meanwhile
        }
      }
    }
  }

  const running = run()
  return {
    started,
    stop: () => {
      stopping.abort()
      tellStarted()
      return running
    },
  }
}

/** The library's types know another kind of signal, which is used in the same way. */
const abortable = (signal: AbortSignal): never => signal as never
