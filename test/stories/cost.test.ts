import { test } from 'vitest'
import { town } from '../fakes/town.ts'

const used = (input: number, model = 'gpt-5') => ({ model, input, cacheRead: 0, cacheWrite: 0, output: 0, costUsd: null })
const million = 1_000_000

test('what work costs is told of a session, and of all, through restarts of the bot and after it has ended', async () => {
  const { ana, agentOf, chat, clock, bot } = await town({})
  await ana.says('fix #1')
  await agentOf('app-1').spends(used(million))
  await agentOf('app-1').idles('I have begun.')
  await ana.says('cost app-1')
  chat.shows('app-1 cost $1.25 by list price so far.', '1,000,000 tokens in, 0 out, of gpt-5; $1.25 by list price')
  await ana.says('how much did this cost so far?', { in: 'app-1' })
  await ana.says('costs today')
  chat.shows('Work today: $1.25 by list price')

  await clock.passes('2d')
  await agentOf('app-1').spends(used(3 * million), used(million, 'not-a-model'))
  await agentOf('app-1').idles('It adds now.')
  await ana.says('costs today')
  chat.shows('Work today: at least $2.50 by list price')
  await ana.says('stop app-1')
  bot.crashes()
  await bot.starts()
  await ana.says('cost today')
  chat.shows('Work today: at least $2.50 by list price', 'No price is known for not-a-model')
  await ana.says('show app-1')
  chat.shows('used 3,000,000 tokens in, 0 out, of gpt-5; $3.75 by list price', 'together at least $3.75 by list price')
})
