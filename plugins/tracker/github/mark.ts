/** What nobody sees: it tells an issue or a comment of ours by the id that it was written for. */
export const mark = (id: string): string => `<!-- ao:${encodeURIComponent(id)} -->`

/** Does a text end with the mark of exactly this id? Anywhere else it is part of what somebody said. Pure. */
export const hasMark = (text: string | null | undefined, id: string): boolean => text?.trimEnd().endsWith(mark(id)) ?? false

/** The text as it was said. Pure. */
export const unmarked = (text: string): string => text.replace(/(?:\n\n)?<!-- ao:[\w.!~*'()%-]* -->\s*$/, '')

/** The text with its mark, cut where GitHub would refuse it. Pure. */
export const marked = (text: string, id: string): string => {
  const kept =
    text.length <= mostChars ? text : `${text.slice(0, mostChars).replace(/[\ud800-\udbff]$/, '')}\n\n(The rest was too long for GitHub.)`
  return `${kept}\n\n${mark(id)}`
}

/** GitHub takes 65,536 characters. https://github.com/orgs/community/discussions/41331 */
const mostChars = 65_000
