import { need } from './acts/common.ts'
import {
  addChild,
  addComment,
  addLabels,
  createIssue,
  deleteComment,
  editComment,
  editItem,
  removeLabel,
  setAssignees,
  setIssueState,
} from './acts/issues.ts'
import type { NewComment } from './acts/lines.ts'
import { openPull, requestReviewers, retarget, setDraft, setPullState } from './acts/pulls.ts'
import { moveBranches } from './acts/pushes.ts'
import { protect, type Rules, renameRepository, setArchived, transferRepository, unprotect } from './acts/repositories.ts'
import { dismissReview, replyToThread, setResolved, startThread, submitReview } from './acts/reviews.ts'
import { deleteBranch, type MergeParts, mergePull, updateBranch } from './merging.ts'
import { dequeue, disableAutoMerge, enableAutoMerge, enqueue } from './queue.ts'
import { refuse } from './refusal.ts'
import type { Account, Comment, Issue, MergeMethod, Pull, Repository, Review, Thread, World } from './state.ts'
import { account, signature } from './world.ts'

type Item = Issue | Pull
type Files = Readonly<Record<string, string | null>>

export type Push = {
  readonly message?: string
  /** What the branch begins from when it is not there yet (the default branch unless said), or anew with `isForced`. A branch or a commit. */
  readonly from?: string
  readonly isForced?: boolean
}

export type Person = ReturnType<typeof makePerson>

/** What somebody does in the web page or with git, as tests read it. Refused like everything else when they may not. */
export const makePerson = (world: World, login: string, kind: Account['kind'] = 'User') => {
  const me = account(world, login, kind)
  const login_ = (one: Account | string): string => (typeof one === 'string' ? one : one.login)
  const setState = (item: Item, state: 'open' | 'closed', reason?: 'completed' | 'not_planned' | 'duplicate'): Promise<void> =>
    item.kind === 'Issue' ? setIssueState(world, item, me, state, reason) : setPullState(world, item, me, state)

  return {
    account: me,
    login,

    opens: (repository: Repository, parts: Parameters<typeof createIssue>[3]): Promise<Issue> => createIssue(world, repository, me, parts),
    edits: (item: Item, parts: { readonly title?: string; readonly body?: string | null }): Promise<void> =>
      editItem(world, item, me, parts),
    closes: (item: Item, reason?: 'completed' | 'not_planned' | 'duplicate'): Promise<void> => setState(item, 'closed', reason),
    reopens: (item: Item): Promise<void> => setState(item, 'open'),
    comments: (item: Item, body: string): Promise<Comment> => addComment(world, item, me, body),
    editsComment: (comment: Comment, body: string): Promise<void> => editComment(world, comment, me, body),
    deletesComment: (comment: Comment): Promise<void> => deleteComment(world, comment, me),
    labels: (item: Item, ...names: readonly string[]): Promise<void> => addLabels(world, item, me, names),
    unlabels: (item: Item, name: string): Promise<void> => removeLabel(world, item, me, name),
    assigns: (item: Item, ...people: readonly (Account | string)[]): Promise<void> =>
      setAssignees(world, item, me, [...new Set([...item.assignees, ...people].map(login_))]),
    unassigns: (item: Item, person: Account | string): Promise<void> =>
      setAssignees(
        world,
        item,
        me,
        item.assignees.map(login_).filter((one) => one !== login_(person)),
      ),
    adds: (child: Issue, parent: Issue): Promise<void> => addChild(world, parent, child, me),

    /** Makes a commit with these files (null removes one) on a branch, or several, one after the other. Gives the new head. */
    pushes: async (repository: Repository, branch: string, files: Files | readonly Files[], how: Push = {}): Promise<string> => {
      need(repository, me, 'write')
      if (repository.isArchived) refuse(403, 'This repository was archived so it is read-only.')
      const { branches, git, defaultBranch } = repository
      const { from = defaultBranch, isForced = false, message = `Change ${branch}` } = how
      const start = (isForced ? undefined : branches.get(branch)) ?? branches.get(from) ?? from
      const all = Array.isArray(files) ? (files as readonly Files[]) : [files as Files] // `isArray` does not tell readonly ones apart
      const scratch = `refs/ao/push/${world.nextId()}`
      const author = signature(me, world.now())
      const oids = await git.write(
        all.map((one, index) => ({ ref: scratch, parents: [index === 0 ? start : `:${index}`], files: one, message, author })),
      )
      const head = oids.at(-1) ?? start
      await git.point({ [scratch]: null })
      await moveBranches(world, repository, me, { [branch]: head })
      return head
    },
    /** Points a branch to a commit that is there already, as `git push --force` does. */
    resets: (repository: Repository, branch: string, oid: string): Promise<void> => moveBranches(world, repository, me, { [branch]: oid }),
    deletesBranch: (repository: Repository, branch: string): Promise<void> => deleteBranch(world, repository, me, branch),

    proposes: (
      repository: Repository,
      head: string,
      parts: { readonly title?: string; readonly body?: string; readonly base?: string; readonly isDraft?: boolean } = {},
    ): Promise<Pull> => openPull(world, repository, me, { title: head, base: repository.defaultBranch, ...parts, head }),
    drafts: (pull: Pull): Promise<void> => setDraft(world, pull, me, true),
    readies: (pull: Pull): Promise<void> => setDraft(world, pull, me, false),
    retargets: (pull: Pull, base: string): Promise<void> => retarget(world, pull, me, base),
    asksForReview: (pull: Pull, ...people: readonly (Account | string)[]): Promise<void> =>
      requestReviewers(world, pull, me, people.map(login_)),
    approves: (pull: Pull, body = '', commitOid?: string): Promise<Review> =>
      submitReview(world, pull, me, { event: 'APPROVE', body, ...(commitOid !== undefined && { commitOid }) }),
    requestsChanges: (pull: Pull, body: string, comments: readonly NewComment[] = []): Promise<Review> =>
      submitReview(world, pull, me, { event: 'REQUEST_CHANGES', body, comments }),
    /** A review that neither approves nor asks for changes. */
    remarks: (pull: Pull, body: string, comments: readonly NewComment[] = []): Promise<Review> =>
      submitReview(world, pull, me, { event: 'COMMENT', body, comments }),
    dismisses: (review: Review, message = 'No longer true'): Promise<void> => dismissReview(world, review, me, message),
    /** A comment on a line of a file, or on the whole file (`line: null`). */
    startsThread: (pull: Pull, comment: NewComment): Promise<Thread> => startThread(world, pull, me, comment),
    replies: (thread: Thread, body: string) => replyToThread(world, thread, me, body),
    resolves: (thread: Thread): Promise<void> => setResolved(world, thread, me, true),
    unresolves: (thread: Thread): Promise<void> => setResolved(world, thread, me, false),

    merges: (pull: Pull, parts: MergeParts = {}): Promise<string> => mergePull(world, pull, me, parts),
    updates: (pull: Pull): Promise<string> => updateBranch(world, pull, me, null),
    armsAutoMerge: (pull: Pull, method: MergeMethod = 'merge') => enableAutoMerge(world, pull, me, { method }),
    disarmsAutoMerge: (pull: Pull): Promise<void> => disableAutoMerge(world, pull, me),
    enqueues: (pull: Pull) => enqueue(world, pull, me),
    dequeues: (pull: Pull): Promise<void> =>
      pull.queueEntry ? dequeue(world, pull.queueEntry, me, 'MANUAL') : refuse(422, 'Pull request is not in the queue'),

    renames: (repository: Repository, name: string): Promise<void> => renameRepository(world, repository, me, name),
    transfers: (repository: Repository, owner: Account | string): Promise<void> =>
      transferRepository(world, repository, me, account(world, login_(owner))),
    archives: (repository: Repository): Promise<void> => setArchived(world, repository, me, true),
    unarchives: (repository: Repository): Promise<void> => setArchived(world, repository, me, false),
    /** What is not named stays as it is. */
    protects: (repository: Repository, branch: string, rules: Rules) => {
      need(repository, me, 'admin')
      return protect(world, repository, branch, rules)
    },
    unprotects: (repository: Repository, branch: string): Promise<void> => {
      need(repository, me, 'admin')
      return unprotect(world, repository, branch)
    },
    /** Which ways to merge there are, whether auto-merge is allowed, whether merged branches go. */
    sets: async (repository: Repository, settings: Partial<Repository['merging']>): Promise<void> => {
      need(repository, me, 'admin')
      Object.assign(repository.merging, settings)
      await world.settle()
    },
  }
}
