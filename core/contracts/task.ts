/**
 * What is asked for: an issue of a tracker, or a sentence somebody said.
 *
 * Everything but `key` was written by people or machines we do not know: it is data, fenced wherever an agent reads
 * it and escaped wherever a chat shows it.
 */
export type Task = {
  /** How people name it: `#42`, `ENG-12`; for a sentence `say-` and a short hash of it, so that saying it twice is one task. */
  readonly key: string
  readonly title: string
  readonly body: string
  readonly url: string | null
  readonly author: string | null
  /** What else its tracker knows; a sentence, and a tracker that knows nothing more, has none. */
  readonly context?: TaskContext
}

/** What a tracker knows of a task besides its words. */
export type TaskContext = {
  readonly isOpen: boolean
  readonly labels: readonly string[]
  readonly assignees: readonly string[]
  /** Oldest first; when there are very many, the newest. */
  readonly comments: readonly { readonly author: string; readonly text: string }[]
  /** How many more comments there are than are here. */
  readonly moreComments: number
  /** Tasks it is part of, and tasks that are part of it. */
  readonly related: readonly { readonly key: string; readonly title: string; readonly isOpen: boolean; readonly is: 'parent' | 'part' }[]
}
