import type { Dispatcher, RequestInit as ProxiedInit } from 'undici'
import { fault } from './faults.ts'

/** What `fetch` is, through a proxy or not. */
type Fetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * The way out of this machine: node's own `fetch`, or where HTTPS_PROXY (https_proxy) is set one that honours it and NO_PROXY, as git
 * does. https://curl.se/docs/manpage.html#ENVIRONMENT
 *
 * @throws {Fault} GITHUB_UNREACHABLE when it names what cannot be a proxy
 */
export const wayOut = async (host: string): Promise<Fetch> => {
  const written = process.env.https_proxy || process.env.HTTPS_PROXY
  if (!written) return fetch
  const proxy = /^[a-z\d]+:\/\//i.test(written) ? written : `http://${written}`
  if (made?.proxy !== proxy) made = { proxy, fetch: open(proxy) }
  try {
    return await made.fetch
  } catch (cause) {
    const problem = 'what HTTPS_PROXY names is no address of a proxy that speaks http (http://proxy.example:3128)'
    throw fault('GITHUB_UNREACHABLE', { host, problem }, { cause })
  }
}

let made: { readonly proxy: string; readonly fetch: Promise<Fetch> } | null = null

/** Loaded when it is needed. Its own `fetch` comes along, since agents fit only the `fetch` of their own version. */
const open = async (proxy: string): Promise<Fetch> => {
  const { EnvHttpProxyAgent, fetch } = await import('undici')
  const dispatcher: Dispatcher = new EnvHttpProxyAgent({ httpsProxy: proxy, httpProxy: '' }) // no proxy for plain http: git has none either
  // Node's `fetch` is this one in another version; their types are two.
  return async (url, init) => (await fetch(url, { ...(init as unknown as ProxiedInit), dispatcher })) as unknown as Response
}
