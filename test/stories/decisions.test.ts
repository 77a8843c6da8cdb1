import { expect, test } from 'vitest'
import { town } from '../fakes/town.ts'

const mergeable = async (settings: Parameters<typeof town>[0] = {}) => {
  const all = await town(settings)
  await all.bob.says('fix #1')
  await all.agent.finishes()
  await all.eyes.look()
  await all.scm.checks('passing')
  await all.scm.checks('passing')
  return all
}

test('pitfall 1: whoever taps reads what became of it, and the card says who did what', async () => {
  const { ana, chat, scm } = await mergeable()
  const { head } = scm.change()
  await ana.presses('Merge')
  expect(scm.main()).toEqual([head])
  chat.shows('ana merges #7', 'app-1 · merged: #7 is on main')
  expect(chat.hasButton('Merge')).toBe(false)
})

test('pitfall 2: after a restart the first click on an old button does what it says', async () => {
  const { ana, bot, chat, scm } = await mergeable()
  const old = chat.button('Merge')
  bot.crashes()
  await bot.starts()
  await ana.presses(old)
  expect(scm.main()).toHaveLength(1)
})

test('pitfall 2: a button that nobody remembers is answered, and by nothing else than the truth', async () => {
  const { ana, chat, scm } = await mergeable({ canWhisper: true })
  const button = { ...chat.button('Merge'), button: { id: 'from-last-year', label: 'Merge', isRisky: false } }
  await ana.presses(button)
  expect(scm.main()).toEqual([])
  expect(chat.whisperedTo('ana')).toContain('That button is too old: I no longer know what it stood for.')
  chat.hides('That button is too old')
})

test('pitfall 3: of two people who tap at once one merges, and the other is told', async () => {
  const { ana, cyn, chat, scm } = await mergeable({
    canWhisper: true,
    people: { ana: { roles: ['admin'] }, bob: { roles: ['operator'] }, cyn: { roles: ['maintainer'] }, dan: { roles: ['viewer'] } },
  })
  const merge = chat.button('Merge')
  await Promise.all([ana.presses(merge), cyn.presses(merge)])
  expect(scm.main()).toHaveLength(1)
  expect(`${chat.whisperedTo('ana')}${chat.whisperedTo('cyn')}`).not.toBe('')
})

test('pitfall 3: a yes that comes when the time of the offer is over does nothing, and says so to whoever tapped', async () => {
  const { bob, clock, chat, sessions } = await town({ canWhisper: true })
  await bob.says('can somebody get going on #1')
  const yes = chat.button('Yes')
  await clock.passes('11m')
  await bob.presses(yes)
  expect(sessions()).toEqual([])
  expect(chat.whisperedTo('bob')).toContain('Too late: "fix #1" could be answered for 10 minutes. Nothing was done.')
})

test('what concerns only whoever tapped is told to nobody else: not theirs to answer, and not theirs to do', async () => {
  const { bob, dan, ana, chat, scm } = await mergeable({ canWhisper: true })
  await dan.presses('Merge')
  expect(chat.whisperedTo('dan')).toContain('dan may not merge in app')
  await bob.says('can somebody get going on #2')
  await ana.presses('Yes')
  expect(chat.whisperedTo('ana')).toContain('I asked bob about "fix #2", and only bob can answer.')
  chat.hides('dan may not merge', 'only bob can answer')
  expect(scm.main()).toEqual([])
})

test('typed words are answered where they were said', async () => {
  const { dan, chat } = await mergeable({ canWhisper: true })
  await dan.says('merge app-1')
  chat.shows('dan may not merge in app')
  expect(chat.whisperedTo('dan')).toBe('')
})

test('pitfall 6: a decision does not wait for the chat to hear of it', async () => {
  const { ana, chat, scm } = await mergeable({ canWhisper: true })
  const { head } = scm.change()
  const merge = chat.button('Merge')
  chat.breaks()
  await ana.presses(merge)
  expect(scm.main()).toEqual([head])
  await chat.heals()
})

test('pitfall 6: where nothing can be said in private the answer is given in the open', async () => {
  const { dan, chat } = await mergeable()
  await dan.presses('Merge')
  chat.shows('dan may not merge in app')
})

test('pitfall 23: who is called reads the question itself with its choices, and for a merge the change, its commit and the next step', async () => {
  const { agent, chat, scm } = await mergeable()
  chat.shows('app-1 · waits for your decision', `#7`, scm.change().head.slice(0, 8), '[Merge] [Request changes] [Diff]')
  await agent.asks({ text: 'Which port?\nThe old one is taken.', options: ['8080', '9090'] })
  chat.shows('app-1 asks: Which port?', 'The old one is taken.', '[8080] [9090]')
})

test('pitfall 24: a question of the agent is called out while its change is open, and both can be answered', async () => {
  const { bob, ana, agent, chat, scm, eyes, factsOf } = await mergeable()
  await agent.asks({ text: 'Shall I squash?', options: ['Squash', 'Keep'] })
  chat.shows('app-1 · needs input', 'app-1 asks: Shall I squash?', '[Squash] [Keep]')
  await bob.presses('Squash')
  await eyes.look()
  expect((await factsOf()).find(({ type }) => type === 'question.decided')).toMatchObject({ decision: { text: 'Squash' } })
  await ana.presses('Merge')
  expect(scm.main()).toHaveLength(1)
})
