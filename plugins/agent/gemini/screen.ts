import type { ScreenDialog } from '../../../core/kit/screen-question.ts'

/** A dialog of gemini's on its screen. `keys` are the numbers that choose its options, in their order. */
export type Dialog = ScreenDialog & { readonly keys: readonly string[] }

/**
 * The dialog in which gemini asks for permission or for a login, if it is open: a framed box with the tool, a question and numbered options, the last
 * thing on the screen. While one is open there is no line to type into.
 */
export const findDialog = (screen: string): Dialog | null => {
  const lines = screen.split('\n').map((line) => line.replace(/^[\s│]+|[\s│]+$/gu, ''))
  const last = lines.findLastIndex((line) => option.test(line))
  if (last === -1 || lines.slice(last).some((line) => composer.test(line))) return null
  const first = lines.findLastIndex((line, at) => at <= last && /^(?:●\s*)?1\.\s/u.test(line))
  if (first === -1) return null
  const shown = lines.slice(first, last + 1).flatMap((line) => {
    const [, mark, key, label] = option.exec(line) ?? []
    return key === undefined || label === undefined ? [] : [{ isMarked: mark !== undefined, key, label: label.trim() }]
  })
  const asked = lines.findLastIndex((line, at) => at < first && line.endsWith('?') && !line.startsWith('? '))
  const head = lines.findLastIndex((line, at) => at < first && line.startsWith('? '))
  if (head === -1 || asked < head || !shown.some(({ isMarked }) => isMarked)) return null
  // An editor that opens in the terminal is nothing to choose from a chat.
  const options = shown.filter(({ label }) => !/external editor/i.test(label))
  const isLogin = /authenticate/i.test(lines[asked] ?? '')
  if (!isLogin && !/^(?:allow|apply|do you want|approve|proceed)/i.test(lines[asked] ?? '')) return null
  const refusal = options.findIndex(({ label }) => /^no\b/i.test(label)) + 1
  const body = lines.slice(head, first).filter((line) => line !== '' && !/^[╭╰─╮╯]/u.test(line))
  return {
    kind: isLogin ? 'login' : 'permission',
    text: `${lines[asked] ?? ''} ${(lines[head] ?? '').replace(/^\?\s+/, '').replace(/\s+/g, ' ')}`.trim(),
    detail: null,
    options: options.map(({ label }) => label.replace(/\s*\(esc\)$/, '')),
    refusal: refusal === 0 ? null : refusal,
    lines: [...body, ...shown.map(({ label }) => label)],
    keys: options.map(({ key }) => key),
  }
}

/** The words that stand in the line to type into and have not been sent, or null: it is the line under the last rule. */
export const draftIn = (screen: string): string | null =>
  lineIn(screen)
    ?.find((line) => /^\s*│?\s*[>!*]\s+\S/u.test(line) && !composer.test(line))
    ?.trim() ?? null

/** Is there a line to type into? While a dialog is open there is none. */
export const hasLine = (screen: string): boolean => lineIn(screen)?.some((line) => /^\s*│?\s*[>!*](?:\s|$)/u.test(line)) === true

const lineIn = (screen: string): readonly string[] | null => {
  const lines = screen.split('\n')
  const rule = lines.findLastIndex((line) => /^[─▀]{20,}$/u.test(line.trim()))
  return rule === -1 ? null : lines.slice(rule + 1)
}

const option = /^(●\s*)?(\d)\.\s+(\S.*)$/u
const composer = /Type your message|\? for shortcuts/
