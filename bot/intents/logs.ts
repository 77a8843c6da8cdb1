import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

const count = '(last|latest|recent|final|newest|bottom|past)'

/** Shows the last lines of what the agent printed. */
export const logs: Intent = {
  name: 'logs',
  summary: 'Shows the last lines of what the agent printed.',
  forms: ['(logs|log|tail) {reference} [{lines}] [lines]', '(logs|log|tail) [{lines}]'],
  phrases: [
    `[<show>] [${count}] [{lines}] [log|output|terminal] (<logs>|lines|messages) (of|from|for|in|out of|by) {reference}`,
    `[<show>] {reference} [${count}] [{lines}] [log] (<logs>|lines)`,
    `[<show>] <logs> [of|from|for] {reference} ${count} {lines} [lines]`,
    `[<show>] <logs> [of|from|for] {reference} {lines} [lines]`,
    `[<show>] [${count}] {lines} lines of <logs> [(of|from|for|in|by) {reference}]`,
    `{reference} <logs> [${count}] {lines} [lines]`,
    `tail [n] {lines} [(lines|logs)] [(of|from)] {reference}`,
    `<show> what {reference} (printed|wrote|said|logged|outputs|is printing|prints)`,
    `[<show>] ${count} [{lines}] (of|from) {reference}`,
    'what (did|has|does|is) {reference} [last] (print|printed|log|logged|output|say|said|printing|saying|write|written|outputting) [(last|lately)]',
    `tail [-n] [{lines}] [(lines|logs|log)] [(of|from|for)] {reference}`,
    { form: `[<show>] [${count}] {lines} [log|output] (lines|<logs>) [of <it>]`, where: 'thread' },
    `<show> [${count}] [(log|output|few)] (<logs>|lines|messages) [of <it>]`,
    { form: `<show> <it> (<logs>)`, where: 'thread' },
    { form: `(<logs>|${count} lines|${count} output|${count} logs) [of <it>]`, where: 'thread' },
    { form: 'what (did|has) (you|<it>) [last] (print|printed|log|logged|output)', where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project', 'lines'],
  about: 'session',
  examples: [
    { say: 'logs app-3 50', means: { question: { name: 'logs', session: 'app-3', lines: 50 } } },
    { say: 'logs', in: 'thread', means: { question: { name: 'logs', session: 'app-3', lines: 30 } } },
  ],
  role: 'viewer',
  risk: 'read',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ question: { name: 'logs', session, lines: slots.lines ?? 30 } })),
}
