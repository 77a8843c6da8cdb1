import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Host } from '../../../core/contracts/plugins.ts'
import type { Handle, ProcessPicture, ProcessSpec, Runtime } from '../../../core/contracts/runtime.ts'
import type { Document } from '../../../core/contracts/store.ts'
import { checkSpec, fault, markOf } from '../../../core/kit/runtime.ts'
import { fingerprint, plain } from '../../../core/kit/text.ts'
import { endTree, type ProcessRow, processes, processRow, signalTree } from '../../../core/kit/tree.ts'
import { readOutput, readPid, readRun, writeInput } from './files.ts'
import { followCommand, type Input, names, wrapperCommand, wrapperText } from './wrapper.ts'

/** Where a run that was not ended yet keeps its files. The document has one for each run. */
export type Entry = { readonly name: string; readonly folder: string }

/** Processes without a terminal, each with its files in a folder of its session. `input` is what a run without `stdin` reads from. */
export const processRuntime = (
  index: Document<Record<string, Entry>>,
  {
    host,
    hostName,
    input,
    politeMs,
    pasteTimeoutMs,
  }: {
    readonly host: Host
    readonly hostName: string
    readonly input: Exclude<Input, 'file'>
    readonly politeMs: number
    readonly pasteTimeoutMs: number
  },
): Runtime => {
  const inLine = <T>(name: string, work: () => Promise<T>): Promise<T> => host.lock(`runtime/process/${hostName}/${name}`, work)
  const folderOf = ({ run }: Handle): string | null => index.value[run]?.folder ?? null
  const lookAt = async (handle: Handle): Promise<ProcessPicture | null> => {
    const folder = folderOf(handle)
    return folder === null ? null : readRun(folder, processRow)
  }

  /** Makes room for a start: what is left of a run that has ended is removed. @throws {Fault} RUNTIME_NAME_TAKEN */
  const clearName = async (name: string): Promise<void> => {
    for (const [run, entry] of Object.entries(index.value).filter(([, other]) => other.name === name)) {
      if ((await readRun(entry.folder, processRow))?.alive) throw fault('RUNTIME_NAME_TAKEN', { name, run })
      await forget(run, entry.folder)
    }
  }
  const forget = async (run: string, folder: string): Promise<void> => {
    await rm(folder, { recursive: true, force: true })
    await index.update((value) => {
      delete value[run]
    })
  }

  const rootsOf = async (handle: Handle): Promise<readonly number[]> => {
    const picture = await lookAt(handle)
    return picture?.alive ? [picture.pid] : []
  }
  const signalAll = async (handle: Handle, name: 'SIGSTOP' | 'SIGCONT'): Promise<void> => {
    const roots = await rootsOf(handle)
    if (roots.length === 0) throw gone(handle)
    await signalTree(roots, name, markOf(handle.run))
  }

  return {
    hasTerminal: input === 'pipe',
    start: (spec, signal) =>
      inLine(spec.name, async () => {
        signal.throwIfAborted()
        const handle = { host: hostName, name: spec.name, run: spec.run }
        const known = folderOf(handle)
        if (known !== null && (await readPid(known)) !== null) return handle
        await checkSpec(spec)
        if (known === null) await clearName(spec.name)
        signal.throwIfAborted()
        const folder = join(spec.folder, `process-${fingerprint(spec.run, 12)}`)
        await index.update((value) => {
          value[spec.run] = { name: spec.name, folder }
        })
        await prepare(spec, folder, spec.stdin === null ? input : 'file')
        await launch(spec, folder, host)
        return handle
      }),
    look: async (handles) => {
      const rowOf = handles.length > 0 ? await openRows() : processRow
      const seen = await Promise.all(
        handles.map(async (handle) => {
          const folder = folderOf(handle)
          return [handle.run, folder === null ? null : await readRun(folder, rowOf)] as const
        }),
      )
      return new Map(seen.flatMap(([run, picture]) => (picture === null ? [] : [[run, picture] as const])))
    },
    paste: (handle, text) =>
      host.lock(`runtime/process/${hostName}/paste/${handle.run}`, async () => {
        const folder = folderOf(handle)
        if (folder === null || !(await lookAt(handle))?.alive) throw gone(handle)
        const isSent = await writeInput(folder, `${plain(text)}\n`, {
          name: handle.name,
          timeoutMs: pasteTimeoutMs,
          sleep: (ms) => host.sleep(ms, host.signal),
        })
        if (!isSent) throw gone(handle)
      }),
    press: async ({ name }) => {
      throw fault('RUNTIME_KEYLESS', { name })
    },
    screen: async (handle, lines) => {
      const folder = folderOf(handle)
      if (folder === null || (await lookAt(handle)) === null) throw gone(handle)
      return readOutput(folder, lines)
    },
    suspend: (handle) => signalAll(handle, 'SIGSTOP'),
    resume: (handle) => signalAll(handle, 'SIGCONT'),
    end: (handle) =>
      inLine(handle.name, async () => {
        await endTree(await rootsOf(handle), { mark: markOf(handle.run), politeMs })
        const folder = folderOf(handle)
        if (folder !== null) await forget(handle.run, folder)
      }),
    attach: (handle) => {
      const folder = folderOf(handle)
      return folder === null ? null : followCommand(join(folder, names.output))
    },
  }
}

const gone = ({ name }: Handle) => fault('PROCESS_GONE', { name })

/** The launcher removes itself and the input once it has read them, because the environment may hold secrets. */
const prepare = async (spec: ProcessSpec, folder: string, input: Input): Promise<void> => {
  await mkdir(folder, { recursive: true })
  if (spec.stdin !== null) await writeFile(join(folder, names.stdin), spec.stdin, { mode: 0o600 })
  await writeFile(join(folder, names.output), '', { mode: 0o600, flag: 'a' })
  await writeFile(join(folder, names.launcher), wrapperText(spec, input), { mode: 0o600 })
}

/** Resolves once the wrapper has written its number. @throws {Fault} RUNTIME_FAILED */
const launch = async ({ name, run }: ProcessSpec, folder: string, host: Host): Promise<void> => {
  const [file, script] = wrapperCommand
  const wrapper = execa(file, [script], {
    cwd: folder,
    env: { AO_RUN: run },
    extendEnv: false,
    detached: true,
    cleanup: false,
    stdio: 'ignore',
    reject: false,
  })
  wrapper.unref()
  for (let waitedMs = 0; (await readPid(folder)) === null; waitedMs += 10) {
    if (waitedMs > startTimeoutMs) throw fault('RUNTIME_FAILED', { name, why: `${file} did not begin within ${startTimeoutMs} ms` })
    await host.sleep(10)
  }
}

const startTimeoutMs = 10_000

/** Where every single look-up would cost a child process, all processes are listed once. */
const openRows = async (): Promise<(pid: number) => Promise<ProcessRow | null>> => {
  if (process.platform === 'linux') return processRow
  const rows = new Map((await processes()).map((row) => [row.pid, row]))
  return async (pid) => rows.get(pid) ?? null
}
