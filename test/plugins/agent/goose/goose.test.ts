import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Agent, LaunchRequest } from '../../../../core/contracts/plugins.ts'
import { goose } from '../../../../plugins/agent/goose/index.ts'
import { type FakeHost, makeHost } from '../../../fakes/host.ts'

let host: FakeHost
let agent: Agent
beforeAll(async () => {
  host = await makeHost()
  agent = await goose.create(goose.options.parse({ env: { GOOSE_PROVIDER: 'openai' } }), host, { host: 'here', project: null })
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
  model: 'gpt-4o',
  permissions: 'default',
}

test('it speaks the protocol, with the model and the provider that are named', () => {
  const { argv, env, files } = agent.launch(request)
  expect(argv.slice(-2)).toEqual(['goose', 'acp'])
  expect(env).toEqual({ GOOSE_PROVIDER: 'openai', GOOSE_MODE: 'approve', GOOSE_MODEL: 'gpt-4o' })
  expect(files['/data/shop-1/acp-prompt.md']).toBe('Report with ao report.\n\nMake it so.')
})

test('only "permissionless" lets it do things without asking', () => {
  for (const permissions of ['default', 'auto-edit', 'plan'] as const)
    expect(agent.launch({ ...request, permissions }).env.GOOSE_MODE).toBe('approve')
  expect(agent.launch({ ...request, permissions: 'permissionless' }).env.GOOSE_MODE).toBe('auto')
})

test('a program that is not there is missing', async () => {
  const options = goose.options.parse({ program: 'no-such-goose' })
  expect(await goose.missing(options)).toContain('download_cli.sh')
  expect(goose.profile?.verified).toBeNull()
})
