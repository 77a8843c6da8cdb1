import { beforeEach, describe, expect, test } from 'vitest'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { createMemory, emptyMemory, type Memory, type Shown } from '../../../bot/memory/chat.ts'
import type { Documents } from '../../../core/contracts/store.ts'
import { openMemoryDocuments } from '../../../core/store/memory.ts'
import { channel, threadOf } from '../chat.ts'

let documents: Documents
let memory: Memory
const open = async (): Promise<Memory> => createMemory(await documents.open('chats', emptyMemory()))
beforeEach(async () => {
  documents = openMemoryDocuments()
  memory = await open()
})

const shown = (id: string, about: Shown['about'] = null, place = channel): Shown => ({ ref: { place, id }, drawn: id, about })
const about = (session: string, request: string | null = null) => ({ session, change: null, request })

test('a session has its thread, and a thread its session', async () => {
  await memory.live('app-3', threadOf('app-3'))
  expect(memory.placeOf('app-3')).toEqual(threadOf('app-3'))
  expect(memory.sessionAt(threadOf('app-3'))).toBe('app-3')
  expect([memory.sessionAt(channel), memory.sessionAt(threadOf('app-4')), memory.placeOf('app-4')]).toEqual([null, null, null])
  expect(memory.sessionAt({ ...threadOf('app-3'), channel: 'other' })).toBeNull()
  expect(memory.sessionAt({ ...threadOf('app-3'), platform: 'other' })).toBeNull()
})

test('a result is outstanding until it was seen to be delivered', async () => {
  await memory.live('app-3', threadOf('app-3'))
  await memory.live('app-4', threadOf('app-4'))
  await memory.live('app-3', threadOf('app-3'))
  expect(memory.unfinished()).toEqual(['app-3', 'app-4'])
  await memory.finished('app-3')
  expect(memory.unfinished()).toEqual(['app-4'])
})

test('everything is there again after a restart', async () => {
  await memory.live('app-3', threadOf('app-3'))
  await memory.saidAt('said-1', channel)
  await memory.showing(channel, 'a', shown('1', about('app-3')))
  await memory.buttons({ b1: { say: 'stop app-3', about: null, offer: null } })
  await memory.refused('bob', 'No.', 'Ask.', 5)
  const again = await open()
  expect([again.placeOf('app-3'), again.originOf('said-1'), again.shownAt(channel), again.press('b1'), again.refusalOf('bob')]).toEqual([
    threadOf('app-3'),
    channel,
    { a: shown('1', about('app-3')) },
    { say: 'stop app-3', about: null, offer: null },
    { what: 'No.', hint: 'Ask.', at: 5 },
  ])
})

describe('what the last card of a session showed', () => {
  test('counts for its whole channel, threads included, and for no other', async () => {
    await memory.showing(threadOf('app-3'), 'session:app-3', shown('1', about('app-3', 'r1'), threadOf('app-3')))
    expect(memory.aboutAt(channel, 'app-3')).toEqual(about('app-3', 'r1'))
    expect(memory.aboutAt(threadOf('app-4'), 'app-3')).toEqual(about('app-3', 'r1'))
    expect(memory.aboutAt(channel, 'app-4')).toBeNull()
    expect(memory.aboutAt({ ...channel, channel: 'other' }, 'app-3')).toBeNull()
    expect(memory.aboutAt({ ...channel, platform: 'other' }, 'app-3')).toBeNull()
  })

  test('is what was shown last; a card about nothing changes nothing', async () => {
    await memory.showing(channel, 'a', shown('1', about('app-3', 'r1')))
    await memory.showing(channel, 'b', shown('2', about('app-3', 'r2')))
    await memory.showing(channel, 'c', shown('3'))
    expect(memory.aboutAt(channel, 'app-3')).toEqual(about('app-3', 'r2'))
  })
})

test('a button nobody made stands for nothing, whatever its id', () => {
  for (const id of ['b1', '', 'constructor', '__proto__', 'toString']) expect(memory.press(id), id).toBeNull()
})

describe('of each the newest are kept', () => {
  const many = async (count: number, add: (n: number) => Promise<void>): Promise<void> => {
    for (let n = 1; n <= count; n += 1) await add(n)
  }

  test('100 cards of a place; one that is edited is new again', async () => {
    await many(100, (n) => memory.showing(channel, `card-${n}`, shown(`${n}`)))
    await memory.showing(channel, 'card-1', shown('1'))
    await memory.showing(channel, 'card-101', shown('101'))
    const keys = Object.keys(memory.shownAt(channel))
    expect([keys.length, keys.includes('card-1'), keys.includes('card-2'), keys.at(-1)]).toEqual([100, true, false, 'card-101'])
  })

  test('300 places; one where something is shown is new again', async () => {
    const place = (n: number): Place => threadOf(`app-${n}`)
    await many(300, (n) => memory.showing(place(n), 'a', shown(`${n}`)))
    await memory.showing(place(1), 'a', shown('1'))
    await memory.showing(place(301), 'a', shown('301'))
    expect([1, 2, 3, 301].map((n) => Object.keys(memory.shownAt(place(n))).length)).toEqual([1, 0, 1, 1])
  })

  test('3,000 buttons; one that is shown again is new again', async () => {
    await memory.buttons(
      Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`b${n}`, { say: `stop app-${n}`, about: null, offer: null }])),
    )
    await memory.buttons({ b0: { say: 'stop app-0', about: null, offer: null } })
    await memory.buttons({ new: { say: 'status', about: null, offer: null } })
    expect(['b0', 'b1', 'b2', 'new'].map((id) => memory.press(id) !== null)).toEqual([true, false, true, true])
  })

  test('500 places where something was said', async () => {
    await many(501, (n) => memory.saidAt(`said-${n}`, channel))
    expect([memory.originOf('said-1'), memory.originOf('said-2'), memory.originOf('said-501')]).toEqual([null, channel, channel])
  })

  test('2,000 threads of sessions', async () => {
    await many(2_001, (n) => memory.live(`app-${n}`, threadOf(`app-${n}`)))
    expect([1, 2, 2_001].map((n) => memory.placeOf(`app-${n}`) !== null)).toEqual([false, true, true])
  })

  test('300 sessions of a channel that something was shown of', async () => {
    await many(301, (n) => memory.showing(channel, 'a', shown('1', about(`app-${n}`))))
    expect([1, 2, 301].map((n) => memory.aboutAt(channel, `app-${n}`) !== null)).toEqual([false, true, true])
  })
})
