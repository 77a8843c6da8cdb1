/** A piece of what was said. `from` and `to` say where it stands in the text, with the signs around it. */
export type Token = {
  /** In lower case, without punctuation around it. `.` and `?` for the end of a sentence. */
  readonly word: string
  readonly from: number
  readonly to: number
  /** Does a colon follow it? What stands before one is an address or a command, what stands behind it is free text. */
  readonly hasColon: boolean
  /** What stood between quotation marks, as it was written; null for a word. */
  readonly quoted: string | null
}

/** What was said, cut into words. Linear in its length. */
export const tokenise = (text: string): readonly Token[] => {
  const tokens: Token[] = []
  for (const found of text.matchAll(chunks)) {
    const [chunk] = found
    const from = found.index
    const to = from + chunk.length
    if (/^["“]./s.test(chunk) && /["”]$/.test(chunk)) {
      tokens.push({ word: '"', from, to, hasColon: false, quoted: chunk.slice(1, -1) })
      continue
    }
    tokens.push(...wordsOf(chunk, from))
  }
  return tokens
}

/** Quotations, and whatever stands between spaces. */
const chunks = /"[^"\n]+"(?=[\s.,:;!?)]|$)|“[^“”]+”|[^\s"“”]+|["“”]/g

/** Emoji in all their parts, but not the digits that can be one. */
const emoji = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]|\u{fe0f}|\u{20e3}|\u{200d}/gu
const emoticon = /^(?::[a-z0-9_+-]+:|[:;=]['-]?[()DPpdo/|]+|<3|[xX]D|\^\^|\(y\))$/

const opening = /^(?:[([{<'‘*_`~«»…—–|:;,.!?]|-(?!\d))+/
const closing: ReadonlySet<string> = new Set(")]}>'’*_`~«»…—–|:;,.!?-")

/** Short forms, written out. */
const contractions: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [
    ...["what's", 'whats', 'wats'].map((word) => [word, ['what', 'is']]),
    ...["who's", 'whos'].map((word) => [word, ['who', 'is']]),
    ...["how's", 'hows'].map((word) => [word, ['how', 'is']]),
    ...["where's", 'wheres'].map((word) => [word, ['where', 'is']]),
    ...["when's", 'whens'].map((word) => [word, ['when', 'is']]),
    ...["why's", 'whys'].map((word) => [word, ['why', 'is']]),
    ...["that's", 'thats'].map((word) => [word, ['that', 'is']]),
    ...["there's", 'theres'].map((word) => [word, ['there', 'is']]),
    ...["it's"].map((word) => [word, ['it', 'is']]),
    ...["everything's"].map((word) => [word, ['everything', 'is']]),
    ...["anything's"].map((word) => [word, ['anything', 'is']]),
    ...["i'm", 'im'].map((word) => [word, ['i', 'am']]),
    ...["i'd", 'id'].map((word) => [word, ['i', 'would']]),
    ...["we're"].map((word) => [word, ['we', 'are']]),
    ...["they're"].map((word) => [word, ['they', 'are']]),
    ...["you're"].map((word) => [word, ['you', 'are']]),
    ...["what're"].map((word) => [word, ['what', 'are']]),
    ...["how're"].map((word) => [word, ['how', 'are']]),
    ...["i've"].map((word) => [word, ['i', 'have']]),
    ...["we've"].map((word) => [word, ['we', 'have']]),
    ...["let's", 'lets'].map((word) => [word, ['lets']]),
    ...["don't", 'dont'].map((word) => [word, ['do', 'not']]),
    ...["doesn't", 'doesnt'].map((word) => [word, ['does', 'not']]),
    ...["didn't", 'didnt'].map((word) => [word, ['did', 'not']]),
    ...["isn't", 'isnt'].map((word) => [word, ['is', 'not']]),
    ...["can't", 'cant', 'cannot'].map((word) => [word, ['can', 'not']]),
    ...["couldn't", 'couldnt'].map((word) => [word, ['could', 'not']]),
    ...["won't", 'wont'].map((word) => [word, ['will', 'not']]),
    ...["wasn't", 'wasnt'].map((word) => [word, ['was', 'not']]),
    ...["hasn't", 'hasnt'].map((word) => [word, ['has', 'not']]),
    ...["haven't", 'havent'].map((word) => [word, ['have', 'not']]),
    ...['smth', 'sth', 'smt'].map((word) => [word, ['something']]),
    ...['gimme'].map((word) => [word, ['give', 'me']]),
    ...['lemme'].map((word) => [word, ['let', 'me']]),
    ...['wanna'].map((word) => [word, ['want', 'to']]),
    ...['gonna'].map((word) => [word, ['going', 'to']]),
    ...['u'].map((word) => [word, ['you']]),
    ...['ya', 'yall'].map((word) => [word, ['you']]),
    ...['ur'].map((word) => [word, ['your']]),
    ...['r'].map((word) => [word, ['are']]),
    ...['pls', 'plz', 'pleas'].map((word) => [word, ['please']]),
    ...['w/', 'w'].map((word) => [word, ['with']]),
  ] as [string, readonly string[]][], // a list of pairs
)

const wordsOf = (chunk: string, from: number): readonly Token[] => {
  const to = from + chunk.length
  if (emoticon.test(chunk)) return []
  const bare = chunk.replace(emoji, '')
  if (/^<?https?:\/\//i.test(bare))
    return [{ word: bare.replace(/^<|[|>].*$|[)\].,!?;:'"]+$/g, ''), from, to, hasColon: false, quoted: null }]
  const inner = withoutEnd(bare.replace(opening, ''), closing)
  const end = /[.!?;…]/.exec(bare.slice(bare.lastIndexOf(inner) + inner.length))?.[0]
  const stop: Token[] = end === undefined ? [] : [stopAt(to, to, end === '?' ? '?' : '.')]
  const hasColon = /:[)\]}>'’*_`~»"]*$/.test(bare)
  if (inner === '') return /[.!?;]/.test(bare) ? stop : []
  const words = inner
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/([a-z])\1{2,}/g, '$1') // "pleaseee"
    .replace(/(?<=\d)[–—](?=#?\d)/g, '-')
    .split(/[,;…—–]+|&|(?<=\w)\/(?=#\d)/)
    .filter((word) => word !== '')
    .flatMap((word) => (Object.hasOwn(contractions, word) ? (contractions[word] ?? []) : possessive(word)))
  return [...words.map((word, index) => ({ word, from, to, hasColon: hasColon && index === words.length - 1, quoted: null })), ...stop]
}

/** Without the signs at its end. A loop, because a pattern for it would try every run of signs again at each of them. */
export const withoutEnd = (text: string, signs: ReadonlySet<string>): string => {
  let end = text.length
  while (end > 0 && signs.has(text[end - 1] ?? '')) end -= 1
  return text.slice(0, end)
}

const stopAt = (from: number, to: number, word: '.' | '?' = '.'): Token => ({ word, from, to, hasColon: false, quoted: null })

/** `app-3's` is two words. */
const possessive = (word: string): readonly string[] => {
  const owner = /^(.+)'s$/.exec(word)?.[1]
  return owner === undefined ? [word] : [owner, "'s"]
}
