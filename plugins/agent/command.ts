import { join } from 'node:path'
import { z } from 'zod'
import type { LaunchRequest } from '../../core/contracts/plugins.ts'
import { definePlugin } from '../../core/contracts/plugins.ts'
import { catalogue, row } from '../../core/kit/fault.ts'
import { answerReport } from '../../core/kit/mailbox.ts'
import { isRunnable } from '../../core/kit/program.ts'
import { typeInto, wholePrompt } from '../../core/kit/wrap.ts'

export const fault = catalogue({
  PROMPT_TOO_LONG: row<{ bytes: number; program: string }>(
    (f) => `The prompt of ${f.bytes} bytes does not fit into an argument of ${f.program}.`,
    () => 'Set "prompt: file" or "prompt: stdin" for this agent in bot.config.yaml.',
  ),
})

/** Splits a command line into words as a shell would: quotes and backslashes count, nothing is expanded. Null when a quote is not closed. */
export const splitWords = (line: string): readonly string[] | null => {
  const words: string[] = []
  let rest = line.trimStart()
  while (rest !== '') {
    const word = /^(?:[^\s'"\\]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+/.exec(rest)?.[0]
    if (word === undefined) return null
    words.push(word.replace(/\\([\s\S])|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"/g, unquoted))
    const after = rest.slice(word.length)
    rest = after.trimStart()
    // A word ends at a space; anything else that follows is the start of a quote that never ends.
    if (rest !== '' && rest === after) return null
  }
  return words
}

const unquoted = (_: string, escaped?: string, single?: string, double?: string): string =>
  // Inside double quotes a backslash escapes only these. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_03
  escaped ?? single ?? (double ?? '').replace(/\\(["\\$`])/g, '$1')

const line = z.string().superRefine((text, context) => {
  const words = splitWords(text)
  if (words === null) context.addIssue('a quote is not closed')
  else if (words.length === 0) context.addIssue('it is empty')
  if (/(?:^|\s)(?:[|&;<>]|&&|\|\||\d?>>?|2>&1)(?:\s|$)/.test(text.replace(/'[^']*'|"(?:[^"\\]|\\.)*"/g, '')))
    context.addIssue('there is no shell: for pipes and redirections write run: [sh, -c, "…"]')
})

const options = z.strictObject({
  run: z
    .union([line, z.array(z.string()).min(1)])
    .describe(
      'The command line: a list of words, or one text that is split like a shell does, without running one. {prompt}, {promptFile}, {model}, {session} and {workspace} are filled in; an option whose only value is {model} is left out when no model is set.',
    ),
  prompt: z
    .enum(['argument', 'file', 'stdin'])
    .default('argument')
    .describe(
      'How the prompt gets there: as the last argument, as a file whose path is the last argument, or on standard input. Where run has {prompt} or {promptFile}, nothing is added at its end.',
    ),
  install: z.string().optional().describe('How to install the program, shown where it is missing: "pip install aider-chat".'),
  env: z.record(z.string(), z.string()).default({}).describe('Environment variables on top of what every agent gets.'),
  ends: z
    .enum(['exit', 'report'])
    .default('exit')
    .describe(
      'What ends a turn: the end of the process (a one-shot command; words for it start it again), or "ao report done" of a process that lives on and is typed to.',
    ),
})

/** An agent that is any command line of the config. It leaves no transcript: what it does is known by its process and by `ao report`. */
export const command = definePlugin({
  slot: 'agent',
  name: 'command',
  summary: 'Any command line as an agent: a one-shot program, or one that lives on in its terminal.',
  options,
  missing: async ({ run, install }) => {
    const program = wordsOf(run)[0] ?? ''
    if (/\{\w+\}/.test(program) || (await isRunnable(program))) return null
    return install === undefined ? `install ${program}, or write its whole path in "run"` : `install ${program} with: ${install}`
  },
  create: ({ run, prompt, env, ends }) => ({
    can: { endsWithTurn: ends === 'exit', resumes: false, receipts: null, hearsWhileWorking: ends === 'report', interrupts: false },
    launch: (request) => {
      const words = wordsOf(run)
      const isPlaced = words.some((word) => /\{prompt(?:File)?\}/.test(word))
      const added = isPlaced || prompt === 'stdin' ? [] : [prompt === 'file' ? '{promptFile}' : '{prompt}']
      const template = [...words, ...added]
      const promptFile = join(request.folder, 'prompt.md')
      const isFileUsed = template.some((word) => word.includes('{promptFile}'))
      return {
        argv: fill(template, request, promptFile),
        env,
        stdin: prompt === 'stdin' ? wholePrompt(request) : null,
        files: isFileUsed ? { [promptFile]: wholePrompt(request) } : {},
      }
    },
    sources: () => [],
    read: (picture) => picture,
    tell: (message, reach) => typeInto('command', message, reach),
    answer: async (decision, { folder }) => answerReport(folder, decision),
  }),
})

const wordsOf = (run: string | readonly string[]): readonly string[] => (typeof run === 'string' ? (splitWords(run) ?? []) : run)

const fill = (template: readonly string[], request: LaunchRequest, promptFile: string): readonly string[] => {
  const { model, session, workspace } = request
  const values: Readonly<Record<string, string>> = {
    prompt: wholePrompt(request),
    promptFile,
    model: model ?? '',
    session,
    workspace: workspace.path,
  }
  const argv = withoutModel(template, model === null).map((word) =>
    word.replace(/\{(prompt|promptFile|model|session|workspace)\}/g, (_, name: string) => values[name] ?? ''),
  )
  const bytes = Math.max(...argv.map((word) => Buffer.byteLength(word)))
  // Linux takes no single argument of 128 KiB or more, whatever ARG_MAX says. https://man7.org/linux/man-pages/man2/execve.2.html
  if (bytes >= 128 * 1024) throw fault('PROMPT_TOO_LONG', { bytes, program: argv[0] ?? '' })
  return argv
}

/** Without a model no word speaks of one: `--model {model}`, `--model={model}` and `{model}` fall away. */
const withoutModel = (words: readonly string[], isNeeded: boolean): readonly string[] =>
  isNeeded ? words.filter((word, at) => !word.includes('{model}') && !(word.startsWith('-') && words[at + 1] === '{model}')) : words
