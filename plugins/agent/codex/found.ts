import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { Found, FoundRequest } from '../../../core/contracts/plugins.ts'
import type { ForeignProcess } from '../../../core/contracts/runtime.ts'
import { parseObject } from '../../../core/kit/mailbox.ts'

/**
 * Is that a Codex which somebody started by hand, and which conversation is it in? The terminal is a view of a server that all terminals of
 * its user share (0.169.0): it outlives them, keeps writing a conversation to itself, and goes on with a turn that nobody looks at any
 * more. So a conversation goes on here as a copy of itself (`forkOf`), that server is left alone, and one in the middle of a turn is refused. Which
 * conversation it is the process does not say: it is the only one of its folder that was written since it began.
 */
export const found = async ({ process, below, neighbours, environment }: FoundRequest): Promise<Found | null> => {
  if (!isTerminal(process)) return null
  const home = homeIn(process.environment)
  if (home !== null && home !== homeIn(environment))
    return {
      refused: `keeps its conversations in ${home}, where sessions of this bot would not find them`,
      cure: 'Start it with the same HOME and CODEX_HOME as the bot.',
    }
  const folder = home ?? homeIn(environment)
  if (folder === null) return { refused: 'has no HOME that could be read', cure: 'Start it as the user that the bot runs as.' }
  const written = await writtenSince(join(folder, 'sessions'), process)
  const [only] = written
  if (only === undefined) return { refused: 'has no conversation yet', cure: 'Say something to it, or start the task from here.' }
  if (written.length > 1 || neighbours.some(isTerminal))
    return {
      refused: 'could be in one of several conversations of its folder, and does not say in which',
      cure: 'End it, and any other Codex in that folder; then start "codex resume" there, choose the conversation and say a word in it.',
    }
  if (!only.isResting)
    return {
      refused: "is in the middle of a turn, and Codex's own server would go on with that by itself",
      cure: 'Wait until its turn has ended, or press Esc there; then say "adopt" again.',
    }
  return { conversation: forkOf(only.conversation), isResting: true, keeps: below.filter(isServer).map(({ pid }) => pid) }
}

const prefix = 'fork:'
/** A conversation that is taken up as a copy of itself. */
export const forkOf = (conversation: string): string => `${prefix}${conversation}`
/** The conversation to begin from, where it is one of those. */
export const forkedFrom = (conversation: string): string | null =>
  conversation.startsWith(prefix) ? conversation.slice(prefix.length) : null

/** The words after the program's own name: `codex`, or npm's node program around it. */
const wordsOf = ({ argv }: Pick<ForeignProcess, 'argv'>): readonly string[] | null => {
  const [program = '', script = ''] = argv
  if (/^codex(?:\.exe)?$/.test(basename(program))) return argv.slice(1)
  return /^(?:node|bun)(?:\.exe)?$/.test(basename(program)) && /^codex(?:\.js)?$/.test(basename(script)) ? argv.slice(2) : null
}
const isServer = (process: Pick<ForeignProcess, 'argv'>): boolean => wordsOf(process)?.includes('app-server') ?? false

/** A terminal to talk in; its other commands (`exec`, `mcp-server`) are none. */
export const isTerminal = (process: Pick<ForeignProcess, 'argv'>): boolean => {
  const words = wordsOf(process)
  return words !== null && !words.some((word) => others.has(word))
}
const others = new Set([
  'app-server',
  'exec',
  'e',
  'exec-server',
  'mcp',
  'mcp-server',
  'login',
  'logout',
  'review',
  'apply',
  'sandbox',
  'debug',
  'cloud',
  'completion',
])

const homeIn = ({ CODEX_HOME: own, HOME: home }: Readonly<Record<string, string>>): string | null =>
  own ?? (home === undefined ? null : join(home, '.codex'))

type Written = { readonly conversation: string; readonly isResting: boolean }

/** Conversations with people that belong to the folder of that process and were written since it began. */
const writtenSince = async (folder: string, { cwd, beganAt }: ForeignProcess): Promise<readonly Written[]> => {
  const names = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [] // nobody has talked to it yet
    throw error
  })
  const all = await Promise.all(
    names
      .filter((name) => /(?:^|\/)rollout-[^/]*\.jsonl$/.test(name))
      .map(async (name): Promise<readonly Written[]> => {
        const path = join(folder, name)
        const { mtimeMs, size } = await stat(path)
        if (mtimeMs < beganAt) return []
        const [first = ''] = (await part(path, 0, firstBytes)).split('\n', 1)
        const meta = metaSchema.safeParse(parseObject(first)).data?.payload
        // The agents below an agent have conversations of their own.
        if (meta?.cwd !== cwd || (typeof meta.source === 'object' && meta.source !== null) || meta.parent_thread_id) return []
        return [{ conversation: meta.id, isResting: isTurnOver(await part(path, Math.max(0, size - lastBytes), lastBytes)) }]
      }),
  )
  return all.flat()
}

/** Its first row has its instructions in it; of the end only the newest turns are of interest. */
const firstBytes = 1024 * 1024
const lastBytes = 4 * 1024 * 1024

const part = async (path: string, from: number, bytes: number): Promise<string> => {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, from)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

const isTurnOver = (text: string): boolean => {
  const events = text.split('\n').flatMap((line) => eventSchema.safeParse(parseObject(line)).data?.payload.type ?? [])
  return events.at(-1) !== 'task_started'
}

const metaSchema = z.object({
  type: z.literal('session_meta'),
  payload: z.object({ id: z.string(), cwd: z.string(), source: z.unknown(), parent_thread_id: z.string().nullish() }),
})
const eventSchema = z.object({
  type: z.literal('event_msg'),
  payload: z.object({ type: z.enum(['task_started', 'task_complete', 'turn_aborted']) }),
})
