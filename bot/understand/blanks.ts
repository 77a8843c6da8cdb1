import { mergeMethods } from '../../core/contracts/names.ts'
import { type Context, type Slots, statusFilters } from '../contracts/intent.ts'

type Blank = {
  /** What its text may look like; linear to match. */
  readonly pattern: string
  /** The slot it fills, or null when the text only looked right. */
  readonly read: (text: string, context: Context) => Slots | null
}

const isSession = (text: string, { projects }: Context): boolean =>
  projects.some((project) => text.startsWith(`${project}-`) && /^\d+$/.test(text.slice(project.length + 1)))

/** The shapes a blank can have, and what they fill. */
export const blanks: Readonly<Record<string, Blank>> = {
  session: {
    pattern: '[a-z][\\w-]*-\\d+',
    read: (text, context) => (isSession(text.toLowerCase(), context) ? { session: text.toLowerCase() } : null),
  },
  tasks: { pattern: '#?[\\w#][\\w#,&\\s-]*', read: (text) => readTasks(text) },
  task: { pattern: '#\\d+', read: (text) => ({ tasks: [text] }) },
  change: { pattern: '#\\d+', read: (text) => ({ change: Number(text.slice(1)) }) },
  quoted: { pattern: '["“][^"”]+["”]', read: (text) => ({ text: text.slice(1, -1).trim() }) },
  text: { pattern: '\\S[^]*', read: (text) => ({ text: text.trim() }) },
  project: {
    pattern: '[a-z][\\w-]*',
    read: (text, { projects }) => (projects.includes(text.toLowerCase()) ? { project: text.toLowerCase() } : null),
  },
  choice: { pattern: '\\d{1,2}', read: (text) => ({ choice: Number(text) }) },
  lines: { pattern: '\\d{1,4}', read: (text) => ({ lines: Number(text) }) },
  message: { pattern: '[\\w-]+-m\\d+', read: (text) => ({ message: text.toLowerCase() }) },
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
