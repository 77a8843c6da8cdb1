import type { SimpleGit } from 'simple-git'

/** What `git status` says of one checkout. */
export type Status = {
  /** Null before the first commit. */
  readonly head: string | null
  /** Changed, staged and untracked paths, not the ignored ones; a rename counts as both of its names. */
  readonly dirty: readonly string[]
  /** Untracked folders that are git repositories of their own. Complete only when `untracked` was `all`. */
  readonly nested: readonly string[]
  /** Are there unmerged paths, so that the index cannot become a tree? */
  readonly hasConflicts: boolean
}

/**
 * Asks git in one child process. User settings that would hide something are overruled. `normal` names an untracked folder
 * once, `all` names each file in it.
 */
export const askStatus = async (git: SimpleGit, untracked: 'normal' | 'all'): Promise<Status> =>
  readStatus(
    await git.raw(
      'status',
      '--porcelain=v2',
      '--branch',
      '-z',
      '--no-renames',
      '--ignore-submodules=none',
      `--untracked-files=${untracked}`,
    ),
  )

/** Reads `git status --porcelain=v2 --branch -z --no-renames`. Pure. https://git-scm.com/docs/git-status#_porcelain_format_version_2 */
export const readStatus = (text: string): Status => {
  const entries = text.split('\0').filter((entry) => entry !== '')
  const oid = entries.find((entry) => entry.startsWith(oidHeader))?.slice(oidHeader.length)
  const dirty = entries.flatMap((entry) => pathOf(entry) ?? [])
  return {
    head: oid === undefined || oid === '(initial)' ? null : oid,
    dirty,
    nested: entries.filter((entry) => entry.startsWith('? ') && entry.endsWith('/')).map((entry) => entry.slice(2, -1)),
    hasConflicts: entries.some((entry) => entry.startsWith('u ')),
  }
}

const oidHeader = '# branch.oid '

/** Fields before the path, by the kind of entry. */
const fieldsBefore: Readonly<Record<string, number>> = { '1': 8, u: 10, '?': 1 }

const pathOf = (entry: string): string | null => {
  const fields = fieldsBefore[entry[0] ?? '']
  return fields === undefined ? null : entry.split(' ').slice(fields).join(' ')
}
