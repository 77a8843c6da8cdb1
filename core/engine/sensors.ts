import type { AgentPicture } from '../contracts/agent.ts'
import type { Change } from '../contracts/change.ts'
import type { Picture } from '../contracts/input.ts'
import type { HintOf, Log } from '../contracts/plugins.ts'
import type { Handle } from '../contracts/runtime.ts'
import type { Session } from '../contracts/session.ts'
import { explain } from '../kit/fault.ts'
import type { Tools } from './hands.ts'
import type { Reader } from './reader.ts'

/** How long a forge may want to rest before what was hinted at waits, too. */
const hintedRestMs = 15_000

/** How much of a terminal an agent is shown that is known by its screen. */
/** So exact is what a runtime says of a terminal's activity, and a bit more. */
const activityMs = 1_500
const screenLines = 60

/** So many looks in a row must fail before people are told. */
const blindLooks = 3

/** What sensors need: who is there, whom to tell, and the plugins to look with. */
export type SensorParts = {
  readonly sessions: () => readonly Session[]
  readonly show: (session: string, seen: Picture) => Promise<void>
  readonly tools: Pick<Tools, 'runtime' | 'scm' | 'project' | 'agent' | 'now'>
  readonly reader: Reader
  /** Told when nothing can be seen of a project's changes any more, with the reason, and null once it can again. Must not throw. */
  readonly onBlind?: (project: string, why: Error | null) => void
  readonly log: Log
  readonly signal: AbortSignal
}

/**
 * Looks that show whole pictures. Each asks for many at once; what fails shows nothing and spoils nobody else's picture.
 * They may be called as often as one likes: hints only make them come sooner.
 */
export const createSensors = ({ sessions, show, tools, reader, onBlind = () => {}, log, signal }: SensorParts) => {
  const shown = new Map<string, AgentPicture>()
  const lookedAt = new Map<string, number>()
  const screens = new Map<string, number>()
  let looks = 0

  /** What one agent has written, and what its screen shows if that is given. Shown again while a trouble waits for its second picture. */
  const hear = async (session: Session, screen: string | null = null): Promise<void> => {
    const { id, project, agent, workspace, conversation } = session
    if (!workspace) return
    const of = { id, project, agent, workspace, conversation }
    const picture = screen === null ? await reader.read(of) : reader.see(of, screen)
    const isOutdated = session.tool !== null && picture.tool === null // a tool's end may come with nothing else that is news
    if (shown.get(id) === picture && !isOutdated && !session.troubles.some(({ isEased }) => isEased)) return
    shown.set(id, picture)
    await show(id, { kind: 'agent', picture })
  }

  const lookAtHost = async (host: string, all: readonly (Session & { readonly handle: Handle })[]): Promise<void> => {
    const runtime = tools.runtime(host)
    const seen = await runtime.look(all.map(({ handle }) => handle))
    for (const session of all) {
      const { id, handle } = session
      const process = seen.get(handle.run)
      await attempt('sensor.agent.failed', id, async () => {
        // Also of one that has ended: its last words come before its end.
        await hear(session, process?.alive ? await newScreen(session, handle, process.activeAt) : null)
        if (process?.alive) return
        const screen = await runtime.screen(handle, 40).catch(() => '') // gone without a trace: there is no screen to show
        await show(id, { kind: 'exited', handle, code: process?.code ?? null, signal: process?.signal ?? null, screen })
      })
    }
  }

  /** What the terminal of an agent shows that is known by its screen; null where nothing is new on it. */
  const newScreen = async ({ id, project, agent }: Session, handle: Handle, activeAt: number): Promise<string | null> => {
    const runtime = tools.runtime(handle.host)
    if (!runtime.hasTerminal || !tools.agent(project, agent).see || screens.get(id) === activeAt) return null
    const lookedAt = tools.now()
    const screen = await runtime.screen(handle, screenLines)
    // A terminal's activity may be told in whole seconds: what it shows later in the same one is looked at, too.
    if (lookedAt >= activeAt + activityMs) screens.set(id, activeAt)
    return screen
  }

  const blind = new Map<string, { readonly looks: number; readonly isTold: boolean }>()

  /** One look that fails is nothing; several in a row, of all its changes, are something that people must know. */
  const judge = (project: string, seen: readonly (Change | null | Error)[]): void => {
    const [first] = seen
    const before = blind.get(project) ?? { looks: 0, isTold: false }
    if (first === undefined || signal.aborted) return
    if (!(first instanceof Error) || !seen.every((one) => one instanceof Error)) {
      blind.delete(project)
      if (before.isTold) onBlind(project, null)
      return
    }
    const isTold = before.looks + 1 >= blindLooks
    blind.set(project, { looks: before.looks + 1, isTold: isTold || before.isTold })
    if (isTold && !before.isTold) onBlind(project, first)
  }

  const attempt = async (event: string, of: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (!signal.aborted) log.warn(event, { of, why: explain(error) })
    }
  }

  return {
    /** Processes and agents of all sessions; one question to each host. */
    lookAtAgents: async (): Promise<void> => {
      const hosts = new Map<string, (Session & { readonly handle: Handle })[]>()
      for (const session of sessions()) {
        if (!session.handle) continue
        hosts.set(session.host, [...(hosts.get(session.host) ?? []), { ...session, handle: session.handle }])
      }
      await Promise.all([...hosts].map(([host, all]) => attempt('sensor.host.failed', host, () => lookAtHost(host, all))))
    },

    /** One agent's files, because something was written there. */
    hear: (session: Session): Promise<void> => attempt('sensor.agent.failed', session.id, () => hear(session)),

    /**
     * The changes of all sessions, or of those that hints are about; one question to each project's forge. A forge that wants rest
     * is left alone by whoever has no hint.
     */
    lookAtChanges: async (about: readonly HintOf[] | null = null): Promise<void> => {
      looks += 1
      const began = looks
      const projects = new Map<string, Session[]>()
      for (const session of sessions()) {
        if (!session.workspace || (session.phase === 'ended' && !session.merging)) continue
        if (about !== null && !about.some((hint) => isAbout(hint, session))) continue
        projects.set(session.project, [...(projects.get(session.project) ?? []), session])
      }
      await Promise.all(
        [...projects].map(([project, all]) =>
          attempt('sensor.scm.failed', project, async () => {
            // A short pause between looks is not for what was hinted at; a long one means that little is left.
            const patienceMs = about === null ? 0 : hintedRestMs
            if ((tools.scm(project).restUntil?.() ?? 0) > tools.now() + patienceMs) return
            const items = all.map((session) => ({
              project: tools.project(project),
              number: session.changes.at(-1)?.number ?? null,
              branch: session.branch,
            }))
            const seen = await tools
              .scm(project)
              .look(items, signal)
              .catch((error: Error) => items.map(() => error))
            judge(project, seen)
            await Promise.all(
              all.map(({ id }, index) => attempt('sensor.change.failed', id, () => showChange(id, seen[index] ?? null, began))),
            )
          }),
        ),
      )
    },

    forget: (id: string): void => {
      shown.delete(id)
      lookedAt.delete(id)
      screens.delete(id)
      reader.forget(id)
    },
  }

  /** A look that was begun earlier than one already shown would show the past. */
  async function showChange(id: string, seen: Error | null | Change, began: number): Promise<void> {
    if (seen instanceof Error) throw seen
    if ((lookedAt.get(id) ?? 0) > began) return
    lookedAt.set(id, began)
    if (seen) await show(id, { kind: 'change', change: seen })
  }
}

/** A change of several sessions' branch is news for each of them. */
const isAbout = ({ project, number, branch }: HintOf, session: Session): boolean =>
  session.project === project &&
  ((number === undefined && branch === undefined) ||
    session.branch === branch ||
    session.changes.some((change) => change.number === number))
