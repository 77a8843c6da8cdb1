/** What a person or a paste did at the terminal. `echo` is what should appear on the screen for it. */
export type Entry =
  | { readonly kind: 'line'; readonly text: string; readonly isPasted: boolean }
  | { readonly kind: 'echo'; readonly text: string }
  | { readonly kind: 'interrupt' }

/**
 * Turns what arrives on standard input into entries, however it is cut into chunks. On a terminal as on a pipe a line ends
 * with CR or LF, and what stands between the marks of a bracketed paste (`ESC [200~ … ESC [201~`) belongs to one line,
 * newlines and all; it is submitted, together with what was typed before it, by the next line end.
 */
export const makeInput = (): ((chunk: string) => readonly Entry[]) => {
  let draft = ''
  let isPasted = false
  let isPasting = false
  let rest = ''

  const submit = (): readonly Entry[] => {
    const line: Entry = { kind: 'line', text: draft.replace(/\r\n?/g, '\n'), isPasted }
    const isEmpty = draft === ''
    draft = ''
    isPasted = false
    return isEmpty ? [] : [line]
  }

  const paste = (): readonly Entry[] => {
    const end = rest.indexOf(pasteEnd)
    // The end mark itself may be cut in two.
    const taken = end >= 0 ? rest.slice(0, end) : rest.slice(0, rest.length - overlap(rest))
    draft += taken
    isPasted = true
    rest = end >= 0 ? rest.slice(end + pasteEnd.length) : rest.slice(taken.length)
    isPasting = end < 0
    return isPasting ? [] : [{ kind: 'echo', text: '[pasted]' }]
  }

  const keys: Readonly<Record<string, () => readonly Entry[]>> = {
    '\r': submit,
    '\n': submit,
    '\u0003': () => [{ kind: 'interrupt' }],
    '\u0015': () => {
      draft = ''
      isPasted = false
      return [{ kind: 'echo', text: '\r\u001b[K' }]
    },
    '\u007f': () => {
      if (draft === '') return []
      draft = [...draft].slice(0, -1).join('')
      return [{ kind: 'echo', text: '\b \b' }]
    },
  }

  const key = (): readonly Entry[] => {
    const [words] = printable.exec(rest) ?? []
    const typed = words ?? rest.slice(0, 1)
    rest = rest.slice(typed.length)
    if (words === undefined) return keys[typed]?.() ?? []
    draft += words
    return [{ kind: 'echo', text: words }]
  }

  return (chunk) => {
    rest += chunk
    const entries: Entry[] = []
    while (rest !== '') {
      if (isPasting) {
        entries.push(...paste())
        if (isPasting) break
      } else if (rest.startsWith('\u001b')) {
        const [sequence] = escapeSequence.exec(rest) ?? []
        if (sequence === undefined) break
        isPasting = sequence === pasteStart
        rest = rest.slice(sequence.length)
      } else entries.push(...key())
    }
    return entries
  }
}

const pasteStart = '\u001b[200~'
const pasteEnd = '\u001b[201~'
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it tells from the rest
const printable = /^[^\u0000-\u0008\u000a-\u001f\u007f]+/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const escapeSequence = /^\u001b(?:\[[0-?]*[ -/]*[@-~]|O[\s\S]|[^[O])/

/** How many characters at the end of the text may be the beginning of the end mark. */
const overlap = (text: string): number =>
  [...pasteEnd]
    .map((_, at) => pasteEnd.length - at)
    .find((length) => length < pasteEnd.length && text.endsWith(pasteEnd.slice(0, length))) ?? 0
