import type { Ask } from './api.ts'
import type { Answered, Given } from './caller.ts'

type Kept = { readonly etag: string; readonly value: unknown }

const mostKept = 1_000

/** Conditional requests over `request`. What was read of an answer and the answer's ETag are kept together, in memory. */
export const openConditional = (request: (route: string, given: Given, ask: Ask) => Promise<Answered>) => {
  const all = new Map<string, Kept>()
  const keep = (key: string, kept: Kept): void => {
    all.delete(key) // what was used last stands last
    all.set(key, kept)
    const oldest = all.keys().next()
    if (all.size > mostKept && !oldest.done) all.delete(oldest.value)
  }
  return async (
    route: string,
    given: Given,
    read: (response: Answered) => unknown,
    { isFresh = false, as = '', ...ask }: Ask & { readonly isFresh?: boolean; readonly as?: string } = {},
  ): Promise<{ readonly value: unknown; readonly isNew: boolean }> => {
    const key = `${route} ${as} ${JSON.stringify(Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1)))}`
    const kept = isFresh ? undefined : all.get(key)
    const response = await request(route, { ...given, headers: { ...given.headers, ...(kept && { 'if-none-match': kept.etag }) } }, ask)
    if (kept && response.status === 304) {
      keep(key, kept)
      return { value: kept.value, isNew: false }
    }
    const value = read(response) // when this throws, what was kept before stays as it was
    const { etag } = response.headers
    if (typeof etag === 'string' && etag !== '') keep(key, { etag, value })
    else all.delete(key)
    return { value, isNew: true }
  }
}
