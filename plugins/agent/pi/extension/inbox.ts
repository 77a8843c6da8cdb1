import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs'
import { join } from 'node:path'
import { type Letter, stopLetter } from '../places.ts'

/** How long a message may be neither queued nor shown before it counts as lost in pi. */
const graceMs = 3_000
/** A watch may miss things, or not be had at all. */
const pollMs = 1_000

/** What pi is asked while messages wait. */
export type Receiver = {
  readonly send: (text: string) => void
  /** Breaks off the turn that runs. */
  readonly breakOff: () => void
  /** Can it take one now? */
  readonly isReady: () => boolean
  /** Is it still on its way inside of pi: in a queue, or put back into the composer? */
  readonly isUnderWay: (id: string) => boolean
}

/**
 * Brings what lies in the inbox into pi: one message at a time, in order, each once. A file stays until the conversation shows its id, so
 * whatever ends pi meanwhile, the next one brings it.
 */
export const openInbox = (folder: string, { send, breakOff, isReady, isUnderWay }: Receiver) => {
  const seen = new Set<string>()
  let sent: { readonly id: string; readonly at: number } | null = null
  let isOpen = false
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  taken(join(folder, stopLetter)) // meant for a turn of an earlier process

  const bring = (): void => {
    if (taken(join(folder, stopLetter))) breakOff()
    if (!isOpen || !isReady()) return
    for (const name of readdirSync(folder).sort()) {
      const letter = name.endsWith('.json') ? read(join(folder, name)) : null
      if (letter === null) continue
      if (seen.has(letter.id)) {
        rmSync(join(folder, name), { force: true })
        continue
      }
      if (sent?.id === letter.id && (Date.now() - sent.at < graceMs || isUnderWay(letter.id))) return
      sent = { id: letter.id, at: Date.now() }
      send(letter.text)
      return
    }
  }

  const close = watched(folder, bring)
  const timer = setInterval(bring, pollMs)
  timer.unref()
  return {
    /** The conversation shows these. */
    shows: (ids: readonly string[]): void => {
      for (const id of ids) seen.add(id)
      if (ids.length > 0) setImmediate(bring)
    },
    /** From now on messages are brought. */
    open: (): void => {
      if (isOpen) return
      isOpen = true
      bring()
    },
    close: (): void => {
      isOpen = false
      clearInterval(timer)
      close()
    },
  }
}

/** Is it there? Once is enough. */
const taken = (path: string): boolean => {
  if (!existsSync(path)) return false
  rmSync(path, { force: true })
  return true
}

/** Ours, written whole: what is not to be read is somebody else's and stays where it is. */
const read = (path: string): Letter | null => {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof value === 'object' && value !== null && 'id' in value && 'text' in value ? (value as Letter) : null // written by `tell`
  } catch {
    return null // gone meanwhile, or no letter
  }
}

const watched = (folder: string, look: () => void): (() => void) => {
  try {
    const watcher = watch(folder, { persistent: false }, look)
    watcher.on('error', () => watcher.close())
    return () => watcher.close()
  } catch {
    return () => {} // no watches left on this machine: the slow look does it alone
  }
}
