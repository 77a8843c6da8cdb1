import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { AgentProfile, Plugin } from '../../core/contracts/plugins.ts'
import { aider } from '../../plugins/agent/aider/index.ts'
import { cursor } from '../../plugins/agent/cursor/index.ts'
import { goose } from '../../plugins/agent/goose/index.ts'
import { plugins } from '../../plugins/index.ts'
import { type FakeHost, makeHost } from '../fakes/host.ts'
import { agentTables, type Known } from './agent-tables.ts'

let host: FakeHost
beforeAll(async () => {
  host = await makeHost()
})
afterAll(() => host.close())

const path = join(import.meta.dirname, '../../docs/agents.md')
const agents = plugins.filter(({ slot }) => slot === 'agent')

/** The least that a plugin with required options can be made with. */
const least: Readonly<Record<string, unknown>> = { command: { run: 'agent {prompt}' }, scripted: { script: {} } }

const known = async (plugin: Plugin): Promise<Known> => {
  const made = await plugin.create(plugin.options.parse(least[plugin.name] ?? {}), host, { host: 'here', project: null })
  if (!('can' in made)) throw new Error(`${plugin.name} is no agent`)
  return { plugin, can: made.can }
}

const filled = (page: string, parts: Readonly<Record<string, string>>): string =>
  Object.entries(parts).reduce(
    (text, [name, part]) =>
      text.replace(new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- end -->)`), (_, begin, end) => `${begin}${part}\n${end}`),
    page,
  )

// UPDATE=1 writes them anew.
test('docs/agents.md says of each agent what its plugin says', async () => {
  const parts = agentTables(await Promise.all(agents.map(known)))
  const page = await readFile(path, 'utf8')
  for (const name of Object.keys(parts)) expect(page).toContain(`<!-- ${name} -->\n`)
  if (process.env.UPDATE === '1') await writeFile(path, filled(page, parts))
  expect(await readFile(path, 'utf8')).toBe(filled(page, parts))
})

test('a table that says something else is noticed', async () => {
  const [first, ...others] = await Promise.all([aider, goose, cursor].map((plugin) => known(plugin)))
  if (first?.plugin.profile === undefined) throw new Error('it has a profile')
  const profile: AgentProfile = { ...first.plugin.profile, verified: '1.2.3' }
  const before = agentTables([first, ...others])
  expect(agentTables([{ ...first, plugin: { ...first.plugin, profile } }, ...others]).table).not.toBe(before.table)
  expect(agentTables([{ ...first, can: { ...first.can, resumes: false } }, ...others]).table).not.toBe(before.table)
  expect(agentTables(others).lacks).not.toBe(before.lacks)
})

test('an agent that was never run is called unverified, in its row and in its summary', async () => {
  for (const plugin of [aider, goose, cursor]) {
    const { table } = agentTables([await known(plugin)])
    expect(table).toContain('*unverified*')
    expect(plugin.summary).toContain('unverified')
  }
})

test('every agent says in sentences what it lacks', () => {
  for (const { name, profile } of [...agents, aider, goose, cursor])
    for (const one of profile?.lacks ?? []) expect(`${name}: ${one}`).toMatch(/: ["A-Z\p{L}].*\.$/u)
})

test('the samples of the page are valid', async () => {
  const samples = [...(await readFile(path, 'utf8')).matchAll(/```yaml\n(agent: [\s\S]*?)```/g)].map(([, text = '']) => parse(text).agent)
  expect(samples.length).toBeGreaterThan(1)
  for (const { use, ...options } of samples) {
    const plugin = [...agents, aider, goose, cursor].find(({ name }) => name === use)
    expect(plugin?.options.safeParse(options).success).toBe(true)
    expect(plugin?.name).toBe(use)
  }
})
