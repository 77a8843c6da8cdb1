export type Commit = {
  readonly oid: string
  readonly tree: string
  readonly parents: readonly string[]
  readonly author: Signature
  readonly committer: Signature
  readonly message: string
}

export type Signature = { readonly name: string; readonly email: string; readonly at: number }

export type ChangedFile = {
  readonly path: string
  readonly previousPath: string | null
  readonly status: 'added' | 'modified' | 'removed' | 'renamed'
  readonly additions: number
  readonly deletions: number
}

/** From the merge base of two commits to the second. `commits`: oldest first, without those the first one has. */
export type Comparison = {
  readonly mergeBase: string | null
  readonly aheadBy: number
  readonly behindBy: number
  readonly commits: readonly Commit[]
}

/** A commit to be made. Its tree: `tree` or the first parent's, with `files` put over it (null removes one). */
export type NewCommit = {
  /** The ref that moves to it, whatever it was before. */
  readonly ref: string
  readonly parents: readonly string[]
  readonly tree?: string
  readonly files?: Readonly<Record<string, string | null>>
  readonly message: string
  readonly author: Signature
  readonly committer?: Signature
}

/** The bare repository of a repository. Answers about commits are kept, since commits never change. */
export type Git = {
  readonly folder: string
  /** Runs git in it and gives what it says, without the last line end. Rejects when it fails. */
  run(arguments_: readonly string[], options?: { readonly input?: string; readonly environment?: Record<string, string> }): Promise<string>
  /** Makes commits, all in one go, and gives their names. A parent may be `:n`: the nth of this list, from 1. */
  write(commits: readonly NewCommit[]): Promise<readonly string[]>
  /** Points refs somewhere, or removes them (null). */
  point(refs: Readonly<Record<string, string | null>>): Promise<void>
  /** Branch → head, read from disk: of these branches, as far as they are there, or of all (null). */
  heads(branches: readonly string[] | null): Promise<ReadonlyMap<string, string>>
  commit(oid: string): Promise<Commit | null>
  compare(base: string, head: string): Promise<Comparison>
  /** What the head changes against its merge base with the base. */
  files(base: string, head: string): Promise<readonly ChangedFile[]>
  /** The patches of those files by path, as REST gives them (no header lines); without binary and very large ones. */
  patches(base: string, head: string): Promise<ReadonlyMap<string, string>>
  /** Would the two merge without a conflict? */
  isMergeable(base: string, head: string): Promise<boolean>
  /** The tree of their merge, and the files that conflict (then the tree is of no use). */
  mergeTree(base: string, head: string): Promise<{ readonly tree: string; readonly conflicts: readonly string[] }>
  close(): void
}
