import { consoleStand } from '../../adapters/console/stand.ts'
import { discordStand } from '../../fakes/discord/stand.ts'
import { slackStand } from '../../fakes/slack/stand.ts'
import type { Stand } from '../../fakes/stand.ts'
import { telegramStand } from '../../fakes/telegram/stand.ts'

type Named = readonly (readonly [string, () => Promise<Stand>])[]

/** The chats behind a network, with the rates that they keep. */
export const platforms: Named = [
  ['Slack', () => slackStand()],
  ['Telegram', () => telegramStand('topics')],
  ['Telegram without topics', () => telegramStand('chains')],
  ['Discord', () => discordStand()],
]

/** Every chat there is. The same stories are told in each. */
export const stands: Named = [['the console', consoleStand], ...platforms]
