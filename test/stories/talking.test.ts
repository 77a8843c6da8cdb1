import { expect, test } from 'vitest'
import { town } from '../fakes/town.ts'

const working = async () => {
  const all = await town()
  await all.bob.says('fix #1')
  return all
}

test('what the agent says at the end of a turn answers who spoke to it, in its thread, whole', async () => {
  const { bob, ana, agent, chat } = await working()
  await bob.says('explain zod', { in: 'app-1' })
  await ana.says('tell app-1 explain it')
  await agent.idles('Because **yup** is not kept up any more.\n\n- It has no types.\n- Nobody answers.')
  const card = chat.cards().find(({ key }) => key.startsWith('said:app-1:'))
  expect(card).toMatchObject({ title: 'app-1 · ant to bob and ana', body: expect.stringContaining('- Nobody answers.') })
})

test('each answer is a message of its own, and one that nobody asked for is none', async () => {
  const { bob, agent, chat } = await working()
  const answers = () => chat.cards().filter(({ key }) => key.startsWith('said:'))
  await agent.idles('I looked around.')
  expect(answers()).toEqual([])
  await bob.says('go on', { in: 'app-1' })
  await agent.idles('I went on.')
  await bob.says('and on', { in: 'app-1' })
  await agent.idles('And on.')
  expect(answers().map(({ body }) => body)).toEqual(['I went on.', 'And on.'])
})

test('an answer is not lost when the bot dies with it, and not said twice', async () => {
  const { bob, agent, chat, bot } = await working()
  await bob.says('explain zod', { in: 'app-1' })
  bot.crashes()
  await agent.idles('Because.')
  await bot.starts()
  bot.crashes()
  await bot.starts()
  expect(chat.cards().filter(({ body }) => body === 'Because.')).toHaveLength(1)
})

test('interrupted, the agent breaks off its turn, hears the words, and nobody asks it why it stopped', async () => {
  const { bob, agent, chat, clock, facts } = await working()
  await bob.says('interrupt app-1: use zod')
  chat.shows('bob breaks off its turn')
  await clock.passes('1s')
  expect(await facts()).toContain('message.confirmed')
  await agent.idles('Zod it is.')
  expect(chat.cards().find(({ key }) => key.startsWith('said:'))?.body).toBe('Zod it is.')
  await bob.says('interrupt app-1')
  chat.shows('app-1 has ended its turn already.')
  await bob.says('tell app-1 go on')
  await bob.says('interrupt app-1')
  await clock.passes('3h')
  expect(chat.cardOf('app-1').title).toContain('idle')
  chat.hides('idle:')
})

test('who talks with the agent has time to think before it is told to get on with its task', async () => {
  const { bob, agent, clock, factsOf } = await working()
  const nudges = async () => (await factsOf()).filter((fact) => fact.type === 'message.queued' && fact.from === 'ao').length
  await bob.says('explain zod', { in: 'app-1' })
  await agent.idles('It is **small**.')
  await clock.passes('4m')
  await bob.says('and yup', { in: 'app-1' })
  await agent.idles('It is not.')
  await clock.passes('4m')
  expect(await nudges()).toBe(0)
  await clock.passes('2m')
  expect(await nudges()).toBe(1)
})
