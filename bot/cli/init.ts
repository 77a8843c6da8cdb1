import { existsSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { stringify } from 'yaml'
import { catalogue, row } from '../../core/kit/fault.ts'
import { openGit } from '../../core/kit/git.ts'
import { list, slug } from '../../core/kit/text.ts'
import { isInstalled, knownAgents } from './agents.ts'
import { ink, print } from './print.ts'
import { loadSettings } from './settings.ts'

export const fault = catalogue({
  NOT_IN_A_REPOSITORY: row<{ folder: string }>(
    (f) => `${f.folder} is not in a git repository.`,
    () => 'Go to the repository the agents shall work on, or say "git init" and make a first commit.',
  ),
  REPOSITORY_EMPTY: row<{ folder: string }>(
    (f) => `The repository ${f.folder} has no commits yet.`,
    () => 'Make a first commit; agents begin from one.',
  ),
  CONFIG_THERE: row<{ path: string }>(
    (f) => `${f.path} is there already.`,
    () => 'Edit it, or say "ao init --force" to write it anew.',
  ),
  AGENT_NOT_KNOWN: row<{ agent: string; known: readonly string[] }>(
    (f) => `I do not know how to call "${f.agent}".`,
    (f) => `Name one of ${list(f.known, 'or')}; any other command line goes under plugins.agent in bot.config.yaml (docs/config.md).`,
  ),
})

/** `ao init`: writes a config for the repository it stands in, and a first issue if there is none. */
export const init = async ({ agent: named, force }: { readonly agent?: string; readonly force?: boolean }): Promise<number> => {
  const folder = await repositoryOf(process.cwd())
  const path = join(folder, 'bot.config.yaml')
  if (existsSync(path) && !force) throw fault('CONFIG_THERE', { path })
  const agent = chooseAgent(named)
  const base = await baseOf(folder)
  const check = checkOf(folder)
  const name = slug(basename(folder), 30)
  await writeFile(path, configText({ name, base, agent, check }))
  await loadSettings(path)
  const issues = join(folder, '.ao', 'issues')
  const isFirst = !existsSync(issues)
  if (isFirst) {
    await mkdir(issues, { recursive: true })
    await writeFile(
      join(issues, '1-first-task.md'),
      `---\n${stringify({ title: 'Say here what is to be done', state: 'open' })}---\n\nAnd here how you would know that it is done.\n`,
    )
  }
  const { program, install } = knownAgents[agent] ?? { program: agent, install: '' }
  print(`${ink.good('✓')} ${path}`)
  print(
    `  project ${ink.bold(name)} on ${base}, agent ${ink.bold(agent)}, ${check === null ? 'no check command found: changes wait until you write one under scm.checks, or set noChecks: mergeable' : `checks: ${check.run}`}`,
  )
  if (!isInstalled(program, process.env.PATH ?? '')) print(`${ink.warn('!')} ${program} is not installed: ${install}`)
  if (isFirst) print(`${ink.good('✓')} ${join('.ao', 'issues', '1-first-task.md')}: write your first issue there`)
  print(`Next: ${ink.words('ao doctor')} looks whether all is there, ${ink.words('ao start')} starts, and then say ${ink.words('fix #1')}.`)
  return 0
}

const repositoryOf = async (folder: string): Promise<string> => {
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
const baseOf = async (folder: string): Promise<string> => {
  const git = openGit(folder)
  const remote = await git.raw('symbolic-ref', '--short', 'refs/remotes/origin/HEAD').catch(() => '') // no remote, or its default is not known here
  return remote.trim().replace(/^origin\//, '') || (await git.raw('rev-parse', '--abbrev-ref', 'HEAD')).trim()
}

const chooseAgent = (named: string | undefined): string => {
  if (named !== undefined && !knownAgents[named]) throw fault('AGENT_NOT_KNOWN', { agent: named, known: Object.keys(knownAgents) })
  return (
    named ?? Object.keys(knownAgents).find((name) => isInstalled(knownAgents[name]?.program ?? name, process.env.PATH ?? '')) ?? 'claude'
  )
}

/** The project's own test command, by the files that say so. */
const checkOf = (folder: string): { readonly name: string; readonly run: string } | null => {
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

const configText = ({
  name,
  base,
  agent,
  check,
}: {
  readonly name: string
  readonly base: string
  readonly agent: string
  readonly check: { readonly name: string; readonly run: string } | null
}): string => {
  const { run, install } = knownAgents[agent] ?? { run: agent, install: '' }
  const config = {
    projects: {
      [name]: {
        path: '.',
        base,
        agent: { use: 'command', run, install },
        ...(check && { scm: { use: 'local', checks: [check] } }),
      },
    },
  }
  return `# The config of ao; every key is explained in docs/config.md. Unknown keys are refused.\n# Issues are Markdown files in .ao/issues; changes and their checks live in the bot, beside a bare repository.\n${stringify(config)}`
}
