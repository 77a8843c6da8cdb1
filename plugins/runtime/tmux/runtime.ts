import { watch } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host } from '../../../core/contracts/plugins.ts'
import type { Handle, ProcessPicture, ProcessSpec, Runtime } from '../../../core/contracts/runtime.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { becomeLines, checkSpec, endingStatuses, fault, markOf } from '../../../core/kit/runtime.ts'
import { quote } from '../../../core/kit/shell.ts'
import { fingerprint, plain, tail } from '../../../core/kit/text.ts'
import { endTree, processes, signalTree } from '../../../core/kit/tree.ts'
import type { Client } from './client.ts'
import { listPanes } from './list.ts'
import { encodeRun, isRun, lastColoured, type Pane } from './read.ts'
import { endExactly, findStrangers } from './strangers.ts'

/** Processes in sessions of one tmux server, one session each. `hintPath` is the file the server writes when a process has ended. */
export const tmuxRuntime = (
  client: Client,
  {
    host,
    hostName,
    socket,
    hintPath,
    politeMs,
    ownSockets,
  }: {
    readonly host: Host
    readonly hostName: string
    readonly socket: string
    readonly hintPath: string
    readonly politeMs: number
    /** Sockets of the user's own servers. */
    readonly ownSockets: readonly string[]
  },
): Runtime => {
  /** Pane ids are never used twice by one server, and every command checks the run of its pane. */
  const paneIds = new Map<string, string>()
  const inLine = <T>(name: string, work: () => Promise<T>): Promise<T> => host.lock(`runtime/tmux/${socket}/${name}`, work)

  const list = async (): Promise<readonly Pane[] | null> => {
    const panes = await listPanes(client)
    for (const { run, id } of panes ?? []) if (run !== null) paneIds.set(run, id)
    return panes
  }
  const find = async ({ run }: Handle): Promise<Pane | null> => (await list())?.find((pane) => pane.run === run) ?? null

  /** Runs commands on the pane of that run, if it is (still) there and passes; null if not. `commands` gets the pane's id. */
  const onPane = async (
    { run }: Handle,
    commands: (id: string) => string,
    { isAlive, input }: { readonly isAlive: boolean; readonly input?: string },
  ): Promise<string | null> => {
    if (!paneIds.has(run)) await list()
    const id = paneIds.get(run)
    if (id === undefined) return null
    const says = await client.call(
      ['if-shell', '-F', '-t', id, isRun(run, { isAlive }), `display-message -p here ; ${commands(id)}`, 'display-message -p gone'],
      input === undefined ? {} : { input },
    )
    return says?.startsWith('here\n') ? says.slice('here\n'.length) : null
  }

  const signalAgent = async (handle: Handle, name: 'SIGSTOP' | 'SIGCONT'): Promise<void> => {
    const pane = await find(handle)
    if (!pane?.picture.alive) throw gone(handle)
    // tmux wakes a stopped process that is its own child, so the launcher between them keeps running.
    const roots = (await processes()).filter(({ parent }) => parent === pane.pid).map(({ pid }) => pid)
    await signalTree(roots, name, markOf(handle.run))
  }

  return {
    hasTerminal: true,
    start: (spec, signal) =>
      inLine(spec.name, async () => {
        signal.throwIfAborted()
        const handle = { host: hostName, name: spec.name, run: spec.run }
        const panes = await list()
        if (panes?.some(({ run }) => run === spec.run)) return handle
        await checkSpec(spec)
        // Started from the root folder, so that the server does not stand in a workspace for ever.
        if (panes === null) await client.call(['start-server'])
        else await clearName(client, panes, spec)
        signal.throwIfAborted()
        paneIds.set(spec.run, await newSession(client, spec, await writeLauncher(spec, hintPath)))
        return handle
      }),
    look: async (handles) => {
      if (handles.length === 0) return new Map<string, ProcessPicture>()
      const wanted = new Set(handles.map(({ run }) => run))
      const panes = (await list()) ?? []
      return new Map(panes.flatMap(({ run, picture }) => (run !== null && wanted.has(run) ? [[run, picture] as const] : [])))
    },
    paste: async (handle, text) => {
      pastes += 1
      const buffer = `ao-${process.pid}-${pastes}`
      const words = plain(text)
      const put = words === '' ? '' : `load-buffer -b ${buffer} - ; paste-buffer -d -p -b ${buffer} -t`
      const answer = await onPane(
        handle,
        (id) => `copy-mode -q -t ${id} ; ${put === '' ? '' : `${put} ${id} ; `}send-keys -t ${id} Enter`,
        { isAlive: true, input: words },
      )
      if (answer === null) throw gone(handle)
    },
    press: async (handle, keys) => {
      const commands = (id: string): string => keys.map((key) => `send-keys -t ${id} ${keyWords(key)}`).join(' ; ')
      const answer = await onPane(handle, (id) => `copy-mode -q -t ${id} ; ${commands(id)}`, { isAlive: true })
      if (answer === null) throw gone(handle)
    },
    screen: async (handle, lines, { isColoured } = { isColoured: false }) => {
      const text = await onPane(handle, (id) => `capture-pane -p ${isColoured ? '-e' : '-J'} -S -${lines} -t ${id}`, { isAlive: false })
      if (text === null) throw gone(handle)
      if (isColoured) return lastColoured(text, lines)
      return tail(text.replace(/[ \t]+$/gm, ''), { lines, bytes: Number.POSITIVE_INFINITY })
    },
    suspend: (handle) => signalAgent(handle, 'SIGSTOP'),
    resume: (handle) => signalAgent(handle, 'SIGCONT'),
    end: (handle) =>
      inLine(handle.name, async () => {
        const pane = await find(handle)
        await endTree(pane?.picture.alive ? [pane.pid] : [], { mark: markOf(handle.run), politeMs })
        if (pane) await removeSession(client, pane.sessionId)
        paneIds.delete(handle.run)
      }),
    attach: ({ name }) => ['tmux', '-L', socket, 'attach-session', '-t', `=${name}`],
    strangers: () => findStrangers(ownSockets.filter((one) => one !== socket)),
    endStranger: (process, keeps) => endExactly(process, { keeps, politeMs }),
    onHint: (callback) => onChange(hintPath, callback),
  }
}

let pastes = 0

/** A single character is itself, also where tmux has a command or a key of that name. */
const keyWords = (key: string): string => {
  if ([...key].length === 1) return key === "'" ? `-l -- "'"` : `-l -- '${key}'`
  if (!/^(?:[CMS]-)*[A-Za-z0-9]+$/.test(key)) throw new Error(`"${key}" is no key.`)
  return key
}

const gone = ({ name }: Handle) => fault('PROCESS_GONE', { name })

/** Makes room for a start: a session of that name whose process has ended is removed. @throws {Fault} RUNTIME_NAME_TAKEN */
const clearName = async (client: Client, panes: readonly Pane[], { name }: ProcessSpec): Promise<void> => {
  const same = panes.filter(({ session }) => session === name)
  const agents = same.filter(({ run }) => run !== null)
  const living = (agents.length > 0 ? agents : same).find(({ picture }) => picture.alive)
  if (living) throw fault('RUNTIME_NAME_TAKEN', { name, run: living.run ?? 'a session opened by hand' })
  const [old] = same
  if (old) await removeSession(client, old.sessionId)
}

const removeSession = async (client: Client, sessionId: string): Promise<void> => {
  try {
    await client.call(['kill-session', '-t', sessionId])
  } catch (error) {
    // Somebody closed it meanwhile.
    if (!(isFault(error, 'TMUX_FAILED') && /can't find session/.test(error.message))) throw error
  }
}

/** The script that stands between tmux and the process. It removes itself, because the environment may hold secrets. */
const writeLauncher = async (spec: ProcessSpec, hintPath: string): Promise<string> => {
  const path = join(spec.folder, `launch-${fingerprint(spec.run, 12)}.sh`)
  const stdinPath = join(spec.folder, `stdin-${fingerprint(spec.run, 12)}`)
  if (spec.stdin !== null) await writeFile(stdinPath, spec.stdin, { mode: 0o600 })
  await writeFile(path, launcherText(spec, { stdinPath: spec.stdin === null ? null : stdinPath, hintPath }), { mode: 0o600 })
  return path
}

const launcherText = (
  spec: ProcessSpec,
  { stdinPath, hintPath }: { readonly stdinPath: string | null; readonly hintPath: string },
): string =>
  [
    ...(stdinPath === null ? [] : [`exec 3<${quote([stdinPath])}`]),
    `command -p rm -f -- "$0" ${stdinPath === null ? '' : quote([stdinPath])}`,
    // It outlives an agent that takes its time: a terminal whose first process ends hangs up on the others.
    'trap : INT QUIT TERM',
    '(',
    ...becomeLines(spec),
    stdinPath === null ? ')' : ') <&3 3<&-',
    'status=$?',
    'trap - INT QUIT TERM',
    'ulimit -c 0',
    // The hook does the same for a launcher that was killed; tmux does not always notice an end by itself.
    `{ printf . >${quote([hintPath])}; } 2>/dev/null`,
    `case $status in ${endingStatuses.join('|')}) kill -$((status - 128)) $$ ;; esac`,
    'exit $status',
    '',
  ].join('\n')

/** One command for all, so that there is never a session without its run. */
const newSession = async (client: Client, { name, run, cwd }: ProcessSpec, launcher: string): Promise<string> => {
  const target = ['-t', `=${name}:`]
  const printed = await client.call(
    [
      ...['new-session', '-d', '-s', name, '-x', '200', '-y', '50', '-P', '-F', '#{pane_id}', '--', 'env', '-i', '/bin/sh', launcher, ';'],
      ...['set-option', '-p', ...target, '@ao_run', encodeRun(run), ';'],
      // Set globally it ends the server of 3.3a at the first new session.
      ...['set-option', '-w', ...target, 'window-size', 'manual'],
    ],
    { cwd },
  )
  if (printed === null) throw fault('RUNTIME_FAILED', { name, why: 'the tmux server ended meanwhile' })
  return printed.trim()
}

const onChange = (path: string, callback: () => void): (() => void) => {
  let timer: NodeJS.Timeout | undefined
  const watcher = watch(path, { persistent: false }, () => {
    clearTimeout(timer)
    timer = setTimeout(callback, hintDelayMs)
  })
  // A hint that does not come is no loss: looks come anyway.
  watcher.on('error', () => watcher.close())
  return () => {
    clearTimeout(timer)
    watcher.close()
  }
}

const hintDelayMs = 30
