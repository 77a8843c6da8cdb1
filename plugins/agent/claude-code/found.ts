import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { Found, FoundRequest } from '../../../core/contracts/plugins.ts'
import type { ForeignProcess } from '../../../core/contracts/runtime.ts'
import { parseObject } from '../../../core/kit/mailbox.ts'
import { isResting } from './transcript.ts'

/**
 * Is that a Claude Code which somebody started by hand, and which conversation is it in? Each that runs notes that in
 * `sessions/<pid>.json` of its own folder; where an older one has no such note its conversation is the only one of that folder that
 * was written since it began. Seen with 2.1.197.
 */
export const foundWith =
  (own: Readonly<Record<string, string>>) =>
  async ({ process, neighbours, environment }: FoundRequest): Promise<Found | null> => {
    if (!isClaude(process)) return null
    const home = homeIn(process.environment)
    if (home !== null && home !== homeIn({ ...environment, ...own }))
      return {
        refused: `keeps its conversations in ${home}, where sessions of this bot would not find them`,
        cure: 'Start it with the same HOME and CLAUDE_CONFIG_DIR as the bot, or write CLAUDE_CONFIG_DIR under "env" of the agent.',
      }
    const folder = home ?? homeIn({ ...environment, ...own })
    if (folder === null) return { refused: 'has no HOME that could be read', cure: 'Start it as the user that the bot runs as.' }
    const note = await noteOf(folder, process)
    if (note !== null)
      return (await isKept(folder, note.sessionId))
        ? { conversation: note.sessionId, isResting: note.status === 'idle', keeps: [] }
        : unsaid
    const written = await writtenSince(folder, process)
    const [only] = written
    if (only === undefined) return unsaid
    if (written.length > 1 || neighbours.some(isClaude))
      return {
        refused: 'could be in one of several conversations of its folder, and does not say in which',
        cure: 'Update Claude Code to 2.1 or newer, or end the others that run in that folder.',
      }
    return { conversation: only, isResting: isTurnOver(await readFile(pathOf(folder, process.cwd, only), 'utf8')), keeps: [] }
  }

const unsaid: Found = { refused: 'has no conversation yet', cure: 'Say something to it, or start the task from here.' }

/** `claude`, or node with its script; what is asked once and prints (`-p`) is none that waits. */
export const isClaude = ({ argv }: Pick<ForeignProcess, 'argv'>): boolean => {
  const [program = '', script = ''] = argv
  const isOwn = /^claude(?:\.exe)?$/.test(basename(program))
  const isScript = /^(?:node|bun)(?:\.exe)?$/.test(basename(program)) && /(?:\/claude|claude-code\/cli\.(?:m?js|cjs))$/.test(script)
  return (isOwn || isScript) && !argv.some((word) => word === '-p' || word === '--print')
}

const homeIn = ({ CLAUDE_CONFIG_DIR: own, HOME: home }: Readonly<Record<string, string>>): string | null =>
  own ?? (home === undefined ? null : join(home, '.claude'))

const noteSchema = z.object({
  pid: z.number(),
  sessionId: z.string(),
  startedAt: z.number(),
  procStart: z.string().optional(),
  status: z.string().optional(),
})

/** What it says of itself; a note that another process of that number left behind is none. */
const noteOf = async (folder: string, { pid, startedAt, beganAt }: ForeignProcess): Promise<z.infer<typeof noteSchema> | null> => {
  const note = noteSchema.safeParse(parseObject(await textOf(join(folder, 'sessions', `${pid}.json`)))).data
  if (note === undefined || note.pid !== pid) return null
  const isSame =
    /^\d+$/.test(startedAt) && note.procStart !== undefined ? note.procStart === startedAt : Math.abs(note.startedAt - beganAt) < slackMs
  return isSame ? note : null
}

/** How long after its start it may say that it began. */
const slackMs = 60_000

const isKept = async (folder: string, conversation: string): Promise<boolean> =>
  (await namesIn(join(folder, 'projects'))).some((project) => existsSync(join(folder, 'projects', project, `${conversation}.jsonl`)))

/** The folder of a folder's conversations is called like it, with dashes for all that is no letter and no digit. */
const pathOf = (folder: string, cwd: string, conversation: string): string =>
  join(folder, 'projects', cwd.replace(/[^A-Za-z0-9]/g, '-'), `${conversation}.jsonl`)

const writtenSince = async (folder: string, { cwd, beganAt }: ForeignProcess): Promise<readonly string[]> => {
  const names = (await namesIn(join(pathOf(folder, cwd, ''), '..'))).filter((name) => /^[\da-f-]{36}\.jsonl$/.test(name))
  const conversations = names.map((name) => name.slice(0, -'.jsonl'.length))
  const times = await Promise.all(conversations.map(async (one) => (await stat(pathOf(folder, cwd, one))).mtimeMs))
  return conversations.filter((_, index) => (times[index] ?? 0) >= beganAt)
}

/** The last word is the model's own and no call of a tool, or the turn failed or was broken off. */
const isTurnOver = (text: string): boolean => {
  if (isResting(text)) return true
  const rows = text.split('\n').flatMap((line) => rowSchema.safeParse(parseObject(line)).data ?? [])
  const last = rows.findLast(({ isSidechain, isMeta }) => isSidechain !== true && isMeta !== true)
  return last?.type === 'assistant' && (last.message.stop_reason === 'end_turn' || last.message.stop_reason === 'stop_sequence')
}
const rowSchema = z.object({
  type: z.enum(['user', 'assistant']),
  isSidechain: z.boolean().optional(),
  isMeta: z.boolean().optional(),
  message: z.object({ stop_reason: z.string().nullish() }),
})

const namesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(unlessAbsent([]))
const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(unlessAbsent(''))

const unlessAbsent =
  <T>(instead: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return instead
    throw error
  }
