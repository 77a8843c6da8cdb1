import { expect, test } from 'vitest'
import type { Place } from '../../bot/contracts/inbound.ts'
import { createOutbox } from '../../bot/deliver/outbox.ts'
import { createMemory, emptyMemory } from '../../bot/memory/chat.ts'
import { type InboxFact, openInbox } from '../../bot/memory/inbox.ts'
import type { Journal } from '../../core/contracts/store.ts'
import { silent } from '../../core/kit/log.ts'
import { openMemoryDocuments, openMemoryJournal } from '../../core/store/memory.ts'
import { approval, card, freely, openPlatform } from './deliver/platform.ts'
import { makeTime } from './deliver/time.ts'

const channel: Place = { platform: 'chat', channel: 'main', thread: null }

test('a clock that is put back by an hour holds up nothing', async () => {
  const time = makeTime(10_000_000)
  let backMs = 0
  const pace = { ...freely, posts: { burst: 1, perMinute: 20 }, editEveryMs: 2_000 }
  const platform = openPlatform({ limits: { pace: () => pace } })
  const memory = createMemory(await openMemoryDocuments().open('chats', emptyMemory()))
  const outbox = createOutbox({
    adapterOf: () => platform.adapter,
    memory,
    accountOf: () => null,
    log: silent,
    now: () => time.now() - backMs,
    sleep: time.sleep,
  })
  await outbox.show(channel, card('a', 'old'))
  await outbox.show(channel, card('a', 'newer'))
  backMs = 3_600_000
  void outbox.show(channel, card('a', 'newest'))
  void outbox.show(channel, approval('app-1'))
  await time.passes(7_000)
  expect(platform.titles(channel)).toEqual(['newest', 'app-1 waits for your decision'])
})

test('what is on show in the thread of a session that goes on is remembered, however much is shown elsewhere', async () => {
  const memory = createMemory(await openMemoryDocuments().open('chats', emptyMemory()))
  const thread = (name: string): Place => ({ ...channel, thread: name })
  const shown = (place: Place) => ({ ref: { place, id: '1' }, drawn: 'x', about: null })
  await memory.live('app-1', thread('t'))
  await memory.showing(thread('t'), 'session:app-1', shown(thread('t')))
  for (let count = 0; count < 700; count += 1) await memory.showing(thread(`${count}`), 'a', shown(thread(`${count}`)))
  expect(Object.keys(memory.shownAt(thread('t')))).toEqual(['session:app-1'])
  expect(Object.keys(memory.shownAt(thread('300')))).toEqual([])
  await memory.finished('app-1')
  await memory.showing(thread('x'), 'a', shown(thread('x')))
  expect(Object.keys(memory.shownAt(thread('t')))).toEqual([])
})

test('after a write that somebody else got between, the inbox looks again and takes what comes', async () => {
  const journal = openMemoryJournal<InboxFact>()
  const inbox = await openInbox(journal, { now: () => 0 })
  const said = (id: string) => ({ id, account: 'a', place: channel, at: 0, isDirect: true, said: { how: 'typed', text: id } }) as const
  await inbox.receive(said('1'))
  await (journal as Journal<InboxFact>).append('inbox-1970-01-01', [{ type: 'handled', id: '0' }], 1)
  await expect(inbox.receive(said('2'))).rejects.toThrow()
  expect(await inbox.receive(said('2'))).toBe(true)
})
