import { authoriseIntake } from '../access/authorise.ts'
import type { Authorised } from '../contracts/access.ts'
import type { Log, Tracker } from '../contracts/plugins.ts'
import type { Document } from '../contracts/store.ts'
import { explain, isFault } from '../kit/fault.ts'

/** Tasks that asked to be started, by project and key, and whether they ask now. */
export type IntakeRecord = { tasks: Record<string, Record<string, { isAsking: boolean }>> }
export const emptyIntake = (): IntakeRecord => ({ tasks: {} })

/** How many tasks of a project that no longer ask are remembered. */
const remembered = 2_000

/**
 * Starts the tasks that trackers say are to be started by themselves, each once: whoever wrote a task may close and open it as they
 * like, and must not thereby start again what a person stopped. The start is granted by the config's own word, within all limits.
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
    const next = Object.fromEntries(Object.keys(known).map((key) => [key, { isAsking: keys.has(key) }]))
    for (const task of asked) {
      if (known[task.key]) continue
      const start = { name: 'start', project, task, agent: null, base: null, branch: null, model: null } as const
      try {
        await accept(authoriseIntake(start, { cause: `intake/${project}/${task.key}` }))
        log.info('intake.started', { project, task: task.key })
      } catch (error) {
        if (!isFault(error, 'TASK_TAKEN')) throw error // somebody was first: that is what was asked for
      }
      next[task.key] = { isAsking: true }
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
