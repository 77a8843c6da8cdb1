import type { Entity } from './world.ts'

const sendable = new Set([
  ...['bold', 'italic', 'underline', 'strikethrough', 'spoiler', 'code', 'pre', 'blockquote', 'expandable_blockquote'],
  'text_mention',
])

/** What is wrong with formatting that somebody sends; null when it is as documented. Stricter than Telegram, which mends some of it. */
export const entityProblem = (text: string, entities: readonly Entity[]): string | null => {
  if (entities.length > 100) return `${entities.length} entities, and everything after the hundredth would be lost`
  for (const { type, offset, length, user } of entities) {
    if ((type === 'text_mention') !== (userIn({ user }) !== null)) return `entity ${type} with ${JSON.stringify(user)} for a user`
    if (!sendable.has(type)) return `entity type ${type}`
    if (offset < 0 || length < 1 || offset + length > text.length) return `entity ${type} ${offset}+${length} outside of ${text.length}`
    if (isInsidePair(text, offset) || isInsidePair(text, offset + length)) return `entity ${type} cuts a character in half`
  }
  for (const [index, one] of entities.entries())
    for (const other of entities.slice(index + 1)) {
      const isApart = one.offset + one.length <= other.offset || other.offset + other.length <= one.offset
      if (isApart) continue
      const isNested =
        (one.offset <= other.offset && one.offset + one.length >= other.offset + other.length) ||
        (other.offset <= one.offset && other.offset + other.length >= one.offset + one.length)
      if (!isNested) return `entities ${one.type} and ${other.type} overlap`
      if ([one, other].some(({ type }) => type === 'pre' || type === 'code')) return `${one.type} and ${other.type} cannot be nested`
    }
  return null
}

/** The number of whoever is called by it; null where it calls nobody. */
export const userIn = ({ user }: Pick<Entity, 'user'>): number | null =>
  typeof user === 'object' && user !== null && 'id' in user && Number.isSafeInteger(user.id) && Number(user.id) > 0 ? Number(user.id) : null

/** What Telegram finds by itself in a text, outside of fixed width: names that ping, commands that a tap sends, addresses. */
export const detected = (text: string, entities: readonly Entity[]): readonly Entity[] => {
  const fixed = entities.filter(({ type }) => type === 'pre' || type === 'code')
  const found = patterns.flatMap(({ type, pattern }) =>
    [...text.matchAll(pattern)].map((match) => ({ type, offset: match.index, length: match[0].length })),
  )
  const addresses = found.filter(({ type }) => type === 'url')
  const isIn = (one: Entity, others: readonly Entity[]): boolean =>
    others.some(({ offset, length }) => one.offset < offset + length && offset < one.offset + one.length)
  return found
    .filter((one) => !isIn(one, fixed) && !(one.type === 'bot_command' && isIn(one, addresses)))
    .sort((a, b) => a.offset - b.offset)
}

const patterns = [
  { type: 'mention', pattern: /(?<![\w@])@[a-zA-Z]\w{3,31}(?!\w)/g },
  { type: 'bot_command', pattern: /(?<![\w/<>])\/[a-zA-Z0-9_]{1,64}(?:@\w{3,32})?(?![\w/<>])/g },
  { type: 'url', pattern: /https?:\/\/[\w.-]+(?::\d+)?(?:[/?#][\w./?=&%#~:+-]*)?/g },
]

const isInsidePair = (text: string, at: number): boolean =>
  /[\ud800-\udbff]/.test(text.charAt(at - 1)) && /[\udc00-\udfff]/.test(text.charAt(at))
