import { expect, test, vi } from 'vitest'
import { discordStand } from '../../fakes/discord/stand.ts'
import { slackStand } from '../../fakes/slack/stand.ts'
import type { Stand } from '../../fakes/stand.ts'
import { telegramStand } from '../../fakes/telegram/stand.ts'
import { green, working } from './scene.ts'

vi.setConfig({ maxConcurrency: 12 }) // mostly they wait for the platform's rates

const ways: readonly (readonly [string, () => Promise<Stand>, () => Promise<Stand>])[] = [
  ['Slack to Telegram', slackStand, () => telegramStand('topics')],
  ['Telegram to Discord', () => telegramStand('topics'), discordStand],
  ['Discord to Telegram without topics', discordStand, () => telegramStand('chains')],
  ['Telegram without topics to Slack', () => telegramStand('chains'), slackStand],
]
const timeout = 60_000

test.concurrent.for(ways)(
  'a session moves from %s and back, and is answered wherever it is',
  { timeout },
  async ([, from, to], context) => {
    const there = await to()
    const all = await working(context, await from(), { others: [there] })
    const second = all.within(there)
    const { place } = await all.sees('app-1', 'add() subtracts')
    await all.asks({ request: 'q1', text: 'Which name?', options: ['sum', 'add'] })
    const asked = await all.sees('Which name?')
    await second.says('ana', 'use app')
    await second.sees('From now on I take app here')
    await all.says('ana', `continue on ${there.chat}`, asked.place)
    const moved = await second.sees('Which name?')
    expect(moved.place.thread).not.toBeNull()
    await second.presses('ana', 'sum')
    await all.knows('question.decided')
    await second.sees('settled', 'Which name?')

    await all.says('ana', 'here app-1')
    await all.sees('app-1 goes on here')
    await all.asks({ request: 'q2', text: 'Which file?', options: ['one.ts', 'two.ts'] })
    await all.sees('Which file?')
    expect((await second.all()).filter(({ text }) => text.includes('Which file?'))).toEqual([])
    expect(place.platform).toBe(all.stand.chat)
    for (const stand of [all.stand, there]) expect(stand.network?.complaints()).toEqual([])
  },
)

test.concurrent.for(ways)(
  'what is followed from the other chat (%s) is called out in both, and settled in both; muted, it is quiet',
  { timeout },
  async ([, from, to], context) => {
    const there = await to()
    const all = await working(context, await from(), { others: [there], roles: { bob: ['maintainer'] } })
    const second = all.within(there)
    await all.sees('app-1', 'add() subtracts')
    await second.says('ana', 'follow app-1')
    await second.sees('app-1', 'follow')
    await all.asks({ request: 'q1', text: 'Which name?', options: ['sum', 'add'] })
    const asked = await all.sees('Which name?')
    await second.sees('Which name?')
    await all.presses('ana', 'sum')
    await all.sees('settled', 'Which name?')
    await second.sees('settled', 'Which name?')

    await all.says('ana', 'mute app-1', asked.place)
    await all.sees('app-1', 'unmute')
    await all.asks({ request: 'q2', text: 'Which file?', options: ['one.ts', 'two.ts'] })
    await second.sees('Which file?')
    expect((await all.all()).filter(({ text }) => text.includes('Which file?'))).toEqual([])
    await all.says('ana', 'unmute app-1', asked.place)
    await all.sees('Which file?')
  },
)

test.concurrent.for(ways)('pitfall 9: one human with two accounts (%s) approves once', { timeout }, async ([, from, to], context) => {
  const there = await to()
  const all = await green(context, await from(), { others: [there], project: { approvals: 2 }, roles: { bob: ['maintainer'] } })
  const second = all.within(there)
  await all.sees('one approval is missing')
  await all.says('ana', 'approve app-1')
  await all.sees('ana approved #7')
  await second.says('ana', 'approve app-1')
  await second.says('ana', 'merge app-1')
  await second.sees('#7 has 1 of 2 approvals')
  expect(all.world.main).toEqual([])
  await second.says('bob', 'approve app-1')
  await second.sees('bob approved #7')
  await all.presses('ana', 'Merge')
  await all.sees('app-1 · merged: #7 is on main')
  expect(all.world.main).toHaveLength(1)
})
