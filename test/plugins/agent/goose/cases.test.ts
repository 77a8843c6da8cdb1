import { afterAll, beforeAll } from 'vitest'
import type { Agent } from '../../../../core/contracts/plugins.ts'
import { goose } from '../../../../plugins/agent/goose/index.ts'
import { type FakeHost, makeHost } from '../../../fakes/host.ts'
import { documentedCases } from '../documented.ts'

let host: FakeHost
let agent: Agent
beforeAll(async () => {
  host = await makeHost()
  agent = await goose.create(goose.options.parse({}), host, { host: 'here', project: null })
})
afterAll(() => host.close())

documentedCases('goose', () => agent, 'own')
