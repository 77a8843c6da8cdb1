import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { quote } from '../kit/shell.ts'

/** What must not reach an agent: it belongs to whoever started the bot, not to the agent. */
const notForAgents =
  /^(?:NODE_OPTIONS|NODE_CHANNEL_FD|INIT_CWD|npm_.*|VITEST.*|GIT_(?:DIR|WORK_TREE|INDEX_FILE|PREFIX)|AO_(?!DATA$).*|AO_DATA)$/

/**
 * The environment every agent starts from: the user's own, without the variables the bot's config takes its secrets from,
 * with `ao` on the PATH and the session's name and folder.
 */
export const agentEnvironment = ({
  own,
  secretNames,
  binFolder,
}: {
  readonly own: Readonly<Record<string, string | undefined>>
  readonly secretNames: readonly string[]
  readonly binFolder: string
}) => {
  const hidden = new Set(secretNames)
  const kept = Object.entries(own).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !hidden.has(entry[0]) && !notForAgents.test(entry[0]),
  )
  const common: Record<string, string> = { TERM: 'xterm-256color', ...Object.fromEntries(kept) }
  common.PATH = [binFolder, common.PATH ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter)
  return (session: string, folder: string): Readonly<Record<string, string>> => ({ ...common, AO_SESSION: session, AO_FOLDER: folder })
}

/**
 * Writes the shim that agents and their hooks call as `ao`. Its path never changes, so agents that outlive an upgrade of the
 * bot call the new one.
 */
export const writeShim = async (binFolder: string, argv: readonly string[]): Promise<void> => {
  await mkdir(binFolder, { recursive: true })
  const path = join(binFolder, 'ao')
  await writeFile(`${path}.new`, `#!/bin/sh\nexec ${quote(argv)} "$@"\n`)
  await chmod(`${path}.new`, 0o755)
  await rename(`${path}.new`, path)
}
