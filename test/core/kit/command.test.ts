import { mkdtemp, readFile, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { runCommand } from '../../../core/kit/command.ts'

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ao-command-')))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const run = (command: string, more: Partial<Parameters<typeof runCommand>[1]> = {}) =>
  runCommand(command, {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '' },
    timeoutMs: 15_000,
    signal: new AbortController().signal,
    ...more,
  })

/** Does the process that wrote its id there still live? A zombie does not. */
const lives = async (file: string): Promise<boolean> => {
  const pid = Number(await readFile(join(folder, file), 'utf8'))
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '') // gone
  if (state !== '') return state.slice(state.lastIndexOf(')') + 2, state.lastIndexOf(')') + 3) !== 'Z'
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux'
  } catch {
    return false // no such process
  }
}

describe('a command', () => {
  test('that succeeds says what it printed, on both streams, each in its order', async () => {
    const { output, ...rest } = await run('echo one; echo two >&2; echo three')
    expect(rest).toMatchObject({ code: 0, signal: null, printedBytes: 14, isTimedOut: false })
    expect(output).toMatch(/^(?=.*two\n)(?=.*one\n.*three\n).{14}$/s)
  })

  test('that fails is no error', async () => {
    expect(await run('echo no; exit 3')).toMatchObject({ code: 3, output: 'no\n' })
    expect((await run('no-such-program-here')).code).toBe(127)
  })

  test('that a signal ends says which', async () => {
    expect(await run('kill -KILL $$')).toMatchObject({ code: null, signal: 'SIGKILL', isTimedOut: false })
  })

  test('runs in its folder, without input, and with exactly its environment', async () => {
    process.env.AO_TEST_SECRET = 'x'
    const { output } = await run('pwd; cat; echo "[$AO_TEST_SECRET]" "[$MINE]"', { env: { PATH: process.env.PATH ?? '', MINE: 'y' } })
    delete process.env.AO_TEST_SECRET
    expect(output).toBe(`${folder}\n[] [y]\n`)
  })

  test('in a folder that is not there cannot be run', async () => {
    await expect(run('true', { cwd: join(folder, 'gone') })).rejects.toThrow()
  })
})

describe('what it prints', () => {
  test('is kept to its end, never cut in the middle of a character', async () => {
    const { output, printedBytes } = await run('yes ä | head -n 100000; printf end', { keepBytes: 10 })
    expect(printedBytes).toBe(300_003)
    expect(output).toBe('\nä\nä\nend')
  })

  test('goes to its log whole', async () => {
    const logFile = join(folder, 'log')
    await run('seq 1 20000; echo end >&2', { keepBytes: 10, logFile })
    const text = await readFile(logFile, 'utf8')
    expect([text.split('\n').length, text.endsWith('20000\nend\n')]).toEqual([20_002, true])
  })

  test('fills its log to 32 MiB and no further, and the end is in it', async () => {
    const logFile = join(folder, 'log')
    const { printedBytes } = await run('head -c 40000000 /dev/zero | tr "\\0" x; echo; echo the end', { logFile, keepBytes: 100 })
    const { size } = await stat(logFile)
    expect(printedBytes).toBe(40_000_009)
    expect(size).toBeLessThan(33 * 1024 * 1024)
    expect((await readFile(logFile, 'utf8')).slice(-200)).toMatch(/40000009 bytes in all; the end follows …\]\n.*x\nthe end\n$/s)
  })
})

describe('nothing of it outlives it', () => {
  const child = "sh -c 'echo $$ > child; exec sleep 600'"

  test('when its time is over', async () => {
    const result = await run(`${child} & wait`, { timeoutMs: 300 })
    expect(result).toMatchObject({ isTimedOut: true })
    expect(result.durationMs).toBeLessThan(10_000)
    expect(await lives('child')).toBe(false)
  })

  test('when it ends and left something running in the background', async () => {
    expect(await run(`setsid ${child} >/dev/null 2>&1 & while [ ! -s child ]; do :; done`)).toMatchObject({ code: 0, isTimedOut: false })
    expect(await lives('child')).toBe(false)
  })

  test('when it is no longer wanted; then it rejects with the reason', async () => {
    const stop = new AbortController()
    const running = run(`${child} & wait`, { signal: stop.signal })
    await vi.waitFor(async () => expect(await readFile(join(folder, 'child'), 'utf8')).toMatch(/\d/), { timeout: 10_000, interval: 10 })
    stop.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    expect(await lives('child')).toBe(false)
  })

  test('nothing is begun for a signal that has aborted already', async () => {
    await expect(run('touch begun', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    await expect(stat(join(folder, 'begun'))).rejects.toThrow('ENOENT')
  })
})
