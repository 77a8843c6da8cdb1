import { readFile, stat } from 'node:fs/promises'
import { homedir, userInfo } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { Config } from './config.ts'
import { fault } from './fault.ts'
import { parseSettings } from './parse.ts'
import type { Mistake, Path, Problem } from './problems.ts'
import { type Surroundings, settle } from './settle.ts'
import { type Environment, fillVariables } from './variables.ts'
import { parseYaml } from './yaml.ts'

/** A config that can be run, with the values that must never be shown and the variables they came from; or all that is wrong with it. */
export type ReadConfig =
  | { readonly config: Config; readonly secrets: readonly string[]; readonly secretNames: readonly string[] }
  | { readonly problems: readonly Problem[] }

/** Reads a config. Pure, and total: any text gives a config or its problems, all of them at once, in the order of the file. */
export const readConfig = (text: string, environment: Environment, surroundings: Surroundings): ReadConfig =>
  conclude(examine(text, environment, surroundings), [])

/**
 * Reads the config of a file, and looks whether the folders and files it names are there. Relative paths are relative to it.
 *
 * @throws {Fault} CONFIG_UNREADABLE
 */
export const loadConfig = async (
  path: string,
  environment: Environment,
  known: Pick<Surroundings, 'plugins' | 'defaults' | 'chats'>,
): Promise<ReadConfig> => {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw fault('CONFIG_UNREADABLE', { path, reason: reasonOf(cause) }, { cause })
  })
  const surroundings = { ...known, folder: dirname(resolve(path)), home: environment.HOME ?? homedir(), user: userInfo().username }
  const examined = examine(text, environment, surroundings)
  return conclude(examined, 'config' in examined ? await missingPaths(examined.config) : [])
}

type Examined =
  | { readonly problems: readonly Problem[] }
  | {
      readonly config: Config
      readonly mistakes: readonly Mistake[]
      readonly secrets: readonly string[]
      readonly secretNames: readonly string[]
      readonly lineOf: (path: Path) => number | null
    }

const examine = (text: string, environment: Environment, surroundings: Surroundings): Examined => {
  const parsed = parseYaml(text)
  if ('problems' in parsed) return parsed
  const { value, mistakes: unfilled, secrets, secretNames } = fillVariables(parsed.value, environment)
  const { settings, mistakes } = parseSettings(value, parsed.value)
  const settled = settle(settings, { ...surroundings, written: parsed.value, dataFolder: environment.AO_DATA || undefined })
  // What a text is without its variable says nothing about what it would be with it.
  const open = new Set(unfilled.map(({ path }) => path.join('.')))
  const others = [...mistakes, ...settled.mistakes].filter(({ path }) => !open.has(path.join('.')))
  return { config: settled.config, mistakes: [...unfilled, ...others], secrets, secretNames, lineOf: parsed.lineOf }
}

const conclude = (examined: Examined, more: readonly Mistake[]): ReadConfig => {
  if ('problems' in examined) return examined
  const { config, mistakes, secrets, secretNames, lineOf } = examined
  const said = [...mistakes, ...more].map(({ path, what }): Problem => ({ where: path.join('.') || 'the file', line: lineOf(path), what }))
  const problems = [...new Map(said.map((problem) => [`${problem.where}\n${problem.what}`, problem])).values()]
  return problems.length > 0 ? { problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) } : { config, secrets, secretNames }
}

const missingPaths = async ({ projects }: Config): Promise<readonly Mistake[]> => {
  const mistakes = await Promise.all(
    Object.values(projects).map(
      async ({ name, path, rulesFile }): Promise<readonly Mistake[]> => [
        ...((await kindAt(path)) === 'folder'
          ? []
          : [{ path: ['projects', name, 'path'], what: `There is no folder ${path}; clone the repository there, or write where it is.` }]),
        ...(rulesFile === null || (await kindAt(rulesFile)) === 'file'
          ? []
          : [{ path: ['projects', name, 'rulesFile'], what: `There is no file ${rulesFile}.` }]),
      ],
    ),
  )
  return mistakes.flat()
}

const kindAt = async (path: string): Promise<'folder' | 'file' | null> => {
  const found = await stat(path).catch(() => null) // absent or forbidden: either way it cannot be used
  return found === null ? null : found.isDirectory() ? 'folder' : 'file'
}

const reasonOf = (error: unknown): string => (error instanceof Error && 'code' in error && reasons[String(error.code)]) || String(error)

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EISDIR: 'it is a folder',
}
