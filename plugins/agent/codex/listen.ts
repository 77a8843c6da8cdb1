import { join } from 'node:path'
import { z } from 'zod'
import type { AgentWire } from '../../../core/contracts/plugins.ts'
import { explain, isFault } from '../../../core/kit/fault.ts'
import { type Asked, readAsked } from './ask.ts'
import { openBook } from './book.ts'
import { currentStart, socketName } from './files.ts'
import { putRight, sayHeld } from './rights.ts'
import { isTyped } from './rollout.ts'
import { followFound, isAsking, isMain, lastTurn, type Thread, threadIn, turnSchema } from './thread.ts'
import { openLine, type Said } from './wire.ts'

/** How long until the next try to connect; a new server needs a second to be there. */
const againMs = 250
/** What a server refuses it will not grant a moment later. */
const refusedMs = 3_000
/** A question that waits comes together with the answer to `thread/resume`. */
const pendingMs = 3_000

/**
 * Keeps a connection to the app-server of one start and writes down what it hears: the conversation, its questions and how they were
 * closed, messages that arrived, turns that began and ended. Resolves when the signal aborts.
 */
export const listen = async (wire: AgentWire): Promise<void> => {
  const { signal, log, session } = wire
  const book = openBook(wire)
  let told = ''
  while (!signal.aborted) {
    let waitMs = againMs
    try {
      await hearOut(wire, book)
    } catch (error) {
      if (signal.aborted) return
      const why = explain(error)
      const isAway = isFault(error, 'AGENT_UNREACHABLE') // not there yet, or ending
      if (!isAway) waitMs = refusedMs
      if (isAway || why === told) log.debug('codex.unheard', { session, why })
      else log.warn('codex.unheard', { session, why })
      told = why
    }
    await wire.sleep(waitMs, signal).catch(() => {})
  }
}

type Book = ReturnType<typeof openBook>
type Pending = { readonly id: number | string; readonly asked: Asked }

/** One connection, for as long as it holds. */
const hearOut = async (wire: AgentWire, book: Book): Promise<void> => {
  const { folder, signal } = wire
  const pending: Pending[] = []
  const items = new Map<string, unknown>()
  let thread: Thread | null = null
  let isReady = false
  let hasAsked = (): void => {}

  /** One question at a time stands in the mailbox: the one that waits longest. */
  const publish = (): void => {
    const [first] = pending
    if (isReady && first && book.open() !== first.asked.question.request) book.ask(first.asked)
  }
  const close = (which: (one: Pending) => boolean): void => {
    const at = pending.findIndex(which)
    const [closed] = at === -1 ? [] : pending.splice(at, 1)
    if (closed && book.open() === closed.asked.question.request) book.close()
    publish()
  }

  const hear = (said: Said): void => {
    const of = z.object({ threadId: z.string() }).safeParse(said.params).data?.threadId ?? null
    if (said.method === 'thread/started') {
      const started = threadIn(said.params.thread)
      if (thread !== null && started !== null && started.id !== thread.id && isMain(started)) line?.close() // a person began another: follow that
      return
    }
    if (thread === null ? false : of !== thread.id) return
    if (said.id !== null) {
      const asked = readAsked(said, (itemId) => items.get(itemId))
      if (asked === null) return
      pending.push({ id: said.id, asked })
      hasAsked()
      publish()
      return
    }
    hears[said.method]?.(said.params)
  }

  const hears: Readonly<Record<string, (params: Readonly<Record<string, unknown>>) => void>> = {
    'serverRequest/resolved': ({ requestId }) => close(({ id }) => id === requestId),
    'item/started': ({ item }) => {
      const { id, type } = itemSchema.safeParse(item).data ?? {}
      if (id !== undefined && type === 'fileChange') items.set(id, item)
    },
    'item/completed': ({ item }) => {
      const { id, type, clientId } = itemSchema.safeParse(item).data ?? {}
      if (id !== undefined) items.delete(id)
      if (type === 'userMessage' && clientId && !isTyped(clientId)) book.write({ codex: 'heard', message: clientId })
    },
    'turn/started': ({ turn }) => {
      const begun = turnSchema.safeParse(turn).data
      if (begun) book.turn(begun)
    },
    'turn/completed': ({ turn }) => {
      const ended = turnSchema.safeParse(turn).data
      if (ended) book.turn(ended)
    },
  }

  const socket = join(folder, socketName(wire.run))
  const line = await openLine(folder, socket, (said) => hear(said), signal)
  try {
    const resumed = await followFound(line, wire)
    thread = resumed.thread
    const start = currentStart(folder)
    if (book.isNew() && start !== null) await putRight(line, resumed, { ...start, folder })
    book.thread(thread)
    await sayHeld(line, thread, folder, socket)
    if (isAsking(thread) && pending.length === 0)
      await Promise.race([new Promise<void>((resolve) => (hasAsked = resolve)), wire.sleep(pendingMs, signal), line.closed])
    isReady = true
    book.reconcile(pending.map(({ asked }) => asked))
    publish()
    const turn = await lastTurn(line, resumed.thread.id)
    if (turn) book.turn(turn)
    await line.closed
  } finally {
    line.close()
  }
}

const itemSchema = z.object({ id: z.string(), type: z.string(), clientId: z.string().nullish() })
