import { describe, expect, test } from 'vitest'
import { files, type Given, mended, open, type Scene, working } from './scene.ts'

/** A session whose pull request only waits for the tap. */
const green = async (given: Given = {}): Promise<Scene> => {
  const all = await open(given)
  await all.ci.passes(all.pull(), 'test')
  await all.later()
  return all
}
const protects =
  (rules: Parameters<Scene['owner']['protects']>[2]): NonNullable<Given['prepares']> =>
  (github, repository) =>
    github.person('ana').protects(repository, 'main', rules)

describe('a merge queue', () => {
  const queue = protects({ hasMergeQueue: true, requiredChecks: ['test'] })

  test('takes the order for exactly that head; what it does is told, and the end when it is there, over a restart', async () => {
    const { ana, chat, pull, ci, later, repository, bot, main, issue, facts } = await green({ prepares: queue })
    const { oid } = pull().head
    await ana.presses('Merge')
    expect(pull().queueEntry).toMatchObject({ headOid: oid })
    chat.shows('app-1 · merging', 'number 1 in the merge queue of "main"')
    bot.crashes()
    await bot.starts()
    await later()
    expect((await facts()).filter((type) => type === 'merge.queued')).toHaveLength(1)
    const group = repository.branches.get('gh-readonly-queue/main/pr-43') ?? ''
    await ci.checkRun({ repository, oid: group }, 'test', { conclusion: 'success' })
    await later()
    expect(await main()).toContain(group)
    chat.shows(`app-1 · merged: #43 is on main as ${group.slice(0, 8)}`)
    await later()
    expect(issue.state).toBe('closed')
    expect(repository.branches.has(pull().head.branch)).toBe(false)
  })

  test('that drops it says so, and it can be merged again', async () => {
    const { ana, chat, pull, ci, later, repository } = await green({ prepares: queue })
    await ana.presses('Merge')
    await later()
    const group = repository.branches.get('gh-readonly-queue/main/pr-43') ?? ''
    await ci.checkRun({ repository, oid: group }, 'test', { conclusion: 'failure' })
    expect(pull().queueEntry).toBeNull()
    await later('2m')
    chat.shows('the merge was refused: the forge no longer has it in hand', 'app-1 · mergeable')
    expect(chat.posts()).toContain('app-1 · #43 was not merged: the forge no longer has it in hand')
    await ana.presses('Merge')
    expect(pull().queueEntry).not.toBeNull()
    chat.shows('app-1 · settled: it was not merged')
  })
})

describe('auto-merge', () => {
  const armed: Given = {
    prepares: async (github, repository) => {
      const ana = github.person('ana')
      await ana.sets(repository, { isAutoMergeAllowed: true })
      await ana.protects(repository, 'main', { requiredChecks: ['test', 'late'] })
    },
  }

  test('is left to GitHub where something is still to come there, for exactly that head', async () => {
    const { ana, chat, pull, ci, later, Ben } = await open({ ...armed, app: { noChecks: 'mergeable' }, checks: ['test'] })
    await ci.passes(pull(), 'test')
    await ci.passes(pull(), 'late')
    await later()
    await ci.starts(pull(), 'late') // run again; the bot has not seen that yet
    await ana.presses('Merge')
    expect(pull().autoMerge).not.toBeNull()
    chat.shows('app-1 · merging', 'GitHub merges #43 by itself once all that "main" asks for is there.')
    await ci.passes(pull(), 'late')
    expect(pull().mergedAt).not.toBeNull()
    await later()
    chat.shows('app-1 · merged: #43 is on main as')
    await Ben.comments(pull(), 'Nice.')
  })

  test('is taken back when new commits come: what was approved is not what would be merged', async () => {
    const { ana, chat, pull, ci, later, Cem, repository, cyn } = await open(armed)
    await cyn.says('approve app-1')
    await ci.passes(pull(), 'test')
    await ci.passes(pull(), 'late')
    await later()
    await ci.starts(pull(), 'late')
    await ana.presses('Merge')
    expect(pull().autoMerge).not.toBeNull()
    await Cem.pushes(repository, pull().head.branch, { 'surprise.txt': 'unseen\n' })
    await later()
    expect(pull().autoMerge).toBeNull()
    chat.shows('the merge was refused: new commits came while the forge had it in hand')
    for (const name of ['test', 'late']) await ci.passes(pull(), name)
    await later()
    expect(pull().mergedAt).toBeNull()
  })
})

test('what GitHub has in hand is taken back when somebody asks for changes, and when somebody stops it', async () => {
  const prepares = protects({ hasMergeQueue: true, requiredChecks: ['test'] })
  const { ana, cyn, chat, pull, later } = await green({ prepares })
  await ana.presses('Merge')
  expect(pull().queueEntry).not.toBeNull()
  await cyn.says('reject app-1 the name is wrong')
  expect(pull().queueEntry).toBeNull()
  await later()
  chat.shows('app-1 · changes requested')

  const other = await green({ prepares })
  await other.ana.presses('Merge')
  await other.ana.says('stop app-1')
  expect(other.pull()).toMatchObject({ queueEntry: null, mergedAt: null, state: 'open' })
  other.chat.shows('app-1 · stopped by ana')
})

test('a merge is for the base that was shown: one that goes elsewhere meanwhile is not merged', async () => {
  const { ana, chat, pull, repository, owner, later } = await green()
  await owner.pushes(repository, 'next', { 'next.txt': 'next\n' })
  await owner.retargets(pull(), 'next')
  await ana.presses('Merge') // nobody has seen that yet
  expect(pull().mergedAt).toBeNull()
  await later()
  chat.shows('→ next')
  await ana.presses('Merge')
  expect(pull().mergedAt).not.toBeNull()
  expect(repository.branches.get('next')).toBe(pull().mergeCommit)
})

test('where main wants branches up to date, the newest base is brought in while the agent rests, and the approval stands', async () => {
  const all = await open({ app: { approvals: 2 }, prepares: protects({ isStrict: true, requiredChecks: ['test'] }) })
  const { ana, cyn, agent, chat, pull, ci, later, baseMoves, facts } = all
  await cyn.says('approve app-1')
  await ana.says('tell app-1 wait a moment')
  await later()
  const base = await baseMoves({ 'README.md': '# shop\n\nIt really adds.\n' })
  await ci.passes(pull(), 'test')
  await later()
  expect(await facts()).not.toContain('update.requested') // the agent is at work
  const before = pull().head.oid
  await agent.idles('I wait.')
  await later()
  expect(await facts()).toContain('update.requested')
  expect(pull().head.oid).not.toBe(before)
  expect(await agent.git('rev-parse', 'HEAD')).toBe(pull().head.oid)
  expect(await agent.git('merge-base', '--is-ancestor', base, 'HEAD')).toBe('')
  await ci.passes(pull(), 'test')
  await later()
  await ana.presses('Merge')
  await later()
  chat.shows('app-1 · merged: #43 is on main as')
  expect(agent.heard()).toEqual(['ana: wait a moment'])
})

test('two sessions that change the same files are told early, each in its own thread, and no longer once one has let go', async () => {
  const all = await working()
  const { ana, agentIn, owner, repository, eyes, chat, clock } = all
  await owner.opens(repository, { title: 'Write docs' })
  await ana.says('fix #43')
  await agentIn('app-1').edits(mended)
  await agentIn('app-2').commits({ 'calc.ts': '// Documented.\n', 'docs.md': 'docs\n' })
  for (const session of ['app-1', 'app-2']) await agentIn(session).works()
  await eyes.lookAtFiles()
  chat.shows('app-1 · changes the same files as app-2\ncalc.ts', 'app-2 · changes the same files as app-1\ncalc.ts')
  await eyes.lookAtFiles()
  expect(chat.count('app-1 · changes the same files as app-2')).toBe(1)
  await agentIn('app-1').edits({ 'calc.ts': files['calc.ts'] })
  await clock.passes('3m')
  await agentIn('app-1').works()
  await eyes.lookAtFiles()
  chat.shows('app-1 · settled: it changed the same files as app-2')
  await agentIn('app-1').edits(mended)
  await clock.passes('3m')
  await agentIn('app-1').works()
  await eyes.lookAtFiles()
  chat.shows('app-1 · changes the same files as app-2') // the same message: nobody is called anew
  expect(chat.posts().filter((title) => title.startsWith('app-1 · changes the same'))).toHaveLength(1)
  await ana.says('stop app-2')
  await eyes.lookAtFiles()
  chat.shows('app-1 · settled: it changed the same files as app-2')
})

test('what was merged is taken back on request by a pull request of its own, once, which nobody merges by itself', async () => {
  const { ana, chat, pull, main, repository, bot, later } = await green()
  await ana.presses('Merge')
  const [tip = ''] = await main()
  bot.willCrash('before', 'revert.opened')
  await ana.presses('Revert')
  await bot.starts()
  await later()
  chat.shows('#44 takes it back')
  expect(pull()).toMatchObject({ number: 44, state: 'open', title: 'Revert "add() subtracts"', base: { branch: 'main' } })
  expect(await repository.reads(pull().head.oid, 'calc.ts')).toBe(await repository.reads(`${tip}~1`, 'calc.ts'))
  expect((await main())[0]).toBe(tip)
  expect([...repository.items.keys()]).toEqual([42, 43, 44])
})
