import { noObjects, notMeant, prepositions } from './lexicon.ts'
import { isIssueWord, personOf, readReference, sessionOf, slice } from './names.ts'
import type { Reached, Said } from './said.ts'
import { withoutEnd } from './tokens.ts'

/** `agent=codex` and the like, which are no part of what is to be done. */
const options = /(?<=^|\s)(?:agent|base|branch|project|model|method)=[\w./:@-]+(?:\s|$)/gi

/** How many words a pattern can have behind free ones, as `in app with codex`. */
const mostBehind = 12

/** Free words up to any place where the rest of the pattern may go on, the longest first. */
export const readText =
  (trim: (text: string) => string) =>
  (from: number, said: Said): readonly Reached[] => {
    const found: Reached[] = []
    for (let at = said.bodyEnd; at > Math.max(from, said.bodyEnd - mostBehind); at -= 1) {
      const text = trim(slice(said, from, at).replace(options, ''))
      if (text !== '') found.push({ at, slots: { text } })
    }
    return found
  }

/** Free words that begin with what is to be done, and go on to say with what. */
export const readJob =
  (first: ReadonlySet<string>, fewest: number) =>
  (at: number, said: Said): readonly Reached[] => {
    const token = said.tokens[at]
    const next = said.tokens[at + 1]
    if (!token || !next || !first.has(token.word) || token.hasColon || noObjects.has(next.word) || said.bodyEnd - at < 2) return []
    if (isAboutReference(at + 1, said) || personOf(next.word, said.context.people) !== undefined) return []
    return readText(plainly)(at, said).filter((found) => found.at - at >= fewest && isMeant(said, at, found.at))
  }

/** `work on issues 61 and 62`: that is a list of tasks, and no text. */
const isAboutReference = (from: number, said: Said): boolean => {
  let at = from
  while (prepositions.has(said.tokens[at]?.word ?? '') || isIssueWord.has(said.tokens[at]?.word ?? '')) at += 1
  return isReference(at, said) || (at > from && isIssueWord.has(said.tokens[at - 1]?.word ?? '') && /^\d/.test(said.tokens[at]?.word ?? ''))
}

/** Does an issue, a change or a session stand there? Those are not described in free words. */
const isReference = (at: number, said: Said): boolean => {
  const [word, next] = [said.tokens[at]?.word ?? '', said.tokens[at + 1]?.word ?? '']
  // "fix 3 typos" counts things.
  const isCount = /^\d+$/.test(word) && at + 1 < said.bodyEnd && /^[a-z]{3,}$/.test(next) && !isListed(next)
  return readReference('task')(at, said).length > 0 || (/^#?\d+(?:-#?\d+)?$/.test(word) && !isCount)
}

/** Is it to be done, now, by us? Not on a condition, some day, or by somebody else, and not taken back in the same breath. */
const isMeant = (said: Said, from: number, to: number): boolean => {
  const { tokens, context } = said
  const words = tokens.slice(from, to)
  if (words.some(({ word }) => word === '?' || word.startsWith('@'))) return false
  const last = words.at(-1)?.word ?? ''
  if (personOf(last, context.people) !== undefined) return false
  // Whatever names a session is about that, and no new task.
  if (words.some(({ word }, index) => sessionOf(word, said, from + index) !== undefined)) return false
  const text = slice(said, from, to)
  if (vague.test(text)) return false
  return !notMeant.test(text) && !context.people.some((person) => waitsFor(person).test(text))
}

/** `fix the first one`: which, nobody can tell from that. */
const vague =
  /^(?:\w+ ){1,3}(?:first|second|third|last|next|other|same|latest|newest|oldest)(?: (?:one|ones|issue|bug|task|ticket|thing)s?)?$/i

/** `when bob is back`. */
const waitsFor = (person: string): RegExp =>
  new RegExp(`\\b(?:when|once|until|till|if|after|before|unless) ${person.replace(/\W/g, '.')}\\b`, 'i')

const ending: ReadonlySet<string> = new Set(' \n\t.!?,;')
export const plainly = (text: string): string => withoutEnd(text, ending).trim()

/** `#1-60`, `and`, `on next`: what stands in a list that could not be read. */
export const isListed = (word: string, before = ''): boolean =>
  /^(?:[#\d.-]+|and|or|on|in|from|with|but|not)$/.test(word) || /^(?:on|in|from|with)$/.test(before)

/** What is no review: a condition, a story about it, code, or words that take it back. */
export const noReview =
  /=>|^(?:if|when|once|unless|later|actually|yet|tomorrow|tonight|after|before|or|was|were|is|are|has|have|had|will|would|should|could|can|be|been|by|and (?:merge|stop|approve|restart)|go ahead|yes|yep|ok|okay|sure|allow|do it|fine|lol|jk|myself)\b|^(?:no|not|nope|nah)[\s.!?]*$|(?:never ?mind|nvm|forget it|scratch that|(?:no )?wait(?: no)?|actually (?:no|not|do(?: not|n.?t))|just kidding|jk|later|tomorrow|not yet)[\s.!?]*$/i
