import type { z } from 'zod'
import type { Finding as Found, Log } from '../../core/contracts/plugins.ts'
import type { Document } from '../../core/contracts/store.ts'
import type { ChatAdapter, Health } from './adapter.ts'

/** A command as a platform lists it. */
export type ListedCommand = { readonly name: string; readonly summary: string }

/** What an adapter gets from the bot when it is made. */
export type ChatHost = {
  readonly log: Log
  readonly now: () => number
  /** A small document of its own, kept over restarts: what was registered, where it stood. */
  readonly document: (empty: Readonly<Record<string, unknown>>) => Promise<Document<Record<string, unknown>>>
  /** The commands there are, best first; asked for once the bot is up. */
  readonly commands: () => Promise<readonly ListedCommand[]>
  /** Told at every change of state, and now and then while all is well. */
  readonly onHealth: (health: Health) => void
}

/** What one look found, with the cure where something is missing: the same for chats as for plugins. */
export type Finding = Found

/** A chat that the config can name under `chats`. Its module loads nothing heavy: the platform's library comes with `create`. */
export type ChatKind = {
  readonly name: string
  /** One sentence for `ao init` and the docs. */
  readonly summary: string
  /** Every option with its default and one sentence. */
  readonly options: z.ZodType
  /** `options` is what the schema made of the config. Resolves without touching the network. */
  create(options: unknown, host: ChatHost): Promise<ChatAdapter>
  /** `isBotRunning`: a bot of ours listens with the same token now, so nothing may be asked that would take its words from it. Looks whether token, permissions and settings are as they must be, each with its cure. Sends nothing that people see, except where `roundTrip` asks for it. Never rejects. */
  examine(
    options: unknown,
    ask: { readonly now: () => number; readonly isRoundTrip: boolean; readonly isBotRunning: boolean },
  ): Promise<readonly Finding[]>
}

/** What every chat's options have besides its own. */
export type CommonOptions = {
  /** The channel where sessions that nobody asked for in a chat are shown; null: the console. */
  readonly home: string | null
  /** Channels that belong to a project, by their id. */
  readonly channels: Readonly<Record<string, string>>
}
