import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Api } from '../../../plugins/github/api.ts'
import { openGithub } from '../../../plugins/github/open.ts'
import { type FakeHost, makeHost } from '../../fakes/host.ts'
import { type Answers, type Asked, optionsOf, secret, startAnswers } from './answers.ts'

let server: Answers
let storage: Answers
let host: FakeHost
let api: Api

beforeEach(async () => {
  storage = await startAnswers()
  server = await startAnswers(() => ({ status: 302, headers: { location: `${storage.url}/log?sig=abc` } }))
  host = await makeHost()
  api = await openGithub(optionsOf({ apiUrl: server.url, token: secret, timeout: '2s' }), host).apiFor({ owner: 'acme', name: 'shop' })
})
afterEach(async () => {
  await host.close()
  await Promise.all([server.close(), storage.close()])
})

const tail = (bytes: number, more: { readonly mostBytes?: number; readonly signal?: AbortSignal } = {}) =>
  api.tail('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', { owner: 'acme', repo: 'shop', job_id: 9 }, { bytes, ...more })

const lines = (count: number): string => Array.from({ length: count }, (_, n) => `line ${n} äöü\n`).join('')

/** As Azure does: ranges from the front only, others are ignored. */
const withRanges =
  (text: string) =>
  ({ headers }: Asked) => {
    const body = Buffer.from(text)
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? []
    if (from === undefined) return { text }
    if (Number(from) >= body.length) return { status: 416 }
    const part = body.subarray(Number(from), to ? Number(to) + 1 : undefined)
    const range = `bytes ${from}-${Number(from) + part.length - 1}/${body.length}`
    return (response: import('node:http').ServerResponse) => {
      response.writeHead(206, { 'content-range': range, 'content-length': part.length })
      response.end(part)
    }
  }

/** Whatever range is asked for, all of it comes, piece by piece, for as long as somebody listens. */
const endless = (bytes: number, sent: { bytes: number }) => () => (response: import('node:http').ServerResponse) => {
  const piece = Buffer.from(`${'x'.repeat(63)}\n`.repeat(1024))
  response.writeHead(200, { 'content-type': 'text/plain' })
  const more = (): void => {
    while (sent.bytes < bytes && !response.destroyed) {
      sent.bytes += piece.length
      if (!response.write(piece)) return void response.once('drain', more)
    }
    response.end('the end\n')
  }
  more()
}

describe('the end of a log', () => {
  test('is all of it when it is short, had with one request', async () => {
    storage.by(withRanges(lines(10)))
    expect(await tail(4_096)).toEqual({ text: lines(10), isCut: false })
    expect(storage.asked).toHaveLength(1)
  })

  test('begins with a whole line when it is long, and no more of it is fetched than twice what is wanted', async () => {
    storage.by(withRanges(lines(100_000)))
    const { text, isCut } = await tail(200)
    expect(isCut).toBe(true)
    expect(text.endsWith('line 99999 äöü\n')).toBe(true)
    expect(text).toMatch(/^line 999\d\d äöü\n/)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(200)
    expect(storage.asked.map(({ headers }) => headers.range)).toEqual(['bytes=0-199', expect.stringMatching(/^bytes=\d{7}-$/)])
  })

  test('is had without the token being shown to where the log is', async () => {
    storage.by(withRanges(lines(1_000)))
    await tail(100)
    expect(server.asked[0]?.headers.authorization).toContain(secret)
    expect(storage.asked).toHaveLength(2)
    for (const { headers } of storage.asked) expect(JSON.stringify(headers)).not.toContain(secret)
  })

  test('is nothing when there is nothing', async () => {
    storage.by(withRanges(''))
    expect(await tail(100)).toEqual({ text: '', isCut: false })
  })

  test('that is one line without an end begins where it can', async () => {
    storage.by(withRanges('ä'.repeat(1_000)))
    expect(await tail(101)).toEqual({ text: 'ä'.repeat(50), isCut: true })
  })

  test('is kept from a server that knows no ranges, and nothing else of it', async () => {
    const sent = { bytes: 0 }
    storage.by(endless(96 * 1024 * 1024, sent))
    const before = process.memoryUsage().arrayBuffers
    const { text, isCut } = await tail(1_000, { mostBytes: 128 * 1024 * 1024 })
    expect([isCut, text.endsWith('xxx\nthe end\n'), text.length <= 1_000]).toEqual([true, true, true])
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024)
  })

  test('of a gigabyte is given up when its server gives no part of it, long before it is read', async () => {
    const sent = { bytes: 0 }
    storage.by(endless(1024 ** 3, sent))
    await expect(tail(1_000, { mostBytes: 1024 * 1024 })).rejects.toMatchObject({ code: 'LOG_TOO_LONG' })
    expect(sent.bytes).toBeLessThan(16 * 1024 * 1024)
  })

  test('is not begun to be read when its length says that it is too long', async () => {
    storage.by(() => (response) => {
      response.writeHead(200, { 'content-length': String(1024 ** 3) })
      response.write('x')
    })
    await expect(tail(1_000)).rejects.toMatchObject({ code: 'LOG_TOO_LONG', message: expect.stringContaining('1024 MB') })
  })

  test('that the API gives itself is read there, by the same rules', async () => {
    server.by(withRanges(lines(1_000)))
    const { text } = await tail(100)
    expect(text.endsWith('line 999 äöü\n')).toBe(true)
    expect(server.asked).toHaveLength(2)
  })

  test.each([
    [410, 'GONE'],
    [404, 'REPOSITORY_UNKNOWN'],
  ])('that the API answers with %i is a fault', async (status, code) => {
    server.by(() => ({ status, json: { message: 'The logs for this run have expired' } }))
    await expect(tail(100)).rejects.toMatchObject({ code })
  })

  test.each([
    [404, 'GONE', false],
    [403, 'GITHUB_DOWN', true],
    [500, 'GITHUB_DOWN', true],
  ])('that the storage answers with %i is a fault that does not hold the address', async (status, code, mayPass) => {
    storage.by(() => ({ status, text: '<Error>AuthenticationFailed</Error>', headers: { 'content-type': 'application/xml' } }))
    const error = await tail(100).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, mayPass })
    expect(String((error as Error).message)).not.toContain('sig=')
  })

  test('is not waited for when nobody wants it any more', async () => {
    storage.by(() => () => {})
    const stop = new AbortController()
    const result = tail(100, { signal: stop.signal }).catch((error: unknown) => error)
    await expect.poll(() => storage.asked.length).toBe(1)
    stop.abort(new Error('not needed'))
    expect(await result).toMatchObject({ message: 'not needed' })
  })

  test('that comes to a halt is given up', async () => {
    storage.by(() => (response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-9/10', 'content-length': '10' })
      response.write('abc')
    })
    await expect(tail(100)).rejects.toMatchObject({ code: 'GITHUB_UNREACHABLE' })
  })
})
