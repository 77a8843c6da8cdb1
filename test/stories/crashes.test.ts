import { expect, test } from 'vitest'
import { type Death, town } from '../fakes/town.ts'

test('after a crash at any moment the next start goes on, and nothing is done twice', async () => {
  const whole = await tell()
  expect(whole.merges).toBe(1)
  const moments = Array.from({ length: whole.appends }, (_, index) => index + 1)
  for (const count of moments) {
    for (const when of ['before', 'after'] as const) {
      const { merges, heard, processes, chat, facts, isOver } = await tell({ when, at: (_fact, append) => append === count })
      const where = `crashed ${when} append ${count}:\n${facts.join('\n')}\n\n${chat}`
      expect({ merges, heard, processes, isOver }, where).toEqual({ merges: 1, heard: whole.heard, processes: 1, isOver: true })
      expect(chat, where).toContain('app-1 · merged: #7 is on main')
    }
  }
}, 20_000)

/** The story from a wish to a merge, with words on the way, and a bot that is started again whenever it died. */
const tell = async (death?: Death) => {
  const { ana, agent, scm, chat, clock, bot, facts } = await town()
  bot.isMended()
  if (death) bot.willCrash(death.when, death.at)
  await ana.says('fix #1')
  await clock.passes('10s')
  const isBegun = agent.isAlive() // whatever comes later would wake a session that was forgotten
  await ana.says('tell app-1 use zod')
  await clock.passes('10s')
  await agent.finishes()
  await clock.passes('10s')
  await scm.checks('failing', 'lint')
  await clock.passes('10s')
  await agent.finishes('Lint is happy.')
  await clock.passes('10s')
  await scm.checks('passing')
  await clock.passes('10s')
  await ana.says('merge app-1')
  await clock.passes('1m')
  return {
    appends: bot.appends(),
    merges: scm.main().length,
    heard: agent.heard(),
    processes: agent.prompts().length,
    chat: chat.text(),
    facts: await facts(),
    isOver: isBegun && (await facts()).includes('workspace.removed') && !agent.isAlive(),
  }
}

test('what was said just before a crash is dealt with after it, once, whatever the platform delivers again', async () => {
  const { ana, bot, chat, agent, facts } = await town()
  bot.willCrash('before', 'handled')
  await ana.says('fix #1')
  expect(bot.isAlive()).toBe(false)
  await bot.starts()
  await chat.redelivers()
  await chat.redelivers()
  expect((await facts()).filter((type) => type === 'session.requested')).toHaveLength(1)
  expect(agent.prompts()).toHaveLength(1)
  chat.hides('already', 'app-2')
})

test('an inbox that is replayed after a crash grants no wish twice', async () => {
  const { ana, agent, scm, bot, chat, facts } = await town()
  await ana.says('fix #1')
  await ana.says('tell app-1 use zod')
  await agent.finishes()
  await scm.checks('passing')
  bot.willCrash('before', 'handled')
  await ana.says('merge app-1')
  await bot.starts()
  await chat.redelivers()
  expect(agent.heard()).toEqual(['ana: use zod'])
  expect(scm.main()).toHaveLength(1)
  expect((await facts()).filter((type) => type === 'merge.requested')).toHaveLength(1)
  chat.hides('is being merged', 'already', 'has ended')
})

test('crashed after handing a message over, and it arrived: it is found, not said again', async () => {
  const { ana, agent, bot, holds, clock, chat } = await town()
  await ana.says('fix #1')
  holds('agent.tell', 'after')
  await ana.says('tell app-1 use zod')
  bot.crashes()
  await bot.starts()
  await clock.passes('1m')
  expect(agent.heard()).toEqual(['ana: use zod'])
  chat.hides('is being', 'not confirmed')
})

test('crashed before a message arrived: its absence is proven first, and then it is said, once', async () => {
  const { ana, agent, bot, holds, clock, facts } = await town()
  await ana.says('fix #1')
  const release = holds('agent.tell', 'before')
  await ana.says('tell app-1 use zod')
  expect(await facts()).toContain('message.handed')
  bot.crashes()
  await release()
  await bot.starts()
  expect(agent.heard()).toEqual([])
  await clock.passes('1m')
  expect(agent.heard()).toEqual(['ana: use zod'])
  expect(await facts()).toContain('message.absent')
})

test('an agent that leaves no trace is never told twice on a guess: people decide', async () => {
  const { ana, agent, bot, holds, chat, clock } = await town({ reactions: { 'agent-idle': { retries: 0 } } })
  await ana.says('fix #1 agent=bee')
  await agent.idles()
  const release = holds('agent.tell', 'before')
  await ana.says('tell app-1 use zod')
  bot.crashes()
  await release()
  await bot.starts()
  await clock.passes('1m')
  chat.shows('app-1 · not confirmed: nobody can say whether the agent heard this', '“ana: use zod”')
  expect(agent.heard().filter((words) => words.includes('use zod'))).toEqual([])
  await agent.idles()
  await ana.presses('Send again')
  expect(agent.heard().filter((words) => words.includes('use zod'))).toHaveLength(1)
})

test('pitfall 1: a crash while merging ends with a look at what became of it', async () => {
  const { ana, agent, scm, bot, holds, chat } = await town()
  await ana.says('fix #1')
  await agent.finishes()
  await scm.checks('passing')
  holds('scm.merge', 'after')
  await ana.presses('Merge')
  bot.crashes()
  await bot.starts()
  chat.shows('app-1 · merged: #7 is on main as')
  expect(scm.main()).toHaveLength(1)
})

test('pitfall 2: old buttons work after a restart, and an answer is bound to the question that is still open', async () => {
  const { ana, agent, bot, chat, eyes, facts } = await town()
  await ana.says('fix #2')
  await agent.asks({ text: 'Throw?', options: ['Yes', 'No'] })
  const yes = chat.button('Yes')
  bot.crashes()
  await bot.starts()
  expect(chat.count('app-1 asks: Throw?')).toBe(1)
  await ana.presses(yes)
  await eyes.look()
  expect(await facts()).toContain('question.confirmed')
})

test('what the world did while nobody looked is seen at the next start', async () => {
  const { ana, agent, bot, chat } = await town()
  await ana.says('fix #1')
  bot.crashes()
  await agent.finishes('Done while you slept.')
  await bot.starts()
  chat.shows('app-1 · ci running', 'says: Done while you slept.')
  bot.crashes()
  await agent.dies('SIGKILL', 'Out of memory')
  await bot.starts()
  chat.shows('app-1 · the agent is gone', 'Out of memory')
})

test('timers survive: what was due while the bot was down happens once at the next start', async () => {
  const { ana, agent, scm, bot, clock, chat } = await town()
  await ana.says('fix #1')
  await agent.finishes()
  await scm.reviewed('changes-requested', { author: 'cyn', isBot: false, text: 'the name is wrong' })
  bot.crashes()
  await clock.passes('2h')
  chat.hides('changes were requested')
  await bot.starts()
  chat.shows('app-1 · changes were requested', 'not put right for 2 h')
  expect(chat.count('app-1 · changes were requested')).toBeGreaterThan(0)
})
