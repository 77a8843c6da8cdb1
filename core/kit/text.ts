import { createHash } from 'node:crypto'
import { distance } from 'fastest-levenshtein'

/** The known word that comes nearest, if it comes near enough to be a slip of the finger. */
export const nearest = (word: string, known: readonly string[]): string | null => {
  const best = known
    .map((candidate) => ({ candidate, off: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.off - b.off)[0]
  return best && best.off < word.length && best.off <= Math.max(2, Math.floor(best.candidate.length / 3)) ? best.candidate : null
}

/** `a, b and c`. */
export const list = (words: readonly string[], last = 'and'): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`

/** `1 commit`, `2 commits`; `many` where an s will not do. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** The first line, at most `chars` long, an ellipsis where something was left out. */
export const headline = (text: string, chars: number): string => {
  const line = text.trim().split('\n', 1)[0] ?? ''
  const points = [...line]
  return points.length <= chars
    ? line
    : `${points
        .slice(0, chars - 1)
        .join('')
        .trimEnd()}…`
}

/** The last `lines` lines, at most `bytes` long, cut at a line where possible. */
export const tail = (text: string, { lines, bytes }: { readonly lines: number; readonly bytes: number }): string => {
  const kept = text.trimEnd().split('\n').slice(-lines)
  while (kept.length > 1 && Buffer.byteLength(kept.join('\n')) > bytes) kept.shift()
  const rest = kept.join('\n')
  return Buffer.byteLength(rest) <= bytes
    ? rest
    : Buffer.from(rest)
        .subarray(-bytes)
        .toString('utf8')
        .replace(/^\uFFFD+/, '')
}

/** A text that can be part of a branch or file name: lower case, dashes, at most `chars` long; never empty. */
export const slug = (text: string, chars = 40): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, chars)
    .replace(/-+$/, '') || 'task'

/** A short name for a text: the same text, the same name. */
export const fingerprint = (text: string, chars = 8): string => createHash('sha256').update(text).digest('hex').slice(0, chars)

// Terminal control sequences (CSI, OSC, single ESC) and control characters other than tab and newline.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const controls = /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b\[[0-?]*[ -/]*[@-~]|\u001b.|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** Without escape sequences and control characters: what strangers wrote must not steer a terminal. */
export const plain = (text: string): string => text.replace(/\r\n?/g, '\n').replace(controls, '')

/** Fenced so that nothing inside can close the fence: it outgrows every run of backticks in the text. */
export const fence = (text: string, label = ''): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}${label}\n${text.replace(/\n+$/, '')}\n${ticks}`
}
