import type { AgentWire } from '../../contracts/plugins.ts'
import { explain } from '../fault.ts'
import { parseObject } from '../mailbox.ts'
import { idsIn } from '../wrap.ts'
import type { Start } from './session.ts'
import { acpFiles, follow, isListening, type Row, rowsOf, say, textOf } from './wire.ts'

/**
 * Begins the conversation, one step after the other, and declines what the agent wants of its client besides permissions. Resolves
 * when the signal aborts. A step that was sent is not sent again by a bot that starts anew.
 */
export const acpListen = async (
  agent: string,
  { folder, run, append, sleep, signal, log }: Pick<AgentWire, 'folder' | 'run' | 'append' | 'sleep' | 'signal' | 'log'>,
): Promise<void> => {
  const files = acpFiles(folder)
  const news = follow(files.said)
  const answers = new Map<unknown, Row>()
  const sent = new Set(rowsOf(textOf(`${folder}/mailbox.ndjson`)).map((row) => row.sent))
  let isOurs = false

  const hear = async (row: Row): Promise<void> => {
    if (typeof row.run === 'string') isOurs = row.run === run
    if (!isOurs) return
    if (row.method === undefined && row.error === undefined) answers.set(row.id, object(row.result))
    // Permissions are for people. For anything else it is told no, so that it does not wait for ever.
    if (typeof row.method === 'string' && row.id !== undefined && row.method !== 'session/request_permission')
      await say(folder, { jsonrpc: '2.0', id: row.id, error: { code: -32601, message: `Method not found: ${row.method}` } }, agent)
  }

  const proceed = async (): Promise<void> => {
    const next = isOurs ? nextStep(files, run, answers) : null
    if (next === null || sent.has(next.id) || !isListening(folder)) return
    sent.add(next.id)
    // Written down first: a bot killed between the two leaves an agent without its task, which is seen, and never one with two.
    append({ sent: next.id, ...(next.method === 'session/prompt' && { told: next.id, ids: idsIn(textOf(files.prompt)) }) })
    await say(folder, next, agent)
  }

  while (!signal.aborted) {
    try {
      for (const row of news()) await hear(row)
      await proceed()
    } catch (error) {
      log.warn('acp.listen.failed', { agent, why: explain(error) })
    }
    await sleep(sent.has(`${run}.prompt`) ? 250 : 40, signal).catch(() => {}) // aborted: so is the loop
  }
}

/** The first request that has no answer yet; after one that was refused nothing follows. */
const nextStep = (files: ReturnType<typeof acpFiles>, run: string, answers: ReadonlyMap<unknown, Row>) => {
  const start = parseObject(textOf(files.start)) as Start | null // `acpLaunch` wrote it
  if (start === null || start.run !== run) return null
  const { cwd, resume, authenticate, mode } = start
  const sessionId = resume ?? answers.get(`${run}.open`)?.sessionId
  const abilities = { fs: { readTextFile: false, writeTextFile: false }, terminal: false }
  const steps = [
    { id: 'init', method: 'initialize', params: { protocolVersion: 1, clientCapabilities: abilities } },
    ...(authenticate === null ? [] : [{ id: 'auth', method: 'authenticate', params: { methodId: authenticate } }]),
    resume === null
      ? { id: 'open', method: 'session/new', params: { cwd, mcpServers: [] } }
      : { id: 'open', method: 'session/load', params: { sessionId: resume, cwd, mcpServers: [] } },
    ...(mode === null ? [] : [{ id: 'mode', method: 'session/set_mode', params: { sessionId, modeId: mode } }]),
    { id: 'prompt', method: 'session/prompt', params: { sessionId, prompt: [{ type: 'text', text: textOf(files.prompt) }] } },
  ]
  const next = steps.find(({ id }) => !answers.has(`${run}.${id}`))
  return next === undefined ? null : { jsonrpc: '2.0', ...next, id: `${run}.${next.id}` }
}

const object = (value: unknown): Row => (typeof value === 'object' && value !== null ? (value as Row) : {}) // just looked at
