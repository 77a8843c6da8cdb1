import { mkdir, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { explain } from '../../../core/kit/fault.ts'
import { type Issue, isUnreadable, readIssue, type Unreadable } from './issue.ts'

/** A file that is named like an issue. */
export type IssueFile = {
  readonly number: number
  readonly name: string
  readonly content: (Issue & { readonly text: string }) | Unreadable
}

/** All issues of a folder, by number; what cannot be read stands in its place. Null when there is no such folder. */
export const readIssues = async (folder: string, maxBytes: number): Promise<readonly IssueFile[] | null> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return null
  })
  if (names === null) return null
  const real = await realpath(folder)
  const numbered = names.flatMap((name) => {
    const number = numberOf(name)
    return number === null ? [] : [{ name, number }]
  })
  const files = numbered.map(async ({ name, number }): Promise<IssueFile> => {
    const twins = numbered.filter((other) => other.number === number && other.name !== name)
    return { number, name, content: twins[0] ? twin(number, twins[0].name) : await readOne(real, name, maxBytes) }
  })
  return (await Promise.all(files)).sort((a, b) => a.number - b.number || a.name.localeCompare(b.name))
}

/** `12-fix-login.md` and `12.md` are issue 12; other files are none. */
export const numberOf = (name: string): number | null => {
  const [, digits] = /^(\d{1,9})(?:-.*)?\.md$/i.exec(name) ?? []
  return digits === undefined ? null : Number(digits)
}

/** Replaces a file, a symlink's target included, at once and on disk: whoever reads sees the old text or the new one. */
export const replaceFile = async (path: string, text: string): Promise<void> => {
  const target = await realpath(path)
  await put(target, text, (await stat(target)).mode)
}

/** Writes a new file, at once and on disk, and its folder where there is none. */
export const writeNewFile = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await put(path, text, 0o644)
}

const put = async (target: string, text: string, mode: number): Promise<void> => {
  counter += 1
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}-${counter}.tmp`)
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  const folder = await open(dirname(target), 'r')
  await folder.sync().finally(() => folder.close())
}

let counter = 0

const readOne = async (folder: string, name: string, maxBytes: number): Promise<IssueFile['content']> => {
  try {
    const path = await realpath(join(folder, name))
    if (!path.startsWith(folder + sep))
      return { why: `it is a link to ${path}, outside the folder`, cure: 'Put a copy of that file in its place.' }
    const { size, isFile } = await stat(path).then((found) => ({ size: found.size, isFile: found.isFile() }))
    if (!isFile) return { why: 'it is not a file', cure: 'Move it away, or give it another name.' }
    if (size > maxBytes)
      return { why: `it has ${size} bytes, more than ${maxBytes}`, cure: 'Make it shorter, or raise "maxFileBytes" of the tracker.' }
    const bytes = await readFile(path)
    if (bytes.includes(0)) return binary
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const issue = readIssue(text)
    return isUnreadable(issue) ? issue : { ...issue, text }
  } catch (error) {
    if (error instanceof TypeError) return binary // what TextDecoder throws
    return { why: explain(error), cure: 'Look at the file and who may read it.' }
  }
}

const binary: Unreadable = { why: 'it is not UTF-8 text', cure: 'Save it as UTF-8 text, or give it another name.' }

const twin = (number: number, other: string): Unreadable => ({
  why: `${other} has the number ${number}, too`,
  cure: 'Give one of the two another number.',
})
