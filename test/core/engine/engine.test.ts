import { describe, expect, test } from 'vitest'
import type { Machine } from '../../../core/contracts/engine.ts'
import type { Log } from '../../../core/contracts/plugins.ts'
import type { Journal } from '../../../core/contracts/store.ts'
import { type Clock, createEngine, type Perform } from '../../../core/engine/engine.ts'
import { catalogue, row } from '../../../core/kit/fault.ts'
import { fault as storeFault } from '../../../core/store/fault.ts'
import { openMemoryJournal } from '../../../core/store/memory.ts'

/*
 * A kitchen: dishes are ordered, cooked and served; an egg rings after a second. Ordering what is on its way is refused.
 */
type Fact =
  | { readonly type: 'ordered' | 'served' | 'cancelled'; readonly dish: string }
  | { readonly type: 'egg.set'; readonly ringsAt: number }
  | { readonly type: 'egg.rang' }
  | { readonly type: 'closed' | 'opened' }
type Order = { readonly dish: string; readonly since: number }
type Kitchen = {
  readonly id: string
  readonly seq: number
  readonly orders: readonly Order[]
  readonly served: readonly string[]
  readonly ringsAt: number | null
  readonly isClosed: boolean
}
type Input = { readonly at: number } & (
  | { readonly order: string }
  | { readonly cancel: string }
  | { readonly served: string }
  | { readonly egg: true }
  | { readonly close: boolean }
  | { readonly look: true }
  | { readonly tick: true }
)

const fault = catalogue({
  ORDERED_ALREADY: row<{ dish: string }>(
    (f) => `${f.dish} is on its way.`,
    () => 'Wait.',
  ),
})

const kitchen: Machine<Kitchen, Input, Fact, Order> = {
  unborn: (id) => ({ id, seq: 0, orders: [], served: [], ringsAt: null, isClosed: false }),
  decide: (state, input) => {
    if ('order' in input) {
      if (state.orders.some(({ dish }) => dish === input.order)) throw fault('ORDERED_ALREADY', { dish: input.order })
      return [{ type: 'ordered', dish: input.order }]
    }
    if ('cancel' in input) return [{ type: 'cancelled', dish: input.cancel }]
    if ('served' in input) return [{ type: 'served', dish: input.served }]
    if ('egg' in input) return [{ type: 'egg.set', ringsAt: input.at + 1_000 }]
    if ('close' in input) return [{ type: input.close ? 'closed' : 'opened' }]
    return state.ringsAt !== null && input.at >= state.ringsAt ? [{ type: 'egg.rang' }] : []
  },
  evolve: (old, fact) => {
    const next = { ...old, seq: old.seq + 1 }
    switch (fact.type) {
      case 'ordered':
        return { ...next, orders: [...old.orders, { dish: fact.dish, since: next.seq }] }
      case 'served':
        return { ...next, orders: old.orders.filter(({ dish }) => dish !== fact.dish), served: [...old.served, fact.dish] }
      case 'cancelled':
        return { ...next, orders: old.orders.filter(({ dish }) => dish !== fact.dish) }
      case 'egg.set':
        return { ...next, ringsAt: fact.ringsAt }
      case 'egg.rang':
        return { ...next, ringsAt: null }
      default:
        return { ...next, isClosed: fact.type === 'closed' }
    }
  },
  wants: ({ orders }) => orders,
  due: ({ ringsAt }, after) => (ringsAt !== null && ringsAt > after ? ringsAt : null),
  isOver: ({ isClosed }) => isClosed,
  keyOf: ({ dish, since }) => `${since}/${dish}`,
}

/** Time that passes when it is told to. */
const manualClock = () => {
  let now = 0
  let timers: { readonly at: number; readonly callback: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    wakeAt: (at, callback) => {
      const timer = { at, callback }
      timers.push(timer)
      return () => {
        timers = timers.filter((one) => one !== timer)
      }
    },
  }
  return {
    clock,
    timers: () => timers.length,
    pass: (durationMs: number): void => {
      now += durationMs
      const ripe = timers.filter(({ at }) => at <= now)
      timers = timers.filter(({ at }) => at > now)
      for (const { callback } of ripe) callback()
    },
  }
}

/** One effect that was begun; the test decides when and how it ends. */
type Begun = { readonly key: string; readonly signal: AbortSignal; readonly serve: () => void; readonly ruin: (error: Error) => void }

/** A journal with the faults of a real one, on request. */
const fragile = (inner: Journal<Fact>) => {
  const state = { isFull: false, isDamaged: false, reads: 0, gate: Promise.resolve() }
  const journal: Journal<Fact> = {
    ...inner,
    read: async (id) => {
      state.reads += 1
      if (state.isDamaged) throw storeFault('JOURNAL_DAMAGED', { file: id, line: 1, reason: 'is torn' })
      return inner.read(id)
    },
    append: async (id, facts, seq) => {
      await state.gate
      if (state.isFull) throw storeFault('JOURNAL_FULL', { file: id, reason: 'no space' })
      await inner.append(id, facts, seq)
    },
  }
  return { journal, state }
}

const open = (inner: Journal<Fact> = openMemoryJournal<Fact>()) => {
  const { journal, state } = fragile(inner)
  const time = manualClock()
  const begun: Begun[] = []
  const published: string[] = []
  const logged: string[] = []
  const log: Log = {
    debug: () => {},
    info: () => {},
    warn: (event) => void logged.push(event),
    error: (event) => void logged.push(event),
  }
  const perform: Perform<Order, Input> = ({ dish }, { key, signal }) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
      begun.push({ key, signal, serve: () => resolve({ at: time.clock.now(), served: dish }), ruin: reject })
    })
  const engine = createEngine<Kitchen, Input, Fact, Order>(
    {
      machine: kitchen,
      journal,
      perform,
      clock: time.clock,
      publish: (_state, facts, id) => void published.push(...facts.map(({ type }) => `${id} ${type}`)),
      log,
    },
    (at) => ({ at, tick: true }),
  )
  const at = 0
  return {
    engine,
    journal: inner,
    disk: state,
    time,
    begun,
    published,
    logged,
    keys: () => begun.map(({ key }) => key),
    order: (dish: string, id = 'k') => engine.accept(id, { at, order: dish }),
    cancel: (dish: string) => engine.accept('k', { at, cancel: dish }),
    look: (id = 'k') => engine.accept(id, { at: time.clock.now(), look: true }),
    egg: () => engine.accept('k', { at: time.clock.now(), egg: true }),
    close: (isClosed = true) => engine.accept('k', { at, close: isClosed }),
    types: async (id = 'k') => (await inner.read(id)).map(({ type }) => type),
    /** Lets everything happen that can happen without the clock. */
    settle: async (): Promise<void> => {
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
    },
  }
}

describe('inputs', () => {
  test('of one stream are taken one after the other, in the order they came', async () => {
    const { order, types, keys } = open()
    const results = await Promise.allSettled([order('soup'), order('soup'), order('fish')])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await types()).toEqual(['ordered', 'ordered'])
    expect(keys()).toEqual(['k/1/soup', 'k/2/fish'])
  })
  test('that are refused do not hold up the next, and change nothing', async () => {
    const { order, published } = open()
    await order('soup')
    await expect(order('soup')).rejects.toMatchObject({ code: 'ORDERED_ALREADY' })
    await expect(order('fish')).resolves.toEqual([{ type: 'ordered', dish: 'fish' }])
    expect(published).toEqual(['k ordered', 'k ordered'])
  })
  test('of another stream do not wait', async () => {
    const { order, disk, settle } = open()
    await order('bread', 'b')
    let release = (): void => {}
    disk.gate = new Promise((resolve) => {
      release = resolve
    })
    const slow = order('soup', 'a')
    await settle()
    disk.gate = Promise.resolve()
    await expect(order('fish', 'b')).resolves.toHaveLength(1)
    release()
    await expect(slow).resolves.toHaveLength(1)
  })
  test('are answered once their facts are kept, and published after that', async () => {
    const { engine, journal, published } = open()
    const facts = await engine.accept('k', { at: 0, order: 'soup' })
    expect(await journal.read('k')).toEqual(facts)
    expect(published).toEqual(['k ordered'])
  })
})

describe('effects', () => {
  test('run outside the queue: a slow one holds up nobody', async () => {
    const { order, begun, types, settle } = open()
    await order('soup')
    await order('fish')
    begun[1]?.serve()
    await settle()
    expect(await types()).toEqual(['ordered', 'ordered', 'served'])
  })
  test('are begun once for a key, however often it is wanted', async () => {
    const { order, look, keys } = open()
    await order('soup')
    await look()
    await order('fish')
    expect(keys()).toEqual(['k/1/soup', 'k/2/fish'])
  })
  test('that are no longer wanted are aborted; the others go on', async () => {
    const { order, cancel, begun, logged, settle } = open()
    await order('soup')
    await order('fish')
    await cancel('soup')
    await settle()
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([true, false])
    expect(logged).toEqual([])
  })
  test('that throw are told to the log, and the stream goes on', async () => {
    const { order, begun, logged, settle, keys } = open()
    await order('soup')
    begun[0]?.ruin(new Error('burnt'))
    await settle()
    expect(logged).toEqual(['engine.effect.lost'])
    await order('fish')
    expect(keys()).toEqual(['k/1/soup', 'k/2/fish'])
  })
  test('that throw what may pass are begun again with the next input', async () => {
    const { order, begun, look, settle, keys } = open()
    await order('soup')
    begun[0]?.ruin(storeFault('JOURNAL_FULL', { file: 'x', reason: 'no space' }))
    await settle()
    await look()
    expect(keys()).toEqual(['k/1/soup', 'k/1/soup'])
  })
})

describe('a journal', () => {
  test('that somebody else wrote to is read again, and the input decided again', async () => {
    const { order, journal, engine } = open()
    await order('soup')
    await journal.append('k', [{ type: 'ordered', dish: 'fish' }], 1)
    await expect(order('fish')).rejects.toMatchObject({ code: 'ORDERED_ALREADY' })
    await order('cake')
    expect((await engine.state('k')).orders.map(({ dish }) => dish)).toEqual(['soup', 'fish', 'cake'])
  })
  test('that is full refuses a wish, and nothing of it is taken in', async () => {
    const { order, disk, engine, keys } = open()
    disk.isFull = true
    await expect(order('soup')).rejects.toMatchObject({ code: 'JOURNAL_FULL' })
    expect((await engine.state('k')).orders).toEqual([])
    expect(keys()).toEqual([])
    disk.isFull = false
    await order('soup')
    expect(keys()).toEqual(['k/1/soup'])
  })
  test('that is full does not lose what was seen of an effect: it waits until there is room', async () => {
    const { order, begun, disk, time, settle, types, logged } = open()
    await order('soup')
    disk.isFull = true
    begun[0]?.serve()
    await settle()
    expect(logged).toEqual(['engine.journal.waits'])
    time.pass(250)
    await settle()
    time.pass(499)
    await settle()
    expect(logged).toHaveLength(2) // it waits longer each time
    disk.isFull = false
    time.pass(1)
    await settle()
    expect(await types()).toEqual(['ordered', 'served'])
  })
  test('that is damaged freezes its stream until it is mended', async () => {
    const { order, disk } = open()
    disk.isDamaged = true
    await expect(order('soup')).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' })
    disk.isDamaged = false
    await expect(order('soup')).resolves.toHaveLength(1)
  })
})

describe('the clock', () => {
  test('ticks when something is due, not before, and once', async () => {
    const { egg, time, settle, types } = open()
    await egg()
    time.pass(999)
    await settle()
    expect(await types()).toEqual(['egg.set'])
    time.pass(1)
    await settle()
    expect(await types()).toEqual(['egg.set', 'egg.rang'])
    expect(time.timers()).toBe(0)
  })
  test('has one timer a stream, set anew with each input', async () => {
    const { egg, time, settle, types } = open()
    await egg()
    time.pass(500)
    await egg()
    expect(time.timers()).toBe(1)
    time.pass(600)
    await settle()
    expect(await types()).toEqual(['egg.set', 'egg.set'])
    time.pass(400)
    await settle()
    expect(await types()).toEqual(['egg.set', 'egg.set', 'egg.rang'])
  })
  test('a tick the journal cannot take is not lost', async () => {
    const { egg, time, disk, settle, types } = open()
    await egg()
    disk.isFull = true
    time.pass(1_000)
    await settle()
    disk.isFull = false
    time.pass(250)
    await settle()
    expect(await types()).toEqual(['egg.set', 'egg.rang'])
  })
})

describe('a stream that is over', () => {
  test('leaves memory once nothing is wanted of it, and is read again when asked for', async () => {
    const { order, begun, close, disk, engine, settle } = open()
    await order('soup')
    await close()
    await engine.state('k')
    expect(disk.reads).toBe(1)
    begun[0]?.serve()
    await settle()
    expect((await engine.state('k')).served).toEqual(['soup'])
    expect(disk.reads).toBe(2)
  })
  test('takes what waits behind its end to its successor: nothing is begun twice', async () => {
    const { order, close, look, keys, types } = open()
    await Promise.all([close(), close(false), order('soup')])
    await look()
    expect(await types()).toEqual(['closed', 'opened', 'ordered'])
    expect(keys()).toEqual(['k/3/soup'])
  })
})

describe('an end', () => {
  test('stopping is quiet: effects are aborted, timers gone, nothing is taken in any more', async () => {
    const { engine, order, egg, begun, time, logged, types } = open()
    await order('soup')
    await egg()
    await engine.stop()
    expect(begun[0]?.signal.aborted).toBe(true)
    expect(time.timers()).toBe(0)
    await expect(order('fish')).rejects.toThrow('stopped')
    expect(await types()).toEqual(['ordered', 'egg.set'])
    expect(logged).toEqual([])
  })
  test('stopping does not wait for a full disk', async () => {
    const { engine, order, begun, disk, settle, time } = open()
    await order('soup')
    disk.isFull = true
    begun[0]?.serve()
    await settle()
    await engine.stop()
    expect(time.timers()).toBe(0)
  })
  test('after a crash the same is wanted under the same keys, and goes on', async () => {
    const before = open()
    await before.order('soup')
    await before.order('fish')
    before.begun[0]?.serve()
    await before.settle()

    const after = open(before.journal)
    await after.look()
    expect(after.keys()).toEqual(['k/2/fish'])
    expect(before.keys()).toContain('k/2/fish')
    after.begun[0]?.serve()
    await after.engine.drain()
    expect((await after.engine.state('k')).served).toEqual(['soup', 'fish'])
  })
})
