import type { Passage, Run } from '../../core/kit/passages.ts'

/**
 * A text in which Discord finds nothing to format, link, ping or replace: people read exactly what it says. Two passes:
 * what counts anywhere, then what counts at the begin of a line (headings, small print, quotes, lists).
 */
export const literal = (text: string): string =>
  text
    .replace(/[\\*_~`|<>[\]@]/g, '\\$&')
    .replace(/:(?=\/\/|\w+:)/g, '\\:')
    .replace(/\b(discord(?:app)?)\.(?=gg|com)/gi, '$1\\.')
    .replace(/^(\s*)([-+#]|(?:\d+)(?=[.)]\s))/gm, (_all, indent: string, mark: string) =>
      /\d/.test(mark) ? `${indent}${mark}\\` : `${indent}\\${mark}`,
    )

/** How much room a text takes once it is escaped. */
export const costOf = (text: string): number => literal(text).length

/** An agent's text in Discord's own formatting. */
export const drawPassages = (passages: readonly Passage[]): string => passages.map(drawPassage).join('\n\n')

/** In fixed width. Nothing in it can close the fence: an invisible space stands between backticks. */
export const drawCode = (text: string, language = ''): string =>
  `\`\`\`${/^[\w+#-]{1,20}$/.test(language) ? language : ''}\n${text.replace(/`(?=`)/g, '`\u200b').replace(/`$/, '`\u200b')}\n\`\`\``

const drawPassage = (passage: Passage): string => {
  switch (passage.kind) {
    case 'code':
      return drawCode(passage.text, passage.language)
    case 'list':
      return passage.items.map(({ depth, marker, runs }) => `${'  '.repeat(depth)}${drawMarker(marker)} ${drawRuns(runs)}`).join('\n')
    case 'quote':
      return drawRuns(passage.runs).replace(/^/gm, '> ')
    default:
      return drawRuns(passage.runs)
  }
}

const drawMarker = (marker: string): string => (marker === '•' ? '-' : literal(marker))

/** Escaped as one text first, so that a line that begins inside a run is seen as one. */
const drawRuns = (runs: readonly Run[]): string =>
  runs
    .map((run, index) => {
      const isAtLineStart = index === 0 || runs[index - 1]?.text.endsWith('\n') === true
      const text = isAtLineStart ? literal(run.text) : literal(`\u0000${run.text}`).slice(1)
      return mark(run, text)
    })
    .join('')

const mark = (run: Run, escaped: string): string => {
  // Marks stick to words: a space or a newline between a mark and its word would show the mark.
  const [, before = '', words = '', after = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(escaped) ?? []
  if (words === '') return escaped
  if (run.isCode) return isInlineCode(run.text.trim()) ? `${before}${inlineCode(run.text.trim())}${after}` : escaped
  const marks = `${run.isBold ? '**' : ''}${run.isItalic ? '*' : ''}${run.isStruck ? '~~' : ''}`
  return `${before}${marks}${words}${[...marks].reverse().join('')}${after}`
}

const isInlineCode = (text: string): boolean => !text.includes('``') && !text.includes('\n')
const inlineCode = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``)
