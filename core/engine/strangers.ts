import type { Candidate } from '../contracts/adoption.ts'
import type { EffectOf } from '../contracts/effect.ts'
import type { Agent, Found, FoundFolder, Project, Workspace } from '../contracts/plugins.ts'
import type { ForeignProcess, Runtime, Stranger } from '../contracts/runtime.ts'
import type { Session } from '../contracts/session.ts'
import { catalogue, row } from '../kit/fault.ts'
import { fingerprint, list } from '../kit/text.ts'

export const fault = catalogue({
  ADOPTION_OFF: row<{ terminal: string; why: string }>(
    (f) => `The agent in "${f.terminal}" is not adopted: ${f.why}. It was left alone.`,
    () => 'Say "adopt" to see how it stands now.',
  ),
  CONVERSATION_BUSY: row<{ session: string; terminal: string; path: string }>(
    (f) => `${f.session} is not started: somebody goes on with its conversation by hand, in "${f.terminal}" in ${f.path}.`,
    (f) => `End it there, then say "restart ${f.session}".`,
  ),
})

/** The plugins by which it is looked for. */
type Looking = {
  readonly runtime: (host: string) => Runtime
  readonly agent: (project: string, name: string) => Agent
  readonly workspace: (project: string) => Workspace
  readonly project: (name: string) => Project
  /** What agents of that session find in their environment. */
  readonly environment: (session: string) => Readonly<Record<string, string>>
}

/** One agent in one terminal. */
type Met = { readonly stranger: Stranger; readonly process: ForeignProcess; readonly agent: string; readonly found: Found }

/** The agents of these names that run in terminals of that host: in each terminal the topmost process that one of them knows for its own. */
const meet = async (
  tools: Pick<Looking, 'runtime' | 'environment'>,
  { host, agents }: { readonly host: string; readonly agents: readonly (readonly [string, Agent])[] },
): Promise<readonly Met[]> => {
  const strangers = (await tools.runtime(host).strangers?.()) ?? []
  const met = await Promise.all(strangers.map((stranger) => firstIn(stranger, agents, tools.environment('nobody'))))
  return met.filter((one) => one !== null)
}

const firstIn = async (
  stranger: Stranger,
  agents: readonly (readonly [string, Agent])[],
  environment: Readonly<Record<string, string>>,
): Promise<Met | null> => {
  for (const process of stranger.processes) {
    const below = stranger.processes.filter((one) => comesFrom(one, process, stranger.processes))
    const neighbours = [...stranger.neighbours, ...stranger.processes.filter((one) => !below.includes(one) && one !== process)].filter(
      ({ cwd }) => cwd === process.cwd,
    )
    for (const [name, agent] of agents) {
      const found = (await agent.found?.({ process, below, neighbours, environment })) ?? null
      if (found !== null) return { stranger, process, agent: name, found }
    }
  }
  return null
}

const comesFrom = (one: ForeignProcess, other: ForeignProcess, all: readonly ForeignProcess[]): boolean => {
  const parent = all.find(({ pid }) => pid === one.parent)
  return one.pid !== other.pid && (one.parent === other.pid || (parent !== undefined && comesFrom(parent, other, all)))
}

/** What there is to adopt, and why it cannot be where it cannot: on every host, in every terminal that a person opened by hand. */
export const createStrangers = ({
  tools,
  hosts,
  projects,
  agents,
  sessions,
}: {
  readonly tools: Looking
  readonly hosts: () => readonly string[]
  readonly projects: () => readonly string[]
  /** The agents that work in a project. */
  readonly agents: (project: string) => readonly string[]
  readonly sessions: () => readonly Session[]
}) => {
  const everyAgent = () => {
    const all = new Map(projects().flatMap((project) => agents(project).map((name) => [name, tools.agent(project, name)] as const)))
    return [...all]
  }

  const placeOf = async (path: string): Promise<{ readonly project: Project; readonly folder: FoundFolder } | null> => {
    for (const name of projects()) {
      const project = tools.project(name)
      const folder = (await tools.workspace(name).found?.(path, project)) ?? null
      if (folder !== null) return { project, folder }
    }
    return null
  }

  const judge = async (host: string, terminal: string, { process, agent, found, stranger }: Met): Promise<Candidate> => {
    const place = process.cwd === '' ? null : await placeOf(process.cwd)
    const seen = { host, terminal, agent, folder: process.cwd, project: place?.project.name ?? null, branch: place?.folder.branch ?? null }
    const no = (refused: string, cure: string): Candidate => ({ ...seen, refused, cure })
    if (place === null)
      return no(
        'works in a folder of no project',
        `Projects are ${list(projects().map((name) => `${name} (${tools.project(name).path})`))}; start it in a checkout or worktree of one of them.`,
      )
    const { project, folder } = place
    const { path, branch, baseCommit } = folder
    if (branch === null) return no('works on no branch', `Run "git -C ${path} switch -c <branch>", then say "adopt" again.`)
    if (branch.toLowerCase() === project.base.toLowerCase())
      return no(
        `works on ${branch}, where work goes back to`,
        `Run "git -C ${path} switch -c <branch>": uncommitted work goes along. Then say "adopt" again.`,
      )
    if (path !== process.cwd)
      return no(`works below the top folder, in ${process.cwd}`, `End it there and go on with its conversation from ${path}.`)
    if (!agents(project.name).includes(agent))
      return no(`cannot be started in ${project.name}`, `Write ${agent} under projects.${project.name} in bot.config.yaml.`)
    const inFolder = sessions().find((one) => one.phase !== 'ended' && one.workspace?.path === path && !one.isWorkspaceRemoved)
    if (inFolder) return no(`works in the folder of ${inFolder.id}`, `Say "stop ${inFolder.id}", or end the other one.`)
    if ('refused' in found) return no(found.refused, found.cure)
    const { conversation, isResting } = found
    const inConversation = sessions().find((one) => one.phase !== 'ended' && one.conversation === conversation)
    if (inConversation) return no(`is in the conversation of ${inConversation.id}`, `Say "stop ${inConversation.id}" first.`)
    const { pid, startedAt } = process
    return {
      ...{ ...seen, project: project.name, isResting, refused: null, isAlone: stranger.processes[0] === process },
      code: codeOf([host, pid, startedAt, conversation, path, branch, isResting]),
      adopts: { workspace: { path, branch, baseCommit, isForeign: true }, conversation, process: { pid, startedAt }, terminal },
    }
  }

  return async (): Promise<readonly Candidate[]> => {
    const all = await Promise.all(
      hosts().map(async (host) => {
        const met = await meet(tools, { host, agents: everyAgent() })
        return Promise.all(
          met.map((one) => {
            const { name, place } = one.stranger
            const isOnly = met.filter(({ stranger }) => stranger.name === name).length === 1
            return judge(host, isOnly ? name : `${name}:${place}`, one)
          }),
        )
      }),
    )
    return all.flat()
  }
}

export type Strangers = ReturnType<typeof createStrangers>

/** Eight letters and digits, none that looks like another, and some of both. */
const codeOf = (parts: readonly unknown[]): string => {
  const [first = 0, second = 0, ...rest] = Buffer.from(fingerprint(JSON.stringify(parts), 16), 'hex')
  const sign = (signs: string, byte: number): string => signs[byte % signs.length] ?? ''
  return [sign(letters, first), sign(digits, second), ...rest.map((byte) => sign(letters + digits, byte))].join('')
}
const letters = 'ABCDEFGHJKMNPQRSTUVWXYZ'
const digits = '23456789'

/**
 * Ends what a person started by hand, if it still is what was agreed on: the same process in the same conversation, in the folder as it was.
 * One that has ended meanwhile is fine, unless somebody has gone on with the conversation. @throws {Fault} ADOPTION_OFF, PROCESS_SURVIVED
 */
export const endStranger = async (
  tools: Looking,
  { project, agent: name, host, workspace, conversation, process: agreed }: EffectOf<'agent.adopt'>,
): Promise<void> => {
  const runtime = tools.runtime(host)
  const off = (terminal: string, why: string): Error => fault('ADOPTION_OFF', { terminal, why })
  const met = await meet(tools, { host, agents: [[name, tools.agent(project, name)]] })
  const same = met.find(({ process: { pid, startedAt } }) => pid === agreed.pid && startedAt === agreed.startedAt) ?? null
  const terminal = same?.stranger.name ?? workspace.path
  const folder = (await tools.workspace(project).found?.(workspace.path, tools.project(project))) ?? null
  if (folder === null || folder.path !== workspace.path) throw off(terminal, `${workspace.path} is no checkout of ${project} any more`)
  if (folder.branch !== workspace.branch) throw off(terminal, `its folder is on ${folder.branch ?? 'no branch'} now`)
  const other = met.find((one) => one !== same && 'conversation' in one.found && one.found.conversation === conversation)
  if (other) throw off(other.stranger.name, 'its conversation was taken up by another process')
  const found = same === null ? null : same.found
  if (found !== null && 'refused' in found) throw off(terminal, `it ${found.refused}`)
  if (found !== null && found.conversation !== conversation) throw off(terminal, 'it is in another conversation now')
  await runtime.endStranger?.(agreed, found === null ? [] : found.keeps)
}

/** In a person's own folder somebody may have gone on by hand meanwhile. @throws {Fault} CONVERSATION_BUSY */
export const mustBeAlone = async (
  tools: Looking,
  id: string,
  { project, agent: name, host, workspace, resume }: EffectOf<'agent.launch'>,
): Promise<void> => {
  if (!workspace.isForeign || resume === null) return
  const met = await meet(tools, { host, agents: [[name, tools.agent(project, name)]] })
  const other = met.find(({ found }) => 'conversation' in found && found.conversation === resume)
  if (other) throw fault('CONVERSATION_BUSY', { session: id, terminal: other.stranger.name, path: workspace.path })
}
