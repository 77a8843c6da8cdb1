import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { verify } from '@octokit/webhooks-methods'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeStand, over, type Stand } from './fake-stand.ts'

let stand: Stand
beforeEach(async () => {
  stand = await makeStand()
})
afterEach(() => stand.close())

// biome-ignore lint/suspicious/noExplicitAny: payloads have any shape, and a test looks at a few places of them
type Payload = any
type Told = { readonly event: string; readonly id: string; readonly signature: string; readonly text: string; readonly payload: Payload }

const secret = 'only-for-tests'

/** A door that writes down what it is told. */
const listening = async () => {
  const told: Told[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const header = (name: string): string => String(request.headers[name] ?? '')
    told.push({
      event: header('x-github-event'),
      id: header('x-github-delivery'),
      signature: header('x-hub-signature-256'),
      text,
      payload: text.endsWith('}') ? JSON.parse(text) : null,
    })
    response.writeHead(202).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections())
  return { told, url: `http://127.0.0.1:${port}/hook`, close }
}

describe('webhooks', () => {
  test('tell each act, signed, with the fields that GitHub’s have', async () => {
    const { github, repo } = stand
    const door = await listening()
    const hook = repo.hook({ url: door.url, secret })
    const [ana, bob] = [github.person('ana'), github.person('bob')]
    const issue = await ana.opens(repo, { title: 'One' })
    await ana.labels(issue, 'bug')
    await ana.comments(issue, 'Hello')
    await bob.pushes(repo, 'topic', { 'x.txt': 'x' })
    const pull = await bob.proposes(repo, 'topic')
    await github.ci.fails(pull, 'test')
    await github.ci.status(pull, 'lint', 'success')
    await ana.resolves(await ana.startsThread(pull, { path: 'x.txt', line: 1, body: 'Why?' }))
    const before = pull.head.oid
    await bob.pushes(repo, 'topic', { 'y.txt': 'y' })
    await ana.approves(pull)
    await bob.merges(pull)
    await github.delivered()
    await door.close()
    expect(await Promise.all(door.told.map(({ text, signature }) => verify(secret, text, signature)))).not.toContain(false)
    const of = (event: string, action?: string): Payload =>
      door.told.find((one) => one.event === event && (action === undefined || one.payload.action === action))?.payload
    expect(of('ping')).toMatchObject({ hook_id: hook.id, repository: { full_name: 'ana/shop' } })
    expect(of('issues', 'opened')).toMatchObject({
      issue: { number: 1, title: 'One' },
      sender: { login: 'ana' },
      repository: { id: repo.id, node_id: repo.nodeId },
    })
    expect(of('issues', 'labeled')).toMatchObject({ label: { name: 'bug' } })
    expect(of('issue_comment', 'created')).toMatchObject({ comment: { body: 'Hello' }, issue: { number: 1 } })
    expect(of('push')).toMatchObject({ ref: 'refs/heads/topic', created: true, after: before, forced: false, pusher: { name: 'bob' } })
    expect(of('pull_request', 'opened')).toMatchObject({ number: 2, pull_request: { head: { sha: before }, merged: false, commits: 1 } })
    expect(of('check_run', 'completed')).toMatchObject({
      check_run: { name: 'test', conclusion: 'failure', head_sha: before, pull_requests: [{ number: 2 }] },
    })
    expect(of('check_suite', 'completed')).toMatchObject({ check_suite: { conclusion: 'failure', head_sha: before } })
    expect(of('status')).toMatchObject({ sha: before, context: 'lint', state: 'success', branches: [{ name: 'topic' }] })
    expect(of('pull_request_review', 'submitted')).toMatchObject({ review: { state: 'commented' }, pull_request: { number: 2 } })
    expect(of('pull_request_review_comment', 'created')).toMatchObject({ comment: { path: 'x.txt', line: 1 } })
    expect(of('pull_request_review_thread', 'resolved')).toMatchObject({ thread: { comments: [{ body: 'Why?' }] } })
    expect(of('pull_request', 'synchronize')).toMatchObject({
      before,
      after: pull.head.oid,
      pull_request: { head: { sha: pull.head.oid } },
    })
    expect(of('pull_request', 'closed')).toMatchObject({ pull_request: { merged: true, merge_commit_sha: pull.mergeCommit } })
    expect(hook.deliveries.every(({ status }) => status === 202)).toBe(true)
    expect(new Set(door.told.map(({ id }) => id)).size).toBe(door.told.length)
  })

  test('come again with the id they had, are lost, and are forged', async () => {
    const { github, repo } = stand
    const door = await listening()
    const hook = repo.hook({ url: door.url, secret, events: ['issues'] })
    const ana = github.person('ana')
    const issue = await ana.opens(repo, { title: 'One' })
    await ana.comments(issue, 'Not told')
    await github.delivered()
    await hook.redelivers(1)
    expect(door.told.map(({ event, payload }) => `${event} ${payload.action}`)).toEqual([
      'ping undefined',
      'issues opened',
      'issues opened',
    ])
    expect(door.told[2]?.id).toBe(door.told[1]?.id)
    hook.loses()
    await ana.closes(issue)
    await github.delivered()
    hook.recovers()
    expect(door.told).toHaveLength(3)
    expect(await hook.forges('issues', { action: 'deleted' }, { secret: 'guessed' })).toBe(202)
    expect(await hook.forges('issues', '{"action"', { secret: null, id: 'same' })).toBe(202)
    expect(door.told[4]).toMatchObject({ id: 'same', signature: '', text: '{"action"' })
    expect(await verify(secret, door.told[3]?.text ?? '', door.told[3]?.signature ?? '')).toBe(false)
    await door.close()
  })
})

describe('logs of jobs', () => {
  const job = (id: number, how?: Parameters<Stand['ask']>[2]) => stand.ask(`GET /repos/ana/shop/actions/jobs/${id}/logs`, undefined, how)
  const blob = (url = '', range?: string, more: Record<string, string> = {}) =>
    over(url, 'GET', { ...more, ...(range !== undefined && { range }) })

  test('are found where no token is wanted, whole or from a place on; the end alone cannot be asked for', async () => {
    const { github, repo } = stand
    const [pull] = await repo.manyPulls('bob', 1)
    if (!pull) throw new Error('There is no pull request.')
    const run = await github.ci.checkRun(pull, 'test', { conclusion: 'failure', log: '0123456789', isRawLog: true })
    const redirected = await job(run.id)
    expect(redirected).toMatchObject({ status: 302, text: '' })
    const { location } = redirected.headers
    expect(location).not.toContain('/repos/')
    expect(await blob(location)).toMatchObject({ status: 200, text: '0123456789' })
    expect(await blob(location, 'bytes=2-4')).toMatchObject({ status: 206, text: '234', headers: { 'content-range': 'bytes 2-4/10' } })
    expect(await blob(location, 'bytes=7-')).toMatchObject({ status: 206, text: '789' })
    expect(await blob(location, 'bytes=-3')).toMatchObject({ status: 200, text: '0123456789' })
    expect((await blob(location, 'bytes=10-')).status).toBe(416)
    expect((await blob(location, undefined, { authorization: `Bearer ${stand.token.value}` })).status).toBe(401)
    expect((await blob(location?.replace(/sig=(.)/, (_, first) => `sig=${first === 'x' ? 'y' : 'x'}`))).status).toBe(403)
    stand.clock.now += 61_000
    expect((await blob(location)).status).toBe(403)
  })

  test('are as GitHub writes them, with the time before each line', async () => {
    const { github, repo } = stand
    const [pull] = await repo.manyPulls('bob', 1)
    if (!pull) throw new Error('There is no pull request.')
    const run = await github.ci.fails(pull, 'test', 'one\n\n##[error]two\n')
    const { headers } = await job(run.id)
    expect((await blob(headers.location)).text).toBe(
      '\ufeff2026-03-01T12:00:00.0000000Z one\n\n2026-03-01T12:00:00.0000000Z ##[error]two\n',
    )
  })

  test('of a gigabyte are made while they are sent, and only what is asked for', async () => {
    const { github, repo } = stand
    const [pull] = await repo.manyPulls('bob', 1)
    if (!pull) throw new Error('There is no pull request.')
    const bytes = 1024 ** 3
    const run = await github.ci.fails(pull, 'test', { bytes, ends: 'the very end\n' })
    const { headers } = await job(run.id)
    const tail = await blob(headers.location, `bytes=${bytes - 1_000}-`)
    expect(tail.text).toHaveLength(1_000)
    expect(tail.text.endsWith('the very end\n')).toBe(true)
    expect(github.sentLogBytes).toBe(1_000)
    const a = (await blob(headers.location, 'bytes=65500-65699')).text
    expect(a).toBe((await blob(headers.location, 'bytes=65500-65599')).text + (await blob(headers.location, 'bytes=65600-65699')).text)
  })

  test('are not there of other apps, of jobs that still run, and after a time no more', async () => {
    const { github, repo, ask } = stand
    const [pull] = await repo.manyPulls('bob', 1)
    if (!pull) throw new Error('There is no pull request.')
    const other = await github.ci.checkRun(pull, 'scan', { app: 'scanner', conclusion: 'failure', log: 'x' })
    expect((await job(other.id)).status).toBe(404)
    const [running] = await github.ci.starts(pull, 'test')
    expect((await job(running?.id ?? 0)).status).toBe(404)
    const old = await github.ci.fails(pull, 'test', 'expired')
    expect((await job(old.id)).status).toBe(410)
    expect((await ask('GET /repos/ana/shop/actions/jobs/1/logs')).status).toBe(404)
  })
})
