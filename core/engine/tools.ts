import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Choice, Config, ProjectConfig } from '../config/config.ts'
import { rulesOf } from '../config/rules.ts'
import type { Agent, Host, Scm, Slot, Slots, Terminal, Tracker, Workspace } from '../contracts/plugins.ts'
import type { Setting } from '../contracts/rules.ts'
import type { Runtime } from '../contracts/runtime.ts'
import { catalogue, row } from '../kit/fault.ts'
import { list } from '../kit/text.ts'
import type { Registry } from '../plugins/registry.ts'
import type { Tools } from './hands.ts'

export const fault = catalogue({
  PROJECT_GONE: row<{ project: string }>(
    (f) => `The project "${f.project}" is no longer in the config.`,
    (f) => `Put it back under projects.${f.project} in bot.config.yaml, or end its sessions before taking it out.`,
  ),
  PLUGIN_LACKS: row<{ slot: string; name: string; lacks: string }>(
    (f) => `The ${f.slot} "${f.name}" cannot work on this machine yet.`,
    (f) => `To mend it: ${f.lacks}. Then say it again.`,
    { mayPass: true },
  ),
})

type Kit = {
  readonly workspace: Workspace
  readonly tracker: Tracker
  readonly scm: Scm
  readonly terminal: Terminal
  readonly agents: ReadonlyMap<string, Agent>
  readonly config: ProjectConfig
}

/** The plugins of a config, made and ready: for each project, each agent somebody may name there, and each host. */
export type Toolbox = Pick<Tools, 'project' | 'workspace' | 'tracker' | 'scm' | 'agent' | 'runtime'> & {
  readonly terminal: (project: string) => Terminal
  readonly agents: (project: string) => readonly string[]
  /** Rules of the project and abilities of the agent, for deciding. @throws {Fault} PROJECT_GONE */
  readonly settingOf: (session: { readonly project: string; readonly agent: string }) => Setting
  /** Asks whether an agent can work on this machine. @throws {Fault} PLUGIN_LACKS, naming what to install */
  readonly check: (project: string, agent: string) => Promise<void>
  readonly runtimes: () => readonly { readonly host: string; readonly runtime: Runtime }[]
}

/** Makes every plugin the config names. @throws {Fault} whatever a plugin's `create` throws */
export const openToolbox = async ({
  config,
  registry,
  host,
}: {
  readonly config: Config
  readonly registry: Registry
  readonly host: Host
}): Promise<Toolbox> => {
  const runtimes = new Map<string, Runtime>()
  for (const [name, { runtime }] of Object.entries(config.hosts))
    runtimes.set(name, await registry.create('runtime', runtime, { host, use: { host: name, project: null } }))
  const kits = new Map<string, Kit>()
  for (const project of Object.values(config.projects)) kits.set(project.name, await openKit(project, registry, host))

  const kitOf = (project: string): Kit => {
    const kit = kits.get(project)
    if (!kit) throw fault('PROJECT_GONE', { project })
    return kit
  }
  const agentOf = (project: string, name: string): Agent => {
    const agent = kitOf(project).agents.get(name)
    if (!agent)
      throw fault('PLUGIN_LACKS', {
        slot: 'agent',
        name,
        lacks: `write its options under plugins or projects.${project} in bot.config.yaml`,
      })
    return agent
  }

  return {
    project: (name) => {
      const { path, base, rules, rulesFile, permissions } = kitOf(name).config
      return {
        name,
        path,
        base,
        permissions,
        rules: [rules, rulesFile === null ? null : readFileSync(rulesFile, 'utf8')].filter((part) => part !== null).join('\n\n') || null,
      }
    },
    workspace: (project) => kitOf(project).workspace,
    tracker: (project) => kitOf(project).tracker,
    scm: (project) => kitOf(project).scm,
    terminal: (project) => kitOf(project).terminal,
    agent: agentOf,
    agents: (project) => [...kitOf(project).agents.keys()],
    runtime: (name) => {
      const runtime = runtimes.get(name)
      if (!runtime) throw fault('PLUGIN_LACKS', { slot: 'host', name, lacks: `write it under hosts.${name} in bot.config.yaml` })
      return runtime
    },
    runtimes: () => [...runtimes].map(([name, runtime]) => ({ host: name, runtime })),
    settingOf: ({ project, agent }) => ({ rules: rulesOf(config, kitOf(project).config.name), can: agentOf(project, agent).can }),
    check: async (project, name) => {
      agentOf(project, name)
      const choice = kitOf(project).config.agents[name]
      const lacks = choice
        ? ((await registry.missing('agent', choice.name, choice.options)) ?? permissionsLacking(kitOf(project).config, name, registry))
        : null
      if (lacks !== null) throw fault('PLUGIN_LACKS', { slot: 'agent', name, lacks })
    },
  }
}

const openKit = async (config: ProjectConfig, registry: Registry, host: Host): Promise<Kit> => {
  const project = { name: config.name, path: config.path, base: config.base }
  const open = <S extends Slot>(slot: S, choice: Choice): Promise<Slots[S]> =>
    registry.create(slot, choice, { host, use: { host: config.host, project } })
  const agents = new Map<string, Agent>()
  for (const [name, choice] of Object.entries(config.agents)) {
    // One that is merely possible and lacks what it needs is left to be told when somebody names it.
    if (name === config.agent.name || (await registry.missing('agent', choice.name, choice.options)) === null)
      agents.set(name, await open('agent', choice))
  }
  const [workspace, tracker, scm, terminal] = [
    await open('workspace', config.workspace),
    await open('tracker', config.tracker),
    await open('scm', config.scm),
    await open('terminal', config.terminal),
  ]
  return { workspace, tracker, scm, terminal, agents, config }
}

/** An agent is started in the mode that was asked for or not at all: another one would be more, or less, than somebody allowed. */
const permissionsLacking = ({ name, permissions }: ProjectConfig, agent: string, registry: Registry): string | null => {
  const modes = registry.find('agent', agent).profile?.permissions
  if (!modes || modes.includes(permissions)) return null
  return `it knows no mode "${permissions}"; write ${list(modes, 'or')} under projects.${name}.permissions in bot.config.yaml`
}

/** What a config's plugins lack on this machine, each as a thing to do; agents apart, because work without one is possible. */
export const lacking = async (
  config: Config,
  registry: Registry,
): Promise<readonly { readonly slot: Slot; readonly name: string; readonly lacks: string }[]> => {
  const used = new Map<string, { readonly slot: Slot; readonly choice: Choice }>()
  const use = (slot: Slot, choice: Choice): void => void used.set(JSON.stringify([slot, choice]), { slot, choice })
  for (const { runtime } of Object.values(config.hosts)) use('runtime', runtime)
  for (const project of Object.values(config.projects))
    for (const slot of ['workspace', 'tracker', 'scm', 'terminal', 'agent'] as const) use(slot, project[slot])
  const found = await Promise.all(
    [...used.values()].map(async ({ slot, choice }) => ({
      slot,
      name: choice.name,
      lacks: await registry.missing(slot, choice.name, choice.options),
    })),
  )
  const modes = Object.values(config.projects).map((project) => ({
    slot: 'agent' as const,
    name: project.agent.name,
    lacks: permissionsLacking(project, project.agent.name, registry),
  }))
  return [...found, ...modes].flatMap(({ slot, name, lacks }) => (lacks === null ? [] : [{ slot, name, lacks }]))
}

/** Where a session's own files are. */
export const sessionFolder = (dataFolder: string, session: string): string => join(dataFolder, 'sessions', session)
