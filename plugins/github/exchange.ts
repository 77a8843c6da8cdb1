import { setMaxListeners } from 'node:events'
import { fault } from './faults.ts'
import { wayOut } from './proxy.ts'

/** What every exchange with a server of the forge is bound by. */
export type Bounds = {
  /** As people know the forge; for faults. */
  readonly host: string
  /** Without a sign of life for so long it is given up. */
  readonly timeoutMs: number
  /** All of these end it. */
  readonly signals: readonly (AbortSignal | undefined)[]
}

/**
 * One request and what `read` makes of its answer; redirects are not followed. The time runs until the body is read, and anew
 * whenever `read` says that more has come. What is not read of a body is not fetched.
 *
 * @throws {Fault} GITHUB_UNREACHABLE, and GITHUB_GARBLED when the answer breaks off; the reason of a signal that aborts
 */
export const exchange = async <T>(
  { url, ...init }: RequestInit & { readonly url: string },
  { host, timeoutMs, signals }: Bounds,
  read: (response: Response, goOn: () => void) => Promise<T>,
): Promise<T> => {
  const ended = new AbortController()
  const late = () => fault('GITHUB_UNREACHABLE', { host, problem: `it has not answered for ${timeoutMs / 1000} s` })
  const timer = setTimeout(() => ended.abort(late()), timeoutMs)
  // Not AbortSignal.any: on Node 20 what hangs on a signal that lives as long as the bot is never let go.
  const unhook = signals.map((signal) => hook(signal, (reason) => ended.abort(reason)))
  let response: Response | null = null
  try {
    const fetch = await wayOut(host)
    response = await fetch(url, { ...init, redirect: 'manual', signal: ended.signal })
    return await read(response, () => void timer.refresh())
  } catch (error) {
    if (ended.signal.aborted) throw ended.signal.reason
    if (!(error instanceof TypeError)) throw error // fetch tells all trouble of the network as one; the rest is `read`'s own
    if (response === null) throw fault('GITHUB_UNREACHABLE', { host, problem: problemOf(error) }, { cause: error.cause })
    throw fault('GITHUB_GARBLED', { host, problem: `the answer broke off (${problemOf(error)})` }, { cause: error.cause })
  } finally {
    clearTimeout(timer)
    for (const leave of unhook) leave()
    // Whatever was left of the body must not hold the connection.
    if (response?.body && !response.bodyUsed) await response.body.cancel().catch(() => {}) // it has broken off already
  }
}

/** Calls `end` when the signal aborts, or has; gives what takes that back. */
const hook = (signal: AbortSignal | undefined, end: (reason: unknown) => void): (() => void) => {
  if (signal === undefined) return () => {}
  const tell = (): void => end(signal.reason)
  if (signal.aborted) tell()
  setMaxListeners(0, signal) // many requests hang on one signal, and all let go of it
  signal.addEventListener('abort', tell, { once: true })
  return () => signal.removeEventListener('abort', tell)
}

/** Only the code or the kind: the whole text of some holds the address, and an address can be a key to a log. */
const problemOf = (error: Error): string => {
  const code = codeOf(error.cause)
  return code === null ? 'the connection failed' : (spoken[code] ?? code)
}

/** The code of what caused it; what a proxy refuses comes one deeper. */
const codeOf = (cause: unknown): string | null => {
  if (!(cause instanceof Error)) return null
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : codeOf(cause.cause)
}

const spoken: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_ABORTED: 'the proxy that HTTPS_PROXY names does not let it through',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by nobody known; NODE_EXTRA_CA_CERTS names the file of your own authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody known; NODE_EXTRA_CA_CERTS names the file of your own authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by nobody known; NODE_EXTRA_CA_CERTS names the file of your own authority',
}

/** Waits for something in a queue, but no longer than the signal says. What was queued looks at the signal itself when its turn comes. */
export const unless = <T>(signals: readonly (AbortSignal | undefined)[], queued: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const unhook = signals.map((signal) => hook(signal, reject))
    queued.then(resolve, reject).finally(() => {
      for (const leave of unhook) leave()
    })
  })
