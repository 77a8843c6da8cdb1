import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ChatAdapter } from '../../../bot/contracts/adapter.ts'
import type { Card } from '../../../bot/contracts/card.ts'
import { fault } from '../../../bot/contracts/faults.ts'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { createOutbox, type Outbox } from '../../../bot/deliver/outbox.ts'
import { type ChatMemory, createMemory, emptyMemory, type Memory } from '../../../bot/memory/chat.ts'
import { silent } from '../../../core/kit/log.ts'
import { channel, threadOf } from '../chat.ts'
import { approval, card, type Fate, openPlatform, type Platform } from './platform.ts'
import { makeTime, type Time } from './time.ts'

const never = new Promise<never>(() => {})

/** What outlives a bot: the platform, and what is on disk. */
const openWorld = (fates: readonly Fate[] = []) => ({
  platform: openPlatform({ fate: (_call, count) => fates[count - 1] }),
  disk: JSON.stringify(emptyMemory()),
})
type World = ReturnType<typeof openWorld>

/** One life of the outbox. Just before or just after its `lastStep`-th write or call it is gone, and nothing it does happens any more. */
const live = async (world: World, lastStep: number, does: (outbox: Outbox, memory: Memory, time: Time) => Promise<unknown>) => {
  let steps = 0
  let end: () => void = () => {}
  const ended = new Promise<'died'>((resolve) => {
    end = () => resolve('died')
  })
  const isDead = (): boolean => {
    if (steps < lastStep) steps += 1
    if (steps >= lastStep) end()
    return steps >= lastStep
  }
  const value: ChatMemory = JSON.parse(world.disk)
  const memory = createMemory({
    value,
    update: async (change) => {
      if (isDead()) return never
      change(value)
      world.disk = JSON.stringify(value)
      if (isDead()) return never
    },
  })
  const mortal =
    <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      if (isDead()) return never
      const result = call(...args)
      await result.catch(() => {}) // its caller hears of it
      return isDead() ? never : result
    }
  const { adapter } = world.platform
  const open = adapter.open ?? (() => never)
  const mortalAdapter: ChatAdapter = { ...adapter, post: mortal(adapter.post), edit: mortal(adapter.edit), open: mortal(open) }
  const time = makeTime()
  const outbox = createOutbox({
    adapterOf: () => mortalAdapter,
    memory,
    accountOf: () => null,
    log: silent,
    now: time.now,
    sleep: time.sleep,
  })
  return time.until(Promise.race([ended, does(outbox, memory, time).then(() => 'lived' as const)]))
}

/** How often that text stands in the chat as a title, or as a line of a message of many. */
const timesSeen = ({ messages }: Platform, title: string): number =>
  messages.reduce((count, { card: { title: own, lines } }) => count + [own, ...lines].filter((text) => text.startsWith(title)).length, 0)

type Story = { readonly does: (outbox: Outbox) => Promise<unknown>; readonly seen: readonly string[]; readonly messages: number | null }
const inTurn = async (outbox: Outbox, place: Place, ...cards: readonly Card[]): Promise<void> => {
  for (const one of cards) await outbox.show(place, one)
}
const settled = (session: string): Card => card(`alert:${session}`, `${session} is settled`)

const stories: Readonly<
  Record<
    string,
    { readonly first: Story['does']; readonly again: Story['does']; readonly seen: readonly string[]; readonly messages: number | null }
  >
> = {
  'a card that changes, and a result': {
    first: (outbox) =>
      inTurn(outbox, channel, card('a', 'one'), card('a', 'two'), card('a', 'one'), card('result', 'it is done', { kind: 'result' })),
    again: (outbox) => inTurn(outbox, channel, card('a', 'one'), card('result', 'it is done', { kind: 'result' })),
    seen: ['one', 'it is done'],
    messages: 2,
  },
  'a thread, and what stands in it': {
    first: async (outbox) => {
      const place = await outbox.open(channel, card('session:app-1', 'it begins'), 'app-1')
      await inTurn(outbox, place, card('session:app-1', 'it works'), card('b', 'news'))
    },
    again: async (outbox) => {
      const place = await outbox.open(channel, card('session:app-1', 'it ended'), 'app-1')
      await inTurn(outbox, place, card('session:app-1', 'it ended'), card('b', 'news'))
    },
    seen: ['it ended', 'news'],
    messages: 2,
  },
  'approvals one by one, and then eight at once': {
    first: (outbox) => Promise.all([1, 2, 3].map((n) => outbox.show(threadOf(`app-${n}`), approval(`app-${n}`)))),
    again: (outbox) => Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => outbox.show(threadOf(`app-${n}`), approval(`app-${n}`)))),
    seen: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `app-${n} waits`),
    messages: null,
  },
  'eight approvals that are one message, two of them settled': {
    first: async (outbox) => {
      await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((n) => outbox.show(threadOf(`app-${n}`), approval(`app-${n}`))))
      await outbox.show(threadOf('app-1'), settled('app-1'))
      await outbox.show(threadOf('app-2'), settled('app-2'))
    },
    again: (outbox) =>
      Promise.all(
        [1, 2, 3, 4, 5, 6, 7, 8].map((n) => outbox.show(threadOf(`app-${n}`), n < 3 ? settled(`app-${n}`) : approval(`app-${n}`))),
      ),
    seen: ['app-1 is settled', 'app-2 is settled', ...[3, 4, 5, 6, 7, 8].map((n) => `app-${n} waits`)],
    messages: null,
  },
}

const expectRight = (world: World, { seen, messages }: Pick<Story, 'seen' | 'messages'>, when: string): void => {
  expect(
    seen.map((title) => [title, timesSeen(world.platform, title)]),
    when,
  ).toEqual(seen.map((title) => [title, 1]))
  if (messages !== null) expect(world.platform.messages, when).toHaveLength(messages)
  expect(Object.keys(JSON.parse(world.disk).sendings), when).toEqual([])
}

describe.each(Object.entries(stories))('%s', (_name, story) => {
  test('pitfall 12: wherever the bot dies, nothing is lost, nothing is there twice, and the newest is on show', async () => {
    let deaths = 0
    for (let step = 1; ; step += 1) {
      const world = openWorld()
      const how = await live(world, step, story.first)
      await live(world, Number.POSITIVE_INFINITY, story.again)
      expectRight(world, story, `gone at step ${step}`)
      if (how === 'lived') break
      deaths += 1
    }
    expect(deaths).toBeGreaterThan(6)
  })

  test('pitfall 12: nor when the platform fails as it likes meanwhile, and it dies twice', async () => {
    const platform = 'chat'
    const fates: readonly Fate[] = [
      undefined,
      { before: fault('CHAT_BUSY', { platform, retryAfterMs: 3_000, isEverywhere: false }) },
      { before: fault('CHAT_BUSY', { platform, retryAfterMs: 3_000, isEverywhere: true }) },
      { before: fault('CHAT_UNREACHABLE', { platform, problem: 'no network' }) },
      { before: fault('CHAT_UNCERTAIN', { platform, problem: 'a time-out' }) },
      { after: fault('CHAT_UNCERTAIN', { platform, problem: 'a lost answer' }) },
      { after: new Error('a bug') },
    ]
    // What nobody can explain is given up in the end, and then it is not on show.
    const isBearable = (indexes: readonly number[]): boolean => indexes.filter((index) => index === fates.length - 1).length < 6
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: fates.length - 1 }), { maxLength: 12 }).filter(isBearable),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        async (drawn, one, two) => {
          const world = openWorld(drawn.map((index) => fates[index]))
          await live(world, one, story.first)
          await live(world, two, story.again)
          await live(world, Number.POSITIVE_INFINITY, story.again)
          expectRight(world, story, 'in the end')
        },
      ),
      { numRuns: 80 },
    )
  })
})
