import { readFileSync } from 'node:fs'
import { fault } from '../../../core/kit/wrap.ts'
import { placesIn } from './places.ts'

/** What went wrong with opencode's server, as the fault that is thrown for it. */
export const unreachable = (why: string, cause?: unknown) =>
  fault('AGENT_UNREACHABLE', { agent: 'opencode', why }, cause === undefined ? {} : { cause })

/** The server of the opencode that was started last, as its start script put it down. `startedAt` is epoch ms, rounded down to a second. */
export type Server = { readonly run: string; readonly url: string; readonly password: string; readonly startedAt: number }

/** Null while no start has put one down. */
export const readServer = (folder: string): Server | null => {
  let text: string
  try {
    text = readFileSync(placesIn(folder).server, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  const [run, port, password, seconds] = text.split('\n')
  if (run === undefined || password === undefined || !/^\d+$/.test(port ?? '') || !/^\d+$/.test(seconds ?? '')) return null
  return { run, url: `http://127.0.0.1:${port}`, password, startedAt: Number(seconds) * 1000 }
}

/** An answer of the server. `value` is its JSON, or null where there is none. */
export type Reply = { readonly status: number; readonly value: unknown }

/**
 * One request to the server. https://opencode.ai/docs/server
 *
 * @throws {Fault} AGENT_UNREACHABLE when nothing answers, or not with that password
 */
export const ask = async (
  { url, password }: Server,
  path: string,
  { body, signal }: { readonly body?: unknown; readonly signal: AbortSignal },
): Promise<Reply> => {
  const answer = await orUnreachable(signal, async () => {
    const reply = await fetch(url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...login(password), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestMs)]),
    })
    return { status: reply.status, text: await reply.text() }
  })
  if (answer.status === 401) throw unreachable('its port is somebody else’s: it did not take the password')
  if (answer.status >= 500) throw unreachable(`its server answered ${answer.status}`)
  return { status: answer.status, value: parsed(answer.text) }
}

/**
 * What the server says from now on, `server.connected` first, until the connection ends or `signal` aborts. A connection that is silent
 * for longer than the server's own heartbeat (10 s) allows ends with a fault: one that is made while opencode starts may never speak.
 *
 * @throws {Fault} AGENT_UNREACHABLE
 */
export async function* events({ url, password }: Server, signal: AbortSignal): AsyncGenerator<unknown> {
  const silence = new AbortController()
  const startle = (): void => silence.abort(unreachable('its server is silent'))
  let timer = setTimeout(startle, firstWordMs)
  try {
    const answer = await orUnreachable(signal, () =>
      fetch(`${url}/event`, {
        headers: { ...login(password), accept: 'text/event-stream' },
        signal: AbortSignal.any([signal, silence.signal]),
      }),
    )
    if (answer.status !== 200 || answer.body === null) throw unreachable(`its server answered ${answer.status} to /event`)
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of answer.body) {
      clearTimeout(timer)
      timer = setTimeout(startle, silenceMs)
      const blocks = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n') // what a fetched body is made of
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const data = block.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trim()] : []))
        if (data.length > 0) yield parsed(data.join('\n'))
      }
    }
  } finally {
    clearTimeout(timer)
    silence.abort()
  }
}

const firstWordMs = 3_000
const silenceMs = 35_000
const requestMs = 10_000

const login = (password: string) => ({ authorization: `Basic ${Buffer.from(`opencode:${password}`).toString('base64')}` })

/** Whatever `fetch` throws is that nothing answers, or too late; only an abort from outside stays what it is. */
const orUnreachable = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    signal.throwIfAborted()
    throw unreachable('nothing answers at its port', error)
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null // a page or an empty answer: there is no value in it
  }
}
