import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { Found, FoundRequest } from '../../../core/contracts/plugins.ts'
import type { ForeignProcess } from '../../../core/contracts/runtime.ts'
import { parseObject } from '../../../core/kit/mailbox.ts'

/**
 * Is that a pi which somebody started by hand, and which conversation is it in? It says so nowhere: it is the only one of its folder that
 * was written since it began. pi calls a conversation by its file.
 */
export const found = async ({ process, neighbours, environment }: FoundRequest): Promise<Found | null> => {
  if (!isPi(process)) return null
  const home = homeIn(process.environment)
  if (home !== null && home !== homeIn(environment))
    return {
      refused: `keeps its conversations in ${home}, where sessions of this bot would not find them`,
      cure: 'Start it with the same HOME and PI_CODING_AGENT_DIR as the bot.',
    }
  const folder = home ?? homeIn(environment)
  if (folder === null) return { refused: 'has no HOME that could be read', cure: 'Start it as the user that the bot runs as.' }
  const written = await writtenSince(join(folder, 'sessions'), process)
  const [only] = written
  if (only === undefined) return { refused: 'has no conversation yet', cure: 'Say something to it, or start the task from here.' }
  if (written.length > 1 || neighbours.some(isPi))
    return {
      refused: 'could be in one of several conversations of its folder, and does not say in which',
      cure: 'End it, and any other pi in that folder; then start "pi --resume" there, choose the conversation and say a word in it.',
    }
  return { conversation: only, isResting: isTurnOver(await readFile(only, 'utf8')), keeps: [] }
}

/** It calls its process `pi`; what prints one answer is none that waits. */
export const isPi = ({ argv }: Pick<ForeignProcess, 'argv'>): boolean => {
  const [program = '', script = ''] = argv
  const isOwn = /^pi(?:\.exe)?$/.test(basename(program))
  const isScript = /^(?:node|bun)(?:\.exe)?$/.test(basename(program)) && /(?:\/pi|pi-coding-agent\/dist\/cli\.js)$/.test(script)
  return (isOwn || isScript) && !argv.some((word) => word === '-p' || word === '--print' || word === '--mode')
}

const homeIn = ({ PI_CODING_AGENT_DIR: own, HOME: home }: Readonly<Record<string, string>>): string | null =>
  own ?? (home === undefined ? null : join(home, '.pi', 'agent'))

const writtenSince = async (folder: string, { cwd, beganAt }: ForeignProcess): Promise<readonly string[]> => {
  const names = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [] // nobody has talked to it yet
    throw error
  })
  const all = await Promise.all(
    names
      .filter((name) => name.endsWith('.jsonl'))
      .map(async (name) => {
        const path = join(folder, name)
        if ((await stat(path)).mtimeMs < beganAt) return []
        const [first = ''] = (await readFile(path, 'utf8')).split('\n', 1)
        return headSchema.safeParse(parseObject(first)).data?.cwd === cwd ? [path] : []
      }),
  )
  return all.flat()
}

/** The last word is the model's own, and no call of a tool. */
const isTurnOver = (text: string): boolean => {
  const last = text
    .split('\n')
    .flatMap((line) => messageSchema.safeParse(parseObject(line)).data?.message ?? [])
    .at(-1)
  return last?.role === 'assistant' && last.stopReason !== 'toolUse'
}

const headSchema = z.object({ type: z.literal('session'), cwd: z.string() })
const messageSchema = z.object({ type: z.literal('message'), message: z.object({ role: z.string(), stopReason: z.string().optional() }) })
