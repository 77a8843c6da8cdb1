import { beforeEach, describe, expect, test } from 'vitest'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { type ChatMemory, createMemory, emptyMemory, type Memory, type Shown } from '../../../bot/memory/chat.ts'
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

  test('2,000 messages that people said in threads', async () => {
    await many(2_001, (n) => memory.noteMessage(threadOf('app-1'), `m${n}`))
    expect([1, 2, 2_001].map((n) => memory.placeOfMessage(channel, `m${n}`))).toEqual([null, threadOf('app-1'), threadOf('app-1')])
  })

  test('500 messages on their way', async () => {
    await many(501, async (n) => void (await memory.sending(channel, `a${n}`, 'x', false)))
    expect([1, 2, 501].map((n) => memory.onItsWay(channel, `a${n}`) !== null)).toEqual([false, true, true])
  })

  test('60 messages of many cards', async () => {
    const ids: string[] = []
    await many(61, async () => {
      const { id, kept } = memory.folding(channel, [])
      await kept
      ids.push(id)
    })
    expect([0, 1, 60].map((n) => memory.fold(ids[n] ?? '') !== null)).toEqual([false, true, true])
  })
})

test('what an earlier version kept is still known, and can be added to', async () => {
  const { places, origins, unfinished, shown: none, buttons, abouts, refusals } = emptyMemory()
  const old = {
    places: { ...places, 'app-3': threadOf('app-3') },
    origins,
    unfinished,
    shown: none,
    buttons,
    abouts,
    refusals,
  } as unknown as ChatMemory // what was added since is what it lacks
  const upgraded = createMemory({ value: old, update: async (change) => change(old) })
  expect(upgraded.placeOf('app-3')).toEqual(threadOf('app-3'))
  await upgraded.sending(channel, 'a', 'x', false)
  await upgraded.noteMessage(threadOf('app-3'), 'm1')
  await upgraded.heard('chat', 5)
  expect([upgraded.onItsWay(channel, 'a')?.drawn, upgraded.placeOfMessage(channel, 'm1'), upgraded.heardAt('chat')]).toEqual([
    'x',
    threadOf('app-3'),
    5,
  ])
})

describe('what is on its way', () => {
  test('keeps its id until it is on show, or certainly is not; the next one has another', async () => {
    const one = await memory.sending(channel, 'a', 'x', false)
    const again = await (await open()).sending(channel, 'a', 'x', true)
    expect(again).toBe(one)
    await memory.showing(channel, 'a', shown('1'))
    expect(memory.onItsWay(channel, 'a')).toBeNull()
    const two = await memory.sending(channel, 'a', 'x', false)
    await memory.unsent(channel, 'a')
    const three = await memory.sending(channel, 'a', 'x', false)
    expect(new Set([one, two, three]).size).toBe(3)
  })

  test.each([
    ['the same look, twice', 'x', true, 'x'],
    ['another look, and the first may be there', 'y', true, ''],
    ['another look, and the first is certainly not there', 'y', false, 'y'],
  ])('knows how it looks: %s', async (_name, second, mayBeThere, looks) => {
    await memory.sending(channel, 'a', 'x', false)
    await memory.sending(channel, 'a', second, mayBeThere)
    expect(memory.onItsWay(channel, 'a')?.drawn).toBe(looks)
  })
})

describe('a thread that is gone', () => {
  test('is forgotten with all that was on show in it; its channel is not', async () => {
    const place = threadOf('app-3')
    await memory.live('app-3', place)
    await memory.threadMade(channel, 'session:app-3', place)
    await memory.showing(place, 'a', shown('1', about('app-3'), place))
    await memory.showing(channel, 'b', shown('2'))
    await memory.unplace('app-3')
    expect([memory.placeOf('app-3'), memory.channelOf('app-3'), memory.sessionAt(place)]).toEqual([null, channel, null])
    expect([memory.shownAt(place), Object.keys(memory.shownAt(channel)), memory.openedFor(channel, 'session:app-3')]).toEqual([
      {},
      ['b'],
      null,
    ])
    expect(memory.aboutAt(channel, 'app-3')).toEqual(about('app-3'))
  })

  test('of nobody changes nothing', async () => {
    await memory.unplace('app-9')
    await memory.live('app-3', channel)
    await memory.showing(channel, 'a', shown('1'))
    await memory.unplace('app-3')
    expect([memory.channelOf('app-9'), Object.keys(memory.shownAt(channel))]).toEqual([null, ['a']])
  })
})

describe('a channel that moved', () => {
  const now: Place = { ...channel, channel: 'new' }
  const press = { say: 'merge app-3', about: about('app-3'), offer: null }
  beforeEach(async () => {
    await memory.live('app-3', threadOf('app-3'))
    await memory.live('app-4', { ...threadOf('app-4'), channel: 'other' })
    await memory.saidAt('said-1', threadOf('app-3'))
    await memory.showing(threadOf('app-3'), 'a', shown('1', about('app-3', 'r1'), threadOf('app-3')))
    await memory.showing(channel, 'b', shown('2'))
    await memory.noteMessage(threadOf('app-3'), 'm1')
    await memory.buttons({ b1: press })
    await memory.moved(channel, now)
  })

  test('has its sessions opened anew in the new one; others stay', () => {
    expect([memory.placeOf('app-3'), memory.channelOf('app-3'), memory.sessionAt(threadOf('app-3'))]).toEqual([null, now, null])
    expect(memory.placeOf('app-4')).toEqual({ ...threadOf('app-4'), channel: 'other' })
    expect(memory.originOf('said-1')).toEqual(now)
  })

  test('has lost what was on show, but neither its buttons nor what cards were about', () => {
    expect([memory.shownAt(threadOf('app-3')), memory.shownAt(channel), memory.shownAt(now)]).toEqual([{}, {}, {}])
    expect([memory.placeOfMessage(channel, 'm1'), memory.placeOfMessage(channel, '1')]).toEqual([null, null])
    expect([memory.press('b1'), memory.aboutAt(now, 'app-3')]).toEqual([press, about('app-3', 'r1')])
  })

  test('is found by its old name, also after a restart, after a second move, and when it moves back', async () => {
    const again = await open()
    expect(again.whereNow(threadOf('app-3'))).toEqual({ ...threadOf('app-3'), channel: 'new' })
    await again.moved(now, { ...channel, channel: 'newer' })
    expect(again.whereNow(channel)).toEqual({ ...channel, channel: 'newer' })
    await again.moved({ ...channel, channel: 'newer' }, channel)
    expect([channel, now].map((place) => again.whereNow(place))).toEqual([channel, channel])
  })

  test('to itself has not moved', async () => {
    await memory.live('app-3', { ...threadOf('app-3'), channel: 'new' })
    await memory.moved(now, now)
    expect(memory.placeOf('app-3')).toEqual({ ...threadOf('app-3'), channel: 'new' })
  })
})

describe('the place of a message', () => {
  test('is the thread whose card it is, also when that stands in the channel', async () => {
    await memory.showing(threadOf('app-3'), 'session:app-3', shown('m1', null, channel))
    expect(memory.placeOfMessage(threadOf('elsewhere'), 'm1')).toEqual(threadOf('app-3'))
    expect(memory.placeOfMessage({ ...channel, channel: 'other' }, 'm1')).toBeNull()
    for (const unknown of ['m2', '', '__proto__', 'constructor']) expect(memory.placeOfMessage(channel, unknown), unknown).toBeNull()
  })

  test('is the channel for a message in which the cards of many sessions stand', async () => {
    await memory.showing(threadOf('app-3'), 'a', { ...shown('m1', null, channel), fold: '1' })
    await memory.showing(channel, 'fold:1', shown('m1'))
    expect(memory.placeOfMessage(channel, 'm1')).toEqual(channel)
  })

  test('is where somebody said it', async () => {
    await memory.noteMessage(threadOf('app-3'), 'm1')
    await memory.noteMessage(channel, 'm2')
    expect([memory.placeOfMessage(channel, 'm1'), memory.placeOfMessage(channel, 'm2')]).toEqual([threadOf('app-3'), null])
  })
})

test('a button knows what it asks for', async () => {
  const form = { title: 'Why not?', label: 'Reason' }
  await memory.buttons({
    b1: { say: 'reject app-3 {text}', about: null, offer: null, form },
    b2: { say: 'status', about: null, offer: null },
  })
  expect(['b1', 'b2', 'b3', 'constructor', '__proto__'].map((id) => memory.formOf(id))).toEqual([form, null, null, null, null])
})

test('when something was heard is known at once, and written down every ten seconds', async () => {
  let writes = 0
  const value = emptyMemory()
  const counted = createMemory({
    value,
    update: async (change) => {
      writes += 1
      change(value)
    },
  })
  for (let at = 1_000; at <= 31_000; at += 1_000) await counted.heard('chat', at)
  expect([counted.heardAt('chat'), counted.heardAt('other'), writes]).toEqual([31_000, null, 4])
  expect(createMemory({ value, update: async () => {} }).heardAt('chat')).toBe(31_000)
  await counted.heard('chat', 5)
  expect(value.heard).toEqual({ chat: 5 }) // a clock that was put back is believed
})

test('a disk that is full does not keep anybody from being heard', async () => {
  const full = createMemory({ value: emptyMemory(), update: () => Promise.reject(new Error('full')) })
  await expect(Promise.all([full.heard('chat', 5), full.noteMessage(threadOf('app-3'), 'm1')])).resolves.toBeDefined()
  expect(full.heardAt('chat')).toBe(5)
})

test('places that matter on a platform: threads of what is unfinished, newest first, then their channels', async () => {
  const other: Place = { ...channel, channel: 'other' }
  await memory.live('app-1', threadOf('app-1'))
  await memory.live('app-2', threadOf('app-2'))
  await memory.live('app-3', { ...threadOf('app-3'), platform: 'elsewhere' })
  await memory.live('app-4', other)
  await memory.live('app-5', threadOf('app-5'))
  await memory.finished('app-2')
  expect(memory.placesOn('chat')).toEqual([threadOf('app-5'), threadOf('app-1'), channel, other])
  const elsewhere: Place = { platform: 'chat', channel: 'private', thread: 'm7' }
  await memory.saidAt('said-1', elsewhere)
  expect(memory.placesOn('chat').at(-1), 'where the bot was spoken to of late').toEqual({ ...elsewhere, thread: null })
  expect(memory.placesOn('nowhere')).toEqual([])
})
