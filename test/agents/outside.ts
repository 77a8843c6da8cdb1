import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { processes } from '../../core/kit/tree.ts'

/** Every file below a folder, by its path there: a hash of what it holds, without what `own` takes out of it. */
export const fileHashes = async (folder: string, own: (path: string, text: string) => string): Promise<ReadonlyMap<string, string>> => {
  const hashes = new Map<string, string>()
  const note = async (path: string): Promise<void> => {
    const is = await lstat(path)
    if (is.isDirectory()) for (const name of await readdir(path)) await ifThere(note(join(path, name)))
    else if (is.isSymbolicLink()) hashes.set(relative(folder, path), await readlink(path))
    else if (is.isFile()) hashes.set(relative(folder, path), hashOf(own(relative(folder, path), await readFile(path, 'latin1'))))
  }
  await note(folder)
  return hashes
}

/** What an agent that runs takes away while we look is not there: as it would be a moment later. */
const ifThere = async (look: Promise<void>): Promise<void> => {
  try {
    await look
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A process and all of its environment. */
export type Living = { readonly pid: number; readonly command: string; readonly environment: string }

/** Processes that belong to a session by their environment, wherever they hang: of its folder, or of that home. Zombies are dead. Linux only. */
export const living = async ({ folder, home }: { readonly folder: string; readonly home: string }): Promise<readonly Living[]> =>
  (await processes()).flatMap(({ pid, isZombie }) => {
    if (isZombie || pid === process.pid) return []
    const environment = text(`/proc/${pid}/environ`)
    const words = environment.split('\0')
    if (!words.includes(`AO_FOLDER=${folder}`) && !words.includes(`HOME=${home}`)) return []
    return [{ pid, command: text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim(), environment }]
  })

const text = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it has ended meanwhile
  }
}

/** Names of the network interfaces that lead out of this machine; none within a namespace of its own. */
export const waysOut = (): readonly string[] =>
  text('/proc/self/net/dev')
    .split('\n')
    .flatMap((line) => /^\s*([^\s:|]+):/.exec(line)?.[1] ?? [])
    .filter((name) => name !== 'lo')
