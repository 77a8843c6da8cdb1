/** One check of a commit, as its forge reports it. */
export type Check = { readonly name: string; readonly state: 'pending' | 'passing' | 'failing' }

/** How all checks of the head commit stand together. `none`: the forge knows of no check, which is not a pass. */
export type Checks = 'none' | 'pending' | 'passing' | 'failing'

/** How reviews stand together. */
export type Review = 'none' | 'pending' | 'changes-requested' | 'approved'

/**
 * A pull or merge request as last seen: a whole picture, never a delta.
 *
 * `head` is the commit that `checks` speaks of. `patchId` is the fingerprint of the diff against `base`, from our own
 * fetch (`git patch-id --stable`): equal ids mean the same change to the same lines, whatever the commits are called. Empty when it could not be worked out.
 */
export type Change = {
  readonly number: number
  readonly url: string | null
  readonly title: string
  readonly branch: string
  /** The branch it wants to go to. */
  readonly base: string
  readonly head: string
  readonly patchId: string
  readonly state: 'open' | 'merged' | 'closed'
  readonly isDraft: boolean
  /** `unknown` while the forge has not worked it out; neither raises nor settles a trouble. */
  readonly conflict: 'none' | 'conflicting' | 'unknown'
  readonly conflictFiles: readonly string[]
  readonly isBehind: boolean
  /** How the checks that must pass stand together; all of them, where the forge does not tell required ones apart. */
  readonly checks: Checks
  /** Names of all checks that fail, those that need not pass included. */
  readonly failing: readonly string[]
  /** Those of `failing` that need not pass. */
  readonly optional: readonly string[]
  /** `pending`: the forge wants an approving review before it lets anybody merge. */
  readonly review: Review
  /** Unresolved review threads by people, and by bots (by account type). Counts; the words come with the details. */
  readonly openThreads: { readonly people: number; readonly bots: number }
  /** Grows whenever something new is said in an open thread (a reply, too), and with nothing else: epoch ms or a count; 0 when nothing was. */
  readonly lastSaid: { readonly people: number; readonly bots: number }
  /** The newest commit of the base branch, from our own fetch; null when it is not known. */
  readonly baseHead: string | null
  /** Does the forge refuse to merge it while it is behind? */
  readonly mustBeUpToDate: boolean
  /** The forge has taken the order to merge it and will do so by itself: its words for how far that is. */
  readonly queued: string | null
  /** The commit it became on the base branch, once merged. */
  readonly mergeCommit: string | null
}

/** One comment of a review thread. */
export type Comment = { readonly author: string; readonly isBot: boolean; readonly text: string }

/** A review thread with all its replies; `file` is null for a comment on the whole change. */
export type Thread = {
  readonly id: string
  readonly file: string | null
  readonly line: number | null
  readonly comments: readonly Comment[]
}

/** What an agent needs to put a change right. About the commit `head` and no other. */
export type ChangeDetails = {
  readonly number: number
  readonly head: string
  /** Name and the last lines of the log of each failing check. */
  readonly failing: readonly { readonly name: string; readonly logTail: string }[]
  /** Unresolved threads only, oldest first. */
  readonly threads: readonly Thread[]
  /** How many more threads there are than are here. */
  readonly moreThreads?: number
}
