import { describe, expect, test } from 'vitest'
import type { Card } from '../../../bot/contracts/card.ts'
import { fault } from '../../../bot/contracts/faults.ts'
import { type Place, placeKey } from '../../../bot/contracts/inbound.ts'
import { createOutbox } from '../../../bot/deliver/outbox.ts'
import { createMemory, emptyMemory, type Memory } from '../../../bot/memory/chat.ts'
import { silent } from '../../../core/kit/log.ts'
import { openMemoryDocuments } from '../../../core/store/memory.ts'
import { channel, gate, threadOf } from '../chat.ts'
import { card, type Fate, openPlatform, type Platform } from './platform.ts'
import { makeTime, turn } from './time.ts'

const platform = 'chat'
const busy = (retryAfterMs: number, isEverywhere = false) => fault('CHAT_BUSY', { platform, retryAfterMs, isEverywhere })
const unreachable = fault('CHAT_UNREACHABLE', { platform, problem: 'no network' })
const uncertain = fault('CHAT_UNCERTAIN', { platform, problem: 'a lost answer' })
const refused = fault('CHAT_REFUSED', { platform, problem: 'no' })
const gone = (what: 'thread' | 'channel') => fault('PLACE_GONE', { platform, channel: 'main', what, problem: 'deleted' })
const movedTo = (to: string) => fault('PLACE_MOVED', { platform, channel: 'main', to })
const other: Place = { ...channel, channel: 'other' }

const open = async (parts: Parameters<typeof openPlatform>[0] = {}, more: { readonly memory?: Memory; readonly chat?: Platform } = {}) => {
  const memory = more.memory ?? createMemory(await openMemoryDocuments().open('chats', emptyMemory()))
  const time = makeTime()
  const chat = more.chat ?? openPlatform(parts)
  const outbox = createOutbox({
    adapterOf: () => chat.adapter,
    memory,
    accountOf: () => null,
    log: silent,
    now: time.now,
    sleep: time.sleep,
  })
  return { chat, memory, time, outbox }
}
/** Each call has the fate at its place; the rest are done. */
const fates =
  (...all: readonly (Error | Fate)[]) =>
  (_call: unknown, count: number): Fate => {
    const fate = all[count - 1]
    return fate instanceof Error ? { before: fate } : fate
  }

describe('pitfall 22: a slow place delays only itself', () => {
  test('a thread that hangs delays neither its channel nor other threads', async () => {
    const door = gate()
    const { chat, outbox } = await open({ during: ({ place }) => (place.thread === 'slow' ? door.opened : Promise.resolve()) })
    const slow = outbox.show(threadOf('slow'), card('a'))
    await Promise.all([outbox.show(channel, card('b')), outbox.show(threadOf('quick'), card('c')), outbox.show(other, card('d'))])
    expect(chat.messages.map(({ card: { key } }) => key)).toEqual(['b', 'c', 'd'])
    door.open()
    await slow
    expect(chat.titles(threadOf('slow'))).toEqual(['a'])
  })

  test('nobody waits longer than 30 s for an answer; what was sent is looked for under the same id', async () => {
    const hanging = new Promise<void>(() => {})
    const { chat, outbox, time } = await open({ during: async () => (chat.calls.length === 1 ? hanging : undefined) })
    const shown = outbox.show(channel, card('a'))
    await time.passes(29_999)
    expect(chat.calls).toHaveLength(1)
    await time.until(shown)
    expect(time.now()).toBe(30_500)
    expect(chat.calls.map(({ isAgain }) => isAgain)).toEqual([false, true])
    expect(chat.calls[1]?.id).toBe(chat.calls[0]?.id)
  })

  test('an answer in time leaves no timer behind', async () => {
    const { outbox, time } = await open()
    await outbox.show(channel, card('a'))
    expect(time.waiting()).toBe(0)
  })
})

describe('a platform that is busy', () => {
  test('pitfall 12: is left alone in that channel as long as it asked, whatever comes; others go on', async () => {
    const { chat, outbox, time } = await open({ fate: fates(busy(20_000)) })
    const late = outbox.show(channel, card('a', 'a', { kind: 'result' }))
    await turn()
    const later = outbox.show(threadOf('app-1'), card('b', 'b', { kind: 'approval' }))
    await outbox.show(other, card('c'))
    await time.passes(19_999)
    expect(chat.log()).toEqual(['post a', 'post c'])
    await time.until(Promise.all([late, later]))
    expect(time.now()).toBe(20_000)
    expect(chat.log()).toEqual(['post a', 'post c', 'post b', 'post a'])
    expect(chat.calls.at(-1)?.isAgain).toBe(false) // nothing was sent the first time
  })

  test('everywhere, is left alone everywhere', async () => {
    const { chat, outbox, time } = await open({ fate: fates(busy(20_000, true)) })
    const all = [outbox.show(channel, card('a'))]
    await turn()
    all.push(outbox.show(other, card('b')))
    await time.passes(19_999)
    expect(chat.log()).toEqual(['post a'])
    await time.until(Promise.all(all))
    expect(chat.messages).toHaveLength(2)
  })

  test('gets the newest of each card when it listens again', async () => {
    const { chat, outbox, time } = await open({ fate: fates(busy(5_000)) })
    const all = [outbox.show(channel, card('a', 'one'))]
    await turn()
    all.push(outbox.show(channel, card('a', 'two')), outbox.show(channel, card('a', 'three')))
    await time.until(Promise.all(all))
    expect(chat.log()).toEqual(['post a', 'post a'])
    expect(chat.titles(channel)).toEqual(['three'])
  })
})

describe('a card that changes while it is on its way', () => {
  test('is edited when it has arrived', async () => {
    const door = gate()
    const { chat, outbox } = await open({ during: () => door.opened })
    const all = [outbox.show(channel, card('a', 'one'))]
    await turn()
    all.push(outbox.show(channel, card('a', 'two')))
    await turn()
    expect(chat.log()).toEqual(['post a'])
    door.open()
    await Promise.all(all)
    expect(chat.log()).toEqual(['post a', 'edit a'])
    expect(chat.titles(channel)).toEqual(['two'])
  })

  test('is sent as it is then when it did not arrive', async () => {
    const door = gate()
    const { chat, outbox, time } = await open({ fate: fates(busy(1_000)), during: () => door.opened })
    const all = [outbox.show(channel, card('a', 'one'))]
    await turn()
    all.push(outbox.show(channel, card('a', 'two')))
    door.open()
    await time.until(Promise.all(all))
    expect(chat.log()).toEqual(['post a', 'post a'])
    expect(chat.titles(channel)).toEqual(['two'])
  })
})

describe('a platform that fails', () => {
  test('because it cannot be reached, is tried for ever, at last once a minute', async () => {
    const { chat, outbox, time } = await open({ fate: fates(...Array.from({ length: 12 }, () => unreachable)) })
    await time.until(outbox.show(channel, card('a')))
    expect(time.slept).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000, 60_000])
    expect(new Set(chat.calls.map(({ id }) => id)).size).toBe(1)
    expect(chat.calls.some(({ isAgain }) => isAgain)).toBe(false)
  })

  test('after the fact, is asked again under the same id; other cards of the place need not wait for that', async () => {
    const { chat, outbox, time } = await open({ fate: fates({ after: uncertain }) })
    const doubted = outbox.show(channel, card('a'))
    await turn()
    await outbox.show(channel, card('b'))
    expect(time.now()).toBe(0)
    await time.until(doubted)
    expect(chat.calls.map(({ card: { key }, isAgain }) => [key, isAgain])).toEqual([
      ['a', false],
      ['b', false],
      ['a', true],
    ])
    expect(chat.titles(channel)).toEqual(['a', 'b'])
  })

  test('after the fact, shows the newest nevertheless', async () => {
    const { chat, outbox, time } = await open({ fate: fates({ after: uncertain }) })
    const all = [outbox.show(channel, card('a', 'one'))]
    await turn()
    all.push(outbox.show(channel, card('a', 'two')))
    await time.until(Promise.all(all))
    expect(chat.log()).toEqual(['post a', 'post a', 'edit a'])
    expect(chat.titles(channel)).toEqual(['two'])
  })

  test('in the middle of an edit: what looks as before is drawn again', async () => {
    const { chat, outbox, time } = await open({ fate: fates(undefined, { after: uncertain }) })
    await outbox.show(channel, card('a', 'one'))
    const all = [outbox.show(channel, card('a', 'two'))]
    await turn()
    all.push(outbox.show(channel, card('a', 'one')))
    await time.until(Promise.all(all))
    expect(chat.titles(channel)).toEqual(['one'])
  })

  test.each([
    ['refused', refused],
    ['gone', gone('thread')],
  ])('for good (%s), is not asked again for that card; the next one is another message', async (_name, why) => {
    const { chat, outbox, time } = await open({ fate: fates(why) })
    await expect(outbox.show(channel, card('a'))).rejects.toBe(why)
    await outbox.show(channel, card('a'))
    expect(time.slept).toEqual([])
    expect(chat.calls.map(({ isAgain }) => isAgain)).toEqual([false, false])
    expect(chat.calls[1]?.id).not.toBe(chat.calls[0]?.id)
  })
})

describe('the id of a sending', () => {
  test('is at most 25 characters of ASCII, and another for another message under the same key', async () => {
    const { chat, memory, outbox } = await open()
    const place = threadOf('ä'.repeat(300))
    await memory.live('app-1', place)
    await outbox.show(place, card('ö'.repeat(300)))
    await memory.unplace('app-1')
    await outbox.show(place, card('ö'.repeat(300)))
    const ids = chat.calls.map(({ id }) => id ?? '')
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) expect(id).toMatch(/^[\x21-\x7e]{1,25}$/)
  })
})

test('pitfall 13: a result is a message of its own, also when the card of its session was just edited', async () => {
  const { chat, outbox } = await open()
  const session = (title: string): Card => card('session:app-1', title)
  await outbox.show(channel, session('it works'))
  await Promise.all([outbox.show(channel, session('it ended')), outbox.show(channel, card('result:app-1:5', 'done', { kind: 'result' }))])
  expect(chat.log().toSorted()).toEqual(['edit session:app-1', 'post result:app-1:5', 'post session:app-1'])
  expect(chat.titles(channel)).toEqual(['it ended', 'done'])
})

describe('a thread', () => {
  const session = (title = 'it begins', more: Partial<Card> = {}): Card => card('session:app-1', title, more)

  test('is made with the card of its session, which is edited ever after', async () => {
    const { chat, memory, outbox } = await open()
    const place = await outbox.open({ ...channel, thread: 'elsewhere' }, session(), 'app-1 Fix it')
    expect(chat.threads()).toEqual([place])
    expect(memory.shownAt(place)).toMatchObject({ 'session:app-1': { ref: { place: channel, id: 'm1' } } })
    await outbox.show(place, session('it works'))
    expect(chat.log()).toEqual(['open session:app-1', 'edit session:app-1'])
    expect(memory.placeOfMessage(channel, 'm1')).toEqual(place)
  })

  test('is made once, however often it is asked for, at once, later, or after a restart', async () => {
    const { chat, memory, outbox } = await open()
    const [one, two] = await Promise.all([outbox.open(channel, session('one'), 'app-1'), outbox.open(channel, session('two'), 'app-1')])
    const three = await outbox.open(channel, session('three'), 'app-1')
    const next = await open({}, { memory, chat })
    const four = await next.outbox.open(channel, session('four'), 'app-1')
    expect(new Set([one, two, three, four].map(placeKey)).size).toBe(1)
    expect(chat.messages.map(({ card: { title } }) => title)).toEqual(['four'])
  })

  test('that is gone is made anew, once it was forgotten or was found to be gone', async () => {
    let isGone = false
    const { chat, memory, outbox } = await open({
      fate: ({ what }) => (isGone && what === 'edit' ? { before: gone('thread') } : undefined),
    })
    const first = await outbox.open(channel, session(), 'app-1')
    await memory.live('app-1', first)
    await memory.unplace('app-1')
    const second = await outbox.open(channel, session(), 'app-1')
    isGone = true
    const third = await outbox.open(channel, session('changed'), 'app-1')
    expect(new Set([first, second, third].map(placeKey)).size).toBe(3)
    expect(chat.threads()).toEqual([first, second, third])
  })

  test('waits as an answer at least, and as what is most pressing of those who ask', async () => {
    const door = gate()
    const busyOnce = fates(busy(1_000))
    const { chat, outbox, time } = await open({ fate: busyOnce, during: () => door.opened })
    door.open()
    const all: Promise<unknown>[] = [outbox.show(threadOf('x'), card('first'))]
    await turn()
    all.push(
      outbox.show(threadOf('y'), card('news')),
      outbox.show(threadOf('y'), card('result', 'result', { kind: 'result' })),
      outbox.open(channel, session(), 'app-1'),
      outbox.open(channel, card('session:app-2', 'asks', { kind: 'approval' }), 'app-2'),
      outbox.open(channel, card('session:app-2'), 'app-2'),
    )
    await time.until(Promise.all(all))
    expect(chat.log().slice(1)).toEqual(['open session:app-2', 'post result', 'open session:app-1', 'post first', 'post news'])
  })

  test('is just a name where the platform has none', async () => {
    const { chat, outbox } = await open({ hasThreads: false })
    const place = await outbox.open(channel, session(), 'app-1')
    expect(place).toEqual(threadOf('app-1'))
    expect(chat.titles(place)).toEqual(['it begins'])
  })

  test('of which nobody knows whether it was made is looked for, and shows the newest', async () => {
    const { chat, outbox, time } = await open({ fate: fates({ after: uncertain }) })
    const first = outbox.open(channel, session('one'), 'app-1')
    await turn()
    const places = await time.until(Promise.all([first, outbox.open(channel, session('two'), 'app-1')]))
    await time.passes(0)
    expect(new Set(places.map(placeKey)).size).toBe(1)
    expect(chat.messages.map(({ card: { title } }) => title)).toEqual(['two'])
  })
})

describe('pitfall 16: a channel that has another id now', () => {
  const now: Place = { ...channel, channel: 'new' }
  const moving = () => open({ fate: ({ place }) => (place.channel === 'main' ? { before: movedTo('new') } : undefined) })

  test('gets there what was to be shown at its top, and what comes later; nobody asks the old one again', async () => {
    const { chat, outbox } = await moving()
    await Promise.all([outbox.show(channel, card('a')), outbox.open(channel, card('session:app-1'), 'app-1')])
    await outbox.show(channel, card('b'))
    expect(chat.titles(now).toSorted()).toEqual(['a', 'b', 'session:app-1'])
    expect(chat.calls.filter(({ place }) => place.channel === 'main').length).toBeLessThanOrEqual(2)
  })

  test('has lost its threads: whoever shows something in one hears of it, and knows the new channel', async () => {
    const { memory, outbox } = await moving()
    await memory.live('app-1', threadOf('app-1'))
    await expect(outbox.show(threadOf('app-1'), card('a'))).rejects.toMatchObject({ code: 'PLACE_GONE', facts: { what: 'thread' } })
    expect([memory.placeOf('app-1'), memory.channelOf('app-1')]).toEqual([null, now])
  })

  test('is not followed in circles', async () => {
    const { chat, outbox } = await open({ fate: ({ place }) => ({ before: movedTo(place.channel === 'main' ? 'new' : 'main') }) })
    await expect(outbox.show(channel, card('a'))).rejects.toMatchObject({ code: expect.stringMatching(/^PLACE_/) })
    expect(chat.calls.length).toBeLessThan(20)
  })
})

describe('the end', () => {
  test('nothing more is sent, who waits hears of it, and no timer is left', async () => {
    const { chat, outbox, time } = await open({ fate: fates(busy(5_000)) })
    const waits = outbox.show(channel, card('a'))
    await turn()
    outbox.stop()
    await expect(waits).rejects.toMatchObject({ code: 'CHAT_UNREACHABLE' })
    await expect(outbox.show(channel, card('b'))).rejects.toMatchObject({ code: 'CHAT_UNREACHABLE' })
    await turn()
    expect([chat.calls.length, time.waiting()]).toEqual([1, 0])
  })

  test('it is quiet once what was under way is finished', async () => {
    const door = gate()
    const { chat, outbox } = await open({ during: () => door.opened })
    const shown = outbox.show(channel, card('a'))
    await turn()
    outbox.stop()
    const quiet = outbox.quiet()
    door.open()
    await Promise.all([quiet, shown])
    expect(chat.titles(channel)).toEqual(['a'])
  })
})
