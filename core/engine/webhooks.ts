import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Log, WebhookAnswer } from '../contracts/plugins.ts'
import { catalogue, explain, row } from '../kit/fault.ts'
import { sleep } from '../kit/time.ts'
import { refuseWith, within, write } from './webhook-answer.ts'
import { pathOf, readBody } from './webhook-body.ts'

export const fault = catalogue({
  WEBHOOKS_UNHEARD: row<{ host: string; port: number; problem: string }>(
    (f) => `Webhooks cannot be listened for at ${f.host}:${f.port}: ${f.problem}.`,
    () => 'Write another port under webhooks in bot.config.yaml, or stop the program that has this one.',
    { mayPass: true },
  ),
})

/** What the listener bears. A test hands in smaller ones. */
export type WebhookLimits = {
  /** A larger body is refused with 413. */
  readonly mostBodyBytes: number
  /** So much of all bodies together is held at once; what comes on top is refused with 503. */
  readonly mostHeldBytes: number
  /** So many requests are answered at once; one more is refused with 503. */
  readonly mostAtOnce: number
  /** Headers must be there after so long, the whole request after `requestMs`; else 408 and an end. */
  readonly headersMs: number
  readonly requestMs: number
  /** Whoever answers later than this has said 202. */
  readonly answerMs: number
  /** A connection that waits for its next request is closed after so long. */
  readonly idleMs: number
  /** `stop` waits so long for requests that are under way. */
  readonly stopMs: number
}

/** 25 MB is the most that forges send; senders give up after ten seconds. */
const usualLimits: WebhookLimits = {
  mostBodyBytes: 25 * 1024 * 1024,
  mostHeldBytes: 64 * 1024 * 1024,
  mostAtOnce: 256,
  headersMs: 5_000,
  requestMs: 10_000,
  answerMs: 1_000,
  idleMs: 5_000,
  stopMs: 1_000,
}

/** The bot's own door for requests from outside; `on` before or after `start`. */
export type Webhooks = {
  /** Requests at `/<path>` are given to `answer`. A path belongs to one. */
  on(path: string, answer: WebhookAnswer): void
  /** Where it listens; null while it does not. */
  address(): { readonly host: string; readonly port: number } | null
  /** Resolves once it listens. @throws {Fault} WEBHOOKS_UNHEARD */
  start(): Promise<void>
  /** Takes nothing more, waits a little for what is under way, and closes every connection. For good; twice is once. */
  stop(): Promise<void>
}

/**
 * A listener for webhooks, which tells nobody anything: POST to a known path is given to whoever registered it, all else is
 * refused. Whoever registered verifies the sender; here nobody is known. Port 0 takes any free one. Stops when `signal` aborts.
 */
export const openWebhooks = ({
  host,
  port,
  log,
  signal,
  limits: given = {},
}: {
  readonly host: string
  readonly port: number
  readonly log: Log
  readonly signal?: AbortSignal
  readonly limits?: Partial<WebhookLimits>
}): Webhooks => {
  const limits = { ...usualLimits, ...given }
  const answers = new Map<string, WebhookAnswer>()
  const underWay = new Set<Promise<void>>()
  let heldBytes = 0
  let stopping: Promise<void> | null = null

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = pathOf(request.url)
    const known = answers.get(path)
    const refuse = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): Promise<void> => {
      log.debug('webhook.refused', { status, text })
      return refuseWith(request, response, { status, text, headers })
    }
    if (!known) return refuse(404, 'There is nothing here.')
    if (request.method !== 'POST') return refuse(405, 'Only POST is answered here.', { allow: 'POST' })
    if (stopping) return refuse(503, 'The bot is stopping.')
    if (underWay.size >= limits.mostAtOnce) return refuse(503, 'Too much comes at once.', { 'retry-after': '1' })

    let ownBytes = 0
    const hold = (bytes: number): boolean => {
      if (heldBytes + bytes > limits.mostHeldBytes) return false
      heldBytes += bytes
      ownBytes += bytes
      return true
    }
    try {
      const body = await readBody(request, { mostBytes: limits.mostBodyBytes, hold })
      if (body === 'cut') return
      if (body === 'too-large') return await refuse(413, `At most ${limits.mostBodyBytes} bytes are read.`)
      if (body === 'busy') return await refuse(503, 'Too much comes at once.', { 'retry-after': '1' })
      const said = await within(limits.answerMs, () => known({ headers: headersOf(request), body }), {
        onSlow: () => log.warn('webhook.slow', { path }),
        onLateFailure: (error) => log.error('webhook.failed', { path, why: explain(error) }),
      })
      write(response, said ?? { status: 202, text: 'Taken.' }, stopping ? { connection: 'close' } : {})
      response.end()
    } catch (error) {
      log.error('webhook.failed', { path, why: explain(error) })
      if (response.headersSent) response.destroy()
      else await refuse(500, 'That went wrong here.')
    } finally {
      heldBytes -= ownBytes
    }
  }

  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(1_000, limits.headersMs),
      keepAliveTimeout: limits.idleMs,
    },
    (request, response) => {
      request.on('error', quiet)
      response.on('error', quiet)
      const done = answer(request, response).catch((error: unknown) => {
        log.error('webhook.failed', { why: explain(error) })
        response.destroy()
      })
      underWay.add(done)
      void done.finally(() => underWay.delete(done))
    },
  )
  server.maxConnections = limits.mostAtOnce * 2
  server.on('error', (error) => log.error('webhook.listener', { why: explain(error) })) // a start that fails tells its caller as well

  let starting: Promise<void> | null = null
  const listen = async (): Promise<void> => {
    await new Promise<void>((resolve, reject) => {
      const failed = (cause: Error): void => reject(fault('WEBHOOKS_UNHEARD', { host, port, problem: problemIn(cause) }, { cause }))
      server.once('error', failed)
      server.listen(port, host, () => {
        server.off('error', failed)
        resolve()
      })
    })
    log.info('webhook.listening', { ...address() })
  }

  const stop = async (): Promise<void> => {
    signal?.removeEventListener('abort', onAbort)
    await starting?.catch(quiet) // its caller was told
    if (!server.listening) return
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    await Promise.race([Promise.all(underWay), sleep(limits.stopMs)])
    server.closeAllConnections()
    await closed
  }
  const stopOnce = (): Promise<void> => (stopping ??= stop())
  const onAbort = (): void => void stopOnce()

  const address = () => {
    const bound = server.address()
    return bound !== null && typeof bound === 'object' ? { host: bound.address, port: bound.port } : null
  }

  return {
    on: (path, of) => {
      if (!/^[\w-]+(?:\/[\w-]+)*$/.test(path)) throw new Error(`"${path}" is no path for webhooks: words with "/" between them are.`)
      if (answers.has(`/${path}`)) throw new Error(`The path "${path}" for webhooks is taken already.`)
      answers.set(`/${path}`, of)
    },
    address,
    start: async () => {
      signal?.throwIfAborted()
      if (stopping) throw new Error('The listener for webhooks was stopped, and stays so.')
      signal?.addEventListener('abort', onAbort, { once: true })
      starting ??= listen()
      await starting
    },
    stop: stopOnce,
  }
}

/** For what is told elsewhere: that a connection broke, by `readBody`. */
const quiet = (): void => {}

/** As plugins get them: one text each. */
const headersOf = ({ headers }: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])))

const problemIn = (error: Error): string => {
  const code = 'code' in error ? String(error.code) : ''
  const known: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another program has that port',
    EACCES: 'this user may not have that port',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'there is no such address',
  }
  return known[code] ?? explain(error)
}
