import { join, resolve } from 'node:path'
import { z } from 'zod'
import { definePlugin, type Host, type Tracker } from '../../../core/contracts/plugins.ts'
import type { Task } from '../../../core/contracts/task.ts'
import { headline } from '../../../core/kit/text.ts'
import { fault } from './fault.ts'
import { type IssueFile, readIssues, replaceFile } from './files.ts'
import { closedText, type Issue, isUnreadable } from './issue.ts'
import { nearestOf, readKey } from './key.ts'

export { fault } from './fault.ts'

/** Issues as Markdown files of a folder, `<number>-<slug>.md`, with `title`, `state`, `author` and `labels` in their front matter. */
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
  return {
    find: async (key) => taskOf(await find(key)),
    list: async () => (await read()).filter(isReadable).filter(isOpen).map(taskOf),
    close: (key, note) =>
      host.lock(`issues ${folder}`, async () => {
        const { name, content } = await find(key)
        const text = closedText(content.text, note)
        if (text !== content.text) await replaceFile(join(folder, name), text)
      }),
  }
}

const pick = (files: readonly IssueFile[], key: string, folder: string): Readable => {
  const wanted = readKey(key, folder)
  const found = wanted && files.find((file) => ('number' in wanted ? file.number === wanted.number : file.name === wanted.name))
  if (found && isReadable(found)) return found
  if (found && isUnreadable(found.content)) throw fault('TASK_UNREADABLE', { file: join(folder, found.name), ...found.content })
  const open = files.filter(isReadable).filter(isOpen)
  const near = nearestOf(
    key,
    open.map(({ number, content }) => ({ number, title: content.title })),
  )
  throw fault('TASK_UNKNOWN', { key, folder, near: near.map(({ number, title }) => `#${number} (${headline(title, 60)})`) })
}

const isReadable = (file: IssueFile): file is Readable => !isUnreadable(file.content)
const isOpen = ({ content }: Readable): boolean => content.isOpen

const taskOf = ({ number, content: { title, body, author } }: Readable): Task => ({ key: `#${number}`, title, body, url: null, author })
