import type { ChatKind } from '../../bot/contracts/chat.ts'
import { optionsShape } from './options.ts'

/** Telegram, by the Bot API. */
export const telegram: ChatKind = {
  name: 'telegram',
  summary: 'A Telegram bot: private chats, groups with topics and without.',
  options: optionsShape,
  create: async (options, host) => {
    const { createTelegram } = await import('./client.ts')
    return createTelegram(optionsShape.parse(options), host)
  },
  examine: async (options, ask) => {
    const { examine } = await import('./client/examine.ts')
    return examine(optionsShape.parse(options), ask)
  },
}
