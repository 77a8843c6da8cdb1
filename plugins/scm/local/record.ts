import type { Comment, Thread } from '../../../core/contracts/change.ts'

/** A review as it was given. `patchId` is that of the commit then, so that an approval outlives a rebase of the same diff. */
export type ReviewRecord = {
  readonly by: string
  readonly verdict: 'approve' | 'request-changes'
  readonly head: string
  readonly patchId: string
  readonly text: string
  readonly at: number
}

/** A review thread with what the contract does not show: whether it is resolved. */
export type ThreadRecord = Thread & { readonly isResolved: boolean }

/** All that is kept of a change. What git can tell is read from git while it is open. */
export type ChangeRecord = {
  readonly number: number
  readonly title: string
  readonly body: string
  readonly author: string
  readonly branch: string
  readonly base: string
  readonly state: 'open' | 'merged' | 'closed'
  readonly isDraft: boolean
  /** As last seen; what an ended change is shown with. */
  readonly head: string
  readonly patchId: string
  /** The last head seen that had commits the base did not have. Null: it never had any, so it cannot have been merged by anybody. */
  readonly ownHead: string | null
  /** Where the commits of that head began. Records written before there was this have none. */
  readonly ownBase?: string | null
  /** A merge that was begun. Written before the base moves, so that a crash in between can be understood. */
  readonly merging: { readonly head: string; readonly commit: string; readonly onto?: string } | null
  readonly mergeCommit: string | null
  /** The base commit that it was merged onto; what it brought is the diff from here to `mergeCommit`. Not known of what others merged. */
  readonly mergedOnto?: string | null
  readonly reviews: readonly ReviewRecord[]
  readonly threads: readonly ThreadRecord[]
  /** Comments ever made in threads that were open then. Records written before there was this have all comments counted instead. */
  readonly said?: Said
}

/** Counts that only grow. */
export type Said = { readonly people: number; readonly bots: number }

/** How a check went. */
export type CheckResult = {
  readonly name: string
  readonly key: string
  readonly state: 'passing' | 'failing'
  readonly durationMs: number
  readonly at: number
}

/** The results of one commit. */
export type CommitResults = { readonly commit: string; readonly checks: readonly CheckResult[] }

/** The document of a project: its three members are replaced, what they hold is never changed in place. */
export type ForgeRecord = { isRemoteMade: boolean; changes: readonly ChangeRecord[]; results: readonly CommitResults[] }

/** A forge where nothing has happened yet. */
export const emptyForge: ForgeRecord = { isRemoteMade: false, changes: [], results: [] }

/** The change with that review. The same verdict on the same commit by the same person is one review; new words are added to it. */
export const reviewed = (change: ChangeRecord, review: ReviewRecord): ChangeRecord => {
  const standing = change.reviews.findLast(({ by }) => by === review.by)
  const isSame = standing?.verdict === review.verdict && standing.head === review.head
  const reviews = isSame ? change.reviews : [...change.reviews, review]
  if (review.verdict === 'approve') {
    if (isSame) return change
    return {
      ...change,
      reviews,
      threads: change.threads.map((thread) => (isBy(thread, review.by) ? { ...thread, isResolved: true } : thread)),
    }
  }
  if (review.text === '' || (isSame && change.threads.some((thread) => isBy(thread, review.by) && says(thread, review.text))))
    return isSame ? change : { ...change, reviews }
  return commented({ ...change, reviews }, { author: review.by, isBot: false, text: review.text, file: null, line: null })
}

/** The change with a new unresolved thread. */
export const commented = (
  change: ChangeRecord,
  { file, line, ...comment }: Comment & { readonly file: string | null; readonly line: number | null },
): ChangeRecord => {
  const id = `${change.number}-${change.threads.length + 1}`
  const said = onceMore(saidIn(change), comment)
  return { ...change, threads: [...change.threads, { id, file, line, comments: [comment], isResolved: false }], said }
}

/** The change with one more comment in a thread. What is said in a resolved one asks nothing of anybody and is not counted. */
export const replied = (change: ChangeRecord, id: string, comment: Comment): ChangeRecord => {
  const isOpen = change.threads.some((thread) => thread.id === id && !thread.isResolved)
  const said = isOpen ? onceMore(saidIn(change), comment) : saidIn(change)
  return { ...threaded(change, id, (thread) => ({ ...thread, comments: [...thread.comments, comment] })), said }
}

/** How much was ever said in open threads. */
export const saidIn = ({ said, threads }: ChangeRecord): Said =>
  said ?? threads.flatMap(({ comments }) => comments).reduce(onceMore, { people: 0, bots: 0 })

/** The change with one thread replaced. */
export const threaded = (change: ChangeRecord, id: string, next: (thread: ThreadRecord) => ThreadRecord): ChangeRecord => ({
  ...change,
  threads: change.threads.map((thread) => (thread.id === id ? next(thread) : thread)),
})

/** The results with one more, without those of the oldest commits: `keep` commits stay, and the `needed` ones always. */
export const withResult = (
  results: readonly CommitResults[],
  {
    commit,
    result,
    keep,
    needed,
  }: { readonly commit: string; readonly result: CheckResult; readonly keep: number; readonly needed: ReadonlySet<string> },
): readonly CommitResults[] => {
  const before = results.find((one) => one.commit === commit)?.checks ?? []
  const others = results.filter((one) => one.commit !== commit)
  const all = [...others, { commit, checks: [...before.filter(({ name }) => name !== result.name), result] }]
  return all.filter((one, index) => index >= all.length - keep || needed.has(one.commit))
}

const onceMore = ({ people, bots }: Said, { isBot }: Comment): Said => (isBot ? { people, bots: bots + 1 } : { people: people + 1, bots })

const isBy = (thread: ThreadRecord, person: string): boolean =>
  !thread.isResolved && thread.comments[0]?.isBot === false && thread.comments[0].author === person

const says = (thread: ThreadRecord, text: string): boolean => thread.comments.some((comment) => comment.text === text)
