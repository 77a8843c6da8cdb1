import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { type AgentPicture, unheard } from '../../../../core/contracts/agent.ts'
import type { Agent, AgentWire } from '../../../../core/contracts/plugins.ts'
import { appendRow, parseObject, readReport } from '../../../../core/kit/mailbox.ts'
import { sleep } from '../../../../core/kit/time.ts'
import { codex } from '../../../../plugins/agent/codex/index.ts'
import { makeHost } from '../../../fakes/host.ts'
import { type FakeCodex, startCodex } from './server.ts'

/** For each test of a file: a stand-in for the app-server, the plugin, and what its ear has written so far, as a picture. */
export const useCodex = () => {
  let server: FakeCodex
  let agent: Agent
  let ear: { readonly stop: () => Promise<void> } | null = null

  beforeEach(async () => {
    server = await startCodex()
    const host = await makeHost()
    agent = await codex.create(codex.options.parse({}), host, { host: 'here', project: null })
    await host.close()
  })
  const deaf = async (): Promise<void> => {
    await ear?.stop()
    ear = null
  }
  afterEach(async () => {
    await deaf()
    await server.close()
  })

  const listen = (run = server.run): void => {
    const stopping = new AbortController()
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
    const wire: AgentWire = {
      ...{ session: 'shop-1', folder: server.folder, run, conversation: null, log, sleep, signal: stopping.signal },
      workspace: { path: '/home/ana/app', branch: 'ao/1', baseCommit: 'c0ffee' },
      append: (row) => appendRow(server.folder, row),
    }
    const work = agent.listen?.(wire)
    ear = {
      stop: async () => {
        stopping.abort()
        await work
      },
    }
  }

  const rows = (): readonly Readonly<Record<string, unknown>>[] =>
    lines()
      .map(parseObject)
      .filter((row) => row !== null)
  const lines = (): readonly string[] => {
    try {
      return readFileSync(join(server.folder, 'mailbox.ndjson'), 'utf8').split('\n')
    } catch {
      return [] // nothing was written yet
    }
  }
  const picture = (): AgentPicture =>
    lines().reduce((seen, text, mark) => {
      const line = { source: 'mailbox', text, mark, at: Date.now() }
      return readReport(seen, line) ?? agent.read(seen, line)
    }, unheard)
  const sees = (look: () => unknown) => vi.waitFor(() => expect(look()).toBeTruthy(), { timeout: 5_000, interval: 5 })
  /** It has connected so many times, and asked all it asks then. */
  const isHeard = (times: number) => sees(() => server.calls.filter(({ method }) => method === 'thread/turns/list').length === times)
  const reach = (more = {}) => ({ folder: server.folder, terminal: null, signal: new AbortController().signal, ...more })
  const decision = (choice: number | null, text = '') => ({ request: picture().question?.request ?? '', choice, text, by: 'ada' })

  return { server: () => server, agent: () => agent, listen, deaf, rows, picture, sees, isHeard, reach, decision }
}
