import { randomBytes } from 'node:crypto'
import type { Message } from '../../../core/contracts/agent.ts'
import type { AgentReach } from '../../../core/contracts/plugins.ts'
import { wrap } from '../../../core/kit/wrap.ts'
import { put, rowsIn } from './mail.ts'
import { ask, readServer, type Server, unreachable } from './server.ts'

/**
 * Hands a message to the server: it waits there until the model is asked next. Twice is once.
 *
 * @throws {Fault} AGENT_UNREACHABLE, also for one that was not started by our script: typing is not what it is told by
 */
export const tellServer = async (message: Message, reach: AgentReach): Promise<'own'> => {
  const { folder, signal } = reach
  const text = wrap(message)
  const server = readServer(folder)
  if (server === null) throw unreachable('no server of it is known')
  const rows = rowsIn(folder)
  const session = rows.findLast((row) => row.opencode === 'session')?.session
  const isHeard = rows.findLast((row) => row.opencode === 'started')?.run === server.run
  if (session === undefined || !isHeard) throw unreachable('its server has not been heard yet')
  const agent = rows.findLast((row) => row.opencode === 'heard')?.agent ?? null
  await send(server, { folder, session, agent, model: null, id: message.id, text, signal })
  return 'own'
}

/**
 * Sends words into a conversation under an id of opencode's form, which is put down before. When words of that `id` were sent before and
 * stand there, nothing is sent.
 *
 * @throws {Fault} AGENT_UNREACHABLE
 */
export const send = async (
  server: Server,
  {
    folder,
    session,
    agent,
    model,
    id,
    text,
    signal,
  }: {
    readonly folder: string
    readonly session: string
    readonly agent: string | null
    readonly model: string | null
    readonly id: string
    readonly text: string
    readonly signal: AbortSignal
  },
): Promise<void> => {
  const path = `/session/${encodeURIComponent(session)}`
  const before = rowsIn(folder).findLast((row) => row.opencode === 'telling' && row.id === id)
  if (before?.opencode === 'telling' && (await ask(server, `${path}/message/${before.message}`, { signal })).status === 200) return
  const message = newMessageId(Date.now())
  put(folder, { opencode: 'telling', id, message })
  const body = {
    messageID: message,
    ...(agent === null ? {} : { agent }),
    ...(model === null ? {} : { model: modelOf(model) }),
    parts: [{ type: 'text', text }],
  }
  const { status } = await ask(server, `${path}/prompt_async`, { body, signal })
  if (status >= 300) throw unreachable(`its server answered ${status} to a message`)
}

/**
 * An id as opencode makes them: its conversations are in the order of their ids, and a message whose id is older than the last answer is
 * never looked at, so an id is used for one sending only. https://github.com/sst/opencode/blob/dev/packages/opencode/src/id/id.ts
 */
export const newMessageId = (at: number): string => {
  counter = (counter + 1) % 0x1000
  const time = ((BigInt(at) * 0x1000n + BigInt(counter)) & 0xffff_ffff_ffffn).toString(16).padStart(12, '0')
  return `msg_${time}${[...randomBytes(14)].map((byte) => letters[byte % letters.length]).join('')}`
}
let counter = 0
const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** `provider/model`; a model's own name may have a slash in it. */
const modelOf = (model: string) => {
  const [providerID = '', ...rest] = model.split('/')
  return { providerID, modelID: rest.join('/') }
}
