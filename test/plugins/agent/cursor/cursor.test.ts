import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Agent, LaunchRequest } from '../../../../core/contracts/plugins.ts'
import { cursor } from '../../../../plugins/agent/cursor/index.ts'
import { type FakeHost, makeHost } from '../../../fakes/host.ts'

let host: FakeHost
let agent: Agent
beforeAll(async () => {
  host = await makeHost()
  agent = await cursor.create(cursor.options.parse({ env: { CURSOR_API_KEY: 'k' } }), host, { host: 'here', project: null })
})
afterAll(() => host.close())

const request: LaunchRequest = {
  session: 'shop-1',
  workspace: { path: '/srv/shop-1', branch: 'ao/1', baseCommit: 'c0ffee' },
  folder: '/data/shop-1',
  run: 'shop-1.0.1',
  instructions: 'Report with ao report.',
  prompt: 'Make it so.',
  resume: null,
  model: 'gpt-5',
  permissions: 'default',
}
const settings = (more: Partial<LaunchRequest> = {}) =>
  JSON.parse(agent.launch({ ...request, ...more }).files['/data/shop-1/cursor/cli-config.json'] ?? '{}')

test('it speaks the protocol, logs in, and has settings of its own', () => {
  const { argv, env, files } = agent.launch(request)
  expect(argv.slice(-5)).toEqual(['cursor-agent', '--trust', '--model', 'gpt-5', 'acp'])
  expect(env).toEqual({ CURSOR_API_KEY: 'k', CURSOR_CONFIG_DIR: '/data/shop-1/cursor' })
  expect(JSON.parse(files['/data/shop-1/acp-start.json'] ?? '')).toMatchObject({ authenticate: 'cursor_login', resume: null })
})

test('only "permissionless" lets it run commands without asking', () => {
  expect(settings()).toMatchObject({ approvalMode: 'allowlist', permissions: { allow: [], deny: [] } })
  expect(settings({ permissions: 'permissionless' })).toMatchObject({ approvalMode: 'unrestricted' })
})

test('a conversation that is taken up gets no rules once more', () => {
  const { files } = agent.launch({ ...request, resume: 'conversation-1' })
  expect(files['/data/shop-1/acp-prompt.md']).toBe('Make it so.')
  expect(JSON.parse(files['/data/shop-1/acp-start.json'] ?? '')).toMatchObject({ resume: 'conversation-1' })
})

test('a program that is not there is missing', async () => {
  const options = cursor.options.parse({ program: 'no-such-cursor' })
  expect(await cursor.missing(options)).toContain('cursor.com/install')
  expect(cursor.profile?.verified).toBeNull()
})
