import { expect, test } from 'vitest'
import { town } from '../fakes/town.ts'
import { fault } from './world.ts'

test('two starts in the same instant at the last free slot: one runs, one waits and says for what', async () => {
  const { ana, bob, agentOf, chat } = await town({ limits: { running: 1 } })
  await Promise.all([ana.says('fix #1'), bob.says('fix #2')])
  expect([agentOf('app-1').processes(), agentOf('app-2').processes()]).toEqual([1, 0])
  chat.shows('app-2 · queued, place 1: 1 of 1 agents are running')
})

test('places in the queue are published as they move', async () => {
  const { ana, agentOf, chat } = await town({ limits: { running: 1 } })
  await ana.says('fix #1, #2, #3 and #4')
  chat.shows('app-2 · queued, place 1', 'app-3 · queued, place 2', 'app-4 · queued, place 3')
  await ana.says('stop app-2')
  chat.shows('app-3 · queued, place 1', 'app-4 · queued, place 2')
  await ana.says('queue')
  chat.shows('2 waiting', '1. app-3  1 of 1 agents are running')
  await agentOf('app-1').reports('done')
  expect(agentOf('app-3').isAlive()).toBe(true)
  chat.shows('app-3 · working', 'app-4 · queued, place 1')
})

test('a free slot is used at once, and nobody ever runs beyond the limit', async () => {
  const { ana, agentOf, sessions } = await town({ limits: { running: 2 } })
  await ana.says('fix #1 #2 #3 #4')
  const alive = () => ['app-1', 'app-2', 'app-3', 'app-4'].filter((id) => agentOf(id).isAlive())
  expect(alive()).toEqual(['app-1', 'app-2'])
  await agentOf('app-2').reports('done')
  expect(alive()).toEqual(['app-1', 'app-3'])
  await ana.says('stop app-1')
  expect(alive()).toEqual(['app-3', 'app-4'])
  expect(sessions()).toHaveLength(2)
})

test('fix #1 twice says which session has it', async () => {
  const { ana, bob, chat } = await town()
  await ana.says('fix #1')
  await bob.says('fix #1')
  chat.shows('#1 is being worked on in app-1 already.', '"stop app-1" to begin anew')
  expect(chat.count('app-2')).toBe(0)
})

test('the same sentence twice is one task; the same task after its end is a new one', async () => {
  const { ana, agentOf, chat } = await town()
  await ana.says('start "rename Foo to Bar"')
  await ana.says('start "Rename  foo to bar"')
  chat.shows('is being worked on in app-1 already')
  await ana.says('stop app-1')
  await ana.says('start "rename Foo to Bar"')
  expect(agentOf('app-2').isAlive()).toBe(true)
})

test('an unknown issue is refused with those there are, and spoils no other', async () => {
  const { ana, agentOf, chat } = await town()
  await ana.says('fix #1 #99')
  chat.shows('There is no issue "#99".', 'Name one that is open: #1, #2, #3, #4.', 'app-1 · working')
  expect(agentOf('app-1').isAlive()).toBe(true)
})

test('a session that does not exist yet is asked about, with those at work, whatever is wanted of it', async () => {
  const { ana, chat, facts } = await town()
  await ana.says('fix #1')
  const before = await facts()
  for (const words of ['tell app-9 use zod', 'stop app-9', 'merge app-9', 'show app-9', 'diff app-9']) await ana.says(words)
  expect(chat.posts().filter((title) => title === 'Which session?')).toHaveLength(5)
  chat.shows('There is no app-9 yet. At work are app-1.')
  expect(await facts()).toEqual(before)
})

test('a slip of the finger is answered where it only asks, and offered where it would change something', async () => {
  const { ana, agentOf, chat } = await town()
  await ana.says('statsu')
  chat.shows('Nothing is at work.', 'I read that as "status".')
  await ana.says('fxi #1')
  chat.shows('Did you mean "fix #1"?')
  chat.hides('app-1')
  await ana.presses('Yes')
  chat.shows('app-1 · working')
  expect(agentOf('app-1').isAlive()).toBe(true)
})

test('nonsense is answered with where to look, and thanks with nothing', async () => {
  const { ana, chat } = await town()
  await ana.says('xyzzy')
  chat.shows('I did not get that, and did nothing.', 'Say "help" for what I understand.')
  const before = chat.posts().length
  await ana.says('thanks!')
  expect(chat.posts()).toHaveLength(before)
})

test('a paused project starts nothing new and lets go on what runs', async () => {
  const { ana, agentOf, chat } = await town()
  await ana.says('fix #1')
  await ana.says('pause app')
  chat.shows('app is paused: nothing new starts there; what runs goes on.')
  await ana.says('fix #2')
  chat.shows('app-2 · queued, place 1: app is paused')
  expect(agentOf('app-1').isAlive()).toBe(true)
  await ana.says('pause app')
  chat.shows('app is paused already.')
  await ana.says('resume app')
  chat.shows('app-2 · working')
})

test('a paused session stands still and gives its slot away; resumed, it waits for one', async () => {
  const { ana, agentOf, chat, clock } = await town({ limits: { running: 1 } })
  await ana.says('fix #1 #2')
  await ana.says('pause app-1')
  chat.shows('app-1 · paused', 'app-2 · working')
  expect(agentOf('app-1').isSuspended()).toBe(true)
  await ana.says('resume app-1')
  expect(agentOf('app-1').isSuspended()).toBe(true)
  await clock.passes('1m')
  await agentOf('app-2').reports('done')
  expect(agentOf('app-1').isSuspended()).toBe(false)
  chat.shows('app-1 · working')
})

test('a paused session is not stuck, however long', async () => {
  const { ana, clock, chat, agent } = await town()
  await ana.says('fix #1')
  await ana.says('pause app-1')
  await clock.passes('5h')
  chat.hides('stuck')
  expect(agent.heard()).toEqual([])
})

test('while many changes wait for people no new task starts', async () => {
  const { ana, agentOf, scm, chat } = await town({ limits: { review: 1 } })
  await ana.says('fix #1')
  await agentOf('app-1').finishes()
  await scm.checks('passing')
  await ana.says('fix #2')
  chat.shows('app-2 · queued, place 1: 1 of 1 changes wait for a person')
  await ana.presses('Merge')
  chat.shows('app-2 · working')
})

test('stop ends the agent and keeps branch and work, and says where', async () => {
  const { ana, agent, workspace, chat } = await town()
  await ana.says('fix #1')
  agent.edits('calc.ts')
  await ana.says('stop app-1')
  chat.shows('app-1 · stopped by ana', 'Branch ao/1-app-1-add-subtracts and its work are kept in /worktrees/app-1.')
  expect(agent.isAlive()).toBe(false)
  expect(workspace.isThere()).toBe(true)
})

test('cleanup says first what it would do; clear saves what is not saved, and says where', async () => {
  const { ana, agent, workspace, chat } = await town()
  await ana.says('fix #1')
  agent.commits()
  agent.edits('calc.ts')
  await ana.says('cleanup')
  chat.shows('There is nothing to clean up.')
  await ana.says('stop app-1')
  await ana.says('cleanup')
  chat.shows(
    'One workspace of ended sessions. Nothing has been removed.',
    '1 uncommitted file and 1 unpushed commit (would be kept in a ref)',
  )
  expect(workspace.isThere()).toBe(true)
  await ana.presses('Clear app-1')
  expect(workspace.isThere()).toBe(false)
  chat.shows('refs/ao/saved/app-1')
})

test('what has ended comes back with its branch and its conversation', async () => {
  const { ana, agent, chat } = await town()
  await ana.says('fix #1')
  await ana.says('stop app-1')
  await ana.presses('Restore')
  chat.shows('app-1 · working')
  expect(agent.prompts()).toHaveLength(2)
  expect(agent.isAlive()).toBe(true)
})

test('a setup that fails ends the session with its output, and retry tries it again', async () => {
  const { ana, breaks, mends, agent, chat } = await town()
  breaks('workspace.create', fault('SETUP_FAILED', { output: 'npm ERR! 404' }))
  await ana.says('fix #1')
  chat.shows('app-1 · failed', 'The setup command failed: npm ERR! 404 Mend it and say retry.')
  await ana.presses('Retry')
  expect(agent.isAlive()).toBe(false)
  mends('workspace.create')
  await ana.presses('Retry')
  chat.shows('app-1 · working')
  expect(agent.isAlive()).toBe(true)
})

test('another agent can be named, and an unknown one is refused with those there are', async () => {
  const { ana, chat, agentOf } = await town()
  await ana.says('fix #1 agent=wasp')
  chat.shows('No agent is called "wasp".', 'Say it with ant or bee')
  await ana.says('fix #1 agent=bee')
  expect(agentOf('app-1').isAlive()).toBe(true)
  chat.shows('bee on ao/1-app-1-add-subtracts')
})

test('an agent that ends with its turn is done when it ends well, and words start its next turn', async () => {
  const { ana, agent, scm, chat } = await town()
  await ana.says('fix #1 agent=bee')
  agent.commits()
  await agent.exits(0)
  chat.shows('app-1 · ci running')
  await scm.checks('failing', 'lint')
  expect(agent.prompts()).toHaveLength(2)
  expect(agent.prompts()[1]).toMatch(/You worked on this before[\s\S]*the log of lint/)
})

test('who may not is told the rule, and who is unknown is not obeyed', async () => {
  const { dan, eve, bob, ana, agent, scm, chat, facts } = await town()
  await dan.says('fix #1')
  chat.shows('dan may not start in app: the rule is "operator may start".', 'give dan the operator role')
  await dan.says('why was I refused')
  expect(chat.count('dan may not start in app')).toBe(2)
  await dan.says('status')
  chat.shows('Nothing is at work.')
  await eve.says('fix #1')
  chat.shows('Nobody is known by the account town:eve, and nobody unknown is obeyed.')
  expect(await facts()).toEqual([])

  await ana.says('fix #1')
  await agent.finishes()
  await scm.checks('passing')
  await bob.presses('Merge')
  chat.shows('bob may not merge in app: the rule is "maintainer may merge".')
  expect(scm.main()).toEqual([])
})

test('a role in one project is no role in another', async () => {
  const { bob, agentOf, chat } = await town({
    otherProject: {},
    people: { ana: { roles: ['admin'] }, bob: { roles: ['viewer'], projects: { lib: ['operator'] } } },
  })
  await bob.says('fix #1 in app')
  chat.shows('bob may not start in app')
  await bob.says('fix #1 in lib')
  expect(agentOf('lib-1').isAlive()).toBe(true)
})
