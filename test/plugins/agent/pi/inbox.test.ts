import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as it, onTestFinished, vi } from 'vitest'
import { idsIn } from '../../../../core/kit/wrap.ts'
import { openInbox } from '../../../../plugins/agent/pi/extension/inbox.ts'
import { drop, dropStop } from '../../../../plugins/agent/pi/letters.ts'

const box = () => {
  const root = mkdtempSync(join(tmpdir(), 'ao-inbox-'))
  const folder = join(root, 'pi', 'inbox')
  mkdirSync(join(root, 'pi'))
  const sent: string[] = []
  const stops: string[] = []
  const inside = new Set<string>()
  const open = () => {
    const inbox = openInbox(folder, {
      send: (text) => void sent.push(...idsIn(text)),
      breakOff: () => void stops.push('stop'),
      isReady: () => true,
      isUnderWay: (id) => inside.has(id),
    })
    onTestFinished(() => inbox.close())
    return inbox
  }
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  return { folder, sent, stops, inside, open, left: () => readdirSync(folder).filter((name) => name.endsWith('.json')) }
}
const until = (look: () => void) => vi.waitFor(look, { timeout: 10_000, interval: 20 })

it('brings messages one at a time, in the order in which they came', async () => {
  const { folder, sent, open } = box()
  for (const id of ['m2', 'm10', 'm1']) drop(folder, { id, text: 'hi' })
  const inbox = open()
  inbox.open()
  expect(sent).toEqual(['m2'])
  inbox.shows(['m2'])
  await until(() => expect(sent).toEqual(['m2', 'm10']))
  inbox.shows(['m10'])
  await until(() => expect(sent).toEqual(['m2', 'm10', 'm1']))
})

it('brings nothing before it is opened, because the task comes first', async () => {
  const { folder, sent, open } = box()
  drop(folder, { id: 'm1', text: 'hi' })
  const inbox = open()
  inbox.shows([])
  expect(sent).toEqual([])
})

it('hears of a message that comes later', async () => {
  const { folder, sent, open } = box()
  open().open()
  drop(folder, { id: 'm1', text: 'hi' })
  await until(() => expect(sent).toEqual(['m1']))
})

it('keeps a message until the conversation shows it, so the next process brings what this one took with it', async () => {
  const { folder, sent, open, left } = box()
  drop(folder, { id: 'm1', text: 'hi' })
  const first = open()
  first.open()
  expect(left()).toHaveLength(1)
  first.close()
  const second = open()
  second.open()
  expect(sent).toEqual(['m1', 'm1'])
  second.shows(['m1'])
  await until(() => expect(left()).toHaveLength(0))
})

it('drops what the conversation shows already', async () => {
  const { folder, sent, open, left } = box()
  drop(folder, { id: 'm1', text: 'hi' })
  const inbox = open()
  inbox.shows(['m1'])
  inbox.open()
  await until(() => expect(left()).toHaveLength(0))
  expect(sent).toEqual([])
})

it('does not bring again what pi still holds, and does what pi has lost', async () => {
  const { folder, sent, inside, open } = box()
  inside.add('m1')
  drop(folder, { id: 'm1', text: 'hi' })
  open().open()
  await new Promise((resolve) => setTimeout(resolve, 4_500)) // longer than its grace: only time can show that nothing comes
  expect(sent).toEqual(['m1'])
  inside.delete('m1')
  await until(() => expect(sent).toEqual(['m1', 'm1']))
})

it('takes the same message twice as one, also when the clock was set back', () => {
  const { folder, left } = box()
  drop(folder, { id: 'a/b', text: 'hi' })
  drop(folder, { id: 'a/b', text: 'hi' })
  expect(left()).toHaveLength(1)
  vi.spyOn(Date, 'now').mockReturnValue(1_000)
  drop(folder, { id: 'b', text: 'later' })
  vi.restoreAllMocks()
  expect(left().map((name) => name.slice(15))).toEqual(['a%2Fb.json', 'b.json'])
})

it('breaks off a turn once, also while nothing is brought, and never one of a later process', async () => {
  const { folder, stops, open } = box()
  dropStop(folder)
  const inbox = open() // a stop from before it began is none of its
  inbox.open()
  dropStop(folder)
  await until(() => expect(stops).toEqual(['stop']))
  inbox.shows(['m1'])
  inbox.open()
  expect(readdirSync(folder)).toEqual([])
  expect(stops).toEqual(['stop'])
})
