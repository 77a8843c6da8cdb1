import type { Form, Intent, SlotName, Slots } from '../contracts/intent.ts'
import { synonyms } from './lexicon.ts'
import { isTerminal } from './names.ts'
import { type Node, readPattern } from './pattern.ts'

/** The exact command that says this: the one the bot shows for what it guessed, and writes for a button. Null when none of the intent's forms does. */
export const sentenceOf = (intent: Intent, slots: Slots): string | null => {
  for (const form of intent.forms) {
    const written = write(nodeOf(form), slots)
    if (!written) continue
    const left = Object.entries(slots).filter(([name]) => !written.uses.has(name))
    if (!left.every(([name]) => optional.has(name))) continue
    return [written.text, ...left.map(([name, value]) => `${name}=${value}`)].join(' ')
  }
  return null
}

/** What may be said as `agent=codex`. */
const optional: ReadonlySet<string> = new Set(['agent', 'base', 'branch', 'model', 'project'] satisfies readonly SlotName[])

const nodes = new Map<string, Node>()
const nodeOf = (form: Form): Node => {
  const source = typeof form === 'string' ? form : form.form
  const node = nodes.get(source) ?? readPattern(source, synonyms)
  nodes.set(source, node)
  return node
}

type Written = { readonly text: string; readonly uses: ReadonlySet<string> }
const nothing: ReadonlySet<string> = new Set()
const silent: Written = { text: '', uses: nothing }

/** Null when a blank has nothing to fill it. A part that may be left out is, unless it says something that has not been said. */
const write = (node: Node, slots: Slots, used: ReadonlySet<string> = nothing): Written | null => {
  switch (node.kind) {
    case 'word':
      return { text: [...node.words][0] ?? '', uses: new Set() }
    case 'all':
      return node.parts.reduce<Written | null>((before, part) => {
        const written = before && write(part, slots, new Set([...used, ...before.uses]))
        return written && before ? joined(before, written) : null
      }, silent)
    case 'any':
      // One word is plainer than several.
      return [...node.parts].sort(plainFirst).reduce<Written | null>((found, part) => found ?? write(part, slots, used), null)
    case 'maybe': {
      const written = write(node.part, slots, used)
      return written && [...written.uses].some((name) => !used.has(name)) ? written : silent
    }
    case 'fill': {
      if (slots[node.slot as SlotName] !== node.value) return null // a fill names a slot
      const written = write(node.part, slots, used)
      return written && { ...written, uses: new Set([...written.uses, node.slot]) }
    }
    case 'blank':
      return writers[node.name]?.(slots) ?? null
  }
}

const plainFirst = (a: Node, b: Node): number => Number(b.kind === 'word') - Number(a.kind === 'word')

const joined = (before: Written, next: Written): Written => ({
  text: [before.text, next.text].filter((text) => text !== '').join(' '),
  uses: new Set([...before.uses, ...next.uses]),
})

type Writer = (slots: Slots) => Written | null

const plainly =
  (name: SlotName): Writer =>
  (slots) =>
    slots[name] === undefined ? null : { text: String(slots[name]), uses: new Set([name]) }

const issue = (key: string, project: string | undefined): string =>
  project !== undefined && key.startsWith('#') ? `${project}${key}` : key

const reference: Writer = ({ session, task, change, project }) => {
  if (session !== undefined) return { text: session, uses: new Set(['session']) }
  const where = project === undefined ? [] : ['project']
  if (task !== undefined) return { text: project === undefined ? `issue ${task}` : issue(task, project), uses: new Set(['task', ...where]) }
  return change === undefined ? null : { text: `PR ${issue(`#${change}`, project)}`, uses: new Set(['change', ...where]) }
}

const quoted = (text: string): string => (/["\n]/.test(text) ? `“${text.replace(/[“”]/g, '"')}”` : `"${text}"`)

/** How each blank is written, the inverse of how `blanks` reads it. A blank that is missing here is never written. */
const writers: Readonly<Record<string, Writer>> = {
  session: plainly('session'),
  sessions: ({ sessions }) => (sessions ? { text: sessions.join(' '), uses: new Set(['sessions']) } : null),
  reference,
  change: reference,
  pull: ({ change }) => (change === undefined ? null : { text: `#${change}`, uses: new Set(['change']) }),
  tasks: ({ tasks }) => (tasks ? { text: tasks.join(' '), uses: new Set(['tasks']) } : null),
  quoted: ({ text }) => (text === undefined ? null : { text: quoted(text), uses: new Set(['text']) }),
  terminal: ({ text }) => (text === undefined ? null : { text: isTerminal(text) ? text : quoted(text), uses: new Set(['text']) }),
  words: plainly('text'),
  review: plainly('text'),
  project: plainly('project'),
  agent: plainly('agent'),
  person: ({ to }) => (to === undefined ? null : { text: `@${to}`, uses: new Set(['to']) }),
  someone: plainly('about'),
  platform: plainly('to'),
  code: plainly('code'),
  account: plainly('account'),
  choice: plainly('choice'),
  lines: plainly('lines'),
  message: plainly('message'),
  filter: plainly('filter'),
  about: plainly('about'),
  what: plainly('what'),
  duration: plainly('for'),
  until: plainly('until'),
  since: plainly('since'),
  schedule: ({ schedule }) => (schedule === undefined ? null : { text: `"${schedule}"`, uses: new Set(['schedule']) }),
}
