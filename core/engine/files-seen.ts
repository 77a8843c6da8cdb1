import type { Picture } from '../contracts/input.ts'
import type { Log } from '../contracts/plugins.ts'
import type { Session } from '../contracts/session.ts'
import { collisions } from '../fleet/collisions.ts'
import { explain } from '../kit/fault.ts'
import type { Tools } from './hands.ts'

/**
 * Looks now and then at the files that live workspaces change, and shows the sessions concerned who else changes the same ones.
 * Only where the agent has worked since its last look; what was seen is kept in memory, for a restart looks again.
 */
export const createFilesSensor = ({
  sessions,
  show,
  tools,
  log,
  signal,
}: {
  readonly sessions: () => readonly Session[]
  readonly show: (session: string, seen: Picture) => Promise<void>
  readonly tools: Pick<Tools, 'workspace'>
  readonly log: Log
  readonly signal: AbortSignal
}) => {
  const seen = new Map<string, { readonly workedAt: number; readonly seq: number; readonly files: readonly string[] }>()

  const look = async ({ id, project, workspace, workedAt, seq }: Session): Promise<void> => {
    if (!workspace || seen.get(id)?.workedAt === workedAt) return
    try {
      const { changed = [] } = await tools.workspace(project).look(workspace)
      seen.set(id, { workedAt, seq, files: changed })
    } catch (error) {
      if (!signal.aborted) log.debug('sensor.files.failed', { of: id, why: explain(error) }) // whoever needs the workspace hears of it
    }
  }

  return {
    /** One after the other: it is early warning, not news, and must not take the machine from anybody. */
    look: async (): Promise<void> => {
      // What is being merged collides with nobody any more; who conflicts with it then hears so from the forge.
      const live = sessions().filter(
        ({ phase, workspace, isWorkspaceRemoved, merging, changes }) =>
          phase === 'live' && workspace && !isWorkspaceRemoved && !merging && !changes.some(({ state }) => state === 'merged'),
      )
      for (const session of live) {
        if (signal.aborted) return
        await look(session)
      }
      for (const id of seen.keys()) if (!live.some((session) => session.id === id)) seen.delete(id)
      const found = collisions(live.map(({ id, project }) => ({ session: id, project, files: seen.get(id)?.files ?? [] })))
      for (const { id, collisions: known } of live) {
        const now = found.get(id) ?? {}
        if (Object.keys(now).length === 0 && Object.keys(known).length === 0) continue
        await show(id, { kind: 'collisions', with: now }).catch((error) =>
          log.warn('sensor.files.unshown', { of: id, why: explain(error) }),
        )
      }
    },
  }
}
