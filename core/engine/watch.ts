import { type FSWatcher, watch } from 'node:fs'
import type { Log, Slot } from '../contracts/plugins.ts'
import type { Session } from '../contracts/session.ts'
import { explain } from '../kit/fault.ts'
import type { createSensors } from './sensors.ts'
import type { Toolbox } from './tools.ts'

type Sensors = ReturnType<typeof createSensors>

/** How long hints are gathered before one look answers them all. */
const gatherMs = 20

/**
 * Keeps the sensors looking: at their pace, and sooner when something hints that there is news. One look of a kind runs at a
 * time; a hint during a look leads to one more after it. The function it gives stops it.
 */
export const keepLooking = ({
  sensors,
  toolbox,
  sessions,
  folderOf,
  pace,
  log,
}: {
  readonly sensors: Sensors
  readonly toolbox: Pick<Toolbox, 'runtimes'>
  readonly sessions: () => readonly Session[]
  readonly folderOf: (session: string) => string
  readonly pace: { readonly agentsMs: number; readonly changesMs: number }
  readonly log: Log
}) => {
  const agents = loop(() => sensors.lookAtAgents(), pace.agentsMs)
  const changes = loop(() => sensors.lookAtChanges(), pace.changesMs)
  const folders = new Map<string, { readonly watcher: FSWatcher; timer: NodeJS.Timeout | null }>()
  const stops = toolbox.runtimes().map(({ runtime }) => runtime.onHint?.(() => agents.soon()) ?? (() => {}))

  /** What a session's agent writes is heard at once; where a folder cannot be watched the next look hears it. */
  const follow = (id: string): void => {
    if (folders.has(id)) return
    try {
      const watcher = watch(folderOf(id), () => hearSoon(id))
      watcher.on('error', (error) => log.debug('watch.lost', { id, why: explain(error) }))
      folders.set(id, { watcher, timer: null })
    } catch (error) {
      log.debug('watch.none', { id, why: explain(error) })
    }
  }

  const hearSoon = (id: string): void => {
    const folder = folders.get(id)
    if (!folder || folder.timer) return
    folder.timer = setTimeout(() => {
      folder.timer = null
      const session = sessions().find((one) => one.id === id)
      if (session) void sensors.hear(session)
    }, gatherMs)
  }

  return {
    /** A session is alive, or no longer. */
    session: ({ id, handle, phase }: Session): void => {
      if (handle && phase !== 'ended') follow(id)
      if (phase !== 'ended') return
      const folder = folders.get(id)
      folder?.watcher.close()
      if (folder?.timer) clearTimeout(folder.timer)
      folders.delete(id)
      sensors.forget(id)
    },
    hint: (slot: Slot): void => {
      if (slot === 'scm') changes.soon()
      if (slot === 'runtime' || slot === 'agent') agents.soon()
    },
    /** Looks at everything now, and then keeps looking. */
    start: async (): Promise<void> => {
      await Promise.all([agents.now(), changes.now()])
    },
    stop: async (): Promise<void> => {
      for (const stop of stops) stop()
      for (const { watcher, timer } of folders.values()) {
        watcher.close()
        if (timer) clearTimeout(timer)
      }
      await Promise.all([agents.stop(), changes.stop()])
    },
  }
}

/** Runs `look` again and again, `everyMs` after the last one ended, or soon after a hint. `look` must not throw. */
const loop = (look: () => Promise<void>, everyMs: number) => {
  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> | null = null
  let isHinted = false
  let isStopped = false

  const after = (waitMs: number): void => {
    if (isStopped) return
    if (timer) clearTimeout(timer)
    timer = setTimeout(() => void now(), waitMs)
  }

  const now = (): Promise<void> => {
    if (running) {
      isHinted = true
      return running
    }
    isHinted = false
    running = look().finally(() => {
      running = null
      after(isHinted ? gatherMs : everyMs)
    })
    return running
  }

  return {
    now,
    soon: (): void => {
      if (running) isHinted = true
      else after(gatherMs)
    },
    stop: async (): Promise<void> => {
      isStopped = true
      if (timer) clearTimeout(timer)
      await running
    },
  }
}
