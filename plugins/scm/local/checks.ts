import { appendFile, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import type { Host } from '../../../core/contracts/plugins.ts'
import { type CommandResult, runCommand } from '../../../core/kit/command.ts'
import { explain } from '../../../core/kit/fault.ts'
import { openGit } from '../../../core/kit/git.ts'
import { plain, slug, tail } from '../../../core/kit/text.ts'
import { sayDuration } from '../../../core/kit/time.ts'
import { endTree } from '../../../core/kit/tree.ts'
import type { Ground } from './ground.ts'
import type { CheckSpec } from './options.ts'
import { withResult } from './record.ts'
import { checkStanding } from './rules.ts'

/** Runs checks until each wanted commit has a result of each. */
export type Runner = {
  /** Exactly these commits matter now: what they lack is queued, runs of others are ended and forgotten. */
  want(commits: ReadonlySet<string>): void
  /** The end of a check's log, as text without escape sequences; empty when there is none. */
  logTail(commit: string, check: string, limits: { readonly lines: number; readonly bytes: number }): Promise<string>
}

const keptCommits = 200
const keptLogBytes = 1024 * 1024
const maxAttempts = 3

/** A runner for one project. Results go to its document; `scm` is hinted when one has come. */
export const openRunner = (host: Host, ground: Ground, { specs, parallel }: { specs: readonly CheckSpec[]; parallel: number }): Runner => {
  const limit = pLimit(parallel)
  const running = new Map<string, { readonly commit: string; readonly controller: AbortController }>()
  const attempts = new Map<string, number>()
  let wanted: ReadonlySet<string> = new Set()
  let ready: Promise<void> | null = null

  const start = (commit: string, spec: CheckSpec): void => {
    const id = `${commit} ${spec.name}`
    const controller = new AbortController()
    const signal = AbortSignal.any([controller.signal, host.signal])
    running.set(id, { commit, controller })
    limit(async () => {
      signal.throwIfAborted()
      ready ??= sweep(host, ground.project.name)
      await ready
      await check(commit, spec, signal)
    })
      .catch((error) => {
        if (!signal.aborted) host.log.warn('scm.check.unrun', { project: ground.project.name, commit, check: spec.name, cause: error })
      })
      .finally(() => {
        running.delete(id)
        if (!host.signal.aborted) host.hint('scm')
      })
  }

  const check = async (commit: string, spec: CheckSpec, signal: AbortSignal): Promise<void> => {
    const id = `${commit} ${spec.name}`
    const log = await logPath(host, ground.project.name, { commit, check: spec.name })
    let ended: Pick<CommandResult, 'code' | 'isTimedOut' | 'durationMs'>
    try {
      ended = await runOne(host, ground, { commit, spec, log, signal })
    } catch (error) {
      signal.throwIfAborted()
      attempts.set(id, (attempts.get(id) ?? 0) + 1)
      if ((attempts.get(id) ?? 0) < maxAttempts) throw error
      await writeFile(log, `[the check could not be run: ${explain(error)}]\n`)
      ended = { code: null, isTimedOut: false, durationMs: 0 }
    }
    attempts.delete(id)
    await keep(commit, spec, ended)
  }

  const keep = async (commit: string, { name, key }: CheckSpec, ended: Pick<CommandResult, 'code' | 'isTimedOut' | 'durationMs'>) => {
    const state = ended.code === 0 && !ended.isTimedOut ? 'passing' : 'failing'
    const result = { name, key, state, durationMs: Math.round(ended.durationMs), at: host.now() } as const
    const before = ground.forge().results
    await ground.update((forge) => {
      forge.results = withResult(forge.results, { commit, result, keep: keptCommits, needed: wanted })
    })
    const left = new Set(ground.forge().results.map((one) => one.commit))
    for (const one of before.filter((old) => !left.has(old.commit)))
      for (const { name: check } of one.checks)
        await rm(await logPath(host, ground.project.name, { commit: one.commit, check }), { force: true })
  }

  return {
    want: (commits) => {
      wanted = commits
      for (const { commit, controller } of running.values()) if (!commits.has(commit)) controller.abort(new Error('the head has moved'))
      for (const commit of commits)
        for (const spec of checkStanding(specs, ground.forge().results, commit).missing)
          if (!running.has(`${commit} ${spec.name}`) && !host.signal.aborted) start(commit, spec)
    },
    logTail: async (commit, check, limits) => {
      const text = await readEnd(await logPath(host, ground.project.name, { commit, check }), limits.bytes * 4 + 4096)
      return tail(plain(text), limits)
    },
  }
}

const logPath = async (host: Host, project: string, { commit, check }: { commit: string; check: string }): Promise<string> =>
  join(await host.folder('check-logs', project), `${commit}-${slug(check, 80)}.log`)

/** Ends what a run left behind when the bot was killed in the middle of it, and removes its checkouts. */
const sweep = async (host: Host, project: string): Promise<void> => {
  const folder = await host.folder('checks', project)
  for (const name of await readdir(folder)) {
    try {
      await endTree([], { mark: `AO_COMMIT=${name.split('-', 1)[0]}` })
    } catch (error) {
      host.log.warn('scm.check.survived', { project, checkout: name, cause: error })
    }
    await remove(host, join(folder, name))
  }
}

type Run = { readonly commit: string; readonly spec: CheckSpec; readonly log: string; readonly signal: AbortSignal }

/** One command in a checkout of its own that shares the objects of the bare repository. */
const runOne = async (host: Host, ground: Ground, { commit, spec, log, signal }: Run): Promise<CommandResult> => {
  const { path } = await ground.repository()
  const folder = await mkdtemp(join(await host.folder('checks', ground.project.name), `${commit}-`))
  try {
    await openGit(folder, { signal }).raw('clone', '--quiet', '--shared', '--no-checkout', path, folder)
    await openGit(folder, { signal }).raw('checkout', '--quiet', '--detach', commit)
    const { PATH = '', HOME = '' } = process.env
    const env = { PATH, HOME, CI: 'true', AO_COMMIT: commit }
    const ended = await runCommand(spec.run, { cwd: folder, env, timeoutMs: spec.timeoutMs, keepBytes: keptLogBytes, logFile: log, signal })
    await closeLog(log, ended, spec)
    return ended
  } finally {
    await remove(host, folder)
  }
}

/** Cuts a log that is too long to keep, and says how the command ended where its own words cannot. */
const closeLog = async (log: string, ended: CommandResult, spec: CheckSpec): Promise<void> => {
  if (ended.printedBytes > keptLogBytes * 2) {
    await writeFile(`${log}.cut`, `[… ${ended.printedBytes} bytes in all; the end follows …]\n${ended.output}`)
    await rename(`${log}.cut`, log)
  }
  const how = ended.isTimedOut
    ? `timed out after ${sayDuration(spec.timeoutMs)}`
    : ended.signal !== null
      ? `ended by ${ended.signal}`
      : ended.code === 0
        ? null
        : `exited with ${ended.code}`
  if (how !== null) await appendFile(log, `\n[${spec.name} ${how}]\n`)
}

const remove = async (host: Host, folder: string): Promise<void> => {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    host.log.warn('scm.checkout.left', { folder, cause: error })
  }
}

const readEnd = async (path: string, bytes: number): Promise<string> => {
  const size = await stat(path).then(
    (found) => found.size,
    () => null,
  )
  if (size === null) return ''
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(bytes, size)), 0, Math.min(bytes, size), Math.max(0, size - bytes))
    return buffer
      .subarray(0, bytesRead)
      .toString('utf8')
      .replace(/^\uFFFD+/, '')
  } finally {
    await file.close()
  }
}
