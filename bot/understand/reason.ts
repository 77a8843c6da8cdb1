import type { Reading } from '../contracts/intent.ts'
import type { Grammar } from './grammar.ts'
import { noReason, noRemark, noStatement } from './lexicon.ts'
import { type Heard, heardOf, readForms, readingOf, readPhrases } from './parse.ts'
import { referencesIn } from './wonder.ts'
import { type Words, wordsOf } from './words.ts'

/**
 * An order with a reason behind it ("merge app-3, because the train leaves at noon", "kill app-7, disk full"): the order, as a
 * guess. What comes behind must be nothing but a reason: no condition, no second order, nothing that takes it back.
 */
export const readReason = ({ words, grammar, context }: Heard): Reading | null => {
  if (words.text.length > longest) return null
  const isForAgent = context.thread !== null && !words.isAddressed
  for (const { head, clause, isReason } of [...reasons(words.text), ...remarks(words.text)]) {
    if (isReason ? noReason.test(clause) : !isRemark(clause, context.people, grammar)) continue
    const order = headOf(head, words)
    // "stop, use zod" is for the agent; "kill this one, the host goes down" is not.
    if (!order || (isForAgent && !isReason && order.bare.length < 2)) continue
    const heard = heardOf(order, grammar, context)
    const reading = readForms(heard) ?? readPhrases(heard)
    // "looks good, one more thing: …" goes on to the agent.
    if (isForAgent && !isReason && (reading?.intent.name === 'approve' || clause.includes(':'))) continue
    if (reading && reading.slots.text === undefined) return { ...reading, isExact: false }
  }
  return readBehind({ words, grammar, context }) ?? readLastQuestion({ words, grammar, context })
}

/** "app-8 failed, retry it with codex", "tests are green. merge it": the order behind a statement, about what that speaks of. */
const readBehind = ({ words, grammar, context }: Omit<Heard, 'said'>): Reading | null => {
  const at = words.text.search(/[.,;!]+\s+(?:(?:so|please|pls|then|now|and) )*[^.,;!]{2,60}[.!]*$/)
  const statement = words.text.slice(0, at)
  const order = at === -1 ? null : headOf(words.text.slice(at).replace(/^[.,;!]+\s+(?:(?:so|then|now|and) )*/i, ''), words)
  const about = at === -1 ? null : headOf(statement, words)
  if (!order || !about || about.bare.length < 2 || noStatement.test(statement)) return null
  const isForAgent = context.thread !== null && !words.isAddressed
  // "the server is down. restart it" is for the agent.
  if (isForAgent && !/\b(?:green|pass(?:es|ed|ing)?|lgtm|good|fine|approved|ready|reviewed|done)\b/i.test(statement)) return null
  if (!order.bare.some(({ word }) => grammar.topics.has(word) || word === 'go')) return null // "blocked by #12, #13"
  const heard = heardOf(about, grammar, context)
  const [it, ...more] = referencesIn(heard.said)
  // Two orders in one sentence are not one order with a statement before it.
  if (more.length > 0 || readForms(heard) || isOrder(readPhrases(heard))) return null
  const reading = readPhrases(heardOf(order, grammar, { ...context, only: context.thread ?? null, recent: null }))
  if (!reading || reading.slots.text !== undefined || (isForAgent && !['merge', 'approve'].includes(reading.intent.name))) return null
  const isOpen = 'ask' in reading.meaning && reading.meaning.ask === 'session'
  if (isOpen && !it) return null
  return { ...(isOpen && it ? readingOf(reading.intent, { ...reading.slots, ...it }, context, false) : reading), isExact: false }
}

const isOrder = (reading: Reading | null): boolean => reading !== null && reading.intent.risk !== 'read'

/** "do I have to do anything? is something waiting for me?": the last of several questions, where it only reads. */
const readLastQuestion = ({ words, grammar, context }: Omit<Heard, 'said'>): Reading | null => {
  const [, ...later] = words.text.split(/[.!?]+\s+/)
  const last = headOf(later.at(-1) ?? '', words)
  if (!last || (context.thread !== null && !words.isAddressed)) return null
  const heard = heardOf(last, grammar, context)
  const reading = readForms(heard) ?? readPhrases(heard)
  return reading?.intent.risk === 'read' && !('ask' in reading.meaning) ? { ...reading, isExact: false } : null
}

/** Longer texts explain something to somebody. */
const longest = 300

type Cut = { readonly head: string; readonly clause: string; readonly isReason: boolean }

/** Where a reason begins. */
const reasons = (text: string): readonly Cut[] =>
  cut(text, /[,;.–—-]*\s+(?:because|since|cause|cuz|coz|given that|due to|so that|as(?! (?:soon|well|long|far|if)\b))\s+/i, true)

/** Where a new clause begins. */
const remarks = (text: string): readonly Cut[] => cut(text, /(?:[,;.!?]+|\s[–—-]+)\s+/, false)

const cut = (text: string, at: RegExp, isReason: boolean): readonly Cut[] => {
  const found = at.exec(text)
  if (!found || found.index === 0) return []
  // "can you …? it crashed" asks for it; "merge it? over my dead body" does not.
  if (found[0].includes('?') && !/^(?:please |hey |hi |ok )?(?:can|could|would|will) (?:you|u|we)\b/i.test(text)) return []
  return [{ head: text.slice(0, found.index), clause: text.slice(found.index + found[0].length), isReason }]
}

const headOf = (head: string, { isAddressed, isNamed, isDoubtful }: Words): Words | null => {
  const words = wordsOf(head)
  return words && words.tokens.length > 0 ? { ...words, isAddressed, isNamed, isDoubtful: isDoubtful || words.isDoubtful } : null
}

/** How many words a remark can have. */
const mostRemarkWords = 15

const isRemark = (clause: string, people: readonly string[], { topics }: Grammar): boolean => {
  const words = clause
    .toLowerCase()
    .split(/[^\p{L}\p{N}#@'’-]+/u)
    .filter((word) => word !== '')
  const [first = ''] = words
  return (
    words.length > 0 &&
    words.length <= mostRemarkWords &&
    !topics.has(first) &&
    !/^\d/.test(first) && // "kill app-3, 4 and 5" goes on with what it began
    !noRemark.test(clause) &&
    !words.some((word) => people.some((person) => person.toLowerCase() === word) || /^[@#]|-\d+$/.test(word))
  )
}
