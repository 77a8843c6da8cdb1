import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { stringify } from 'yaml'
import type { Problem } from '../../core/config/problems.ts'
import { catalogue, row } from '../../core/kit/fault.ts'
import { remotesOf } from '../../core/kit/git.ts'
import { list, slug } from '../../core/kit/text.ts'
import { chatKinds } from '../chats.ts'
import { type KnownAgent, knownAgents } from './agents.ts'
import { openPrompt, type Terminal } from './ask.ts'
import { chatsText, configText, problemsOf, withChats } from './config-text.ts'
import { baseOf, checkOf, chooseAgent, forgeOf, repositoryOf } from './detect.ts'
import { exposureOf, readDotenv, withSections, writeWhole } from './dotenv.ts'
import { type ChatKinds, examineLimitMs } from './examine.ts'
import { askWhich, chatsIn, offered, tokensOf, type Wanted } from './init-chats.ts'
import { forgeWarnings } from './init-forge.ts'
import { tell, tellChats, tellEnv } from './init-tell.ts'
import { ink, print as printLine } from './print.ts'
import { fault as settingsFault } from './settings.ts'
import { forges } from './setups.ts'

export const fault = catalogue({
  CONFIG_THERE: row<{ path: string }>(
    (f) => `${f.path} is there already.`,
    () => 'Edit it, add a chat with "ao init --chats slack", or say "ao init --force" to write it anew.',
  ),
  FORGE_NOT_KNOWN: row<{ forge: string; known: readonly string[] }>(
    (f) => `There is no forge "${f.forge}".`,
    (f) => `Name one of ${list(f.known, 'or')}.`,
  ),
  CHATS_THERE: row<{ path: string; lacks: readonly string[] }>(
    (f) => [`${f.path} has "chats" already, and there this is to be added:`, ...f.lacks.map((line) => `  ${line}`)].join('\n'),
    () => 'Add it by hand; what somebody wrote is not changed.',
  ),
})

/** What `ao init` works with; a test hands in its own. */
export type Desk = {
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly kinds: ChatKinds
  readonly agents: () => Promise<readonly KnownAgent[]>
  /** Null where nobody is there to be asked. */
  readonly terminal: Terminal | null
  readonly print: (line: string) => void
  readonly now: () => number
  readonly limitMs: number
}

const ours = (): Desk => ({
  folder: process.cwd(),
  environment: process.env,
  kinds: chatKinds,
  agents: knownAgents,
  terminal: process.stdin.isTTY && process.stdout.isTTY ? { input: process.stdin, output: process.stdout } : null,
  print: printLine,
  now: Date.now,
  limitMs: examineLimitMs,
})

export type InitOptions = {
  readonly agent?: string
  readonly force?: boolean
  /** `github` or `local`; without it the repository's remote and a token that is set decide, or somebody at a terminal. */
  readonly forge?: string
  /** Names as in `slack,telegram`; false is `--no-chats`; without it somebody at a terminal is asked. */
  readonly chats?: string | false
}

/**
 * `ao init`: writes a config for the repository it stands in, a `.env` for the tokens of its chats, and a first issue if there is
 * none. All is asked and checked before the first file is written. A config that is there only gets the chats that are named.
 */
export const init = async (
  { agent: named, force = false, chats, forge: namedForge }: InitOptions,
  desk: Desk = ours(),
): Promise<number> => {
  const folder = await repositoryOf(desk.folder)
  const path = join(folder, 'bot.config.yaml')
  const isThere = existsSync(path) && !force
  if (isThere && !chats) throw fault('CONFIG_THERE', { path })
  const agent = chooseAgent(named, await desk.agents())
  const env = await readDotenv(join(folder, '.env'))
  const set = { ...env.values, ...desk.environment }
  const onForge = isThere ? null : await askForge(folder, { named: namedForge, set }, desk)
  const wantedChats = await ask(chats, set, desk)
  const wanted = [...(onForge ? [onForge] : []), ...wantedChats]

  const forge = onForge?.name ?? null
  const found = { name: slug(basename(folder), 30), base: await baseOf(folder), agent, check: checkOf(folder), forge }
  const names = wantedChats.map(({ name }) => name)
  const old = isThere ? await readFile(path, 'utf8') : null
  const text = old === null ? configText(found, names) : withChats(old, names)
  if (text === null) throw fault('CHATS_THERE', { path, lacks: chatsText(names).trimEnd().split('\n').slice(1) })
  refuseProblems({ path, folder, old, text, wanted, env: env.values }, desk)

  const exposure = wanted.length > 0 ? await exposureOf(folder) : null
  if (exposure?.ignore) await writeWhole(join(folder, '.gitignore'), exposure.ignore)
  const filled = withSections(env.text, wanted.map(sectionOf(desk.environment)))
  if (filled !== env.text) await writeWhole(join(folder, '.env'), filled, 0o600)
  await writeWhole(path, text)
  const isFirst = old === null && forge === null && (await firstIssue(folder))

  desk.print(`${ink.good('✓')} ${path}`)
  if (old === null) tell(found, isFirst, desk)
  if (forge === 'github') for (const line of forgeWarnings(await remotesOf(folder))) desk.print(`${ink.warn('!')} ${line}`)
  if (exposure) tellEnv(exposure, filled !== env.text, desk)
  await tellChats(wanted, desk)
  desk.print(
    `Next: ${ink.words('ao doctor')} looks whether all is there, ${ink.words('ao start')} starts, and then say ${ink.words('fix #1')}.`,
  )
  if (old === null && forge === null && (await forgeOf(folder)) === 'github')
    desk.print(`This repository is on GitHub: ${ink.words('ao init --force --forge github')} works with its issues and pull requests.`)
  if (wantedChats.length > 0)
    desk.print(`To be known in a chat, say ${ink.words('link')} in the console: it gives a code, and the bot takes it there from you.`)
  return 0
}

const ask = async (chats: string | false | undefined, set: Desk['environment'], { kinds, terminal }: Desk): Promise<readonly Wanted[]> => {
  if (chats === false) return []
  const prompt = terminal && offered(kinds).length > 0 ? openPrompt(terminal) : null
  try {
    const names = chats !== undefined ? chatsIn(chats, offered(kinds)) : prompt ? await askWhich(prompt, kinds) : []
    const wanted: Wanted[] = []
    for (const name of names) wanted.push(await tokensOf(name, { prompt, set }))
    return wanted
  } finally {
    prompt?.close()
  }
}

/**
 * Where issues and changes are to be: what was named; where the remote is on a forge we know, that one if somebody at a terminal
 * says so, or if its token is set already. Null: on this machine.
 *
 * @throws {Fault} FORGE_NOT_KNOWN
 */
const askForge = async (
  folder: string,
  { named, set }: { readonly named: string | undefined; readonly set: Desk['environment'] },
  { terminal }: Desk,
): Promise<Wanted | null> => {
  if (named === 'local') return null
  if (named !== undefined && !forges[named]) throw fault('FORGE_NOT_KNOWN', { forge: named, known: [...Object.keys(forges), 'local'] })
  const found = named ?? (await forgeOf(folder))
  if (found === null) return null
  const prompt = terminal ? openPrompt(terminal) : null
  try {
    const hasToken = forges[found]?.secrets.every(({ variable }) => set[variable]) ?? false
    if (named === undefined && !prompt && !hasToken) return null
    if (named === undefined && prompt) {
      const answer = await prompt.ask(`This repository is on ${forges[found]?.title}. Work with its issues and pull requests? [Y/n] `)
      if (/^n/i.test(answer)) return null
    }
    return await tokensOf(found, { prompt, set })
  } finally {
    prompt?.close()
  }
}

type Draft = {
  readonly path: string
  readonly folder: string
  readonly old: string | null
  readonly text: string
  readonly wanted: readonly Wanted[]
  readonly env: Readonly<Record<string, string>>
}

/** What is wrong with the new config, was not wrong before, and is more than a token that is still to come. */
const refuseProblems = ({ path, folder, old, text, wanted, env }: Draft, { environment, kinds }: Desk): void => {
  const values = Object.assign({}, ...wanted.map((one) => one.values))
  const around = { folder, environment: { ...env, ...values, ...environment }, kinds }
  const sayOf = ({ where, what }: Problem): string => `${where}\n${what}`
  const before = new Set(old === null ? [] : problemsOf(old, around).map(sayOf))
  const open = wanted.flatMap(({ name, setup }) =>
    setup.secrets
      .filter(({ variable }) => !values[variable])
      .flatMap(({ option }) =>
        forges[name]
          ? [`plugins.tracker.${option}`, `plugins.scm.${option}`, 'plugins.tracker', 'plugins.scm']
          : [`chats.${name}.${option}`],
      ),
  )
  const problems = problemsOf(text, around).filter((problem) => !before.has(sayOf(problem)) && !open.includes(problem.where))
  if (problems.length > 0) throw settingsFault('CONFIG_REFUSED', { path, problems })
}

/** What the shell has needs no line in `.env`. */
const sectionOf =
  (environment: Desk['environment']) =>
  ({ name, setup, values }: Wanted) => ({
    heading: `${setup.title}: docs/${name}.md`,
    values: Object.fromEntries(Object.entries(values).filter(([variable]) => !environment[variable])),
  })

const firstIssue = async (folder: string): Promise<boolean> => {
  const issues = join(folder, '.ao', 'issues')
  if (existsSync(issues)) return false
  await mkdir(issues, { recursive: true })
  await writeFile(
    join(issues, '1-first-task.md'),
    `---\n${stringify({ title: 'Say here what is to be done', state: 'open' })}---\n\nAnd here how you would know that it is done.\n`,
  )
  return true
}
