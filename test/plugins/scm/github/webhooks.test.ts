import { createHmac, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { emitterEventNames } from '@octokit/webhooks'
import { createEmulator } from 'emulate'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { Host } from '../../../../core/contracts/plugins.ts'
import { openWebhooks } from '../../../../core/engine/webhooks.ts'
import { openFileDocuments } from '../../../../core/store/document.ts'
import { emptyNotes, type Notes, notesDocument, parseNotes, webhookFindings } from '../../../../plugins/scm/github/webhook-notes.ts'
import { events, isOfInterest, payloadIn, type RepositoryRef, readDelivery } from '../../../../plugins/scm/github/webhook-read.ts'
import { type Listening, listen, webhookFields } from '../../../../plugins/scm/github/webhooks.ts'
import { eventually } from '../../../contracts/adapter.ts'
import { type FakeHost, makeHost } from '../../../fakes/host.ts'

type Payload = Readonly<Record<string, unknown>>
type Event = { readonly name: string; readonly examples: readonly Payload[] }
const examples: readonly Event[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../node_modules/@octokit/webhooks-examples/api.github.com/index.json'), 'utf8'),
)

const secret = 'a-visibly-fake-secret'
const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

/** The plugin's ears at a real listener. */
const begin = async (parts: Partial<Omit<Listening, 'host'>> = {}, around: Partial<Host> = {}) => {
  const host: FakeHost = { ...(await makeHost()), ...around }
  const door = openWebhooks({ host: '127.0.0.1', port: 0, log: host.log })
  const ears = { ...host, onWebhook: door.on }
  listen({ secret, projectsOf: () => ['app'], ...parts, host: ears })
  await door.start()
  endings.push(host.close, door.stop)
  const url = `http://127.0.0.1:${door.address()?.port}/github`
  return { host, ears, url, told: () => host.hintsOf.map(saying) }
}

const saying = ({ slot, project, number, branch }: FakeHost['hintsOf'][number]): string =>
  [slot, project, ...(number === undefined ? [] : [`#${number}`]), ...(branch === undefined ? [] : [branch])].join(' ')

const signed = (body: string | Buffer, by = secret): string => `sha256=${createHmac('sha256', by).update(body).digest('hex')}`
type Sending = {
  readonly event?: string
  readonly delivery?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly by?: string
}
const send = async (url: string, payload: unknown, { event = 'pull_request', delivery = randomUUID(), headers = {}, by }: Sending = {}) => {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
  const said = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': delivery,
      'x-hub-signature-256': signed(body, by),
      ...headers,
    },
  })
  return [said.status, await said.text()] as const
}

const repository = { id: 7, node_id: 'R_7', full_name: 'acme/shop', default_branch: 'main' }
const opened = { action: 'opened', repository, pull_request: { number: 4, head: { ref: 'ao/app-1' } } }

/** What each of the real payloads hints at: `event action` → how often which hints; `-` is none. */
const wanted: Readonly<Record<string, string>> = {
  'check_run completed': '3 × scm app #2 changes',
  'check_run created': '3 × scm app #2 changes',
  'check_run requested_action': '1 × scm app #26764 miniak/event-process-id',
  'check_run rerequested': '2 × scm app master',
  'check_suite completed': '3 × scm app #2 changes | 1 × scm app main',
  'check_suite requested': '3 × scm app master',
  'check_suite rerequested': '2 × scm app #2 changes',
  'installation created': '2 × scm app, tracker app',
  'installation deleted': '2 × scm app, tracker app',
  'installation new_permissions_accepted': '1 × scm app, tracker app',
  'installation suspend': '1 × -',
  'installation unsuspend': '1 × -',
  'installation_repositories added': '2 × scm app, tracker app',
  'installation_repositories removed': '1 × scm app, tracker app',
  'issue_comment created': '5 × tracker app',
  'issue_comment deleted': '2 × tracker app',
  'issue_comment edited': '2 × tracker app',
  'issues assigned': '3 × tracker app',
  'issues deleted': '1 × tracker app',
  'issues demilestoned': '2 × scm app #2',
  'issues edited': '3 × tracker app',
  'issues labeled': '2 × tracker app',
  'issues locked': '2 × tracker app',
  'issues milestoned': '2 × scm app #2',
  'issues opened': '4 × tracker app',
  'issues pinned': '1 × tracker app',
  'issues reopened': '1 × tracker app',
  'issues transferred': '1 × tracker app',
  'issues unassigned': '2 × tracker app',
  'issues unlabeled': '2 × tracker app',
  'issues unlocked': '2 × tracker app',
  'issues unpinned': '1 × tracker app',
  'label created': '3 × tracker app',
  'label deleted': '2 × tracker app',
  'label edited': '1 × tracker app',
  'merge_group checks_requested': '2 × scm app #104',
  'pull_request assigned': '2 × scm app #2 changes',
  'pull_request closed': '2 × scm app #2 changes',
  'pull_request converted_to_draft': '3 × scm app #2 changes',
  'pull_request labeled': '2 × scm app #2 changes',
  'pull_request locked': '2 × scm app #2 changes',
  'pull_request opened': '4 × scm app #2 changes',
  'pull_request ready_for_review': '3 × scm app #2 changes',
  'pull_request reopened': '2 × scm app #2 changes',
  'pull_request review_request_removed': '1 × scm app #2 changes',
  'pull_request review_requested': '1 × scm app #2 changes',
  'pull_request synchronize': '1 × scm app #2 changes',
  'pull_request unassigned': '2 × scm app #2 changes',
  'pull_request unlabeled': '2 × scm app #2 changes',
  'pull_request unlocked': '2 × scm app #2 changes',
  'pull_request_review dismissed': '1 × scm app #2 changes',
  'pull_request_review submitted': '3 × scm app #2 changes',
  'pull_request_review_comment created': '3 × scm app #2 changes',
  'pull_request_review_comment deleted': '1 × scm app #2 changes',
  'pull_request_review_comment edited': '1 × scm app #2 changes',
  'pull_request_review_thread resolved': '1 × scm app #118 issue-comment | 1 × scm app #2 changes',
  'pull_request_review_thread unresolved': '1 × scm app #2 changes',
  push: '5 × - | 2 × scm app', // five of tags, two of the default branch
  'repository created': '2 × scm app, tracker app',
  'repository edited': '2 × scm app, tracker app',
  'repository privatized': '2 × scm app, tracker app',
  'repository publicized': '3 × scm app, tracker app',
  'repository renamed': '1 × scm app, tracker app',
  'repository transferred': '3 × scm app, tracker app',
  status: '1 × scm app master | 3 × scm app master, scm app changes, scm app gh-pages',
  'workflow_job completed': '2 × scm app main',
  'workflow_job in_progress': '1 × - | 1 × scm app main | 1 × scm app renovate/got-13.x',
  'workflow_job queued': '2 × scm app main',
  'workflow_job waiting': '1 × scm app main',
  'workflow_run completed': '1 × scm app #2 master | 1 × scm app main | 1 × scm app master',
  'workflow_run requested': '2 × scm app master',
}

describe('the real payloads of @octokit/webhooks-examples', () => {
  test.each(['json', 'form'])(
    '329 of 58 events, signed and sent as %s: each is answered 2xx and hints at what it is about',
    async (kind) => {
      const { url, host } = await begin()
      const found: Record<string, string[]> = {}
      let sent = 0
      for (const { name, examples: payloads } of examples)
        for (const payload of payloads) {
          const before = host.hintsOf.length
          const body = kind === 'json' ? JSON.stringify(payload) : new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
          const headers = kind === 'json' ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
          const [status] = await send(url, body, { event: name, headers })
          expect([200, 202], `${name} ${payload.action}`).toContain(status)
          sent += 1
          const key = typeof payload.action === 'string' && isOfInterest(name) ? `${name} ${payload.action}` : name
          found[key] = [...(found[key] ?? []), host.hintsOf.slice(before).map(saying).join(', ') || '-']
        }
      expect([examples.length, sent]).toEqual([58, 329])
      const counted = (hints: readonly string[]): string =>
        [...new Set(hints)]
          .sort()
          .map((one) => `${hints.filter((hint) => hint === one).length} × ${one}`)
          .join(' | ')
      for (const [key, hints] of Object.entries(found))
        expect(`${key}: ${counted(hints)}`).toBe(`${key}: ${wanted[key] ?? `${hints.length} × -`}`)
      expect(Object.keys(wanted).filter((key) => !found[key])).toEqual([])
      expect(host.logged.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([])
    },
  )

  test('a payload without what is read of it is 202, and hints at nothing', async () => {
    const { url, told } = await begin()
    const needOnlyTheirRepository = ['label', 'sub_issues', 'repository']
    for (const { name } of events) {
      const strange = [{}, [], null, 1, '"text"', { ...opened, repository: { ...repository, id: 'seven' }, ref: 'refs/heads/main' }]
      for (const payload of needOnlyTheirRepository.includes(name) ? strange : [...strange, { repository }])
        expect([name, (await send(url, payload, { event: name }))[0]]).toEqual([name, 202])
    }
    expect(told()).toEqual([])
  })
})

describe('pitfall 55: without the right signature nothing is taken', () => {
  const body = JSON.stringify(opened)
  test.each<readonly [string, Record<string, string>]>([
    ['no signature', {}],
    ['an empty one', { 'x-hub-signature-256': '' }],
    ['one by sha1 alone', { 'x-hub-signature': `sha1=${createHmac('sha1', secret).update(body).digest('hex')}` }],
    ['one by sha1 in the place of the other', { 'x-hub-signature-256': `sha1=${createHmac('sha1', secret).update(body).digest('hex')}` }],
    ['one by another secret', { 'x-hub-signature-256': signed(body, 'another-secret-than-ours') }],
    ['one by the beginning of the secret', { 'x-hub-signature-256': signed(body, secret.slice(0, -1)) }],
    ['one of another body', { 'x-hub-signature-256': signed(`${body} `) }],
    ['one that ends too early', { 'x-hub-signature-256': signed(body).slice(0, -1) }],
    ['one that goes on', { 'x-hub-signature-256': `${signed(body)}0` }],
    ['one in capitals', { 'x-hub-signature-256': signed(body).toUpperCase() }],
    ['only the digest', { 'x-hub-signature-256': signed(body).slice('sha256='.length) }],
    ['two in one', { 'x-hub-signature-256': `${signed(body)}, ${signed(body)}` }],
  ])('%s is answered 401', async (_, headers) => {
    const { url, host } = await begin()
    const said = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-github-event': 'pull_request', 'x-github-delivery': randomUUID(), ...headers },
    })
    expect([said.status, await said.text()]).toEqual([401, 'X-Hub-Signature-256 is missing or wrong.'])
    expect(host.hints).toEqual([])
    expect((await send(url, body))[0]).toBe(200)
  })

  test.each(['', null])('with no secret (%j) nothing is registered: there is no such path', async (none) => {
    const { url, host } = await begin({ secret: none })
    expect(await send(url, opened, { by: 'whatever' })).toEqual([404, 'There is nothing here.'])
    expect(host.hints).toEqual([])
  })

  test('a secret that can be guessed is no secret', () => {
    expect(webhookFields.webhookSecret.safeParse('short').success).toBe(false)
    expect(webhookFields.webhookSecret.safeParse(' '.repeat(20)).success).toBe(false)
    expect(webhookFields.webhookSecret.parse(` ${secret}\n`)).toBe(secret)
    expect(webhookFields.webhookSecret.parse(undefined)).toBeUndefined()
  })

  test('bytes that are no text are refused although they are signed', async () => {
    const { url, host } = await begin()
    const bytes = Buffer.from([0x7b, 0xff, 0x7d])
    for (const signature of [signed(bytes), signed(bytes.toString())]) {
      const said = await fetch(url, {
        method: 'POST',
        body: bytes,
        headers: { 'x-hub-signature-256': signature, 'x-github-event': 'push' },
      })
      expect(said.status).toBe(401)
    }
    expect(host.hints).toEqual([])
  })

  test('an empty body is refused although it is signed', async () => {
    const { url, host } = await begin()
    expect((await send(url, ''))[0]).toBe(401)
    expect(host.logged.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('that somebody tries is noted for "ao doctor", at most once a minute', async () => {
    let now = 1_000_000
    const { url, ears, host } = await begin({}, { now: () => now })
    const notes = async () => (await ears.document<Notes>(notesDocument, emptyNotes())).value
    for (const waitMs of [0, 10, 59_000]) {
      now += waitMs
      expect((await send(url, opened, { by: 'another-secret-than-ours' }))[0]).toBe(401)
    }
    await eventually(
      async () => (await notes()).refusedAt,
      (at) => at === 1_000_000,
    )
    expect(host.logged.filter(({ event }) => event === 'github.webhook.refused')).toHaveLength(1)
    now += 2_000
    expect((await fetch(url, { method: 'POST' })).status).toBe(401) // a look from outside says nothing about GitHub
    expect((await notes()).refusedAt).toBe(1_000_000)
    await send(url, opened, { by: 'another-secret-than-ours' })
    await eventually(
      async () => (await notes()).refusedAt,
      (at) => at === now,
    )
  })
})

describe('a delivery', () => {
  test('is of the projects that use its repository, whatever that is called', async () => {
    const asked: RepositoryRef[] = []
    const { url, told } = await begin({
      projectsOf: (one) => {
        asked.push(one)
        return one.id === 7 ? ['shop', 'shop-next'] : []
      },
    })
    expect((await send(url, opened))[0]).toBe(200)
    expect(await send(url, { ...opened, repository: { ...repository, id: 8 } })).toEqual([
      202,
      'There is nothing to look at because of it, or no project uses this repository.',
    ])
    expect(asked[0]).toEqual({ id: 7, nodeId: 'R_7', fullName: 'acme/shop' })
    expect(told()).toEqual(['scm shop #4 ao/app-1', 'scm shop-next #4 ao/app-1'])
  })

  test('hints once, however often a project asked to be told', async () => {
    const { ears, url, told } = await begin({ projectsOf: () => ['app', 'app'] })
    listen({ secret, projectsOf: () => ['app'], host: ears })
    await send(url, opened)
    expect(told()).toEqual(['scm app #4 ao/app-1'])
  })

  test('signed with the secret of one project tells nothing about another', async () => {
    const { ears, url, told } = await begin({ secret: 'the-secret-of-shop', projectsOf: () => ['shop'] })
    listen({ secret: 'the-secret-of-docs', projectsOf: () => ['docs'], host: ears })
    listen({ secret: 'the-secret-of-docs', projectsOf: () => ['docs-next'], host: ears })
    await send(url, opened, { by: 'the-secret-of-shop' })
    await send(url, opened, { by: 'the-secret-of-docs' })
    expect((await send(url, opened, { by: 'the-secret-of-all' }))[0]).toBe(401)
    expect(told()).toEqual(['scm shop #4 ao/app-1', 'scm docs #4 ao/app-1', 'scm docs-next #4 ao/app-1'])
  })

  test.each<readonly [string, string, unknown, readonly string[]]>([
    ['a comment below a change', 'issue_comment', { issue: { number: 4, pull_request: {} } }, ['scm app #4']],
    ['a comment below an issue', 'issue_comment', { issue: { number: 4, pull_request: null } }, ['tracker app']],
    ['a sub-issue', 'sub_issues', { action: 'sub_issue_added' }, ['tracker app']],
    ['a push to a branch', 'push', { ref: 'refs/heads/ao/app-1' }, ['scm app ao/app-1']],
    ['a push to the default branch', 'push', { ref: 'refs/heads/main' }, ['scm app']],
    ['a push of a tag', 'push', { ref: 'refs/tags/main' }, []],
    ['a push to a queue', 'push', { ref: 'refs/heads/gh-readonly-queue/main/pr-12-0a1b2c3' }, ['scm app #12']],
    [
      'a check in a queue',
      'check_suite',
      { check_suite: { pull_requests: [], head_branch: 'gh-readonly-queue/a/b/pr-9-0a1b2c3' } },
      ['scm app #9'],
    ],
    [
      'a check of several changes',
      'check_run',
      { check_run: { pull_requests: [{ number: 1 }, { number: 2 }], check_suite: null } },
      ['scm app #1', 'scm app #2'],
    ],
    ['a check of nothing that is known', 'check_run', { check_run: { pull_requests: [], check_suite: { head_branch: null } } }, []],
    ['a status of a commit on one branch', 'status', { branches: [{ name: 'ao/app-1' }] }, ['scm app ao/app-1']],
    ['a status of a commit on no branch', 'status', { branches: [] }, []],
    [
      'a status of more branches than GitHub names',
      'status',
      { branches: Array.from({ length: 10 }, (_, at) => ({ name: `b${at}` })) },
      ['scm app'],
    ],
    [
      'a group of a queue that was merged',
      'merge_group',
      { merge_group: { head_ref: 'refs/heads/gh-readonly-queue/main/pr-12-0a1b2c3' } },
      ['scm app #12'],
    ],
    ['an archived repository', 'repository', { action: 'archived' }, ['scm app', 'tracker app']],
    ['an account that was renamed', 'installation_target', { repository: undefined, account: { login: 'acme' } }, []],
  ])('%s', async (_, event, payload, hints) => {
    const { url, told } = await begin()
    const [status] = await send(url, { repository, ...(payload as object) }, { event }) // the rows hold objects
    expect(told()).toEqual(hints)
    expect(status).toBe(hints.length > 0 ? 200 : 202)
  })

  test('a push to what is a base for the project alone hints at all of it', async () => {
    const { url, told } = await begin({
      projectsOf: () => ['app', 'docs'],
      isBase: (project, branch) => project === 'app' && branch === 'next',
    })
    await send(url, { repository, ref: 'refs/heads/next' }, { event: 'push' })
    expect(told()).toEqual(['scm app', 'scm docs next'])
  })

  test('a repository that was renamed or moved is also found by the name it had', async () => {
    const { url, told } = await begin({ projectsOf: ({ fullName }) => (fullName === 'acme/shop' ? ['app'] : []) })
    const renamed = { ...repository, full_name: 'acme/store' }
    const moved = { ...repository, full_name: 'initech/shop' }
    await send(
      url,
      { action: 'renamed', repository: renamed, changes: { repository: { name: { from: 'shop' } } } },
      { event: 'repository' },
    )
    await send(
      url,
      { action: 'transferred', repository: moved, changes: { owner: { from: { user: { login: 'acme' } } } } },
      { event: 'repository' },
    )
    await send(
      url,
      { action: 'transferred', repository: moved, changes: { owner: { from: { organization: { login: 'acme' } } } } },
      { event: 'repository' },
    )
    expect(told().filter((hint) => hint === 'scm app')).toHaveLength(3)
  })

  test.each([
    ['application/json; charset=utf-8', JSON.stringify(opened), 200],
    ['APPLICATION/JSON', JSON.stringify(opened), 200],
    ['application/x-www-form-urlencoded', new URLSearchParams({ payload: JSON.stringify(opened) }).toString(), 200],
    ['application/x-www-form-urlencoded', 'payload=%7B', 400],
    ['application/x-www-form-urlencoded', 'other=1', 400],
    ['application/json', '{"action":', 400],
    ['text/plain', JSON.stringify(opened), 415],
    ['application/jsonp', JSON.stringify(opened), 415],
    ['', JSON.stringify(opened), 415],
  ])('as %j is answered by what it is (%#)', async (type, body, status) => {
    const { url, host } = await begin()
    expect((await send(url, body, { headers: { 'content-type': type } }))[0]).toBe(status)
    expect(host.hints).toHaveLength(status === 200 ? 1 : 0)
  })

  test.each(['x-github-event', 'x-github-delivery'])('without %s is no delivery', async (header) => {
    const { url, host } = await begin()
    for (const value of ['', 'a b', '../x', 'x'.repeat(101)])
      expect((await send(url, opened, { headers: { [header]: value } }))[0]).toBe(400)
    expect(host.hints).toEqual([])
  })

  test('of an event nobody handles is 200, unread', async () => {
    const { url, host } = await begin()
    expect(await send(url, 'no JSON at all', { event: 'star' })).toEqual([200, 'Nothing is made of events of this kind.'])
    expect((await send(url, opened, { event: 'constructor' }))[0]).toBe(200)
    expect((await send(url, opened, { event: '__proto__' }))[0]).toBe(200)
    expect(host.hints).toEqual([])
  })
})

describe('a delivery that comes again', () => {
  test('is 200 and does nothing, also when both come at once', async () => {
    const { url, host } = await begin()
    const delivery = randomUUID()
    const both = await Promise.all([send(url, opened, { delivery }), send(url, opened, { delivery })])
    expect(both.map(([status]) => status)).toEqual([200, 200])
    expect(await send(url, opened, { delivery })).toEqual([200, 'This delivery came before; nothing more is done about it.'])
    expect(host.hints).toEqual(['scm'])
  })

  test('is known after a restart', async () => {
    const { dataFolder, log, close } = await makeHost()
    endings.push(close)
    const life = async () => {
      const documents = openFileDocuments({ folder: join(dataFolder, 'documents'), log })
      const world = await begin({}, { document: (name, empty) => documents.open(name, empty), now: () => 5_000 })
      return { ...world, flush: documents.flush }
    }
    const delivery = randomUUID()
    const first = await life()
    await send(first.url, opened, { delivery })
    await send(first.url, { zen: 'Keep it logically awesome.', repository }, { event: 'ping', delivery: 'ping-1' })
    await first.flush()
    const second = await life()
    await send(second.url, opened, { delivery })
    expect(second.host.hints).toEqual([])
    await second.flush()
    const text = await readFile(join(dataFolder, 'documents', `${notesDocument}.json`), 'utf8')
    expect(parseNotes(text)).toEqual({
      deliveries: [delivery, 'ping-1'],
      last: { at: 5_000, event: 'ping' },
      pingedAt: 5_000,
      refusedAt: null,
    })
  })

  test('is known among the last 1,000', async () => {
    const value: Notes = { ...emptyNotes(), deliveries: Array.from({ length: 1_000 }, (_, at) => `d-${at}`) }
    const document = async () => ({ value, update: async (change: (notes: Notes) => void) => change(value) })
    const { url, host } = await begin({}, { document: document as unknown as Host['document'] }) // it is asked for nothing else
    await send(url, {}, { event: 'star', delivery: 'd-1000' })
    expect([value.deliveries.length, value.deliveries[0], value.deliveries.at(-1)]).toEqual([1_000, 'd-1', 'd-1000'])
    await send(url, opened, { delivery: 'd-1' })
    expect(host.hints).toEqual([])
    await send(url, opened, { delivery: 'd-0' })
    expect(host.hints).toEqual(['scm'])
  })

  test('was not there when nothing could be made of it', async () => {
    let isBroken = true
    const { url, host } = await begin({
      projectsOf: () => {
        if (isBroken) throw new Error('not yet')
        return ['app']
      },
    })
    const delivery = randomUUID()
    expect(await send(url, opened, { delivery })).toEqual([500, 'That went wrong here.'])
    isBroken = false
    expect((await send(url, opened, { delivery }))[0]).toBe(200)
    expect(host.hints).toEqual(['scm'])
  })

  test('a document that cannot be read or written is told, and costs no more than a look too many', async () => {
    const { url, host } = await begin({}, { document: () => Promise.reject(new Error('it is damaged')) })
    const delivery = randomUUID()
    for (const _ of [1, 2]) expect((await send(url, opened, { delivery }))[0]).toBe(200)
    expect(host.hints).toEqual(['scm'])
    expect(host.logged.filter(({ event }) => event === 'github.webhook.unremembered')).toMatchObject([{ fields: { why: 'it is damaged' } }])

    const full: Host['document'] = async (_name, empty) => ({ value: empty, update: () => Promise.reject(new Error('the disk is full')) })
    const other = await begin({}, { document: full })
    expect((await send(other.url, opened))[0]).toBe(200)
    await eventually(
      () => other.host.logged.map(({ event, fields }) => `${event} ${fields.why}`),
      (lines) => lines.includes('github.webhook.unremembered the disk is full'),
    )
  })
})

test('what the emulator of GitHub sends of its own accord is taken: a ping, an issue, a pull request and its merge', async () => {
  const emulator = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      tokens: { 'visibly-fake-token': { login: 'ana', scopes: ['repo', 'admin:repo_hook'] } },
      github: { users: [{ login: 'ana' }], repos: [{ owner: 'ana', name: 'shop', auto_init: true }] },
    },
  })
  endings.push(() => emulator.close())
  const { url, ears, told } = await begin({ projectsOf: ({ fullName }) => (fullName === 'ana/shop' ? ['app'] : []) })
  const ask = async (method: string, path: string, body: object = {}): Promise<Readonly<Record<string, unknown>>> => {
    const said = await fetch(`${emulator.url}/repos/ana/shop${path}`, {
      method,
      body: JSON.stringify(body),
      headers: { authorization: 'token visibly-fake-token', 'content-type': 'application/json' },
    })
    expect(said.status, `${method} ${path}`).toBeLessThan(300)
    return said.status === 204 ? {} : ((await said.json()) as Payload) // it answers objects
  }
  const hint = (wantedHint: string) =>
    eventually(told, (hints) => hints.includes(wantedHint)).catch(() => expect(told(), wantedHint).toContain(wantedHint))

  const hook = await ask('POST', '/hooks', {
    events: events.map(({ name }) => name),
    config: { url, secret, content_type: 'json', insecure_ssl: '0' },
  })
  await ask('POST', `/hooks/${hook.id}/pings`)
  const { value } = await ears.document<Notes>(notesDocument, emptyNotes())
  await eventually(
    () => value.pingedAt,
    (at) => at !== null,
  )
  const issue = await ask('POST', '/issues', { title: 'The cart is empty' })
  await hint('tracker app')
  const { object } = (await (await fetch(`${emulator.url}/repos/ana/shop/git/ref/heads/main`)).json()) as {
    readonly object: { readonly sha: string }
  } // as the emulator writes it
  await ask('POST', '/git/refs', { ref: 'refs/heads/ao/app-1', sha: object.sha })
  await ask('PUT', '/contents/a.txt', { message: 'a', content: 'YQ==', branch: 'ao/app-1' })
  const change = await ask('POST', '/pulls', { title: 'Fill it', head: 'ao/app-1', base: 'main', body: `Fixes #${issue.number}` })
  await hint(`scm app #${change.number} ao/app-1`)
  await ask('PUT', `/pulls/${change.number}/merge`)
  await eventually(
    () => told().filter((one) => one === `scm app #${change.number} ao/app-1`).length,
    (count) => count > 1,
  )
})

test('what is doubled, out of order or replayed under another id leads to the same looks', async () => {
  const payloads = [
    ['pull_request', opened],
    ['push', { repository, ref: 'refs/heads/main' }],
    ['issues', { repository, issue: { number: 1 } }],
    ['status', { repository, branches: [{ name: 'ao/app-2' }] }],
  ] as const
  const once = await begin()
  for (const [event, payload] of payloads) await send(once.url, payload, { event })
  const often = await begin()
  for (const [event, payload] of [...payloads, ...payloads].reverse()) await send(often.url, payload, { event })
  expect(new Set(often.told())).toEqual(new Set(once.told()))
})

describe('what "ao doctor" says', () => {
  const notes = (parts: Partial<Notes> = {}): Notes => ({ ...emptyNotes(), ...parts })
  const ask = (parts: Partial<Parameters<typeof webhookFindings>[0]> = {}) =>
    webhookFindings({ isListening: true, hasSecret: true, notes: notes(), now: 100_000, ...parts }).map(({ level, what, cure }) =>
      `${level} ${what} ${cure ?? ''}`.trim(),
    )

  test('a ping is a delivery', async () => {
    let now = 60_000
    const { url, ears, host } = await begin({}, { now: () => now })
    expect(await send(url, { zen: 'Keep it logically awesome.', hook_id: 1 }, { event: 'ping' })).toEqual([
      200,
      'Pong: the address, the secret and the signature are right.',
    ])
    expect(host.hints).toEqual([])
    now = 72_000
    const { value } = await ears.document<Notes>(notesDocument, emptyNotes())
    expect(value.pingedAt).toBe(60_000)
    expect(ask({ notes: value, now })).toEqual(['PASS GitHub webhooks: the last one came 12 s ago (ping)'])
  })

  test('what is lacking, in its order', () => {
    expect(ask({ isListening: false, hasSecret: false })).toEqual([])
    expect(ask({ hasSecret: false })[0]).toMatch(
      /^WARN GitHub webhooks: none is taken, because no project has a webhookSecret\. Say "ao webhook"/,
    )
    expect(ask({ isListening: false })[0]).toMatch(/^WARN .*nothing listens\. Write "webhooks: \{port: 8484\}"/)
    expect(ask()[0]).toMatch(/^WARN .*none has come yet/)
    expect(ask({ notes: null })[0]).toMatch(/none has come yet/)
    expect(ask({ notes: notes({ last: { at: 1, event: 'push' }, refusedAt: 40_000 }) })[0]).toMatch(
      /^WARN .*a request came 1 min ago without the right signature/,
    )
    expect(ask({ notes: notes({ last: { at: 50_000, event: 'push' }, refusedAt: 40_000 }) })).toEqual([
      'PASS GitHub webhooks: the last one came 50 s ago (push)',
    ])
  })

  test('a document that is missing or strange is none', () => {
    for (const text of [null, '', '{', '[]', '{"deliveries":1}']) expect(parseNotes(text)).toBeNull()
    expect(parseNotes(JSON.stringify(emptyNotes()))).toEqual(emptyNotes())
  })
})

test('every event that a webhook is made for is one of GitHub, and is handled', () => {
  const known: readonly string[] = emitterEventNames
  expect(events.filter(({ name }) => !known.includes(name) || !isOfInterest(name))).toEqual([])
  expect(events.map(({ name }) => name)).toEqual([...new Set(events.map(({ name }) => name))].sort())
})

describe('whatever comes', () => {
  const anyHeaders = fc.dictionary(
    fc.constantFrom('x-hub-signature-256', 'x-hub-signature', 'x-github-event', 'x-github-delivery', 'content-type', 'x-other'),
    fc.oneof(
      fc.constantFrom('pull_request', 'push', 'ping', 'application/json', 'sha256=', `sha256=${'0'.repeat(64)}`),
      fc.string({ unit: 'binary-ascii' }).map((text) => text.replace(/[^\x20-\x7e]/g, '')),
    ),
  )
  const raw = (url: string, headers: Record<string, string>, body: Uint8Array): Promise<number> =>
    new Promise((resolve, reject) => {
      const sending = request(url, { method: 'POST', headers }, (said) => {
        said.resume()
        resolve(said.statusCode ?? 0)
      })
      sending.on('error', reject)
      sending.end(body)
    })

  test('nothing comes of bytes without the right signature', async () => {
    const { url, host } = await begin()
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((text) => Buffer.from(text)),
      fc.constant(Buffer.from(JSON.stringify(opened))),
    )
    await fc.assert(
      fc.asyncProperty(anyHeaders, bodies, async (headers, body) => {
        expect(await raw(url, headers, body)).toBe(401)
      }),
      { numRuns: 300 },
    )
    expect(host.hints).toEqual([])
    expect((await send(url, opened))[0]).toBe(200)
    expect(host.logged.filter(({ level }) => level === 'error')).toEqual([])
  }, 60_000)

  test('what is rightly signed is never a crash', async () => {
    const { url, host } = await begin()
    const someEvent = fc.constantFrom(...events.map(({ name }) => name), 'ping', 'installation', 'star')
    await fc.assert(
      fc.asyncProperty(someEvent, fc.oneof(fc.json(), fc.string({ minLength: 1 })), anyHeaders, async (event, body, headers) => {
        const { 'x-hub-signature-256': _, ...others } = headers
        const [status] = await send(url, body, { event, headers: others })
        expect([200, 202, 400, 415]).toContain(status)
      }),
      { numRuns: 300 },
    )
    expect(host.logged.filter(({ level }) => level === 'error')).toEqual([])
  }, 60_000)

  test('reading is total, and what it finds has the right shape', () => {
    const names = fc.constantFrom(...events.map(({ name }) => name), 'installation', 'installation_repositories', 'star', 'toString')
    const real = fc.constantFrom(...examples.flatMap(({ examples: payloads }) => payloads))
    const spoilt = fc.tuple(real, fc.string(), fc.anything()).map(([payload, text, value]) => {
      const keys = Object.keys(payload)
      return { ...payload, [keys[text.length % Math.max(1, keys.length)] ?? 'x']: value }
    })
    fc.assert(
      fc.property(names, fc.oneof(fc.anything(), spoilt), (event, payload) => {
        const read = readDelivery(event, payload)
        for (const one of read?.about ?? []) {
          if (one.slot === 'tracker') continue
          expect(one.number === undefined || Number.isSafeInteger(one.number)).toBe(true)
          expect(one.branch === undefined || one.branch.length > 0).toBe(true)
        }
      }),
      { numRuns: 2_000 },
    )
    fc.assert(fc.property(fc.constantFrom('json', 'form'), fc.string(), (kind, text) => void payloadIn(kind, text)))
  })
})
