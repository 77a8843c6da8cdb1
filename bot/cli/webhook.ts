import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../core/config/config.ts'
import type { Finding } from '../../core/contracts/plugins.ts'
import { catalogue, row } from '../../core/kit/fault.ts'
import { openGit } from '../../core/kit/git.ts'
import { type GithubOptions, settle } from '../../plugins/github/options.ts'
import { notesDocument, parseNotes, webhookFindings } from '../../plugins/scm/github/webhook-notes.ts'
import { ink, print } from './print.ts'
import { loadSettings, type Settings } from './settings.ts'
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
  const [, at = '', path = ''] =
    /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(remote) ?? /^(?:[^@/:]+@)?([^/:]+):(?!\/\/)(.+)$/.exec(remote) ?? []
  const found = /^\/?([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(path)?.[1]
  return found !== undefined && at.toLowerCase() === host.toLowerCase() ? found : null
}

/** What the command works with; a test hands in its own. */
export type Practice = {
  readonly load: (file: string) => Promise<Pick<Settings, 'config'>>
  readonly remotesOf: (path: string) => Promise<readonly string[]>
  readonly makeSecret: () => string
  readonly show: (line: Line) => void
}

const ours: Practice = {
  load: loadSettings,
  remotesOf: async (path) => {
    const remotes = await openGit(path)
      .getRemotes(true)
      .catch(() => []) // no repository: its name is not known then
    return [...remotes].sort((one, other) => Number(other.name === 'origin') - Number(one.name === 'origin')).map(({ refs }) => refs.fetch)
  },
  makeSecret: () => randomBytes(32).toString('hex'),
  show: ({ is, text: words }) => {
    if (is === 'title') print(`\n${ink.bold(words)}`)
    else if (is === 'text') print(words)
    else process.stdout.write(`${ink.words(words)}\n`) // never broken into lines: it is pasted
  },
}

/**
 * `ao webhook`: prints the steps that make GitHub send webhooks. Changes nothing, and asks nobody.
 *
 * @throws {Fault} NO_GITHUB_PROJECT, WEBHOOK_ADDRESS_WRONG, and what `loadSettings` throws
 */
export const webhook = async (
  { config: file, url }: { readonly config: string; readonly url?: string },
  { load, remotesOf, makeSecret, show }: Practice = ours,
): Promise<number> => {
  const address = url === undefined ? null : payloadAddress(url)
  const { config } = await load(file)
  const projects = Object.values(config.projects).filter(({ scm }) => scm.name === 'github')
  if (projects.length === 0) throw fault('NO_GITHUB_PROJECT', { file })
  const steps: Steps = {
    hooks: grouped(await Promise.all(projects.map((project) => hookOf(project, remotesOf)))),
    address,
    listener: config.webhooks,
    freshSecret: projects.every((project) => optionsOf(project).webhookSecret) ? null : makeSecret(),
    everyMs: config.watch.changesMs,
  }
  for (const line of webhookSteps(steps)) show(line)
  return 0
}

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
