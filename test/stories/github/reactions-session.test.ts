import { describe, expect, test } from 'vitest'
import { mended, open, type Scene, working } from './scene.ts'

const passes = async ({ ci, pull, later }: Scene): Promise<void> => {
  await ci.passes(pull(), 'test')
  await later()
}
const merges = ({ github }: Scene) =>
  github.requests.filter(({ method, path }) => method === 'PUT' && path.endsWith('/merge')).map(({ body }) => (body as { sha: string }).sha) // as it was sent
const automatic = { 'approved-and-green': { auto: true, action: 'auto-merge' } }

describe('approved-and-green', () => {
  test('notifies once, after a restart as well, with the change and its commit, and says when it is no longer so', async () => {
    const all = await open()
    const { agent, chat, ci, pull, later, bot, facts } = all
    await passes(all)
    expect(chat.lastCard()).toMatchObject({ kind: 'approval', title: 'app-1 · waits for your decision · #42 add() subtracts' })
    chat.shows(`#43 “add() subtracts” at ${pull().head.oid.slice(0, 8)}`)
    bot.crashes()
    await bot.starts()
    await later()
    expect(chat.count('waits for your decision')).toBe(1)
    await ci.starts(pull(), 'test') // run again
    await later()
    chat.shows('app-1 · settled: waits for your decision')
    expect(chat.hasButton('Merge')).toBe(false)
    await later()
    expect(await facts()).toContain('trouble.settled')
    await passes(all)
    expect(chat.hasButton('Merge')).toBe(true)
    expect(merges(all)).toEqual([])
    expect(agent.heard()).toEqual([])
  })

  test('auto-merge merges exactly the head that is approved and green', async () => {
    const all = await open({
      reactions: automatic,
      prepares: (github, repository) => github.person('ana').protects(repository, 'main', rules),
    })
    const { chat, pull, later, Ben } = all
    await passes(all)
    expect(merges(all)).toEqual([])
    const { oid } = pull().head
    await Ben.approves(pull())
    await later()
    expect(merges(all)).toEqual([oid])
    expect(pull().mergedAt).not.toBeNull()
    chat.shows('app-1 · merged: #43 is on main as')
  })

  test('auto-merge merges nothing that came meanwhile: the merge names the commit that was seen, and the next look begins anew', async () => {
    const all = await open({ reactions: automatic })
    const { holds, ci, pull, later, Cem, repository, chat } = all
    const release = holds('scm.merge')
    await passes(all)
    const pushed = await Cem.pushes(repository, pull().head.branch, { 'surprise.txt': 'unseen\n' })
    await release()
    expect(merges(all)).toEqual([])
    expect(pull().mergedAt).toBeNull()
    await later()
    chat.shows('app-1 · ci running')
    await ci.passes(pull(), 'test')
    await later()
    expect(merges(all)).toEqual([pushed])
  })

  test('auto-merge waits for the votes of people, and calls them', async () => {
    const all = await open({ reactions: automatic, app: { approvals: 1 } })
    const { chat, cyn, pull, later } = all
    await passes(all)
    chat.shows('You are called because: approvals are missing.')
    await cyn.says('approve app-1')
    await later()
    expect(pull().comments.map(({ body }) => body)).toEqual([expect.stringContaining('**cyn** approved')])
    expect(merges(all)).toEqual([pull().head.oid])
  })

  const rules = { requiredChecks: ['test'], requiredApprovals: 1 }
})

describe('pr-closed', () => {
  test('calls people, once, over restarts, and settles when somebody opens it again; then all goes on', async () => {
    const { agent, chat, ci, pull, later, bot, Ben, facts } = await open()
    await Ben.closes(pull())
    await later()
    chat.shows('app-1 · the change was closed', '#43 was closed without being merged')
    bot.crashes()
    await bot.starts()
    await later()
    expect(chat.count('app-1 · the change was closed')).toBe(1)
    await Ben.reopens(pull())
    await later()
    chat.shows('app-1 · settled: the change was closed')
    await later()
    expect(await facts()).toContain('trouble.settled')
    await ci.fails(pull(), 'test')
    await later()
    expect(agent.heard()).toEqual([expect.stringContaining('these checks failed')])
  })

  test('stopping it then says closed; what a person merges there is merged', async () => {
    const { ana, chat, pull, later, Ben } = await open()
    await Ben.closes(pull())
    await later()
    await ana.says('stop app-1')
    chat.shows('app-1 · closed without being merged')
  })

  test('a change of its own that comes after it takes its place', async () => {
    const { agent, chat, pull, later, Ben } = await open()
    await Ben.closes(pull())
    await later()
    await agent.finishes({ 'calc.ts': 'export const add = (...all: number[]) => all.reduce((a, b) => a + b)\n' }, 'Another way.')
    expect(pull()).toMatchObject({ number: 44, state: 'open' })
    await later()
    chat.shows('app-1 · ci running', '#44 at', 'app-1 · settled: the change was closed')
  })
})

describe('all-complete', () => {
  test('comes once, with a summary, when the last of several has ended, and not again after a restart', async () => {
    const all = await working()
    const { ana, agentIn, chat, ci, pull, later, owner, repository, bot } = all
    await owner.opens(repository, { title: 'Write docs', body: 'Please.' })
    await ana.says('fix #43')
    await agentIn('app-1').finishes(mended)
    await ci.passes(pull(), 'test')
    await later()
    await ana.presses('Merge')
    await later()
    chat.hides('All work is done.')
    await agentIn('app-2').reports('done', 'There is nothing to write.')
    chat.shows('All work is done.\n1 merged: app-1\n1 done: app-2')
    bot.crashes()
    await bot.starts()
    await later()
    expect(chat.count('All work is done.')).toBe(1)
  })
})

describe('agent-idle', () => {
  test('nudges an agent whose turn ended without a change, twice, and then calls people', async () => {
    const { agent, chat } = await working()
    await agent.idles('What now?')
    expect(agent.heard()).toEqual([expect.stringContaining('Your turn ended without a change.')])
    await agent.idles('Still nothing.')
    await agent.idles('No.')
    expect(agent.heard()).toHaveLength(2)
    chat.shows('app-1 · the agent is idle', 'You are called because: the agent was told 2 times.')
  })

  test('names files that are not committed, and settles with the pull request', async () => {
    const { agent, pull, later, facts } = await working()
    await agent.edits(mended)
    await agent.ends('Done.')
    expect(agent.heard()).toEqual([expect.stringContaining('Your turn ended with uncommitted work (calc.ts).')])
    await agent.finishes(mended)
    expect(pull().state).toBe('open')
    await later()
    await later()
    expect(await facts()).toContain('trouble.settled')
  })

  test('escalates after 15 minutes, which pass while the bot is away, too', async () => {
    const { agent, chat, clock, bot } = await working({ reactions: { 'agent-idle': { retries: 9 } } })
    await agent.idles('What now?')
    bot.crashes()
    await agent.idles('Hm.')
    await clock.passes('14m')
    await bot.starts()
    chat.hides('the agent is idle')
    expect(agent.heard()).toHaveLength(2)
    await clock.passes('1m')
    await agent.idles('Still nothing.')
    expect(agent.heard()).toHaveLength(2)
    chat.shows('app-1 · the agent is idle', 'not put right for 15 min')
  })
})

describe('agent-stuck', () => {
  test('a word, a new process, a person, while the pull request waits for its checks; restarts of the bot change nothing about it', async () => {
    const { agent, chat, clock, bot, ana, later } = await open()
    await ana.says('tell app-1 please add a test, too')
    await later('9m')
    chat.hides('stuck')
    bot.crashes()
    await clock.passes('1m')
    await bot.starts()
    chat.shows('app-1 · stuck')
    expect(agent.heard().at(-1)).toContain('no sign of work')
    agent.goesDeaf()
    await clock.passes('3m')
    expect(agent.prompts()).toHaveLength(2)
    bot.crashes()
    await bot.starts()
    await clock.passes('30m')
    chat.shows('app-1 · the agent is stuck')
    expect(agent.prompts()).toHaveLength(2)
  })

  test('settles when it works again', async () => {
    const { agent, chat, clock, facts } = await working()
    await clock.passes('10m')
    chat.shows('app-1 · stuck')
    await agent.works()
    await clock.passes('5s')
    chat.hides('stuck')
    expect(await facts()).toContain('trouble.settled')
  })
})

describe('agent-needs-input', () => {
  test('shows the question itself while a change is open and red, and news of the checks waits until it is answered', async () => {
    const { ana, agent, chat, ci, pull, later, bot, facts } = await open()
    await agent.asks({ text: 'May I touch the lockfile?', options: ['Yes', 'No'] })
    await ci.fails(pull(), 'test')
    await later()
    chat.shows('app-1 · needs input', 'app-1 asks: May I touch the lockfile?', '[Yes] [No]', 'checks failing (test)')
    expect(agent.heard()).toEqual([])
    bot.crashes()
    await bot.starts()
    await later()
    expect(chat.count('app-1 asks: May I touch the lockfile?')).toBe(1)
    await ana.presses('Yes')
    await later()
    expect(await facts()).toContain('question.confirmed')
    expect(agent.heard()).toEqual([expect.stringContaining('these checks failed')])
    chat.shows('app-1 · settled: the agent asks', 'ana said Yes')
  })
})

describe('agent-exited', () => {
  test('calls people with the end of its terminal while its change is open; restart takes it up, and it is told what failed meanwhile', async () => {
    const { ana, agent, chat, ci, pull, later, bot } = await open()
    await ana.says('tell app-1 please add a test, too')
    await agent.dies('SIGKILL', 'Out of memory')
    chat.shows('app-1 · the agent is gone', 'its process was ended by SIGKILL', 'Out of memory')
    bot.crashes()
    await bot.starts()
    await ci.fails(pull(), 'test')
    await later()
    expect(chat.count('app-1 · the agent is gone')).toBe(1)
    expect(agent.heard()).toHaveLength(1)
    await ana.presses('Restart')
    await later()
    chat.shows('app-1 · settled: the agent is gone')
    expect(agent.prompts()).toHaveLength(2)
    expect(agent.heard().at(-1)).toContain('these checks failed')
  })

  test('is silent about an agent that a person stopped, and about one that ended its work', async () => {
    const { ana, agent, chat, pull } = await open()
    await agent.exits(0)
    chat.hides('the agent is gone')
    await ana.says('stop app-1')
    expect(agent.isAlive()).toBe(false)
    expect(pull().state).toBe('open')
    chat.hides('the agent is gone')
  })
})
