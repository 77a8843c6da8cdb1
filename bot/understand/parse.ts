import type { Context, Form, Intent, Meaning, Slots } from '../contracts/intent.ts'
import { blanks } from './blanks.ts'

/** An intent in one of its exact forms, and what it means here. */
export type Reading = { readonly intent: Intent; readonly slots: Slots; readonly meaning: Meaning }

/** How much text a command can have; longer words are words for an agent. */
const maxCommandChars = 4_000

/** Words to meaning, or null when they are in no exact form. Pure and total. */
export const parse = (text: string, intents: readonly Intent[], context: Context): Reading | null => {
  if (text.length > maxCommandChars || hidden.test(text)) return null
  const { words, isAddressed } = address(text)
  const { rest, options } = takeOptions(withoutThanks(words))
  for (const intent of intents) {
    for (const form of intent.forms) {
      if (!fits(form, context, isAddressed)) continue
      const pattern = typeof form === 'string' ? form : form.form
      const isVerbatim = pattern.includes('{words}')
      const found = match(pattern, isVerbatim ? words : rest, context)
      if (!found) continue
      const slots = isVerbatim ? found : { ...found, ...options }
      return { intent, slots, meaning: intent.means(slots, context) }
    }
  }
  return null
}

// Zero-width and direction characters could make an order out of what does not read like one.
const hidden = /[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/

/** In a thread words are for the agent, unless the bot is addressed. */
const fits = (form: Form, { thread, isAsking }: Context, isAddressed: boolean): boolean =>
  typeof form === 'string' || (form.where === 'outside' ? thread === null || isAddressed : isAsking)

const courtesy = /^(?:please|hey|hi|ok|okay|can you|could you|would you)[, ]+/i

const addresses = /^(?:\/ao\b[:,]?|ao\b[:,]?(?=\s)|!|\/(?=[a-z]))\s*/i

/** Without the ways of address and politeness before it: `/ao …`, `ao …`, `!…`, `/fix …`, `please …`. */
const address = (text: string): { readonly words: string; readonly isAddressed: boolean } => {
  const trimmed = text.trim()
  const isAddressed = addresses.test(trimmed)
  let words = trimmed.replace(addresses, '')
  while (courtesy.test(words)) words = words.replace(courtesy, '')
  return { words, isAddressed }
}

/** Without thanks and punctuation behind it. */
const withoutThanks = (words: string): string =>
  words
    .replace(/(?<![\s,])[\s,]+(?:please|thanks|thank you)[.!]*$/i, '')
    .replace(/(?<=[\w"”])[.!?]+$/, '')
    .trim()

/** `agent=codex base=next` may stand anywhere outside quotes. */
const takeOptions = (text: string): { readonly rest: string; readonly options: Slots } => {
  const options: Record<string, string> = {}
  const rest = text.replace(
    /(["“][^"”]*["”])|(?:^|\s)(agent|base|project|model)=([\w./:@-]+)(?=\s|$)/gi,
    (part, quoted: string | undefined, name: string, value: string) => {
      if (quoted !== undefined) return part
      options[name.toLowerCase()] = value
      return ''
    },
  )
  return { rest: rest.trim(), options }
}

const match = (form: string, text: string, context: Context): Slots | null => {
  const { regex, names } = compiled(form)
  const found = regex.exec(text)
  if (!found) return null
  let slots: Slots = {}
  for (const [index, name] of names.entries()) {
    const value = found[index + 1]
    if (value === undefined) continue
    const read = name.startsWith('word:') ? { flags: [...(slots.flags ?? []), name.slice(5)] } : blanks[name]?.read(value, context)
    if (!read) return null
    slots = { ...slots, ...read }
  }
  return slots
}

const cache = new Map<string, { readonly regex: RegExp; readonly names: readonly string[] }>()

/** What the signs of a form become; every other special character stands for itself. */
const syntax: Readonly<Record<string, string>> = { '[': '(?:', ']': ')?', '(': '(?:', ')': ')', ' ': '\\s+' }

const compiled = (form: string) => {
  const known = cache.get(form)
  if (known) return known
  const names: string[] = []
  const source = form
    .replace(/\s+/g, ' ')
    .replace(/ \[(?![^\]]* \])/g, '[ ') // a part that may be left out takes its blank with it, before it or behind it
    .replace(/\{([\w:-]+)(?:=([^}]*))?\}|[[\]() ]|[.?*+^$\\]/g, (part, name: string | undefined, words: string | undefined) => {
      if (name === undefined) return syntax[part] ?? `\\${part}`
      names.push(name)
      return `(${words ?? blanks[name]?.pattern ?? ''})`
    })
  const made = { regex: new RegExp(`^${source}$`, 'i'), names }
  cache.set(form, made)
  return made
}
