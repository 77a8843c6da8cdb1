import { closeSync, existsSync, fstatSync, openSync, readlinkSync, readSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Decision, Message } from '../../../core/contracts/agent.ts'
import type { AgentReach } from '../../../core/contracts/plugins.ts'
import { type Inbox, isWaiting, poke, putMessage, takenAt } from '../../../core/kit/hooks.ts'
import { appendRow, readOrEmpty } from '../../../core/kit/mailbox.ts'
import { sleep } from '../../../core/kit/time.ts'
import { fault } from '../../../core/kit/wrap.ts'
import { outcomeOf, wholeRequest } from './asks.ts'
import { asksIn } from './heard.ts'
import { currentFile, stateFolder, transcriptLink } from './script.ts'
import { isResting } from './transcript.ts'

/** A message that a hook took so lately may still be on its way into the transcript. */
const onItsWayMs = 5_000

/** How often it is looked whether a message has been taken, and whether the agent came to rest without saying so. */
const pollMs = 200

/**
 * Lays the message where the agent's hooks take it: within a turn after the next tool, at the end of a turn, or at once where the agent
 * rests. Resolves when one has taken it. When the signal aborts it stays there for the next hook, and telling it again finds it.
 *
 * @throws {Fault} AGENT_UNREACHABLE when no agent was started here, or it has ended
 */
export const tellByHooks = async (message: Message, { folder, signal }: AgentReach, now: () => number): Promise<'own'> => {
  signal.throwIfAborted()
  const state = currentState(folder)
  if (state === null) throw fault('AGENT_UNREACHABLE', { agent: 'claude-code', why: 'it was not started in this session' })
  const inbox: Inbox = { folder: join(state, 'inbox') }
  const taken = takenAt(inbox, message.id)
  if (taken !== null && now() - taken < onItsWayMs && !isWaiting(inbox, message.id)) return 'own'
  putMessage(inbox, message, now())
  for (;;) {
    if (!isWaiting(inbox, message.id)) return 'own'
    if (existsSync(join(state, 'ended'))) throw fault('AGENT_UNREACHABLE', { agent: 'claude-code', why: 'it has ended' })
    wake(folder, state)
    await sleep(pollMs, signal)
  }
}

/** Hands the decision to the hook that waits for it, and no other. */
export const answerByHook = (
  { request, choice, text }: Decision,
  { folder }: AgentReach,
  keepRules: (rules: readonly string[]) => void,
): 'handed' | 'gone' => {
  const state = currentState(folder)
  const { request: whole, index } = wholeRequest(request)
  const rows = state === null ? [] : asksIn(readOrEmpty(join(folder, 'mailbox.ndjson')))
  const row = rows.find((ask) => ask.request === whole)
  if (state === null || row === undefined || row.parts.length < index) return 'gone'
  const place = join(state, 'asks', whole)
  if (row.parts.length > index) return 'handed' // a part that was handed over before
  if (existsSync(join(place, 'closed')) || !existsSync(place)) return 'gone' // closed, or asked by an earlier start
  const payload: unknown = JSON.parse(readOrEmpty(join(place, 'payload')) || 'null')
  const asked = isHandedBack(row.tool) ? { ...row, input: inputOf(payload), isCut: false } : row
  const outcome = outcomeOf(asked, { choice, text })
  if ('part' in outcome) {
    if (!poke(join(place, 'fifo'))) return 'gone'
    appendRow(folder, { v: 1, at: Date.now(), claude: 'Part', request: whole, index, answer: outcome.part })
    return 'handed'
  }
  const output = `${JSON.stringify({ hookSpecificOutput: { hookEventName: 'PermissionRequest', decision: outcome.verdict } })}\n`
  const before = readOrEmpty(join(place, 'answer'))
  if (before !== '') {
    // It was handed over before a crash; whoever waited may have taken it since.
    if (before === output) poke(join(place, 'fifo'))
    return before === output ? 'handed' : 'gone'
  }
  writeWhole(join(place, 'said'), JSON.stringify(outcome.said.slice(0, 4_000)))
  writeWhole(join(place, 'answer'), output)
  if (!poke(join(place, 'fifo'))) return 'gone'
  keepRules(outcome.rules)
  return 'handed'
}

/** Their input goes back with the answer, whole. */
const isHandedBack = (tool: string): boolean => tool === 'AskUserQuestion' || tool === 'ExitPlanMode'

/** The folder of the start that is listening now. */
const currentState = (folder: string): string | null => {
  const run = readOrEmpty(currentFile(folder))
  return run === '' ? null : stateFolder(folder, run)
}

/** A turn that a person ended by Escape ends without any hook, so its session file is asked whether the agent rests. */
const wake = (folder: string, state: string): void => {
  const idle = join(state, 'idle')
  const conversation = readOrEmpty(join(state, 'conversation'))
  if (!existsSync(idle) && conversation !== '' && isResting(endOf(transcriptLink(folder, conversation)))) writeFileSync(idle, '')
  poke(join(state, 'waker.fifo'))
}

const inputOf = (payload: unknown): Readonly<Record<string, unknown>> | null => {
  const input = typeof payload === 'object' && payload !== null && 'tool_input' in payload ? payload.tool_input : null
  return typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : null // just looked at
}

const writeWhole = (path: string, text: string): void => {
  writeFileSync(`${path}.draft`, text)
  renameSync(`${path}.draft`, path)
}

const endBytes = 64 * 1024

const endOf = (path: string): string => {
  try {
    const file = openSync(readlinkSync(path), 'r')
    try {
      const { size } = fstatSync(file)
      const buffer = Buffer.alloc(Math.min(size, endBytes))
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, size - buffer.length))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EINVAL')) return ''
    throw error
  }
}
