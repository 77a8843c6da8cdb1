import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { HintOf, Host, Log, Slot } from '../contracts/plugins.ts'
import type { Documents } from '../contracts/store.ts'
import { sleep } from '../kit/time.ts'

/** What plugins get from their surroundings, made once for all of them. */
export const createHost = ({
  dataFolder,
  documents,
  log,
  signal,
  onHint,
  onWebhook = () => {},
  now,
}: {
  readonly dataFolder: string
  readonly documents: Documents
  readonly log: Log
  readonly signal: AbortSignal
  readonly onHint: (slot: Slot, of?: HintOf) => void
  /** Without a listener nothing comes in. */
  readonly onWebhook?: Host['onWebhook']
  readonly now: () => number
}): Host => {
  const shared = new Map<string, unknown>()
  return {
    dataFolder,
    folder: async (...parts) => {
      const path = join(dataFolder, ...parts)
      await mkdir(path, { recursive: true })
      return path
    },
    log,
    now,
    sleep,
    lock: keyedLock(),
    signal,
    document: (name, empty) => documents.open(name, empty),
    shared: <T>(name: string, make: () => T): T => {
      if (!shared.has(name)) shared.set(name, make())
      return shared.get(name) as T // the name stands for one type: whoever shares it agrees on that
    },
    hint: onHint,
    onWebhook,
  }
}

/** Work under one name is done one after the other; names do not wait for each other. */
export const keyedLock = () => {
  const last = new Map<string, Promise<unknown>>()
  return <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const turn = (last.get(name) ?? Promise.resolve()).catch(() => {}).then(work) // whoever failed before us has told its own caller
    last.set(name, turn)
    const forget = (): void => {
      if (last.get(name) === turn) last.delete(name)
    }
    turn.then(forget, forget)
    return turn
  }
}
