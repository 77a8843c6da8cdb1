import { expect, test } from 'vitest'
import { town } from '../fakes/town.ts'
import { fault } from './world.ts'

const open = async (settings: Parameters<typeof town>[0] = {}) => {
  const all = await town(settings)
  await all.ana.says('fix #1')
  await all.agent.finishes()
  return all
}
const cyn = (text: string) => ({ author: 'cyn', isBot: false, text })

test('42: words about a commit that wait are not said once the head has moved, and the new commit speaks for itself', async () => {
  const { agent, scm, chat } = await open()
  await agent.asks({ text: 'May I run it?', options: ['yes', 'no'] })
  await scm.checks('failing', 'lint')
  expect(agent.heard()).toEqual([])
  await scm.push({ checks: 'pending' })
  await agent.answersAtTerminal('1')
  expect(agent.heard()).toEqual([])
  await scm.checks('failing', 'test')
  expect(agent.heard()).toEqual([expect.stringMatching(/^Change #7 at commit c0ffee02: these checks failed[\s\S]*Check "test"/)])
  chat.hides('checks are red')
})

test('42: review comments that wait are told about the head as it is then, once', async () => {
  const { agent, scm } = await open()
  await agent.asks({ text: 'May I run it?', options: ['yes', 'no'] })
  await scm.reviewed('changes-requested', cyn('the name is wrong'))
  await scm.push()
  await agent.answersAtTerminal('1')
  expect(agent.heard()).toEqual([
    expect.stringMatching(/^Change #7 at commit c0ffee02: reviewers ask for changes[\s\S]*cyn: the name is wrong/),
  ])
})

test('46: a reply in a thread that is open already is something new to hear', async () => {
  const { agent, scm } = await open()
  await scm.reviewed('changes-requested', cyn('the name is wrong'))
  await agent.finishes('Renamed.')
  await scm.reviewed('changes-requested', cyn('the name is still wrong'))
  expect(agent.heard()).toHaveLength(2)
  expect(agent.heard()[1]).toContain('cyn: the name is still wrong')
})

test('a check that fails and need not pass stands in nobody’s way, and the merge card says so', async () => {
  const { agent, scm, chat } = await open()
  await scm.becomes({ checks: 'passing', failing: ['coverage'], optional: ['coverage'] })
  expect(agent.heard()).toEqual([])
  chat.shows('waits for your decision', 'checks passed, but for coverage, which need not; ready to merge')
})

test('a change whose forge wants an approving review is not offered for merging, and says what is missing', async () => {
  const { ana, scm, chat } = await open()
  await scm.becomes({ checks: 'passing', review: 'pending' })
  chat.shows('app-1 · review pending', 'its forge wants an approving review')
  expect(chat.hasButton('Merge')).toBe(false)
  await ana.says('merge app-1')
  chat.shows('wants an approving review before it lets anybody merge')
  await scm.becomes({ review: 'approved' })
  expect(chat.hasButton('Merge')).toBe(true)
})

test('a conflict names the commit of the base, which the agent finds in its repository', async () => {
  const { agent, scm } = await open()
  await scm.conflicts('calc.ts')
  expect(agent.heard()[0]).toContain('Merge main (git merge ba5e0000) into your branch')
})

test('where only the newest base is missing it is brought in, the approval of the same diff stands, and nothing waits for a person but the merge', async () => {
  const { ana, cyn: approver, scm, agent, chat, facts } = await open({ app: { upToDate: true, approvals: 2 } })
  await approver.says('approve app-1')
  await scm.becomes({ checks: 'passing', isBehind: true })
  expect(await facts()).toContain('update.requested')
  expect(scm.change()).toMatchObject({ isBehind: false, head: expect.stringMatching(/^c0ffee02/) })
  await scm.checks('passing')
  await ana.says('merge app-1')
  chat.shows('app-1 · merged: #7 is on main')
  expect(agent.heard()).toEqual([])
})

test('the base is not brought in while its agent works, nor where it is not wanted', async () => {
  const { ana, scm, agent, facts } = await open({ app: { upToDate: true } })
  await ana.says('tell app-1 wait')
  await scm.becomes({ checks: 'passing', isBehind: true })
  expect(await facts()).not.toContain('update.requested')
  await agent.idles()
  expect(await facts()).toContain('update.requested')

  const other = await open()
  await other.scm.becomes({ checks: 'passing', isBehind: true })
  expect(await other.facts()).not.toContain('update.requested')
  await other.scm.becomes({ mustBeUpToDate: true })
  expect(await other.facts()).toContain('update.requested')
})

test('a merge queue takes the order: nothing is said twice, and the end is told when it is there', async () => {
  const { ana, scm, forge, chat, facts, eyes } = await open()
  forge.queues()
  await scm.checks('passing')
  await ana.says('merge app-1')
  chat.shows('app-1 · merging', 'in the merge queue, place 2')
  await eyes.look()
  expect((await facts()).filter((type) => type === 'merge.queued')).toHaveLength(1)
  await scm.becomes({ state: 'merged', queued: null, mergeCommit: 'abcdef1234' })
  chat.shows('app-1 · merged: #7 is on main as abcdef12', 'merged for ana')
})

test('a change that its queue drops says so, and can be merged again', async () => {
  const { ana, scm, forge, chat, clock } = await open()
  forge.queues()
  await scm.checks('passing')
  await ana.says('merge app-1')
  await scm.becomes({ queued: null })
  chat.hides('the merge was refused')
  await clock.passes('2m')
  chat.shows('the merge was refused: the forge no longer has it in hand', 'app-1 · mergeable')
})

test('new commits while the queue has it: what was approved is not what would be merged, and that is said at once', async () => {
  const { ana, scm, forge, chat } = await open()
  forge.queues()
  await scm.checks('passing')
  await ana.says('merge app-1')
  await scm.push({ checks: 'passing' })
  chat.shows('the merge was refused: new commits came while the forge had it in hand')
})

test('an order that the queue has is not given again after a restart', async () => {
  const { ana, scm, forge, bot, facts, chat } = await open()
  forge.queues()
  await scm.checks('passing')
  await ana.says('merge app-1')
  bot.crashes()
  await bot.starts()
  expect((await facts()).filter((type) => type === 'merge.queued')).toHaveLength(1)
  await scm.becomes({ state: 'merged', queued: null, mergeCommit: 'abcdef1234' })
  chat.shows('app-1 · merged: #7 is on main')
})

test('two sessions that change the same files are told early, each in its own place, and no longer once one lets go', async () => {
  const { ana, agentOf, eyes, chat } = await town()
  await ana.says('fix #1 #2')
  agentOf('app-1').edits('calc.ts', 'a.ts')
  agentOf('app-2').edits('calc.ts', 'b.ts')
  await agentOf('app-1').works()
  await eyes.lookAtFiles()
  chat.shows('app-1 · changes the same files as app-2\ncalc.ts', 'app-2 · changes the same files as app-1\ncalc.ts')
  await eyes.lookAtFiles()
  expect(chat.count('app-1 · changes the same files as app-2')).toBe(1)
  await ana.says('stop app-2')
  await eyes.lookAtFiles()
  chat.shows('app-1 · settled: it changed the same files as app-2')
})

test('a merged change is taken back on request: by a change of its own, which nobody merges by itself', async () => {
  const { ana, scm, chat } = await open()
  await scm.checks('passing')
  await ana.says('merge app-1')
  await ana.presses('Revert')
  chat.shows('#8 takes it back')
  expect(scm.main()).toHaveLength(1)
  await ana.says('revert app-1')
  chat.shows('#7 is being taken back for ana already')
})

test('nothing that was not merged is taken back, and only a maintainer may', async () => {
  const { ana, bob, scm, chat } = await open()
  await ana.says('revert app-1')
  chat.shows('app-1 has merged nothing that could be taken back.')
  await scm.checks('passing')
  await ana.says('merge app-1')
  await bob.says('revert app-1')
  chat.shows('maintainer may revert')
})

test('an issue is written from the chat, once, and nobody starts on it', async () => {
  const { ana, chat, tracker, sessions } = await town()
  await ana.says('issue "The login fails on Sundays"')
  chat.shows('#5 is written.', 'Nobody works on it yet.')
  expect(tracker.titles().filter((title) => title === 'The login fails on Sundays')).toHaveLength(1)
  expect(sessions()).toHaveLength(0)
  await ana.presses('Fix #5')
  expect(sessions()).toHaveLength(1)
})

test('an issue that cannot be written says why; one whose answer was lost in a crash is not written twice', async () => {
  const { ana, chat, breaks, mends, tracker, bot } = await town()
  breaks('tracker.create', fault('TASK_UNKNOWN', { key: '#9', near: ['#1'] }))
  await ana.says('issue "One"')
  chat.shows('It could not be written: There is no issue "#9".')
  mends('tracker.create')
  bot.willCrash('before', 'issue.made')
  await ana.says('issue "Two"')
  await bot.starts()
  chat.shows('#5 is written.')
  expect(tracker.titles().filter((title) => title === 'Two')).toHaveLength(1)
})

test('its tracker is told how far a task is, where the project wants that', async () => {
  const { scm, ana, tracker } = await open({ app: { noteTask: true, taskLabel: 'in progress' } })
  expect(tracker.notes()).toEqual([expect.stringContaining('Work has begun in session app-1'), expect.stringContaining('proposes #7')])
  expect(tracker.labels('#1')).toEqual(['in progress'])
  await scm.checks('passing')
  await ana.says('merge app-1')
  expect(tracker.notes().at(-1)).toBe('Session app-1 has ended: merged #7.')
  expect(tracker.labels('#1')).toEqual([])
})

test('without a word in the config its tracker hears nothing before the end', async () => {
  const { tracker } = await open()
  expect(tracker.notes()).toEqual([])
})

test('a task that asks to be started starts by itself, once, within the limits', async () => {
  const { tracker, eyes, sessions, chat, ana, clock, bot } = await town({ limits: { running: 1 } })
  tracker.label('#2', 'ao')
  tracker.label('#3', 'ao')
  await eyes.lookAtTasks()
  expect(sessions().map(({ task }) => task.key)).toEqual(['#2', '#3'])
  chat.shows('queued, place 1')
  await ana.says('stop app-1')
  await eyes.lookAtTasks()
  expect(sessions().map(({ task }) => task.key)).toEqual(['#3'])
  bot.crashes()
  await bot.starts()
  await eyes.lookAtTasks()
  expect(sessions().map(({ task }) => task.key)).toEqual(['#3'])
  tracker.label('#2')
  await eyes.lookAtTasks()
  tracker.label('#2', 'ao')
  await eyes.lookAtTasks()
  await clock.passes('1s')
  expect(sessions().map(({ task }) => task.key)).toEqual(['#3'])
})
