import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { z } from 'zod'
import type { Config } from '../../core/config/config.ts'
import { loadConfig } from '../../core/config/load.ts'
import { type Problem, sayProblem } from '../../core/config/problems.ts'
import { catalogue, row } from '../../core/kit/fault.ts'
import { createRegistry } from '../../core/plugins/registry.ts'
import { defaultPlugins, plugins } from '../../plugins/index.ts'
import { chatKinds } from '../chats.ts'

export const fault = catalogue({
  NO_CONFIG: row<{ path: string }>(
    (f) => `There is no config at ${f.path}.`,
    () => 'Say "ao init" in your repository to write one, "ao demo" to just look, or name one with --config.',
  ),
  CONFIG_REFUSED: row<{ path: string; problems: readonly Problem[] }>(
    (f) => [`${f.path} cannot be used:`, ...f.problems.map((problem) => `  ${sayProblem(problem)}`)].join('\n'),
    (f) => `Mend ${f.problems.length === 1 ? 'it' : `all ${f.problems.length}`} and start again; docs/config.md explains every key.`,
  ),
})

/** The chats there are, and the options each takes. */
const chats = { console: z.strictObject({}), ...Object.fromEntries(Object.values(chatKinds).map(({ name, options }) => [name, options])) }

/** A config that can be run, and what must be kept from agents and logs. */
export type Settings = {
  readonly config: Config
  readonly secrets: readonly string[]
  readonly secretNames: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * Reads the config, with the variables of a `.env` beside it. Variables of the shell win; those of the file are for the bot
 * and never reach an agent. `given` stands in for variables that nobody has set.
 *
 * @throws {Fault} NO_CONFIG, CONFIG_UNREADABLE or CONFIG_REFUSED, with all problems at once
 */
export const loadSettings = async (file: string, given: Readonly<Record<string, string>> = {}): Promise<Settings> => {
  const path = resolve(file)
  if (!existsSync(path)) throw fault('NO_CONFIG', { path })
  const dotenv = join(dirname(path), '.env')
  const fromFile = existsSync(dotenv) ? parseEnv(readFileSync(dotenv, 'utf8')) : {}
  const own = { ...fromFile, ...process.env }
  const environment = { ...own, ...Object.fromEntries(Object.entries(given).filter(([name]) => !own[name])) }
  const read = await loadConfig(path, environment, { plugins: createRegistry(plugins).schemas(), defaults: defaultPlugins, chats })
  if ('problems' in read) throw fault('CONFIG_REFUSED', { path, problems: read.problems })
  const named = Object.keys(fromFile).filter((name) => process.env[name] === undefined)
  return {
    config: read.config,
    secrets: [...read.secrets, ...named.flatMap((name) => fromFile[name] ?? [])],
    secretNames: [...read.secretNames, ...named],
    environment,
  }
}

/** The data folder that is meant: the one named, or the config's. */
export const dataFolderOf = async ({ data, config }: { readonly data?: string; readonly config: string }): Promise<string> =>
  data === undefined ? (await loadSettings(config)).config.data : resolve(data)
