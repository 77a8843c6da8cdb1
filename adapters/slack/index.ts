import type { ChatKind } from '../../bot/contracts/chat.ts'
import { slackOptions } from './options.ts'

/** Slack: a thread for each session, the command `/ao`, buttons and forms; over a connection of its own (Socket Mode) or by signed HTTP. */
export const slack: ChatKind = {
  name: 'slack',
  summary: 'Slack: a thread for each session, /ao, mentions, buttons and forms; no open port needed.',
  options: slackOptions,
  create: async (options, host) => {
    const { createSlack } = await import('./client/adapter.ts')
    return createSlack(slackOptions.parse(options), host)
  },
  examine: async (options, ask) => {
    const { examineSlack } = await import('./client/examine.ts')
    return examineSlack(slackOptions.parse(options), ask)
  },
}
