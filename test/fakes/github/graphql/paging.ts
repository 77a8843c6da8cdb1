import { type Arguments, fail } from './asking.ts'

/** What a connection is resolved to: a stretch of a list, and what it is a list of (for counts beside it). */
export type Page = {
  readonly all: readonly unknown[]
  readonly items: readonly unknown[]
  /** Where the stretch begins in the list. */
  readonly from: number
}

/**
 * The stretch that `first`/`after` or `last`/`before` ask for. A cursor names its item, so pages go on in the right place when
 * something was put before it or taken away.
 *
 * @see https://relay.dev/graphql/connections.htm#sec-Pagination-algorithm
 */
export const pageOf = (all: readonly unknown[], { first, last, after, before }: Arguments): Page => {
  let from = after == null ? 0 : placeOf(all, after, -1) + 1
  let to = before == null ? all.length : placeOf(all, before, 0)
  if (typeof first === 'number') to = Math.min(to, from + first)
  if (typeof last === 'number') from = Math.max(from, to - last)
  if (typeof first !== 'number' && typeof last !== 'number') to = from // only counts were asked for
  return { all, items: all.slice(from, Math.max(from, to)), from }
}

export const cursorAt = ({ items, from }: Page, index: number): string =>
  Buffer.from(`cursor:v2:${from + index}:${nameOf(items[index]) ?? ''}`).toString('base64')

export const pageInfo = (page: Page) => {
  const { all, items, from } = page
  return {
    hasNextPage: from + items.length < all.length,
    hasPreviousPage: from > 0,
    startCursor: items.length === 0 ? null : cursorAt(page, 0),
    endCursor: items.length === 0 ? null : cursorAt(page, items.length - 1),
  }
}

/** Where the item of a cursor stands. When it is gone: where it stood, `beside` it. */
const placeOf = (all: readonly unknown[], cursor: unknown, beside: -1 | 0): number => {
  const [, index, name] = /^cursor:v2:(\d+):(.*)$/s.exec(Buffer.from(String(cursor), 'base64').toString()) ?? []
  if (index === undefined) return fail('INVALID_CURSOR_ARGUMENTS', `\`${String(cursor)}\` does not appear to be a valid cursor.`)
  const found = name ? all.findIndex((item) => nameOf(item) === name) : Number(index)
  return found === -1 ? Math.min(Number(index), all.length) + beside : found
}

/** What stays the same of an item whatever happens to the list. */
const nameOf = (item: unknown): string | null => {
  if (typeof item !== 'object' || item === null) return null
  const name = ('nodeId' in item && item.nodeId) || ('oid' in item && item.oid) || ('path' in item && item.path)
  return typeof name === 'string' ? name : null
}
