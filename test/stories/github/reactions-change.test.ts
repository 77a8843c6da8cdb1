import { describe, expect, test } from 'vitest'
import { open, type Scene } from './scene.ts'

const log = 'src/add.test.ts\nexpected 3, got -1\n##[error]Process completed with exit code 1.\n'
const at = (body: string) => ({ path: 'calc.ts', line: 1, body })
/** One more commit of the agent's, whatever is in it. */
const tries = ({ agent }: Scene, round: number): Promise<string> => agent.finishes({ 'try.txt': `${round}\n` }, `Try ${round}.`)

describe('ci-failed', () => {
  test('fires once a commit with the names and the ends of the logs, counts the commits, and calls people after the second', async () => {
    const all = await open({ checks: ['test', 'lint'] })
    const { agent, chat, ci, pull, later } = all
    await ci.fails(pull(), 'test', log)
    await ci.fails(pull(), 'lint', 'calc.ts:1 no arrows\n')
    await later()
    await later()
    expect(agent.heard()).toHaveLength(1)
    expect(agent.heard()[0]).toMatch(
      /at commit [0-9a-f]{8}: these checks failed[\s\S]*Check "test" ended with:\n```log\n[\s\S]*got -1[\s\S]*Check "lint" ended with:\n```log\ncalc\.ts:1 no arrows\n```/,
    )
    await tries(all, 2)
    await ci.fails(pull(), 'test', log)
    await ci.passes(pull(), 'lint')
    await later()
    expect(agent.heard()).toHaveLength(2)
    expect(agent.heard()[1]).not.toContain('lint')
    chat.hides('checks are red')
    const third = await tries(all, 3)
    await ci.fails(pull(), 'test', log)
    await later()
    expect(agent.heard()).toHaveLength(2)
    chat.shows('app-1 · checks are red', `#43 at ${third.slice(0, 8)}: test failed`, 'The agent was told 2 times', 'got -1')
  })

  test('escalates by its timer, by the clock alone, and over a restart', async () => {
    const { agent, chat, ci, pull, later, bot, clock, eyes } = await open({ reactions: { 'ci-failed': { escalateAfter: '9m' } } })
    await ci.fails(pull(), 'test', log)
    await later()
    expect(agent.heard()).toHaveLength(1)
    eyes.close()
    await clock.passes('8m')
    bot.crashes()
    await clock.passes('30s')
    await bot.starts()
    chat.hides('checks are red')
    await clock.passes('30s')
    chat.shows('app-1 · checks are red', 'You are called because: not put right for 9 min.', 'got -1')
    expect(agent.heard()).toHaveLength(1)
  })

  test('goes to people at once when the agent ends its turn without a new commit', async () => {
    const { agent, chat, ci, pull, later } = await open()
    await ci.fails(pull(), 'test', log)
    await later()
    await agent.idles('I cannot do that.')
    chat.shows('app-1 · checks are red', 'the agent ended its turn without a new commit')
  })

  test('settles after two passing looks and no sooner: what flaps does not get its messages anew, what was settled does', async () => {
    const { agent, chat, ci, pull, later, facts } = await open({ reactions: { 'ci-failed': { retries: 1 } } })
    await ci.fails(pull(), 'test', log)
    await later()
    expect(agent.heard()).toHaveLength(1)
    for (const _ of [1, 2]) {
      await ci.passes(pull(), 'test') // run again
      await later()
      await ci.fails(pull(), 'test', log)
      await later()
    }
    expect(agent.heard()).toHaveLength(1)
    expect(await facts()).not.toContain('trouble.settled')
    await ci.passes(pull(), 'test')
    await later()
    await later()
    expect(await facts()).toContain('trouble.settled')
    chat.hides('app-1 · checks are red')
    await agent.finishes({ 'more.txt': 'more\n' })
    await ci.fails(pull(), 'test', log)
    await later()
    expect(agent.heard()).toHaveLength(2)
  })
})

describe('merge-conflicts', () => {
  const theirs = { 'calc.ts': 'export const add = (a: number, b: number): number => b + a\n' }
  const ours = { 'calc.ts': 'export const add = (a: number, b: number): number => 0 + a + b\n' }

  test('fires with the files and the commit of the base, once, and settles after two looks without', async () => {
    const { agent, chat, later, baseMoves, ci, pull, facts } = await open()
    const base = await baseMoves(theirs)
    await later()
    await later()
    expect(agent.heard()).toEqual([
      expect.stringMatching(/conflicts with main\. Merge main \(git merge [0-9a-f]{8}\)[\s\S]*```files in conflict\ncalc\.ts\n```/),
    ])
    expect(agent.heard()[0]).toContain(`git merge ${base.slice(0, 8)}`)
    await agent.git('merge', base).catch(() => {}) // it conflicts
    await agent.finishes(ours)
    chat.shows('app-1 · ci running')
    expect(await facts()).not.toContain('trouble.settled')
    await later()
    expect(await facts()).toContain('trouble.settled')
    await ci.passes(pull(), 'test')
    await later()
    chat.shows('app-1 · mergeable')
    chat.hides('there is a conflict')
  })

  test('is counted over its rounds: the third time people are called', async () => {
    const { agent, chat, later, baseMoves } = await open()
    for (const round of [1, 2, 3]) {
      const base = await baseMoves({ 'calc.ts': `export const add = 'round ${round}'\n` })
      await later()
      if (round === 3) break
      chat.hides('there is a conflict')
      await agent.git('merge', base).catch(() => {}) // it conflicts
      await agent.finishes({ 'calc.ts': `export const add = 'mine, round ${round}'\n` })
    }
    expect(agent.heard()).toHaveLength(2)
    chat.shows('app-1 · there is a conflict', 'The agent was told 2 times', 'conflict in calc.ts')
  })

  test('escalates after 15 minutes, and at once when they passed while the bot was away', async () => {
    const { chat, later, baseMoves, bot, clock, eyes } = await open()
    await baseMoves(theirs)
    await later()
    eyes.close()
    await clock.passes('14m')
    chat.hides('there is a conflict')
    bot.crashes()
    await clock.passes('10m')
    await bot.starts()
    chat.shows('app-1 · there is a conflict', 'You are called because: not put right for 24 min.')
  })
})

describe('changes-requested', () => {
  test('fires with whole threads and the words on all of it, once for what was said, again for a reply, and then people are called', async () => {
    const { agent, chat, pull, later, Ben, Cem } = await open()
    await Ben.requestsChanges(pull(), 'Not yet.', [at('Why not sum?')])
    await later()
    await later()
    expect(agent.heard()).toHaveLength(1)
    expect(agent.heard()[0]).toMatch(
      /reviewers ask for changes[\s\S]*calc\.ts:1\n```comments\nBen: Why not sum\?\n```[\s\S]*Ben: Not yet\./,
    )
    const [thread] = pull().threads
    if (!thread) throw new Error('There is a thread.')
    await Cem.replies(thread, 'I would keep add.')
    await later()
    expect(agent.heard()).toHaveLength(2)
    expect(agent.heard()[1]).toContain('calc.ts:1\n```comments\nBen: Why not sum?\n\nCem: I would keep add.\n```')
    chat.hides('changes were requested')
    await Ben.replies(thread, 'I would not.')
    await later()
    expect(agent.heard()).toHaveLength(2)
    chat.shows('app-1 · changes were requested', 'The agent was told 2 times')
  })

  test('needs no verdict: a thread that a person opened is enough', async () => {
    const { agent, chat, pull, later, Ben } = await open()
    await Ben.startsThread(pull(), at('Is this right?'))
    await later()
    expect(agent.heard()).toEqual([expect.stringContaining('Ben: Is this right?')])
    chat.hides('changes were requested')
  })

  test('escalates after 30 minutes, by the clock alone, and over a restart', async () => {
    const { agent, chat, pull, later, Ben, bot, clock, eyes } = await open()
    await Ben.requestsChanges(pull(), 'Not yet.')
    await later()
    await agent.idles('I do not know how.')
    eyes.close()
    await clock.passes('28m')
    bot.crashes()
    await clock.passes('1m')
    await bot.starts()
    chat.hides('changes were requested')
    await clock.passes('1m')
    chat.shows('app-1 · changes were requested', 'not put right for 30 min')
    expect(agent.heard()).toEqual([expect.stringContaining('Not yet.')])
  })

  test('settles after two looks at which nobody asks for anything any more, and no sooner', async () => {
    const { agent, pull, later, Ben, Cem, facts } = await open({ reactions: { 'changes-requested': { retries: 1 } } })
    await Ben.requestsChanges(pull(), 'Not yet.', [at('Why not sum?')])
    await later()
    const [thread] = pull().threads
    if (!thread) throw new Error('There is a thread.')
    // It flaps: resolved, opened again, resolved.
    await Ben.approves(pull())
    await Ben.resolves(thread)
    await later()
    expect(await facts()).toContain('trouble.eased')
    await Ben.unresolves(thread)
    await later()
    expect(await facts()).not.toContain('trouble.settled')
    await Ben.resolves(thread)
    await later()
    await later()
    expect(await facts()).toContain('trouble.settled')
    expect(agent.heard()).toHaveLength(1)
    await Cem.startsThread(pull(), at('One more thing.'))
    await later()
    expect(agent.heard()).toHaveLength(2)
    expect(agent.heard()[1]).toContain('Cem: One more thing.')
    expect(agent.heard()[1]).not.toContain('Why not sum?')
  })
})

describe('bugbot-comments', () => {
  test('fires for accounts of the type Bot and no others, once for what they said', async () => {
    const { agent, chat, github, repository, pull, later, Ben } = await open()
    repository.permissions.set('robot', 'write')
    await github.bot('lint').startsThread(pull(), at('Unused variable.'))
    await later()
    await later()
    expect(agent.heard()).toEqual([
      expect.stringMatching(/bots left comments[\s\S]*calc\.ts:1\n```comments\nlint(?:\[bot\])?: Unused variable\.\n```/),
    ])
    // Its name says bot; it is a person's account.
    await github.person('robot').startsThread(pull(), at('I am Robert.'))
    await later()
    expect(agent.heard()).toHaveLength(2)
    expect(agent.heard()[1]).toMatch(/reviewers ask for changes[\s\S]*robot: I am Robert\./)
    expect(agent.heard()[1]).not.toContain('Unused variable.')
    await Ben.approves(pull())
    chat.hides('bots left comments')
  })

  test('counts what bots say anew, and calls people after two messages', async () => {
    const { agent, chat, github, pull, later } = await open()
    for (const round of [1, 2, 3]) {
      await github.bot('lint').startsThread(pull(), at(`Finding ${round}.`))
      await later()
    }
    expect(agent.heard()).toHaveLength(2)
    chat.shows('app-1 · bots left comments', 'The agent was told 2 times')
  })

  test('escalates after 30 minutes, also over a restart, and settles after two looks without', async () => {
    const { agent, chat, github, pull, later, bot, clock, eyes, Ben, facts } = await open()
    await github.bot('lint').startsThread(pull(), at('Unused variable.'))
    await later()
    await agent.idles()
    eyes.close()
    bot.crashes()
    await clock.passes('29m')
    await bot.starts()
    chat.hides('bots left comments')
    await clock.passes('1m')
    chat.shows('app-1 · bots left comments', 'not put right for 30 min')
    const [thread] = pull().threads
    if (!thread) throw new Error('There is a thread.')
    await eyes.open()
    await Ben.resolves(thread)
    await later()
    chat.shows('app-1 · settled: bots left comments')
    expect(await facts()).not.toContain('trouble.settled')
    await later()
    expect(await facts()).toContain('trouble.settled')
  })
})
