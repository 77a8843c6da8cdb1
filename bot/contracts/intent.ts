import { z } from 'zod'
import { mergeMethods, type ReactionKey, type Role, reactionKeys } from '../../core/contracts/names.ts'
import type { FleetWish, SessionWish } from '../../core/contracts/wish.ts'

/** A session as people speak of it: by its name, its task's key or its change's number. */
export type KnownSession = {
  readonly id: string
  readonly project: string
  readonly task: string
  readonly change: number | null
  readonly isEnded: boolean
}

/** What is known where something was said, for filling the blanks that words leave out. */
export type Context = {
  /** The session whose thread this is. */
  readonly thread: string | null
  /** The session "it" means here: the thread's, or the only one at work that this place can see. */
  readonly only: string | null
  /** The session this person spoke of last in this place, a short while ago. "It" may mean that one: never certain. */
  readonly recent: string | null
  /** What that session's agent asks now, as numbered choices; empty where it wants words. Null when it asks nothing: then "yes" and "2" are no answers. */
  readonly asked: readonly string[] | null
  /** Is that session's agent paused? Then "continue" is for the bot. */
  readonly isPaused: boolean
  /** The project of this place. */
  readonly project: string | null
  readonly projects: readonly string[]
  /** The project of each repository, by the repository's name in small letters: for links. */
  readonly repositories: Readonly<Record<string, string>>
  readonly agents: readonly string[]
  /** Names of the people who are known, as in `people:` of the config. */
  readonly people: readonly string[]
  /** Sessions, the newest last. */
  readonly sessions: readonly KnownSession[]
  /** The highest number that a session of each project has had: what is above it has never been. */
  readonly newest: Readonly<Record<string, number>>
}

/** A start before its task has been looked up in the tracker. */
export type StartDraft = Omit<Extract<FleetWish, { name: 'start' }>, 'task'> & {
  readonly task: { readonly key: string } | { readonly text: string }
}

/** What a card offered to adopt, by the code that stood on it, before it has been looked for again. */
export type AdoptDraft = { readonly name: 'adopt'; readonly code: string }

/** A wish as words make it. `about` is added from the card it answers. */
export type Draft = StartDraft | AdoptDraft | Exclude<FleetWish, { name: 'start' | 'adopt' }> | SessionWish

/** Something people want to know. Answered by reading; it makes no fact. */
export type Question =
  | { readonly name: 'status'; readonly filter: StatusFilter | null; readonly project: string | null }
  | { readonly name: 'show'; readonly session: string }
  | { readonly name: 'logs'; readonly session: string; readonly lines: number }
  | { readonly name: 'screen'; readonly session: string }
  | { readonly name: 'diff'; readonly session: string }
  | { readonly name: 'why'; readonly session: string | null }
  /** Of a session, or of all that is seen (of a project); `since` as it was said, null: today, this week and so on. */
  | { readonly name: 'cost'; readonly session: string | null; readonly project: string | null; readonly since: string | null }
  /** What happened: since a time as it was said, null: since the last digest that came to this place. Of a project, null: of all that are seen. */
  | { readonly name: 'digest'; readonly since: string | null; readonly project: string | null }
  /** Which digests come to this place by themselves. */
  | { readonly name: 'digests' }
  | { readonly name: 'queue' }
  /** What was started by hand and can be adopted: in that terminal, with that agent, or all of it. */
  | { readonly name: 'adopt'; readonly terminal: string | null; readonly agent: string | null }
  | { readonly name: 'cleanup' }
  | { readonly name: 'projects' }
  | { readonly name: 'whoami' }
  | { readonly name: 'who'; readonly person: string | null }
  | { readonly name: 'help'; readonly topic: string | null }
export type QuestionName = Question['name']

/** A wish about the chat itself: kept in the bot's own memory, unknown to the engine. Times stand as they were said. */
export type Note =
  /** From now on this place means that project where none is named. */
  | { readonly name: 'use'; readonly project: string }
  /** What needs people there, and its result, are shown here, too; or no longer. */
  | { readonly name: 'follow' | 'unfollow'; readonly session: string }
  /** Nothing new here of that session or project, or about that: all null: of anything; for so long, until then, or until somebody unmutes it. */
  | ({ readonly name: 'mute'; readonly for: string | null; readonly until: string | null } & Silenced)
  | ({ readonly name: 'unmute' } & Silenced)
  /** Somebody knows what it waits for, or does it: nobody else is called about it for a while. */
  | { readonly name: 'seen' | 'take'; readonly session: string }
  /** Nobody is called about it for so long, or until then; both null: for an hour. */
  | { readonly name: 'snooze'; readonly session: string; readonly for: string | null; readonly until: string | null }
  /** A digest comes here at those times (five fields of cron), `isAlways`: also when there is nothing to say. */
  | { readonly name: 'schedule'; readonly schedule: string; readonly isAlways: boolean }
  /** That digest comes no more, null: none that came here does. */
  | { readonly name: 'unschedule'; readonly number: number | null }
  /** Its thread goes on in another chat. */
  | { readonly name: 'move'; readonly session: string; readonly to: string }
  /** Its thread goes on in this channel. */
  | { readonly name: 'here'; readonly session: string }
  /** Null asks for a one-time code; with one, this account joins whoever asked for it. */
  | { readonly name: 'link'; readonly code: string | null }
  /** `platform:account`, or a platform for one's own account there. */
  | { readonly name: 'unlink'; readonly account: string }
export type NoteName = Note['name']

/** What is muted: at most one of them. */
export type Silenced = { readonly session: string | null; readonly project: string | null; readonly kind: ReactionKey | null }

export const statusFilters = ['stuck', 'mergeable', 'needs-me', 'failing', 'running', 'queued', 'ended'] as const
export type StatusFilter = (typeof statusFilters)[number]

/** What words mean: wishes for the engine, a note for the bot, a question for the reader, or a blank that must be filled first. */
export type Meaning =
  | { readonly wishes: readonly Draft[] }
  | { readonly note: Note }
  | { readonly question: Question }
  | { readonly ask: Missing; readonly hint: string }
  /** It is understood and cannot be: a sentence that says why, and one that says what helps. */
  | { readonly refused: string; readonly hint: string }

/** What can be missing. */
export type Missing = 'session' | 'task' | 'project' | 'text' | 'choice' | 'words'

/** Everything that can fill a blank, by name, with the shape it must have. Words, a button and a language model alike pass through it. Made at the first call: a start has no time for it. */
export const slotTypes = once(() => {
  /** What git takes for the name of a branch, and a little less. */
  const branchName = z
    .string()
    .max(200)
    .regex(/^\w(?:[\w/-]|\.(?![./]))*(?<![./])$/)
    .refine((name) => !name.endsWith('.lock'))
  return {
    session: z.string().regex(/^\w[\w-]*-\d+$/),
    sessions: z.array(z.string()).min(2).max(200),
    /** The one task that a session is called by. */
    task: z.string().max(60),
    /** Tasks to be started. */
    tasks: z.array(z.string().max(60)).min(1).max(50),
    change: z.int().positive(),
    text: z.string().min(1).max(20_000),
    project: z.string(),
    agent: z.string().max(60),
    base: branchName,
    branch: branchName,
    model: z.string().max(100),
    filter: z.enum(statusFilters),
    /** What people are called about. */
    kind: z.enum(reactionKeys),
    /** 1 to 9,999. */
    lines: z.int().min(1).max(9_999),
    /** The number of a choice, from 1. */
    choice: z.int().min(1).max(99),
    method: z.enum(mergeMethods),
    when: z.literal('green'),
    all: z.literal(true),
    /** `90s`, `30m`, `2h`, `1d`, `1w`. */
    for: z.string().regex(/^\d{1,5}[smhdw]$/),
    /** As it was said: `tomorrow 9am`. */
    until: z.string().max(60),
    /** A chat platform or a person. */
    to: z.string().max(60),
    /** What is delegated: the name of an intent. */
    what: z.string().max(40),
    /** As it was said: `today`, `overnight`, `yesterday`, `24h`. */
    since: z.string().max(60),
    /** Five fields of cron. */
    schedule: z.string().regex(/^[\d*/,-]+(?: [\d*/,-]+){4}$/),
    /** A thing that help is wanted about, or a person who is asked about. */
    about: z.string().max(60),
    /** A message to an agent, as `app-3-m17`. */
    message: z.string().max(200),
    /** A one-time code, or what a card offered: eight letters and digits, none that looks like another, and some of both. */
    code: z.string().regex(/^(?=.*\d)(?=.*[A-Z])[A-HJKMNP-Z2-9]{8}$/),
    /** An account, as `platform:account`, or the platform alone. */
    account: z.string().regex(/^[a-z][a-z0-9-]{0,30}(?::\S{1,200})?$/),
    /** Said of no session in particular, not even of the one whose thread it is. */
    general: z.literal(true),
    /** Said of "it", so of one session and not of a place. */
    it: z.literal(true),
  } as const
})
export type SlotName = keyof ReturnType<typeof slotTypes>

/** What filled the blanks of a sentence. */
export type Slots = { readonly [Name in SlotName]?: z.infer<ReturnType<typeof slotTypes>[Name]> }

/** Where a form is one: `outside` a thread (or addressed to the bot in one), because its free words would swallow what is meant for the agent; in a `thread`; while an agent is `asking`; or where it is `paused`. */
export type Where = 'outside' | 'thread' | 'asking' | 'paused'

/** One form of words. `unlisted`: it only asks back, so `help` does not offer it. */
export type Form = string | { readonly form: string; readonly where: Where; readonly unlisted?: true }

/**
 * One thing people can say to the bot: its words, its meaning and its danger, in one place. Help, completion, the
 * platforms' command lists, the language model's instructions and the tests are made from it.
 *
 * Forms and phrases are written in one small language: `{session}` and the like are blanks, `{when:green=…}` fills a slot
 * with a fixed value, `[…]` may be left out, `(a|b)` are alternatives, `<merge>` is one of the synonyms in
 * `understand/lexicon`.
 */
export type Intent = {
  readonly name: string
  /** One sentence for `help`. */
  readonly summary: string
  /** Exact commands, tried in order; the first that fits the whole text wins. What a changing command in one of these forms says is done at once. */
  readonly forms: readonly Form[]
  /**
   * Other ways of saying it. Small words may stand between theirs. Reading is answered at once, a change is offered for one
   * tap, and nothing is ever destroyed because a phrase fitted.
   */
  readonly phrases: readonly Form[]
  /** The slots it knows. An answer of a language model with any other is refused. */
  readonly takes: readonly SlotName[]
  /**
   * What it is about where nothing is named. `session`: the thread's, else the only one at work that this place can see, else the
   * one that was spoken of last. `place`: in a thread its session, elsewhere the place itself.
   */
  readonly about: 'session' | 'place' | 'nothing'
  /** Sentences with the slots they fill: shown by `help`, run by the tests. */
  readonly examples: readonly { readonly say: string; readonly in?: 'channel' | 'thread' | 'asking'; readonly means: Meaning }[]
  readonly role: Role
  readonly risk: 'read' | 'change' | 'destroy'
  /** Pure. */
  readonly means: (slots: Slots, context: Context) => Meaning
}

/** Words and what they mean here. */
export type Reading = {
  readonly intent: Intent
  readonly slots: Slots
  readonly meaning: Meaning
  /** In one of the intent's own forms, or guessed? What is guessed changes nothing without a tap. */
  readonly isExact: boolean
}

/** What became of words. */
export type Understanding =
  | { readonly kind: 'reading'; readonly reading: Reading }
  /** Nearly a command: the sentence that would be one. */
  | { readonly kind: 'typo'; readonly sentence: string }
  /** Said to be polite, or to somebody else: nothing happens, and nothing is said. */
  | { readonly kind: 'nothing'; readonly why: 'small talk' | 'for others' }
  /** Spoken to the bot and not understood: a puzzled answer. */
  | { readonly kind: 'unclear'; readonly why: 'unknown' | 'hidden characters' | 'too long' }

/** A second opinion on words that the rules are unsure of, as by a language model. It never throws; null when it has none. What it says is a guess. */
export type Propose = (text: string, context: Context) => Promise<Reading | null>

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
