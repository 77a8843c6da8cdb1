import type { Context, Slots } from '../contracts/intent.ts'
import { plainly } from './free.ts'

/** The number of the choice that these words are, or that alone holds them: "null" is "Return null". Null for none. */
export const choiceIn = (words: string, { asked }: Context): number | null => {
  const said = words.toLowerCase()
  const choices = (asked ?? []).map((option) => plainly(option).toLowerCase())
  const same = choices.indexOf(said)
  if (same !== -1) return same + 1
  const holding = choices.flatMap((choice, index) => (isLong(said) && ` ${choice} `.includes(` ${said} `) ? [index + 1] : []))
  return holding.length === 1 ? (holding[0] ?? null) : null
}

/** Long enough to name a choice, and no word that stands in any sentence. */
const isLong = (rest: string): boolean =>
  rest.length >= 4 && !/^(?:(?:this|that|with|and|the|again|always|never|don.?t|ask) ?)+$/.test(rest)

/** How choices say yes, no, and always. */
const verdicts = {
  yes: /^(?:yes|y|ok|okay|sure|allow|approve|accept|confirm|proceed)\b(?!.*(?:don.?t ask|always|(?:this|the) session))/i,
  always: /\balways\b|don.?t ask|for (?:this|the) session/i,
  no: /^(?:no|n|deny|reject|cancel|refuse|decline|don.?t)\b/i,
} as const

/** The choice that says so, where exactly one does and there is a yes and a no to choose between; else the word itself. */
export const verdict = (name: keyof typeof verdicts, { asked }: Context): Slots => {
  const saying = (one: keyof typeof verdicts): readonly number[] =>
    (asked ?? []).flatMap((option, index) => (verdicts[one].test(option.trim()) ? [index + 1] : []))
  const [choice, ...more] = saying(name)
  const isYesOrNo = saying('no').length > 0 && saying('yes').length > 0
  return choice === undefined || more.length > 0 || !isYesOrNo ? { text: name } : { choice }
}
