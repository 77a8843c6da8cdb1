import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { execa } from 'execa'

/** Can a program be run by that name, or at that whole path? Nothing is started. A path from a working folder on cannot be known, so it counts. */
export const isRunnable = async (program: string): Promise<boolean> => {
  if (program.includes('/') && !isAbsolute(program)) return true
  const paths = isAbsolute(program) ? [program] : (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program))
  return (await Promise.all(paths.map(isExecutable))).includes(true)
}

/** The version that a program names when it is asked for it (`--version`), wherever it prints it, or null when it cannot be run or names none. */
export const versionOf = async (program: string): Promise<string | null> => {
  const { all, exitCode } = await execa(program, ['--version'], { reject: false, timeout: 30_000, stdin: 'ignore', all: true })
  return exitCode === 0 ? (/\d+\.\d+\.\d+\S*/.exec(all)?.[0] ?? null) : null
}

const isExecutable = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false // not there, or not ours to run: the answer we ask for
  }
}
