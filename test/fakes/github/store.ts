import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ChangedFile, Commit, Git } from './state.ts'
import { readCommit, readObject, writeCommits } from './store/commits.ts'
import { changesBetween, readPatches } from './store/diffs.ts'
import { makeGraph } from './store/graph.ts'
import { openPipe, runGit } from './store/run.ts'

const config = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	quotePath = false
[http]
	receivepack = true
[receive]
	hideRefs = refs/pull
	autogc = false
[transfer]
	hideRefs = refs/ao
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
[gc]
	auto = 0
`

/** An empty bare repository in a folder that is not there yet. Made by hand, since `git init` takes longer than all the rest. */
export const makeStore = async (folder: string, defaultBranch: string): Promise<Git> => {
  for (const inner of ['objects/pack', 'objects/info', 'refs/heads', 'refs/tags']) await mkdir(join(folder, inner), { recursive: true })
  await writeFile(join(folder, 'HEAD'), `ref: refs/heads/${defaultBranch}\n`)
  await writeFile(join(folder, 'config'), config)

  const objects = openPipe(folder, ['cat-file', '--batch'])
  const trees = openPipe(folder, ['diff-tree', '--stdin', '-r', '-M', '--raw', '--numstat', '-z'])
  const commits = new Map<string, Commit>()

  const run: Git['run'] = async (arguments_, options) => {
    const { status, output, complaint } = await runGit(folder, arguments_, options)
    if (status !== 0) throw new Error(`git ${arguments_.join(' ')}: ${complaint || output}`)
    return output.toString().replace(/\n$/, '')
  }
  const commit: Git['commit'] = async (oid) => {
    const found = commits.get(oid)
    if (found) return found
    const read = await objects.ask(`${oid}\n`, readObject)
    if (read?.type !== 'commit') return null
    const made = readCommit(oid, read.body)
    commits.set(oid, made)
    return made
  }
  const compare = makeGraph(commit)
  const treeOf = async (oid: string): Promise<string> =>
    (await commit(oid))?.tree ?? Promise.reject(new Error(`There is no commit ${oid}.`))

  const changes = kept(async (from: string, to: string) => changesBetween(trees, await treeOf(from), await treeOf(to)))
  const files: Git['files'] = async (base, head) => {
    const { mergeBase } = await compare(base, head)
    return mergeBase === null ? [] : changes(mergeBase, head)
  }
  const mergeTree: Git['mergeTree'] = async (base, head) => {
    const { behindBy, aheadBy } = await compare(base, head)
    if (behindBy === 0 || aheadBy === 0) return { tree: await treeOf(behindBy === 0 ? head : base), conflicts: [] }
    const { status, output, complaint } = await runGit(folder, [
      'merge-tree',
      '--write-tree',
      '--name-only',
      '--no-messages',
      '-z',
      base,
      head,
    ])
    if (status !== 0 && status !== 1) throw new Error(`git merge-tree: ${complaint}`)
    const [tree = '', ...conflicts] = output
      .toString()
      .split('\0')
      .filter((part) => part !== '')
    return { tree, conflicts }
  }
  const isMergeable = kept(async (base: string, head: string) => {
    const { mergeBase, behindBy, aheadBy } = await compare(base, head)
    if (behindBy === 0 || aheadBy === 0) return true
    if (mergeBase !== null && areApart(await changes(mergeBase, base), await changes(mergeBase, head))) return true
    return (await mergeTree(base, head)).conflicts.length === 0
  })

  return {
    folder,
    run,
    commit,
    compare,
    files,
    mergeTree,
    isMergeable,
    write: (all) => writeCommits(folder, all),
    point: async (refs) => {
      await Promise.all(Object.entries(refs).map(([ref, oid]) => (oid === null ? removeRef(folder, ref) : pointRef(folder, ref, oid, run))))
    },
    heads: (branches) => readHeads(join(folder, 'refs/heads'), branches),
    patches: kept(async (base, head) => {
      const { mergeBase } = await compare(base, head)
      return readPatches(await run(['diff', '-M', '--no-color', mergeBase ?? base, head]))
    }, 8),
    close: () => {
      objects.close()
      trees.close()
    },
  }
}

/** Remembers answers about pairs of commits, as many as wanted. */
const kept = <Answer>(ask: (a: string, b: string) => Promise<Answer>, most = 50_000): ((a: string, b: string) => Promise<Answer>) => {
  const answers = new Map<string, Promise<Answer>>()
  return (a, b) => {
    const pair = `${a} ${b}`
    const answer = answers.get(pair) ?? ask(a, b)
    answers.set(pair, answer)
    answer.catch(() => answers.delete(pair))
    const [oldest] = answers.keys()
    if (answers.size > most && oldest !== undefined) answers.delete(oldest)
    return answer
  }
}

/** Do two sets of changes touch nothing in common, not even a folder of the one and a file of the other? Renames are left to git. */
const areApart = (one: readonly ChangedFile[], other: readonly ChangedFile[]): boolean => {
  if ([...one, ...other].some(({ status }) => status === 'renamed')) return false
  const paths = new Set(one.map(({ path }) => path))
  const folders = new Set(one.flatMap(({ path }) => foldersOf(path)))
  return other.every(({ path }) => !paths.has(path) && !folders.has(path) && !foldersOf(path).some((folder) => paths.has(folder)))
}

const foldersOf = (path: string): readonly string[] => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index))

/** Refs are never packed here, so a ref is its file. */
const pointRef = async (folder: string, ref: string, oid: string, run: Git['run']): Promise<void> => {
  const file = join(folder, ref)
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(`${file}.new`, `${oid}\n`)
    await rename(`${file}.new`, file)
  } catch {
    await rm(`${file}.new`, { force: true })
    await run(['update-ref', ref, oid]) // an empty folder in the way, which git knows how to remove; if not, it says why
  }
}

const removeRef = (folder: string, ref: string): Promise<void> => rm(join(folder, ref), { force: true })

const readHeads = async (folder: string, branches: readonly string[] | null): Promise<ReadonlyMap<string, string>> => {
  const heads = await Promise.all(
    (branches ?? (await branchesIn(folder))).map(async (name): Promise<readonly (readonly [string, string])[]> => {
      const text = await readFile(join(folder, name), 'utf8').catch(() => null) // it is not there any more
      return text === null ? [] : [[name, text.trim()]]
    }),
  )
  return new Map(heads.flat())
}

const branchesIn = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile() && !/\.(?:lock|new)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}
