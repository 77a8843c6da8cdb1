/**
 * A Markdown text in portions that mean the same one by one as together: cut where one block ends and the next begins, never
 * inside a fence, and never far from every few thousand characters. The time that a parser takes grows with the square of
 * some texts; of their portions it does not.
 */
export const portionsOf = (markdown: string): readonly string[] => {
  if (markdown.length <= soft) return [markdown]
  const lines = markdown.split('\n')
  // What a link refers to by name must be known in each portion.
  const named = lines.filter((line) => /^ {0,3}\[[^\]^][^\]]*\]:\s*\S/.test(line)).slice(0, 30)
  const portions: string[] = []
  let portion: string[] = []
  let chars = 0
  let fence: Fence | null = null
  const close = (): void => {
    portions.push([...portion, ...(fence ? [fence.mark] : named.length > 0 ? ['', ...named] : [])].join('\n'))
    portion = fence ? [fence.opening] : []
    chars = 0
  }
  for (const line of lines) {
    if (isBorder(line, portion.at(-1) ?? '', chars, fence !== null)) close()
    portion.push(line)
    chars += line.length + 1
    fence = fenceAfter(line, fence)
  }
  fence = null
  close()
  return portions
}

const soft = 1_000

type Fence = { readonly mark: string; readonly opening: string }

const isBorder = (line: string, before: string, chars: number, isFenced: boolean): boolean => {
  if (isFenced || chars < soft) return chars > soft * 8
  if (/^\s*$/.test(before) && /^\S/.test(line)) return true
  if (chars > soft * 2 && /^(?:[-*+>#[]|\d+[.)]\s)/.test(line)) return true
  // Rows of a table need their heading, and lines of a paragraph each other, as long as that can be.
  return chars > soft * (line.includes('|') ? 8 : 4)
}

const fenceAfter = (line: string, fence: Fence | null): Fence | null => {
  const [, before = '', mark = '', after = ''] = /^((?:[\s>]|[-*+]\s|\d{1,9}[.)]\s)*)(`{3,}|~{3,})(.*)$/.exec(line) ?? []
  if (mark === '') return fence
  if (fence === null)
    return mark.startsWith('`') && after.includes('`') ? null : { mark: `${/^\s*/.exec(before)?.[0] ?? ''}${mark}`, opening: line }
  return after.trim() === '' && mark.startsWith(fence.mark.trim()) ? null : fence
}
