import { expect, onTestFinished, test } from 'vitest'
import { botScopes } from '../../../adapters/slack/manifest.ts'
import { chatKinds } from '../../../bot/chats.ts'
import { examineChats } from '../../../bot/cli/examine.ts'
import { startFakeDiscord } from '../../fakes/discord/index.ts'
import { startFakeSlack } from '../../fakes/slack/index.ts'
import { startFakeTelegram } from '../../fakes/telegram/index.ts'

/** All three platforms, set up as their pages say, with a home each. */
const worldOf = async () => {
  const [slack, telegram, discord] = await Promise.all([
    startFakeSlack({ scopes: botScopes.map(({ name }) => name) }),
    startFakeTelegram(),
    startFakeDiscord(),
  ])
  onTestFinished(async () => void (await Promise.all([slack.close(), telegram.close(), discord.close()])))
  const home = telegram.group({ isForum: true, bot: 'admin', canManageTopics: true })
  const given = {
    slack: { botToken: slack.tokens.bot, appToken: slack.tokens.app, apiUrl: slack.apiUrl, home: 'C0HOME' },
    telegram: { token: telegram.token, apiRoot: telegram.url, home },
    discord: { token: discord.state.token, apiUrl: discord.apiUrl(), home: discord.world.general.id },
  }
  const chats = Object.fromEntries(Object.entries(given).map(([name, options]) => [name, chatKinds[name]?.options.parse(options)]))
  return { slack, telegram, discord, chats }
}
const look = { now: Date.now, isBotRunning: false, limitMs: 15_000 }

test('chats that are set up as their pages say have nothing to mend, and a message goes there and away again', async () => {
  const { slack, telegram, discord, chats } = await worldOf()
  const found = await examineChats(chats, chatKinds, { ...look, isRoundTrip: true })
  expect(found.filter(({ level }) => level !== 'PASS')).toEqual([])
  for (const name of ['slack', 'telegram', 'discord'])
    expect(found.filter(({ what }) => what.startsWith(`${name}: `)).length).toBeGreaterThan(2)
  expect([...slack.complaints, ...telegram.complaints, ...discord.complaints]).toEqual([])
})

test('a wrong token is a finding of its own chat, with the cure', async () => {
  const { chats } = await worldOf()
  const wrong = { slack: { botToken: 'xoxb-wrong' }, telegram: { token: '100000:wrong-wrong-wrong' }, discord: { token: 'wrong' } }
  for (const [name, token] of Object.entries(wrong)) {
    const found = await examineChats({ ...chats, [name]: Object.assign({}, chats[name], token) }, chatKinds, {
      ...look,
      isRoundTrip: false,
    })
    const failed = found.filter(({ level }) => level === 'FAIL')
    expect(failed.map(({ what }) => what.slice(0, name.length).toLowerCase())).toEqual([name])
    expect(failed[0]?.cure?.length).toBeGreaterThan(20)
  }
})
