import type { Fields } from './asking.ts'
import { actors } from './types/actors.ts'
import * as checks from './types/checks.ts'
import { comment, events } from './types/comments.ts'
import * as items from './types/items.ts'
import { query, rateLimit } from './types/query.ts'
import * as refs from './types/refs.ts'
import * as repositories from './types/repository.ts'
import * as reviews from './types/reviews.ts'

/** Every type of GitHub's schema that the stand-in can answer, field by field. */
export const tables: Readonly<Record<string, Fields<never>>> = {
  ...actors,
  ...events,
  Query: query,
  RateLimit: rateLimit,
  Repository: repositories.repository,
  Label: repositories.label,
  Blob: repositories.blob,
  MergeQueue: repositories.mergeQueue,
  MergeQueueConfiguration: repositories.queueConfiguration,
  MergeQueueEntry: repositories.queueEntry,
  Ref: refs.ref,
  BranchProtectionRule: refs.protectionRule,
  RefUpdateRule: refs.updateRule,
  RequiredStatusCheckDescription: refs.requiredCheck,
  Commit: refs.commit,
  GitActor: refs.gitActor,
  Issue: items.issue,
  SubIssuesSummary: items.subIssuesSummary,
  PullRequest: items.pull,
  PullRequestCommit: items.pullCommit,
  PullRequestChangedFile: items.changedFile,
  AutoMergeRequest: items.autoMerge,
  IssueComment: comment,
  PullRequestReview: reviews.review,
  PullRequestReviewThread: reviews.thread,
  PullRequestReviewComment: reviews.reviewComment,
  ReviewRequest: reviews.reviewRequest,
  StatusCheckRollup: checks.statusCheckRollup,
  StatusCheckRollupContextConnection: checks.contexts,
  CheckRunStateCount: checks.stateCount,
  StatusContextStateCount: checks.stateCount,
  CheckRun: checks.checkRun,
  CheckAnnotation: checks.annotation,
  CheckAnnotationSpan: checks.span,
  CheckAnnotationPosition: checks.position,
  StatusContext: checks.statusContext,
  CheckSuite: checks.checkSuite,
  WorkflowRun: checks.workflowRun,
  Workflow: checks.workflow,
  App: checks.app,
}
