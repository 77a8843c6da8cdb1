import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Pace } from '../../../bot/contracts/adapter.ts'
import type { Card } from '../../../bot/contracts/card.ts'
import { fault } from '../../../bot/contracts/faults.ts'
import { createOutbox } from '../../../bot/deliver/outbox.ts'
import { createMemory, emptyMemory } from '../../../bot/memory/chat.ts'
import { silent } from '../../../core/kit/log.ts'
import { openMemoryDocuments } from '../../../core/store/memory.ts'
import { channel, threadOf } from '../chat.ts'
import { approval, card, type Fate, openPlatform } from './platform.ts'
import { makeTime, turn } from './time.ts'

/** A Telegram group: 20 messages a minute, and as many edits. */
const group: Pace = { posts: { burst: 8, perMinute: 12 }, edits: { burst: 8, perMinute: 12 }, editEveryMs: 3_000 }

const openGroup = async (limits: Pace = group) => {
  const time = makeTime()
  const sent: { readonly what: 'post' | 'edit' | 'open'; readonly at: number; readonly ref: string }[] = []
  const platform = openPlatform({
    limits: { pace: () => limits, account: { posts: { burst: 30, perMinute: 900 }, edits: { burst: 30, perMinute: 900 } } },
    during: async ({ what, card: { key }, place }) => void sent.push({ what, at: time.now(), ref: `${place.thread} ${key}` }),
  })
  const memory = createMemory(await openMemoryDocuments().open('chats', emptyMemory()))
  const outbox = createOutbox({
    adapterOf: () => platform.adapter,
    memory,
    accountOf: () => null,
    log: silent,
    now: time.now,
    sleep: time.sleep,
  })
  return { time, sent, platform, memory, outbox }
}

const busy: Fate = { before: fault('CHAT_BUSY', { platform: 'chat', retryAfterMs: 3_000, isEverywhere: false }) }
/** A platform without limits that fails as `fate` says for each call, counted from 1. */
const openFailing = async (fate: (count: number, key: string) => Fate) => {
  const time = makeTime()
  const chat = openPlatform({ fate: ({ card: { key } }, count) => fate(count, key) })
  const memory = createMemory(await openMemoryDocuments().open('chats', emptyMemory()))
  const outbox = createOutbox({
    adapterOf: () => chat.adapter,
    memory,
    accountOf: () => null,
    log: silent,
    now: time.now,
    sleep: time.sleep,
  })
  return { time, chat, memory, outbox }
}

/** The most of them within any minute. */
const mostInAMinute = (at: readonly number[]): number =>
  at.reduce((most, from) => Math.max(most, at.filter((one) => one >= from && one <= from + 60_000).length), 0)

type Event = { readonly at: number; readonly session: number; readonly what: 'status' | 'result' | 'reply' | 'question' | 'approval' }
const minutes = 4
const noise = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: minutes * 60_000 }),
    session: fc.integer({ min: 1, max: 30 }),
    what: fc.constantFrom('status' as const, 'status' as const, 'status' as const, 'result' as const, 'reply' as const),
  }),
  { minLength: 200, maxLength: 300 },
)
/** Five in each minute: at any moments, or all at once. */
const decisions = fc
  .array(
    fc.oneof(
      fc.array(fc.integer({ min: 0, max: 59_999 }), { minLength: 5, maxLength: 5 }),
      fc.integer({ min: 0, max: 59_999 }).map((at) => Array.from({ length: 5 }, () => at)),
    ),
    { minLength: minutes, maxLength: minutes },
  )
  .map((all) =>
    all.flatMap((times, minute) =>
      times.map((at, n): Event => ({ at: minute * 60_000 + at, session: minute * 5 + n + 1, what: 'approval' })),
    ),
  )

describe('pitfall 19: thirty agents in one Telegram group', () => {
  test('no approval waits more than five seconds, whatever else is said; at most 20 messages and 20 edits in any minute', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(noise, decisions, async (some, asked) => {
        const { time, sent, platform, outbox } = await openGroup()
        const waited: number[] = []
        const news = new Map<number, string>()
        const all: Promise<void>[] = []
        const show = ({ at, session, what }: Event, index: number): void => {
          const id = `app-${session}`
          if (what === 'approval') {
            all.push(outbox.show(threadOf(id), approval(id, { key: `alert:${index}` })).then(() => void waited.push(time.now() - at)))
            return
          }
          if (what === 'status') news.set(session, `state ${index}`)
          const key = what === 'status' ? `session:${id}` : `${what}:${index}`
          all.push(outbox.show(threadOf(id), card(key, `state ${index}`, { kind: what })))
        }
        const events: readonly Event[] = [...some, ...asked].sort((a, b) => a.at - b.at)
        for (const [index, event] of events.entries()) {
          await time.passes(event.at - time.now())
          show(event, index)
        }
        await time.until(Promise.all(all))
        expect(waited).toHaveLength(minutes * 5)
        expect(Math.max(...waited)).toBeLessThanOrEqual(5_000)
        expect(mostInAMinute(sent.filter(({ what }) => what === 'post').map(({ at }) => at))).toBeLessThanOrEqual(20)
        expect(mostInAMinute(sent.filter(({ what }) => what === 'edit').map(({ at }) => at))).toBeLessThanOrEqual(20)
        // The last state of every session is on show in the end.
        for (const [session, title] of news) expect(platform.titles(threadOf(`app-${session}`))).toContain(title)
      }),
      { numRuns: 8 },
    )
  })

  test('six at once are one message, with a line and a button each', async () => {
    const { platform, memory, outbox } = await openGroup()
    await Promise.all([1, 2, 3, 4, 5, 6].map((n) => outbox.show(threadOf(`app-${n}`), approval(`app-${n}`))))
    expect(platform.messages).toHaveLength(1)
    const [message] = platform.messages
    expect(message?.ref.place).toEqual(channel)
    expect(message?.card).toMatchObject({ kind: 'approval', tone: 'ask', title: '6 sessions need you' })
    expect(message?.card.lines).toEqual([1, 2, 3, 4, 5, 6].map((n) => `app-${n} waits for your decision`))
    expect(message?.card.buttons.map(({ label }) => label)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `app-${n}: Approve`))
    const [first] = message?.card.buttons ?? []
    expect(memory.press(first?.id ?? '')).toEqual({ say: 'approve app-1', about: approval('app-1').about, offer: null })
    expect(memory.shownAt(threadOf('app-1'))['alert:app-1']).toMatchObject({ ref: message?.ref, about: approval('app-1').about })
    expect(memory.aboutAt(channel, 'app-4')).toEqual(approval('app-4').about)
  })

  test('five at once are five messages while there is room, and one where there is not', async () => {
    const { time, platform, outbox } = await openGroup()
    const five = (from: number) => [0, 1, 2, 3, 4].map((n) => outbox.show(threadOf(`app-${from + n}`), approval(`app-${from + n}`)))
    await Promise.all(five(1))
    expect(platform.messages).toHaveLength(5)
    await time.until(Promise.all(five(6)))
    expect(platform.messages).toHaveLength(6)
    expect(platform.messages.at(-1)?.card.title).toBe('5 sessions need you')
  })

  test('a card of many that is settled says so in its line, and its button goes; when all are, nobody is needed', async () => {
    const { time, platform, outbox } = await openGroup()
    const settle = (n: number) => outbox.show(threadOf(`app-${n}`), card(`alert:app-${n}`, `app-${n} · settled: merged`))
    await Promise.all([1, 2, 3, 4, 5, 6].map((n) => outbox.show(threadOf(`app-${n}`), approval(`app-${n}`))))
    await time.until(settle(2))
    expect(platform.messages).toHaveLength(1)
    const now = () => platform.messages[0]?.card
    expect([now()?.title, now()?.lines[1]]).toEqual(['5 sessions need you', 'app-2 · settled: merged'])
    expect(now()?.buttons.map(({ label }) => label)).not.toContain('app-2: Approve')
    expect(now()?.buttons).toHaveLength(5)
    await time.until(Promise.all([1, 3, 4, 5, 6].map(settle)))
    expect(now()).toMatchObject({ title: 'Nobody is needed here any more: all 6 are settled.', tone: 'calm', kind: 'status', buttons: [] })
    // One redraw for the first, one for all the others together.
    expect(platform.log().map((line) => line.slice(0, 4))).toEqual(['post', 'edit', 'edit'])
  })

  test('of several cards in one message, one that asks for something else has its new button', async () => {
    const { time, platform, memory, outbox } = await openGroup()
    await Promise.all([1, 2, 3, 4, 5, 6].map((n) => outbox.show(threadOf(`app-${n}`), approval(`app-${n}`))))
    const form = { title: 'Why not?', label: 'Reason' }
    const changed: Card = approval('app-3', {
      title: 'app-3 has a new head',
      actions: [{ label: 'Reject', say: 'reject app-3 {text}', isRisky: true, form }],
    })
    await time.until(outbox.show(threadOf('app-3'), changed))
    const button = platform.messages[0]?.card.buttons[2]
    expect(button).toMatchObject({ label: 'app-3: Reject', isRisky: true })
    expect(memory.press(button?.id ?? '')).toEqual({ say: 'reject app-3 {text}', about: changed.about, offer: null, form })
  })

  test('what a card of another message was about stays the last that was said of its session', async () => {
    const { time, memory, outbox } = await openGroup()
    await Promise.all([1, 2, 3, 4, 5, 6].map((n) => outbox.show(threadOf(`app-${n}`), approval(`app-${n}`))))
    const about = { session: 'app-3', change: null, request: 'newer' }
    await time.until(outbox.show(threadOf('app-3'), approval('app-3', { key: 'later', about })))
    await time.until(outbox.show(threadOf('app-1'), card('alert:app-1', 'settled')))
    expect(memory.aboutAt(channel, 'app-3')).toEqual(about)
  })

  test('one that was refused because of the rate may stand with those that came meanwhile', async () => {
    const { chat, memory, time, outbox } = await openFailing((count) => (count === 1 ? busy : undefined))
    const all = [outbox.show(threadOf('app-1'), approval('app-1'))]
    await turn()
    all.push(...[2, 3, 4, 5, 6].map((n) => outbox.show(threadOf(`app-${n}`), approval(`app-${n}`))))
    await time.until(Promise.all(all))
    expect(chat.messages.map(({ card: { lines } }) => lines.length)).toEqual([6])
    expect(memory.onItsWay(threadOf('app-1'), 'alert:app-1')).toBeNull()
  })

  test('a message of many of which nobody knows whether it arrived is not there twice, however it is asked for', async () => {
    const { chat, time, outbox } = await openFailing((count) => (count <= 6 ? { after: new Error('a bug') } : undefined))
    const all = () => Promise.all([1, 2, 3, 4, 5, 6].map((n) => outbox.show(threadOf(`app-${n}`), approval(`app-${n}`))))
    await expect(time.until(all())).rejects.toThrow('a bug')
    await time.until(all())
    expect(chat.messages).toHaveLength(1)
  })

  test('a message of many that is refused as a whole is sent as many messages', async () => {
    const refused: Fate = { before: fault('CHAT_REFUSED', { platform: 'chat', problem: 'too odd' }) }
    const { chat, time, outbox } = await openFailing((_count, key) => (key.startsWith('fold:') ? refused : undefined))
    await time.until(Promise.all([1, 2, 3, 4, 5, 6].map((n) => outbox.show(threadOf(`app-${n}`), approval(`app-${n}`)))))
    expect(chat.messages).toHaveLength(6)
    await outbox.show(threadOf('app-1'), card('alert:app-1', 'settled'))
    expect(chat.titles(threadOf('app-1'))).toEqual(['settled'])
  })
})

describe('pitfall 21: dozens of notifications', () => {
  test('of one card are one message, edited no faster than the platform likes, and the last state is on show', async () => {
    const { time, sent, platform, outbox } = await openGroup()
    const all = [outbox.show(channel, card('a', 'state 0'))]
    for (let n = 1; n <= 50; n += 1) {
      await time.passes(200)
      all.push(outbox.show(channel, card('a', `state ${n}`)))
    }
    await time.until(Promise.all(all))
    expect(platform.titles(channel)).toEqual(['state 50'])
    const edits = sent.filter(({ what }) => what === 'edit').map(({ at }) => at)
    expect(edits.length).toBeLessThanOrEqual(5)
    for (const [n, at] of edits.slice(1).entries()) expect(at - (edits[n] ?? 0)).toBeGreaterThanOrEqual(3_000)
  })
})

describe('what an account allows', () => {
  test('is shared by all its channels, and decisions find room in it', async () => {
    const time = makeTime()
    const posts = { burst: 10, perMinute: 60 }
    const free = { burst: 1_000, perMinute: 10_000 }
    const platform = openPlatform({
      limits: { pace: () => ({ posts: free, edits: free, editEveryMs: 0 }), account: { posts, edits: free } },
    })
    const memory = createMemory(await openMemoryDocuments().open('chats', emptyMemory()))
    const outbox = createOutbox({
      adapterOf: () => platform.adapter,
      memory,
      accountOf: () => null,
      log: silent,
      now: time.now,
      sleep: time.sleep,
    })
    const at = (n: number) => ({ ...channel, channel: `c${n}` })
    const news = Array.from({ length: 20 }, (_, n) => outbox.show(at(n), card('news')))
    await turn()
    expect(platform.messages).toHaveLength(5)
    await outbox.show(at(30), approval('app-1'))
    expect(platform.messages).toHaveLength(6)
    await time.until(Promise.all(news))
    expect(platform.messages).toHaveLength(21)
  })
})
