import { describe, expect, test } from 'vitest'
import { isFault } from '../../../../core/kit/fault.ts'
import type { Pull } from '../../../fakes/github/state.ts'
import { details, type Looks, look, openLooks, type Place, propose } from './looks.ts'

const openOne = async (settings: Record<string, unknown> = {}) => {
  const looks = await openLooks(['shop'], settings)
  const [place] = looks.places as readonly [Place]
  return { looks, place, pull: await propose(looks, place) }
}
const told = async (place: Place, pull: Pull) => {
  const found = await details(place, pull)
  if (!found) throw new Error('the head has moved')
  return found
}
const texts = ({ threads }: Awaited<ReturnType<typeof told>>) => threads.map(({ comments }) => comments.map(({ text }) => text))

describe('47: failing checks', () => {
  test('come by name with the tail of their logs, required ones first', async () => {
    const { looks, place, pull } = await openOne()
    const { ci, person } = looks.github
    await person('ana').protects(place.repository, 'main', { requiredChecks: ['test'] })
    await ci.passes(pull, 'build')
    await ci.fails(pull, 'lint', 'src/1.txt: a space too many\n##[error]Process completed with exit code 2.\n')
    await ci.fails(pull, 'test', 'expected 1, got 2\n##[error]Process completed with exit code 1.\n##[group]Clean up\nbye\n')
    expect((await told(place, pull)).failing).toEqual([
      { name: 'test', logTail: 'expected 1, got 2\nError: Process completed with exit code 1.' },
      { name: 'lint', logTail: 'src/1.txt: a space too many\nError: Process completed with exit code 2.' },
    ])
  })

  test('however many there are, all are named, and the first twenty have their logs', async () => {
    const { looks, place, pull } = await openOne()
    const names = Array.from({ length: 30 }, (_, n) => `job ${n}`)
    for (const name of names) await looks.github.ci.fails(pull, name, `${name} says no\n`)
    const { failing } = await told(place, pull)
    expect(failing.map(({ name }) => name)).toEqual(names)
    expect(failing.map(({ name, logTail }) => logTail.includes(`${name} says no`))).toEqual([
      ...Array(20).fill(true),
      ...Array(10).fill(false),
    ])
    expect(failing[29]?.logTail).toMatch(/first 20 .*\nhttp:\/\/.*\/job\/\d+$/)
  })

  test('of a log of a gigabyte only the end is fetched', async () => {
    const { looks, place, pull } = await openOne()
    await looks.github.ci.fails(pull, 'test', { bytes: 1024 ** 3, ends: 'expected 1, got 2\n##[error]exit 1\n' })
    const [failing] = (await told(place, pull)).failing
    expect(failing?.logTail.endsWith('expected 1, got 2\nError: exit 1')).toBe(true)
    expect(looks.github.sentLogBytes).toBeLessThan(200_000)
  })

  test('what cannot be had is said in its place, with the address, and the others are there', async () => {
    const { looks, place, pull } = await openOne()
    const { ci } = looks.github
    await ci.fails(pull, 'old', 'expired')
    await ci.fails(pull, 'test', 'expected 1\n')
    const { failing } = await told(place, pull)
    expect(failing[0]?.logTail).toMatch(/has expired\.\nhttp:\/\/.*\/job\/\d+$/)
    expect(failing[1]?.logTail).toContain('expected 1')
  })

  test('other apps tell by what they report, commit statuses by their description', async () => {
    const { looks, place, pull } = await openOne()
    const { ci } = looks.github
    const annotations = [{ path: 'src/1.txt', startLine: 3, endLine: 3, level: 'failure' as const, message: 'too long', title: null }]
    await ci.checkRun(pull, 'style', { app: 'style-app', conclusion: 'failure', title: '1 problem', summary: 'See below.', annotations })
    await ci.status(pull, 'ci/old', 'error', 'Build 7 broke', 'https://ci.example.org/7')
    expect((await told(place, pull)).failing).toEqual([
      { name: 'style', logTail: '1 problem\nSee below.\n\nsrc/1.txt:3: too long' },
      { name: 'ci/old', logTail: 'Build 7 broke\nhttps://ci.example.org/7' },
    ])
  })

  test('lines and bytes of the options are kept', async () => {
    const { looks, place, pull } = await openOne({ logLines: 3, logBytes: 200 })
    await looks.github.ci.fails(pull, 'test', Array.from({ length: 100 }, (_, n) => `line ${n}\n`).join(''))
    expect((await told(place, pull)).failing[0]?.logTail).toBe('line 97\nline 98\nline 99')
  })
})

describe('46: what was said', () => {
  test('unresolved threads come whole, with place and authors; resolved ones do not', async () => {
    const { looks, place, pull } = await openOne()
    const [bob, cyn, robo] = [looks.github.person('bob'), looks.github.person('cyn'), looks.github.bot('robo')]
    const thread = await bob.startsThread(pull, { path: 'new.txt', line: 1, body: 'Why?' })
    await cyn.replies(thread, 'I wonder, \u001b[31mtoo\u001b[0m.')
    await looks.github.person('ao-bot').replies(thread, 'Because.')
    looks.pass(1_000)
    await robo.startsThread(pull, { path: 'new.txt', line: null, body: 'A bug.' })
    await bob.resolves(await bob.startsThread(pull, { path: 'new.txt', line: 1, body: 'Done?' }))
    expect((await told(place, pull)).threads).toEqual([
      {
        id: thread.nodeId,
        file: 'new.txt',
        line: 1,
        comments: [
          { author: 'bob', isBot: false, text: 'Why?' },
          { author: 'cyn', isBot: false, text: 'I wonder, too.' },
          { author: 'ao-bot', isBot: false, text: 'Because.' },
        ],
      },
      { id: expect.any(String), file: 'new.txt', line: null, comments: [{ author: 'robo', isBot: true, text: 'A bug.' }] },
    ])
  })

  test('an outdated thread has the line it was written on', async () => {
    const { looks, place, pull } = await openOne()
    await looks.github.person('bob').startsThread(pull, { path: 'new.txt', line: 1, body: 'Why?' })
    await looks.github.person('ao-bot').pushes(place.repository, 'ao/one', { 'new.txt': 'another\n' })
    expect(pull.threads[0]).toMatchObject({ isOutdated: true, line: null })
    expect((await told(place, pull)).threads[0]?.line).toBe(1)
  })

  test('a request for changes and newer comments below the change are threads about no file', async () => {
    const { looks, place, pull } = await openOne({ botComments: false })
    await looks.github.person('bob').requestsChanges(pull, 'The name is wrong.')
    looks.pass(1_000)
    await looks.github.person('cyn').comments(pull, 'And the docs?')
    await looks.github.person('ao-bot').comments(pull, '<!-- ao:note 1 -->They come later.')
    await looks.github.bot('robo').comments(pull, 'Coverage: 80 %')
    const { threads } = await told(place, pull)
    expect(threads.map(({ file, comments }) => [file, comments])).toEqual([
      [null, [{ author: 'bob', isBot: false, text: 'The name is wrong.' }]],
      [null, [{ author: 'cyn', isBot: false, text: 'And the docs?' }]],
    ])
  })

  test('a thread of more than a hundred replies is whole', async () => {
    const { looks, place, pull } = await openOne()
    const bob = looks.github.person('bob')
    const thread = await bob.startsThread(pull, { path: 'new.txt', line: 1, body: 'reply 0' })
    for (let n = 1; n < 230; n += 1) await bob.replies(thread, `reply ${n}`)
    expect(texts(await told(place, pull))).toEqual([Array.from({ length: 230 }, (_, n) => `reply ${n}`)])
  })

  test('of a thousand review comments the newest two hundred threads are here, and the others counted', { timeout: 60_000 }, async () => {
    const { looks, place, pull } = await openOne()
    const comments = Array.from({ length: 1_000 }, (_, n) => ({ path: 'new.txt', line: 1, body: `Why ${n}?` }))
    await looks.github.person('bob').remarks(pull, '', comments)
    const found = await told(place, pull)
    expect(found.moreThreads).toBe(800)
    expect(texts(found)).toEqual(Array.from({ length: 200 }, (_, n) => [`Why ${n + 800}?`]))
  })

  test('more text than fits leaves the oldest out', async () => {
    const { looks, place, pull } = await openOne()
    for (let n = 0; n < 9; n += 1) {
      looks.pass(1_000)
      await looks.github.person('bob').startsThread(pull, { path: 'new.txt', line: 1, body: `${n} ${'x'.repeat(60_000)}` })
    }
    const found = await told(place, pull)
    expect(found.threads.map(({ comments }) => comments[0]?.text[0])).toEqual(['3', '4', '5', '6', '7', '8'])
    expect(found.moreThreads).toBe(3)
  })
})

describe('42: details of exactly one commit', () => {
  test('are none when the head is another one', async () => {
    const { looks, place, pull } = await openOne()
    await looks.github.ci.fails(pull, 'test')
    expect(await details(place, pull, '1'.repeat(40))).toBeNull()
    expect(looks.github.requests.some(({ path }) => path.endsWith('/logs'))).toBe(false)
  })

  test('are none when the head moves while they are fetched', async () => {
    const { looks, place, pull } = await openOne()
    const { github } = looks
    await github.ci.fails(pull, 'test')
    github.fails({ path: /\/logs$/ }, { is: 'slow', delayMs: 400 })
    const asked = details(place, pull)
    await expect.poll(() => github.requests.some(({ path }) => path.endsWith('/logs'))).toBe(true)
    await github.person('ao-bot').pushes(place.repository, 'ao/one', { 'fix.txt': 'fix\n' })
    expect(await asked).toBeNull()
  })

  test('are asked for again when a look shows that commit and another of GitHub’s servers does not: nobody else would ask', async () => {
    const { looks, place, pull } = await openOne()
    const { github, host } = looks
    await github.ci.fails(pull, 'test', 'expected 1\n')
    const { head } = await look(place, pull.number)
    await github.person('bob').pushes(place.repository, 'ao/one', { 'other.txt': 'other\n' })
    const hints = host.hintsOf.length
    const fault = await details(place, pull, head).catch((error) => error)
    expect(fault).toMatchObject({ code: 'DETAILS_UNSEEN', mayPass: true })
    expect(host.hintsOf.slice(hints)).toEqual([{ slot: 'scm', project: 'shop', number: pull.number }])
    await github.person('bob').resets(place.repository, 'ao/one', head)
    expect((await details(place, pull, head))?.failing).toEqual([{ name: 'test', logTail: 'expected 1' }])
  })

  test('are none once a look has shown the other commit', async () => {
    const { looks, place, pull } = await openOne()
    const { head } = await look(place, pull.number)
    await looks.github.person('ao-bot').pushes(place.repository, 'ao/one', { 'fix.txt': 'fix\n' })
    await look(place, pull.number)
    expect(await details(place, pull, head)).toBeNull()
  })

  test('are a fault, and not half of it, when GitHub cannot be asked', async () => {
    const { looks, place, pull } = await openOne()
    await looks.github.person('bob').startsThread(pull, { path: 'new.txt', line: 1, body: 'Why?' })
    looks.github.fails({ kind: 'graphql', body: 'originalLine' }, { is: 'status', status: 502 })
    expect(isFault(await details(place, pull).catch((error) => error), 'GITHUB_DOWN')).toBe(true)
  })

  test('an aborted question throws its reason', async () => {
    const { looks, place, pull } = await openOne()
    await looks.github.ci.fails(pull, 'test')
    looks.github.fails({ path: /\/logs$/ }, { is: 'silent' })
    const stopped = new AbortController()
    const asked = place.scm.details({ project: place.project, number: pull.number }, pull.head.oid, stopped.signal)
    await expect.poll(() => looks.github.requests.some(({ path }) => path.endsWith('/logs'))).toBe(true)
    stopped.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
  })

  test('of many changes at once the questions go together', { timeout: 60_000 }, async () => {
    const looks: Looks = await openLooks()
    const [place] = looks.places as readonly [Place]
    const pulls = await place.repository.manyPulls('ao-bot', 25)
    for (const pull of pulls) await looks.github.ci.fails(pull, 'test', 'expected 1\n')
    await Promise.all(pulls.map((pull) => details(place, pull)))
    looks.asked()
    const found = await Promise.all(pulls.map((pull) => told(place, pull)))
    expect(found.every(({ failing }) => failing[0]?.logTail === 'expected 1')).toBe(true)
    const { kinds, points } = looks.asked()
    expect(kinds.filter((kind) => kind === 'rest')).toHaveLength(25)
    expect(points).toBeLessThan(10)
    expect(looks.github.underWay.most).toBeLessThanOrEqual(10)
  })
})
