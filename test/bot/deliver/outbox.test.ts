import { describe, expect, test } from 'vitest'
import { type Card, type CardKind, cardKinds } from '../../../bot/contracts/card.ts'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { drawn } from '../../../bot/deliver/drawing.ts'
import { createOutbox, nextMove } from '../../../bot/deliver/outbox.ts'
import { createMemory, emptyMemory, type Memory } from '../../../bot/memory/chat.ts'
import { silent } from '../../../core/kit/log.ts'
import { fingerprint } from '../../../core/kit/text.ts'
import { openMemoryDocuments } from '../../../core/store/memory.ts'
import { channel, gate, openChat, refuses, threadOf } from '../chat.ts'
import { card } from './platform.ts'
import { makeTime, turn } from './time.ts'

const openMemory = async (): Promise<Memory> => createMemory(await openMemoryDocuments().open('chats', emptyMemory()))

const world = async ({
  chat = openChat(),
  memory,
}: {
  readonly chat?: ReturnType<typeof openChat>
  readonly memory?: Memory | undefined
} = {}) => {
  const kept = memory ?? (await openMemory())
  const time = makeTime()
  const outbox = createOutbox({
    adapterOf: (platform) => (platform === 'chat' ? chat.adapter : null),
    memory: kept,
    accountOf: (person, platform) => (person === 'ana' ? `${platform}-1` : null),
    log: silent,
    now: time.now,
    sleep: time.sleep,
  })
  return { chat, memory: kept, outbox, time, slept: time.slept }
}

describe('the least that makes the chat look right', () => {
  const ref = { place: channel, id: '1' }
  const old = card('a', 'old')
  test.each([
    ['nothing is on show', undefined, { do: 'post' }],
    ['the same is on show', { ref, drawn: drawn(old), about: null }, { do: 'nothing' }],
    ['it stood in a message with others, which is forgotten', { ref, drawn: drawn(old), about: null, fold: '1' }, { do: 'post' }],
    ['another look is on show', { ref, drawn: drawn(card('a', 'older')), about: null }, { do: 'edit', ref }],
  ])('%s', (_name, shown, move) => {
    expect(nextMove(old, shown)).toEqual(move)
  })

  test('two cards look alike only when everything about them is', () => {
    const looks: readonly Partial<Card>[] = [
      {},
      { title: 'b' },
      { tone: 'bad' },
      { lines: ['x'] },
      { blocks: [{ title: 'x', text: 'y' }] },
      { actions: [{ label: 'x', say: 'y', isRisky: false }] },
      { about: { session: 'app-3', change: null, request: null } },
      { mentions: ['ana'] },
      { mentions: ['bob'] },
    ]
    expect(new Set(looks.map((look) => drawn(card('a', 'a', look)))).size).toBe(looks.length)
  })

  test('whether it makes a sound is no look', () => {
    expect(drawn(card('a', 'a', { isSilent: true }))).toBe(drawn(card('a')))
  })

  test('what a version put on show that knew no mentions still looks the same', () => {
    const { mentions: _mentions, isSilent: _isSilent, ...old } = card('a', 'Merged', { lines: ['x'], replyTo: 'i1' })
    expect(drawn(card('a', 'Merged', { lines: ['x'], replyTo: 'i1' }))).toBe(fingerprint(JSON.stringify(old), 16))
  })
})

test('a card is posted the first time, edited ever after, and left alone while it looks the same', async () => {
  const { chat, outbox } = await world()
  await outbox.show(channel, card('a', 'one'))
  await outbox.show(channel, card('a', 'one'))
  await outbox.show(channel, card('a', 'two'))
  expect(chat.log).toEqual(['post a', 'edit a'])
  expect(chat.titles(channel)).toEqual(['two'])
})

test('whom a card calls goes along with the account they have there, and whether it makes a sound', async () => {
  const { chat, outbox } = await world()
  await outbox.show(channel, card('a', 'a', { mentions: ['ana', 'cyn'], isSilent: true }))
  expect(chat.at(channel)).toMatchObject([
    {
      mentions: [
        { name: 'ana', account: 'chat-1' },
        { name: 'cyn', account: null },
      ],
      isSilent: true,
    },
  ])
})

test('one key in two places is two messages', async () => {
  const { chat, outbox } = await world()
  await Promise.all([outbox.show(channel, card('a')), outbox.show(threadOf('app-3'), card('a'))])
  expect([chat.titles(channel), chat.titles(threadOf('app-3'))]).toEqual([['a'], ['a']])
})

test('while a place is busy, only the newest of each card waits, and all who showed it hear of it', async () => {
  const door = gate()
  const { chat, outbox } = await world({ chat: openChat(() => door.opened) })
  const first = outbox.show(channel, card('first'))
  const waiting = Array.from({ length: 100 }, (_, n) => outbox.show(channel, card('a', `version ${n}`)))
  door.open()
  await Promise.all([first, ...waiting])
  expect(chat.log).toEqual(['post first', 'post a'])
  expect(chat.titles(channel)).toEqual(['first', 'version 99'])
})

test('decisions leave before news, whatever came first', async () => {
  const door = gate()
  const { chat, outbox } = await world({ chat: openChat(() => door.opened) })
  const kinds: readonly CardKind[] = ['status', 'reply', 'result', 'question', 'approval']
  expect([...kinds].sort()).toEqual([...cardKinds].sort())
  const first = outbox.show(channel, card('first'))
  await turn()
  const all = [first, ...kinds.map((kind) => outbox.show(channel, card(kind, kind, { kind })))]
  door.open()
  await Promise.all(all)
  expect(chat.titles(channel)).toEqual(['first', ...cardKinds])
})

test('a slow place delays only itself', async () => {
  const door = gate()
  const { chat, outbox } = await world({ chat: openChat((place: Place) => (place.thread === 'slow' ? door.opened : Promise.resolve())) })
  const slow = outbox.show(threadOf('slow'), card('a'))
  await outbox.show(channel, card('b'))
  expect([chat.titles(threadOf('slow')), chat.titles(channel)]).toEqual([[], ['b']])
  door.open()
  await slow
  expect(chat.titles(threadOf('slow'))).toEqual(['a'])
})

describe('a chat that refuses', () => {
  const refusing = (errors: readonly Error[]) => {
    const left = [...errors]
    return openChat(async () => {
      const error = left.shift()
      if (error) throw error
    })
  }
  const busy = (retryAfterMs?: number): Error => refuses('CHAT_BUSY', retryAfterMs === undefined ? {} : { retryAfterMs })

  test('is asked again when it says, or after ever longer waits when it does not', async () => {
    const { chat, outbox, slept, time } = await world({ chat: refusing([busy(1_234), busy(), busy(), busy(7)]) })
    await time.until(outbox.show(channel, card('a')))
    expect(slept).toEqual([1_234, 1_000, 2_000, 7])
    expect(chat.titles(channel)).toEqual(['a'])
  })

  test('for what it cannot explain is asked six times, then it is given up, and whoever waits hears why', async () => {
    const { chat, memory, outbox, time } = await world({ chat: refusing(Array.from({ length: 6 }, () => new Error('what?'))) })
    await expect(time.until(outbox.show(channel, card('a')))).rejects.toThrow('what?')
    expect(chat.log).toHaveLength(6)
    expect(memory.shownAt(channel)).toEqual({})
  })

  test('because it is busy is asked until it is not, however long that takes', async () => {
    const { chat, memory, outbox, time } = await world({ chat: refusing(Array.from({ length: 20 }, () => busy())) })
    await time.until(outbox.show(channel, card('a')))
    expect(chat.log).toHaveLength(21)
    expect(Object.keys(memory.shownAt(channel))).toEqual(['a'])
  })

  test('for good is not asked again', async () => {
    const { chat, outbox, slept } = await world({ chat: refusing([refuses('PLACE_GONE', {})]) })
    await expect(outbox.show(channel, card('a'))).rejects.toMatchObject({ code: 'PLACE_GONE' })
    expect([chat.log, slept]).toEqual([['post a'], []])
  })

  test('one card does not stand in the way of the next, nor of the same one later', async () => {
    const { chat, outbox } = await world({ chat: refusing([refuses('PLACE_GONE', {})]) })
    const [lost, next] = await Promise.allSettled([outbox.show(channel, card('a')), outbox.show(channel, card('b'))])
    expect([lost.status, next.status]).toEqual(['rejected', 'fulfilled'])
    await outbox.show(channel, card('a'))
    expect(chat.titles(channel)).toEqual(['b', 'a'])
  })
})

describe('what is on show', () => {
  const about = { session: 'app-3', change: null, request: 'r1' }

  test('is remembered once the chat has confirmed it, never before', async () => {
    const door = gate()
    const { memory, outbox } = await world({ chat: openChat(() => door.opened) })
    const shown = outbox.show(channel, card('a', 'a', { about }))
    await Promise.resolve()
    expect([memory.shownAt(channel), memory.aboutAt(channel, 'app-3')]).toEqual([{}, null])
    door.open()
    await shown
    expect(memory.shownAt(channel)).toMatchObject({ a: { ref: { place: channel, id: '1' }, about } })
    expect(memory.aboutAt(channel, 'app-3')).toEqual(about)
  })

  test('stays what it was while an edit is refused', async () => {
    const { memory, outbox, chat } = await world({
      chat: openChat(async (_place, { title }) => {
        if (title === 'two') throw refuses('PLACE_GONE', {})
      }),
    })
    await outbox.show(channel, card('a', 'one'))
    const before = structuredClone(memory.shownAt(channel))
    await expect(outbox.show(channel, card('a', 'two'))).rejects.toThrow()
    expect(memory.shownAt(channel)).toEqual(before)
    await outbox.show(channel, card('a', 'three'))
    expect(chat.log).toEqual(['post a', 'edit a', 'edit a'])
  })

  test('is not posted again after a restart, and edited when it changed meanwhile', async () => {
    const { chat, memory, outbox } = await world()
    await Promise.all([outbox.show(channel, card('a')), outbox.show(channel, card('b'))])
    const { outbox: next } = await world({ chat, memory })
    await Promise.all([next.show(channel, card('a')), next.show(channel, card('b', 'changed'))])
    expect(chat.log).toEqual(['post a', 'post b', 'edit b'])
    expect(chat.titles(channel)).toEqual(['a', 'changed'])
  })
})

describe('buttons', () => {
  const about = { session: 'app-3', change: null, request: 'r1' }
  const actions = [
    { label: 'Merge', say: 'merge app-3', isRisky: false },
    { label: 'Stop', say: 'stop app-3', isRisky: true },
  ]
  const idsOf = async (place: Place, one: Card): Promise<readonly string[]> => {
    const { chat, outbox } = await world()
    await outbox.show(place, one)
    return chat.at(place).flatMap(({ buttons }) => buttons.map(({ id }) => id))
  }

  test('carry an opaque id and a label, and no words', async () => {
    const { chat, outbox } = await world()
    await outbox.show(channel, card('a', 'a', { actions, about }))
    expect(chat.at(channel)[0]?.buttons).toEqual([
      { id: expect.stringMatching(/^[0-9a-f]{16}$/), label: 'Merge', isRisky: false },
      { id: expect.stringMatching(/^[0-9a-f]{16}$/), label: 'Stop', isRisky: true },
    ])
    expect(chat.at(channel)[0]).not.toHaveProperty('actions')
    expect(chat.at(channel)[0]).not.toHaveProperty('about')
  })

  test('are known before anybody can press one, with what they stand for', async () => {
    const memory = await openMemory()
    const known: unknown[] = []
    const chat = openChat(async (_place, { buttons }) => {
      known.push(...buttons.map(({ id }) => memory.press(id)))
    })
    const { outbox } = await world({ chat, memory })
    await outbox.show(channel, card('a', 'a', { actions, about }))
    expect(known).toEqual([
      { say: 'merge app-3', about, offer: null },
      { say: 'stop app-3', about, offer: null },
    ])
  })

  test('are the same for the same words about the same thing, however the card looks, also after a restart', async () => {
    expect(await idsOf(channel, card('a', 'one', { actions, about }))).toEqual(await idsOf(channel, card('a', 'two', { actions, about })))
  })

  test('are others in another place, on another card, or about something else', async () => {
    const all = await Promise.all([
      idsOf(channel, card('a', 'a', { actions, about })),
      idsOf(threadOf('app-3'), card('a', 'a', { actions, about })),
      idsOf(channel, card('b', 'b', { actions, about })),
      idsOf(channel, card('a', 'a', { actions, about: { ...about, request: 'r2' } })),
    ])
    expect(new Set(all.flat()).size).toBe(8)
  })
})

test('a chat that is no longer configured is passed over', async () => {
  const { chat, outbox } = await world()
  await outbox.show({ ...channel, platform: 'gone' }, card('a'))
  expect(chat.log).toEqual([])
})
