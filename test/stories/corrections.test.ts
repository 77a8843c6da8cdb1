import { expect, test } from 'vitest'
import { town } from '../fakes/town.ts'

const working = async (settings: Parameters<typeof town>[0] = {}) => {
  const all = await town(settings)
  await all.bob.says('fix #1')
  return all
}

test('what an agent was told and is said otherwise now, it is told as a correction', async () => {
  const { bob, agent, chat } = await working()
  const said = await bob.says('use zod', { in: 'app-1' })
  await bob.edits(said, 'use yup', { in: 'app-1' })
  expect(agent.heard()).toEqual(['bob: use zod', 'bob: Correction of what I said before: use yup'])
  expect(chat.marks()).toContain(said)
})

test('what was told and is taken back, is told as such, once', async () => {
  const { bob, agent } = await working()
  const said = await bob.says(`use zod ${'very '.repeat(60)}much`, { in: 'app-1' })
  await bob.deletes(said, { in: 'app-1' })
  await bob.deletes(said, { in: 'app-1' })
  expect(agent.heard()).toHaveLength(2)
  expect(agent.heard()[1]).toMatch(/^bob: I took back what I said before: “use zod very .{90,110}…”$/)
})

test('pitfall 10: an edited message is never an order', async () => {
  const { ana, agent, chat, sessions } = await working()
  const said = await ana.says('use zod', { in: 'app-1' })
  await ana.edits(said, 'stop app-1', { in: 'app-1' })
  chat.shows('An edited message is not carried out; say it anew.')
  expect(agent.heard()).toEqual(['ana: use zod'])
  await ana.edits(said, 'fix #2')
  expect(sessions().map(({ id, phase }) => [id, phase])).toEqual([['app-1', 'live']])
})

test('pitfall 10: nor is it an answer, a yes or what somebody was asked for', async () => {
  const { bob, agent, facts, sessions } = await working()
  const said = await bob.says('hm', { in: 'app-1' })
  await agent.asks({ text: 'Which?', options: ['Throw', 'Return null'] })
  await bob.edits(said, '2', { in: 'app-1' })
  expect(await facts()).not.toContain('question.decided')
  await bob.says('can somebody get going on #2')
  await bob.edits(said, 'yes')
  expect(sessions()).toHaveLength(1)
})

test('words that no agent was told, and those of somebody else, stay between people', async () => {
  const { bob, dan, eve, agent, chat } = await working()
  const told = await bob.says('use zod', { in: 'app-1' })
  const thanks = await bob.says('thanks!', { in: 'app-1' })
  const before = chat.text()
  await bob.edits(thanks, 'what a day', { in: 'app-1' })
  await bob.deletes(thanks, { in: 'app-1' })
  await dan.edits(told, 'use yup', { in: 'app-1' })
  await eve.edits(told, 'use yup', { in: 'app-1' })
  await eve.deletes(told, { in: 'app-1' })
  await bob.deletes('nobody said that', { in: 'app-1' })
  await bob.edits(told, 'use zod', { in: 'app-1' }) // a preview was added to it
  await bob.edits(told, 'what a day')
  expect(chat.text()).toBe(before)
  expect(agent.heard()).toEqual(['bob: use zod'])
})

test('an agent that has ended is told nothing', async () => {
  const { bob, agent, chat } = await working()
  const said = await bob.says('use zod', { in: 'app-1' })
  await bob.says('stop app-1')
  const before = chat.text()
  await bob.deletes(said, { in: 'app-1' })
  expect(chat.text()).toBe(before)
  expect(agent.heard()).toEqual(['bob: use zod'])
})

test('after a restart it is still known what was told', async () => {
  const { bot, bob, agent } = await working()
  const said = await bob.says('use zod', { in: 'app-1' })
  bot.crashes()
  await bot.starts()
  await bob.deletes(said, { in: 'app-1' })
  expect(agent.heard()).toEqual(['bob: use zod', 'bob: I took back what I said before: “use zod”'])
})
