import { describe, expect, test, vi } from 'vitest'
import { eventually } from '../../contracts/adapter.ts'
import { discordStand } from '../../fakes/discord/stand.ts'
import { slackStand } from '../../fakes/slack/stand.ts'
import { telegramStand } from '../../fakes/telegram/stand.ts'
import { green, type Scene, scene, working } from './scene.ts'

vi.setConfig({ maxConcurrency: 12 }) // mostly they wait for the platform's rates

const timeout = 60_000

/** The bot has dealt with all that was said there before, and nothing was begun. */
const nothingBegan = async (all: Scene): Promise<void> => {
  await all.says('ana', 'status')
  await all.sees('Nothing is at work')
  expect(all.world.processes.size).toBe(0)
  expect(all.sessions()).toEqual([])
}
const isMerged = (all: Scene) =>
  eventually(
    () => all.world.main.length,
    (count) => count === 1,
    20_000,
  )

describe('in Slack', { concurrent: true, timeout }, () => {
  test('pitfall 5: a click that names another team is the click of the same person', async (context) => {
    const stand = await slackStand()
    const all = await green(context, stand)
    const { place } = await all.sees('waits for your decision')
    await stand.fake.person(stand.accounts.ana, 'ana', 'T9FAR').presses('Merge', place, { team: 'E9GRID' })
    await isMerged(all)
  })

  test('pitfall 10: words that were edited into an order are none', async (context) => {
    const stand = await slackStand()
    const all = await scene(context, stand)
    const ana = stand.fake.person(stand.accounts.ana, 'ana')
    const { ts } = ana.mentions('help fix', { channel: stand.channel.channel, thread: null })
    await eventually(
      () => stand.sent().messages,
      (count) => count > 0,
    )
    await ana.edits(ts, '<@U0BOT> fix #1', stand.channel.channel).delivered
    await nothingBegan(all)
  })

  test('pitfall 16: when its channel is archived, a session goes on in private with whoever asked for it', async (context) => {
    const stand = await slackStand()
    const all = await scene(context, stand, { roles: { bob: ['maintainer'] } })
    await all.says('bob', 'fix #1')
    const { place } = await all.sees('app-1', 'add() subtracts')
    await all.knows('agent.started')
    await stand.network?.removes({ ...place, thread: null })
    await all.finishes()
    await all.checks('passing')
    const call = await all.sees('waits for your decision')
    expect(call.place.channel).toBe('D0BOB')
    await all.presses('bob', 'Merge')
    await isMerged(all)
  })
})

describe('in Telegram', { concurrent: true, timeout }, () => {
  test('pitfall 10: nobody obeys an anonymous admin, a forwarded order, or one that was edited in', async (context) => {
    const stand = await telegramStand('chains')
    const all = await scene(context, stand)
    const { fake, channel } = stand
    const ana = { id: Number(stand.accounts.ana), name: 'Ana', username: null }
    const order = `@${fake.bot.username} fix #1`
    await fake.people.says(ana, channel, order, { fields: { sender_chat: { id: Number(channel.channel), type: 'group', title: 'Team' } } })
    await fake.people.says(ana, channel, order, {
      fields: { forward_origin: { type: 'hidden_user', sender_user_name: 'Ana', date: 1_700_000_000 } },
    })
    const said = await fake.people.says(ana, channel, `@${fake.bot.username} help fix`)
    await fake.people.edits(channel.channel, said, order)
    await nothingBegan(all)
  })

  test('pitfall 16: a group that gets another number takes all that belongs to it along', async (context) => {
    const stand = await telegramStand('chains')
    const all = await working(context, stand)
    await all.asks({ text: 'Which name?', options: ['sum', 'add'] })
    await all.sees('Which name?')
    const to = await stand.fake.migrates(stand.channel.channel)
    const moved = { ...stand.channel, channel: to }
    const sees = (words: string) =>
      eventually(
        () => stand.fake.people.sees(moved).map(({ text }) => text),
        (texts) => texts.some((text) => text.includes(words)),
        20_000,
      )
    await all.finishes()
    await all.checks('passing')
    await sees('app-1')
    await sees('Which name?')
    await stand.fake.people.presses({ id: Number(stand.accounts.ana), name: 'Ana', username: null }, moved, 'sum')
    await all.knows('question.decided')
  })
})

describe('in Discord', { concurrent: true, timeout }, () => {
  test('pitfall 10: nobody obeys a webhook, a forwarded order, or one that was edited in', async (context) => {
    const stand = await discordStand()
    const all = await scene(context, stand)
    const { people, world } = stand.fake
    const as = world.people.ana
    const order = `<@${world.bot.id}> fix #1`
    // Each is confirmed with the next beat of the gateway's heart; they come in this order.
    people.speaks(stand.channel, order, { as, webhook: '99' })
    people.speaks(stand.channel, order, { as, isForwarded: true, answers: world.snowflake() })
    people.speaks(stand.channel, `<@${world.bot.id}> help fix`, { as })
    void people.edits(stand.channel, order)
    await nothingBegan(all)
  })

  test.for([
    ['archived', false],
    ['locked', true],
  ] as const)(
    'pitfall 16: a thread that is %s is opened again or made anew, and what needs people is there',
    async ([, isLocked], context) => {
      const stand = await discordStand()
      const all = await working(context, stand)
      await all.asks({ text: 'Which name?', options: ['sum', 'add'] })
      const { place } = await all.sees('Which name?')
      stand.fake.people.archives(place, isLocked)
      await all.presses('ana', 'sum')
      await all.knows('question.decided')
      await all.finishes()
      await all.checks('passing')
      const call = await all.sees('waits for your decision')
      expect(call.place.thread).not.toBeNull()
      await all.presses('ana', 'Merge')
      await isMerged(all)
    },
  )
})

describe('with one data folder', { concurrent: true, timeout }, () => {
  test('pitfall 20: a second process does not start, and says who is there', async (context) => {
    const stand = await telegramStand('topics')
    const all = await scene(context, stand)
    await expect(all.startsAnother()).rejects.toMatchObject({
      code: 'DATA_FOLDER_BUSY',
      message: expect.stringContaining(String(process.pid)),
    })
    await all.says('ana', 'fix #1')
    await all.sees('app-1', 'add() subtracts')
  })
})
