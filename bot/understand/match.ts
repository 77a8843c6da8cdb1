import type { Slots } from '../contracts/intent.ts'
import { blanks } from './blanks.ts'
import { beginnings, type Node } from './pattern.ts'
import type { Reached, Said } from './said.ts'
import type { Token } from './tokens.ts'

/** How much may be tried for one text. */
export const mostEffort = 30_000

/** Patterns that are ready to be tried, in their order, by the word that a text begins with. */
export type Patterns<T> = {
  /** All that fit a text which begins with that token. */
  readonly at: (token: Token | undefined) => readonly T[]
}

/** Files them under the words they can begin with, so that a text is tried with few of them. */
export const patternsOf = <T extends { readonly node: Node }>(all: readonly T[]): Patterns<T> => {
  const first = all.map((one) => ({ one, words: beginnings(one.node) }))
  const words = new Set(first.flatMap((one) => [...(one.words ?? [])]))
  const open = all.filter(({ node }) => beginnings(node) === null)
  const filed = new Map<string, readonly T[]>()
  return {
    at: (token) => {
      if (!token) return []
      const { word } = token
      const colon = token.hasColon ? `${word}:` : word
      if (!words.has(word) && !words.has(colon)) return open
      const known = filed.get(colon)
      if (known) return known
      const fitting = first.flatMap(({ one, words }) => (words === null || words.has(word) || words.has(colon) ? [one] : []))
      filed.set(colon, fitting)
      return fitting
    },
  }
}

type Matching = {
  /** Small words that may stand anywhere between those of the pattern. */
  readonly small: ReadonlySet<string>
  /** Does this place do as an end? The first that does is taken. */
  readonly isEnd: (at: number) => boolean
}

/** The first way in which a pattern fits the words from `at` on. Total: it neither throws nor takes long. */
export const match = (pattern: Node, said: Said, at: number, { small, isEnd }: Matching): Reached | null => {
  const { tokens, effort } = said
  type Next = (at: number, slots: Slots) => Reached | null

  const run = (node: Node, from: number, slots: Slots, next: Next): Reached | null => {
    effort.left -= 1
    if (effort.left < 0) return null
    switch (node.kind) {
      case 'word':
        for (let here = from; here < tokens.length; here += 1) {
          const reached = isOne(node.words, tokens[here]) ? next(here + 1, slots) : null
          if (reached) return reached
          if (!small.has(tokens[here]?.word ?? '')) return null
        }
        return null
      case 'all':
        return each(node.parts, 0, from, slots, next)
      case 'any':
        for (const part of node.parts) {
          const reached = run(part, from, slots, next)
          if (reached) return reached
        }
        return null
      case 'maybe':
        return run(node.part, from, slots, next) ?? next(from, slots)
      case 'fill':
        return run(node.part, from, { ...slots, [node.slot]: node.value }, next)
      case 'blank':
        for (let here = from; ; here += 1) {
          for (const found of stands(node.name, here, said)) {
            const reached = next(found.at, { ...slots, ...found.slots })
            if (reached) return reached
          }
          if (here >= tokens.length || !small.has(tokens[here]?.word ?? '')) return null
        }
    }
  }

  const each = (parts: readonly Node[], index: number, from: number, slots: Slots, next: Next): Reached | null => {
    const part = parts[index]
    if (part === undefined) return next(from, slots)
    return run(part, from, slots, index === parts.length - 1 ? next : (here, filled) => each(parts, index + 1, here, filled, next))
  }

  return run(pattern, at, {}, (here, slots) => (isEnd(here) ? { at: here, slots } : null))
}

/** What a blank finds at a place. */
const stands = (name: string, at: number, said: Said): readonly Reached[] => {
  const key = `${name} ${at}`
  const known = said.known.get(key)
  if (known) return known
  const found = blanks[name]?.read(at, said) ?? []
  said.known.set(key, found)
  return found
}

/** Every place that one of the patterns leads to from `at`, without regard to what follows. */
export const reach = (patterns: Patterns<{ readonly node: Node }>, said: Said, at: number): ReadonlySet<number> => {
  const places = new Set<number>()
  const isEnd = (here: number): boolean => {
    places.add(here)
    return false
  }
  for (const { node } of patterns.at(said.tokens[at])) match(node, said, at, { small: none, isEnd })
  return places
}

/** `reject:` is the word with a colon behind it. */
const isOne = (words: ReadonlySet<string>, token: Token | undefined): boolean =>
  token !== undefined && (words.has(token.word) || (token.hasColon && words.has(`${token.word}:`)))

const none: ReadonlySet<string> = new Set()
