import { type AgentPicture, unheard } from '../../../../core/contracts/agent.ts'
import type { Agent, AgentReach, Host } from '../../../../core/contracts/plugins.ts'
import { readReport } from '../../../../core/kit/mailbox.ts'
import { gemini } from '../../../../plugins/agent/gemini/index.ts'

/** The plugin, as the bot makes it. */
export const makeAgent = (): Agent =>
  gemini.create(gemini.options.parse({}), { signal: new AbortController().signal } as Host, { host: 'local', project: null }) as Agent // it needs no more

export const request = {
  session: 'app-1',
  workspace: { path: '/home/ana/app', branch: 'ao/1', baseCommit: 'c0ffee' },
  run: "app-1.m0.1 it's",
  instructions: 'You work on branch ao/1.\nReport.',
  prompt: 'Task #1: make it so.',
  resume: null,
  model: null,
  permissions: 'default',
} as const

export const fold = (agent: Agent, source: string, text: string, before: AgentPicture = unheard): AgentPicture => {
  let mark = 0
  return text.split('\n').reduce((picture, line) => {
    const given = { source, text: line, mark, at: 2_000_000_000_000 }
    mark += Buffer.byteLength(line) + 1
    return line === '' ? picture : ((source === 'mailbox' ? readReport(picture, given) : null) ?? agent.read(picture, given))
  }, before)
}

/** A terminal that shows one screen after the other, the next after each key or paste, and keeps what was put in. */
export const makeTerminal = (screens: readonly string[]) => {
  const put: string[] = []
  let at = 0
  const next = async (text: string): Promise<void> => {
    put.push(text)
    at = Math.min(at + 1, screens.length - 1)
  }
  const terminal: AgentReach['terminal'] = {
    paste: next,
    press: async (keys) => {
      for (const key of keys) await next(key)
    },
    screen: async () => screens[at] ?? '',
  }
  return { put, terminal }
}
