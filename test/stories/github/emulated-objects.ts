/** Asks emulate's REST about the one repository there is. Its answers are as GitHub documents them. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes, read by fields that are documented
export type Rest = (path: string, parts?: { readonly method?: string; readonly body?: object; readonly login?: string }) => Promise<any>

type Raw = Awaited<ReturnType<Rest>>
/** Commits and their dates by full name of the ref. */
export type Stands = Map<string, { readonly oid: string; readonly committedDate: string }>
type Known = { readonly stands: Stands; readonly merged: ReadonlyMap<number, string>; readonly viewer: string }

const page = { hasNextPage: false, endCursor: null, hasPreviousPage: false, startCursor: null }
const list = (nodes: readonly object[]) => ({ nodes, pageInfo: page, totalCount: nodes.length })
const actor = ({ user }: Raw) => user && { __typename: user.type === 'Bot' ? 'Bot' : 'User', login: user.login }

/** All that our questions ask of GraphQL, made of its REST: a root value for GitHub's own schema. */
export const objectsOf = async (rest: Rest, { stands, merged, viewer }: Known) => {
  const raw = await rest('')
  const nodes = new Map<string, object>()
  const known = <T extends object>(id: string, made: T): T => {
    nodes.set(id, made)
    return made
  }
  const repository = known(raw.node_id, {
    __typename: 'Repository',
    id: raw.node_id,
    databaseId: raw.id,
    name: raw.name,
    owner: { __typename: 'Organization', login: raw.owner.login },
    nameWithOwner: raw.full_name,
    url: raw.html_url,
    isArchived: raw.archived,
    isPrivate: raw.private,
    hasIssuesEnabled: raw.has_issues,
    defaultBranchRef: { name: raw.default_branch },
    viewerPermission: 'WRITE',
    mergeCommitAllowed: raw.allow_merge_commit,
    squashMergeAllowed: raw.allow_squash_merge,
    rebaseMergeAllowed: raw.allow_rebase_merge,
    autoMergeAllowed: raw.allow_auto_merge,
    deleteBranchOnMerge: raw.delete_branch_on_merge,
    ref: { refUpdateRule: null, branchProtectionRule: null },
    pullRequest: ({ number }: { readonly number: number }) => pulls.find((one) => one.number === number) ?? null,
    pullRequests: ({ headRefName }: { readonly headRefName: string }) => list(pulls.filter((one) => one.headRefName === headRefName)),
  })

  const said = (one: Raw, __typename: string) =>
    known(one.node_id, {
      __typename,
      id: one.node_id,
      body: one.body ?? '',
      createdAt: one.created_at,
      submittedAt: one.submitted_at,
      state: one.state,
      isMinimized: false,
      viewerDidAuthor: one.user?.login === viewer,
      authorAssociation: 'COLLABORATOR',
      authorCanPushToRepository: true,
      author: actor(one),
      commit: one.commit_id && { __typename: 'Commit', oid: one.commit_id },
    })

  const checkOf = (one: Raw) =>
    known(one.node_id, {
      __typename: 'CheckRun',
      id: one.node_id,
      name: one.name,
      status: one.status.toUpperCase(),
      conclusion: one.conclusion?.toUpperCase() ?? null,
      startedAt: one.started_at,
      url: one.html_url,
      isRequired: false,
      checkSuite: { app: null, workflowRun: null },
      ...one.output,
      annotations: list([]),
    })

  /** It resolves no threads, and says which comment answers which. */
  const threadsOf = (comments: readonly Raw[]) =>
    comments
      .filter(({ in_reply_to_id }) => !in_reply_to_id)
      .map((first) =>
        known(`thread of ${first.node_id}`, {
          __typename: 'PullRequestReviewThread',
          id: `thread of ${first.node_id}`,
          isResolved: false,
          path: first.path,
          line: first.line ?? first.position,
          originalLine: first.line ?? first.position,
          comments: list(
            comments.filter((one) => one === first || one.in_reply_to_id === first.id).map((one) => said(one, 'PullRequestReviewComment')),
          ),
        }),
      )

  const pullOf = async (one: Raw) => {
    const { oid = one.head.sha, committedDate = one.created_at } = stands.get(`refs/pull/${one.number}/head`) ?? {}
    const [reviews, comments, words, { check_runs: runs }] = await Promise.all([
      rest(`/pulls/${one.number}/reviews?per_page=100`),
      rest(`/pulls/${one.number}/comments?per_page=100`),
      rest(`/issues/${one.number}/comments?per_page=100`),
      rest(`/commits/${oid}/check-runs?per_page=100`),
    ])
    const opinions = new Map(reviews.filter(({ state }: Raw) => state !== 'COMMENTED').map((review: Raw) => [review.user.login, review]))
    const head = { __typename: 'Commit', oid, committedDate }
    const mergeCommit = merged.get(one.number)
    return known(one.node_id, {
      __typename: 'PullRequest',
      id: one.node_id,
      number: one.number as number,
      url: one.html_url,
      title: one.title,
      state: mergeCommit ? 'MERGED' : one.state.toUpperCase(),
      isDraft: one.draft,
      updatedAt: one.updated_at,
      totalCommentsCount: words.length + comments.length,
      repository: { nameWithOwner: raw.full_name },
      headRefName: one.head.ref as string,
      headRefOid: oid,
      headRef: { target: head },
      baseRefName: one.base.ref,
      baseRef: { target: { __typename: 'Commit', oid: stands.get(`refs/heads/${one.base.ref}`)?.oid } },
      isCrossRepository: false,
      // It merges whatever it is told to, so that nothing is known of conflicts.
      mergeable: 'UNKNOWN',
      mergeStateStatus: 'UNKNOWN',
      reviewDecision: null,
      mergeCommit: mergeCommit ? { oid: mergeCommit } : null,
      mergeQueueEntry: null,
      isMergeQueueEnabled: false,
      autoMergeRequest: null,
      reviewThreads: list(threadsOf(comments)),
      latestOpinionatedReviews: list([...opinions.values()].map((review) => said(review, 'PullRequestReview'))),
      reviews: list(reviews.filter(({ state }: Raw) => state === 'COMMENTED').map((review: Raw) => said(review, 'PullRequestReview'))),
      comments: list(words.map((word: Raw) => said(word, 'IssueComment'))),
      statusCheckRollup:
        runs.length === 0
          ? null
          : {
              state: 'PENDING',
              commit: head,
              contexts: { ...list(runs.map(checkOf)), checkRunCountsByState: [], statusContextCountsByState: [] },
            },
    })
  }
  const pulls = await Promise.all((await rest('/pulls?state=all&per_page=100')).map(pullOf))

  return {
    viewer: { login: viewer, id: `id of ${viewer}` },
    repository,
    node: ({ id }: { readonly id: string }) => nodes.get(id) ?? null,
    nodes: ({ ids }: { readonly ids: readonly string[] }) => ids.map((id) => nodes.get(id) ?? null),
    rateLimit: { cost: 1, remaining: 4_999 },
  }
}
