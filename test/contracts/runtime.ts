import { ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Handle, ProcessSpec, Runtime } from '../../core/contracts/runtime.ts'
import { plain } from '../../core/kit/text.ts'
import { processRow } from '../../core/kit/tree.ts'

/** A runtime under test. `open` makes a new instance over the same place, as a restarted bot does. */
export type RuntimeWorld = {
  open(): Promise<Runtime>
  close(): Promise<void>
  /** Does it know the colours of what it shows? */
  readonly hasColours: boolean
  /** Is there a keyboard to press single keys on? */
  readonly hasKeys: boolean
}

/** What every runtime promises. `make` gets a folder of the test's own whose path has a space in it. */
export const runtimeContract = (label: string, make: (folder: string) => Promise<RuntimeWorld>): void => {
  describe(`the runtime ${label}`, () => {
    let root: string
    let world: RuntimeWorld
    let runtime: Runtime
    let started: Handle[]

    beforeEach(async () => {
      root = join(await realpath(await mkdtemp(join(tmpdir(), 'ao-runtime-'))), 'a data folder')
      await mkdir(root)
      world = await make(root)
      runtime = await world.open()
      started = []
    })
    afterEach(async () => {
      await Promise.all(started.map((handle) => runtime.end(handle)))
      await world.close()
      await rm(join(root, '..'), { recursive: true, force: true })
    })

    const specOf = async (argv: readonly string[], more: Partial<ProcessSpec> = {}): Promise<ProcessSpec> => {
      const name = more.name ?? 'ao-1'
      const folder = join(root, `session's folder ${name}`)
      await mkdir(folder, { recursive: true })
      return { name, run: `${name}/1/agent.launch`, argv, cwd: root, env: { PATH: process.env.PATH ?? '' }, stdin: null, folder, ...more }
    }
    const start = async (argv: readonly string[], more: Partial<ProcessSpec> = {}): Promise<Handle> => {
      const handle = await runtime.start(await specOf(argv, more), new AbortController().signal)
      started.push(handle)
      return handle
    }
    const at = (name: string): string => join(root, name)
    const lookAt = async (handle: Handle) => (await runtime.look([handle])).get(handle.run) ?? null
    /** What a probe (below) wrote about itself. */
    const probed = async (name = 'probe.json'): Promise<{ pid: number; argv: string[]; env: Record<string, string>; cwd: string }> =>
      JSON.parse(await eventually(() => readFile(at(name), 'utf8')))
    const pidIn = async (name: string): Promise<number> =>
      Number(await eventually(async () => /^\d+\n/.exec(await readFile(at(name), 'utf8'))?.[0] ?? null))

    test('shows nothing where nothing was ever started', async () => {
      expect(await runtime.look([])).toEqual(new Map())
      expect(await runtime.look([{ host: 'local', name: 'ao-1', run: 'never' }])).toEqual(new Map())
      await runtime.end({ host: 'local', name: 'ao-1', run: 'never' })
    })

    test('starts a run once, however often it is told to', async () => {
      const argv = ['/bin/sh', '-c', 'echo begun >> begun; exec sleep 600']
      const handles = await Promise.all([start(argv), start(argv), start(argv)])
      const first = await lookAt(handles[0])
      runtime = await world.open()
      const again = await start(argv)
      expect(again).toEqual(handles[0])
      expect(await lookAt(again)).toMatchObject({ alive: true, pid: first?.alive ? first.pid : 'none' })
      await eventually(() => readFile(at('begun'), 'utf8'))
      expect(await readFile(at('begun'), 'utf8')).toBe('begun\n')
    })

    test('lets processes outlive the bot, and finds them again', async () => {
      const handle = await start(['sleep', '600'])
      const before = await lookAt(handle)
      runtime = await world.open()
      expect(before).toMatchObject({ alive: true })
      expect(await lookAt(handle)).toMatchObject({ alive: true, pid: before?.alive ? before.pid : 'none' })
    })

    test('refuses a name that another run is using, and takes over one whose run has ended', async () => {
      const first = await start(['sleep', '600'], { run: 'one' })
      await expect(start(['sleep', '600'], { run: 'two' })).rejects.toMatchObject({ code: 'RUNTIME_NAME_TAKEN' })
      expect(await lookAt(first)).toMatchObject({ alive: true })
      await runtime.end(first)
      const second = await start(['/bin/sh', '-c', 'exit 0'], { run: 'two' })
      await eventually(async () => (await lookAt(second))?.alive === false)
      const third = await start(['sleep', '600'], { run: 'three' })
      expect([...(await runtime.look([first, second, third])).keys()]).toEqual(['three'])
    })

    test.each([
      ['exit 0', { alive: false, code: 0, signal: null }],
      ['exit 3', { alive: false, code: 3, signal: null }],
      ['kill -KILL $$', { alive: false, code: null, signal: 'SIGKILL' }],
      ['kill -TERM $$', { alive: false, code: null, signal: 'SIGTERM' }],
    ])('knows how a process ended: %s', async (script, picture) => {
      const handle = await start(['/bin/sh', '-c', script])
      expect(await eventually(async () => ((await lookAt(handle))?.alive === false ? lookAt(handle) : null))).toEqual(picture)
    })

    test('passes a prompt of 100 kB as an argument, whatever is in it', async () => {
      const nasty = 'say "hi" to \'them\'; $(touch hacked) `touch hacked` \\ $HOME #{pane_id} %1 grüße 漢字 🐝\n\n\ttab;'
      const prompt = nasty.repeat(Math.ceil(100_000 / Buffer.byteLength(nasty)))
      await start(probe(at('probe.json'), [prompt, '', '-x', 'a=b', ';']))
      expect((await probed()).argv).toEqual([prompt, '', '-x', 'a=b', ';'])
      await expect(readFile(at('hacked'))).rejects.toMatchObject({ code: 'ENOENT' })
    })

    test('inherits nothing, and passes variables as they are', async () => {
      process.env.AO_TEST_SECRET = 'hush-hush-hush'
      const env = {
        PATH: process.env.PATH ?? '',
        TERM: 'xterm-256color',
        NASTY: `two\nlines, "quotes", 'more' and $(touch hacked)  `,
        EMPTY: '',
      }
      try {
        const handle = await start(probe(at('probe.json'), []), { env, cwd: at('') })
        const seen = await probed()
        expect(seen.env).toEqual({ ...env, AO_RUN: handle.run })
        expect(await readFile(`/proc/${seen.pid}/environ`, 'utf8')).not.toContain('hush')
        for (let pid = seen.pid; pid > 1 && pid !== process.pid; pid = (await processRow(pid))?.parent ?? 0)
          expect([pid, await readFile(`/proc/${pid}/environ`, 'utf8')]).not.toEqual([pid, expect.stringContaining('hush')])
      } finally {
        delete process.env.AO_TEST_SECRET
      }
    })

    test('leaves no variable and no prompt in files', async () => {
      const spec = await specOf(probe(at('probe.json'), []), {
        env: { PATH: process.env.PATH ?? '', KEY: 'hush-hush-hush' },
        stdin: 'first words',
      })
      await start(spec.argv, spec)
      await probed()
      expect(await grep(spec.folder, /hush|first words/)).toEqual([])
    })

    test('starts in the folder it is told, and nowhere else', async () => {
      await start(probe(at('probe.json'), []))
      expect((await probed()).cwd).toBe(root)
      await expect(start(['true'], { name: 'ao-2', cwd: at('missing') })).rejects.toMatchObject({ code: 'RUNTIME_FAILED' })
    })

    test.each([
      ['a name with a dot', { name: 'ao.1' }],
      ['no command', { argv: [] }],
      ['a variable no shell can set', { env: { 'A-B': 'x' } }],
      ['an argument the system would refuse', { argv: ['true', 'x'.repeat(140_000)] }],
    ])('refuses what it could not start exactly: %s', async (_, more) => {
      const spec = { ...(await specOf(['true'])), ...more }
      await expect(runtime.start(spec, new AbortController().signal)).rejects.toMatchObject({ code: 'RUNTIME_FAILED' })
    })

    test('starts nothing once the signal has aborted', async () => {
      const handle = { host: 'local', name: 'ao-1', run: 'ao-1/1/agent.launch' }
      await expect(runtime.start(await specOf(['sleep', '600']), AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped')
      expect(await lookAt(handle)).toBeNull()
    })

    test('feeds standard input and then its end', async () => {
      const words = 'first\n"second" $(third) ümläut\n'
      const handle = await start(['/bin/sh', '-c', 'cat > heard'], { stdin: words })
      await eventually(async () => (await lookAt(handle))?.alive === false)
      expect(await readFile(at('heard'), 'utf8')).toBe(words)
    })

    test('ends what ignores the polite way, what made itself a session, and what was handed to another parent', async () => {
      const script = [
        `/bin/sh -c 'trap "" TERM; echo $$ > stubborn; while :; do sleep 1; done' &`,
        `setsid /bin/sh -c 'echo $$ > apart; exec sleep 600' &`,
        `(setsid /bin/sh -c 'echo $$ > orphan; exec sleep 600' &)`,
        'echo $$ > root; wait',
      ].join('\n')
      const bystander = await start(['sleep', '600'], { name: 'ao-2' })
      const handle = await start(['/bin/sh', '-c', script])
      const pids = await Promise.all(['stubborn', 'apart', 'orphan', 'root'].map(pidIn))
      expect((await processRow(pids[2] ?? 0))?.parent).not.toBe(pids[3])
      await runtime.end(handle)
      expect(await Promise.all(pids.map(async (pid) => (await processRow(pid))?.isZombie ?? true))).toEqual([true, true, true, true])
      expect(await lookAt(handle)).toBeNull()
      expect(await lookAt(bystander)).toMatchObject({ alive: true })
      await runtime.end(handle)
    })

    test('ends what a run left behind, even when its own process has ended long ago', async () => {
      const handle = await start([
        '/bin/sh',
        '-c',
        `(setsid /bin/sh -c 'echo $$ > orphan; exec sleep 600' &); while [ ! -s orphan ]; do sleep 0.02; done`,
      ])
      const orphan = await pidIn('orphan')
      await eventually(async () => (await lookAt(handle))?.alive === false)
      await runtime.end(handle)
      expect((await processRow(orphan))?.isZombie ?? true).toBe(true)
    })

    test('pitfall 25: keeps names apart that begin alike', async () => {
      const [one, ten] = [
        await start(collector(at('one')), { name: 'ao-1', run: 'a' }),
        await start(collector(at('ten')), { name: 'ao-10', run: 'b' }),
      ]
      await Promise.all(['one', 'ten'].map((name) => eventually(() => readFile(at(name), 'utf8').then(() => true))))
      await runtime.end(one)
      expect(await lookAt(one)).toBeNull()
      expect(await lookAt(ten)).toMatchObject({ alive: true })
      await expect(runtime.paste(one, 'for one')).rejects.toMatchObject({ code: 'PROCESS_GONE' })
      await expect(runtime.screen(one, 5)).rejects.toMatchObject({ code: 'PROCESS_GONE' })
      await runtime.end(one)
      await runtime.paste(ten, 'for ten')
      await eventually(async () => /for ten\n$/.test(heard(await readFile(at('ten'), 'utf8'))))
      expect(await readFile(at('ten'), 'utf8')).not.toContain('for one')
    })

    test('never takes an old handle for a new process of the same name', async () => {
      const old = await start(['/bin/sh', '-c', 'exit 0'], { run: 'old' })
      await eventually(async () => (await lookAt(old))?.alive === false)
      const fresh = await start(collector(at('heard')), { run: 'fresh' })
      await expect(runtime.paste(old, 'for old')).rejects.toMatchObject({ code: 'PROCESS_GONE' })
      await expect(runtime.suspend(old)).rejects.toMatchObject({ code: 'PROCESS_GONE' })
      await runtime.end(old)
      expect(await lookAt(fresh)).toMatchObject({ alive: true })
    })

    test('pitfall 26: pastes many lines at once, and 100 kB unharmed', async () => {
      const handle = await start(collector(at('heard')))
      await eventually(() => readFile(at('heard')).then(() => true))
      const long = 'line "one" $(two) `three` #{pane_id}; grüße 漢字 🐝\n'.repeat(1_900)
      await runtime.paste(handle, 'first\n\tsecond;\nthird')
      await runtime.paste(handle, long)
      await runtime.paste(handle, 'end')
      const all = await eventually(async () => {
        const text = heard(await readFile(at('heard'), 'utf8'))
        return text.endsWith('end\n') ? text : null
      })
      expect(Buffer.byteLength(long)).toBeGreaterThan(100_000)
      expect(all).toBe(`first\n\tsecond;\nthird\n${long}\nend\n`)
    })

    test('presses keys by name and single characters as they are, or says that it has no keyboard', async () => {
      const handle = await start(collector(at('heard')))
      await eventually(() => readFile(at('heard')).then(() => true))
      const keys = ['1', ';', "'", '"', '$', '{', 'ü', 'Up', 'Escape', 'C-u', 'Enter']
      if (!world.hasKeys) return expect(runtime.press(handle, keys)).rejects.toMatchObject({ code: 'RUNTIME_KEYLESS' })
      await runtime.press(handle, keys)
      const all = await eventually(async () => {
        const text = await readFile(at('heard'), 'utf8')
        return text.endsWith('\r') ? text : null
      })
      expect(all).toBe('1;\'"${ü\u001b[A\u001b\u0015\r')
      await expect(runtime.press({ ...handle, run: 'another' }, ['1'])).rejects.toMatchObject({ code: 'PROCESS_GONE' })
    })

    test('pastes no control sequences', async () => {
      const handle = await start(collector(at('heard')))
      await eventually(() => readFile(at('heard')).then(() => true))
      await runtime.paste(handle, 'a\u001b[201~b\u0003c\u001b')
      const all = await eventually(async () =>
        /\n$/.test(heard(await readFile(at('heard'), 'utf8'))) ? readFile(at('heard'), 'utf8') : null,
      )
      expect(heard(all)).toBe('abc\n')
    })

    test('says that a process is gone when words are for one that has ended', async () => {
      const handle = await start(['/bin/sh', '-c', 'exit 0'])
      await eventually(async () => (await lookAt(handle))?.alive === false)
      await expect(runtime.paste(handle, 'hello')).rejects.toMatchObject({ code: 'PROCESS_GONE' })
      await expect(runtime.suspend(handle)).rejects.toMatchObject({ code: 'PROCESS_GONE' })
      await expect(runtime.resume(handle)).rejects.toMatchObject({ code: 'PROCESS_GONE' })
    })

    test('shows the last lines as text, also after the end', async () => {
      const handle = await start(['/bin/sh', '-c', 'seq 1 300; printf "\\033[31mred ü\\033[0m\\n\\n"; exit 1'])
      await eventually(async () => (await lookAt(handle))?.alive === false)
      expect(await runtime.screen(handle, 3)).toBe('299\n300\nred ü')
      expect((await runtime.screen(handle, 201)).split('\n')[0]).toBe('101')
    })

    test('shows the same lines with their colours where it has some, those left on by earlier lines included', async () => {
      const handle = await start([
        '/bin/sh',
        '-c',
        'printf "\\033[1mup\\033[0m \\033[31mred on\\n"; seq 1 3; printf "\\n\\033[0mend\\n\\n"',
      ])
      await eventually(async () => (await lookAt(handle))?.alive === false)
      const shown = await runtime.screen(handle, 4, { isColoured: true })
      expect(plain(shown).split('\n')).toEqual(['2', '3', '', 'end'])
      expect(shown.includes('\u001b[31m2')).toBe(world.hasColours)
      expect(shown).not.toContain('\u001b[1m')
      expect(plain(await runtime.screen(handle, 4, { isColoured: false }))).toBe(await runtime.screen(handle, 4))
    })

    test('suspends a whole tree and lets it go on', async () => {
      const handle = await start(['/bin/sh', '-c', `/bin/sh -c 'echo $$ > child; exec sleep 600' & echo $$ > root; wait`])
      const pids = await Promise.all(['child', 'root'].map(pidIn))
      const states = () => Promise.all(pids.map(stateOf))
      await runtime.suspend(handle)
      await eventually(async () => (await states()).every((state) => state === 'T'))
      await runtime.suspend(handle)
      expect(await lookAt(handle)).toMatchObject({ alive: true })
      expect(await states()).toEqual(['T', 'T'])
      await runtime.resume(handle)
      await eventually(async () => (await states()).every((state) => state === 'S'))
      await runtime.suspend(handle)
      await runtime.end(handle)
      expect(await Promise.all(pids.map(async (pid) => (await processRow(pid))?.isZombie ?? true))).toEqual([true, true])
    })

    test('starts thirty at once and looks at them with at most two child processes', async () => {
      const handles = await Promise.all(
        Array.from({ length: 30 }, (_, at) => start(['sleep', '600'], { name: `ao-${at}`, run: `run-${at}` })),
      )
      const { result, children } = await counting(() => runtime.look(handles))
      expect(children).toBeLessThanOrEqual(2)
      expect(result.size).toBe(30)
      expect([...result.values()].every(({ alive }) => alive)).toBe(true)
    })

    test('says how a person looks in', async () => {
      const handle = await start(['sleep', '600'])
      expect(runtime.attach(handle)?.length).toBeGreaterThan(1)
    })
  })
}

/** A program that writes what it is and stays. */
const probe = (path: string, words: readonly string[]): string[] => [
  process.execPath,
  '-e',
  `const { pid, env, argv } = process
   const { writeFileSync, renameSync } = require('node:fs')
   writeFileSync(argv[1] + '.new', JSON.stringify({ pid, env, cwd: process.cwd(), argv: argv.slice(2) }))
   renameSync(argv[1] + '.new', argv[1])
   setInterval(() => {}, 60_000)`,
  '--',
  path,
  ...words,
]

/** A program that writes down every byte it hears, a terminal in raw mode with bracketed paste like an agent's. */
const collector = (path: string): string[] => [
  process.execPath,
  '-e',
  `const { appendFileSync } = require('node:fs')
   process.stdin.setRawMode?.(true)
   process.stdin.on('data', (bytes) => appendFileSync(process.argv[1], bytes))
   process.stdout.write('\\u001b[?2004h', () => appendFileSync(process.argv[1], ''))`,
  '--',
  path,
]

/** What a collector heard, as the person meant it: without the marks around a paste, and with line ends as in files. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what it takes out
const heard = (bytes: string): string => bytes.replace(/\u001b\[20[01]~/g, '').replaceAll('\r', '\n')

/** Asks again until there is an answer that is not null or false; an error counts as none. At most 10 s. */
export const eventually = async <T>(ask: () => Promise<T | null | false>): Promise<T> => {
  let last: unknown
  for (const until = Date.now() + 10_000; Date.now() < until; ) {
    try {
      const answer = await ask()
      if (answer !== null && answer !== false) return answer
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
  throw new Error('it did not come about within 10 s', { cause: last })
}

/** How many child processes Node starts while `work` runs; every asynchronous way to start one ends in this method. */
const counting = async <T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly children: number }> => {
  const prototype = ChildProcess.prototype as unknown as { spawn: (...args: unknown[]) => unknown } // not in the types, but on every platform
  const { spawn } = prototype
  let children = 0
  prototype.spawn = function (this: unknown, ...args) {
    children += 1
    return spawn.apply(this, args)
  }
  try {
    return { result: await work(), children }
  } finally {
    prototype.spawn = spawn
  }
}

const stateOf = async (pid: number): Promise<string> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  return text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3)
}

const grep = async (folder: string, pattern: RegExp): Promise<readonly string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const found = await Promise.all(files.map(async (path) => (pattern.test(await readFile(path, 'utf8')) ? [path] : [])))
  return found.flat()
}
