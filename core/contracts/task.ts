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
}
