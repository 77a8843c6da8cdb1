import type { Config } from '../core/config/config.ts'
import { rulesOf } from '../core/config/rules.ts'
import type { Prices } from '../core/contracts/cost.ts'
import { mergedHeads, type Session } from '../core/contracts/session.ts'
import type { Task } from '../core/contracts/task.ts'
import type { Tools } from '../core/engine/hands.ts'
import type { Ring } from '../core/engine/ring.ts'
import type { Toolbox } from '../core/engine/tools.ts'
import { drawTerminal } from '../core/kit/picture.ts'
import type { Redact } from '../core/kit/redact.ts'
import { headline as firstLine, plain } from '../core/kit/text.ts'
import { headline } from '../core/session/headline.ts'
import type { Reads } from './contracts/reads.ts'

/** How old a list of tasks may be that only completes what is typed. */
const taskListMs = 30_000

/** What the bot may ask of the world without changing it. */
export const readsOf = ({
  config,
  ring,
  tools,
  toolbox,
  redact,
  repositoryOf = () => null,
  strangers = async () => [],
  prices,
  numbers,
  now,
}: {
  readonly config: Config
  readonly ring: Pick<Ring, 'sessions' | 'ended' | 'find' | 'facts' | 'queue' | 'fleet'>
  readonly tools: Pick<Tools, 'runtime'>
  readonly toolbox: Pick<Toolbox, 'settingOf' | 'agents' | 'tracker' | 'check' | 'workspace' | 'project' | 'terminal'>
  /** Takes secrets out of a text. Pixels cannot be redacted, so without it there are no pictures. */
  readonly redact?: Redact
  /** How a project's repository is called in addresses. */
  readonly repositoryOf?: (project: string) => string | null
  /** What people started by hand; nothing where nobody looks. */
  readonly strangers?: Reads['strangers']
  /** What models cost. */
  readonly prices: Prices
  readonly numbers: Reads['numbers']
  readonly now: () => number
}): Reads => {
  const workspaceOf = (session: Session) => {
    if (!session.workspace) throw new Error(`${session.id} has no workspace.`)
    return session.workspace
  }
  const listed = new Map<string, { readonly at: number; readonly tasks: readonly Task[] }>()
  return {
    sessions: ring.sessions,
    ended: ring.ended,
    find: ring.find,
    facts: ring.facts,
    queue: ring.queue,
    strangers,
    fleet: ring.fleet,
    settingOf: toolbox.settingOf,
    headline: (session) => headline(session, rulesOf(config, session.project)),
    projects: () =>
      Object.values(config.projects).map(({ name, path, base, agent }) => ({
        name,
        path,
        base,
        agent: agent.name,
        isPaused: ring.fleet()?.paused.includes(name) ?? false,
        repository: repositoryOf(name),
      })),
    people: () => config.people,
    agents: () => [...new Set(Object.keys(config.projects).flatMap(toolbox.agents))],
    openTasks: (project) => {
      const known = listed.get(project) ?? { at: 0, tasks: [] }
      if (now() - known.at > taskListMs) {
        listed.set(project, { ...known, at: now() })
        void toolbox
          .tracker(project)
          .list()
          .then(
            (tasks) => listed.set(project, { at: now(), tasks }),
            () => {}, // a completion that lacks tasks is no trouble; whoever starts one hears of it
          )
      }
      return known.tasks
    },
    task: (project, key) => toolbox.tracker(project).find(key),
    ready: (project, agent) => toolbox.check(project, agent ?? config.projects[project]?.agent.name ?? ''),
    numbers,
    prices: () => prices,
    screen: async (session, lines) =>
      session.handle ? tools.runtime(session.handle.host).screen(session.handle, lines) : (session.exit?.screen ?? ''),
    picture: async (session) => {
      const runtime = session.handle && tools.runtime(session.handle.host)
      if (!session.handle || !runtime?.hasTerminal || !redact) return null
      const screen = await runtime.screen(session.handle, 50, { isColoured: true })
      const words = plain(screen)
      // A secret may be broken over two rows.
      const hasSecret = [words, words.replaceAll('\n', '')].some((text) => redact(text) !== text)
      // Without colours its text says as much.
      if (words.trim() === '' || words === screen || hasSecret) return null
      const drawn = await drawTerminal(screen, { columns: 200, rows: 50 }).catch(() => null) // its text is shown instead
      const last = words.trimEnd().split('\n').at(-1) ?? ''
      return (
        drawn && { alt: `The terminal of ${session.id}, down to: ${firstLine(last, 120)}`, png: Buffer.from(drawn.png).toString('base64') }
      )
    },
    diff: (session) => toolbox.workspace(session.project).diff(workspaceOf(session), 200_000),
    unsaved: (session) =>
      toolbox.workspace(session.project).unsaved(workspaceOf(session), toolbox.project(session.project), mergedHeads(session)),
    attach: async (session) => {
      const argv = session.handle ? tools.runtime(session.handle.host).attach(session.handle) : null
      return argv ? (await toolbox.terminal(session.project).open(session.id, argv)).says : null
    },
  }
}
