/**
 * The head of a line as `encode` writes it: all but the rest of its fact. `type` is a fingerprint of the fact's type, which another type may
 * have by chance; `at` is where reading stopped. One object serves for all lines, for there are millions.
 */
export type Heading = { at: number; seq: number; v: number; more: number; type: number }

/** An empty one. */
export const noHeading = (): Heading => ({ at: 0, seq: 0, v: 0, more: 0, type: 0 })

/** Reads the head of the line that begins there; false when it does not look as `encode` writes it. */
export const readHeading = (bytes: Uint8Array, start: number, heading: Heading): boolean => {
  heading.at = start
  if (!passes(bytes, seqWord, heading)) return false
  heading.seq = countAt(bytes, heading)
  if (!passes(bytes, versionWord, heading)) return false
  heading.v = countAt(bytes, heading)
  heading.more = passes(bytes, moreWord, heading) ? countAt(bytes, heading) : 0
  if (!passes(bytes, typeWord, heading)) return false
  let type = seed
  let byte = bytes[heading.at] ?? 0
  for (; byte !== quote && byte >= space && byte !== backslash; byte = bytes[++heading.at] ?? 0) type = mixed(type, byte)
  heading.type = type
  return byte === quote && heading.seq >= 0 && heading.v >= 0 && heading.more >= 0
}

/** What `readHeading` makes of a type. */
export const fingerprint = (type: string): number => Buffer.from(type).reduce(mixed, seed)

const bytesOf = (word: string): Uint8Array => Buffer.from(word)
const [seqWord, versionWord, moreWord, typeWord] = [bytesOf('{"seq":'), bytesOf(',"v":'), bytesOf(',"more":'), bytesOf(',"fact":{"type":"')]
const [space, quote, backslash, zero, nine] = [0x20, 0x22, 0x5c, 0x30, 0x39]

/** FNV-1a, in 32 bits. http://www.isthe.com/chongo/tech/comp/fnv/ */
const seed = 0x811c9dc5 | 0
const mixed = (hash: number, byte: number): number => Math.imul(hash ^ byte, 0x01000193)

const passes = (bytes: Uint8Array, word: Uint8Array, heading: Heading): boolean => {
  for (let index = 0; index < word.length; index += 1) if (bytes[heading.at + index] !== word[index]) return false
  heading.at += word.length
  return true
}

/** -1 when there is none. No line has so many digits that a number would not hold them. */
const countAt = (bytes: Uint8Array, heading: Heading): number => {
  let count = -1
  for (let digit = bytes[heading.at] ?? 0; digit >= zero && digit <= nine; digit = bytes[++heading.at] ?? 0)
    count = (count === -1 ? 0 : count * 10) + digit - zero
  return count
}
