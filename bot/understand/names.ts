import type { Context } from '../contracts/intent.ts'
import type { Reached, Said } from './said.ts'

/** The text from one token to before another, as it was written. */
export const slice = ({ text, tokens }: Said, from: number, to: number): string =>
  text.slice(tokens[from]?.from ?? text.length, tokens[to]?.from ?? text.length).trim()

/** The project as it is spelled; two that differ in case only are told apart by it. */
export const projectOf = (said: string, written: string, projects: readonly string[]): string | undefined =>
  projects.find((project) => project === written) ?? projects.find((project) => project.toLowerCase() === said)

export const written = ({ text, tokens }: Said, at: number): string =>
  text.slice(tokens[at]?.from ?? 0, tokens[at]?.to ?? 0).replace(/^[^\p{L}\p{N}_]+|[^\p{L}\p{N}_]+$/gu, '')

/** Can a terminal be called like that without quotation marks? A number alone is an issue or a change. */
export const isTerminal = (name: string): boolean => /^\w(?:[\w%@/:.-]*\w)?$/.test(name) && /\D/.test(name)

/** `APP-3` is `app-3`; whether there is such a session is not asked here. */
export const sessionOf = (word: string, said: Said, at: number): string | undefined => {
  const [, before = '', number] = /^[#@]?(.+)-([1-9]\d{0,8})$/.exec(word) ?? []
  if (number === undefined) return undefined
  const own = written(said, at)
  const project = projectOf(before, own.slice(0, own.lastIndexOf('-')), said.context.projects)
  return project === undefined ? undefined : `${project}-${number}`
}

/** `claude` is `claude-code` where nobody else is called so. */
export const agentOf = (word: string, agents: readonly string[]): string | undefined => {
  const name = word.replace(/^@/, '')
  const same = agents.find((agent) => agent.toLowerCase() === name)
  if (same !== undefined) return same
  const [only, ...more] = agents.filter((agent) => agent.toLowerCase().split('-')[0] === name)
  return more.length === 0 ? only : undefined
}

export const personOf = (word: string, people: readonly string[]): string | undefined =>
  people.find((person) => person.toLowerCase() === word.replace(/^@/, ''))

export const isIssueWord: ReadonlySet<string> = new Set(['issue', 'issues', 'task', 'tasks', 'ticket', 'tickets', 'bug', 'bugs', 'number'])
const isChangeWord: ReadonlySet<string> = new Set(['pr', 'prs', 'mr', 'mrs', 'change', 'changes'])

const link =
  /^https?:\/\/[^/\s]+\/(?:[^/\s]+\/)*?([\w.-]+)(?:\/-)?\/(issues|pull|pulls|merge_requests|pull-requests|issue|browse)\/([\w-]+)(?:[/?#]\S*)?$/i
const keyed = /^([a-z][a-z0-9]{1,9})-([1-9]\d{0,5})$/

/** A bare number, or a key in small letters, is not said of itself. */
export const isNoIssue = (at: number, said: Said): boolean => {
  const word = said.tokens[at]?.word ?? ''
  return /^(?:\d|.*\.\.)/.test(word) || (keyed.test(word) && written(said, at) !== word.toUpperCase())
}

/** What one word names: an issue or a change. `kind` null: `#42` may be either. */
type Named = { readonly key: string; readonly kind: 'task' | 'change' | null; readonly project: string | undefined }

const namedBy = (word: string, said: Said): Named | null => {
  const { projects, repositories, project: here } = said.context
  // In a thread a link is something for the agent to read.
  const [, repository = '', kind = '', id = ''] = said.context.thread === null ? (link.exec(word) ?? []) : []
  if (id !== '') {
    // A link to a repository that is none of ours names nothing here.
    const named = projectOf(repository.toLowerCase(), repository, projects) ?? repositories[repository.toLowerCase()]
    if (named === undefined && kind !== 'browse' && kind !== 'issue') return null
    const project = named === here ? undefined : named
    if (kind.startsWith('issue') || kind === 'browse') return { key: /^\d+$/.test(id) ? `#${id}` : id.toUpperCase(), kind: 'task', project }
    return /^\d+$/.test(id) ? { key: `#${id}`, kind: 'change', project } : null
  }
  const [, owner, digits, number] = /^(?:([\w.-]*)#([1-9]\d{0,5})|([1-9]\d{0,5}))$/.exec(word) ?? []
  if (number !== undefined) return { key: `#${number}`, kind: null, project: undefined }
  if (digits !== undefined) {
    if (owner === '') return { key: `#${digits}`, kind: null, project: undefined }
    if (isIssueWord.has(owner ?? '')) return { key: `#${digits}`, kind: 'task', project: undefined }
    if (isChangeWord.has(owner ?? '')) return { key: `#${digits}`, kind: 'change', project: undefined }
    const project = projectOf(owner ?? '', owner ?? '', projects)
    return project === undefined ? null : { key: `#${digits}`, kind: null, project }
  }
  const [, merge] = /^!(\d{1,6})$/.exec(word) ?? []
  if (merge !== undefined) return { key: `#${merge}`, kind: 'change', project: undefined }
  const [, before, after] = keyed.exec(word) ?? []
  if (before === undefined || projectOf(before, before, projects) !== undefined || knownTechnologies.has(before)) return null
  return { key: `${before.toUpperCase()}-${after}`, kind: 'task', project: undefined }
}

/** What looks like a tracker's key and is none. */
const knownTechnologies: ReadonlySet<string> = new Set(
  'utf sha iso rfc es http tls aes gpt node python md ipv base step phase part covid option level version'.split(' '),
)

/** `#42 #43`, `42, 43 and 44`, `50-53`, `ENG-12`, links: as many as stand together; every shorter run does, too. */
export const readTasks = (from: number, said: Said): readonly Reached[] => {
  const found: Reached[] = []
  const keys: string[] = []
  let project: string | undefined
  for (let at = from; at < said.tokens.length; ) {
    const word = said.tokens[at]?.word ?? ''
    if (at > from && (word === 'and' || word === '+' || word === 'plus')) {
      at += 1
      continue
    }
    if (isIssueWord.has(word)) {
      at += 1
      continue
    }
    const next = said.tokens[at + 1]?.word ?? ''
    const far = said.tokens[at + 2]?.word ?? ''
    const range = rangeOf(word) ?? (/^(?:to|through|until|till|\.\.)$/.test(next) ? rangeOf(`${word}-${far}`) : null)
    if (range) {
      keys.push(...range)
      at += rangeOf(word) ? 1 : 3
    } else {
      const named = namedBy(word, said)
      if (!named || named.kind === 'change') break
      if (project !== undefined && named.project !== undefined && named.project !== project) break
      project ??= named.project
      keys.push(named.key)
      at += 1
    }
    if (keys.length > mostTasks) return []
    found.unshift({ at, slots: { tasks: [...new Set(keys)], ...(project === undefined ? {} : { project }) } })
  }
  return found
}

/** More at once are a slip, not an order. */
const mostTasks = 50

/** A range of at most fifty; a longer one is a slip, not an order. */
const rangeOf = (word: string): readonly string[] | null => {
  const [, from, to] = /^#?([1-9]\d{0,5})(?:-|\.\.\.?)#?(\d{1,6})$/.exec(word) ?? []
  if (from === undefined) return null
  const length = Number(to) - Number(from) + 1
  return length < 2 || length > 50 ? null : Array.from({ length }, (_, index) => `#${Number(from) + index}`)
}

/**
 * What a session is called by: its name, its issue, its change, a link. `#42` is the one of the two that is known here; where
 * neither is, `unknown` says which.
 */
export const readReference =
  (unknown: 'task' | 'change') =>
  (from: number, said: Said): readonly Reached[] => {
    let at = from
    let kind: 'task' | 'change' | 'session' | null = null
    for (; at < said.tokens.length; at += 1) {
      const word = said.tokens[at]?.word ?? ''
      if (isIssueWord.has(word)) kind = 'task'
      else if (isChangeWord.has(word)) kind = 'change'
      else if (word === 'session' || word === 'agent') kind = 'session'
      else if ((word === 'pull' || word === 'merge') && said.tokens[at + 1]?.word === 'request') {
        kind = 'change'
        at += 1
      } else break
    }
    const word = said.tokens[at]?.word ?? ''
    const next = said.tokens[at + 1]?.word === "'s" ? at + 2 : at + 1
    const session = sessionOf(word, said, at)
    if (session !== undefined) return kind === 'task' ? [] : [{ at: next, slots: { session } }]
    if (kind === 'session') return []
    const named = namedBy(word, said)
    if (!named || (at === from && /^\d+$/.test(word))) return []
    const { key, project } = named
    const means = named.kind ?? kind ?? knownAs(key, unknown, said.context) ?? unknown
    const where = project === undefined ? {} : { project }
    return [{ at: next, slots: means === 'task' ? { task: key, ...where } : { change: Number(key.slice(1)), ...where } }]
  }

/** What is known under that number, at work rather than ended; where both are, what this command is about. */
const knownAs = (key: string, preferred: 'task' | 'change', { sessions }: Context): 'task' | 'change' | null => {
  for (const isEnded of [false, true]) {
    const known = sessions.filter((one) => one.isEnded === isEnded)
    const kinds = [
      ...(known.some(({ task }) => task === key) ? ['task' as const] : []),
      ...(known.some(({ change }) => `#${change}` === key) ? ['change' as const] : []),
    ]
    if (kinds.length > 0) return kinds.includes(preferred) ? preferred : (kinds[0] ?? null)
  }
  return null
}

/** `app-3 and app-4`, `app-3, app-4`: two or more. */
export const readSessions = (from: number, said: Said): readonly Reached[] => {
  const sessions: string[] = []
  let at = from
  for (; at < said.tokens.length; at += 1) {
    const word = said.tokens[at]?.word ?? ''
    if (sessions.length > 0 && word === 'and') continue
    const session = sessionOf(word, said, at)
    if (session === undefined) break
    sessions.push(session)
  }
  const distinct = [...new Set(sessions)]
  return distinct.length < 2 || said.tokens[at - 1]?.word === 'and' ? [] : [{ at, slots: { sessions: distinct } }]
}
