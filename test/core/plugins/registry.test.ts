import { expect, test } from 'vitest'
import { z } from 'zod'
import { definePlugin, type Host, type Use } from '../../../core/contracts/plugins.ts'
import { silent } from '../../../core/kit/log.ts'
import { sleep } from '../../../core/kit/time.ts'
import { createRegistry } from '../../../core/plugins/registry.ts'
import { openMemoryDocuments } from '../../../core/store/memory.ts'

const bell = definePlugin({
  slot: 'terminal',
  name: 'bell',
  summary: 'Rings.',
  options: z.strictObject({ times: z.number().default(1) }),
  missing: async ({ times }) => (times > 3 ? 'buy a bigger bell' : null),
  create: ({ times }, host, use) => ({ open: async (session) => ({ says: `${session} ${times} ${host.dataFolder} ${use.host}` }) }),
})
const window = definePlugin({ ...bell, name: 'window', summary: 'Opens one.' })
const registry = createRegistry([bell, window])

const host: Host = {
  dataFolder: '/data',
  folder: async () => '/data/terminal',
  log: silent,
  now: Date.now,
  sleep,
  lock: (_, work) => work(),
  signal: new AbortController().signal,
  document: openMemoryDocuments().open,
  shared: (_, make) => make(),
  hint: () => {},
  onWebhook: () => {},
}
const use: Use = { host: 'local', project: null }

test('a plugin is made with its options, its surroundings and its use', async () => {
  const terminal = await registry.create('terminal', { name: 'bell', options: { times: 2 } }, { host, use })
  expect(await terminal.open('app-1', [])).toEqual({ says: 'app-1 2 /data local' })
})

test('what this machine lacks is asked of the plugin', async () => {
  expect(await registry.missing('terminal', 'bell', { times: 4 })).toBe('buy a bigger bell')
  expect(await registry.missing('terminal', 'bell', { times: 1 })).toBeNull()
})

test('an unknown plugin is told with the known ones and the nearest', async () => {
  const unknown = {
    code: 'PLUGIN_UNKNOWN',
    message: 'There is no terminal plugin "bel"; there is bell and window.',
    hint: 'Write bell under plugins.terminal in the config.',
  }
  expect(() => registry.find('terminal', 'bel')).toThrow(expect.objectContaining(unknown))
  await expect(registry.create('terminal', { name: 'bel', options: {} }, { host, use })).rejects.toMatchObject(unknown)
  await expect(registry.missing('terminal', 'bel', {})).rejects.toMatchObject(unknown)
  expect(() => registry.find('scm', 'bell')).toThrow('There is no scm plugin "bell"; there is none.')
  expect(() => registry.find('terminal', 'constructor')).toThrow('There is no terminal plugin')
})

test('every slot has its schemas, and its list in the order given', () => {
  expect(Object.keys(registry.schemas()).sort()).toEqual(['agent', 'notifier', 'runtime', 'scm', 'terminal', 'tracker', 'workspace'])
  expect(registry.schemas().terminal.bell?.parse({})).toEqual({ times: 1 })
  expect(registry.list('terminal')).toEqual([
    { name: 'bell', summary: 'Rings.' },
    { name: 'window', summary: 'Opens one.' },
  ])
})

test('two plugins of one name in one slot are a mistake of the programmer', () =>
  expect(() => createRegistry([bell, bell])).toThrow('Two terminal plugins are called "bell".'))
