import { describe, expect, test, vi } from 'vitest'
import { eventually } from '../../contracts/adapter.ts'
import { slackStand } from '../../fakes/slack/stand.ts'
import { telegramStand } from '../../fakes/telegram/stand.ts'
import { working } from './scene.ts'
import { stands } from './stands.ts'

vi.setConfig({ maxConcurrency: 45 })
const asks = { text: 'Which library?', options: ['zod', 'joi'] }
const ladder = (heights: object) => ({
  escalation: { action: { requester: null, elsewhere: null, onCall: null, channel: null, ...heights }, onCall: ['bob'] },
})

describe.each(stands)('in %s', { concurrent: true, timeout: 60_000 }, (_name, open) => {
  test('the console is no other chat: who has an account there and one here is not called twice here', async (context) => {
    const all = await working(context, await open(), { config: ladder({ requester: '1s', elsewhere: '2s', onCall: '3s' }) })
    await all.asks(asks)
    await all.sees('bob is on call')
    expect((await all.all()).filter(({ text }) => text.includes('It has waited for an answer for'))).toHaveLength(1)
  })
  test('what was answered is not being sent for ever', async (context) => {
    const all = await working(context, await open(), { config: ladder({ requester: '1s' }) })
    await all.asks(asks)
    await all.sees('It has waited for an answer for')
    await all.presses('ana', 'zod')
    await eventually(
      async () => (await all.all()).filter(({ text }) => text.includes('Which library?')),
      (some) => some.every(({ text }) => text.includes('ana said zod') && !text.includes('(sending)')),
      20_000,
    )
  })
})

test.concurrent('Slack: whom the bot cannot write to in private is called in the thread', { timeout: 60_000 }, async (context) => {
  const stand = await slackStand()
  const all = await working(context, stand, { people: { bob: { accounts: { slack: 'U0GONE' } } }, config: ladder({ onCall: '1s' }) })
  await all.asks(asks)
  await all.sees('bob is on call')
})
test.concurrent('Telegram: whom the bot cannot write to in private is called in the thread', { timeout: 60_000 }, async (context) => {
  const stand = await telegramStand('topics')
  const all = await working(context, stand, { config: ladder({ onCall: '1s' }) })
  await stand.fake.putsOut(stand.accounts.bob)
  await all.asks(asks)
  await all.sees('bob is on call')
})
test.concurrent('Telegram: whom the bot has never seen is called in the thread', { timeout: 60_000 }, async (context) => {
  const stand = await telegramStand('topics')
  const all = await working(context, stand, { people: { bob: { accounts: { telegram: '424242' } } }, config: ladder({ onCall: '1s' }) })
  await all.asks(asks)
  await all.sees('bob is on call')
})
