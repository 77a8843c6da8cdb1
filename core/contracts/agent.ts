/** What an agent asks a person, in the words it used. */
export type Question = {
  /** Unique within the session; the answer is bound to it and to nothing else. */
  readonly request: string
  readonly kind: 'permission' | 'question' | 'plan' | 'login' | 'limit'
  readonly text: string
  /** What can be chosen, in the agent's own order; empty when only words will do. */
  readonly options: readonly string[]
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
  /** Null while a turn runs. */
  readonly turnEnded: { readonly mark: number; readonly message: string | null } | null
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
}
