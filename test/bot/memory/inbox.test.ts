import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Inbound } from '../../../bot/contracts/inbound.ts'
import { type InboxFact, openInbox } from '../../../bot/memory/inbox.ts'
import type { Journal } from '../../../core/contracts/store.ts'
import { openMemoryJournal } from '../../../core/store/memory.ts'
import { channel, gate, refuses } from '../chat.ts'

const day = 86_400_000
const said = (id: string): Inbound => ({
  id,
  account: 'a',
  place: channel,
  at: 1,
  isDirect: true,
  said: { how: 'typed', text: `words of ${id}` },
})
const open = (journal: Journal<InboxFact>, now = 0) => openInbox(journal, { now: () => now })
const idsOf = (inbounds: readonly Inbound[]): readonly string[] => inbounds.map(({ id }) => id)

test('what arrives is taken once, however often it is delivered, also after a restart', async () => {
  const journal = openMemoryJournal<InboxFact>()
  const inbox = await open(journal)
  expect([await inbox.receive(said('a')), await inbox.receive(said('a')), await inbox.receive(said('b'))]).toEqual([true, false, true])
  const again = await open(journal)
  expect([await again.receive(said('a')), await again.receive(said('c'))]).toEqual([false, true])
})

test('it is kept before anybody hears that it was taken', async () => {
  const journal = openMemoryJournal<InboxFact>()
  await (await open(journal)).receive(said('a'))
  expect(await journal.read('inbox-1970-01-01')).toEqual([{ type: 'received', inbound: said('a') }])
})

test('what was not dealt with is given back after a restart, as it was said and in the order it came', async () => {
  const journal = openMemoryJournal<InboxFact>()
  const inbox = await open(journal)
  for (const id of ['a', 'b', 'c', 'd']) await inbox.receive(said(id))
  await inbox.handled('b')
  await inbox.handled('d')
  expect((await open(journal)).open).toEqual([said('a'), said('c')])
})

test('whatever arrives and is dealt with in whatever order: nothing is lost and nothing comes twice', async () => {
  const step = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), is: fc.constantFrom('received', 'handled', 'restart') })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const journal = openMemoryJournal<InboxFact>()
      let inbox = await open(journal)
      const [taken, done] = [new Set<string>(), new Set<string>()]
      for (const { id, is } of steps) {
        if (is === 'restart') inbox = await open(journal)
        if (is === 'received') {
          expect(await inbox.receive(said(id))).toBe(!taken.has(id))
          taken.add(id)
        }
        if (is === 'handled' && taken.has(id)) {
          await inbox.handled(id)
          done.add(id)
        }
      }
      expect(idsOf((await open(journal)).open)).toEqual([...taken].filter((id) => !done.has(id)))
    }),
  )
})

test('what came yesterday and was dealt with today is done, and is still known', async () => {
  const journal = openMemoryJournal<InboxFact>()
  await (await open(journal, 0)).receive(said('a'))
  const today = await open(journal, day)
  expect(idsOf(today.open)).toEqual(['a'])
  await today.handled('a')
  await today.receive(said('b'))
  const later = await open(journal, day)
  expect(idsOf(later.open)).toEqual(['b'])
  expect(await later.receive(said('a'))).toBe(false)
  expect(await journal.list()).toEqual(['inbox-1970-01-01', 'inbox-1970-01-02'])
})

/** A journal on a disk that is full as long as it is said to be. */
const onDisk = () => {
  const journal = openMemoryJournal<InboxFact>()
  let isFull = false
  return {
    full: (is: boolean): void => {
      isFull = is
    },
    journal: {
      ...journal,
      append: async (...args: Parameters<typeof journal.append>) => {
        if (isFull) throw refuses('CHAT_BUSY', {})
        await journal.append(...args)
      },
    },
  }
}

test('a full disk takes nothing, and the same may be tried again', async () => {
  const { journal, full } = onDisk()
  const inbox = await open(journal)
  await inbox.receive(said('a'))
  full(true)
  await expect(inbox.receive(said('b'))).rejects.toThrow()
  await expect(inbox.handled('a')).rejects.toThrow()
  full(false)
  expect(await inbox.receive(said('b'))).toBe(true)
  expect(await inbox.receive(said('b'))).toBe(false)
  expect(idsOf((await open(journal)).open)).toEqual(['a', 'b'])
})

test('a redelivery that comes while the first is being kept waits for it, and is refused with it', async () => {
  const journal = openMemoryJournal<InboxFact>()
  const door = gate()
  let refusal: Error | null = refuses('CHAT_BUSY', {})
  const inbox = await open({
    ...journal,
    append: async (...args) => {
      await door.opened
      if (refusal) throw refusal
      await journal.append(...args)
    },
  })
  const both = Promise.allSettled([inbox.receive(said('a')), inbox.receive(said('a'))])
  door.open()
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  refusal = null
  expect(await Promise.all([inbox.receive(said('a')), inbox.receive(said('a'))])).toEqual([true, false])
})

test('many at once are kept in order', async () => {
  const journal = openMemoryJournal<InboxFact>()
  const inbox = await open(journal)
  const ids = Array.from({ length: 200 }, (_, n) => `said-${n}`)
  await Promise.all(ids.map((id) => inbox.receive(said(id))))
  expect(idsOf((await open(journal)).open)).toEqual(ids)
})

test('of old ids the newest 2,000 are told from something new', async () => {
  const inbox = await open(openMemoryJournal<InboxFact>())
  for (let n = 0; n <= 2_000; n += 1) await inbox.receive(said(`${n}`))
  expect(await inbox.receive(said('1'))).toBe(false)
  expect(await inbox.receive(said('0'))).toBe(true)
})
