import { AsyncLocalStorage } from 'node:async_hooks'
import { openPulls } from './acts/common.ts'
import { mergePull } from './merging.ts'
import { enqueue, isReady, stepQueue } from './queue.ts'
import { Refusal } from './refusal.ts'
import { protectionOf } from './rules.ts'
import type { Pull, World } from './state.ts'

/** What merges, enqueues and dequeues by itself, until nothing can go on. Calls from within are taken up by the one that runs. */
export const makeSettle = (worldOf: () => World): (() => Promise<void>) => {
  const within = new AsyncLocalStorage<true>()
  let isAsked = false
  let running: Promise<void> | null = null

  const run = async (): Promise<void> => {
    try {
      while (isAsked) {
        isAsked = false
        await once(worldOf())
      }
    } finally {
      running = null
    }
  }
  return async () => {
    isAsked = true
    if (running && within.getStore()) return // it would wait for itself
    running ??= within.run(true, run)
    await running
  }
}

const once = async (world: World): Promise<void> => {
  for (const repository of world.repositories.values()) {
    for (const branch of repository.queues.keys()) while (await stepQueue(world, repository, branch));
    for (const pull of openPulls(repository).filter(({ autoMerge }) => autoMerge !== null)) await tryMerge(world, pull)
  }
}

const tryMerge = async (world: World, pull: Pull): Promise<void> => {
  const { autoMerge } = pull
  if (!autoMerge || !(await isReady(world, pull))) return
  const { method, title, body, enabledBy } = autoMerge
  try {
    if (protectionOf(pull.repository, pull.base.branch)?.hasMergeQueue) await enqueue(world, pull, enabledBy)
    else await mergePull(world, pull, enabledBy, { method, title, message: body })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    // It stays armed, as on GitHub, and is tried again after the next act.
  }
}
