import { type Options as ExecaOptions, execa } from 'execa'
import { explain } from './fault.ts'
import { openGit } from './git.ts'

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

/** A repository, asked and written without a checkout. What git cannot do throws what `fail` makes of the reason. */
export type Repository = ReturnType<typeof openRepository>

type Asked = { readonly signal?: AbortSignal; readonly env?: Readonly<Record<string, string>> }

/**
 * Opens the repository at `path`, a bare one or the common git folder of a checkout; it must exist. `fail` gets a reason in few
 * words ("git merge-tree failed (…)") and what git threw.
 */
export const openRepository = (path: string, { fail }: { readonly fail: (reason: string, cause: unknown) => Error }) => {
  const cache = new Map<string, Promise<Facts>>()
  const patchIds = new Map<string, string>()
  const failed = (command: string | undefined, error: unknown): Error => fail(reasonOf(command, explain(error)), error)

  // GIT_DIR: without it git would look for a repository in the folders above when this one is damaged.
  const ask = (args: readonly string[], { signal, env = {} }: Asked = {}): Promise<string> =>
    openGit(path, { ...(signal && { signal }), env: { GIT_DIR: path, ...env } }).raw([...args])

  const raw = async (args: readonly string[], asked: Asked = {}): Promise<string> => {
    try {
      return await ask(args, asked)
    } catch (error) {
      asked.signal?.throwIfAborted()
      throw failed(args[0], error)
    }
  }

  const mergeBase = async (one: string, other: string): Promise<string | null> => {
    try {
      return (await ask(['merge-base', one, other])).trim()
    } catch (error) {
      // It exits with 1 and says nothing when there is none.
      if (error instanceof Error && error.message === '') return null
      throw failed('merge-base', error)
    }
  }

  const mergeTree = async (base: string, head: string): Promise<Merged> => {
    try {
      const printed = await ask(['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', base, head])
      return { tree: readMergeTree(printed)?.tree ?? null, files: [] }
    } catch (error) {
      // It exits with 1 for a conflict, and prints the same list.
      const found = error instanceof Error ? readMergeTree(error.message) : null
      if (!found) throw failed('merge-tree', error)
      return { tree: null, files: found.files }
    }
  }

  const patchId = async (from: string, head: string): Promise<string> => {
    const key = `${from} ${head}`
    const known = patchIds.get(key)
    if (known !== undefined) return known
    const found = await readPatchId(path, { from, head }).catch((error) => {
      throw failed('diff-tree', error)
    })
    remember(patchIds, key, found)
    return found
  }

  const findFacts = async (base: string, head: string): Promise<Facts> => {
    const common = await mergeBase(base, head)
    const isBehind = common !== base
    const isContained = common === head
    const merged = await (async (): Promise<Merged> => {
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
    /** The newest commit that both have; null when they have no history in common. */
    mergeBase,
    /** Both together as a tree, or null and the files in conflict. */
    mergeTree,
    /** The fingerprint of the diff of two commits; empty when there is none. */
    patchId,
    /** All branches, or the refs below another place ("refs/ao/forge"), as name → commit, in one child process. */
    refs: async (signal?: AbortSignal, below = 'refs/heads') =>
      readRefs(await raw(['for-each-ref', '--format=%(objectname) %(refname)', below], { ...(signal && { signal }) }), below),
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
      return ask(['cat-file', '-e', `${commit}^{commit}`]).then(
        () => true,
        () => false,
      )
    },
    commit: async (commit: string) =>
      readCommit(await raw(['rev-list', '--max-count=1', '--no-commit-header', '--format=%T%x00%P%x00%an%x00%ae%x00%aI%x00%B', commit])),
    /** Moves and deletes refs all together (lines of `git update-ref --stdin`), or none when one is no longer what it was: then false. */
    move: async (lines: readonly string[]): Promise<boolean> => {
      const input = ['start', ...lines, 'prepare', 'commit', ''].join('\n')
      const result = await execa('git', ['update-ref', '--stdin'], { ...plumbing(path), input, reject: false })
      if (result.exitCode === 0) return true
      // "is at X but expected Y", "reference is missing": the branch moved. All else is the repository's trouble.
      if (/but expected|unable to resolve reference|reference already exists|reference is missing/.test(result.stderr)) return false
      throw fail(reasonOf('update-ref', result.stderr), result)
    },
  }
}

/** A merge without a checkout: its tree, or null and the files in conflict. */
type Merged = { readonly tree: string | null; readonly files: readonly string[] }

const reasonOf = (command: string | undefined, text: string): string =>
  `git ${command} failed (${text.trim().split('\n', 1)[0]?.slice(0, 200) || 'without a word'})`

const rememberedEntries = 2_000
const remember = <T>(cache: Map<string, T>, key: string, value: T): void => {
  cache.set(key, value)
  const oldest = cache.keys().next()
  if (cache.size > rememberedEntries && !oldest.done) cache.delete(oldest.value)
}

/** Name → commit, from `for-each-ref --format='%(objectname) %(refname)' <below>`. */
const readRefs = (output: string, below: string): ReadonlyMap<string, string> =>
  new Map(
    output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(line.indexOf(' ') + 1).replace(`${below}/`, ''), line.slice(0, line.indexOf(' '))]),
  )

/** The tree or the files in conflict, from `merge-tree --write-tree --name-only --no-messages -z`; null when it is neither. */
const readMergeTree = (output: string): { readonly tree: string; readonly files: readonly string[] } | null => {
  const found = /(?:^|\n)([0-9a-f]{40}|[0-9a-f]{64})\0([\s\S]*)$/.exec(output)
  return found?.[1] === undefined
    ? null
    : { tree: found[1], files: [...new Set((found[2] ?? '').split('\0').filter((file) => file !== ''))] }
}

/** A commit as `rev-list --no-commit-header --format=%T%x00%P%x00%an%x00%ae%x00%aI%x00%B` prints it. */
const readCommit = (output: string) => {
  const [tree = '', parents = '', name = '', email = '', date = '', message = ''] = output.split('\0')
  return { tree, parents: parents.split(' ').filter((parent) => parent !== ''), name, email, date, message: message.trimEnd() }
}

/**
 * `--verbatim` is `--stable` that does not ignore white space: an approval must not outlive a changed indentation.
 * `diff-tree` heeds none of the user's settings for diffs. https://git-scm.com/docs/git-patch-id
 */
const readPatchId = async (path: string, { from, head }: { readonly from: string; readonly head: string }): Promise<string> => {
  const settings = plumbing(path)
  const { stdout } = await execa('git', ['diff-tree', '-r', '-p', '--full-index', '--no-ext-diff', '--no-textconv', from, head], {
    ...settings,
    buffer: false,
  }).pipe('git', ['patch-id', '--verbatim'], settings)
  return stdout.split(' ', 1)[0] ?? ''
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
