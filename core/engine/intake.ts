import { authoriseIntake } from '../access/authorise.ts'
import type { Authorised } from '../contracts/access.ts'
import type { Log, Tracker } from '../contracts/plugins.ts'
import type { Document } from '../contracts/store.ts'
import { explain, isFault } from '../kit/fault.ts'

/** Tasks that asked to be started, by project and key: how often they have asked, and whether they ask now. */
export type IntakeRecord = { tasks: Record<string, Record<string, { round: number; isAsking: boolean }>> }
export const emptyIntake = (): IntakeRecord => ({ tasks: {} })

/** How many tasks of a project that no longer ask are remembered. */
const remembered = 500

/**
 * Starts the tasks that trackers say are to be started by themselves: once each time they begin to ask. One that was started, and
 * stopped by a person, is left alone until it asks anew. The start is granted by the config's own word, within all limits.
 */
export const createIntake = ({
  projects,
  tracker,
  accept,
  document,
  log,
  signal,
}: {
  readonly projects: () => readonly string[]
  readonly tracker: (project: string) => Tracker
  readonly accept: (wish: Authorised) => Promise<unknown>
  readonly document: Document<IntakeRecord>
  readonly log: Log
  readonly signal: AbortSignal
}) => {
  const lookAt = async (project: string): Promise<void> => {
    const asked = await tracker(project).wanted?.(signal)
    if (asked === undefined) return
    const known = document.value.tasks[project] ?? {}
    const keys = new Set(asked.map(({ key }) => key))
    const next = Object.fromEntries(Object.entries(known).map(([key, { round }]) => [key, { round, isAsking: keys.has(key) }]))
    for (const task of asked) {
      const old = known[task.key]
      if (old?.isAsking) continue
      const round = (old?.round ?? 0) + 1
      const start = { name: 'start', project, task, agent: null, base: null, branch: null, model: null } as const
      try {
        await accept(authoriseIntake(start, { cause: `intake/${project}/${task.key}/${round}` }))
        log.info('intake.started', { project, task: task.key })
      } catch (error) {
        if (!isFault(error, 'TASK_TAKEN')) throw error // somebody was first: that is what was asked for
      }
      next[task.key] = { round, isAsking: true }
    }
    if (JSON.stringify(next) === JSON.stringify(known)) return
    const asking = Object.entries(next).filter(([, { isAsking }]) => isAsking)
    const past = Object.entries(next).filter(([, { isAsking }]) => !isAsking)
    await document.update((value) => {
      value.tasks[project] = Object.fromEntries([...past.slice(-remembered), ...asking])
    })
  }

  return {
    /** Asks the trackers of these projects, or of all. */
    look: async (only: readonly string[] | null): Promise<void> => {
      await Promise.all(
        projects()
          .filter((project) => only === null || only.includes(project))
          .map((project) =>
            lookAt(project).catch((error) => {
              if (!signal.aborted) log.warn('intake.failed', { project, why: explain(error) })
            }),
          ),
      )
    },
  }
}
