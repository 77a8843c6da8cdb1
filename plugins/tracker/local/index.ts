import { join, resolve } from 'node:path'
import { z } from 'zod'
import { definePlugin, type Host, type Tracker } from '../../../core/contracts/plugins.ts'
import type { Task } from '../../../core/contracts/task.ts'
import { headline, slug } from '../../../core/kit/text.ts'
import { closedText, labelledText, newText, notedText } from './edit.ts'
import { fault } from './fault.ts'
import { type IssueFile, readIssues, replaceFile, writeNewFile } from './files.ts'
import { type Issue, isUnreadable, readIssue } from './issue.ts'
import { fittingOf, nearestOf, readKey } from './key.ts'

export { fault } from './fault.ts'

/** Issues as Markdown files of a folder, `<number>-<slug>.md`, with `title`, `state`, `author`, `labels` and `assignees` in their front matter. */
export const local = definePlugin({
  slot: 'tracker',
  name: 'local',
  summary: 'Issues as Markdown files in a folder of the project.',
  options: z.strictObject({
    folder: z.string().min(1).optional().describe('Where the issues are; relative to the project. Default: .ao/issues in the project.'),
    maxFileBytes: z.int().positive().default(1_048_576).describe('Larger files are not read.'),
  }),
  missing: async () => null,
  create: ({ folder, maxFileBytes }, host, { project }) => {
    const base = project?.path ?? null
    const path = base === null ? (folder ?? '') : resolve(base, folder ?? join('.ao', 'issues'))
    if (!path.startsWith('/')) throw fault('PROJECT_MISSING', {})
    return openTracker({ folder: path, isExpected: folder !== undefined, maxFileBytes }, host)
  },
})

type Settings = {
  readonly folder: string
  /** Was it named by somebody? Then its absence is a mistake; else there are just no issues yet. */
  readonly isExpected: boolean
  readonly maxFileBytes: number
}
type Readable = { readonly number: number; readonly name: string; readonly content: Issue & { readonly text: string } }

const openTracker = ({ folder, isExpected, maxFileBytes }: Settings, host: Host): Tracker => {
  const told = new Set<string>()
  const tell = ({ name, content }: IssueFile): void => {
    if (!isUnreadable(content) || told.has(`${name} ${content.why}`)) return
    told.add(`${name} ${content.why}`)
    host.log.warn('tracker.issue.unreadable', { file: join(folder, name), why: content.why, cure: content.cure })
  }
  const read = async (): Promise<readonly IssueFile[]> => {
    const files = await readIssues(folder, maxFileBytes)
    if (files === null && isExpected) throw fault('ISSUES_MISSING', { folder })
    for (const file of files ?? []) tell(file)
    return files ?? []
  }
  const find = async (key: string): Promise<Readable> => pick(await read(), key, folder)
  const edit = (key: string, next: (text: string, file: string) => string): Promise<void> =>
    host.lock(`issues ${folder}`, async () => {
      const { name, content } = await find(key)
      const text = next(content.text, join(folder, name))
      if (text !== content.text) await replaceFile(join(folder, name), text)
    })
  return {
    find: async (key) => {
      const files = await read()
      return taskOf(fittingOf(key, titled(files)) ?? pick(files, key, folder))
    },
    list: async () => (await read()).filter(isReadable).filter(isOpen).map(taskOf),
    close: (key, note) => edit(key, (text) => closedText(text, note)),
    create: (task) => host.lock(`issues ${folder}`, async () => taskOf(await make(await read(), task, { folder, maxFileBytes }))),
    note: (key, note) => edit(key, (text) => notedText(text, note)),
    label: (key, label, isOn) =>
      edit(key, (text, file) => {
        const labelled = labelledText(text, label, isOn)
        if (labelled === null) throw fault('TASK_UNREADABLE', { file, ...unlisted })
        return labelled
      }),
  }
}

const unlisted = { why: 'its labels are no list', cure: 'Write them as "labels: [one, two]" between the two "---".' }

type Wanted = Parameters<Tracker['create']>[0]
type Made = { readonly number: number; readonly content: Issue }

/** The issue of that id, written under the next number if there is none. */
const make = async (
  files: readonly IssueFile[],
  task: Wanted,
  { folder, maxFileBytes }: Pick<Settings, 'folder' | 'maxFileBytes'>,
): Promise<Made> => {
  const before = files.filter(isReadable).find(({ content }) => content.id === task.id)
  if (before) return before
  const number = files.reduce((highest, file) => Math.max(highest, file.number), 0) + 1
  const text = newText(task)
  const content = readIssue(text)
  const file = join(folder, `${number}-${slug(isUnreadable(content) ? '' : content.title)}.md`)
  const bytes = Buffer.byteLength(text)
  // What could not be read later must not be written: it would be written anew each time.
  if (isUnreadable(content)) throw fault('TASK_UNREADABLE', { file, ...content })
  if (bytes > maxFileBytes) throw fault('TASK_UNREADABLE', { file, ...tooLong(bytes, maxFileBytes) })
  await writeNewFile(file, text)
  return { number, content }
}

const tooLong = (bytes: number, maxBytes: number) => ({
  why: `it would have ${bytes} bytes, more than ${maxBytes}`,
  cure: 'Say it shorter, or raise "maxFileBytes" of the tracker.',
})

const pick = (files: readonly IssueFile[], key: string, folder: string): Readable => {
  const wanted = readKey(key, folder)
  const found = wanted && files.find((file) => ('number' in wanted ? file.number === wanted.number : file.name === wanted.name))
  if (found && isReadable(found)) return found
  if (found && isUnreadable(found.content)) throw fault('TASK_UNREADABLE', { file: join(folder, found.name), ...found.content })
  const near = nearestOf(key, titled(files))
  throw fault('TASK_UNKNOWN', { key, folder, near: near.map(({ number, title }) => `#${number} (${headline(title, 60)})`) })
}

/** What is open, as words are compared with it. */
const titled = (files: readonly IssueFile[]) =>
  files
    .filter(isReadable)
    .filter(isOpen)
    .map((file) => ({ ...file, title: file.content.title }))

const isReadable = (file: IssueFile): file is Readable => !isUnreadable(file.content)
const isOpen = ({ content }: Readable): boolean => content.isOpen

const taskOf = ({ number, content: { title, body, author, isOpen, labels, assignees } }: Made): Task => ({
  key: `#${number}`,
  title,
  body,
  url: null,
  author,
  context: { isOpen, labels, assignees, comments: [], moreComments: 0, related: [] },
})
