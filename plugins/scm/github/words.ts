import { headline, plain } from '../../../core/kit/text.ts'

/** GitHub takes no longer ones. */
const mostTitleChars = 256
const mostBodyChars = 65_536

/** One line of somebody else's words, free of control characters; `otherwise` when nothing is left. */
export const titleLine = (text: string, otherwise: string): string =>
  headline(plain(text).replaceAll('\t', ' '), mostTitleChars) || otherwise

/** Somebody else's words as the text of a change or a comment. */
export const bodyText = (text: string): string => {
  const body = plain(text).trim()
  return body.length <= mostBodyChars ? body : `${body.slice(0, mostBodyChars - 2)}\n…`
}

/** Why GitHub does not merge, in a form that can be decided on. */
export type Obstacle =
  /** Changes go through the merge queue. */
  | 'queue'
  /** It passes in a moment: the base moved, another merge is under way. */
  | 'moment'
  /** Checks or reviews that are to come. */
  | 'awaits-checks'
  | 'awaits-reviews'
  | 'checks'
  | 'conflict'
  | 'draft'
  | 'method'
  /** It is ready, and can be merged at once. */
  | 'ready'
  /** GitHub gives no reason; a look tells. */
  | 'unsaid'
  | 'protected'

/**
 * Reads GitHub's words in a refusal to merge (405, 409) or to take an order to. Rules of a repository are listed one after another,
 * so that what must not be waited for is looked for first. There is no list of these texts; they are as GitHub has been seen to write them.
 */
export const obstacleIn = (says: string): Obstacle => rows.find(([, pattern]) => pattern.test(says))?.[0] ?? 'protected'

const rows: readonly (readonly [Obstacle, RegExp])[] = [
  ['queue', /\bmerge queue\b/i],
  ['moment', /base branch was modified|head branch (?:was modified|is out of date)|already in progress|head (?:sha|oid|ref)/i],
  ['ready', /\bin (?:clean|unstable|has_hooks) status\b/i],
  ['draft', /\bdraft\b/i],
  ['method', /(?:merge commits|squash merges|rebase merges|squash merging|rebase merging|merge method).*not (?:allowed|permitted)/i],
  ['conflict', /\bconflict|can(?:not|['’]t) be (?:cleanly )?rebased/i],
  ['protected', /changes have been requested|changes requested|conversation must be resolved|not authorized|signed|signature/i],
  ['checks', /status checks? .*(?:fail|error|cancel|timed out|have not succeeded$|have not succeeded\.)/is],
  [
    'awaits-checks',
    /(?:status checks?|workflows?|deployments?|code scanning)\b.*(?:expected|progress|pending|queued|waiting|not satisfied|have not succeeded)/is,
  ],
  ['awaits-reviews', /approving review|review (?:is )?required|code owner|approval/i],
  ['unsaid', /not mergeable/i],
]

/** Every comment that the bot itself writes begins with it; no word of anybody else's can stand before it. */
export const markBegin = '<!-- ao:'

/** Is it one of the bot's own comments? What the person whose token it has writes by hand is not. */
export const isMarked = (text: string | null): boolean => text?.startsWith(markBegin) ?? false
