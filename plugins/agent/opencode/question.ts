import { headline } from '../../../core/kit/text.ts'
import type { QuestionPart, RowWords } from './rows.ts'
import type { Asked, Permission } from './wire.ts'

/** A request for permission in words: the whole command, or the change to a file. */
export const permissionRow = ({ id, permission, patterns, metadata, always }: Permission): RowWords => {
  const { command, diff, filepath, url } = metadata
  const about = [command, diff, url].find((value) => typeof value === 'string') as string | undefined // by the test
  const what = typeof filepath === 'string' ? filepath : patterns.join(', ')
  return {
    opencode: 'asked',
    request: id,
    kind: 'permission',
    text: `${sentences[permission] ?? `Use ${permission}`}: ${headline(typeof command === 'string' ? command : what, 200) || '…'}`,
    detail: about === undefined ? (what === '' ? null : what) : cut(about),
    always: always.join(', '),
  }
}

/** What the agent asks by its own questions, one or several at once. */
export const questionRow = ({ id, questions }: Asked): RowWords => ({
  opencode: 'asked',
  request: id,
  kind: 'question',
  parts: questions.map(({ question, options, multiple }): QuestionPart => {
    const hasMore = options.some(({ description }) => (description ?? '') !== '')
    return {
      text: question,
      options: options.map(({ label }) => label),
      detail: hasMore ? cut(options.map(({ label, description }) => `${label}: ${description ?? ''}`).join('\n')) : null,
      isMultiple: multiple === true,
    }
  }),
})

/** Permissions by opencode's names for them. https://opencode.ai/docs/permissions */
const sentences: Readonly<Record<string, string>> = {
  bash: 'Run a command',
  edit: 'Change a file',
  webfetch: 'Read from the web',
  websearch: 'Search the web',
  external_directory: 'Work outside its folder',
  doom_loop: 'Go on, although it repeats itself',
  task: 'Start another agent',
}

/** A row of the mailbox holds 64 KiB, whatever is in it; each character takes at most six bytes in JSON. */
const cut = (text: string): string => {
  if (Buffer.byteLength(JSON.stringify(text)) <= detailBytes) return text
  let kept = text.slice(0, detailBytes)
  while (Buffer.byteLength(JSON.stringify(kept)) > detailBytes) kept = kept.slice(0, Math.floor(kept.length * 0.8))
  return `${kept}\n[… cut here; ${text.length} characters in all]`
}
const detailBytes = 48 * 1024
