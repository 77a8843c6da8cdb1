import { chmodSync, statSync } from 'node:fs'
import { lstat, mkdir, readlink, rename, rm, symlink } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fingerprint } from '../../core/kit/text.ts'
import { fault } from './faults.ts'

/**
 * Listens at the path, for this user alone (0600). A socket left by a dead bot is replaced. A path too long for the system
 * gets its socket in a private temporary folder, and a symlink to it at the path.
 *
 * @throws {Fault} SOCKET_BUSY when a living bot listens there; SOCKET_BLOCKED, SOCKET_FAILED, SOCKET_FOLDER_UNSAFE, SOCKET_PATH_LONG
 */
export const listenAt = async (path: string, onSocket: (socket: Socket) => void): Promise<{ close(): Promise<void> }> => {
  await refuseLiving(path)
  await mkdir(dirname(path), { recursive: true })
  const real = fits(path) ? path : await privateSocket(path)
  // Bound under another name first: nobody can connect before the mode is right, and a dead bot's file is replaced in one step.
  const fresh = `${real}${suffix}`
  await rm(fresh, { force: true })
  const server = createServer(onSocket)
  await listening(server, fresh, path)
  chmodSync(fresh, 0o600)
  await rename(fresh, real)
  if (real !== path) await pointTo(real, path)
  const mine = statSync(real).ino
  return {
    close: async () => {
      await new Promise<void>((resolve) => server.close(() => resolve()))
      const there = await lstat(real).catch(() => null) // gone already: nothing to remove
      if (there?.ino !== mine) return
      await rm(real, { force: true })
      if (real !== path) await rm(path, { force: true })
    },
  }
}

/** Where to connect for the path: itself, or what the symlink there names when the path is too long. */
export const locate = async (path: string): Promise<string> => {
  if (fits(path)) return path
  try {
    return await readlink(path)
  } catch (cause) {
    throw fault('BOT_GONE', { path }, { cause })
  }
}

const suffix = '.new'

// sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero included; Node cuts longer paths silently.
const limitBytes = (process.platform === 'linux' ? 107 : 103) - suffix.length
const fits = (path: string): boolean => Buffer.byteLength(path) <= limitBytes

const refuseLiving = async (path: string): Promise<void> => {
  const there = await lstat(path).catch((error: unknown) => (codeOf(error) === 'ENOENT' ? null : Promise.reject(failed(path, error))))
  if (!there) return
  if (!there.isSocket() && !(there.isSymbolicLink() && !fits(path))) throw fault('SOCKET_BLOCKED', { path })
  const real = await locate(path)
  const answer = await new Promise<string | null>((resolve) => {
    const probe = connect(real)
    probe.once('connect', () => {
      probe.destroy()
      resolve(null)
    })
    probe.once('error', (error) => resolve(codeOf(error) ?? error.message))
  })
  // EAGAIN: somebody listens and is too busy to accept.
  if (answer === null || answer === 'EAGAIN') throw fault('SOCKET_BUSY', { path })
  if (answer !== 'ECONNREFUSED' && answer !== 'ENOENT') throw fault('SOCKET_FAILED', { path, problem: answer })
}

/** A name in a folder that only we may use. Others may have made a folder of that name in the shared temporary folder. */
const privateSocket = async (path: string): Promise<string> => {
  const folder = join(tmpdir(), `ao-${fingerprint(path, 16)}`)
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) =>
    codeOf(error) === 'EEXIST' ? undefined : Promise.reject(failed(folder, error)),
  )
  const there = await lstat(folder)
  const isOurs = there.isDirectory() && there.uid === process.getuid?.() && (there.mode & 0o077) === 0
  if (!isOurs) throw fault('SOCKET_FOLDER_UNSAFE', { folder })
  const real = join(folder, 'socket')
  if (!fits(real)) throw fault('SOCKET_PATH_LONG', { path: real, limitBytes })
  return real
}

const pointTo = async (real: string, path: string): Promise<void> => {
  await rm(`${path}${suffix}`, { force: true })
  await symlink(real, `${path}${suffix}`)
  await rename(`${path}${suffix}`, path)
}

const listening = (server: Server, at: string, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) => reject(failed(path, error)))
    server.listen(at, () => resolve())
  })

const failed = (path: string, cause: unknown): Error => fault('SOCKET_FAILED', { path, problem: codeOf(cause) ?? 'unknown' }, { cause })

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
