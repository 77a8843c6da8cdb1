import type { Form, Intent, Where } from '../contracts/intent.ts'
import { agreements, courtesies, leads, nods, noise, questionTails, synonyms, tails, thanks } from './lexicon.ts'
import { type Patterns, patternsOf } from './match.ts'
import { beginnings, blanksIn, type Node, readPattern } from './pattern.ts'

/** A form of an intent, ready to be tried. */
export type Compiled = {
  readonly intent: Intent
  readonly where: Where | null
  readonly node: Node
  /** Does it pass words on as they were said? */
  readonly isVerbatim: boolean
  /** Does it take free words, however many? */
  readonly isFree: boolean
}

/** All forms and phrases, ready to be tried. */
export type Grammar = {
  readonly forms: Patterns<Compiled>
  readonly phrases: Patterns<Compiled>
  /** The names of intents, and the words that their forms begin with. */
  readonly topics: ReadonlyMap<string, string>
}

type Small = Patterns<{ readonly node: Node }>
const small = (...sources: readonly (readonly string[])[]): Small =>
  patternsOf(sources.flat().map((source) => ({ node: readPattern(source, synonyms) })))

/** What may stand before and behind what counts, and what counts for nothing. Made when the first words come. */
type Margins = {
  readonly courtesies: Small
  readonly thanks: Small
  readonly leads: Small
  readonly tails: Small
  readonly questionTails: Small
  readonly thanking: Small
  readonly thankingAndNoise: Small
  readonly nods: Small
  readonly nodsAndNoise: Small
}

let margins: Margins | null = null
export const marginsOf = (): Margins => {
  margins ??= {
    courtesies: small(courtesies),
    thanks: small(thanks),
    leads: small(leads),
    tails: small(tails),
    questionTails: small(tails, questionTails),
    thanking: small(nods),
    thankingAndNoise: small(nods, agreements, noise),
    nods: small(nods, agreements),
    nodsAndNoise: small(nods, agreements, noise),
  }
  return margins
}

const grammars = new WeakMap<readonly Intent[], Grammar>()

/** The grammar of a list of intents, made once for each. */
export const grammarOf = (intents: readonly Intent[]): Grammar => {
  const known = grammars.get(intents)
  if (known) return known
  const forms = intents.flatMap((intent) => intent.forms.map((form) => compiled(intent, form)))
  const topics = new Map(intents.map(({ name }) => [name, name]))
  for (const { intent, node, where } of forms) {
    if (where === 'asking') continue // "yes" names nothing
    for (const word of beginnings(node) ?? []) if (!topics.has(word)) topics.set(word, intent.name)
  }
  let phrases: Patterns<Compiled> | null = null
  const grammar: Grammar = {
    // What answers a question comes first: "take 2" takes a choice where there is one.
    forms: patternsOf([...forms.filter(({ where }) => where === 'asking'), ...forms.filter(({ where }) => where !== 'asking')]),
    /** Made when the first words come that are in no exact form: they take longer than all the rest. */
    get phrases() {
      phrases ??= patternsOf(phrasesOf(intents, forms))
      return phrases
    },
    topics,
  }
  grammars.set(intents, grammar)
  return grammar
}

/** Free words fit nearly everything, so they come last. */
const phrasesOf = (intents: readonly Intent[], forms: readonly Compiled[]): readonly Compiled[] => {
  const all = intents.flatMap((intent) => [
    ...forms.filter((form) => form.intent === intent),
    ...intent.phrases.map((form) => compiled(intent, form)),
  ])
  return [...all.filter(({ isFree }) => !isFree), ...all.filter(({ isFree }) => isFree)]
}

const compiled = (intent: Intent, form: Form): Compiled => {
  const node = readPattern(typeof form === 'string' ? form : form.form, synonyms)
  const names = new Set(blanksIn(node))
  return {
    intent,
    where: typeof form === 'string' ? null : form.where,
    node,
    isVerbatim: names.has('words') || names.has('review') || names.has('remark'),
    isFree: names.has('text') || names.has('job') || names.has('fix'),
  }
}
