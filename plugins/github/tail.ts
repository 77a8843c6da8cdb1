import pLimit from 'p-limit'
import type { Ask } from './api.ts'
import type { Answered, Given } from './caller.ts'
import { exchange, unless } from './exchange.ts'
import { fault } from './faults.ts'
import type { Pace } from './pace.ts'
import { type End, type Part, readPart, textOf } from './part.ts'
import { type Received, type Send, type Wire, withoutCredential } from './wire.ts'

type Parts = {
  readonly host: string
  readonly apiUrl: string
  readonly wire: Wire
  readonly pace: Pace
  /** One request by route, sent the given way. */
  readonly send: (route: string, given: Given, ask: Ask, send: Send) => Promise<Answered>
}

/** Where a text is looked for. Not at the API: in the storage that the API named, by an address that is its own key. */
type Place = { readonly url: string; readonly init: RequestInit; readonly isApi: boolean }

const mostAtOnce = 10
const mostHops = 4
const usualMostBytes = 64 * 1024 * 1024

/**
 * The end of a text. The API only says where the text is; the storage it names sees no credential and has a line of its own.
 *
 * Ranges are asked for from the front (`0-n`, then `m-`): Azure's storage, where GitHub has its logs, knows no other.
 * https://learn.microsoft.com/en-us/rest/api/storageservices/specifying-the-range-header-for-blob-service-operations
 */
export const openTail = ({ host, apiUrl, wire, pace, send }: Parts) => {
  const others = pLimit(mostAtOnce)
  return async (
    route: string,
    given: Given,
    { bytes, mostBytes = usualMostBytes, ...ask }: Ask & { readonly bytes: number; readonly mostBytes?: number },
  ): Promise<{ readonly text: string; readonly isCut: boolean }> => {
    const bounds = wire.bounds(ask)

    const askPart = ({ url, init, isApi }: Place, range: string | null): Promise<Part> => {
      const headers = new Headers(init.headers)
      headers.set('accept-encoding', 'identity') // else a range counts what was packed
      if (range !== null) headers.set('range', `bytes=${range}`)
      const isFirst = range?.startsWith('0-') ?? false
      const work = () =>
        exchange({ ...init, url, headers }, bounds, (response, goOn) => {
          if (isApi && response.status < 400) pace.note('core', { status: response.status, headers: response.headers, text: '' })
          return readPart(response, { url, host, route, bytes, mostBytes, isFirst, goOn })
        })
      if (isApi) return wire.slot(pace, 'core', ask, work)
      const turn = others(() => {
        for (const signal of bounds.signals) signal?.throwIfAborted()
        return work()
      })
      return unless(bounds.signals, turn)
    }

    /** The credential goes on to the same repository under another name, and to nothing else: a storage may be on the same server. */
    const next = ({ init }: Place, to: URL): Place => {
      const isApi = [`${apiUrl}/repositories/`, `${apiUrl}/repos/`].some((beginning) => to.href.startsWith(beginning))
      return { url: to.href, isApi, init: isApi ? init : { ...init, headers: withoutCredential(init.headers) } }
    }

    const find = async (place: Place, hop = 0): Promise<Received | End> => {
      const first = await askPart(place, `0-${bytes - 1}`)
      if (first.is === 'moved' && hop < mostHops) return find(next(place, first.to), hop + 1)
      const last = first.is === 'longer' ? await askPart(place, first.total === null ? null : `${first.total - bytes}-`) : first
      if (last.is === 'end') return first.is === 'longer' ? { ...last.end, isCut: true } : last.end
      if (last.is !== 'refused') throw fault('GITHUB_GARBLED', { host, problem: 'its storage gives no part of a text' })
      if (place.isApi) return last.received
      const { status } = last.received
      if (status === 404 || status === 410) throw fault('GONE', { path: route, status, says: 'its storage has it no longer' })
      throw fault('GITHUB_DOWN', { host, status, says: 'its storage does not give the text' })
    }

    const { data } = await send(route, given, ask, async (url, init) => {
      const found = await find({ url, init, isApi: true })
      if ('bytes' in found) return { status: 200, statusText: '', url, headers: new Headers(), body: found, text: async () => '' }
      const limited = pace.note('core', { status: found.status, headers: found.headers, text: await found.text() })
      if (limited) throw limited
      return found
    })
    return textOf(data as End) // our own `fetch` above made it
  }
}
