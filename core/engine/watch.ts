import { type FSWatcher, watch } from 'node:fs'
import type { Config } from '../config/config.ts'
import type { HintOf, Log, Slot } from '../contracts/plugins.ts'
import type { Session } from '../contracts/session.ts'
import { explain } from '../kit/fault.ts'
import type { createListeners } from './listeners.ts'
import type { createSensors } from './sensors.ts'
import type { Toolbox } from './tools.ts'

type Sensors = ReturnType<typeof createSensors>

/** How long hints are gathered before one look answers them all. */
const gatherMs = 20
/** How often, and for how long, it is looked whether words that were handed over have arrived. Later the usual looks see it. */
const proofEveryMs = 200
const proofMs = 10_000

/**
 * Keeps the sensors looking: at their pace, and sooner when something hints that there is news. One look of a kind runs at a
 * time; a hint during a look leads to one more after it. The function it gives stops it.
 */
export const keepLooking = ({
  sensors,
  toolbox,
  sessions,
  folderOf,
  files,
  intake,
  listeners,
  pace,
  log,
}: {
  readonly sensors: Sensors
  readonly toolbox: Pick<Toolbox, 'runtimes'>
  readonly sessions: () => readonly Session[]
  readonly folderOf: (session: string) => string
  readonly files: { readonly look: () => Promise<void> }
  readonly intake: { readonly look: (only: readonly string[] | null) => Promise<void> }
  readonly listeners: Pick<ReturnType<typeof createListeners>, 'session' | 'stop'>
  readonly pace: Config['watch']
  readonly log: Log
}) => {
  const agents = loop(() => sensors.lookAtAgents(), pace.agentsMs)
  const changes = loop(() => sensors.lookAtChanges(), pace.changesMs)
  const filesSeen = loop(files.look, pace.filesMs)
  const tasks = loop(() => intake.look(null), pace.tasksMs)
  // A look at what was hinted at does not wait for the one at everything, and that does not come sooner because of it.
  const hintedChanges = gather<HintOf>((about) => sensors.lookAtChanges(about))
  const hintedTasks = gather<string>((projects) => intake.look(projects))
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

  const hearSoon = (id: string, waitMs = gatherMs): void => {
    const folder = folders.get(id)
    if (!folder || folder.timer) return
    folder.timer = setTimeout(() => {
      folder.timer = null
      const session = sessions().find((one) => one.id === id)
      if (session) void sensors.hear(session).then(() => proveSoon(sessions().find((one) => one.id === id) ?? session))
    }, waitMs)
  }

  /** The proof that words arrived may stand in a file of the agent's own, which nobody watches; the next words wait for it. */
  const proveSoon = ({ id, messages }: Session): void => {
    const waits = messages.some(({ state, sent, at }) => state === 'handed' && sent !== null && Date.now() - at < proofMs)
    if (waits) hearSoon(id, proofEveryMs)
  }

  return {
    /** A session is alive, or no longer. */
    session: (session: Session): void => {
      const { id, handle, phase } = session
      listeners.session(session)
      if (handle && phase !== 'ended') {
        follow(id)
        proveSoon(session)
      }
      if (phase !== 'ended') return
      const folder = folders.get(id)
      folder?.watcher.close()
      if (folder?.timer) clearTimeout(folder.timer)
      folders.delete(id)
      sensors.forget(id)
    },
    hint: (slot: Slot, of?: HintOf): void => {
      if (slot === 'scm') of === undefined ? changes.soon() : hintedChanges.add(of)
      if (slot === 'tracker') of === undefined ? tasks.soon() : hintedTasks.add(of.project)
      if (slot === 'runtime' || slot === 'agent') agents.soon()
    },
    /** Looks at everything now, and then keeps looking. */
    start: async (): Promise<void> => {
      await Promise.all([agents.now(), changes.now()])
      filesSeen.soon()
      tasks.soon()
    },
    stop: async (): Promise<void> => {
      for (const stop of stops) stop()
      for (const { watcher, timer } of folders.values()) {
        watcher.close()
        if (timer) clearTimeout(timer)
      }
      await Promise.all([agents, changes, filesSeen, tasks, hintedChanges, hintedTasks, listeners].map((each) => each.stop()))
    },
  }
}

/**
 * Runs `look` again and again, every so often from begin to begin, with half of that for a rest at least, or soon after a hint. `look` must
 * not throw.
 */
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
    const begunAt = Date.now()
    running = look().finally(() => {
      running = null
      after(isHinted ? gatherMs : Math.min(everyMs, Math.max(everyMs / 2, begunAt + everyMs - Date.now())))
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

/** Gathers hints for a moment and looks at all they are about, also while an earlier look is under way. `look` must not throw. */
const gather = <T>(look: (all: readonly T[]) => Promise<void>) => {
  let waiting: T[] = []
  let timer: NodeJS.Timeout | null = null
  let isStopped = false
  const running = new Set<Promise<void>>()

  const run = (): void => {
    timer = null
    const all = waiting
    waiting = []
    const work = look(all).finally(() => running.delete(work))
    running.add(work)
  }

  return {
    add: (one: T): void => {
      if (isStopped) return
      waiting.push(one)
      timer ??= setTimeout(run, gatherMs)
    },
    stop: async (): Promise<void> => {
      isStopped = true
      if (timer) clearTimeout(timer)
      await Promise.all(running)
    },
  }
}
