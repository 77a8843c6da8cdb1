import type { MergeMethod, Role } from '../../core/contracts/names.ts'
import type { FleetWish, SessionWish } from '../../core/contracts/wish.ts'

/** What is known where something was said, for filling the blanks that words leave out. */
export type Context = {
  /** The session whose thread this is. */
  readonly thread: string | null
  /** The session "it" means here: the thread's, or the only one at work that this place can see. */
  readonly only: string | null
  /** Is that session's agent asking something? Then "yes" and "2" are answers. */
  readonly isAsking: boolean
  /** The project of this place. */
  readonly project: string | null
  readonly projects: readonly string[]
  readonly agents: readonly string[]
  /** Sessions by what people call them: their task's key and their change's number. */
  readonly sessions: readonly { readonly id: string; readonly project: string; readonly task: string; readonly change: number | null }[]
}

/** A start before its task has been looked up in the tracker. */
export type StartDraft = Omit<Extract<FleetWish, { name: 'start' }>, 'task'> & {
  readonly task: { readonly key: string } | { readonly text: string }
}

/** A wish as words make it. `about` is added from the card it answers. */
export type Draft = StartDraft | Exclude<FleetWish, { name: 'start' }> | SessionWish

/** Something people want to know. Answered by reading; it makes no fact. */
export type Question =
  | { readonly name: 'status'; readonly filter: StatusFilter | null; readonly project: string | null }
  | { readonly name: 'show'; readonly session: string }
  | { readonly name: 'logs'; readonly session: string; readonly lines: number }
  | { readonly name: 'screen'; readonly session: string }
  | { readonly name: 'diff'; readonly session: string }
  | { readonly name: 'why'; readonly session: string | null }
  | { readonly name: 'queue' }
  | { readonly name: 'cleanup' }
  | { readonly name: 'projects' }
  | { readonly name: 'whoami' }
  | { readonly name: 'help'; readonly topic: string | null }
export type QuestionName = Question['name']

export const statusFilters = ['stuck', 'mergeable', 'needs-me', 'failing', 'running', 'queued', 'ended'] as const
export type StatusFilter = (typeof statusFilters)[number]

/** What words mean: wishes for the engine, a question for the reader, or a blank that must be filled first. */
export type Meaning =
  | { readonly wishes: readonly Draft[] }
  | { readonly question: Question }
  | { readonly ask: string; readonly hint: string }

/** What filled the blanks of a form. */
export type Slots = {
  readonly session?: string
  readonly tasks?: readonly string[]
  readonly text?: string
  readonly project?: string
  readonly agent?: string
  readonly base?: string
  readonly model?: string
  readonly change?: number
  readonly choice?: number
  readonly lines?: number
  readonly message?: string
  readonly filter?: string
  readonly method?: MergeMethod
  readonly topic?: string
  /** Fixed words of a form that carry meaning, as `{word:name}`. */
  readonly flags?: readonly string[]
}

/** One form of words. `outside` forms hold free text that would swallow ordinary talk in a session's thread. */
export type Form = string | { readonly form: string; readonly where: 'outside' | 'asking' }

/**
 * One thing people can say to the bot: its words, its meaning and its danger, in one place. Help, completion, the
 * platforms' command lists and the tests are made from it.
 */
export type Intent = {
  readonly name: string
  /** One sentence for `help`. */
  readonly summary: string
  /**
   * Forms, tried in order; the first that fits the whole text wins. `{session}` and the like are blanks, `[…]` may be left
   * out, `a|b` inside parentheses are alternatives. What is not one of an intent's forms is not an exact command.
   */
  readonly forms: readonly Form[]
  /** Sentences with the slots they fill: shown by `help`, run by the tests. */
  readonly examples: readonly { readonly say: string; readonly in?: 'channel' | 'thread' | 'asking'; readonly means: Meaning }[]
  readonly role: Role
  readonly risk: 'read' | 'change' | 'destroy'
  /** Pure. */
  readonly means: (slots: Slots, context: Context) => Meaning
}
