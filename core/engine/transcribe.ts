import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ms from 'ms'
import { runCommand } from '../kit/command.ts'
import { catalogue, row } from '../kit/fault.ts'
import { quote } from '../kit/shell.ts'
import { headline, tail } from '../kit/text.ts'
import { visible } from '../kit/visible.ts'

export const fault = catalogue({
  TRANSCRIBER_FAILED: row<{ ended: string; output: string }>(
    (f) => `The transcriber ${f.ended}${f.output === '' ? '.' : `: ${f.output}`}`,
    () => 'Write it as text, or put the transcriber’s command right in bot.config.yaml.',
  ),
  TRANSCRIBER_SILENT: row<object>(
    () => 'The transcriber heard no words in it.',
    () => 'Say it again nearer to the microphone, or write it as text.',
  ),
})

/**
 * Turns speech into words with a command line of the user's: `{file}` in it is the recording, and what it prints is what was
 * said. The recording is gone from this machine afterwards.
 *
 * @throws {Fault} TRANSCRIBER_FAILED, TRANSCRIBER_SILENT
 */
export const createTranscribe =
  ({
    run,
    timeoutMs,
    env,
    signal,
  }: {
    readonly run: string
    readonly timeoutMs: number
    readonly env: Readonly<Record<string, string>>
    readonly signal: AbortSignal
  }) =>
  async (bytes: Uint8Array, name: string): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'ao-voice-'))
    try {
      // A name that needs no quotes: somebody may have put their own around {file}.
      const file = join(folder, `voice${/\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? ''}`)
      await writeFile(file, bytes, { mode: 0o600 })
      const errors = join(folder, 'errors')
      // Progress and warnings are not what was said.
      const command = `exec 2>${quote([errors])}\n${run.replaceAll('{file}', () => quote([file]))}`
      const { code, signal: ending, output, isTimedOut } = await runCommand(command, { cwd: folder, env, timeoutMs, signal })
      const ended = isTimedOut ? `took longer than ${ms(timeoutMs)}` : ending !== null ? `was ended by ${ending}` : `ended with ${code}`
      if (isTimedOut || code !== 0)
        throw fault('TRANSCRIBER_FAILED', {
          ended,
          output: headline(tail(visible(await readFile(errors, 'utf8')), { lines: 1, bytes: 2_000 }), 300),
        })
      const words = visible(output).trim()
      if (words === '') throw fault('TRANSCRIBER_SILENT', {})
      return words
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
