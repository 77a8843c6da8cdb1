import type { Door, Health } from '../../../bot/contracts/adapter.ts'
import type { ChatHost } from '../../../bot/contracts/chat.ts'
import { fault } from '../../../bot/contracts/faults.ts'
import { explain } from '../../../core/kit/fault.ts'
import { sleep } from '../../../core/kit/time.ts'
import type { SlackOptions } from '../options.ts'
import { goneIn } from '../payloads.ts'
import { drawForm } from '../render.ts'
import { placeAt, platform, translate } from '../translate.ts'
import { saidMeanwhile } from './history.ts'
import { openLine } from './lines.ts'
import { calling, type Web } from './web.ts'

const reportEveryMs = 30_000
const nameWithinMs = 800
const mostNames = 2_000

/**
 * Listens: what comes over the line goes through the door, and Slack is told that it came when the door has taken it. Resolves
 * once events can arrive; the function it gives ends that, and resolves when nothing more reaches the door.
 *
 * @throws {Fault} CHAT_REFUSED or CHAT_UNREACHABLE
 */
export const listen = async ({
  web,
  options,
  host,
  door,
  onGone,
}: {
  readonly web: Web
  readonly options: SlackOptions
  readonly host: ChatHost
  readonly door: Door
  /** That message was deleted, and the thread below it with it. */
  readonly onGone: (message: { readonly channel: string; readonly ts: string }) => void
}) => {
  const { log, now } = host
  const stopping = new AbortController()
  const working = new Set<Promise<void>>()
  const names = new Map<string, string>()
  let health: Health = { state: 'starting', since: now(), heardAt: null, detail: null }
  const report = (state: Health['state'], detail: string | null = null): void => {
    const isNew = state !== health.state
    health = { ...health, state, detail, since: isNew ? now() : health.since }
    if (isNew) log.info(`${platform}.${state}`, detail === null ? {} : { detail })
    host.onHealth(health)
  }
  report('starting')

  const findName = async (user: string): Promise<void> => {
    try {
      const found = await Promise.race([web.users.info({ user }), sleep(nameWithinMs)])
      const name = found?.user?.profile?.display_name || found?.user?.profile?.real_name || found?.user?.name
      if (names.size >= mostNames) names.clear()
      if (name) names.set(user, name)
    } catch (error) {
      log.debug('slack.name', { user, problem: explain(error) }) // the id stands in for the name
    }
  }

  /** Reads an event. Names are looked up only for what was said to the bot. */
  const read = async (body: unknown, bot: string) => {
    const unknown = new Set<string>()
    const nameOf = (user: string): string | null => {
      const known = names.get(user) ?? null
      if (known === null) unknown.add(user)
      return known
    }
    const look = { isOurs: door.isOurs, placeOf: door.placeOf, form: door.form, bot, nameOf, now: now() }
    const heard = translate(body, look)
    if (!heard || unknown.size === 0) return heard
    await Promise.all([...unknown].slice(0, 10).map(findName))
    return translate(body, look)
  }

  const takeIn = async (body: unknown, bot: string): Promise<void> => {
    const gone = goneIn(body)
    if (gone) onGone(gone)
    const heard = await read(body, bot)
    if (stopping.signal.aborted) throw new Error('The bot is stopping: it takes nothing more.')
    if (!heard) return
    if (heard.is === 'said') return door.receive(heard.inbound)
    // At once: Slack lets a form be shown within three seconds of the press.
    await calling({ channel: '' }, () => web.views.open({ trigger_id: heard.trigger, view: drawForm(heard.form, heard.carried) }))
  }

  /** Rejects when it could not be kept; Slack sends events again then, and shows whoever pressed or commanded an error. */
  const take = async (body: unknown, bot: string): Promise<void> => {
    const work = takeIn(body, bot)
    working.add(work)
    try {
      await work
    } catch (error) {
      log.warn('slack.untaken', { problem: explain(error) })
      throw error
    } finally {
      working.delete(work)
    }
  }

  /** History comes once: what could not be kept is tried until it can. */
  const takeAtLast = async (body: unknown, bot: string): Promise<void> => {
    for (let waitMs = 500; ; waitMs = Math.min(30_000, waitMs * 2)) {
      try {
        return await take(body, bot)
      } catch {
        await sleep(waitMs, stopping.signal) // `take` has written down why
      }
    }
  }

  const signIn = async (): Promise<string> => {
    const { user_id } = await calling({ channel: '' }, () => web.auth.test())
    if (!user_id) throw fault('CHAT_REFUSED', { platform, problem: 'the token belongs to no user' })
    return user_id
  }

  const catchUp = async (bot: string): Promise<void> => {
    try {
      const { since, places } = door.missed(platform)
      const known = [...(options.home === null ? [] : [options.home]), ...Object.keys(options.channels)].map((channel) =>
        placeAt(channel, null),
      )
      for await (const event of saidMeanwhile(web, { since, places: [...places, ...known] }, log, stopping.signal))
        await takeAtLast(event, bot)
    } catch (error) {
      if (!stopping.signal.aborted) log.warn('slack.missed', { problem: explain(error) })
    }
  }
  let catchingUp = Promise.resolve()
  const beginCatchUp = (bot: string): void => {
    catchingUp = catchingUp.then(() => catchUp(bot))
  }

  const bot = await signIn().catch((error: unknown) => {
    report('down', explain(error))
    throw error
  })
  let shared: string | null = null
  const line = openLine({
    options,
    log,
    take: (body) => take(body, bot),
    onHeard: () => {
      health = { ...health, heardAt: now() }
    },
    onUp: () => {
      report('up', shared)
      beginCatchUp(bot)
    },
    onDown: (why) => report('down', why),
    onShared: (connections) => {
      shared = `${connections} connections are open with this app token: another process takes a part of what is said; stop it, or give it an app of its own`
      log.warn('slack.shared', { connections })
    },
  })
  await line.start().catch((error: unknown) => {
    report('down', explain(error))
    throw error
  })
  report('up', shared)
  beginCatchUp(bot)
  const reporting = setInterval(() => report(health.state, health.detail), reportEveryMs)

  let stopped: Promise<void> | null = null
  const stop = async (): Promise<void> => {
    clearInterval(reporting)
    stopping.abort()
    await Promise.allSettled(working)
    await Promise.all([line.stop(), catchingUp])
    report('stopped')
  }
  return () => (stopped ??= stop())
}
