import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { catalogue, row } from '../../core/kit/fault.ts'
import { openGit, remotesOf } from '../../core/kit/git.ts'
import { placeOf } from '../../core/kit/git-remote.ts'
import { list } from '../../core/kit/text.ts'
import type { KnownAgent } from './agents.ts'

export const fault = catalogue({
  NOT_IN_A_REPOSITORY: row<{ folder: string }>(
    (f) => `${f.folder} is not in a git repository.`,
    () => 'Go to the repository the agents shall work on, or say "git init" and make a first commit.',
  ),
  REPOSITORY_EMPTY: row<{ folder: string }>(
    (f) => `The repository ${f.folder} has no commits yet.`,
    () => 'Make a first commit; agents begin from one.',
  ),
  AGENT_NOT_KNOWN: row<{ agent: string; known: readonly string[] }>(
    (f) => `There is no agent "${f.agent}".`,
    (f) => `Name one of ${list(f.known, 'or')}; any other command line goes under plugins.agent in bot.config.yaml (docs/config.md).`,
  ),
})

/**
 * The top of the repository a folder is in.
 *
 * @throws {Fault} NOT_IN_A_REPOSITORY or REPOSITORY_EMPTY
 */
export const repositoryOf = async (folder: string): Promise<string> => {
  const git = openGit(folder)
  const top = await git.raw('rev-parse', '--show-toplevel').catch((cause: unknown) => {
    throw fault('NOT_IN_A_REPOSITORY', { folder }, { cause })
  })
  await git.raw('rev-parse', '--verify', '--quiet', 'HEAD').catch((cause: unknown) => {
    throw fault('REPOSITORY_EMPTY', { folder }, { cause })
  })
  return top.trim()
}

/** The remote's default branch if it is known here, or the branch one stands on. */
export const baseOf = async (folder: string): Promise<string> => {
  const git = openGit(folder)
  const remote = await git.raw('symbolic-ref', '--short', 'refs/remotes/origin/HEAD').catch(() => '') // no remote, or its default is not known here
  return remote.trim().replace(/^origin\//, '') || (await git.raw('rev-parse', '--abbrev-ref', 'HEAD')).trim()
}

/** The forge that the repository's remote is on, if it is one we know; `origin` counts before others. */
export const forgeOf = async (folder: string): Promise<string | null> => {
  const [first] = await remotesOf(folder)
  return first && placeOf(first.url)?.host === 'github.com' ? 'github' : null
}

/**
 * The agent that was named, or the first that is installed, or else the first there is.
 *
 * @throws {Fault} AGENT_NOT_KNOWN
 */
export const chooseAgent = (named: string | undefined, known: readonly KnownAgent[]): KnownAgent => {
  const chosen = named === undefined ? (known.find(({ lacks }) => lacks === null) ?? known[0]) : known.find(({ name }) => name === named)
  if (!chosen) throw fault('AGENT_NOT_KNOWN', { agent: named ?? '', known: known.map(({ name }) => name) })
  return chosen
}

/** The project's own test command, by the files that say so. */
export const checkOf = (folder: string): { readonly name: string; readonly run: string } | null => {
  const has = (file: string): boolean => existsSync(join(folder, file))
  if (has('package.json') && hasTestScript(join(folder, 'package.json')))
    return { name: 'test', run: has('package-lock.json') ? 'npm ci && npm test' : 'npm install && npm test' }
  if (has('Cargo.toml')) return { name: 'test', run: 'cargo test' }
  if (has('go.mod')) return { name: 'test', run: 'go test ./...' }
  if (has('pyproject.toml') || has('pytest.ini')) return { name: 'test', run: 'python3 -m pytest' }
  return has('Makefile') ? { name: 'test', run: 'make test' } : null
}

const hasTestScript = (path: string): boolean => {
  try {
    const text: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return (
      typeof text === 'object' &&
      text !== null &&
      'scripts' in text &&
      typeof text.scripts === 'object' &&
      text.scripts !== null &&
      'test' in text.scripts
    )
  } catch {
    return false // a package.json that cannot be read has no script to run
  }
}
