import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { Change } from '../../../core/contracts/change.ts'
import type { Fault } from '../../../core/kit/fault.ts'
import { sleep } from '../../../core/kit/time.ts'
import { type LocalWorld, makeLocalWorld } from './world.ts'

export const { signal } = new AbortController()
const worlds: LocalWorld[] = []
export const start = async (settings: Record<string, unknown> = {}, checks: readonly string[] = []): Promise<LocalWorld> => {
  const world = await makeLocalWorld({ settings, checks })
  worlds.push(world)
  return world
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()))
})

export const open = async (
  world: LocalWorld,
  branch = 'ao/one',
  files: Readonly<Record<string, string>> = { [`${branch}.txt`]: 'new\n' },
) => {
  const workspace = await world.workspace(branch)
  await world.commit(workspace, files)
  return { workspace, change: await world.scm.open({ project: world.project, workspace, base: 'main', title: branch, body: '' }, signal) }
}
export const item = (world: LocalWorld, number: number) => ({ project: world.project, number, branch: '' })
export const look = async (world: LocalWorld, number: number, scm = world.scm): Promise<Change> => {
  const [found] = await scm.look([item(world, number)], signal)
  if (found instanceof Error) throw found
  if (!found) throw new Error(`#${number} was not found`)
  return found
}
export const until = async (world: LocalWorld, number: number, isSo: (change: Change) => boolean, scm = world.scm): Promise<Change> => {
  for (const giveUpAt = Date.now() + 12_000; ; await sleep(30)) {
    const now = await look(world, number, scm)
    if (isSo(now)) return now
    if (Date.now() > giveUpAt) throw new Error(`#${number} never came to be so; it is ${JSON.stringify(now)}`)
  }
}
export const ended = ({ checks }: Change): boolean => checks === 'passing' || checks === 'failing'
export const ref = (world: LocalWorld, number: number) => ({ project: world.project, number })
export const merge = (world: LocalWorld, { number, head }: Change, scm = world.scm) =>
  scm.merge(ref(world, number), { head, base: 'main', method: 'squash', title: 'merged' }, signal)
export const bareGit = (world: LocalWorld, ...args: readonly string[]) => world.repo.git(['--git-dir', world.bare, ...args])
export const faultOf = async (work: Promise<unknown>): Promise<Fault> =>
  work.then(
    () => null,
    (error) => error,
  ) as Promise<Fault> // asserted by its code
export const checksOf = (run: string, timeout = '10m') => ({ checks: [{ name: 'ci', run, timeout }] })
export const failure = async (world: LocalWorld, { number, head }: Change): Promise<string> =>
  (await world.scm.details(ref(world, number), head, signal))?.failing[0]?.logTail ?? ''

/**
 * Does the work with a `git` of our own first in PATH, which writes down the commands it is called for and, where `interference` says so, runs another
 * git command once before the first call of that name.
 */
export const withGit = async <T>(
  world: LocalWorld,
  interference: { readonly before: string; readonly once: string } | null,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly count: number; readonly calls: readonly string[] }> => {
  const folder = await world.host.folder('counting')
  const path = process.env.PATH ?? ''
  const meddle = interference
    ? `if [ "$1" = ${interference.before} ] && mkdir "${folder}/done" 2>/dev/null; then git --git-dir "${world.bare}" ${interference.once}; fi\n`
    : ''
  await writeFile(join(folder, 'git'), `#!/bin/sh\nPATH="${path}"\necho "$1" >> "${folder}/calls"\n${meddle}exec git "$@"\n`)
  await chmod(join(folder, 'git'), 0o755)
  await writeFile(join(folder, 'calls'), '')
  process.env.PATH = `${folder}:${path}`
  try {
    const result = await work()
    const calls = (await readFile(join(folder, 'calls'), 'utf8')).split('\n').slice(0, -1)
    return { result, count: calls.length, calls }
  } finally {
    process.env.PATH = path
  }
}
