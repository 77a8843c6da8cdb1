import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { execa } from 'execa'
import { waysOut } from '../agents/outside.ts'

/** Real agents may run here: nothing leads out of this machine. */
export const isShut = (): boolean => waysOut().length === 0

/**
 * Runs this very program again, with the same words, in a network of its own with nothing but loopback. Resolves with its exit code, or
 * null where this machine gives no such network.
 */
export const runShut = async (): Promise<number | null> => {
  const inside = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh']
  for (const unshare of [
    ['unshare', '-n'],
    ['unshare', '-rn'],
  ]) {
    const [program = '', ...args] = [...unshare, ...inside]
    const { exitCode } = await execa(program, [...args, 'true'], { reject: false, stdio: 'ignore' })
    if (exitCode !== 0) continue
    const child = spawn(program, [...args, process.execPath, ...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' })
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal) // who presses Ctrl-C reaches both, who says "kill" only us
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, pass)
    const [code] = await once(child, 'close')
    return typeof code === 'number' ? code : 1
  }
  return null
}
