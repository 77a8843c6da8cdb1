import { existsSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { openWebhooks } from '../../../core/engine/webhooks.ts'
import { silent } from '../../../core/kit/log.ts'
import { eventually } from '../../contracts/adapter.ts'
import { startEmulated } from './emulated.ts'
import { townOver } from './over.ts'
import { files, mended, working } from './scene.ts'

const rules = { requiredChecks: ['test'], requiredApprovals: 1, dismissesStaleReviews: true }

test('from an issue to a merged pull request, by way of a red check, a review, a conflict and a stale approval', async () => {
  const all = await working({ prepares: (github, repository) => github.person('ana').protects(repository, 'main', rules) })
  const { ana, agent, chat, pull, later, ci, repository, issue, github, Ben, Cem } = all

  // The issue becomes a session.
  chat.shows('app-1 · working · #42 add() subtracts')
  const branch = await agent.git('branch', '--show-current')
  expect(branch).toBe('ao/42-app-1-add-subtracts')
  expect(agent.prompts()).toEqual([
    expect.stringMatching(/It was written by eve[\s\S]*```task\n# add\(\) subtracts\n\nadd\(1, 2\) gives -1\.\n```/),
  ])

  // Its pull request.
  const first = await agent.finishes(mended, 'It adds now.')
  expect(pull()).toMatchObject({ number: 43, title: 'add() subtracts', head: { branch, oid: first }, base: { branch: 'main' } })
  expect(pull().author?.login).toBe('ao-bot')
  expect(pull().body).toMatch(/^It adds now\.\n\nFor #42\.\n\nMade in session app-1/)
  chat.shows('app-1 · ci running', 'says: It adds now.', `#43 at ${first.slice(0, 8)} → main`)

  // A red check.
  await ci.fails(pull(), 'test', 'calc.test.ts\nexpected 3, got NaN\n##[error]Process completed with exit code 1.\n')
  await later()
  chat.shows('app-1 · ci failed', 'checks failing (test)')
  expect(agent.heard()).toEqual([
    `Change #43 at commit ${first.slice(0, 8)}: these checks failed. Fix the cause, commit, and report done.\n\nCheck "test" ended with:\n` +
      '```log\ncalc.test.ts\nexpected 3, got NaN\nError: Process completed with exit code 1.\n```',
  ])
  const second = await agent.finishes({ 'calc.test.ts': 'add(1, 2) // 3\n' }, 'The test knows it, too.')
  expect(pull().head.oid).toBe(second)
  await ci.passes(pull(), 'test')
  await later()
  chat.shows('app-1 · review pending', 'its forge wants an approving review')
  expect(chat.hasButton('Merge')).toBe(false)

  // A review, with a thread and a word on all of it.
  await Ben.requestsChanges(pull(), 'Please name it better.', [{ path: 'calc.ts', line: 1, body: 'Why arrows?' }])
  const [thread] = pull().threads
  if (!thread) throw new Error('There is a thread.')
  await Cem.replies(thread, 'The house likes them.')
  await later()
  chat.shows('app-1 · changes requested')
  expect(agent.heard().slice(1)).toEqual([
    `Change #43 at commit ${second.slice(0, 8)}: reviewers ask for changes. Address every comment, commit, and report done.\n\n` +
      'On calc.ts:1\n```comments\nBen: Why arrows?\n\nCem: The house likes them.\n```\n\n' +
      'On the whole change:\n```comments\nBen: Please name it better.\n```',
  ])
  const third = await agent.finishes({ 'calc.ts': 'export const sum = (a: number, b: number): number => a + b\n' }, 'It is called sum.')
  await ci.passes(pull(), 'test')
  await Ben.resolves(thread)
  await Ben.approves(pull())
  await later()
  chat.shows('app-1 · mergeable', `#43 at ${third.slice(0, 8)}`, 'review approved')

  // The base moves, and there is a conflict.
  const base = await all.baseMoves({ 'calc.ts': 'export const add = (a: number, b: number): number => a - -b\n' })
  await later()
  chat.shows('app-1 · conflict', 'conflict in calc.ts')
  expect(agent.heard().slice(2)).toEqual([
    `Change #43 at commit ${third.slice(0, 8)} conflicts with main. Merge main (git merge ${base.slice(0, 8)}) into your branch, resolve the conflicts, ` +
      'commit, and report done.\n\n```files in conflict\ncalc.ts\n```',
  ])
  await expect(agent.git('merge', base.slice(0, 8))).rejects.toThrow('CONFLICT')
  await agent.finishes({ 'calc.ts': 'export const sum = (a: number, b: number): number => a - -b\n' }, 'Merged.')
  await ci.passes(pull(), 'test')
  await later()
  chat.shows('app-1 · review pending') // the approval was for another commit
  await Ben.approves(pull())
  await later()
  chat.shows('app-1 · waits for your decision', 'checks passed; ready to merge')

  // Somebody pushes before the tap.
  const old = chat.button('Merge')
  const pushed = await Cem.pushes(repository, branch, { 'NOTES.md': 'Mind the sum.\n' })
  await later()
  await ana.presses(old)
  chat.shows(`Not done: new commits have come to #43 (${pushed.slice(0, 8)}) since that card was shown.`)
  expect(pull().mergedAt).toBeNull()
  chat.shows('app-1 · ci running')
  await ci.passes(pull(), 'test')
  await Ben.approves(pull())
  await later()

  // The tap.
  await ana.presses('Merge')
  expect(github.requests.filter(({ method, path }) => method === 'PUT' && path.endsWith('/pulls/43/merge'))).toMatchObject([
    { status: 200, body: { sha: pushed, merge_method: 'squash', commit_title: 'add() subtracts (#43)' } },
  ])
  const [tip = ''] = await all.main()
  expect(pull()).toMatchObject({ mergedBy: { login: 'ao-bot' }, mergeCommit: tip })
  expect(repository.branches.has(branch)).toBe(false)
  expect(issue).toMatchObject({ state: 'closed', closedBy: { login: 'ao-bot' } })
  expect(issue.comments.map(({ body }) => body)).toEqual([expect.stringMatching(/^Merged as #43\./)])
  chat.shows(`app-1 · merged: #43 is on main as ${tip.slice(0, 8)}`, 'ana merged #43')
  expect(existsSync(agent.path())).toBe(false)
  expect(agent.isAlive()).toBe(false)
  expect(agent.heard()).toHaveLength(3)
})

const secret = 'a-visibly-fake-secret'
/** The same merge as an agent would make it. */
const resolved = { 'calc.ts': 'export const sum = (a: number, b: number): number => a - -b\n' }

test('over emulate 0.12.2: from an issue to a merged pull request, by way of a red check, a review, a conflict and a stale card', async () => {
  const door = openWebhooks({ host: '127.0.0.1', port: 0, log: silent })
  onTestFinished(door.stop)
  await door.start()
  const github = await startEmulated(files)
  const { rest, requests, pushes } = github
  await rest('/issues', { method: 'POST', body: { title: 'add() subtracts', body: 'add(1, 2) gives -1.' }, login: 'eve' })
  const config = { url: `http://127.0.0.1:${door.address()?.port}/github`, content_type: 'json', secret }
  await rest('/hooks', { method: 'POST', body: { name: 'web', active: true, events: ['*'], config } })
  const all = await townOver(
    { ...github, gitUrl: github.url },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the config
    { clock: Date.now, onWebhook: door.on, environment: { SECRET: secret }, scm: { webhookSecret: '${SECRET}' } },
  )
  const { ana, agent, chat, eyes, later } = all
  const check = (oid: string, conclusion: 'success' | 'failure', text = '') => {
    const output = { title: `It is a ${conclusion}`, summary: '', text }
    return rest('/check-runs', { method: 'POST', body: { name: 'test', head_sha: oid, status: 'completed', conclusion, output } })
  }
  // It names the commit itself: emulate would take the first one.
  const review = (event: string, commit: string, body = '', comments: readonly object[] = []) =>
    rest('/pulls/2/reviews', { method: 'POST', body: { event, body, comments, commit_id: commit }, login: 'Ben' })
  /** A webhook has told of it, and the bot has looked. */
  const told = async (count: number): Promise<void> => {
    const heard = async () => {
      await eyes.lookAtHints()
      return agent.heard().length
    }
    await eventually(heard, (now) => now >= count)
    expect(agent.heard()).toHaveLength(count)
  }

  // The issue becomes a session, and that a pull request.
  await ana.says('fix #1')
  chat.shows('app-1 · working · #1 add() subtracts')
  const first = await agent.finishes(mended)
  const branch = await agent.git('branch', '--show-current')
  expect(await rest('/pulls/2')).toMatchObject({ title: 'add() subtracts', head: { ref: branch, sha: first }, user: { login: 'ao-bot' } })

  // A red check, of which a signed webhook tells.
  await check(first, 'failure', 'expected 3, got NaN')
  await told(1)
  expect(agent.heard()[0]).toBe(
    `Change #2 at commit ${first.slice(0, 8)}: these checks failed. Fix the cause, commit, and report done.\n\nCheck "test" ended with:\n` +
      '```log\nIt is a failure\nexpected 3, got NaN\n```',
  )
  const second = await agent.finishes({ 'calc.test.ts': 'add(1, 2) // 3\n' })
  await check(second, 'success')
  await later()
  chat.shows('app-1 · mergeable', `#2 at ${second.slice(0, 8)}`)

  // A review, with a thread and a word on all of it.
  await review('REQUEST_CHANGES', second, 'Please name it better.', [{ path: 'calc.ts', position: 1, body: 'Why arrows?' }])
  const [{ id }] = await rest('/pulls/2/comments')
  await rest('/pulls/2/comments', { method: 'POST', body: { body: 'The house likes them.', in_reply_to_id: id }, login: 'Cem' })
  await told(2)
  expect(agent.heard()[1]).toContain('On calc.ts:1\n```comments\nBen: Why arrows?\n\nCem: The house likes them.\n```')
  expect(agent.heard()[1]).toContain('On the whole change:\n```comments\nBen: Please name it better.\n```')
  const third = await agent.finishes({ 'calc.ts': 'export const sum = (a: number, b: number): number => a + b\n' })
  await check(third, 'success')
  await review('APPROVE', third)
  await later()
  chat.shows('app-1 · mergeable', 'review approved')

  // A conflict.
  const base = await pushes('main', { 'calc.ts': 'export const add = (a: number, b: number): number => a - -b\n' })
  await later()
  expect(agent.heard()[2]).toMatch(/conflicts with main\. Merge main \(git merge [0-9a-f]{8}\)[\s\S]*```files in conflict\ncalc\.ts\n```/)
  expect(agent.heard()[2]).toContain(base.slice(0, 8))
  await expect(agent.git('merge', base)).rejects.toThrow('CONFLICT')
  const fourth = await agent.finishes(resolved)
  await check(fourth, 'success')
  await later()
  chat.shows('app-1 · waits for your decision')

  // Somebody pushes before the tap.
  const old = chat.button('Merge')
  const pushed = await pushes(branch, { 'NOTES.md': 'Mind the sum.\n' })
  await later()
  await ana.presses(old)
  chat.shows(`Not done: new commits have come to #2 (${pushed.slice(0, 8)}) since that card was shown.`)
  await check(pushed, 'success')
  await review('APPROVE', pushed)
  await later()

  // The tap.
  await ana.presses('Merge')
  await later()
  const merges = requests.filter(({ method, path }) => method === 'PUT' && path.endsWith('/pulls/2/merge'))
  expect(merges.map(({ body }) => JSON.parse(body).sha)).toEqual([pushed])
  expect(await rest('/pulls/2')).toMatchObject({ merged: true, merged_by: { login: 'ao-bot' } })
  expect((await rest('/branches')).map(({ name }: { readonly name: string }) => name)).toEqual(['main'])
  expect(await rest('/issues/1')).toMatchObject({ state: 'closed', closed_by: { login: 'ao-bot' } })
  expect(await rest('/issues/1/comments')).toMatchObject([{ body: expect.stringMatching(/^Merged as #2\./) }])
  const tip = await github.git(['rev-parse', 'main'])
  expect(await github.git(['show', `${tip}:calc.ts`])).toBe(resolved['calc.ts'].trim())
  chat.shows(`app-1 · merged: #2 is on main as ${tip.slice(0, 8)}`)
  expect(existsSync(agent.path())).toBe(false)
  expect(agent.heard()).toHaveLength(3)
})

test('with webhooks the agent hears of a red check at once; one that is forged changes nothing, nor does one that is lost', async () => {
  const door = openWebhooks({ host: '127.0.0.1', port: 0, log: silent })
  onTestFinished(door.stop)
  await door.start()
  const url = `http://127.0.0.1:${door.address()?.port}/github`
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the config
  const all = await working({ onWebhook: door.on, environment: { SECRET: secret }, scm: { webhookSecret: '${SECRET}' } })
  const { repository, github, agent, ci, pull, eyes, later, chat, now } = all
  repository.hook({ url, secret })
  const began = now()
  await agent.finishes(mended)
  await github.delivered()
  await eyes.lookAtHints()
  await ci.fails(pull(), 'test', 'expected 3\n')
  await github.delivered()
  await eyes.lookAtHints()
  expect(agent.heard()).toEqual([expect.stringContaining('expected 3')])
  expect(now()).toBe(began)

  const forged = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'pull_request',
      'x-github-delivery': 'forged',
      'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
    },
    body: JSON.stringify({ action: 'closed', pull_request: { number: 43 }, repository: { id: repository.id, full_name: 'acme/shop' } }),
  })
  expect(forged.status).toBe(401)
  const asked = github.requests.length
  await eyes.lookAtHints()
  expect(github.requests.length).toBe(asked)
  chat.shows('app-1 · ci failed')

  await door.stop()
  await ci.passes(pull(), 'test')
  await github.delivered()
  await eyes.lookAtHints()
  chat.shows('app-1 · ci failed')
  await later()
  chat.shows('app-1 · mergeable')
})
