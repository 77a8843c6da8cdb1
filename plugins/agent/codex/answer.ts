import { z } from 'zod'
import type { Decision } from '../../../core/contracts/agent.ts'
import type { AgentReach } from '../../../core/contracts/plugins.ts'
import { answerReport, writeAnswer } from '../../../core/kit/mailbox.ts'
import { wrap } from '../../../core/kit/wrap.ts'
import { type Asked, readAsked } from './ask.ts'
import { unreachable } from './faults.ts'
import { currentStart } from './files.ts'
import { findThread, followThread, isAsking } from './thread.ts'
import { openLine, type Said } from './wire.ts'

/** A question that waits is told within milliseconds of following its thread; its closing within milliseconds of the reply. */
const waitMs = 3_000

/**
 * Replies to exactly the question that was decided, on a connection of its own: the server tells whoever follows a thread what waits
 * there. Words that go with a refusal are handed over before it, so the agent reads them together with it.
 *
 * @throws {Fault} AGENT_UNREACHABLE, CODEX_REFUSED
 */
export const answer = async (decision: Decision, reach: AgentReach): Promise<'handed' | 'gone'> => {
  if (answerReport(reach.folder, decision) === 'handed') return 'handed'
  const start = currentStart(reach.folder)
  if (start === null) return 'gone'
  const ear = openEar(decision.request)
  const line = await openLine(reach.folder, start.socket, ear.hear, reach.signal)
  try {
    const thread = await findThread(line)
    if (thread === null) return 'gone'
    const followed = await followThread(line, thread.id)
    const waiting = isAsking(followed.thread)
      ? await within(Promise.race([ear.asked, line.closed.then(() => 'ended' as const)]), waitMs)
      : null
    reach.signal.throwIfAborted()
    if (waiting === 'ended') throw unreachable(reach.folder, 'it ended before it could be answered')
    if (waiting === null || waiting.asked.reply === null) return 'gone'
    const { question, reply } = waiting.asked
    // On disk before it is said: whoever listens then knows who closed the question, also after a restart.
    writeAnswer(reach.folder, decision)
    if (isRefused(decision, question.refusal) && decision.text.trim() !== '') {
      const words = wrap({ id: `answer-${decision.request}`, text: decision.text })
      const input = [{ type: 'text', text: words, text_elements: [] }]
      await line.call('turn/start', { threadId: thread.id, input, clientUserMessageId: `answer-${decision.request}` }, z.unknown())
    }
    line.reply(waiting.id, reply(decision))
    await within(Promise.race([ear.resolved, line.closed]), waitMs)
    return 'handed'
  } finally {
    line.close()
  }
}

/** Words without a choice refuse, too. */
const isRefused = ({ choice }: Decision, refusal: number | null): boolean => refusal !== null && (choice === null || choice === refusal)

/** Waits for one question, and for its end. */
const openEar = (request: string) => {
  let ask = (_: { readonly id: number | string; readonly asked: Asked }): void => {}
  let resolve = (): void => {}
  let id: Said['id'] = null
  const asked = new Promise<{ readonly id: number | string; readonly asked: Asked }>((found) => (ask = found))
  const resolved = new Promise<true>((found) => (resolve = () => found(true)))
  const hear = (said: Said): void => {
    if (said.method === 'serverRequest/resolved' && id !== null && said.params.requestId === id) resolve()
    if (said.id === null) return
    const found = readAsked(said, () => undefined)
    if (found?.question.request !== request) return
    id = said.id
    ask({ id: said.id, asked: found })
  }
  return { asked, resolved, hear }
}

const within = async <T>(wanted: Promise<T>, ms: number): Promise<T | null> => {
  let timer: NodeJS.Timeout | undefined
  try {
    return await Promise.race([wanted, new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), ms)))])
  } finally {
    clearTimeout(timer)
  }
}
