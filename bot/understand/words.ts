import type { Slots } from '../contracts/intent.ts'
import { type Token, tokenise } from './tokens.ts'

/** How much text a command can have; longer words are words for an agent. */
const maxCommandChars = 4_000

/** What was said, cut up. */
export type Words = {
  /** Without the address before it. */
  readonly text: string
  readonly tokens: readonly Token[]
  /** Without `agent=codex` and the like, which may stand anywhere. */
  readonly bare: readonly Token[]
  readonly options: Slots
  /** Was the bot spoken to, with `/ao`, `@ao`, `ao`, `!` or as `/fix`? */
  readonly isAddressed: boolean
  /** Was it called by its name? Then nobody else can be meant. */
  readonly isNamed: boolean
  /** Do signs around them say that they are not plainly meant: a joke, a doubt, an example? Then they are a guess at best. */
  readonly isDoubtful: boolean
  /** Are they quoted, crossed out or turned down by a sign? Then they are no order at all. */
  readonly isCrossedOut: boolean
}

const names = /^(?:[/@]ao\b[:,]?|ao\b[:,]?(?=\s|$))\s*/i
/** `!fix`, `/fix`, `/fix@some_bot` as Telegram writes it; but `/api/users` is a path. */
const signs = /^(?:!\s*(?=[a-z#])|\/(?=[a-z]+(?:@\w+)?(?:\s|$)))/i
const botName = /^([a-z]+)@\w+(?=\s|$)/i

export const isTooLong = (said: string): boolean => said.length > maxCommandChars

/** Is the bot called by its name? Asked of what is no command, too. */
export const isNamed = (said: string): boolean => names.test(said.slice(0, 100).trimStart())

/** Cuts words up. What is too long or holds what cannot be seen is no command: null. */
export const wordsOf = (said: string): Words | null => {
  if (isTooLong(said) || hasHidden(said)) return null
  const trimmed = said.trim()
  const named = trimmed.replace(names, '')
  const signed = named.replace(signs, '')
  const text = signed === named ? named : signed.replace(botName, '$1')
  const tokens = tokenise(text)
  const options: Record<string, string> = {}
  const bare = tokens.filter((token) => {
    const [, name = '', value = ''] = option.exec(token.quoted === null ? text.slice(token.from, token.to) : '') ?? []
    if (name !== '') options[name.toLowerCase()] = value
    return name === ''
  })
  return {
    text,
    tokens,
    bare: bare.length === tokens.length ? tokens : bare,
    options,
    isAddressed: text !== trimmed,
    isNamed: named !== trimmed,
    isDoubtful: doubtful.test(trimmed),
    isCrossedOut: [trimmed, text].some((one) => crossedOut.test(one) || quotedWhole.test(one)),
  }
}

/** A line that quotes another, a list of things to do, what is crossed out or commented out, a thumb that points down. */
const crossedOut =
  /^\s*>|\n[ \t]*>|~~|^~.*~$|<!--|^[-*]?\s*\[[ x]\]|[👎❌⛔🚫🙅🙄🙃]|:(?:-1|thumbsdown|x|no_entry|no_good|roll_eyes|upside_down)[\w]*:/u
const quotedWhole = /^(?:```[\s\S]*```|'.*'|‘.*’|«[^»]*»|„[^“”]*[“”]|"[^"]*"|“[^”]*”)[\s.!?]*$/su
/** Code, brackets, a wondering or laughing face, more than one question mark. */
const doubtful =
  /^[`(|[{?<-]|:\s*$|\?[\s?!]*\?|!\?|\?!|[🤔😂🤣😅😆😜🤪😉😏🤷😬]|:(?:thinking|joy|rofl|wink|shrug|sweat_smile)[\w]*:|\s\/s$/u

const option = /^(agent|base|branch|project|model|method)=([\w./:@-]*[\w/])[,.;!?]*$/i

/** Zero-width and direction characters could make an order out of what does not read like one. The ones that hold emoji together may stay. */
export const hasHidden = (text: string): boolean => hidden.test(text.replace(joined, ''))
const hidden = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\u2028\u2029\u212a]/u
const joined =
  /[\t\n\r]|(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u{fe0f})\u{200d}(?=\p{Extended_Pictographic})|(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|[#*\d])\u{fe0f}/gu
