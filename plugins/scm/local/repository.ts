import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type Options as ExecaOptions, execa } from 'execa'
import { explain, isFault } from '../../../core/kit/fault.ts'
import { openGit } from '../../../core/kit/git.ts'
import { fault } from './faults.ts'
import { type Facts, readCommit, readMergeTree, readRefs } from './read.ts'

/** A bare repository, asked and written without a checkout. What git cannot do is a REMOTE_UNUSABLE. */
export type Repository = ReturnType<typeof openRepository>

/** Opens the bare repository at `path`; it must exist. */
export const openRepository = (path: string) => {
  const cache = new Map<string, Promise<Facts>>()
  const patchIds = new Map<string, string>()

  const raw = async (args: readonly string[], { signal, env = {} }: Asked = {}): Promise<string> => {
    try {
      // GIT_DIR: without it git would look for a repository in the folders above when this one is damaged.
      return await openGit(path, { ...(signal && { signal }), env: { GIT_DIR: path, ...env } }).raw([...args])
    } catch (error) {
      signal?.throwIfAborted()
      throw fault('REMOTE_UNUSABLE', { path, reason: reasonOf(args[0], explain(error)) }, { cause: error })
    }
  }

  const mergeBase = async (one: string, other: string): Promise<string | null> => {
    try {
      return (await raw(['merge-base', one, other])).trim()
    } catch (error) {
      // It exits with 1 and says nothing when there is none.
      if (isFault(error) && error.cause instanceof Error && error.cause.message === '') return null
      throw error
    }
  }

  const mergeTree = async (base: string, head: string) => {
    const args = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', base, head]
    try {
      return { tree: readMergeTree(await raw(args))?.tree ?? null, files: [] }
    } catch (error) {
      // It exits with 1 for a conflict, and prints the same list.
      const found = isFault(error) && error.cause instanceof Error ? readMergeTree(error.cause.message) : null
      if (!found) throw error
      return { tree: null, files: found.files }
    }
  }

  const patchId = async (from: string, head: string): Promise<string> => {
    const key = `${from} ${head}`
    const known = patchIds.get(key)
    if (known !== undefined) return known
    const found = await readPatchId(path, from, head)
    remember(patchIds, key, found)
    return found
  }

  const findFacts = async (base: string, head: string): Promise<Facts> => {
    const common = await mergeBase(base, head)
    const isBehind = common !== base
    const isContained = common === head
    const merged = await (async () => {
      if (common === null) return { tree: null, files: [] }
      if (isContained) return { tree: `${base}^{tree}`, files: [] }
      return isBehind ? mergeTree(base, head) : { tree: `${head}^{tree}`, files: [] }
    })()
    return {
      head,
      base,
      mergeBase: common,
      isBehind,
      isContained,
      isConflicting: merged.tree === null,
      conflictFiles: merged.files,
      tree: merged.tree,
      patchId: isContained ? '' : await patchId(common ?? base, head),
    }
  }

  return {
    path,
    raw,
    mergeBase,
    mergeTree,
    patchId,
    /** All branches, in one child process. */
    refs: async (signal?: AbortSignal) =>
      readRefs(await raw(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads'], { ...(signal && { signal }) })),
    /** What is so of these two commits; worked out once. */
    facts: (base: string, head: string): Promise<Facts> => {
      const key = `${base} ${head}`
      const known = cache.get(key)
      if (known) return known
      const found = findFacts(base, head)
      remember(cache, key, found)
      found.catch(() => cache.delete(key)) // whoever awaits it hears of it; the next look tries again
      return found
    },
    /** Does `commit` have `older` in its history? */
    contains: async (commit: string, older: string) => (await mergeBase(commit, older)) === older,
    hasCommit: async (commit: string) => {
      if (!/^[0-9a-f]{40,64}$/.test(commit)) return false
      // `cat-file -e` exits with 1 for both "not there" and "damaged": neither can be reviewed.
      return raw(['cat-file', '-e', `${commit}^{commit}`]).then(
        () => true,
        () => false,
      )
    },
    /** A branch that git does not list although its file is there is damaged, not deleted. */
    isBranchDamaged: (branch: string) => statSync(join(path, 'refs', 'heads', branch), { throwIfNoEntry: false })?.isFile() ?? false,
    commit: async (commit: string) =>
      readCommit(await raw(['rev-list', '--max-count=1', '--no-commit-header', '--format=%T%x00%P%x00%an%x00%ae%x00%aI%x00%B', commit])),
    /** Moves and deletes branches all together, or none when one is no longer what it was: then false. */
    move: (lines: readonly string[]): Promise<boolean> => move(path, lines),
  }
}

type Asked = { readonly signal?: AbortSignal; readonly env?: Readonly<Record<string, string>> }

const reasonOf = (command: string | undefined, text: string): string =>
  `git ${command} failed (${text.trim().split('\n', 1)[0]?.slice(0, 200) || 'without a word'})`

const rememberedEntries = 2_000
const remember = <T>(cache: Map<string, T>, key: string, value: T): void => {
  cache.set(key, value)
  const oldest = cache.keys().next()
  if (cache.size > rememberedEntries && !oldest.done) cache.delete(oldest.value)
}

/**
 * `--verbatim` is `--stable` that does not ignore white space: an approval must not outlive a changed indentation.
 * `diff-tree` heeds none of the user's settings for diffs. https://git-scm.com/docs/git-patch-id
 */
const readPatchId = async (path: string, from: string, head: string): Promise<string> => {
  const settings = plumbing(path)
  try {
    const { stdout } = await execa('git', ['diff-tree', '-r', '-p', '--full-index', '--no-ext-diff', '--no-textconv', from, head], {
      ...settings,
      buffer: false,
    }).pipe('git', ['patch-id', '--verbatim'], settings)
    return stdout.split(' ', 1)[0] ?? ''
  } catch (error) {
    throw fault('REMOTE_UNUSABLE', { path, reason: reasonOf('diff-tree', explain(error)) }, { cause: error })
  }
}

const move = async (path: string, lines: readonly string[]): Promise<boolean> => {
  const input = ['start', ...lines, 'prepare', 'commit', ''].join('\n')
  const result = await execa('git', ['update-ref', '--stdin'], { ...plumbing(path), input, reject: false })
  if (result.exitCode === 0) return true
  // "is at X but expected Y", "reference is missing": the branch moved. All else is the repository's trouble.
  if (/but expected|unable to resolve reference|reference already exists|reference is missing/.test(result.stderr)) return false
  throw fault('REMOTE_UNUSABLE', { path, reason: reasonOf('update-ref', result.stderr) })
}

/** Git with standard input, which the usual way has not. The same few variables and nothing else. */
const plumbing = (path: string) =>
  ({
    cwd: path,
    extendEnv: false,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      GIT_CONFIG_GLOBAL: process.env.GIT_CONFIG_GLOBAL,
      GIT_DIR: path,
      LC_ALL: 'C',
    },
  }) satisfies ExecaOptions
