import type { Repository } from './state.ts'

const prefixes = {
  User: 'U',
  Bot: 'BOT',
  Organization: 'O',
  Repository: 'R',
  App: 'A',
  Issue: 'I',
  PullRequest: 'PR',
  Label: 'LA',
  IssueComment: 'IC',
  PullRequestReview: 'PRR',
  PullRequestReviewThread: 'PRRT',
  PullRequestReviewComment: 'PRRC',
  CheckSuite: 'CS',
  CheckRun: 'CR',
  StatusContext: 'SC',
  MergeQueueEntry: 'MQE',
  BranchProtectionRule: 'BPR',
  Milestone: 'MI',
} as const

export type IdKind = keyof typeof prefixes

/** A node id as GitHub makes them today: a prefix and base64 of packed numbers. `within`: the id of the repository it began in. */
export const nodeId = (kind: IdKind, id: number, within: number | null = null): string =>
  `${prefixes[kind]}_${packed(within === null ? [id] : [within, id]).toString('base64url')}`

/** The node id of a commit, which is made of its repository and its own name. */
export const commitNodeId = (repository: Repository, oid: string): string =>
  `C_${Buffer.concat([packed([repository.id], 1), Buffer.from([0xd9, oid.length]), Buffer.from(oid)]).toString('base64url')}`

/** Reads such an id back; null when it is none. */
export const readCommitNodeId = (id: string): { readonly repository: number; readonly oid: string } | null => {
  if (!id.startsWith('C_')) return null
  const bytes = Buffer.from(id.slice(2), 'base64url')
  const oid = bytes.subarray(9).toString()
  return bytes.length > 9 && /^[0-9a-f]{40}$/.test(oid) ? { repository: bytes.readUInt32BE(3), oid } : null
}

/** MessagePack of `[0, …numbers]`, each as an unsigned 32 bit one; `more` leaves room for further members. */
const packed = (numbers: readonly number[], more = 0): Buffer => {
  const bytes = Buffer.alloc(2 + 5 * numbers.length)
  bytes.writeUInt8(0x91 + numbers.length + more, 0)
  numbers.forEach((number, index) => {
    bytes.writeUInt8(0xce, 2 + 5 * index)
    bytes.writeUInt32BE(number, 3 + 5 * index)
  })
  return bytes
}
