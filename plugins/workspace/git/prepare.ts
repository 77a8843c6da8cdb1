import { existsSync } from 'node:fs'
import { appendFile, lstat, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Host } from '../../../core/contracts/plugins.ts'
import { runCommand } from '../../../core/kit/command.ts'
import { openGit } from '../../../core/kit/git.ts'
import { plain, tail } from '../../../core/kit/text.ts'
import { sayDuration } from '../../../core/kit/time.ts'
import { type Place, readOnly } from './check.ts'
import { fault } from './fault.ts'
import type { Options } from './options.ts'

/**
 * Symlinks what the project shares into a workspace; what exists there already (tracked files, links of an earlier run) stays.
 *
 * Git must neither show nor commit the links. Patterns like `node_modules/` do not match a symlink, and git reads `info/exclude`
 * from the folder all worktrees share, never from a worktree's own: so what git would still show goes there, and only that. Of the
 * main checkout it hides what is to be linked and nothing else. The other ways are worse: `core.excludesFile` for one worktree
 * needs `extensions.worktreeConfig` and switches off the user's own excludes.
 */
export const linkShared = async (
  place: Place,
  { project, link }: { readonly project: string; readonly link: readonly string[] },
  host: Host,
) => {
  const made: string[] = []
  for (const name of link) if (await linkOne(join(project, name), join(place.path, name))) made.push(name)
  if (made.length === 0) return
  const git = openGit(place.path, { env: readOnly })
  const shown = await git.raw('ls-files', '--others', '--exclude-standard', '-z', '--', ...made.map((name) => `:(top,literal)${name}`))
  const patterns = shown
    .split('\0')
    .filter((name) => name !== '')
    .map(pattern)
  if (patterns.length > 0) await host.lock(place.common, () => exclude(join(place.common, 'info', 'exclude'), patterns))
}

/**
 * Runs the setup commands, once for each workspace: a mark in its git folder says that all of them went well, so what failed runs
 * again. @throws {Fault} SETUP_FAILED, SETUP_TIMED_OUT
 */
export const runSetup = async (
  place: Place,
  { setup, setupTimeout }: Options,
  { session, now, signal }: { readonly session: string; readonly now: () => number; readonly signal: AbortSignal },
): Promise<void> => {
  const mark = join(place.gitDir, 'ao-setup-done')
  if (setup.length === 0 || existsSync(mark)) return
  const until = now() + setupTimeout
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', AO_SESSION: session }
  for (const command of setup) {
    const result = await runCommand(command, { cwd: place.path, env, timeoutMs: Math.max(1, until - now()), signal })
    const output = tail(plain(result.output), { lines: 20, bytes: 2_000 })
    if (result.isTimedOut) throw fault('SETUP_TIMED_OUT', { command, limit: sayDuration(setupTimeout), output })
    if (result.code !== 0) throw fault('SETUP_FAILED', { command, ended: ending(result.code, result.signal), output })
  }
  await writeFile(mark, '')
}

/** True when it is a link of ours now. */
const linkOne = async (from: string, to: string): Promise<boolean> => {
  if (!existsSync(from)) return false
  const there = await lstat(to).catch(() => null) // nothing there is the usual case
  if (there !== null) return there.isSymbolicLink()
  await mkdir(dirname(to), { recursive: true })
  await symlink(from, to)
  return true
}

const pattern = (name: string): string => `/${name.replace(/[\\*?[\]!# ]/g, '\\$&')}`

const exclude = async (file: string, patterns: readonly string[]): Promise<void> => {
  const text = existsSync(file) ? await readFile(file, 'utf8') : ''
  const missing = patterns.filter((line) => !text.split('\n').includes(line))
  if (missing.length === 0) return
  await mkdir(dirname(file), { recursive: true })
  await appendFile(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}# Linked into workspaces by ao.\n${missing.join('\n')}\n`)
}

const ending = (code: number | null, signal: string | null): string =>
  signal === null ? `ended with ${code ?? 'no exit code'}` : `was ended by ${signal}`
