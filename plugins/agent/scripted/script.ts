import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { explain } from '../../../core/kit/fault.ts'
import { list, nearest } from '../../../core/kit/text.ts'
import { fault } from './faults.ts'

/** One step of a script; its first key is what is done. */
export type Step =
  | { readonly say: string }
  | { readonly write: { readonly file: string; readonly text: string } }
  | { readonly replace: { readonly file: string; readonly from: string; readonly to: string } }
  | { readonly run: string }
  | { readonly commit: string }
  | { readonly report: 'done' | 'progress' | 'blocked'; readonly text: string; readonly options?: readonly string[] | undefined }
  | { readonly ask: Ask }
  | { readonly wait: 'message' | { readonly match: string } }
  | { readonly sleep: number }
  | { readonly hang: true }
  | { readonly tool: { readonly name: string; readonly ms: number } }
  | { readonly idle: string }
  | { readonly exit: number }
  | { readonly die: string }
  | { readonly spawn: string }

/** A dialog: `answers` holds what is done after option 1, 2, …, or after `other` words; nothing more where a key is absent. */
export type Ask = {
  readonly text: string
  readonly options: readonly string[]
  readonly answers: Readonly<Record<string, readonly Step[]>>
  readonly kind: 'permission' | 'question' | 'plan'
}

/** What the program follows: the steps of its task, or `default`; `resume` comes first whenever it is taken up again. */
export type Script = {
  readonly tasks: Readonly<Record<string, readonly Step[]>>
  readonly default: readonly Step[]
  readonly resume: readonly Step[]
}

const text = z.string()
const options = z.array(z.string())
const steps = z.lazy(() => z.array(step))

const verbs = {
  say: z.strictObject({ say: text.describe('Prints the text.') }),
  write: z.strictObject({ write: z.strictObject({ file: text, text }).describe('Writes a file, path below the workspace.') }),
  replace: z.strictObject({
    replace: z
      .strictObject({ file: text, from: text.min(1), to: text })
      .describe('Replaces every `from` in a file; fails when it is not there.'),
  }),
  run: z.strictObject({ run: text.describe('Runs a command in a shell; fails when the command does.') }),
  commit: z.strictObject({ commit: text.min(1).describe('Commits everything in the workspace with this message.') }),
  report: z
    .strictObject({ report: z.enum(['done', 'progress', 'blocked']), text, options: options.optional() })
    .describe('As `ao report`.'),
  ask: z.strictObject({
    ask: z
      .strictObject({
        text,
        options: options.default([]),
        answers: z.record(z.string().regex(/^(?:[1-9]\d*|other)$/, 'an answer is the number of an option, or "other"'), steps).default({}),
        kind: z.enum(['permission', 'question', 'plan']).default('question'),
      })
      .describe('Opens a dialog and waits for whoever answers first, at the terminal or in the chat.'),
  }),
  wait: z.strictObject({
    wait: z
      .union([z.literal('message'), z.strictObject({ match: text.min(1) })])
      .describe('Waits for the next message, or for one that has this text in it.'),
  }),
  sleep: z.strictObject({ sleep: z.number().min(0).describe('Milliseconds.') }),
  hang: z.strictObject({ hang: z.literal(true).describe('Stays alive for ever, says nothing and hears nothing.') }),
  tool: z.strictObject({
    tool: z.strictObject({ name: text, ms: z.number().min(0) }).describe('A tool that runs for so many milliseconds.'),
  }),
  idle: z.strictObject({ idle: text.describe('Ends the turn with these last words.') }),
  exit: z.strictObject({ exit: z.number().int().min(0).max(255).describe('Ends the process with this code.') }),
  die: z.strictObject({
    die: text.regex(/^SIG[A-Z0-9]+$/, 'a signal is written like SIGKILL').describe('Ends the process by this signal.'),
  }),
  spawn: z.strictObject({ spawn: text.describe('Leaves a command behind that lives on when the agent has ended.') }),
} as const satisfies { readonly [verb in StepVerb]: z.ZodType<StepOf<verb>> }

type StepVerb = Step extends infer S ? (S extends S ? Extract<Exclude<keyof S, 'text' | 'options'>, string> : never) : never
type StepOf<V extends string> = Extract<Step, Readonly<Record<V, unknown>>>

const isVerb = (word: string): word is StepVerb => Object.hasOwn(verbs, word)

/** Told apart by its verb first, so that a mistake is said about the step that was meant and not about all fifteen. */
const step: z.ZodType<Step> = z.record(z.string(), z.unknown()).transform((value, context): Step => {
  const verb = Object.keys(value).find(isVerb)
  if (verb === undefined) {
    const word = Object.keys(value)[0] ?? ''
    const meant = nearest(word, Object.keys(verbs))
    context.addIssue(`there is no step "${word}"; ${meant ? `did you mean "${meant}"?` : `there are ${list(Object.keys(verbs))}`}`)
    return z.NEVER
  }
  const parsed: z.ZodSafeParseResult<Step> = verbs[verb].safeParse(value)
  if (parsed.success) return parsed.data
  for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path: [...path], message })
  return z.NEVER
})

/** The shape of a script, in a file or in the config. */
export const scriptSchema = z.strictObject({
  tasks: z
    .record(z.string().min(1), z.array(step))
    .default({})
    .describe('Steps by task. The task is the one whose key (`#1`, or any words of it) comes first in the prompt.'),
  default: z.array(step).default([]).describe('The steps for every other task.'),
  resume: z
    .array(step)
    .default([])
    .describe('Done first whenever the agent is taken up again; then it goes on after the last step it completed.'),
})

/** A script from a YAML file (a relative path counts from the folder the bot was started in) or from the config. @throws {Fault} SCRIPT_UNREADABLE, SCRIPT_INVALID */
export const loadScript = (script: string | Readonly<Record<string, unknown>>): Script => {
  const name = typeof script === 'string' ? resolve(script) : 'the script in the config'
  const parsed = scriptSchema.safeParse(typeof script === 'string' ? readYaml(name) : script)
  if (parsed.success) return parsed.data
  throw fault('SCRIPT_INVALID', { name, why: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') })
}

/** The key of the task that comes first in the prompt, or null when none of them does. `#1` is not found in `#12`. */
export const taskIn = (prompt: string, keys: readonly string[]): string | null =>
  keys
    .map((key) => ({ key, at: prompt.search(new RegExp(`${/^\w/.test(key) ? '\\b' : ''}${escaped(key)}(?!\\w)`)) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at || b.key.length - a.key.length)[0]?.key ?? null

const escaped = (words: string): string => words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const readYaml = (path: string): unknown => {
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw fault('SCRIPT_UNREADABLE', { path, why: explain(error) }, { cause: error })
  }
}
