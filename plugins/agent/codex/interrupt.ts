import { z } from 'zod'
import type { AgentReach } from '../../../core/contracts/plugins.ts'
import { unreachable } from './faults.ts'
import { currentStart } from './files.ts'
import { findThread, lastTurn } from './thread.ts'
import { openLine } from './wire.ts'

/**
 * Breaks off the turn that runs, as Escape at the terminal does. https://developers.openai.com/codex/app-server
 *
 * @throws {Fault} AGENT_UNREACHABLE, CODEX_REFUSED
 */
export const interrupt = async ({ folder, signal }: AgentReach): Promise<'handed' | 'idle'> => {
  const start = currentStart(folder)
  if (start === null) throw unreachable(folder, 'it has not been started')
  const line = await openLine(folder, start.socket, () => {}, signal)
  try {
    const thread = await findThread(line)
    const turn = thread && (await lastTurn(line, thread.id))
    if (!thread || turn?.status !== 'inProgress') return 'idle'
    await line.call('turn/interrupt', { threadId: thread.id, turnId: turn.id }, z.unknown())
    return 'handed'
  } finally {
    line.close()
  }
}
