import type { AgentPicture, ModelUsage } from '../../../core/contracts/agent.ts'
import type { Ask } from './asks.ts'

/** A question that is closed, how, and when (epoch ms). */
export type Closed = { readonly request: string; readonly at: number; readonly text: string; readonly by: 'chat' | 'terminal' }

/** A call of a tool. `key` tells it from others of the same tool, however its input is ordered. */
export type Call = { readonly id: string; readonly tool: string; readonly key: string; readonly at: number; readonly input: Ask['input'] }

/** How a call ended; `text` in a few words, for whoever asks what was decided at the terminal. */
export type Result = { readonly tool: string; readonly key: string; readonly at: number; readonly text: string }

/** Why the model did not answer. */
export type Failure = { readonly at: number; readonly kind: 'login' | 'limit' | null; readonly text: string }

/**
 * All that was seen so far, kept apart by where it was seen, and each with its own time: the picture drawn from it is the same in whatever
 * order the two files were read.
 */
export type Signs = {
  // From the mailbox.
  readonly conversation: string | null
  readonly startedAt: number
  readonly begunAt: number
  readonly goneAt: number
  readonly ended: { readonly at: number; readonly message: string | null } | null
  readonly asks: readonly (Ask & { readonly key: string | null })[]
  readonly closed: readonly Closed[]
  /** What the picture has shown as closed last. */
  readonly shown: string | null
  // From the session file.
  readonly file: string | null
  readonly activeAt: number
  readonly workedAt: number | null
  readonly interruptedAt: number | null
  readonly failed: Failure | null
  readonly said: string | null
  readonly calls: readonly Call[]
  readonly results: readonly Result[]
  readonly received: readonly string[]
  readonly usage: readonly ModelUsage[]
  /** The last API messages, because the same one stands in several rows and counts once. */
  readonly counted: readonly { readonly id: string; readonly usage: ModelUsage }[]
}

/** Nothing has been seen in the session file. */
export const blank = {
  activeAt: 0,
  workedAt: null,
  interruptedAt: null,
  failed: null,
  said: null,
  calls: [],
  results: [],
  usage: [],
  counted: [],
} as const satisfies Partial<Signs>

const nothing: Signs = {
  conversation: null,
  startedAt: 0,
  begunAt: 0,
  goneAt: 0,
  ended: null,
  asks: [],
  closed: [],
  shown: null,
  file: null,
  received: [],
  ...blank,
}

/** What a picture of ours was drawn from. */
export const signsOf = ({ notes }: AgentPicture): Signs => (notes.signs as Signs | undefined) ?? nothing // only `draw` writes notes

/** A value of a row that is an object; an empty one else. */
export const objectIn = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {} // just looked at

/** A value of a row that is a text. */
export const textIn = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** Which call of a tool it is. What a person adds to the input of these two makes no other call of it. */
export const keyOf = (tool: string, input: unknown): string =>
  tool === 'AskUserQuestion' || tool === 'ExitPlanMode' ? '' : JSON.stringify(input, inOrder)

const inOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value
