import { describe, expect, onTestFinished, test } from 'vitest'
import { drawnCard, eventually, type FakeDoor, fakeDoor, newly, wordsOf } from '../../contracts/adapter.ts'
import { aDiscord, type Made } from './world.ts'

/** The adapter at work. */
const begin = async (
  given: Parameters<typeof aDiscord>[0] = {},
): Promise<Made & { readonly door: FakeDoor; readonly stop: () => Promise<void> }> => {
  const made = await aDiscord(given)
  const door = fakeDoor()
  const stop = await made.adapter.start(door)
  onTestFinished(stop)
  return { ...made, door, stop }
}
const hears = (door: FakeDoor, words: string) =>
  eventually(
    () => door.received.map(({ said }) => wordsOf(said)),
    (all) => all.includes(words),
    10_000,
  )
const isUpAgain = ({ healths }: Made) =>
  eventually(
    () => healths.map(({ state }) => state),
    (states) => states.includes('down') && states.at(-1) === 'up',
    10_000,
  )

describe('the connection', () => {
  test('a wrong token is refused at the start, with the cure', async () => {
    const { adapter, fake } = await aDiscord()
    fake.state.token = 'another-token'
    await expect(adapter.start(fakeDoor())).rejects.toMatchObject({ code: 'CHAT_REFUSED', message: expect.stringContaining('page "Bot"') })
  })

  test('a bot that may not read messages is refused at the start, with the cure', async () => {
    const { adapter, fake, health } = await aDiscord()
    fake.state.mayReadContent = false
    await expect(adapter.start(fakeDoor())).rejects.toMatchObject({
      code: 'CHAT_REFUSED',
      message: expect.stringContaining('Message Content Intent'),
    })
    expect(health()).toMatchObject({ state: 'stopped', detail: expect.stringContaining('Message Content Intent') })
  })

  test('where nobody listens, the start says that Discord cannot be reached', async () => {
    const { adapter, fake } = await aDiscord()
    await fake.close()
    await expect(adapter.start(fakeDoor())).rejects.toMatchObject({ code: 'CHAT_UNREACHABLE' })
  })

  test('a cut takes the session up where it stood: what was said meanwhile is said again, once', async () => {
    const world = await begin()
    world.fake.gateway.drop()
    await world.fake.people.mentions(world.place, 'said into the cut')
    await hears(world.door, 'said into the cut')
    await isUpAgain(world)
    expect(world.fake.gateway.counts).toMatchObject({ identifies: 1, resumes: 1 })
    expect(world.door.received).toHaveLength(1)
  })

  test.each([
    ['Discord asks to connect anew', (fake: Made['fake']) => fake.gateway.ask(7), { identifies: 1, resumes: 1 }],
    ['Discord closes with an unknown error', (fake: Made['fake']) => fake.gateway.closeWith(4000), { identifies: 1, resumes: 1 }],
    ['Discord says that the session is over', (fake: Made['fake']) => fake.gateway.ask(9), { identifies: 2, resumes: 0 }],
    ['Discord closes because the session timed out', (fake: Made['fake']) => fake.gateway.closeWith(4009), { identifies: 2, resumes: 0 }],
  ])('%s: it is up again, and one connection is left', async (_what, trouble, counts) => {
    const world = await begin()
    trouble(world.fake)
    await isUpAgain(world)
    await world.fake.people.mentions(world.place, 'hello')
    await hears(world.door, 'hello')
    expect(world.fake.gateway.counts).toMatchObject({ ...counts, connections: 2 })
  })

  test('what is not stored yet does not count as arrived: after a cut it is said again', async () => {
    const world = await begin()
    let store: () => void = () => {}
    world.door.hold(new Promise((resolve) => (store = resolve)))
    const said = world.fake.people.mentions(world.place, 'hold this')
    world.fake.gateway.drop()
    await isUpAgain(world)
    store()
    await said
    const ids = world.door.received.map(({ id }) => id)
    expect(ids.length, 'before and after the cut').toBeGreaterThanOrEqual(2)
    expect(new Set(ids).size).toBe(1)
  })

  test('pitfall 14: a silent connection is given up within the bound, not when the library notices', async () => {
    const world = await begin({ times: { beatMs: 50, deafMs: 300 } })
    world.fake.gateway.freeze()
    await world.fake.people.mentions(world.place, 'can you hear me?')
    await hears(world.door, 'can you hear me?')
    await isUpAgain(world)
    expect(world.healths.find(({ state }) => state === 'down')?.detail).toMatch(/nothing came for/)
    expect(world.fake.gateway.counts).toMatchObject({ identifies: 1, resumes: 1 })
  })

  test('when the token is taken back later, it says so, and is up again when it is given back', async () => {
    const world = await begin({ times: { againMs: [20, 100] } })
    const { token } = world.fake.state
    world.fake.state.token = 'changed'
    world.fake.gateway.closeWith(4000)
    await eventually(
      () => world.health().detail ?? '',
      (detail) => detail.includes('token is not valid'),
    )
    world.fake.state.token = token
    await isUpAgain(world)
  })

  test('stopped in the middle of a cut, it stays away', async () => {
    const world = await begin({ times: { againMs: [200] } })
    world.fake.gateway.drop()
    await eventually(
      () => world.health().state,
      (state) => state === 'down',
    )
    await world.stop()
    const { connections } = world.fake.gateway.counts
    await new Promise((resolve) => setTimeout(resolve, 700)) // longer than the library waits before it connects by itself
    expect(world.fake.gateway.counts.connections).toBe(connections)
    expect(world.health().state).toBe('stopped')
  })
})

describe('what was missed', () => {
  const opened = async ({ adapter, door, place }: Awaited<ReturnType<typeof begin>>) => {
    const made = await adapter.open?.(place, drawnCard({ title: 'app-1 · working' }), { ...newly(), title: 'app-1' })
    if (!made) throw new Error('It opens no threads.')
    door.knows(made.ref, made.place)
    return made.place
  }

  test('pitfall 15: what was said in a thread while the bot was down comes in order, before what is said now, under the ids it would have had', async () => {
    const world = await begin()
    const thread = await opened(world)
    await world.stop()
    const missed = Array.from({ length: 120 }, (_, index) => `missed ${index}`)
    const messages = missed.map((text) => world.fake.people.speaks(thread, text))
    const stop = await world.again().start(world.door)
    onTestFinished(stop)
    await world.fake.people.says(thread, 'and now')
    await hears(world.door, 'and now')
    // What is said while the history is read comes both ways; the bot drops what it has.
    const once = new Map(world.door.received.map(({ id, said }) => [id, wordsOf(said)]))
    expect([...once.values()]).toEqual([...missed, 'and now'])
    expect(world.door.received.slice(0, 120).map(({ id }) => id)).toEqual(messages.map(({ id }) => `discord:${thread.thread}:${id}`))
    expect(world.fake.complaints).toEqual([])
  })

  test('a place that is gone does not keep the others from being read', async () => {
    const world = await begin()
    const [gone, there] = [await opened(world), await opened(world)]
    await world.stop()
    await world.fake.people.removes(gone)
    world.fake.people.speaks(there, 'still here')
    const stop = await world.again().start(world.door)
    onTestFinished(stop)
    await hears(world.door, 'still here')
    await eventually(
      () => world.logged.map(({ event }) => event),
      (events) => events.includes('discord.missed.unread'),
    )
  })
})
