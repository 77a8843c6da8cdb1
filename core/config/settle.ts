import { resolve } from 'node:path'
import type { z } from 'zod'
import type { Person } from '../contracts/access.ts'
import type { Slot } from '../contracts/plugins.ts'
import { choosePlugin, type DefaultPlugins, freePlugins, type KnownPlugins } from './choose.ts'
import type { Choice, Config, LanguageModel, ProjectConfig } from './config.ts'
import { crossMistakes } from './cross.ts'
import { mergeEscalation } from './escalation.ts'
import { type Mistake, mistakesOf, type Path, unknownWord, valueAt } from './problems.ts'
import { mergeReactions } from './reactions.ts'
import type { Settings } from './schema.ts'

/** What a config is read with besides its own text. */
export type Surroundings = {
  readonly plugins: KnownPlugins
  readonly defaults: DefaultPlugins
  /** The chats there are, each with the schema of its options. */
  readonly chats: Readonly<Record<string, z.ZodType>>
  /** The folder of the config file. Absolute. */
  readonly folder: string
  readonly home: string
  /** Who sits at this machine, for a config without people. */
  readonly user: string
}

/** Fills in what one setting takes from another, and tells where they do not fit. The config is of use only without mistakes. */
export const settle = (
  settings: Settings,
  { written, dataFolder, ...around }: Surroundings & { readonly written: unknown; readonly dataFolder: string | undefined },
): { readonly config: Config; readonly mistakes: readonly Mistake[] } => {
  const mistakes = [...crossMistakes(settings, { plugins: around.plugins, chats: Object.keys(around.chats), written })]
  const choose: Choose = (slot, path, own) => {
    const places = { own: { path, choice: own }, general: { path: ['plugins', slot], choice: settings.plugins[slot] } }
    const { choice, mistakes: found } = choosePlugin(slot, places, { ...around, written })
    mistakes.push(...found)
    return choice
  }
  const absolute = (path: string): string => resolvePath(path, around)
  const general = settings.plugins.agent ? choose('agent', ['plugins', 'agent'], undefined) : null
  const agents = { ...freePlugins(around.plugins.agent), ...(general && { [general.name]: general }) }
  const chats = settleChats(settings.chats, { known: around.chats, projects: Object.keys(settings.projects), written })
  mistakes.push(...chats.mistakes)
  const config: Config = {
    data: absolute(dataFolder ?? settings.data),
    projects: mapValues(settings.projects, (project, name) => settleProject(name, project, { choose, absolute, agents, settings })),
    hosts: settleHosts(settings, choose),
    limits: settings.limits,
    ...settlePeople(settings.people, around.user),
    watch: {
      agentsMs: settings.watch.agents,
      changesMs: settings.watch.changes,
      tasksMs: settings.watch.tasks,
      filesMs: settings.watch.files,
    },
    prices: { isListed: settings.prices.listed, models: settings.prices.models },
    webhooks: settings.webhooks.port === null ? null : { host: settings.webhooks.host, port: settings.webhooks.port },
    understand: { model: settleModel(settings.understand.model) },
    voice: settings.voice.run === undefined ? null : { run: settings.voice.run, timeoutMs: settings.voice.timeout },
    chats: chats.options,
    digests: settings.digests.map(({ in: where, at, zone = null, always }) => {
      const [platform = '', ...channel] = where.split(':')
      return { platform, channel: channel.join(':'), cron: at.trim().replace(/\s+/g, ' '), zone, isAlways: always }
    }),
    log: settings.log,
  }
  return { config, mistakes }
}

type Choose = (slot: Exclude<Slot, 'notifier'>, path: Path, own: Settings['plugins']['agent']) => Choice

/** What settling a project needs of everything around it. */
type Desk = {
  readonly choose: Choose
  readonly absolute: (path: string) => string
  readonly agents: ProjectConfig['agents']
  readonly settings: Settings
}

const settleProject = (
  name: string,
  written: Settings['projects'][string],
  { choose, absolute, agents, settings }: Desk,
): ProjectConfig => {
  const { path = '.', host = 'local', runtime, rules = null, rulesFile, limits, reactions, escalation, ...rest } = written
  const { requesterCounts, upToDate, removeWorkspace, closeTask, noteTask, ...same } = rest
  const at = (slot: 'agent' | 'workspace' | 'tracker' | 'scm' | 'terminal'): Choice => choose(slot, ['projects', name, slot], written[slot])
  const agent = at('agent')
  return {
    ...same,
    name,
    path: absolute(path),
    agent,
    agents: { ...agents, [agent.name]: agent },
    workspace: at('workspace'),
    tracker: at('tracker'),
    scm: at('scm'),
    terminal: at('terminal'),
    host: runtime ? name : host,
    rules,
    rulesFile: rulesFile === undefined ? null : absolute(rulesFile),
    isRequesterCounted: requesterCounts,
    isUpToDateNeeded: upToDate,
    isWorkspaceRemoved: removeWorkspace,
    isTaskClosed: closeTask,
    isTaskNoted: noteTask,
    running: limits.running,
    reactions: mergeReactions(settings.reactions, reactions),
    escalation: mergeEscalation(settings.escalation, escalation),
  }
}

/** Those of `hosts`, `local`, and one for every project with a runtime of its own: a handle names its host, so a host has one runtime. */
const settleHosts = ({ hosts, projects }: Settings, choose: Choose): Config['hosts'] => {
  const listed = { local: { running: null }, ...hosts }
  const own = Object.entries(projects).flatMap(([name, { runtime }]) =>
    runtime ? [[name, { runtime: choose('runtime', ['projects', name, 'runtime'], runtime), running: null }] as const] : [],
  )
  return {
    ...mapValues<Settings['hosts'][string], Config['hosts'][string]>(listed, ({ runtime, running }, name) => ({
      runtime: choose('runtime', ['hosts', name, 'runtime'], runtime),
      running,
    })),
    ...Object.fromEntries(own),
  }
}

const settlePeople = (written: Settings['people'], user: string): Pick<Config, 'people' | 'accounts' | 'console'> => {
  if (written === undefined) return { people: [{ name: user, roles: { '*': ['admin'] } }], accounts: [], console: user }
  const people = Object.entries(written)
  return {
    people: people.map(
      ([name, { roles, projects, zone, quiet }]): Person => ({
        name,
        roles: { ...projects, '*': roles },
        ...(zone !== undefined && { zone }),
        ...(quiet !== undefined && { quiet }),
      }),
    ),
    accounts: people.flatMap(([person, { accounts }]) =>
      Object.entries(accounts).flatMap(([platform, each]) => each.map((account) => ({ platform, account, person }))),
    ),
    console: people.find(([, person]) => person.console)?.[0] ?? null,
  }
}

const settleModel = (written: Settings['understand']['model']): LanguageModel | null => {
  if (!written) return null
  const { kind = 'openai', url = modelUrls[kind], model = '', key = null, timeout: timeoutMs } = written
  return { kind, url, model, key, timeoutMs }
}

/** Where each kind is at home. */
const modelUrls: Readonly<Record<LanguageModel['kind'], string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com',
}

const settleChats = (
  chats: Settings['chats'],
  { known, projects, written }: { readonly known: Surroundings['chats']; readonly projects: readonly string[]; readonly written: unknown },
): { readonly options: Config['chats']; readonly mistakes: readonly Mistake[] } => {
  const mistakes: Mistake[] = []
  const options = mapValues(chats, (given, name): unknown => {
    const path = ['chats', name]
    const schema = Object.hasOwn(known, name) ? known[name] : undefined
    if (!schema) {
      mistakes.push({ path, what: unknownWord(name, Object.keys(known), 'chat') })
      return {}
    }
    const result = schema.safeParse(given)
    if (result.success) {
      mistakes.push(...channelMistakes(result.data, [...path, 'channels'], projects))
      return result.data
    }
    const found = mistakesOf(result.error, schema, valueAt(written, path))
    mistakes.push(...found.map((each) => ({ ...each, path: [...path, ...each.path] })))
    return {}
  })
  return { options, mistakes }
}

/** A chat may say which channel belongs to which project. */
const channelMistakes = (options: unknown, path: Path, projects: readonly string[]): readonly Mistake[] =>
  Object.entries(channelsOf(options))
    .filter(([, project]) => !projects.includes(project))
    .map(([channel, project]) => ({ path: [...path, channel], what: unknownWord(project, projects, 'project') }))

const channelsOf = (options: unknown): Readonly<Record<string, string>> =>
  typeof options === 'object' && options !== null && 'channels' in options
    ? (options.channels as Readonly<Record<string, string>>) // every chat's schema has it so: see CommonOptions
    : {}

const resolvePath = (path: string, { home, folder }: Pick<Surroundings, 'home' | 'folder'>): string =>
  path === '~' || path.startsWith('~/') ? resolve(home, `.${path.slice(1)}`) : resolve(folder, path)

const mapValues = <A, B>(record: Readonly<Record<string, A>>, to: (value: A, key: string) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value, key)]))
