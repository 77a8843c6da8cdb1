import { headline } from '../../../core/kit/text.ts'
import type { Row, RowWords } from './rows.ts'
import type { Info, Part, Status } from './wire.ts'

/** The end of one request to a model. `doneAt` is epoch ms. */
export const stepRow = (
  { id, sessionID, providerID, modelID, cost }: Info,
  { input, output, reasoning, cache }: NonNullable<Info['tokens']>,
  doneAt: number,
  text: string | null,
): RowWords => ({
  opencode: 'step',
  message: id,
  session: sessionID,
  model: `${providerID ?? '?'}/${modelID ?? '?'}`,
  input,
  cacheRead: cache.read,
  cacheWrite: cache.write,
  output: output + reasoning,
  costUsd: cost ?? 0,
  doneAt,
  text: text === null ? null : text.slice(0, textChars),
})

/** A tool that runs or has ended, with what it is about. */
export const toolRow = ({ callID, tool, state }: Extract<Part, { type: 'tool' }>, isRunning: boolean, now: number): RowWords => {
  const about = [state.input?.command, state.input?.filePath].find((value) => typeof value === 'string') ?? ''
  return { opencode: 'tool', call: callID, name: headline(`${tool} ${about}`, 120), isRunning, since: state.time?.start ?? now }
}

/** How a conversation stands. */
export const statusRow = (status: Status): Omit<Extract<Row, { opencode: 'status' }>, 'v' | 'at'> =>
  status.type === 'retry'
    ? { opencode: 'status', status: 'retry', text: status.message, attempt: status.attempt, untilMs: status.next }
    : { opencode: 'status', status: status.type, text: null, attempt: 0, untilMs: 0 }

/** Of what an agent said in the end so much is kept: a row holds 64 KiB. */
const textChars = 10_000
