/**
 * Why an agent waits for a person. `trust`: whether the folder, its hooks or its servers may be trusted; `login` and `limit`: its vendor
 * wants a login, or gives nothing more until a time.
 */
export type QuestionKind = (typeof questionKinds)[number]
export const questionKinds = ['permission', 'question', 'plan', 'login', 'limit', 'trust'] as const

/** What an agent asks a person, in the words it used. */
export type Question = {
  /** Unique within the session; the answer is bound to it and to nothing else. */
  readonly request: string
  readonly kind: QuestionKind
  /** What is asked, in a sentence or a few. */
  readonly text: string
  /** The whole of what it is about (the command, the change to a file, the plan), however long; null when `text` says it all. */
  readonly detail: string | null
  /** What can be chosen, in the agent's own order; empty when only words will do. */
  readonly options: readonly string[]
  /** Which option refuses, counted from 1: it takes a reason with it, and words without a choice are one. Null: none does, and words are the answer. */
  readonly refusal: number | null
  /** How the answer gets back: by the agent's own means (`Agent.answer`), or as an ordinary message. */
  readonly reply: 'own' | 'message'
}

/** What a person decided about a question. */
export type Decision = { readonly request: string; readonly choice: number | null; readonly text: string; readonly by: string }

/** Words for an agent. The id is in the text that the agent sees, so that its own transcript proves the delivery. */
export type Message = { readonly id: string; readonly text: string }

/**
 * What an agent is doing, folded from everything it has written so far: a whole picture, so it may be shown twice or late.
 *
 * `mark`s are byte offsets in the file the sign was read from. They only grow, so a picture that is read again after a
 * restart can be told from news without remembering anything else.
 */
export type AgentPicture = {
  /** When it last did something that counts as work (a tool result, a changed file, a commit, a report): epoch ms. Bytes on a screen are not work. */
  readonly workedAt: number | null
  /** The tool that runs right now, if any; a long test run is not a stuck agent. */
  readonly tool: { readonly name: string; readonly since: number } | null
  /** Null while a turn runs. `isBrokenOff`: a person broke it off, at the terminal or from the chat. */
  readonly turnEnded: { readonly mark: number; readonly message: string | null; readonly isBrokenOff?: boolean } | null
  /** Open now. */
  readonly question: Question | null
  /** The question closed last, and who was first. */
  readonly answered: { readonly request: string; readonly text: string; readonly by: 'chat' | 'terminal' } | null
  /** What it last said by `ao report`. `blocked` with a question is in `question`, too. */
  readonly report: { readonly mark: number; readonly kind: 'done' | 'blocked' | 'progress'; readonly text: string } | null
  /** Ids of the messages its transcript shows. */
  readonly received: readonly string[]
  /** The agent's own name for this conversation, for resuming it. */
  readonly conversation: string | null
  /** What it used of each model, in tokens, as far as it says so. Sums over the whole conversation. */
  readonly usage: readonly ModelUsage[]
  /** What its plugin keeps for itself from line to line (which rows came before); nobody else reads it. */
  readonly notes: Readonly<Record<string, unknown>>
}

/** Tokens of one model. `costUsd` only where the agent itself says so. */
export type ModelUsage = {
  readonly model: string
  /** Fresh input, without what came from a cache. */
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
  readonly costUsd: number | null
}

/** An agent of which nothing has been read. */
export const unheard: AgentPicture = {
  workedAt: null,
  tool: null,
  turnEnded: null,
  question: null,
  answered: null,
  report: null,
  received: [],
  conversation: null,
  usage: [],
  notes: {},
}
