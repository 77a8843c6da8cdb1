import { constants } from 'node:fs'
import { lstat, mkdir, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { catalogue, isFault, row } from '../kit/fault.ts'
import { visible } from '../kit/visible.ts'

export const fault = catalogue({
  FILE_HOMELESS: row<{ path: string }>(
    (f) => `The workspace ${f.path} is not there any more, so the file has nowhere to go.`,
    () => 'Restore the session, then send the file again.',
  ),
  FILE_UNSAFE: row<{ path: string }>(
    (f) => `${f.path} is not a folder of this workspace (it may be a link), so no file is put there.`,
    (f) => `Remove ${f.path}, then send the file again.`,
  ),
  FILE_NOT_KEPT: row<{ path: string; problem: string }>(
    (f) => `The file could not be written to ${f.path}: ${f.problem}.`,
    () => 'Look whether the disk is full and the folder may be written to, then send the file again.',
    { mayPass: true },
  ),
})

/** The folder in a workspace that holds what people sent. Git never sees it. */
export const sentFolder = '.ao-files'

/**
 * Keeps a file that somebody sent to a session, in its workspace, under a number and a name that is safe, dated `at` (epoch
 * ms). Resolves with its path. It never overwrites a file, and never writes outside the workspace, whatever the agent has made of that folder.
 *
 * @throws {Fault} FILE_HOMELESS, FILE_UNSAFE, FILE_NOT_KEPT
 */
export const keepSentFile = async (
  workspacePath: string,
  { name, bytes, at }: { readonly name: string; readonly bytes: Uint8Array; readonly at: number },
): Promise<string> => {
  const folder = join(workspacePath, sentFolder)
  try {
    const home = await stat(workspacePath).catch(unlessGone)
    if (!home?.isDirectory()) throw fault('FILE_HOMELESS', { path: workspacePath })
    await mkdir(folder).catch(unlessThere)
    if (!(await lstat(folder)).isDirectory()) throw fault('FILE_UNSAFE', { path: folder })
    await writeNew(join(folder, '.gitignore'), Buffer.from('*\n'), at).catch(unlessThere)
    for (let number = await nextNumber(folder); ; number += 1) {
      const path = join(folder, `${number}-${safeName(name)}`)
      if (await isWritten(path, bytes, at)) return path
    }
  } catch (error) {
    if (isFault(error)) throw error
    throw fault('FILE_NOT_KEPT', { path: folder, problem: error instanceof Error ? error.message : String(error) }, { cause: error })
  }
}

/** A name without path, without characters that nobody sees or that a shell or file system gives a meaning, at most 80 characters long; never empty. */
export const safeName = (name: string): string => {
  const last = visible(name).split(/[/\\]/).at(-1) ?? ''
  const kept = last
    .normalize('NFC')
    .replace(/\s+/g, '-')
    .replace(/[^\p{L}\p{M}\p{N}._+-]+/gu, '_')
    .replace(/^[.+\-_\p{M}]+/u, '')
    .replace(/[.\-_]+$/, '')
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(kept)?.[0] ?? ''
  const stem = kept.slice(0, kept.length - ending.length)
  // A name may have 255 bytes on disk; a letter may have four.
  let short = ''
  for (const sign of stem) {
    if (short.length + sign.length + ending.length > mostNameChars || Buffer.byteLength(short + sign) > 200) break
    short += sign
  }
  return `${short.replace(/[.\-_]+$/, '') || 'file'}${ending}`
}

const mostNameChars = 80

const nextNumber = async (folder: string): Promise<number> =>
  Math.max(0, ...(await readdir(folder)).map((name) => Number(/^(\d{1,9})-/.exec(name)?.[1] ?? 0))) + 1

/** False when there is something of that name already. */
const isWritten = async (path: string, bytes: Uint8Array, at: number): Promise<boolean> => {
  try {
    await writeNew(path, bytes, at)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Made anew, so that no link is followed and nothing is overwritten; for the owner alone. */
const writeNew = async (path: string, bytes: Uint8Array, at: number): Promise<void> => {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600)
  try {
    await file.writeFile(bytes)
    await file.utimes(at / 1_000, at / 1_000)
  } finally {
    await file.close()
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : null)
const unlessGone = (error: unknown): null => {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null
  throw error
}
const unlessThere = (error: unknown): void => {
  if (codeOf(error) !== 'EEXIST') throw error
}
