import { appendFile, cp, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Host, WorkspaceRef } from '../../../core/contracts/plugins.ts'
import { slug } from '../../../core/kit/text.ts'
import { type LocalForge, openForge } from '../../../plugins/scm/local/forge.ts'
import { options } from '../../../plugins/scm/local/options.ts'
import type { ScmWorld } from '../../contracts/scm.ts'
import { type FakeHost, makeHost } from '../../fakes/host.ts'
import { makeRepo, type Repo } from '../../fakes/repo.ts'

/** The local forge over a real repository, with its bare remote at `bare`. */
export type LocalWorld = ScmWorld & {
  readonly scm: LocalForge
  readonly host: FakeHost
  readonly repo: Repo
  readonly bare: string
  /** The forge as a new start of the bot would make it, with the same documents. */
  reopened(settings?: Record<string, unknown>, host?: Host): LocalForge
}

/** Makes one. `checks` are names of checks that wait until `endCheck` ends them; `settings` are options on top. */
export const makeLocalWorld = async ({
  checks = [],
  settings = {},
}: {
  readonly checks?: readonly string[]
  readonly settings?: Record<string, unknown>
} = {}): Promise<LocalWorld> => {
  const [host, folder] = await Promise.all([makeHost(), realpath(await mkdtemp(join(tmpdir(), 'ao-scm-')))])
  const repo = await copyRepo(join(folder, 'shop'))
  await quietGit(folder)
  const control = join(folder, 'control')
  await mkdir(control)
  const bare = join(host.dataFolder, 'remotes', 'shop.git')
  const waiting = checks.map((name) => ({ name, run: waitFor(join(control, name)) }))
  const reopened = (more: Record<string, unknown> = settings, other: Host = host): LocalForge =>
    openForge(options.parse({ checks: waiting, parallelChecks: 4, ...more }), other, { host: 'here', project: repo.project })
  const scm = reopened()
  const bareGit = (...args: readonly string[]) => repo.git(['--git-dir', bare, ...args])
  return {
    scm,
    host,
    repo,
    bare,
    reopened,
    project: repo.project,
    workspace: (branch) => addWorkspace(repo, join(folder, slug(branch)), branch),
    commit: (workspace, files) => repo.commit(`change ${Object.keys(files).join(' ')}`, files, workspace.path),
    push: async ({ path, branch }) => void (await repo.git(['push', '--quiet', '--force', bare, `HEAD:refs/heads/${branch}`], path)),
    moveBase: async (files) => {
      const elsewhere = await mkdtemp(join(folder, 'elsewhere-'))
      await repo.git(['clone', '--quiet', bare, elsewhere])
      await repo.git(['config', 'user.name', 'Eve'], elsewhere)
      await repo.git(['config', 'user.email', 'eve@example.com'], elsewhere)
      const commit = await repo.commit('elsewhere', files, elsewhere)
      await repo.git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], elsewhere)
      return commit
    },
    rebase: async ({ path }) => {
      await repo.git(['fetch', '--quiet', bare, 'main'], path)
      await repo.git(['rebase', '--quiet', 'FETCH_HEAD'], path)
      return repo.git(['rev-parse', 'HEAD'], path)
    },
    baseLog: async () =>
      (await bareGit('log', '--format=%H%x09%s%x09%an%x09%P', 'main')).split('\n').map((line) => {
        const [commit = '', subject = '', author = '', parents = ''] = line.split('\t')
        return { commit, subject, author, parents: parents.split(' ').filter((one) => one !== '').length }
      }),
    branches: async () => (await bareGit('for-each-ref', '--format=%(refname:short)', 'refs/heads')).split('\n'),
    endCheck: async (ref, { head, name, passes, log }) => {
      await writeFile(join(control, `${name}.${head}`), `cat <<'END'\n${log}\nEND\nexit ${passes ? 0 : 1}\n`)
      const [change] = await scm.look([{ project: ref.project, number: ref.number, branch: '' }], new AbortController().signal)
      if (change && !(change instanceof Error) && change.checks !== 'pending') await scm.recheck(ref, head)
    },
    comment: (ref, comment) => scm.comment(ref, comment),
    reply: (ref, thread, comment) => scm.reply(ref, thread, comment),
    resolve: (ref, thread) => scm.resolve(ref, thread),
    draft: (ref, isDraft) => scm.draft(ref, isDraft),
    close: async () => {
      host.stop()
      await emptied(join(host.dataFolder, 'checks', 'shop'))
      await Promise.all([host.close(), rm(folder, { recursive: true, force: true })])
    },
  }
}

let pattern: Promise<Repo> | null = null
afterAll(async () => {
  await (await pattern)?.remove()
  pattern = null
})

/** A copy of a repository that is made once for each test file. */
const copyRepo = async (path: string): Promise<Repo> => {
  pattern ??= makeRepo()
  const { git, write, commit, ...rest } = await pattern
  await cp(rest.path, path, { recursive: true })
  await appendFile(join(path, '.git/config'), settings)
  return {
    ...rest,
    path,
    project: { ...rest.project, path },
    git: (args, cwd = path) => git(args, cwd),
    write: (files, cwd = path) => write(files, cwd),
    commit: (message, files, cwd = path) => commit(message, files, cwd),
  }
}

/** Git without the settings of whoever runs the tests, and without its own housekeeping. */
const quietGit = async (home: string): Promise<void> => {
  await writeFile(join(home, '.gitconfig'), settings)
  process.env.HOME = home
}
const settings = '[maintenance]\n\tauto = false\n[gc]\n\tauto = 0\n[receive]\n\tautogc = false\n'

/** Waits for a file named by the commit and does what it says. */
const waitFor = (path: string): string => `while [ ! -f "${path}.$AO_COMMIT" ]; do sleep 0.05; done; . "${path}.$AO_COMMIT"`

const addWorkspace = async (repo: Repo, path: string, branch: string): Promise<WorkspaceRef> => {
  const baseCommit = await repo.git(['rev-parse', 'main'])
  await repo.git(['worktree', 'add', '--quiet', '--no-track', '-b', branch, path, 'main'])
  return { path, branch, baseCommit }
}

/** Runs that were ended take their checkouts with them. */
const emptied = async (folder: string): Promise<void> => {
  for (let waited = 0; waited < 5_000; waited += 20) {
    const names = await readdir(folder).catch(() => []) // no check has run
    if (names.length === 0) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
