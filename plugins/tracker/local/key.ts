import { basename, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { numberOf } from './files.ts'

/** Which issue a key means: a number (`#1`, `1`, an address that ends in one) or a file of the folder. Null when it is neither. Pure. */
export const readKey = (key: string, folder: string): { readonly number: number } | { readonly name: string } | null => {
  const text = key.trim()
  const [, digits] = /^#?(\d{1,9})$/.exec(text) ?? []
  if (digits !== undefined) return { number: Number(digits) }
  if (/^file:\/\//i.test(text)) return inFolder(filePath(text), folder)
  const [, last] = /^[a-z][a-z+.-]*:\/\/\S*\/(\d{1,9})(?:[/?#]\S*)?$/i.exec(text) ?? []
  if (last !== undefined) return { number: Number(last) }
  return /\.md$/i.test(text) ? inFolder(text, folder) : null
}

/**
 * The only one whose title has all of these words; those of fewer than three letters and digits do not count. Null when none or several
 * have them, or when this is no words but a number, a file or an address. Pure.
 */
export const fittingOf = <T extends { readonly title: string }>(key: string, open: readonly T[]): T | null => {
  const words = key.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []
  if (!words.some((word) => /\p{L}/u.test(word)) || /#\d|[/\\]|\.md\s*$/i.test(key)) return null
  const [first, ...others] = open.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)))
  return others.length === 0 ? (first ?? null) : null
}

/** The open issues that come nearest: by number for a number, by words in common for words. At most three. Pure. */
export const nearestOf = <T extends { readonly number: number; readonly title: string }>(key: string, open: readonly T[]): readonly T[] => {
  const wanted = /\d{1,9}/.exec(key)?.[0]
  const words = key.toLowerCase().match(/\p{L}{3,}/gu) ?? []
  const shared = (title: string): number => words.filter((word) => title.toLowerCase().includes(word)).length
  const off = (number: number): number => (wanted === undefined ? number : Math.abs(number - Number(wanted)))
  return [...open].sort((a, b) => shared(b.title) - shared(a.title) || off(a.number) - off(b.number)).slice(0, 3)
}

/** A bare name, or a path that ends as the folder's does; anything else is no issue of ours. */
const inFolder = (path: string, folder: string): { readonly name: string } | null => {
  const name = basename(path)
  if (numberOf(name) === null) return null
  const file = join(folder, name)
  const isHere = isAbsolute(path) ? resolve(path) === file : !path.split('/').includes('..') && file.endsWith(join('/', path))
  return isHere ? { name } : null
}

const filePath = (url: string): string => {
  try {
    return fileURLToPath(url)
  } catch {
    return url // not an address of a file here; no issue has such a name
  }
}
