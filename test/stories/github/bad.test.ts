import { expect, test } from 'vitest'
import { mended, open, scene, working } from './scene.ts'

test('an issue that is not there, a pull request and words that fit nothing are answered with what can be named, and nothing starts', async () => {
  const { ana, chat, sessions, repository, Ben } = await scene()
  await Ben.pushes(repository, 'mine', { 'x.txt': 'x\n' })
  await Ben.proposes(repository, 'mine', { title: 'By hand' })
  await ana.says('fix #999')
  chat.shows('There is no issue "#999" in acme/shop.', 'Name one that is open, by its number: #42 (add() subtracts).')
  await ana.says('fix #43')
  chat.shows('#43 of acme/shop is a pull request, not an issue.')
  expect(sessions()).toEqual([])
})

test('a closed issue is not worked on without a word: it says so, and how it is started all the same', async () => {
  const { ana, chat, sessions, issue, owner } = await scene()
  await owner.closes(issue, 'not_planned')
  await ana.says('fix #42')
  chat.shows('#42 is closed')
  expect(sessions()).toEqual([])
  await owner.reopens(issue)
  await ana.says('fix #42')
  expect(sessions()).toHaveLength(1)
})

test('a repository that is not there, or not shown, is named; once it is shown the same words work', async () => {
  const { ana, chat, sessions, repository } = await scene()
  repository.isPrivate = true
  repository.permissions.delete('ao-bot')
  await ana.says('fix #42')
  chat.shows('GitHub has no acme/shop, or does not show it to this token.', 'See that the name is right')
  expect(sessions()).toEqual([])
  repository.permissions.set('ao-bot', 'write')
  await ana.says('fix #42')
  chat.shows('app-1 · working')
})

test('an archived repository takes no pull request: it is said with the cure, and retry opens it afterwards', async () => {
  const { ana, agent, chat, owner, repository, pull } = await working()
  await owner.archives(repository)
  const head = await agent.finishes(mended)
  chat.shows('app-1 · opening the change failed', 'archived', '[Retry]')
  await owner.unarchives(repository)
  await ana.presses('Retry')
  expect(pull().head.oid).toBe(head)
  chat.shows('app-1 · ci running', 'app-1 · settled: opening the change failed')
})

test('without the right to push it says who lacks what, and goes on once that is given', async () => {
  const { ana, agent, chat, repository, pull } = await working()
  repository.permissions.set('ao-bot', 'read')
  const head = await agent.finishes(mended)
  chat.shows('app-1 · opening the change failed', 'Permission to acme/shop.git denied to ao-bot')
  repository.permissions.set('ao-bot', 'write')
  await ana.presses('Retry')
  expect(pull().head.oid).toBe(head)
})

test('a protected branch refuses the push in GitHub’s words, and takes it once it is open', async () => {
  const { ana, agent, chat, owner, repository, pull } = await working()
  const branch = await agent.git('branch', '--show-current')
  await owner.resets(repository, branch, repository.branches.get('main') ?? '')
  await owner.protects(repository, branch, { pushers: ['ana'] })
  await agent.finishes(mended)
  chat.shows('app-1 · opening the change failed', `The branch "${branch}" could not be pushed`, 'not authorized to push to this branch')
  await owner.unprotects(repository, branch)
  await ana.presses('Retry')
  expect(pull().state).toBe('open')
})

test('a token that expires in the middle: what is to be done says so and is not lost; with a good one all goes on', async () => {
  const { ana, agent, chat, token, ci, pull, later, clock } = await open()
  token.isRevoked = true
  const head = await agent.finishes({ 'more.txt': 'more\n' })
  chat.shows('the push failed', 'refuses the token', 'It is tried again.')
  await clock.passes('2m')
  chat.shows('app-1 · the push failed 4 times', 'It has expired, was revoked, or is mistyped')
  token.isRevoked = false
  await later()
  await ana.presses('Retry')
  expect(pull().head.oid).toBe(head)
  await ci.fails(pull(), 'test', 'expected 3\n')
  await later()
  expect(agent.heard()).toEqual([expect.stringContaining(`commit ${head.slice(0, 8)}: these checks failed`)])
})

test('a push that failed is not lost over other news of its pull request', async () => {
  const { ana, agent, chat, token, ci, pull, later, clock } = await open()
  token.isRevoked = true
  const head = await agent.finishes({ 'more.txt': 'more\n' })
  await clock.passes('2m')
  chat.shows('app-1 · the push failed 4 times')
  token.isRevoked = false
  await ci.passes(pull(), 'test') // of the commit that is there
  await later()
  await ana.says('retry app-1')
  expect(pull().head.oid).toBe(head)
})

test('while GitHub cannot be looked at its sessions say so, and no longer once it can', async () => {
  const { chat, token, ci, pull, later, agent } = await open()
  token.isRevoked = true
  await ci.fails(pull(), 'test')
  for (let looks = 0; looks < 10; looks += 1) await later()
  chat.shows('refuses the token')
  token.isRevoked = false
  await later()
  await later()
  chat.hides('refuses the token')
  expect(agent.heard()).toHaveLength(1)
})

test('5xx, half an answer and no answer at all pass by: what they hit is done once, when it can be', async () => {
  const all = await working({ options: { timeout: '2s' } })
  const { ana, agent, chat, ci, github, pull, later, clock } = all
  const heal = github.fails({ method: 'POST', path: /\/pulls$/ }, { is: 'status', status: 502 })
  await agent.finishes(mended)
  chat.shows('opening the change failed: 127.0.0.1', 'it answered 502', 'It is tried again.')
  heal()
  await clock.passes('3s')
  chat.shows('app-1 · ci running')

  await ci.fails(pull(), 'test')
  for (const is of ['truncated', 'silent', 'cut'] as const) {
    github.fails({ kind: 'graphql' }, { is }, 1)
    await later()
    expect(agent.heard()).toEqual([])
  }
  await later()
  expect(agent.heard()).toHaveLength(1)

  await agent.finishes({ 'more.txt': 'more\n' })
  await ci.passes(pull(), 'test')
  await later()
  github.fails({ method: 'PUT', path: /\/merge$/ }, { is: 'lost' }, 1) // it merges, and nobody hears of it
  await ana.presses('Merge')
  await later()
  chat.shows('app-1 · merged: #43 is on main as')
  expect(github.requests.filter(({ method, path }) => method === 'PUT' && path.endsWith('/merge'))).toHaveLength(1)
})

test('a force push by a person is told, never overwritten; the agent goes on from there', async () => {
  const { ana, agent, chat, ci, pull, later, repository, Cem } = await open()
  const { branch } = pull().head
  const theirs = await Cem.pushes(repository, branch, { 'calc.ts': 'export const add = Math.hypot\n' }, { from: 'main', isForced: true })
  await later()
  await agent.finishes({ 'more.txt': 'more\n' })
  chat.shows('the push failed', `Cem pushed a commit there that the workspace does not have; it is at ${theirs}`, 'git rebase')
  expect(repository.branches.get(branch)).toBe(theirs)
  await ci.passes(pull(), 'test') // other news do not make it a new trouble
  await later()
  const ours = await agent.git('rev-parse', '--short=8', 'HEAD')
  chat.shows('app-1 · waits for your decision', `The agent's commits up to ${ours} are not in #43: The branch`)
  await ana.presses('Send to agent')
  expect(agent.heard().at(-1)).toContain('git rebase')
  expect(chat.posts().filter((title) => title.includes('the push failed'))).toEqual(['app-1 · the push failed'])
  await agent.git('rebase', '--quiet', '--onto', 'refs/ao/changes/43', 'HEAD~1')
  await agent.finishes({ 'even-more.txt': 'more\n' })
  await ana.says('retry app-1')
  expect(await agent.git('merge-base', '--is-ancestor', theirs, pull().head.oid)).toBe('')
  chat.shows('app-1 · ci running')
})

test('a branch that somebody deletes closes its pull request, which is told; new work is proposed anew', async () => {
  const { agent, chat, pull, later, repository, owner } = await open()
  await owner.deletesBranch(repository, pull().head.branch)
  await later()
  chat.shows('app-1 · the change was closed', '#43 was closed without being merged')
  const head = await agent.finishes({ 'more.txt': 'more\n' })
  expect(pull()).toMatchObject({ number: 44, state: 'open', head: { oid: head } })
  await later()
  chat.shows('app-1 · ci running', '#44 at')
})

test('a pull request that is closed and opened again goes on where it was: what failed meanwhile is told then', async () => {
  const { agent, chat, ci, pull, later, Ben } = await open()
  await Ben.closes(pull())
  await later()
  await ci.fails(pull(), 'test')
  await later()
  expect(agent.heard()).toEqual([])
  await Ben.reopens(pull())
  await ci.fails(pull(), 'test', 'expected 3\n')
  await later()
  expect(agent.heard()).toEqual([expect.stringContaining('expected 3')])
  chat.shows('app-1 · ci failed', 'app-1 · settled: the change was closed')
})
