import { describe, expect, test } from 'vitest'
import { problemOf, setups } from '../../../bot/cli/setups.ts'
import { fakeTokens } from './kinds.ts'

const { SLACK_BOT_TOKEN: bot, TELEGRAM_TOKEN: telegramToken } = fakeTokens

describe('what looks like a token', () => {
  const secrets = Object.values(setups).flatMap(({ secrets: all }) => all)
  const secretOf = (variable: string) => secrets.find((secret) => secret.variable === variable)

  test.each(Object.entries(fakeTokens))('%s of the right shape', (variable, token) => {
    const secret = secretOf(variable)
    expect(secret && problemOf(token, secret)).toBeNull()
  })

  test.each<[string, string, string]>([
    ['SLACK_BOT_TOKEN', 'xoxp-1-2-3', 'of a user'],
    ['SLACK_BOT_TOKEN', '0123456789abcdef0123456789abcdef', 'a secret of the app'],
    ['SLACK_APP_TOKEN', bot, 'the bot token'],
    ['SLACK_APP_TOKEN', 'xapp-', 'begins with xapp-'],
    ['TELEGRAM_TOKEN', '123456789', 'a number alone'],
    ['TELEGRAM_TOKEN', telegramToken.slice(0, -1), '35 characters'],
    ['TELEGRAM_TOKEN', `${telegramToken}x`, '35 characters'],
    ['DISCORD_TOKEN', '112233445566778899', 'the id of the application'],
    ['DISCORD_TOKEN', 'a'.repeat(64), 'the public key'],
    ['DISCORD_TOKEN', 'Ab1'.repeat(10).concat('xy'), 'the client secret'],
    ['DISCORD_TOKEN', 'what', 'three parts'],
  ])('%s: %j is told', (variable, token, says) => {
    const secret = secretOf(variable)
    expect(secret && problemOf(token, secret)).toContain(says)
  })
})
