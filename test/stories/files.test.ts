import { expect, test } from 'vitest'
import { town } from '../fakes/town.ts'

const working = async () => {
  const all = await town({})
  await all.ana.says('fix #1')
  return all
}
const inThread = { in: 'app-1' }

test('a file sent in the thread is put into the workspace, and the agent is told where', async () => {
  const { ana, agent } = await working()
  await ana.sends([{ name: 'trace.txt' }], 'it broke here', inThread)
  expect(agent.heard().at(-1)).toBe(
    'ana: it broke here\nA file came with this: /worktrees/app-1/.ao-files/1-trace.txt (trace.txt, 22 bytes)',
  )
})

test('a file without words is news enough', async () => {
  const { ana, agent } = await working()
  await ana.sends([{ name: 'trace.txt' }], '', inThread)
  expect(agent.heard().at(-1)).toMatch(/^ana: A file came with this: /)
})

test('words that come with a file are for the agent, whatever they read like', async () => {
  const { ana, agent, facts } = await working()
  await ana.sends([{}], 'stop', inThread)
  expect(agent.heard().at(-1)).toMatch(/^ana: stop\nA file/)
  expect(await facts()).not.toContain('session.stopped')
})

test('what was spoken is shown before it is sent, and sent when whoever spoke says so', async () => {
  const { ana, agent, chat } = await working()
  await ana.sends([{ name: 'voice.ogg', kind: 'voice' }], '', inThread)
  chat.shows('please use zod', 'Yes')
  expect(agent.heard()).toEqual([])
  await ana.presses('Yes')
  expect(agent.heard()).toEqual(['ana: please use zod'])
})

test('a file that is too large, or sent where no agent is, goes nowhere and says so', async () => {
  const { ana, agent, chat } = await working()
  await ana.sends([{ name: 'core.dump', sizeBytes: 5_000 }], 'look', inThread)
  chat.shows('The file core.dump has 5 kB, more than the 1 kB that are taken.')
  await ana.sends([{}], 'status')
  chat.shows('A file has no agent to go to here', '1 session')
  expect(agent.heard()).toEqual([])
})

test('who may not tell the agent anything cannot send it a file either', async () => {
  const { dan, agent, chat } = await working()
  await dan.sends([{}], 'look', inThread)
  chat.shows('dan')
  expect(agent.heard()).toEqual([])
})
