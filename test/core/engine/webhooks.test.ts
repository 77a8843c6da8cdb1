import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { WebhookAnswer, WebhookRequest } from '../../../core/contracts/plugins.ts'
import { pathOf } from '../../../core/engine/webhook-body.ts'
import { openWebhooks, type WebhookLimits } from '../../../core/engine/webhooks.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { sleep } from '../../../core/kit/time.ts'
import { eventually } from '../../contracts/adapter.ts'
import { makeHost } from '../../fakes/host.ts'

const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

const ok: WebhookAnswer = async () => ({ status: 200, text: 'Taken.' })

const listening = async (
  parts: { readonly limits?: Partial<WebhookLimits>; readonly signal?: AbortSignal; readonly answer?: WebhookAnswer } = {},
) => {
  const host = await makeHost()
  const seen: WebhookRequest[] = []
  const door = openWebhooks({
    host: '127.0.0.1',
    port: 0,
    log: host.log,
    ...(parts.limits && { limits: parts.limits }),
    ...(parts.signal && { signal: parts.signal }),
  })
  door.on('forge', (came) => {
    seen.push(came)
    return (parts.answer ?? ok)(came)
  })
  await door.start()
  endings.push(host.close, door.stop)
  const port = door.address()?.port ?? 0
  const url = `http://127.0.0.1:${port}/forge`
  return { door, port, url, seen, logged: host.logged }
}

const post = (url: string, body = '{}', headers: Record<string, string> = {}) => fetch(url, { method: 'POST', body, headers })

/** A connection of bytes: what is written goes out as it is, what comes back is gathered until the other side ends it. */
const dial = (port: number) => {
  const socket: Socket = connect(port, '127.0.0.1')
  let heard = ''
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('data', (part) => {
    heard += part.toString('latin1')
  })
  let broke: Error | null = null
  socket.on('error', (error) => {
    broke = error // a reset is an end as well
  })
  endings.push(() => socket.destroy())
  return { socket, closed, heard: () => heard, broke: () => broke, write: (text: string) => socket.write(text, 'latin1') }
}
const statusesIn = (heard: string): readonly number[] => [...heard.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status))
const head = (lines: readonly string[]): string => `${['POST /forge HTTP/1.1', 'Host: bot', ...lines].join('\r\n')}\r\n\r\n`
const longBefore = <T>(limitMs: number, work: Promise<T>): Promise<T | 'too long'> =>
  Promise.race([work, sleep(limitMs).then(() => 'too long' as const)])

describe('the listener for webhooks', () => {
  test('gives a request to whoever registered its path, whole, with header names in lower case', async () => {
    const { url, seen } = await listening()
    const said = await post(`${url}?x=1`, '{"a":"ä"}', { 'X-Event': 'ping', 'Content-Type': 'application/json' })
    expect([said.status, await said.text(), said.headers.get('content-type')]).toEqual([200, 'Taken.', 'text/plain; charset=utf-8'])
    expect(seen[0]?.body.toString()).toBe('{"a":"ä"}')
    expect(seen[0]?.headers).toMatchObject({ 'x-event': 'ping', 'content-type': 'application/json' })
    expect((await post(`${url}/`)).status).toBe(200)
  })

  test('listens where it is told to, on this machine, and any free port for 0', async () => {
    const { door } = await listening()
    expect(door.address()).toMatchObject({ host: '127.0.0.1' })
    expect(door.address()?.port).toBeGreaterThan(0)
  })

  test('answers what its owner says', async () => {
    const { url } = await listening({ answer: async () => ({ status: 401, text: 'No.' }) })
    const said = await post(url)
    expect([said.status, await said.text()]).toEqual([401, 'No.'])
  })

  test.each([
    ['GET', '/forge', 405],
    ['PUT', '/forge', 405],
    ['DELETE', '/forge', 405],
    ['OPTIONS', '/forge', 405],
    ['HEAD', '/forge', 405],
    ['POST', '/', 404],
    ['POST', '/forgery', 404],
    ['POST', '/forge/more', 404],
    ['POST', '/%66orge', 404],
    ['POST', '//forge', 404],
    ['GET', '/', 404],
  ])('%s %s is answered %i, and nobody hears of it', async (method, path, status) => {
    const { port, seen } = await listening()
    const { write, closed, heard } = dial(port)
    write(`${method} ${path} HTTP/1.1\r\nHost: bot\r\nContent-Length: 0\r\n\r\n`)
    await closed
    expect(statusesIn(heard())).toEqual([status])
    expect(seen).toEqual([])
    if (status === 405) expect(heard().toLowerCase()).toContain('allow: post')
  })

  test('a path belongs to one, and has no other letters than it should', async () => {
    const { door } = await listening()
    expect(() => door.on('forge', ok)).toThrow('taken')
    for (const path of ['', '/', '/forge2', 'a b', 'a//b', '../a', 'a?b']) expect(() => door.on(path, ok), path).toThrow('no path')
    door.on('other/place', ok)
  })

  test('a port that another program has is a fault that names it', async () => {
    const { port } = await listening()
    const { log, close } = await makeHost()
    endings.push(close)
    const second = openWebhooks({ host: '127.0.0.1', port, log })
    const error = await second.start().catch((thrown: unknown) => thrown)
    expect(isFault(error, 'WEBHOOKS_UNHEARD') && error.message).toBe(
      `Webhooks cannot be listened for at 127.0.0.1:${port}: another program has that port.`,
    )
    expect(second.address()).toBeNull()
    await second.stop()
  })
})

describe('what goes wrong behind the door', () => {
  test.each<readonly [string, WebhookAnswer]>([
    ['rejects', () => Promise.reject(new Error('token ghp_1 in /home/ana'))],
    [
      'throws',
      () => {
        throw new Error('token ghp_1 in /home/ana')
      },
    ],
    ['answers nonsense', async () => ({ status: 42_000, text: 'token ghp_1 in /home/ana' })],
  ])('an owner that %s is a 500 without a detail and a line in the log, and the next request is answered', async (_, answer) => {
    let isFirst = true
    const { url, logged } = await listening({
      answer: (came) => {
        if (!isFirst) return ok(came)
        isFirst = false
        return answer(came)
      },
    })
    const said = await post(url)
    expect([said.status, await said.text()]).toEqual([500, 'That went wrong here.'])
    expect(JSON.stringify([...said.headers])).not.toContain('ghp_1')
    expect(logged.filter(({ level }) => level === 'error')).toMatchObject([{ event: 'webhook.failed', fields: { path: '/forge' } }])
    expect((await post(url)).status).toBe(200)
  })

  test('an owner that takes its time has said 202 within a second, and how it ends is in the log', async () => {
    let fail: (error: Error) => void = () => {}
    const { url, logged } = await listening({
      limits: { answerMs: 40 },
      answer: () => new Promise((_, reject) => (fail = reject)),
    })
    expect((await post(url)).status).toBe(202)
    fail(new Error('at last'))
    await eventually(
      () => logged.map(({ event, fields }) => `${event} ${fields.why ?? ''}`),
      (lines) => lines.includes('webhook.slow ') && lines.includes('webhook.failed at last'),
    )
  })

  test('by default that is a second', async () => {
    const { url } = await listening({ answer: () => new Promise(() => {}) })
    const begun = performance.now()
    expect((await post(url)).status).toBe(202)
    expect(performance.now() - begun).toBeGreaterThan(900)
    expect(performance.now() - begun).toBeLessThan(1_900)
  })
})

describe('what is too much', () => {
  test('a body of exactly the limit is read, one byte more is not', async () => {
    const { url, seen } = await listening({ limits: { mostBodyBytes: 100_000 } })
    expect((await post(url, 'x'.repeat(100_000))).status).toBe(200)
    expect((await post(url, 'x'.repeat(100_001))).status).toBe(413)
    expect(seen.map(({ body }) => body.length)).toEqual([100_000])
  })

  test('25 MB are read by default, and a byte more is refused by its announcement alone', async () => {
    const { url, port, seen } = await listening()
    expect((await post(url, 'x'.repeat(25 * 1024 * 1024))).status).toBe(200)
    const { write, closed, heard } = dial(port)
    write(head([`Content-Length: ${25 * 1024 * 1024 + 1}`]))
    await closed
    expect(statusesIn(heard())).toEqual([413])
    expect(heard().toLowerCase()).toContain('connection: close')
    expect(seen).toHaveLength(1)
  })

  test('whoever sends all the same can do so and read why it was refused', async () => {
    const { port } = await listening({ limits: { mostBodyBytes: 1_000 } })
    const { write, closed, heard, broke } = dial(port)
    write(head(['Content-Length: 12000000']))
    write('x'.repeat(12_000_000))
    expect(await longBefore(5_000, closed)).not.toBe('too long')
    expect([statusesIn(heard()), broke()]).toEqual([[413], null])
  })

  test('a body that does not say how long it is, is cut at the limit, and so is the connection', async () => {
    const { port, seen } = await listening({ limits: { mostBodyBytes: 100_000 } })
    const { socket, write, closed, heard } = dial(port)
    write(head(['Transfer-Encoding: chunked']))
    const chunk = `2710\r\n${'x'.repeat(10_000)}\r\n`
    const sending = setInterval(() => !socket.destroyed && write(chunk), 1)
    endings.push(() => clearInterval(sending))
    expect(await longBefore(4_000, closed)).not.toBe('too long')
    expect(statusesIn(heard())).toEqual([413])
    expect(seen).toEqual([])
  })

  test('bodies that together are too much are refused, and what they held is given back', async () => {
    const { url, port, seen } = await listening({ limits: { mostBodyBytes: 1_000, mostHeldBytes: 1_500 } })
    const { socket, write } = dial(port)
    write(`${head(['Content-Length: 1000'])}${'x'.repeat(999)}`)
    await eventually(
      async () => (await post(url, 'x'.repeat(600))).status,
      (status) => status === 503,
    )
    expect((await post(url, 'x'.repeat(100))).status).toBe(200)
    socket.destroy()
    await eventually(
      async () => (await post(url, 'x'.repeat(1_000))).status,
      (status) => status === 200,
    )
    expect(seen.every(({ body }) => body.length <= 1_000)).toBe(true)
  })

  test('more requests at once than are borne are told to come again', async () => {
    const free: (() => void)[] = []
    const { url } = await listening({
      limits: { mostAtOnce: 3 },
      answer: () => new Promise((resolve) => free.push(() => resolve({ status: 200, text: '' }))),
    })
    const first = Array.from({ length: 3 }, () => post(url))
    await eventually(
      () => free.length,
      (count) => count === 3,
    )
    const refused = await post(url)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    for (const end of free) end()
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200, 200])
  })

  test('200 at once are all taken', async () => {
    const { url, seen } = await listening()
    const said = await Promise.all(Array.from({ length: 200 }, (_, number) => post(url, String(number))))
    expect(said.filter(({ status }) => status === 200)).toHaveLength(200)
    expect(new Set(seen.map(({ body }) => body.toString())).size).toBe(200)
  })
})

describe('who is too slow', () => {
  const limits = { headersMs: 200, requestMs: 400 }

  test('headers that come drop by drop are cut', async () => {
    const { port, seen } = await listening({ limits })
    const { socket, write, closed, heard } = dial(port)
    write('POST /forge HTTP/1.1\r\nHost: bot\r\n')
    const dripping = setInterval(() => !socket.destroyed && write('X-A: b\r\n'), 20)
    endings.push(() => clearInterval(dripping))
    expect(await longBefore(3_000, closed)).not.toBe('too long')
    expect(statusesIn(heard())).toEqual([408])
    expect(seen).toEqual([])
  })

  test('a body that comes drop by drop is cut', async () => {
    const { port, seen, url } = await listening({ limits })
    const { socket, write, closed } = dial(port)
    write(head(['Content-Length: 1000']))
    const dripping = setInterval(() => !socket.destroyed && write('x'), 20)
    endings.push(() => clearInterval(dripping))
    expect(await longBefore(3_000, closed)).not.toBe('too long')
    expect(seen).toEqual([])
    expect((await post(url)).status).toBe(200)
  })

  test('a connection that says nothing at all is cut', async () => {
    const { port } = await listening({ limits })
    expect(await longBefore(3_000, dial(port).closed)).not.toBe('too long')
  })

  test('a connection that waits for its next request is closed after a while', async () => {
    const { port } = await listening({ limits: { idleMs: 100 } })
    const { write, closed, heard } = dial(port)
    write(`${head(['Content-Length: 2'])}{}`)
    await eventually(heard, (text) => text.includes('200 OK'))
    expect(await longBefore(3_000, closed)).not.toBe('too long')
  })
})

describe('lengths that lie', () => {
  test('more is announced than comes: the request never counts', async () => {
    const { port, seen } = await listening({ limits: { headersMs: 200, requestMs: 300 } })
    const { write, closed, heard } = dial(port)
    write(`${head(['Content-Length: 500'])}{}`)
    expect(await longBefore(3_000, closed)).not.toBe('too long')
    expect(statusesIn(heard())).toEqual([408])
    expect(seen).toEqual([])
  })

  test('the sender goes away in the middle: the request never counts', async () => {
    const { port, seen, url } = await listening()
    const { socket, write, heard } = dial(port)
    write(head(['Content-Length: 500', 'Expect: 100-continue']))
    await eventually(heard, (text) => text.includes('100 Continue'))
    write('{}')
    socket.destroySoon()
    expect((await post(url)).status).toBe(200)
    expect(seen).toHaveLength(1)
  })

  test('less is announced than comes: what is over is no request, and the connection ends', async () => {
    const { port, seen } = await listening()
    const { write, closed, heard } = dial(port)
    write(`${head(['Content-Length: 2'])}{}<this is no request>\r\n\r\n`)
    expect(await longBefore(3_000, closed)).not.toBe('too long')
    expect(statusesIn(heard()).at(-1)).toBe(400)
    expect(seen.filter(({ body }) => body.toString() !== '{}')).toEqual([])
  })

  test.each([
    ['two lengths', ['Content-Length: 2', 'Content-Length: 3']],
    ['a length and chunks', ['Content-Length: 2', 'Transfer-Encoding: chunked']],
    ['a negative length', ['Content-Length: -2']],
    ['a length that is none', ['Content-Length: many']],
  ])('%s: refused', async (_, lines) => {
    const { port, seen } = await listening()
    const { write, closed, heard } = dial(port)
    write(`${head(lines)}{}\r\n`)
    expect(await longBefore(3_000, closed)).not.toBe('too long')
    expect(statusesIn(heard())).toEqual([400])
    expect(seen).toEqual([])
  })
})

describe('the end', () => {
  test('connections that are kept open are closed, and nobody is let in', async () => {
    const { door, port } = await listening()
    const agent = new Agent({ keepAlive: true })
    endings.push(() => agent.destroy())
    const asked = request({ port, host: '127.0.0.1', path: '/forge', method: 'POST', agent })
    asked.end('{}')
    const [said] = await once(asked, 'response')
    said.resume()
    await once(said, 'end')
    const idle = dial(port)
    await once(idle.socket, 'connect')
    expect(await longBefore(2_000, door.stop())).not.toBe('too long')
    await door.stop()
    expect(await longBefore(1_000, idle.closed)).not.toBe('too long')
    expect(door.address()).toBeNull()
    await expect(post(`http://127.0.0.1:${port}/forge`)).rejects.toThrow()
    await expect(door.start()).rejects.toThrow('stays so')
  })

  test('what is under way is answered first, and the connection then ends', async () => {
    let finish: (() => void) | null = null
    const { door, port } = await listening({
      answer: () =>
        new Promise((resolve) => {
          finish = () => resolve({ status: 200, text: 'Taken.' })
        }),
    })
    const { write, closed, heard } = dial(port)
    write(`${head(['Content-Length: 2'])}{}`)
    const end = await eventually(
      () => finish,
      (given) => given !== null,
    )
    const stopped = door.stop()
    end?.()
    await stopped
    await closed
    expect(statusesIn(heard())).toEqual([200])
  })

  test('whoever never ends their request is not waited for', async () => {
    const { door, port } = await listening({ limits: { stopMs: 100 } })
    const { write, closed, heard } = dial(port)
    write(`${head(['Content-Length: 500', 'Expect: 100-continue'])}{}`)
    await eventually(heard, (text) => text.includes('100 Continue'))
    expect(await longBefore(1_500, door.stop())).not.toBe('too long')
    await closed
  })

  test('it ends when its signal aborts, also before it has begun', async () => {
    const ending = new AbortController()
    const { door } = await listening({ signal: ending.signal })
    ending.abort(new Error('the bot stops'))
    await eventually(door.address, (address) => address === null)
    const { log, close } = await makeHost()
    endings.push(close)
    await expect(openWebhooks({ host: '127.0.0.1', port: 0, log, signal: ending.signal }).start()).rejects.toThrow('the bot stops')
  })

  test('a stop while it starts leaves nothing open', async () => {
    const { log, close } = await makeHost()
    endings.push(close)
    const door = openWebhooks({ host: '127.0.0.1', port: 0, log })
    const starting = door.start()
    await door.stop()
    await starting
    expect(door.address()).toBeNull()
  })
})

describe('whatever comes', () => {
  test('bytes of any kind never bring it down', async () => {
    const { url, port, logged } = await listening({ limits: { headersMs: 150, requestMs: 200 } })
    const pieces = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
        fc.constantFrom(
          'POST /forge HTTP/1.1\r\n',
          'Host: bot\r\n',
          'Content-Length: 5\r\n',
          'Transfer-Encoding: chunked\r\n',
          '\r\n',
          '\0',
          'GET ',
        ),
        fc.constantFrom(
          'Expect: 100-continue\r\n',
          'Upgrade: websocket\r\nConnection: Upgrade\r\n',
          '__proto__: 1\r\n',
          '5\r\nhello\r\n',
          '0\r\n\r\n',
        ),
      ),
      { maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(pieces, async (parts) => {
        const { socket, write, closed } = dial(port)
        write(parts.join(''))
        socket.end()
        expect(await longBefore(4_000, closed)).not.toBe('too long')
      }),
      { numRuns: 150 },
    )
    expect((await post(url)).status).toBe(200)
    expect(logged.filter(({ level }) => level === 'error')).toEqual([])
  }, 60_000)

  test('a path is only cut, never read anew', () => {
    expect(['/a', '/a/', '/a?b', '/a#b', '/', '', undefined, '/%61'].map(pathOf)).toEqual(['/a', '/a', '/a', '/a', '/', '', '', '/%61'])
    fc.assert(fc.property(fc.string(), (text) => typeof pathOf(text) === 'string'))
  })
})
