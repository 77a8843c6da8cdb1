import { expect, test } from 'vitest'
import { town } from '../fakes/town.ts'

const open = async (settings: Parameters<typeof town>[0] = {}) => {
  const all = await town(settings)
  await all.ana.says('fix #1')
  await all.agent.finishes()
  return all
}
const bot = { author: 'lint-bot', isBot: true, text: 'unused variable x' }
const cyn = { author: 'cyn', isBot: false, text: 'the name is wrong' }

test('ci-failed: the agent hears it once a commit, twice at most, and then people are called with the log', async () => {
  const { agent, scm, chat } = await open()
  await scm.checks('failing', 'lint')
  await scm.checks('failing', 'lint')
  expect(agent.heard()).toHaveLength(1)
  await agent.finishes('second try')
  await scm.checks('failing', 'lint')
  expect(agent.heard()).toHaveLength(2)
  chat.hides('checks are red')
  await agent.finishes('third try')
  await scm.checks('failing', 'lint')
  expect(agent.heard()).toHaveLength(2)
  chat.shows(
    'app-1 · checks are red',
    'The agent was told 2 times',
    'You are called because: the agent was told 2 times.',
    'the log of lint',
  )
})

test('ci-failed: flapping does not begin the count anew; only two passing pictures in a row settle it', async () => {
  const { agent, scm, eyes, chat } = await open({ reactions: { 'ci-failed': { retries: 1 } } })
  await scm.checks('failing', 'lint')
  expect(agent.heard()).toHaveLength(1)
  await agent.finishes('second try')
  await scm.checks('passing')
  await scm.push({ checks: 'failing' })
  chat.shows('app-1 · checks are red')
  await scm.push({ checks: 'passing' })
  await eyes.look()
  await scm.checks('failing', 'test')
  expect(agent.heard()).toHaveLength(2)
})

test('ci-failed: with auto off people get a button that tells the agent', async () => {
  const { ana, agent, scm, chat } = await open({ reactions: { 'ci-failed': { auto: false } } })
  await scm.checks('failing', 'lint')
  expect(agent.heard()).toEqual([])
  chat.shows('app-1 · checks are red', '#7 at c0ffee01: lint failed')
  await ana.presses('Send to agent')
  expect(agent.heard()).toEqual([expect.stringContaining('lint failed')])
})

test('ci-failed: a message of the config goes before the log', async () => {
  const { agent, scm } = await open({ reactions: { 'ci-failed': { message: 'Red again. Read the log.' } } })
  await scm.checks('failing', 'lint')
  expect(agent.heard()[0]).toMatch(
    /^Red again\. Read the log\.\n\nThis is about change #7 at commit c0ffee01\.\n\nCheck "lint" ended with:/,
  )
})

test('ci-failed: an agent that ends its turn without a new commit has had its chance', async () => {
  const { agent, scm, chat } = await open()
  await scm.checks('failing', 'lint')
  await agent.idles('I cannot do that.')
  chat.shows('app-1 · checks are red', 'You are called because: the agent ended its turn without a new commit.')
})

test('changes-requested: every comment reaches the agent with its place, and after 30 minutes people are called', async () => {
  const { agent, scm, clock, chat } = await open()
  await scm.reviewed('changes-requested', cyn)
  expect(agent.heard()[0]).toContain('calc.ts:3\n```comments\ncyn: the name is wrong\n```')
  await clock.passes('29m')
  chat.hides('changes were requested')
  await clock.passes('1m')
  chat.shows('app-1 · changes were requested', 'You are called because: not put right for 30 min.')
})

test('bugbot-comments: comments of bots go to the agent, told apart from those of people', async () => {
  const { agent, scm } = await open()
  await scm.reviewed('none', bot)
  expect(agent.heard()).toEqual([expect.stringMatching(/bots left comments[\s\S]*lint-bot: unused variable x/)])
})

test('merge-conflicts: the agent hears which files, and people after 15 minutes', async () => {
  const { agent, scm, clock, chat } = await open()
  await scm.conflicts('calc.ts')
  chat.shows('app-1 · conflict', 'conflict in calc.ts')
  expect(agent.heard()[0]).toMatch(/conflicts with main[\s\S]*calc\.ts/)
  await clock.passes('15m')
  chat.shows('app-1 · there is a conflict')
  await scm.conflicts()
  chat.shows('settled: there is a conflict')
})

test('approved-and-green: people get the merge card, and the card says when it is no longer so', async () => {
  const { scm, chat } = await open()
  await scm.checks('passing')
  expect(chat.lastCard()).toMatchObject({ kind: 'approval', title: 'app-1 · waits for your decision · #1 add() subtracts' })
  await scm.checks('pending')
  chat.shows('app-1 · settled: waits for your decision')
  expect(chat.hasButton('Merge')).toBe(false)
})

test('approved-and-green: auto-merge really merges, once the votes are there', async () => {
  const reactions = { 'approved-and-green': { auto: true, action: 'auto-merge' } }
  const free = await open({ reactions })
  await free.scm.checks('passing')
  expect(free.scm.main()).toHaveLength(1)

  const bound = await open({ reactions, app: { approvals: 1 } })
  await bound.scm.checks('passing')
  bound.chat.shows('You are called because: approvals are missing.')
  expect(bound.scm.main()).toHaveLength(0)
})

test('agent-idle: a turn that ended without a change is nudged, and people are called when that does not help', async () => {
  const { ana, agent, chat } = await town()
  await ana.says('fix #1')
  await agent.idles('What now?')
  expect(agent.heard()).toEqual([expect.stringContaining('Your turn ended without a change.')])
  await agent.idles('Still nothing.')
  expect(agent.heard()).toHaveLength(2)
  await agent.idles('No.')
  expect(agent.heard()).toHaveLength(2)
  chat.shows('app-1 · the agent is idle', 'You are called because: the agent was told 2 times.')
})

test('agent-idle: one that finishes without a commit is asked for it, by the names of its files', async () => {
  const { ana, agent } = await town()
  await ana.says('fix #1')
  agent.edits('calc.ts')
  await agent.reports('done')
  await agent.idles()
  expect(agent.heard()).toEqual([expect.stringContaining('Your turn ended with uncommitted work (calc.ts).')])
})

test('an agent that says done without having had to change anything is done', async () => {
  const { ana, agent, chat } = await town()
  await ana.says('fix #1')
  await agent.reports('done', 'It was right already.')
  chat.shows('app-1 · done, and nothing had to be changed', 'It was right already.')
  expect(agent.isAlive()).toBe(false)
})

test('agent-stuck: a word, a new process, a person, in this order', async () => {
  const { ana, agent, clock, chat } = await town()
  await ana.says('fix #1')
  await clock.passes('9m')
  chat.hides('stuck')
  await clock.passes('1m')
  chat.shows('app-1 · stuck')
  expect(agent.heard()).toEqual([expect.stringContaining('no sign of work')])
  expect(agent.prompts()).toHaveLength(1)
})

test('agent-stuck: silence that goes on after the word leads to a new process, and then to a person', async () => {
  const { ana, agent, clock, chat } = await town()
  await ana.says('fix #1')
  agent.goesDeaf()
  await clock.passes('13m')
  expect(agent.prompts()).toHaveLength(2)
  expect(agent.processes()).toBe(1)
  await clock.passes('30m')
  chat.shows('app-1 · the agent is stuck')
  expect(agent.prompts()).toHaveLength(2)
  await ana.presses('Restart')
  expect(agent.prompts()).toHaveLength(3)
})

test('agent-stuck: a tool that runs long has its own time', async () => {
  const { ana, agent, clock, chat } = await town()
  await ana.says('fix #1')
  await agent.uses('npm test')
  await clock.passes('59m')
  chat.hides('stuck')
  await clock.passes('2m')
  chat.shows('app-1 · stuck')
})

test('agent-exited: people are called with the end of its terminal, and restart takes its conversation up', async () => {
  const { ana, agent, chat } = await town()
  await ana.says('fix #1')
  await agent.exits(2, 'Segmentation fault')
  chat.shows('app-1 · the agent is gone', 'its process exited with 2', 'Segmentation fault')
  await ana.presses('Restart')
  chat.shows('app-1 · working', 'settled: the agent is gone')
  expect(agent.prompts()[1]).toContain('You were interrupted')
})

test('agent-exited: not when a person stopped it', async () => {
  const { ana, agent, chat } = await town()
  await ana.says('fix #1')
  await ana.says('stop app-1')
  expect(agent.isAlive()).toBe(false)
  chat.hides('the agent is gone')
})

test('pr-closed: people are told, and stopping it then says closed', async () => {
  const { ana, scm, chat } = await open()
  await scm.becomes({ state: 'closed' })
  chat.shows('app-1 · the change was closed', '#7 was closed without being merged')
  await ana.says('stop app-1')
  chat.shows('app-1 · closed without being merged')
})

test('a change merged elsewhere ends its session as merged', async () => {
  const { scm, chat, tracker } = await open()
  await scm.becomes({ state: 'merged', mergeCommit: 'abcdef1234' })
  chat.shows('app-1 · merged: #7 is on main as abcdef12')
  expect(tracker.isOpen('#1')).toBe(false)
})

test('all-complete: once, with a summary, when the last of several has ended', async () => {
  const { ana, agentOf, chat } = await town()
  await ana.says('fix #1 #2')
  await agentOf('app-1').reports('done')
  chat.hides('All work is done.')
  await ana.says('stop app-2')
  chat.shows('All work is done.\n1 done: app-1\n1 stopped: app-2')
  expect(chat.count('All work is done.')).toBe(1)
})

test('a project says otherwise, field by field', async () => {
  const { agent, scm, chat } = await open({
    reactions: { 'ci-failed': { retries: 2, message: 'From all.' } },
    app: { reactions: { 'ci-failed': { retries: 0 } } },
  })
  await scm.checks('failing', 'lint')
  expect(agent.heard()).toEqual([])
  chat.shows('app-1 · checks are red')
})
