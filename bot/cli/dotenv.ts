import { chmod, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { catalogue, explain, row } from '../../core/kit/fault.ts'
import { openGit } from '../../core/kit/git.ts'
import { isMissing } from '../../core/store/disk.ts'

export const fault = catalogue({
  FILE_NOT_WRITTEN: row<{ path: string; problem: string }>(
    (f) => `${f.path} cannot be written: ${f.problem}.`,
    () => 'Make it writable, and say "ao init" again; what is there already stays as it is.',
  ),
  DOTENV_UNREADABLE: row<{ name: string; line: number | null }>(
    (f) => `${f.name} would not be read from .env${f.line === null ? '' : `, because line ${f.line} there is no NAME=value`}.`,
    () => 'Put a # before what is no NAME=value in .env, and say "ao init" again.',
  ),
})

/** Names with their values, under a line that says what they are for. */
export type Section = { readonly heading: string; readonly values: Readonly<Record<string, string>> }

/**
 * The text of a `.env` with these names in it. What it says already stays; only a name without a value gets one.
 *
 * @throws {Fault} DOTENV_UNREADABLE when something in the text hides a name: Node takes a line without `=` for the begin of the next name
 */
export const withSections = (text: string, sections: readonly Section[]): string => {
  const added = append(text, sections)
  const readable = parseEnv(added)
  const hidden = sections.flatMap(({ values }) => Object.keys(values)).find((name) => !Object.hasOwn(readable, name))
  if (hidden === undefined) return added
  const at = text.split('\n').findLastIndex((line) => !/^\s*(?:#|$)|=/.test(line))
  throw fault('DOTENV_UNREADABLE', { name: hidden, line: at < 0 ? null : at + 1 })
}

const append = (text: string, sections: readonly Section[]): string =>
  sections.reduce((sofar, { heading, values }) => {
    const known = parseEnv(sofar)
    const filled = Object.entries(values).reduce(
      (rest, [name, value]) => (known[name] === '' && value !== '' ? fill(rest, name, value) : rest),
      sofar,
    )
    const missing = Object.entries(values).filter(([name]) => !Object.hasOwn(known, name))
    if (missing.length === 0) return filled
    const gap = filled === '' ? '' : filled.endsWith('\n') ? '\n' : '\n\n'
    return `${filled}${gap}# ${heading}\n${missing.map(([name, value]) => `${name}=${value}\n`).join('')}`
  }, text)

/** The last of several counts, so all that are empty are filled. */
const fill = (text: string, name: string, value: string): string =>
  text.replace(
    new RegExp(`^([ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=)[ \\t]*(?:""|'')?[ \\t]*(\\r?)$`, 'gm'),
    (_, before: string, after: string) => `${before}${value}${after}`,
  )

/** The variables of a `.env`; none where there is no such file. */
export const readDotenv = async (path: string): Promise<{ readonly text: string; readonly values: Readonly<Record<string, string>> }> => {
  const text = await readOrEmpty(path)
  return { text, values: Object.fromEntries(Object.entries(parseEnv(text)).map(([name, value]) => [name, value ?? ''])) }
}

/**
 * Writes a file, whole or not at all. A new one gets `mode`, one that is there keeps its own, and a link stays one.
 *
 * @throws {Fault} FILE_NOT_WRITTEN
 */
export const writeWhole = async (path: string, text: string, mode = 0o644): Promise<void> => {
  const target = await realpath(path).catch(() => path) // not there yet
  const draft = `${target}.${process.pid}.new`
  try {
    const old = await stat(target).catch(() => null) // not there yet
    await writeFile(draft, text, { mode, flag: 'wx' })
    if (old) await chmod(draft, old.mode & 0o777)
    await rename(draft, target)
  } catch (cause) {
    await rm(draft, { force: true })
    throw fault('FILE_NOT_WRITTEN', { path, problem: explain(cause) }, { cause })
  }
}

/** Who else could see a `.env`. */
export type Exposure = {
  /** The new text of `.gitignore`, where nothing in it keeps `.env` out of commits. */
  readonly ignore: string | null
  readonly isCommitted: boolean
  /** May other users of this machine read it? */
  readonly isReadable: boolean
}

/** Looks who else could see the `.env` of a repository. */
export const exposureOf = async (folder: string): Promise<Exposure> => {
  const git = openGit(folder)
  const [ignored, tracked, mode, text] = await Promise.all([
    git.raw('check-ignore', '--no-index', '.env').catch(() => ''), // git says "not ignored" by an exit code
    git.raw('ls-files', '--', '.env'),
    stat(join(folder, '.env')).then(
      (found) => found.mode,
      () => 0,
    ), // not there yet
    readOrEmpty(join(folder, '.gitignore')),
  ])
  return {
    ignore: ignored.trim() === '' ? `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}.env\n` : null,
    isCommitted: tracked.trim() !== '',
    isReadable: (mode & 0o077) !== 0,
  }
}

const readOrEmpty = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return ''
    throw fault('FILE_NOT_WRITTEN', { path, problem: explain(error) }, { cause: error })
  })
