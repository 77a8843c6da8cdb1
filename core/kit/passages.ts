/**
 * A text with its formatting, flat: what every chat can show in its own way. Made from Markdown by `markdown.ts`, cut to a
 * size by `layout.ts`, drawn by each adapter. No text in it holds control characters or characters that change the reading
 * direction; nothing in it has been escaped for any platform.
 */
export type Passage =
  /** A paragraph; a heading is one in bold. */
  | { readonly kind: 'text'; readonly runs: readonly Run[] }
  /** Fixed width, with its own newlines. Tables become this too. */
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  /** Nested lists are flat, with a `depth` from 0. `marker` is `•` or `3.`, of a task `☐` or `☑`. */
  | { readonly kind: 'list'; readonly items: readonly { readonly depth: number; readonly marker: string; readonly runs: readonly Run[] }[] }
  | { readonly kind: 'quote'; readonly runs: readonly Run[] }

/** Text that looks the same throughout. A link is its own text and nothing else: what it pointed to stands after it as text, so that it cannot pose as another. */
export type Run = {
  readonly text: string
  readonly isBold?: true
  readonly isItalic?: true
  readonly isStruck?: true
  readonly isCode?: true
}

/** The text of a passage as people read it, without any formatting. */
export const textOf = (passage: Passage): string => {
  switch (passage.kind) {
    case 'code':
      return passage.text
    case 'list':
      return passage.items.map(({ depth, marker, runs }) => `${'  '.repeat(depth)}${marker} ${plainRuns(runs)}`).join('\n')
    default:
      return plainRuns(passage.runs)
  }
}

/** All of them as people read them, a blank line between two. */
export const wordsOf = (passages: readonly Passage[]): string => passages.map(textOf).join('\n\n')

const plainRuns = (runs: readonly Run[]): string => runs.map(({ text }) => text).join('')
