import type { QuestionKind } from '../../../core/contracts/agent.ts'
import type { KeyStep, ScreenDialog } from '../../../core/kit/screen-question.ts'

/** A yes/no question of aider as its screen shows it, with the letter of each option. `isDrafted`: somebody is typing an answer there, or it was just given. */
export type AiderDialog = ScreenDialog & { readonly letters: readonly string[]; readonly isDrafted: boolean }

/**
 * The question at the end of the screen. What it is about stands above it, up to an empty line; a screen cannot show more than its
 * height of that, so `shown`, the same from the chat history, is taken where it ends alike. `said` is what aider proposed before.
 */
export const findDialog = (screen: string, shown = '', said: string | null = null): AiderDialog | null => {
  const lines = screen.split('\n').map((line) => line.trimEnd())
  while (lines.at(-1) === '') lines.pop()
  for (const count of [3, 2, 1]) {
    const asked = count === 1 ? promptIn(lines.at(-1) ?? '') : wrappedIn(lines.slice(-count).join(''))
    if (asked === null) continue
    const block = topics.has(asked.question) ? blockBefore(lines.slice(0, -count)) : []
    const about = block.join('\n')
    const isSame = about !== '' && squeezed(shown).endsWith(squeezed(about))
    return {
      kind: kinds[asked.question] ?? 'permission',
      text: asked.question,
      detail: asked.question === planQuestion ? said : isSame ? shown : about || null,
      options: asked.letters.map((letter) => words[letter] ?? letter),
      refusal: asked.letters.indexOf('n') + 1 || null,
      lines: [...block, asked.question, asked.letters.join('/')],
      letters: asked.letters,
      isDrafted: asked.typed !== '',
    }
  }
  return null
}

/** The letter of that option and Enter; its prompt takes a line. */
export const press =
  (choice: number) =>
  ({ letters }: AiderDialog): KeyStep => ({ press: [letters[choice - 1] ?? 'n', 'Enter'], isFinal: true })

/** A line that asks, as `confirm_ask` of https://github.com/Aider-AI/aider/blob/main/aider/io.py makes it; null for any other. */
export const promptIn = (
  line: string,
): { readonly question: string; readonly letters: readonly string[]; readonly typed: string } | null => {
  const [, question, options, typed] = /^(\S.*?) (\(Y\)es\/\(N\)o(?:\/\(\w\)[^/[\]]+)*) \[(?:Yes|No)\]:(.*)$/.exec(line) ?? []
  if (question === undefined || options === undefined || typed === undefined) return null
  return { question, letters: lettersIn(options), typed: typed.trim() }
}

/** The same on a narrow screen, where it is broken anywhere: only for questions that are known. */
const wrappedIn = (text: string): ReturnType<typeof promptIn> => {
  const [, asked, options, typed] = /^(.+?)(\(Y\)es\/\(N\)o.*?)\[(?:Yes|No)\]:(.*)$/.exec(squeezed(text)) ?? []
  const question = known.find((one) => squeezed(one) === asked)
  return question === undefined || options === undefined || typed === undefined ? null : { question, letters: lettersIn(options), typed }
}

const lettersIn = (options: string): readonly string[] => [...options.matchAll(/\((\w)\)/g)].map(([, letter = '']) => letter.toLowerCase())

const planQuestion = 'Edit the files?'
/** Questions that stand below what they are about. */
const topics = new Set([
  'Run shell command?',
  'Run shell commands?',
  'Create new file?',
  'Allow edits to file that has not been added to the chat?',
  'Add file to the chat?',
  'Add URL to the chat?',
  'Run pip install?',
])
const known = [
  ...topics,
  planQuestion,
  'Attempt to fix lint errors?',
  'Attempt to fix test errors?',
  'Add command output to the chat?',
  'Login to OpenRouter or create a free account?',
]
const kinds: Readonly<Record<string, QuestionKind>> = { [planQuestion]: 'plan', 'Login to OpenRouter or create a free account?': 'login' }
/** Its words say only half of what they do: the last one is a no for good. */
const words: Readonly<Record<string, string>> = { y: 'Yes', n: 'No', a: 'Yes to all', s: 'No to all', d: "No, and don't ask again" }

const blockBefore = (lines: readonly string[]): readonly string[] => lines.slice(lines.lastIndexOf('') + 1)
const squeezed = (text: string): string => text.replace(/\s+/g, '')
