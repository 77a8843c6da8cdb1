import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Project } from '../../core/contracts/plugins.ts'
import { runSmall } from './shell.ts'

/** A real repository for one test. */
export type Repo = {
  /** Its checkout, on branch `main`. Absolute and free of symlinks. */
  readonly path: string
  /** The bare repository that is its `origin`; null when it was made without. */
  readonly remote: string | null
  /** The repository as plugins see it: project `shop`, base `main`. */
  readonly project: Project
  /** Runs git in the checkout, or in `cwd`, and gives what it printed without the last newline. Rejects when git fails. */
  git(args: readonly string[], cwd?: string): Promise<string>
  /** Writes files, path → text, below the checkout or `cwd`. */
  write(files: Readonly<Record<string, string>>, cwd?: string): Promise<void>
  /** Writes the files, commits everything and gives the commit's hash. */
  commit(message: string, files?: Readonly<Record<string, string>>, cwd?: string): Promise<string>
  /** Removes the repository, its remote and everything else in its folder. */
  remove(): Promise<void>
}

/**
 * Makes a repository with an identity of its own, `files` small files (`src/<n>.txt`; 3 by default) in `commits` commits (1 by
 * default), and, with `remote`, a bare repository beside it that has been pushed to.
 */
export const makeRepo = async ({
  files = 3,
  commits = 1,
  remote = false,
}: {
  readonly files?: number
  readonly commits?: number
  readonly remote?: boolean
} = {}): Promise<Repo> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'ao-repo-')))
  const path = join(folder, 'shop')
  const bare = remote ? join(folder, 'shop.git') : null
  const repo = openRepo(folder, path, bare)
  await initialise(join(path, '.git'), configOf(bare))
  for (let n = 1; n <= commits; n += 1) await repo.commit(`commit ${n}`, someFiles(files, n))
  if (bare === null) return repo
  await initialise(bare, '[core]\n\tbare = true\n')
  if (commits === 0) return repo
  for (const folder of ['objects', 'refs']) await cp(join(path, '.git', folder), join(bare, folder), { recursive: true })
  await repo.git(['update-ref', 'refs/remotes/origin/main', 'main'])
  return repo
}

// What `git init` makes, written by hand: each git command costs a test some milliseconds.
const initialise = async (folder: string, config: string): Promise<void> => {
  for (const name of ['objects', 'refs/heads']) await mkdir(join(folder, name), { recursive: true })
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/main\n')
  await writeFile(join(folder, 'config'), config)
}

// Without automatic maintenance a commit starts no second process.
const configOf = (remote: string | null): string =>
  [
    '[user]\n\tname = Ada\n\temail = ada@example.com\n[maintenance]\n\tauto = false\n[gc]\n\tauto = 0\n',
    remote === null ? '' : `[remote "origin"]\n\turl = ${remote}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`,
    remote === null ? '' : '[branch "main"]\n\tremote = origin\n\tmerge = refs/heads/main\n',
  ].join('')

const openRepo = (folder: string, path: string, remote: string | null): Repo => {
  const git: Repo['git'] = (args, cwd = path) => gitIn(cwd, args, { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' })
  const write: Repo['write'] = async (files, cwd = path) => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(cwd, name)), { recursive: true })
      await writeFile(join(cwd, name), text)
    }
  }
  return {
    path,
    remote,
    project: { name: 'shop', path, base: 'main' },
    git,
    write,
    commit: async (message, files = {}, cwd = path) => {
      await write(files, cwd)
      await git(['add', '--all'], cwd)
      await git(['commit', '--quiet', '--allow-empty', '--message', message], cwd)
      return git(['rev-parse', 'HEAD'], cwd)
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Runs git in a folder and gives what it printed without the last newline. @throws Error with what it said when it fails. */
export const gitIn = async (
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input?: string,
): Promise<string> => {
  const { PATH, HOME, TMPDIR } = process.env
  const { status, output, complaint } = await runSmall('git', args, {
    cwd,
    env: { PATH, HOME, TMPDIR, ...env, LC_ALL: 'C' },
    ...(input !== undefined && { input }),
  })
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${complaint}${output}`)
  return output.toString().replace(/\n$/, '')
}

const someFiles = (count: number, round: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`src/${n + 1}.txt`, `file ${n + 1}, round ${round}\n`]))
