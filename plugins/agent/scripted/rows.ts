/** What the program writes into its transcript, one row a line. `at` is epoch ms. */
export type Row = { readonly at: number } /** A process begins; with it ends whatever an earlier one was doing. */ & (
  | {
      readonly kind: 'started'
      readonly conversation: string
      readonly isResumed: boolean
      readonly task: string | null
      readonly model: string | null
    }
  | { readonly kind: 'prompt'; readonly text: string }
  /** A message arrived; it may have to wait for its turn. */
  | { readonly kind: 'received'; readonly ids: readonly string[]; readonly text: string }
  /** It turns to a message; `text` is how that begins, without its wrapper. */
  | { readonly kind: 'turn-started'; readonly ids: readonly string[]; readonly text: string }
  | { readonly kind: 'worked'; readonly what: string }
  | { readonly kind: 'tool'; readonly name: string }
  | { readonly kind: 'tool-ended'; readonly name: string }
  | { readonly kind: 'turn-ended'; readonly message: string | null }
  | {
      readonly kind: 'asked'
      readonly request: string
      readonly about: 'permission' | 'question' | 'plan'
      readonly text: string
      readonly options: readonly string[]
    }
  | { readonly kind: 'answered'; readonly request: string; readonly text: string; readonly by: 'chat' | 'terminal' }
  | { readonly kind: 'failed'; readonly text: string }
  | { readonly kind: 'ended'; readonly code: number }
)

/** A row without its time, which is added where it is written. */
export type RowWords = Row extends infer R ? (R extends R ? Omit<R, 'at'> : never) : never

/** The files of a scripted agent in the folder of its session. */
export const filesIn = (folder: string) =>
  ({
    transcript: `${folder}/transcript.ndjson`,
    state: `${folder}/scripted-state.json`,
    script: `${folder}/scripted-script.json`,
    prompt: `${folder}/scripted-prompt.txt`,
  }) as const
