/** Which issue a key names. `repository` and `host` are null where it does not say. */
export type Named = { readonly number: number; readonly repository: string | null; readonly host: string | null }

/**
 * `#42`, `42`, `owner/name#42`, or the address of an issue or pull request. Null when it is none of them: then it is words. Pure.
 */
export const readKey = (key: string): Named | null => {
  const text = key.trim()
  const [, repository, digits] = /^(?:([\w.-]+\/[\w.-]+)?#)?(\d{1,15})$/.exec(text) ?? []
  if (digits !== undefined) return { number: Number(digits), repository: repository ?? null, host: null }
  const [, host, owner, name, last] = address.exec(text) ?? []
  return host === undefined ? null : { number: Number(last), repository: `${owner}/${name}`, host: host.toLowerCase() }
}

const address = /^https?:\/\/(?:www\.)?([^/?#\s]+)\/([\w.-]+)\/([\w.-]+)\/(?:issues|pull)\/(\d{1,15})(?:[/?#]\S*)?$/i

/** The words of a text in small letters: without those a search takes for operators, and without short ones unless there are no others. Pure. */
export const wordsOf = (text: string): readonly string[] => {
  const words = [...new Set(text.toLowerCase().match(/[\p{L}\p{N}\p{M}_]+/gu) ?? [])].filter((word) => !['and', 'or', 'not'].includes(word))
  const longer = words.filter((word) => !/^[a-z]{1,2}$/.test(word))
  return longer.length > 0 ? longer : words
}

/** Has the title all of the words? Pure. */
export const hasAll = (title: string, words: readonly string[]): boolean => words.every((word) => title.toLowerCase().includes(word))

/** The three that come nearest: by words in common, then by number. Pure. */
export const nearestOf = <T extends { readonly number: number; readonly title: string }>(key: string, open: readonly T[]): readonly T[] => {
  const words = wordsOf(key).filter((word) => word.length > 2 && !/^\d+$/.test(word))
  const wanted = readKey(key)?.number ?? Number.MAX_SAFE_INTEGER // the newest where there is no number
  const shared = ({ title }: T): number => words.filter((word) => title.toLowerCase().includes(word)).length
  const off = ({ number }: T): number => Math.abs(number - wanted)
  return [...open].sort((a, b) => shared(b) - shared(a) || off(a) - off(b)).slice(0, 3)
}
