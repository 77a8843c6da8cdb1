import { Transform } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { plain } from '../../core/kit/text.ts'

/** Asks the terminal to mark what is pasted, and to stop doing so. https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h2-Bracketed-Paste-Mode */
export const pasteOn = '\u001b[?2004h'
export const pasteOff = '\u001b[?2004l'

/** Stand for a newline and a tab in the line being typed, where a real one would send or complete it. */
const newlineMark = '⏎'
const tabMark = '⇥'

/** A paste longer than this is shown as a name in the line being typed. */
const inlineChars = 400

/** What was pasted, and how to get the text back that a typed line stands for. */
export type Pastes = {
  /** What to type in place of a pasted text. */
  keep(text: string): string
  /** The text a typed line stands for. */
  expand(line: string): string
  /** Does the line mean the same in another terminal, or tomorrow? */
  isSelfContained(line: string): boolean
}

/** Remembers the last twenty long pastes. */
export const rememberPastes = (): Pastes => {
  const kept = new Map<string, string>()
  let count = 0
  return {
    keep: (pasted) => {
      const text = plain(pasted).replace(/\n+$/, '')
      if (text.length <= inlineChars) return text.replaceAll('\n', newlineMark).replaceAll('\t', tabMark)
      const lines = text.split('\n').length
      const name = `⟦paste ${++count}: ${lines === 1 ? `${text.length} characters` : `${lines} lines`}⟧`
      kept.set(name, text)
      for (const old of [...kept.keys()].slice(0, -20)) kept.delete(old)
      return name
    },
    expand: (line) =>
      line
        .replaceAll(newlineMark, '\n')
        .replaceAll(tabMark, '\t')
        .replace(/⟦paste \d+: [^⟧]*⟧/g, (name) => kept.get(name) ?? name),
    isSelfContained: (line) => !line.includes('⟦paste '),
  }
}

/** What has come from the terminal and is not passed on yet. */
export type Held = { readonly text: string; readonly isPasting: boolean }

/** Nothing is held. */
export const nothingHeld: Held = { text: '', isPasting: false }

/** Replaces each whole paste in the keys by what `keep` gives for it; a paste or a mark that is not complete is held. Pure but for `keep`. */
export const takeKeys = (held: Held, chunk: string, keep: (text: string) => string): { readonly held: Held; readonly keys: string } => {
  let { isPasting } = held
  let rest = held.text + chunk
  let keys = ''
  for (;;) {
    const mark = isPasting ? pasteEnd : pasteStart
    const at = rest.indexOf(mark)
    if (at === -1) break
    keys += isPasting ? keep(rest.slice(0, at)) : rest.slice(0, at)
    rest = rest.slice(at + mark.length)
    isPasting = !isPasting
  }
  if (isPasting) return { held: { text: rest, isPasting }, keys }
  const begun = partialMark(rest)
  return { held: { text: rest.slice(rest.length - begun), isPasting }, keys: keys + rest.slice(0, rest.length - begun) }
}

/**
 * A stream of keys in which every paste is one harmless run of characters. The escape key alone looks like the beginning of
 * a mark and is passed on after 30 ms; a paste whose end never comes counts as ended after 2 s of silence.
 *
 * Each chunk is one character: of several at once readline (Node 20) appends all but the last to the end of the line, wherever
 * the cursor is, and loses count of its rows.
 */
export const pasteFilter = (pastes: Pastes): Transform => {
  const decoder = new StringDecoder('utf8')
  let held = nothingHeld
  let timer: NodeJS.Timeout | null = null
  const pass = (keys: string): void => {
    for (const key of keys) stream.push(key)
  }
  const release = (): void => {
    pass(held.isPasting ? pastes.keep(held.text) : held.text)
    held = nothingHeld
  }
  const stream = new Transform({
    readableObjectMode: true,
    transform: (chunk: Buffer, _encoding, done) => {
      if (timer) clearTimeout(timer)
      timer = null
      const taken = takeKeys(held, decoder.write(chunk), pastes.keep)
      held = taken.held
      if (held.isPasting || held.text !== '') timer = setTimeout(release, held.isPasting ? 2_000 : 30)
      pass(taken.keys)
      done()
    },
    flush: (done) => {
      if (timer) clearTimeout(timer)
      done()
    },
  })
  return stream
}

const pasteStart = '\u001b[200~'
const pasteEnd = '\u001b[201~'

/** How many characters at the end may be the beginning of a start mark. */
const partialMark = (text: string): number => {
  for (let length = Math.min(text.length, pasteStart.length - 1); length > 0; length -= 1)
    if (pasteStart.startsWith(text.slice(-length))) return length
  return 0
}
