import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AgentPicture, unheard } from '../../../../core/contracts/agent.ts'
import type { Agent, LaunchRequest } from '../../../../core/contracts/plugins.ts'
import { claudeCode } from '../../../../plugins/agent/claude-code/index.ts'
import { type FakeHost, makeHost } from '../../../fakes/host.ts'

/** One recorded case, and what is to be seen in it. */
export type Recorded = {
  readonly name: string
  readonly expect: Readonly<Record<string, unknown>> & { readonly class: string }
  readonly mailbox: readonly string[]
  readonly transcript: readonly string[]
}

const folder = fileURLToPath(new URL('../../../fixtures/agents/claude-code', import.meta.url))

const linesOf = (path: string): readonly string[] => {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  } catch {
    return [] // a case has the files there were
  }
}

export const recorded: readonly Recorded[] = readdirSync(folder).map((name) => ({
  name,
  expect: JSON.parse(readFileSync(join(folder, name, 'case.json'), 'utf8')).expect,
  mailbox: linesOf(join(folder, name, 'mailbox.ndjson')),
  transcript: linesOf(join(folder, name, 'transcript.jsonl')),
}))

/** The agent as a project named shop uses it. */
export const makeAgent = async (host?: FakeHost, options: object = {}): Promise<Agent> =>
  claudeCode.create(claudeCode.options.parse(options), host ?? (await makeHost()), {
    host: 'here',
    project: { name: 'shop', path: '/srv/shop', base: 'main' },
  })

/** What is seen after those lines, in that order. */
export const foldLines = (agent: Agent, lines: readonly (readonly [source: string, text: string])[]): AgentPicture =>
  lines.reduce((picture, [source, text]) => agent.read(picture, { source, text, mark: 0, at: 4_000_000_000_000 }), unheard)

export const request = (more: Partial<LaunchRequest> = {}): LaunchRequest => ({
  session: 'shop-1',
  workspace: { path: '/srv/shop-1', branch: 'ao/1', baseCommit: 'c0ffee' },
  folder: '/srv/sessions/shop-1',
  run: 'shop-1.a.1',
  instructions: 'Report with ao report.',
  prompt: 'do it',
  resume: null,
  model: null,
  permissions: 'default',
  ...more,
})
