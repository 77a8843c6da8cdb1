import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Agent, AgentWire } from '../../../core/contracts/plugins.ts'
import type { Session } from '../../../core/contracts/session.ts'
import { createListeners } from '../../../core/engine/listeners.ts'
import { given, live } from '../../fakes/spec.ts'

let folder: string
let wires: AgentWire[]
let ended: string[]
let broken: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ao-listeners-'))
  wires = []
  ended = []
  broken = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** An agent with a server, which is heard until nobody wants to. */
const listen = (wire: AgentWire): Promise<void> => {
  wires.push(wire)
  return new Promise((resolve) =>
    wire.signal.addEventListener('abort', () => {
      ended.push(wire.run)
      resolve()
    }),
  )
}

const open = (agent: Pick<Agent, 'listen'> | Record<never, never> = { listen }) =>
  createListeners({
    agentOf: () => agent as Agent, // nothing else of it is asked
    folderOf: () => folder,
    sleep: async () => {},
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: (event) => void broken.push(event) },
  })

const { session } = given(...live)
const run = session.handle?.run ?? ''
const restarted: Session = { ...session, handle: { host: 'local', name: session.id, run: 'another' } }

test('an agent with a server is listened to once, whatever is news of its session', () => {
  const listeners = open()
  listeners.session(session)
  listeners.session({ ...session, activity: 'idle' })
  expect(wires).toHaveLength(1)
  expect(wires[0]).toMatchObject({ session: session.id, folder, workspace: session.workspace, run })
})

test('what is heard is put into its mailbox, where the reader finds it', async () => {
  open().session(session)
  wires[0]?.append({ v: 1, status: 'idle' })
  expect(await readFile(join(folder, 'mailbox.ndjson'), 'utf8')).toBe('{"v":1,"status":"idle"}\n')
})

test('a new start is listened to anew, and an ended session no more', () => {
  const listeners = open()
  listeners.session(session)
  listeners.session(restarted)
  expect([wires.map((wire) => wire.run), ended]).toEqual([[run, 'another'], [run]])
  listeners.session({ ...restarted, handle: null })
  expect(ended).toEqual([run, 'another'])
  listeners.session(session)
  listeners.session({ ...session, phase: 'ended' })
  expect(ended).toEqual([run, 'another', run])
})

test('before it stops it waits until nobody listens any more', async () => {
  const listeners = open()
  listeners.session(session)
  await listeners.stop()
  expect(ended).toEqual([run])
})

test('nobody listens to an agent without a server, or to one that has not started', () => {
  open({}).session(session)
  const listeners = open()
  listeners.session({ ...session, handle: null })
  expect(wires).toEqual([])
})

test('an ear that breaks is told, and breaks nobody else', async () => {
  const listeners = open({
    listen: async () => {
      throw new Error('no such server')
    },
  })
  listeners.session(session)
  await vi.waitFor(() => expect(broken).toEqual(['listener.broken']))
  await listeners.stop()
})
