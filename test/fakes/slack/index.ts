import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Answer, handlers, isMethod, type Surroundings } from './methods.ts'
import { makePeople, type SlackPerson, type Spot } from './people.ts'
import { type MethodRate, rateKeeper, slackRates } from './rates.ts'
import { type Method, methodArguments } from './shapes.ts'
import { buttonsOf, showBlocks, showMarkup } from './show.ts'
import { emptyStore, type Store } from './store.ts'
import { makeWires, type Wires } from './wires.ts'

/** A message as it is on a person's screen. `id` is its time stamp. */
export type SlackSeen = {
  readonly id: string
  readonly isOurs: boolean
  readonly text: string
  readonly buttons: readonly string[]
  readonly files: readonly string[]
  readonly hasPicture: boolean
  /** Whom it has told that they are called. */
  readonly calls: readonly string[]
}

export type FakeSlack = Pick<Wires, 'drop' | 'losesAck' | 'refresh' | 'hold' | 'release' | 'connections' | 'deliveries'> & {
  /** What `apiUrl` is set to; ends in `/api/`. */
  readonly apiUrl: string
  readonly tokens: { readonly bot: string; readonly app: string; readonly signingSecret: string }
  /** Everything that was refused because of the caller. */
  readonly complaints: readonly string[]
  /** Every call that was answered, oldest first. */
  readonly calls: readonly { readonly method: string; readonly at: number }[]
  readonly store: Store
  /** A person, made on first use; another `team` is a connected workspace. */
  person(id: string, name?: string, team?: string): SlackPerson
  /** All that is on show there: for a thread its root and its replies. */
  sees(spot: Spot): readonly SlackSeen[]
  /** Shown to one person alone. */
  seesAlone(user: string): readonly { readonly text: string; readonly buttons: readonly string[] }[]
  /** The next call is refused with 429. Without a method: the next that posts or edits. */
  busy(retryAfterMs: number, method?: Method): void
  /** The next such call is done, and its answer is lost with the connection. */
  losesAnswer(method?: Method): void
  /** The next such call is done, and answered with 500. */
  failsAfter(method?: Method): void
  /** The next such call is refused with that error. */
  refuses(error: string, method?: Method): void
  /** Half-open: connections stay and nothing comes over them any more, until `thaw`. Those made afterwards work; with `everything` nothing is answered at all, by HTTP either. */
  freeze(everything?: boolean): void
  thaw(): void
  archive(channel: string): void
  /** The bot is not a member any more. */
  kick(channel: string): void
  /** The root of a thread is gone with all that stood below it. */
  deleteThread(spot: { readonly channel: string; readonly thread: string }, isTold?: boolean): void
  /** Sends everything by signed HTTP from now on; null: over sockets. */
  sendTo(eventsUrl: string | null): void
  close(): Promise<void>
}

type Trouble = {
  readonly method: Method | null
  readonly kind: 'busy' | 'loses' | 'fails' | 'refuses'
  readonly waitMs: number
  readonly error: string
}

/**
 * A stand-in for Slack on a loopback port: Web API, Socket Mode with redelivery, uploads and signed HTTP. It refuses what Slack
 * refuses and notes it in `complaints`. `rates`: null takes any number of calls. `redeliverAfterMs`: the pauses before an event
 * that was not acknowledged comes again.
 */
export const startFakeSlack = async (
  given: {
    readonly channels?: readonly string[]
    readonly rates?: Readonly<Partial<Record<Method, MethodRate>>> | null
    readonly ackWithinMs?: number
    readonly redeliverAfterMs?: readonly number[]
    readonly pingEveryMs?: number
    readonly scopes?: readonly string[]
    readonly clockOffMs?: number
  } = {},
): Promise<FakeSlack> => {
  const tokens = { bot: 'xoxb-fake-bot-token', app: 'xapp-fake-app-token', signingSecret: 'fake-signing-secret' }
  const store = emptyStore(given.channels ?? ['C0HOME'])
  const complaints: string[] = []
  const calls: { method: string; at: number }[] = []
  const troubles: Trouble[] = []
  const wait = rateKeeper(given.rates === undefined ? slackRates : (given.rates ?? {}), Date.now)
  let eventsUrl: string | null = null
  let isFrozen = false
  const unanswered: ServerResponse[] = []
  const wires = makeWires({
    ackWithinMs: given.ackWithinMs ?? 3_000,
    redeliverAfterMs: given.redeliverAfterMs ?? [0, 60_000, 300_000],
    pingEveryMs: given.pingEveryMs ?? 5_000,
    eventsUrl: () => eventsUrl,
    signingSecret: tokens.signingSecret,
    complain: (about) => complaints.push(about),
  })

  const takeTrouble = (method: Method): Trouble | undefined => {
    const at = troubles.findIndex((one) => (one.method === null ? /^chat\.(?:post|update)/.test(method) : one.method === method))
    return at < 0 ? undefined : troubles.splice(at, 1)[0]
  }

  const call = (method: Method, fields: Readonly<Record<string, string>>): Answer => {
    const read = methodArguments[method].safeParse(fields)
    if (!read.success) {
      complaints.push(`${method}: ${read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`)
      return { ok: false, error: read.error.issues.some(({ path }) => path[0] === 'blocks') ? 'invalid_blocks' : 'invalid_arguments' }
    }
    const handle = handlers[method] as (given: unknown, around: Surroundings) => Answer // both came from the same table
    return handle(read.data, { store, baseUrl, now: Date.now, openConnection: () => wires.open(baseUrl) })
  }

  const api = async (method: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const fields = Object.fromEntries(new URLSearchParams((await readAll(request)).toString()))
    const answer = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-oauth-scopes': (given.scopes ?? []).join(','), ...headers })
      response.end(JSON.stringify(body))
    }
    if (!isMethod(method)) {
      complaints.push(`${method}: unknown`)
      return answer(200, { ok: false, error: 'unknown_method' })
    }
    const token = method === 'apps.connections.open' ? tokens.app : tokens.bot
    if (request.headers.authorization !== `Bearer ${token}`) {
      complaints.push(`${method}: a token that is not known`)
      return answer(200, { ok: false, error: request.headers.authorization ? 'invalid_auth' : 'not_authed' })
    }
    const trouble = takeTrouble(method)
    const waitSeconds = trouble?.kind === 'busy' ? Math.ceil(trouble.waitMs / 1_000) : wait(method, fields.channel)
    if (waitSeconds > 0) {
      if (trouble?.kind !== 'busy') complaints.push(`${method}: 429, ${fields.channel ?? ''} has to wait ${waitSeconds} s`)
      return answer(429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(waitSeconds) })
    }
    if (trouble?.kind === 'refuses') return answer(200, { ok: false, error: trouble.error })
    const done = call(method, fields)
    calls.push({ method, at: Date.now() })
    if (trouble?.kind === 'loses') return void response.destroy()
    if (trouble?.kind === 'fails') return answer(500, 'oops')
    answer(200, done)
  }

  const files = async (path: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, sort, id] = path.split('/')
    const file = store.files.get(id ?? '')
    if (sort === 'files' && request.headers.authorization === `Bearer ${tokens.bot}` && file?.bytes) {
      response.writeHead(200, { 'content-type': 'application/octet-stream' })
      return void response.end(file.bytes)
    }
    if (sort === 'files') return void response.writeHead(302, { location: `${baseUrl}/signin` }).end()
    const bytes = await readAll(request)
    const promised = Number(new URL(request.url ?? '/', baseUrl).searchParams.get('length'))
    if (!file || bytes.length !== promised) {
      complaints.push(`upload: ${bytes.length} bytes where ${promised} were announced`)
      return void response.writeHead(400).end()
    }
    file.bytes = bytes
    response.writeHead(200).end(`OK - ${bytes.length}`)
  }

  const server = createServer((request, response) => {
    if (isFrozen) return void unanswered.push(response)
    if (given.clockOffMs !== undefined) response.setHeader('date', new Date(Date.now() + given.clockOffMs).toUTCString())
    const { pathname } = new URL(request.url ?? '/', 'http://slack')
    const work = pathname.startsWith('/api/') ? api(pathname.slice(5), request, response) : files(pathname, request, response)
    work.catch((error: unknown) => {
      complaints.push(`the fake failed: ${String(error)}`)
      response.destroy()
    })
  })
  server.on('upgrade', (request, socket, head) => wires.upgrade(request, socket, head))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const trouble = (kind: Trouble['kind'], method: Method | null = null, waitMs = 0, error = '') =>
    void troubles.push({ kind, method, waitMs, error })

  return {
    apiUrl: `${baseUrl}/api/`,
    tokens,
    complaints,
    calls,
    store,
    drop: wires.drop,
    losesAck: wires.losesAck,
    refresh: wires.refresh,
    hold: wires.hold,
    release: wires.release,
    connections: wires.connections,
    deliveries: wires.deliveries,
    person: makePeople(store, wires.deliver, Date.now),
    sees: ({ channel, thread }) =>
      channelAt(store, channel)
        .messages.filter((message) => message.thread === thread || message.ts === thread)
        .map((message) => ({
          id: message.ts,
          isOurs: message.user === null,
          text: message.blocks.length > 0 ? showBlocks(message.blocks) : showMarkup(message.text),
          buttons: buttonsOf(message.blocks).map(({ label }) => label),
          files: message.files.map(({ name }) => name),
          hasPicture: message.files.some(({ name }) => name.endsWith('.png')),
          calls: message.calls,
        })),
    seesAlone: (user) =>
      store.whispers
        .filter((whisper) => whisper.user === user)
        .map(({ blocks, text }) => ({
          text: blocks.length > 0 ? showBlocks(blocks) : showMarkup(text),
          buttons: buttonsOf(blocks).map(({ label }) => label),
        })),
    busy: (retryAfterMs, method) => trouble('busy', method, retryAfterMs),
    losesAnswer: (method) => trouble('loses', method),
    failsAfter: (method) => trouble('fails', method),
    refuses: (error, method) => trouble('refuses', method, 0, error),
    freeze: (everything = false) => {
      isFrozen = everything
      wires.freeze(everything)
    },
    thaw: () => {
      isFrozen = false
      for (const response of unanswered.splice(0)) response.destroy()
      wires.thaw()
    },
    archive: (channel) => void Object.assign(channelAt(store, channel), { isArchived: true }),
    kick: (channel) => void Object.assign(channelAt(store, channel), { isMember: false }),
    deleteThread: ({ channel, thread }, isTold = true) => {
      const at = channelAt(store, channel)
      at.messages = at.messages.filter(({ ts, thread: above }) => ts !== thread && above !== thread)
      const event = { type: 'message', subtype: 'message_deleted', channel, deleted_ts: thread, ts: store.nextTs() }
      if (isTold) wires.deliver({ type: 'events_api', payload: { type: 'event_callback', event } }).catch(() => {}) // nobody waits for it
    },
    sendTo: (url) => {
      eventsUrl = url
    },
    close: async () => {
      wires.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const channelAt = (store: Store, id: string) => {
  const channel = store.channels.get(id)
  if (!channel) throw new Error(`There is no channel ${id}.`)
  return channel
}

const readAll = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
