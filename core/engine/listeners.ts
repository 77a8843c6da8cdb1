import type { Agent, Log } from '../contracts/plugins.ts'
import type { Session } from '../contracts/session.ts'
import { explain } from '../kit/fault.ts'
import { appendRow } from '../kit/mailbox.ts'

/**
 * Keeps one ear at the own server of each agent that has one, for as long as its process is there. What is heard goes through the
 * mailbox, so it is kept, and means the same after a restart of the bot.
 */
export const createListeners = ({
  agentOf,
  folderOf,
  sleep,
  log,
}: {
  readonly agentOf: (project: string, name: string) => Agent
  readonly folderOf: (session: string) => string
  readonly sleep: (waitMs: number, signal?: AbortSignal) => Promise<void>
  readonly log: Log
}) => {
  const ears = new Map<string, { readonly run: string; readonly stopping: AbortController; readonly work: Promise<void> }>()

  const leave = (id: string): void => {
    ears.get(id)?.stopping.abort()
    ears.delete(id)
  }

  const listen = ({ id, project, agent: name, workspace, conversation, handle }: Session): void => {
    const agent = workspace && handle ? agentOf(project, name) : null
    if (!workspace || !handle || !agent?.listen) return
    const folder = folderOf(id)
    const stopping = new AbortController()
    const work = agent
      .listen({
        ...{ session: id, folder, workspace, run: handle.run, conversation, log, sleep },
        append: (row) => appendRow(folder, row),
        signal: stopping.signal,
      })
      .catch((error) => {
        if (!stopping.signal.aborted) log.error('listener.broken', { id, agent: name, why: explain(error) })
      })
    ears.set(id, { run: handle.run, stopping, work })
  }

  return {
    /** A session is alive, or no longer; the same session again changes nothing. */
    session: (session: Session): void => {
      const { id, handle, phase } = session
      const run = phase === 'ended' ? null : (handle?.run ?? null)
      if ((ears.get(id)?.run ?? null) === run) return
      leave(id)
      if (run !== null) listen(session)
    },
    stop: async (): Promise<void> => {
      const all = [...ears.values()].map(({ work }) => work)
      for (const id of [...ears.keys()]) leave(id)
      await Promise.all(all)
    },
  }
}
