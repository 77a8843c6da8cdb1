import { headline, plain } from '../../../core/kit/text.ts'

/** What git tells of two commits: the head of a change and the head of its base. Never changes for the same two. */
export type Facts = {
  readonly head: string
  readonly base: string
  /** Null when they have no history in common. */
  readonly mergeBase: string | null
  readonly isBehind: boolean
  /** The base has every commit of the head. */
  readonly isContained: boolean
  readonly isConflicting: boolean
  readonly conflictFiles: readonly string[]
  /** What git takes for the tree of both together; null when they conflict. */
  readonly tree: string | null
  readonly patchId: string
}

/** Branch name → commit, from `for-each-ref --format='%(objectname) %(refname)' refs/heads`. */
export const readRefs = (output: string): ReadonlyMap<string, string> =>
  new Map(
    output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(line.indexOf(' ') + 1).replace('refs/heads/', ''), line.slice(0, line.indexOf(' '))]),
  )

/** The tree or the files in conflict, from `merge-tree --write-tree --name-only --no-messages -z`; null when it is neither. */
export const readMergeTree = (output: string): { readonly tree: string; readonly files: readonly string[] } | null => {
  const found = /(?:^|\n)([0-9a-f]{40}|[0-9a-f]{64})\0([\s\S]*)$/.exec(output)
  return found?.[1] === undefined
    ? null
    : { tree: found[1], files: [...new Set((found[2] ?? '').split('\0').filter((file) => file !== ''))] }
}

/** Why git did not push, in few words. */
export const readPushFailure = (output: string): { readonly reason: string; readonly cause: 'moved' | 'other' } => {
  const lines = plain(output)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('hint:') && !line.startsWith('To '))
  const rejected = lines.find((line) => line.includes('rejected]'))
  if (rejected && /\[rejected\]/.test(rejected)) return { reason: 'it has commits there that the workspace does not have', cause: 'moved' }
  const line = lines.find((one) => /^(?:fatal|error|remote):/.test(one)) ?? lines[0] ?? 'git gave no reason'
  return {
    reason: headline(rejected ? `${/\(([^)]*)\)\s*$/.exec(rejected)?.[1] ?? rejected}; ${line}` : line, 200).replace(/\.$/, ''),
    cause: 'other',
  }
}

/** A commit as `rev-list --no-commit-header --format=%T%x00%P%x00%an%x00%ae%x00%aI%x00%B` prints it. */
export const readCommit = (output: string) => {
  const [tree = '', parents = '', name = '', email = '', date = '', message = ''] = output.split('\0')
  return { tree, parents: parents.split(' ').filter((parent) => parent !== ''), name, email, date, message: message.trimEnd() }
}

/** One line of somebody else's words, free of control characters, at most 200 characters; `otherwise` when nothing is left. */
export const titleLine = (text: string, otherwise: string): string => headline(plain(text).replaceAll('\t', ' '), 200) || otherwise
