import { expect, test } from 'vitest'
import { town } from '../fakes/town.ts'

const minute = 60_000

/** A change that waits for a decision. */
const mergeable = async (settings: Parameters<typeof town>[0] = {}) => {
  const all = await town(settings)
  await all.bob.says('fix #1')
  await all.agent.finishes()
  await all.eyes.look()
  await all.scm.checks('passing')
  await all.scm.checks('passing')
  return all
}

test('pitfall 15: a command that was said while the bot was down is asked about when it is older than ten minutes', async () => {
  const { bot, bob, clock, chat, sessions } = await town()
  bot.crashes()
  await bob.says('fix #1')
  await clock.passes('40m')
  await bot.starts()
  chat.shows('Do you still want "fix #1"?', '40 min ago.', '[Yes] [No]')
  expect(sessions()).toEqual([])
  await bob.presses('Yes')
  expect(sessions().map(({ id }) => id)).toEqual(['app-1'])
})

test('pitfall 15: what was said less than ten minutes ago is done, and what only asks is answered whenever it was said', async () => {
  const { bot, bob, clock, chat, sessions } = await town()
  bot.crashes()
  await bob.says('status')
  await clock.passes('31m')
  await bob.says('fix #1')
  await clock.passes('9m')
  await bot.starts()
  expect(sessions().map(({ id }) => id)).toEqual(['app-1'])
  chat.shows('Nothing is at work.')
  chat.hides('Do you still want')
})

test('pitfall 15: an old press is asked about, too, and a yes to that merges what the card showed', async () => {
  const { ana, now, chat, scm } = await mergeable()
  const { head } = scm.change()
  await ana.presses('Merge', { on: now() - 11 * minute })
  expect(scm.main()).toEqual([])
  chat.shows('Do you still want "merge app-1"?')
  await ana.says('yes', { in: 'app-1' })
  expect(scm.main()).toEqual([head])
})

test('pitfall 15: after a push the yes to an old press is told that the card is stale', async () => {
  const { ana, now, chat, scm } = await mergeable()
  await ana.presses('Merge', { on: now() - 11 * minute })
  const yes = chat.button('Yes')
  await scm.push({ checks: 'passing' })
  await ana.presses(yes)
  expect(scm.main()).toEqual([])
  chat.shows('ana said yes to "merge app-1".')
})

test('pitfall 15: a yes is never too old for an offer that it answered in time', async () => {
  const { bot, ana, bob, clock, chat, sessions, now } = await town()
  await bob.says('can somebody get going on #1')
  chat.shows('Did you mean "fix #1"?')
  const at = now() + 5 * minute
  bot.crashes()
  await clock.passes('45m')
  await bob.says('yes', { on: at })
  await bot.starts()
  expect(sessions().map(({ id }) => id)).toEqual(['app-1'])
  await ana.says('status')
})

test('pitfall 15: an old command that is refused anyway is refused, and not asked about', async () => {
  const { dan, now, chat } = await town()
  await dan.says('fix #1', { on: now() - 11 * minute })
  chat.shows('dan may not start in app')
  chat.hides('Do you still want')
})

test('pitfall 15: nothing is asked about the wishes for the chat itself either, when they are fresh', async () => {
  const { bob, now, chat } = await mergeable()
  await bob.says('follow app-1', { on: now() - 11 * minute })
  chat.shows('Do you still want "follow app-1"?')
  await bob.says('follow app-1')
  chat.shows('Here I show, too, when app-1 needs somebody')
})

test('pitfall 15: plain words for an agent are no command: late, they still reach it', async () => {
  const { bob, agent, now, chat } = await town()
  await bob.says('fix #1')
  await bob.says('use zod', { in: 'app-1', on: now() - 45 * minute })
  expect(agent.heard()).toEqual(['bob: use zod'])
  chat.hides('Do you still want')
})

test('what was done, and is only heard again because the bot died, is not asked about, however late', async () => {
  const { ana, agent, bot, clock, chat } = await town()
  await ana.says('fix #1')
  bot.willCrash('before', (fact) => fact.type === 'handled')
  await ana.says('tell app-1 use zod')
  expect(bot.isAlive()).toBe(false)
  await clock.passes('11m')
  await bot.starts()
  chat.hides('[Yes]')
  expect(agent.heard().filter((words) => words.includes('use zod'))).toEqual(['ana: use zod'])
})
