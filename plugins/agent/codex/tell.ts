import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { Message } from '../../../core/contracts/agent.ts'
import type { AgentReach } from '../../../core/contracts/plugins.ts'
import { appendLine, parseObject } from '../../../core/kit/mailbox.ts'
import { sleep } from '../../../core/kit/time.ts'
import { wrap } from '../../../core/kit/wrap.ts'
import { unreachable } from './faults.ts'
import { currentStart, filesIn, textOf } from './files.ts'
import { findThread, followThread, readThread, type Thread } from './thread.ts'
import { type Line, openLine, type Said } from './wire.ts'

/** A message for an agent at work stands in the conversation when its tool has ended; who looks after so long finds out later. */
const patienceMs = 10 * 60_000
/** A turn that was interrupted takes with it what had not been read: it is then said again, but not for ever. */
const tries = 3
/** What was read at the end of a turn is written by then. */
const settleMs = 300

/**
 * Hands a message over and waits until it stands in the conversation, so that the next one comes after it. While a turn runs Codex reads
 * it between two steps of that turn.
 *
 * Exactly once: that it is handed over is written down before. A message of which that is known is looked for in Codex's own record, and
 * while the turn that took it still runs it is waited for; only when it is in neither is it handed over again.
 *
 * @throws {Fault} AGENT_UNREACHABLE, CODEX_REFUSED
 */
export const tell = async (message: Message, { folder, signal }: AgentReach): Promise<'own'> => {
  signal.throwIfAborted()
  const start = currentStart(folder)
  if (start === null) throw unreachable(folder, 'it has not been started')
  const { socket } = start
  const ear = openEar(message.id)
  const line = await openLine(folder, socket, ear.hear, signal)
  try {
    const found = await findThread(line)
    if (found === null) throw unreachable(folder, 'it has no conversation yet')
    const { thread } = await followThread(line, found.id)
    const before = toldIn(folder, message.id)
    let isUnderWay = before.includes(socket) && thread.status.type === 'active'
    if (before.length > 0 && !isUnderWay && (await isWritten(thread, message.id))) return 'own'
    for (let at = 0; at < tries; at += 1) {
      const turn = isUnderWay ? null : await hand(line, thread, message, { folder, socket })
      const outcome = await ear.next({ line, turn, ms: patienceMs })
      if (outcome === 'ended') throw unreachable(folder, 'it ended with the message in hand')
      if (outcome !== 'over' || (await isTaken(line, thread, message.id))) return 'own'
      isUnderWay = false
    }
    return 'own' // whoever asked looks up later what became of it
  } finally {
    line.close()
    signal.throwIfAborted()
  }
}

/** Resolves with the turn that takes it. */
const hand = async (
  line: Line,
  { id: threadId }: Thread,
  message: Message,
  { folder, socket }: { readonly folder: string; readonly socket: string },
): Promise<string> => {
  appendLine(filesIn(folder).told, { id: message.id, socket })
  const input = [{ type: 'text', text: wrap(message), text_elements: [] }]
  const answer = z.object({ turn: z.object({ id: z.string() }) })
  return (await line.call('turn/start', { threadId, input, clientUserMessageId: message.id }, answer)).turn.id
}

/** A turn is over that should have read it: did that one read it after all, or is the next at it? */
const isTaken = async (line: Line, thread: Thread, id: string): Promise<boolean> => {
  for (;;) {
    await sleep(settleMs)
    if (await isWritten(thread, id)) return true
    const { status } = await readThread(line, thread.id)
    if (status.type !== 'active') return false
  }
}

/** Hears that a message stands in the conversation, or that the turn that should have read it is over. */
const openEar = (id: string) => {
  const over = new Set<string>()
  let isThere = false
  let look = (): void => {}
  const hear = ({ method, params }: Said): void => {
    if (method === 'turn/completed') over.add(completed.safeParse(params).data?.turn.id ?? '')
    if ((method === 'item/started' || method === 'item/completed') && itemOf(id).safeParse(params).success) isThere = true
    look()
  }
  /** Without the name of a turn any that ends counts. */
  const next = async (of: {
    readonly line: Line
    readonly turn: string | null
    readonly ms: number
  }): Promise<'there' | 'over' | 'late' | 'ended'> => {
    let timer: NodeJS.Timeout | undefined
    const heard = new Promise<'there' | 'over'>((resolve) => {
      look = () => {
        if (isThere) resolve('there')
        else if (of.turn === null ? over.size > 0 : over.has(of.turn)) resolve('over')
      }
    })
    look()
    try {
      const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), of.ms)))
      return await Promise.race([heard, late, of.line.closed.then(() => 'ended' as const)])
    } finally {
      clearTimeout(timer)
    }
  }
  return { hear, next }
}

const completed = z.object({ turn: z.object({ id: z.string() }) })
const itemOf = (id: string) => z.object({ item: z.object({ clientId: z.literal(id) }) })

/** The sockets over which that message was handed before. */
const toldIn = (folder: string, id: string): readonly string[] => {
  const rows = textOf(filesIn(folder).told).split('\n').map(parseObject)
  return rows.flatMap((row) => (row?.id === id && typeof row.socket === 'string' ? [row.socket] : []))
}

/** Does the agent's own record show it? Read in passing: a long record is never whole in memory. */
const isWritten = async ({ path }: Thread, id: string): Promise<boolean> => {
  if (path === null) return false
  const mark = JSON.stringify(id)
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })
  try {
    for await (const line of lines) if (line.includes('"client_id"') && line.includes(mark) && isShown(line, id)) return true
    return false
  } finally {
    lines.close()
  }
}

const shown = z.object({ payload: z.object({ item: z.object({ client_id: z.string() }) }) })
const isShown = (line: string, id: string): boolean => shown.safeParse(parseObject(line)).data?.payload.item.client_id === id
