import { catalogue, row } from '../../../core/kit/fault.ts'

export const fault = catalogue({
  INPUT_CLOSED: row<{ name: string }>(
    (f) => `"${f.name}" was started with an input of its own and cannot be told anything.`,
    () => 'Use the tmux runtime, or "input: pipe" and an agent that is started without input.',
  ),
  INPUT_FULL: row<{ name: string; sentBytes: number; bytes: number; waitedMs: number }>(
    (f) => `"${f.name}" took ${f.sentBytes} of ${f.bytes} bytes and then nothing for ${f.waitedMs} ms.`,
    (f) => `See what "${f.name}" is doing; it does not read its input.`,
    { mayPass: true },
  ),
})
