import { z } from 'zod'
import type { AgentWire } from '../../../core/contracts/plugins.ts'
import { isFault } from '../../../core/kit/fault.ts'
import type { Line } from './wire.ts'

const thread = z.object({
  id: z.string(),
  path: z.string().nullable(),
  createdAt: z.number(),
  ephemeral: z.boolean(),
  parentThreadId: z.string().nullable(),
  threadSource: z.string().nullable(),
  status: z.object({ type: z.string(), activeFlags: z.array(z.string()).optional() }),
})
const error = z.object({ message: z.string(), codexErrorInfo: z.unknown() })

/** A conversation as the server shows it. */
export type Thread = z.infer<typeof thread>

/** A turn; `items` are its last words only. */
export const turnSchema = z.object({
  id: z.string(),
  status: z.string(),
  error: error.nullable(),
})
export type Turn = z.infer<typeof turnSchema>

/** A thread that a notification tells of, or null. */
export const threadIn = (value: unknown): Thread | null => thread.safeParse(value).data ?? null

/** The conversation of people, not one that Codex has with itself to find a title, and none of a sub-agent. */
export const isMain = ({ ephemeral, parentThreadId, threadSource }: Thread): boolean =>
  !ephemeral && parentThreadId === null && (threadSource === null || threadSource === 'user')

/** Of a server that belongs to one session: its conversation, the newest where a person began another. Null: there is none yet. */
export const findThread = async (line: Line): Promise<Thread | null> => {
  const { data } = await line.call('thread/loaded/list', {}, z.object({ data: z.array(z.string()) }))
  const threads = await Promise.all(data.map((threadId) => readThread(line, threadId)))
  const [newest = null] = threads.filter(isMain).sort((one, other) => other.createdAt - one.createdAt)
  return newest
}

/** A thread as it is now. */
export const readThread = async (line: Line, threadId: string): Promise<Thread> =>
  (await line.call('thread/read', { threadId }, z.object({ thread }))).thread

/** From now on the line hears of this thread, and of what waits for an answer there; shows it as it is, and what it may do. */
export const followThread = (line: Line, threadId: string): Promise<Followed> =>
  line.call('thread/resume', { threadId, excludeTurns: true }, followed)

const followed = z.object({ thread, approvalPolicy: z.unknown(), sandbox: z.object({ type: z.string() }) })
export type Followed = z.infer<typeof followed>

/** The turn that was begun last, or null. */
export const lastTurn = async (line: Line, threadId: string): Promise<Turn | null> => {
  const answer = z.object({ data: z.array(turnSchema) })
  const { data } = await line.call('thread/turns/list', { threadId, limit: 1, sortDirection: 'desc' }, answer)
  return data[0] ?? null
}

/** Does it wait for an answer right now? */
export const isAsking = ({ status }: Thread): boolean => (status.activeFlags ?? []).some((flag) => flag.startsWith('waitingOn'))

/** Waits for the conversation, and follows it. One that has just begun is refused until its first row is written. */
export const followFound = async (line: Line, { sleep, signal }: Pick<AgentWire, 'sleep' | 'signal'>): Promise<Followed> => {
  for (let tries = 1; ; tries += 1) {
    try {
      const found = await findThread(line)
      if (found !== null) return await followThread(line, found.id)
    } catch (error) {
      if (!isFault(error, 'CODEX_REFUSED') || tries > 50) throw error
    }
    await sleep(lookMs, signal)
  }
}

/** How long until the next look for a conversation. */
const lookMs = 100
