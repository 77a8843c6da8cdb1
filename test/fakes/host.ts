import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HintOf, Host, Log, Slots, WebhookAnswer } from '../../core/contracts/plugins.ts'
import type { Document } from '../../core/contracts/store.ts'
import { sleep } from '../../core/kit/time.ts'

/** One line a plugin logged. */
export type LogLine = {
  readonly level: keyof Log
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** A host that keeps what plugins told it. `stop` aborts its signal; `close` does so, too, and removes the data folder. */
export type FakeHost = Host & {
  readonly hints: readonly (keyof Slots)[]
  /** Hints that said what they are about. */
  readonly hintsOf: readonly (HintOf & { readonly slot: keyof Slots })[]
  /** What answers requests that come in, by path. */
  readonly webhooks: ReadonlyMap<string, WebhookAnswer>
  readonly logged: readonly LogLine[]
  stop(reason?: Error): void
  close(): Promise<void>
}

/**
 * Surroundings for one plugin under test: a real data folder below the system's temporary folder, a real clock, locks by name within this
 * process, documents in memory. Logs and hints are kept, nothing is printed. `now` and `sleep` may be replaced.
 */
export const makeHost = async (parts: { readonly now?: Host['now']; readonly sleep?: Host['sleep'] } = {}): Promise<FakeHost> => {
  const dataFolder = await realpath(await mkdtemp(join(tmpdir(), 'ao-data-')))
  const stopped = new AbortController()
  const hints: (keyof Slots)[] = []
  const logged: LogLine[] = []
  const hintsOf: (HintOf & { readonly slot: keyof Slots })[] = []
  const webhooks = new Map<string, WebhookAnswer>()
  return {
    dataFolder,
    folder: async (...names) => {
      const path = join(dataFolder, ...names)
      await mkdir(path, { recursive: true })
      return path
    },
    log: logInto(logged),
    now: parts.now ?? Date.now,
    sleep: parts.sleep ?? sleep,
    lock: makeLocks(),
    signal: stopped.signal,
    document: makeDocuments(),
    shared: makeShared(),
    hint: (slot, of) => {
      hints.push(slot)
      if (of) hintsOf.push({ slot, ...of })
    },
    hints,
    hintsOf,
    onWebhook: (path, answer) => void webhooks.set(path, answer),
    webhooks,
    logged,
    stop: (reason = new Error('the bot stops')) => stopped.abort(reason),
    close: async () => {
      stopped.abort(new Error('the test is over'))
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

const logInto = (lines: LogLine[]): Log => {
  const at =
    (level: keyof Log) =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      void lines.push({ level, event, fields })
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

const makeLocks = (): Host['lock'] => {
  const tails = new Map<string, Promise<unknown>>()
  return (name, work) => {
    const mine = (tails.get(name) ?? Promise.resolve()).then(work)
    tails.set(
      name,
      mine.catch(() => {}), // whoever waits in line does not care how the one before it went; its caller hears it
    )
    return mine
  }
}

const makeDocuments = (): Host['document'] => {
  const all = new Map<string, unknown>()
  return async <T>(name: string, empty: T): Promise<Document<T>> => {
    const found = all.get(name) ?? makeDocument(structuredClone(empty))
    all.set(name, found)
    return found as Document<T> // whoever opens a name knows its type, as with the real store
  }
}

const makeDocument = <T>(value: T): Document<T> => ({ value, update: async (change) => change(value) })

const makeShared = (): Host['shared'] => {
  const all = new Map<string, unknown>()
  return <T>(name: string, make: () => T): T => {
    if (!all.has(name)) all.set(name, make())
    return all.get(name) as T // whoever shares a name knows its type
  }
}
