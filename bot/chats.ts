import { discord } from '../adapters/discord/index.ts'
import { slack } from '../adapters/slack/index.ts'
import { telegram } from '../adapters/telegram/index.ts'
import type { Config } from '../core/config/config.ts'
import type { Log } from '../core/contracts/plugins.ts'
import type { Documents } from '../core/contracts/store.ts'
import { explain, isFault } from '../core/kit/fault.ts'
import { type Redact, redactDeep } from '../core/kit/redact.ts'
import { sleep } from '../core/kit/time.ts'
import type { ChatAdapter, Door, Health } from './contracts/adapter.ts'
import type { ChatKind, CommonOptions, ListedCommand } from './contracts/chat.ts'
import type { Place } from './contracts/inbound.ts'

/** The chats that the config can name besides the console. */
export const chatKinds: Readonly<Record<string, ChatKind>> = { slack, telegram, discord }

/** How it goes with each chat, as `documents/health` holds it. */
export type HealthBook = Record<string, Health>

/** How long a start waits for chats that are slow to answer; they come when they come. */
const patienceMs = 5_000
const retries = { firstMs: 1_000, mostMs: 60_000 }

/**
 * Makes the chats of the config and starts them. One that refuses its token, or cannot be reached, keeps nobody else waiting: it is
 * logged, `ao doctor` tells of it, and the rest works.
 */
export const openChats = async ({
  config,
  documents,
  redact,
  commands,
  onTrouble,
  now,
  log,
}: {
  readonly config: Config
  readonly documents: Documents
  readonly redact: Redact
  readonly commands: () => Promise<readonly ListedCommand[]>
  /** A chat is down or refuses to start, or is up again after that. */
  readonly onTrouble: (name: string, health: Health) => void
  readonly now: () => number
  readonly log: Log
}) => {
  const health = await documents.open<HealthBook>('health', {})
  const note = (name: string, how: Health): void => {
    const before = health.value[name]
    if (before?.state !== how.state) {
      log.info('chat.health', { chat: name, ...how })
      if (isTold(before, how)) onTrouble(name, how)
    }
    void health
      .update((book) => {
        book[name] = how
      })
      .catch((error) => log.warn('chat.health.unwritten', { chat: name, why: explain(error) }))
  }
  const chosen = Object.entries(config.chats).flatMap(([name, options]) => {
    const kind = chatKinds[name]
    return kind ? [{ name, kind, options }] : []
  })
  const adapters = new Map<string, ChatAdapter>()
  for (const { name, kind, options } of chosen) {
    note(name, { state: 'starting', since: now(), heardAt: health.value[name]?.heardAt ?? null, detail: null })
    const host = { log, now, commands, onHealth: (how: Health) => note(name, how) }
    const document = (empty: Readonly<Record<string, unknown>>) => documents.open<Record<string, unknown>>(`chat-${name}`, { ...empty })
    adapters.set(name, withoutSecrets(await kind.create(options, { ...host, document }), redact))
  }

  /** Tries for ever what may pass; resolves once it runs, is refused, or is to stop. */
  const startOne = async (name: string, adapter: ChatAdapter, door: Door, signal: AbortSignal): Promise<() => Promise<void>> => {
    for (let waitMs = retries.firstMs; !signal.aborted; waitMs = Math.min(waitMs * 2, retries.mostMs)) {
      try {
        return await adapter.start(door)
      } catch (error) {
        const mayPass = isFault(error) && error.mayPass
        log.error('chat.not-started', { chat: name, why: explain(error), isTriedAgain: mayPass })
        const detail = isFault(error) ? `${error.message} ${error.hint}` : explain(error)
        note(name, { state: mayPass ? 'down' : 'stopped', since: now(), heardAt: null, detail })
        if (!mayPass) break
        await sleep(waitMs, signal).catch(() => {}) // told to stop meanwhile: the loop ends
      }
    }
    return async () => {}
  }

  return {
    adapters,

    /** Starts them all. Resolves once each has started or failed once, or after a while; gives what stops them. */
    start: async (door: Door): Promise<() => Promise<void>> => {
      const stopping = new AbortController()
      const running = [...adapters].map(([name, adapter]) => startOne(name, adapter, door, stopping.signal))
      const leave = new AbortController()
      await Promise.race([Promise.allSettled(running), sleep(patienceMs, leave.signal).catch(() => {})]) // ended below
      leave.abort()
      return async () => {
        stopping.abort()
        await Promise.all(running.map(async (each) => (await each)()))
        for (const name of adapters.keys()) {
          const { heardAt = null } = health.value[name] ?? {}
          note(name, { state: 'stopped', since: now(), heardAt, detail: null })
        }
      }
    },

    /** Channels that the config gives to a project, and the homes of the chats. */
    channels: chosen.flatMap(({ name, options }) => {
      const { channels } = commonOf(options)
      return Object.entries(channels).map(([channel, project]) => ({
        place: { platform: name, channel, thread: null } satisfies Place,
        project,
      }))
    }),
    homes: chosen.flatMap(({ name, options }): readonly Place[] => {
      const { home } = commonOf(options)
      return home === null ? [] : [{ platform: name, channel: home, thread: null }]
    }),
  }
}

/** A start and a stop that were wanted are no news. */
const isTold = (before: Health | undefined, { state, detail }: Health): boolean =>
  (state === 'up' && before?.state === 'down') || ((state === 'down' || state === 'stopped') && detail !== null)

export type Chats = Awaited<ReturnType<typeof openChats>>

const commonOf = (options: unknown): CommonOptions => options as CommonOptions // every chat's own schema has made them so

/** No secret of the bot's leaves in a card. */
export const withoutSecrets = (adapter: ChatAdapter, redact: Redact): ChatAdapter => {
  const { open, whisper } = adapter
  return {
    ...adapter,
    post: (place, card, sending) => adapter.post(place, redactDeep(card, redact), sending),
    edit: (ref, card) => adapter.edit(ref, redactDeep(card, redact)),
    ...(open && {
      open: (channel, card, sending) => open(channel, redactDeep(card, redact), { ...sending, title: redact(sending.title) }),
    }),
    ...(whisper && { whisper: (inbound, card) => whisper(inbound, redactDeep(card, redact)) }),
  }
}
