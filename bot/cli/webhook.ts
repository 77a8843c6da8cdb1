import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../core/config/config.ts'
import type { Problem } from '../../core/config/problems.ts'
import type { Finding } from '../../core/contracts/plugins.ts'
import { catalogue, isFault, row } from '../../core/kit/fault.ts'
import { remotesOf } from '../../core/kit/git.ts'
import { type GithubOptions, settle } from '../../plugins/github/options.ts'
import { nameIn } from '../../plugins/github/remotes.ts'
import { notesDocument, parseNotes, webhookFindings } from '../../plugins/scm/github/webhook-notes.ts'
import { ink, print } from './print.ts'
import { loadSettings, type Settings, fault as settingsFault } from './settings.ts'
import { type Hook, type Line, type Steps, webhookSteps } from './webhook-steps.ts'

export const fault = catalogue({
  NO_GITHUB_PROJECT: row<{ file: string }>(
    (f) => `No project of ${f.file} has its changes on GitHub, so there is nobody to take webhooks.`,
    () => 'Write "scm: {use: github, ...}" for a project; docs/github.md has the whole story.',
  ),
  WEBHOOK_ADDRESS_WRONG: row<{ url: string; problem: string }>(
    (f) => `GitHub cannot send webhooks to "${f.url}": ${f.problem}.`,
    () => 'Name the public address of what stands in front of the bot, as in --url https://ao.example.com.',
  ),
})

/** Where the payload goes, when the bot is reached at `url`. @throws {Fault} WEBHOOK_ADDRESS_WRONG */
export const payloadAddress = (url: string): string => {
  const wrong = (problem: string): Error => fault('WEBHOOK_ADDRESS_WRONG', { url, problem })
  if (!URL.canParse(url)) throw wrong('it is no address')
  const { protocol, hostname, origin, pathname, username, password, search, hash } = new URL(url)
  if (protocol !== 'https:') throw wrong('it does not begin with https://')
  if (`${username}${password}${search}${hash}` !== '') throw wrong('it has a name, a password, "?" or "#" in it')
  if (/^(?:localhost|.*\.localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\])$/.test(hostname))
    throw wrong('it leads to the machine that asks, and to no other')
  const path = pathname.replace(/\/+$/, '')
  return `${origin}${path.endsWith('/github') ? path : `${path}/github`}`
}

/** `owner/name` in the address of a git remote at that host, or null. */
export const repositoryIn = (remote: string, host: string): string | null => {
  const found = nameIn(remote, { host, gitUrl: `https://${host}` })
  return found && `${found.owner}/${found.name}`
}

/** What the command works with; a test hands in its own. */
export type Practice = {
  /** `given`: what stands in for variables that nobody has set. */
  readonly load: (file: string, given?: Readonly<Record<string, string>>) => Promise<Pick<Settings, 'config'>>
  readonly remotesOf: (path: string) => Promise<readonly string[]>
  readonly makeSecret: () => string
  readonly show: (line: Line) => void
}

const ours: Practice = {
  load: loadSettings,
  remotesOf: async (path) => {
    const remotes = await remotesOf(path).catch(() => []) // no repository: its name is not known then
    return remotes.map(({ url }) => url)
  },
  makeSecret: () => randomBytes(32).toString('hex'),
  show: ({ is, text: words }) => {
    if (is === 'title') print(`\n${ink.bold(words)}`)
    else if (is === 'text') print(words)
    else process.stdout.write(`${ink.words(words)}\n`) // never broken into lines: it is pasted
  },
}

/**
 * `ao webhook`: prints the steps that make GitHub send webhooks, of which its secret is the first: what the config lacks of variables
 * until then refuses nothing. Changes nothing, and asks nobody.
 *
 * @throws {Fault} NO_GITHUB_PROJECT, WEBHOOK_ADDRESS_WRONG, and what `loadSettings` throws
 */
export const webhook = async (
  { config: file, url }: { readonly config: string; readonly url?: string },
  { load, remotesOf, makeSecret, show }: Practice = ours,
): Promise<number> => {
  const address = url === undefined ? null : payloadAddress(url)
  const { config, unset, secret } = await loadUnset(file, load, makeSecret)
  const projects = Object.values(config.projects).filter(({ scm }) => scm.name === 'github')
  if (projects.length === 0) throw fault('NO_GITHUB_PROJECT', { file })
  const steps: Steps = {
    hooks: grouped(await Promise.all(projects.map((project) => hookOf(project, remotesOf)))),
    address,
    listener: config.webhooks,
    freshSecret: unset === null && projects.every((project) => optionsOf(project).webhookSecret) ? null : secret,
    unset,
    everyMs: config.watch.changesMs,
  }
  for (const line of webhookSteps(steps)) show(line)
  return 0
}

type Loaded = Pick<Settings, 'config'> & {
  /** The variable that the config names for the secret, and that nobody has set. */
  readonly unset: string | null
  readonly secret: string
}

/** Reads the config as if every variable that it lacks were set; what else is wrong with it is told as ever. */
const loadUnset = async (file: string, load: Practice['load'], makeSecret: Practice['makeSecret']): Promise<Loaded> => {
  const secret = makeSecret()
  try {
    return { ...(await load(file)), unset: null, secret }
  } catch (error) {
    if (!isFault(error, 'CONFIG_REFUSED')) throw error
    const problems = error.facts.problems as readonly Problem[] // of `settings`, the only one that throws it
    const lacking = problems.flatMap((problem) => ({ ...problem, variable: unsetIn(problem) }))
    const given = Object.fromEntries(lacking.flatMap(({ variable }) => (variable === null ? [] : [[variable, secret]])))
    const unset = lacking.find(({ where, variable }) => variable !== null && isSecretAt(where))?.variable ?? null
    const others = problems.filter(({ where }) => !isSecretAt(where))
    const { config } = await load(file, given).catch(() => {
      throw others.length === 0 ? error : settingsFault('CONFIG_REFUSED', { path: String(error.facts.path), problems: others })
    })
    return { config, unset, secret }
  }
}

const isSecretAt = (where: string): boolean => where.endsWith('.webhookSecret')

/** The variable that is not set, in the words of `core/config/variables`, which know nothing else to say it with. */
const unsetIn = ({ what }: Problem): string | null => /^The environment variable (\w+) is (?:empty|not set);/.exec(what)?.[1] ?? null

/** How it goes with webhooks, for `ao doctor`: what the bot wrote down of the last ones. */
export const webhookHealth = async (config: Config, now: () => number): Promise<readonly Finding[]> => {
  const projects = Object.values(config.projects).filter(({ scm }) => scm.name === 'github')
  if (projects.length === 0) return []
  const text = await readFile(join(config.data, 'documents', `${notesDocument}.json`), 'utf8').catch(() => null) // none has come yet
  const hasSecret = projects.some((project) => optionsOf(project).webhookSecret !== undefined)
  return webhookFindings({ isListening: config.webhooks !== null, hasSecret, notes: parseNotes(text), now: now() })
}

type ProjectOf = Config['projects'][string]

const optionsOf = ({ scm }: ProjectOf) => scm.options as GithubOptions & { readonly webhookSecret?: string } // made by the plugin's own schema

const hookOf = async (project: ProjectOf, remotesOf: Practice['remotesOf']): Promise<Hook> => {
  const options = optionsOf(project)
  const { host } = settle(options)
  const remotes = options.repository === undefined ? await remotesOf(project.path) : []
  const repository = options.repository ?? remotes.map((remote) => repositoryIn(remote, host)).find((one) => one !== null) ?? null
  return { projects: [project.name], host, repository, app: options.app?.id ?? null }
}

/** Projects of one repository, or of one App, have one webhook. */
const grouped = (hooks: readonly Hook[]): readonly Hook[] => {
  const places = new Map<string, Hook>()
  for (const hook of hooks) {
    const key = `${hook.host} ${hook.app ?? hook.repository?.toLowerCase() ?? `of ${hook.projects.join()}`}`
    places.set(key, { ...hook, projects: [...(places.get(key)?.projects ?? []), ...hook.projects] })
  }
  return [...places.values()]
}
