import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { idsIn } from '../../../core/kit/wrap.ts'
import { isJson, type Json } from './json.ts'
import { type Protocol, protocolOf } from './protocols.ts'
import { type Act, type Asked, type Call, callFor, type Reply, type Step, shellOf, type Usage } from './script.ts'
import { type Wire, wireTo } from './wire.ts'

/** One time that the model was asked in a conversation of a script. */
export type Request = { readonly story: string; readonly at: number; readonly asked: Asked; readonly act: Act | null }

/** A model that says what its scripts say. */
export type Model = {
  readonly port: number
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** What it does in the conversation whose task has `STORY=<name>` in it: one step each time it is asked. Added to what is left. */
  script(story: string, ...steps: readonly Step[]): void
  /** Lets a held step of that name go on, now or when it comes. */
  go(hold: string): void
  /** Every time it was asked in that conversation, oldest first; calls without a tool (for titles, say) do not count. */
  asked(story: string): readonly Request[]
  /** Ids of the messages that the conversation shows in its newest request, in order, each as often as it stands there. */
  heard(story: string): readonly string[]
  /** What is wrong with what it was asked: unknown addresses, wrong keys, results of calls it never made, more than its script holds. */
  complaints(): readonly string[]
  /** How many requests it has got whatever they asked. */
  count(): number
  /** Nobody can reach it any more: connections are refused. */
  vanish(): Promise<void>
  close(): Promise<void>
}

/** The key that every agent is given; any other is refused. */
export const dummyKey = 'sk-ao-test-0123456789abcdef0123456789abcdef'

const defaultUsage: Usage = { input: 1_000, cached: 200, output: 50 }

/**
 * Starts a model on a free port of loopback. It speaks what OpenAI (Responses, Chat Completions), Anthropic and Gemini document, streamed
 * and whole, and is strict: what it does not know it refuses with 404, and complains.
 */
export const openModel = async (): Promise<Model> => {
  const scripts = new Map<string, Step[]>()
  const requests: Request[] = []
  const complaints: string[] = []
  const holds = new Map<string, { readonly gone: Promise<void>; readonly go: () => void }>()
  const given = new Set<string>()
  let count = 0

  const holdOf = (name: string) => {
    const known = holds.get(name)
    if (known) return known
    let go = (): void => {}
    const gone = new Promise<void>((resolve) => (go = resolve))
    const made = { gone, go: () => go() }
    holds.set(name, made)
    return made
  }

  const take = (story: string, asked: Asked): Step | null => {
    const step = scripts.get(story)?.shift() ?? null
    if (step === null) complaints.push(`${story}: asked for more than its script holds, after: ${lastOf(asked).slice(-300)}`)
    const words = step?.sees
    if (words !== undefined && !asked.shown.some(({ text: shown }) => shown.includes(words)) && !asked.system.includes(words))
      complaints.push(`${story}: was to see "${words}", and was shown: ${lastOf(asked).slice(-300)}`)
    return step
  }

  const check = (story: string, { called, shown }: Asked): void => {
    for (const id of called)
      if (id !== '' && !given.has(id)) complaints.push(`${story}: is said to have made the call ${id}, and never did`)
    const results = shown.flatMap(({ call }) => call ?? [])
    for (const id of results)
      if (id !== '' && !given.has(id)) complaints.push(`${story}: got a result of the call ${id}, which it never made`)
    for (const id of new Set(results))
      if (id !== '' && results.filter((one) => one === id).length > 1) complaints.push(`${story}: two results of ${id}`)
  }

  const replyOf = (act: Act, asked: Asked): Reply => {
    const calls: readonly Call[] = 'calls' in act ? act.calls : 'run' in act || 'ask' in act || 'plan' in act || 'tool' in act ? [act] : []
    const made = calls.map((call) => {
      const id = `call_${given.size + 1}_${requests.length}`
      given.add(id)
      return { id, ...callFor(call, asked.tools) }
    })
    const usage = ('usage' in act ? act.usage : undefined) ?? defaultUsage
    return { id: String(requests.length), model: asked.model, say: 'say' in act ? act.say : null, calls: made, usage }
  }

  const perform = async (act: Act, asked: Asked, protocol: Protocol, wire: Wire, response: ServerResponse): Promise<void> => {
    if ('hold' in act) {
      await holdOf(act.hold).gone
      return perform(act.next, asked, protocol, wire, response)
    }
    if ('silence' in act) return // it stays open until whoever asked gives up
    if ('drop' in act) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(': cut\n\n', () => response.destroy())
      return
    }
    if ('error' in act) {
      const after = act.retryAfterSeconds === undefined ? {} : { 'retry-after': String(act.retryAfterSeconds) }
      return wire.json(protocol.error(act.error), act.error, after)
    }
    protocol.write(wire, replyOf(act, asked), asked.isStreamed)
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    count += 1
    const wire = wireTo(response)
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    const body = parsed(await text(request))
    if (request.method === 'GET' && pathname.endsWith('/models'))
      return wire.json({ object: 'list', data: [{ id: 'fake-model', object: 'model' }], models: [] })
    if (request.method === 'HEAD') return void response.writeHead(200).end()
    const protocol = protocolOf(pathname)
    if (request.method !== 'POST' || protocol === null || body === null) {
      complaints.push(`${request.method} ${pathname} is nothing a model is asked`)
      return wire.json({ error: { message: 'not found', type: 'not_found' } }, 404)
    }
    if (protocol.counts) return wire.json({ input_tokens: 100, totalTokens: 100 })
    if (!keysIn(request).includes(dummyKey)) {
      complaints.push(`${pathname} was asked with another key than the one that was given`)
      return wire.json(protocol.error(401), 401)
    }
    const asked = protocol.read(body, pathname)
    const story = storyIn(asked) ?? (scripts.has(anyStory) ? anyStory : null)
    if (story === null || shellOf(asked.tools) === null) return protocol.write(wire, aside(asked), asked.isStreamed)
    check(story, asked)
    const step = take(story, asked)
    requests.push({ story, at: Date.now(), asked, act: step })
    await perform(step ?? { say: 'I have nothing more to say.' }, asked, protocol, wire, response)
  }

  const server = createServer((request, response) => {
    response.on('error', () => {}) // whoever asked has gone
    answer(request, response).catch((error: Error) => {
      complaints.push(`it failed: ${error.stack ?? error.message}`)
      response.destroy()
    })
  })
  const port = await listens(server)
  const vanish = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })

  return {
    port,
    url: `http://127.0.0.1:${port}`,
    script: (story, ...steps) => void scripts.set(story, [...(scripts.get(story) ?? []), ...steps]),
    go: (hold) => holdOf(hold).go(),
    asked: (story) => requests.filter((one) => one.story === story),
    heard: (story) =>
      requests
        .filter((one) => one.story === story)
        .at(-1)
        ?.asked.shown.flatMap(({ text: shown }) => idsIn(shown)) ?? [],
    complaints: () => complaints,
    count: () => count,
    vanish,
    close: () => (server.listening ? vanish() : Promise.resolve()),
  }
}

const listens = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))) // it listens on a port

/** The script of conversations that name no story. */
export const anyStory = '*'

/** Names its conversation in the first words that have a name; what tools printed does not count. */
const storyIn = ({ shown }: Asked): string | null =>
  shown.flatMap(({ by, text: words }) => (by === 'user' ? (/STORY=([\w-]+)/.exec(words)?.[1] ?? []) : [])).at(0) ?? null

/** What is asked beside the conversation: a title for it, whether a topic is new. */
const aside = ({ model }: Asked): Reply => ({
  id: 'aside',
  model,
  say: '{"title":"A story","isNewTopic":false}',
  calls: [],
  usage: { input: 10, cached: 0, output: 5 },
})

const lastOf = ({ shown }: Asked): string => shown.at(-1)?.text ?? 'nothing'

const keysIn = ({ headers, url = '' }: IncomingMessage): string =>
  [headers.authorization, headers['x-api-key'], headers['x-goog-api-key'], url].join(' ')

const parsed = (body: string): Json | null => {
  try {
    const value: unknown = JSON.parse(body || '{}')
    return isJson(value) ? value : null
  } catch {
    return null // answered with 404 and a complaint
  }
}
