import { z } from 'zod'
import type { ChatKind, Finding } from '../../../bot/contracts/chat.ts'

/** A chat that can be looked at and nothing else; what it is asked is in `asked`. */
export const kindOf = (name: string, examine: (options: unknown) => Promise<readonly Finding[]> = async () => []) => {
  const asked: { readonly options: unknown; readonly isRoundTrip: boolean; readonly isBotRunning: boolean }[] = []
  const kind: ChatKind = {
    name,
    summary: `${name}, for tests`,
    options: z.strictObject({
      ...(name === 'slack'
        ? { botToken: z.string().startsWith('xoxb-'), appToken: z.string().startsWith('xapp-') }
        : { token: z.string() }),
      home: z.string().nullable().default(null),
    }),
    create: () => Promise.reject(new Error('nobody talks here')),
    examine: (options, ask) => {
      asked.push({ options, isRoundTrip: ask.isRoundTrip, isBotRunning: 'isBotRunning' in ask && ask.isBotRunning === true })
      return examine(options)
    },
  }
  return { kind, asked }
}

/** Tokens of the right shape that no platform ever gave out. */
export const fakeTokens = {
  SLACK_BOT_TOKEN: 'xoxb-0000-not-a-token',
  SLACK_APP_TOKEN: 'xapp-0000-not-a-token',
  TELEGRAM_TOKEN: `100000:${'fake-token_'.padEnd(35, '0')}`,
  DISCORD_TOKEN: `${'fake'.padEnd(24, '0')}.token0.${'0'.repeat(27)}`,
}
