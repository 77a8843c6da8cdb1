import { mergeMethods } from '../../core/contracts/names.ts'
import { type Context, type Slots, statusFilters } from '../contracts/intent.ts'

type Blank = {
  /** What its text may look like; linear to match. */
  readonly pattern: string
  /** The slot it fills, or null when the text only looked right. */
  readonly read: (text: string, context: Context) => Slots | null
}

/** The project as it is spelled; two that differ in case only are told apart by it. */
const projectOf = (text: string, { projects }: Context): string | undefined =>
  projects.find((project) => project === text) ?? projects.find((project) => project.toLowerCase() === text.toLowerCase())

/** `APP-3` is `app-3`; whether there is such a session is not asked here. */
const sessionOf = (text: string, context: Context): string | undefined => {
  const [, before = '', number] = /^(.+)-(\d+)$/.exec(text) ?? []
  const project = projectOf(before, context)
  return project === undefined ? undefined : `${project}-${number}`
}

/** `app-3-m17`, or the answer to a question. */
const messageOf = (text: string, context: Context): string | undefined => {
  const [, session, number] = /^(.+)-m(\d+)$/i.exec(text) ?? []
  if (session === undefined) return text
  const known = sessionOf(session, context)
  return known === undefined ? undefined : `${known}-m${number}`
}

const fill = <Name extends keyof Slots>(name: Name, value: Slots[Name] | undefined): Slots | null =>
  value === undefined ? null : { [name]: value }

/** The shapes a blank can have, and what they fill. */
export const blanks: Readonly<Record<string, Blank>> = {
  session: {
    pattern: '\\w[\\w-]*-\\d+',
    read: (text, context) => fill('session', sessionOf(text, context)),
  },
  tasks: { pattern: '#?[\\w#](?:[\\w#,&\\s-]*[\\w#,&])?', read: (text) => readTasks(text) },
  task: { pattern: '#\\d+', read: (text) => ({ tasks: [text] }) },
  change: { pattern: '#\\d+', read: (text) => ({ change: Number(text.slice(1)) }) },
  quoted: { pattern: '["“][^"”]+["”]', read: (text) => ({ text: text.slice(1, -1).trim() }) },
  /** What is to be done: options and thanks around it are not part of it. */
  text: { pattern: '\\S[^]*', read: (text) => ({ text: text.trim() }) },
  /** Words for somebody else, passed on as they were said. */
  words: { pattern: '\\S[^]*', read: (text) => ({ text: text.trim() }) },
  project: {
    pattern: '\\w[\\w-]*',
    read: (text, context) => fill('project', projectOf(text, context)),
  },
  choice: { pattern: '\\d{1,2}', read: (text) => ({ choice: Number(text) }) },
  lines: { pattern: '\\d{1,4}', read: (text) => ({ lines: Number(text) }) },
  message: {
    pattern: '[\\w-]+-m\\d+|answer-\\S+',
    read: (text, context) => fill('message', messageOf(text, context)),
  },
  filter: {
    pattern: '[a-z-]+',
    read: (text) => ((statusFilters as readonly string[]).includes(text.toLowerCase()) ? { filter: text.toLowerCase() } : null),
  },
  method: {
    pattern: mergeMethods.join('|'),
    read: (text) => ({ method: mergeMethods.find((method) => method === text.toLowerCase()) ?? 'merge' }),
  },
  topic: { pattern: '[a-z-]+', read: (text) => ({ topic: text.toLowerCase() }) },
}

/** `#42`, `#42 #43`, `42, 43 and 44`, `50-53`, `ENG-12`; null when anything else is among them. */
const readTasks = (text: string): Slots | null => {
  const words = text
    .replace(/,|&|\band\b/gi, ' ')
    .trim()
    .split(/\s+/)
  const tasks = words.flatMap((word) => {
    const range = /^#?(\d{1,6})-#?(\d{1,6})$/.exec(word)
    if (range) return between(Number(range[1]), Number(range[2]))
    if (/^#?\d{1,6}$/.test(word)) return [`#${word.replace('#', '')}`]
    return /^[A-Z][A-Z0-9]+-\d+$/.test(word) ? [word] : ['']
  })
  return tasks.length === 0 || tasks.includes('') ? null : { tasks: [...new Set(tasks)] }
}

/** A range of at most fifty; a longer one is a slip, not an order. */
const between = (from: number, to: number): readonly string[] =>
  to < from || to - from >= 50 ? [''] : Array.from({ length: to - from + 1 }, (_, index) => `#${from + index}`)
