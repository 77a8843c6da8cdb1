import { execFile, spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Handle, Runtime } from '../../../core/contracts/runtime.ts'
import { fingerprint } from '../../../core/kit/text.ts'
import { tmux } from '../../../plugins/runtime/tmux/index.ts'
import { encodeRun, readPanes, readVersion } from '../../../plugins/runtime/tmux/read.ts'
import { eventually, runtimeContract } from '../../contracts/runtime.ts'
import { hostIn, specIn } from './world.ts'

const use = { host: 'local', project: null }
const run = promisify(execFile)
const socketPath = (socket: string): string => `/tmp/tmux-${userInfo().uid}/${socket}`
const killServer = async (socket: string): Promise<void> => {
  await run('tmux', ['-L', socket, 'kill-server']).catch(() => {}) // none is running: fine
  await rm(socketPath(socket), { force: true })
}

runtimeContract('tmux', async (folder) => {
  const host = await hostIn(folder)
  return {
    hasColours: true,
    hasKeys: true,
    open: async () => tmux.create(tmux.options.parse({ politeMs: 300 }), host, use),
    close: async () => {
      await killServer(`ao-${fingerprint(folder)}`)
      await host.close()
    },
  }
})

let folder: string
let host: Awaited<ReturnType<typeof hostIn>>
let runtime: Runtime
let socket: string
const signal = new AbortController().signal

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), `ao "$tmux's" #{pane_id} `)))
  host = await hostIn(folder)
  runtime = await tmux.create(tmux.options.parse({ politeMs: 300 }), host, use)
  socket = `ao-${fingerprint(folder)}`
})
afterEach(async () => {
  await killServer(socket)
  await host.close()
  await rm(folder, { recursive: true, force: true })
})

const start = (script: string, more: Parameters<typeof specIn>[2] = {}): Promise<Handle> =>
  runtime.start(specIn(folder, ['/bin/sh', '-c', script], more), signal)
const ask = async (...commands: readonly string[]): Promise<string> => (await run('tmux', ['-u', '-L', socket, ...commands])).stdout
const lookAt = async (handle: Handle) => (await runtime.look([handle])).get(handle.run)
const at = (name: string): string => join(folder, name)

/** A terminal program in raw mode that writes down what it hears; `marks` turns bracketed paste on. */
const listener = async (marks: boolean): Promise<Handle> => {
  const handle = await start(`${marks ? "printf '\\033[?2004h'; " : ''}stty raw -echo; echo ready > ready; exec cat > heard`)
  await eventually(() => readFile(at('ready'), 'utf8'))
  return handle
}

test('brings many lines as one bracketed paste, and Enter after it', async () => {
  const handle = await listener(true)
  await runtime.paste(handle, 'one\ntwo\nthree')
  expect(await eventually(async () => /three.*\r$/s.exec(await readFile(at('heard'), 'utf8'))?.input ?? null)).toBe(
    '\u001b[200~one\rtwo\rthree\u001b[201~\r',
  )
})

test('cannot be talked out of the bracketed paste', async () => {
  const handle = await listener(true)
  await runtime.paste(handle, 'one\u001b[201~\rrm -rf x\u009b201~y')
  const heard = await eventually(async () => /y.*\r$/s.exec(await readFile(at('heard'), 'utf8'))?.input ?? null)
  expect(heard.split('\u001b')).toEqual(['', '[200~one\rrm -rf x201~y', '[201~\r'])
})

test('presses only Enter for an empty text', async () => {
  const handle = await listener(true)
  await runtime.paste(handle, '')
  expect(await eventually(async () => (await readFile(at('heard'), 'utf8')) || null)).toBe('\r')
})

test.each([['copy-mode'], ['choose-tree']])('leaves %s, which a person left on, before it pastes', async (mode) => {
  const handle = await listener(false)
  await ask(mode, '-t', '=ao-1:')
  expect(await ask('display-message', '-p', '-t', '=ao-1:', '#{pane_in_mode}')).toBe('1\n')
  await runtime.paste(handle, 'hello')
  expect(await eventually(async () => (await readFile(at('heard'), 'utf8')) || null)).toBe('hello\r')
})

test('talks to the agent, whatever a person opened beside it', async () => {
  const handle = await listener(false)
  await ask('split-window', '-b', '-t', '=ao-1:', 'cat')
  await ask('new-window', '-t', '=ao-1:', 'cat')
  runtime = await tmux.create(tmux.options.parse({ politeMs: 300 }), host, use)
  expect([...(await runtime.look([handle])).keys()]).toEqual([handle.run])
  await runtime.paste(handle, 'for the agent')
  expect(await eventually(async () => (await readFile(at('heard'), 'utf8')) || null)).toBe('for the agent\r')
  await runtime.end(handle)
  expect(await ask('list-sessions').catch(() => '')).toBe('')
})

test('leaves no buffer behind', async () => {
  const handle = await listener(false)
  await runtime.paste(handle, 'secret words')
  expect(await ask('list-buffers')).toBe('')
})

test('keeps 200 columns while a person with a small terminal looks in, and after', async () => {
  const handle = await start('exec sleep 600')
  const size = () => ask('display-message', '-p', '-t', '=ao-1:', '#{pane_width}x#{pane_height}')
  const [file = '', ...rest] = runtime.attach(handle) ?? []
  const command = [file, ...rest].join(' ')
  const person = spawn('script', ['-qec', `stty cols 80 rows 24; ${command}`, '/dev/null'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH, TERM: 'xterm' },
  })
  await eventually(async () => (await ask('list-clients', '-t', '=ao-1')) !== '')
  expect(await size()).toBe('200x50\n')
  await ask('detach-client', '-s', '=ao-1')
  await eventually(async () => person.exitCode !== null)
  expect(await size()).toBe('200x50\n')
})

test('joins lines that the terminal wrapped', async () => {
  const handle = await start(`printf '%0300d\\n' 7; exec sleep 600`)
  expect(await eventually(async () => (await runtime.screen(handle, 5)) || null)).toBe('7'.padStart(300, '0'))
})

test('says at once when a process has ended, also to a second bot, until it is told to stop', async () => {
  let [first, second] = [0, 0]
  const stops = [runtime.onHint?.(() => (first += 1)), runtime.onHint?.(() => (second += 1))]
  const handle = await start('exit 4')
  await eventually(async () => first > 0 && second > 0)
  expect(await eventually(async () => ((await lookAt(handle))?.alive === false ? lookAt(handle) : null))).toEqual({
    alive: false,
    code: 4,
    signal: null,
  })
  for (const stop of stops) stop?.()
  const before = first
  const other = await start('exit 0', { name: 'ao-2', run: 'other' })
  await eventually(async () => (await lookAt(other))?.alive === false)
  expect(first).toBe(before)
})

test('knows the end of every process, those that tmux itself misses included', async () => {
  for (let at = 0; at < 15; at += 1) {
    const handle = await start('exit 4', { name: `ao-${at}`, run: `run-${at}` })
    // The next start would wake the server, so each is waited for.
    await eventually(async () => (await lookAt(handle))?.alive === false)
    expect(await lookAt(handle)).toEqual({ alive: false, code: 4, signal: null })
  }
})

test('takes an agent that closed its terminal for alive', async () => {
  const handle = await start('exec sleep 600 </dev/null >/dev/null 2>&1')
  expect(await lookAt(handle)).toMatchObject({ alive: true })
})

test('gives the server nothing of our environment', async () => {
  process.env.AO_TEST_SECRET = 'hush-hush-hush'
  try {
    await start('exec sleep 600')
    expect(await ask('show-environment', '-g')).not.toContain('hush')
    expect(await ask('show-environment', '-t', '=ao-1')).not.toContain('hush')
    const pid = (await ask('display-message', '-p', '#{pid}')).trim()
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toContain('hush')
  } finally {
    delete process.env.AO_TEST_SECRET
  }
})

test('finds its agents again when somebody cleaned away the socket', async () => {
  const handle = await start('exec sleep 600')
  await rm(socketPath(socket))
  expect(await lookAt(handle)).toMatchObject({ alive: true })
})

test('calls an agent gone once its server was killed, and starts anew', async () => {
  const handle = await start('exec sleep 600')
  const pid = Number((await ask('display-message', '-p', '#{pid}')).trim())
  process.kill(pid, 'SIGKILL')
  await eventually(async () => !(await runtime.look([handle])).has(handle.run))
  await runtime.end(handle)
  await start('exec sleep 600', { run: 'again' })
  expect(await runtime.look([handle, { ...handle, run: 'again' }])).toEqual(new Map([['again', expect.objectContaining({ alive: true })]]))
})

test('throws when tmux cannot answer, instead of calling everybody gone', async () => {
  const handle = await start('exec sleep 600')
  const { PATH } = process.env
  await mkdir(at('bin'))
  await writeFile(at('bin/tmux'), '#!/bin/sh\necho "lost server" >&2\nexit 1\n')
  await chmod(at('bin/tmux'), 0o755)
  try {
    process.env.PATH = at('bin')
    await expect(runtime.look([handle])).rejects.toMatchObject({ code: 'TMUX_FAILED', facts: { says: 'lost server' } })
    process.env.PATH = at('nowhere')
    await expect(runtime.look([handle])).rejects.toMatchObject({ code: 'TMUX_FAILED' })
  } finally {
    process.env.PATH = PATH
  }
})

test('says what to do where tmux is missing or too old', async () => {
  const { PATH } = process.env
  const options = tmux.options.parse({})
  expect(await tmux.missing(options)).toBeNull()
  await mkdir(at('bin'))
  await writeFile(at('bin/tmux'), '#!/bin/sh\necho "tmux 2.9a"\n')
  await chmod(at('bin/tmux'), 0o755)
  try {
    process.env.PATH = `${at('bin')}:${PATH}`
    expect(await tmux.missing(options)).toContain('this is tmux 2.9a')
    process.env.PATH = at('nowhere')
    expect(await tmux.missing(options)).toMatch(/^Install tmux 3\.2 .*(apt|brew) install tmux/)
  } finally {
    process.env.PATH = PATH
  }
})

test('has a socket for each data folder and host, or the one it is told', async () => {
  const argvOf = async (options: object, hostName: string) =>
    (await tmux.create(tmux.options.parse(options), host, { host: hostName, project: null })).attach({
      host: hostName,
      name: 'ao-1',
      run: 'x',
    })
  expect(await argvOf({}, 'local')).toEqual(['tmux', '-L', socket, 'attach-session', '-t', '=ao-1'])
  expect(await argvOf({}, 'big.box')).toEqual(['tmux', '-L', `${socket}-big-box`, 'attach-session', '-t', '=ao-1'])
  expect(await argvOf({ socket: 'mine' }, 'local')).toEqual(['tmux', '-L', 'mine', 'attach-session', '-t', '=ao-1'])
})

test('reads what tmux prints', () => {
  const line = (fields: readonly string[]) => readPanes(`${fields.join('\t')}\n`)[0]
  expect(line(['ao-1', '$0', '%0', encodeRun("a/b 'c'\t(d)"), '12', '0', '', '', '1700000000', 'a\ttitle'])).toMatchObject({
    run: "a/b 'c'\t(d)",
    picture: { alive: true, pid: 12, activeAt: 1_700_000_000_000, title: 'a\ttitle' },
  })
  expect(line(['ao-1', '$0', '%0', '', '12', '1', '', '9', '1700000000', ''])).toMatchObject({
    run: null,
    picture: { alive: false, code: null, signal: 'SIGKILL' },
  })
  expect(() => readPanes('garbage\n')).toThrow('not a pane')
  expect(['tmux 3.3a', 'tmux next-3.6', 'tmux master', 'tmux 10.0'].map(readVersion)).toEqual([[3, 3], [3, 6], null, [10, 0]])
})
