import type { ChatKind } from '../../bot/contracts/chat.ts'
import { type DiscordOptions, discordOptions } from './options.ts'

/** Discord, by its gateway: no port is open. The library is loaded when a config names it. */
export const discord: ChatKind = {
  name: 'discord',
  summary: 'Discord: a slash command, threads, buttons and forms, over the gateway.',
  options: discordOptions,
  // The options are what the schema above made of the config.
  create: async (options, host) => (await import('./client.ts')).openDiscord(options as DiscordOptions, host),
  examine: async (options, ask) => (await import('./client/examine.ts')).examineDiscord(options as DiscordOptions, ask),
}
