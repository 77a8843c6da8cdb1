import { describe, expect, onTestFinished, test } from 'vitest'
import { isFault } from '../../../core/kit/fault.ts'
import { drawnCard, eventually, type FakeDoor, fakeDoor, newly, wordsOf } from '../../contracts/adapter.ts'
import { aDiscord, type Made } from './world.ts'

const begin = async (given: Parameters<typeof aDiscord>[0] = {}): Promise<Made & { readonly door: FakeDoor }> => {
  const made = await aDiscord(given)
  const door = fakeDoor()
  onTestFinished(await made.adapter.start(door))
  return { ...made, door }
}
const opened = async ({ adapter, place }: Made, title = 'app-1 Fix the sum') => {
  const made = await adapter.open?.(place, drawnCard({ key: 'session:app-1', title: 'app-1 · working' }), { ...newly(), title })
  if (!made) throw new Error('It opens no threads.')
  return made
}
const faultOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => 'nothing',
    (thrown: unknown) => thrown,
  )
  return isFault(error) ? [error.code, error.facts.what].filter(Boolean).join(' ') : String(error)
}
const hears = (door: FakeDoor, words: string) =>
  eventually(
    () => door.received.map(({ said }) => wordsOf(said)),
    (all) => all.includes(words),
  )

describe('hearing', () => {
  test('pitfall 10: bots, webhooks, forwarded messages and the bot itself are nobody', async () => {
    const { fake, door, place } = await begin()
    const { people, world } = fake
    await people.mentions(place, 'merge app-1', { as: world.people.otherBot })
    await people.mentions(place, 'merge app-1', { as: world.bot })
    await people.mentions(place, 'merge app-1', { webhook: '42' })
    const said = people.speaks(place, 'merge app-1')
    await people.mentions(place, 'merge app-1', { answers: said.id, isForwarded: true })
    await people.mentions(place, 'status')
    await hears(door, 'status')
    expect(door.received).toHaveLength(1)
  })

  test('pitfall 11: the same message three times has one id', async () => {
    const { fake, door, place } = await begin()
    await fake.people.mentions(place, 'fix #42', { deliveries: 3 })
    expect(new Set(door.received.map(({ id }) => id)).size).toBe(1)
  })

  test('the role that Discord made for the bot means the bot', async () => {
    const { fake, door, place } = await begin()
    await fake.people.says(place, `<@&${fake.world.botRole}> status`, { mentionRoles: [fake.world.botRole] })
    await hears(door, 'status')
  })

  test('a preview is no edit', async () => {
    const { fake, door, place } = await begin()
    await fake.people.mentions(place, 'look at https://example.com')
    await fake.people.unfurls(place)
    expect(door.received).toHaveLength(1)
  })

  test('a stop sign on the card stops, another says that it was seen; bots and messages of other people are nothing', async () => {
    const world = await begin()
    const { place, ref } = await opened(world)
    world.door.knows({ place, id: ref.id }, place)
    const { people, world: server } = world.fake
    const elsewhere = people.speaks(world.place, 'lunch?')
    await people.reacts(world.place, elsewhere.id, '🛑')
    await people.reacts(world.place, elsewhere.id, '👍')
    await people.reacts(world.place, ref.id, '👍')
    await people.reacts(world.place, ref.id, '🛑', server.people.otherBot)
    await people.reacts(world.place, ref.id, '🛑')
    await hears(world.door, 'stop')
    const bob = { place, account: server.people.bob.id, message: ref.id }
    expect(world.door.received).toMatchObject([
      { ...bob, said: { how: 'reacted' } },
      { ...bob, said: { how: 'typed', text: 'stop' } },
    ])
    expect(world.door.received).toHaveLength(2)
  })

  test('a thread that was archived when the bot came is known when somebody speaks in it', async () => {
    const first = await begin()
    const { place, ref } = await opened(first)
    first.fake.people.archives(place)
    const door = fakeDoor()
    door.knows(ref, place)
    onTestFinished(await first.again().start(door))
    await first.fake.people.says(place, 'still here')
    await hears(door, 'still here')
    expect(door.received[0]?.place).toEqual(place)
  })

  test('what cannot be kept is said to whoever said it, for Discord does not say it again', async () => {
    const { fake, door, place } = await begin()
    const failing = Promise.reject(new Error('The disk is full.'))
    failing.catch(() => {}) // whoever waits for it hears of it
    door.hold(failing)
    await fake.people.mentions(place, 'fix #42')
    await eventually(
      () => fake.people.sees(place).map(({ text }) => text),
      (texts) => texts.some((text) => text.includes('could not be kept')),
    )
  })

  test('a sign that it was seen goes on the message, and on nothing else', async () => {
    const { fake, door, adapter, place } = await begin()
    await fake.people.mentions(place, 'status')
    await fake.people.commands(place, 'status')
    for (const inbound of door.received) await adapter.mark?.(inbound)
    expect(fake.world.inChannel(place.channel).map(({ reactions }) => reactions.map(({ emoji }) => emoji))).toEqual([['👀']])
  })
})

describe('files', () => {
  const withFile = async (world: Made & { readonly door: FakeDoor }, isVoice = false) => {
    await world.fake.people.mentions(world.place, 'look', { files: [{ name: 'trace.txt', text: 'it broke here', isVoice }] })
    const said = world.door.received[0]?.said
    const file = said?.how === 'typed' ? said.files?.[0] : undefined
    if (!file) throw new Error('No file came.')
    return file
  }

  test('a voice message is one', async () => {
    expect(await withFile(await begin(), true)).toMatchObject({ kind: 'voice', sizeBytes: 13 })
  })

  test('is fetched after a restart, by the address that Discord gives then', async () => {
    const world = await begin()
    const file = await withFile(world)
    expect(Buffer.from((await world.again().fetch?.(file, 100)) ?? []).toString()).toBe('it broke here')
  })

  test('pitfall 52: is fetched from nowhere but Discord', async () => {
    const world = await begin()
    const file = await withFile(world)
    world.fake.state.filesFrom = 'http://169.254.169.254/latest'
    expect(await faultOf(world.adapter.fetch?.(file, 100) ?? Promise.resolve())).toBe('CHAT_REFUSED')
    expect(await faultOf(world.adapter.fetch?.({ ...file, id: '../../users/@me' }, 100) ?? Promise.resolve())).toBe('CHAT_REFUSED')
  })

  test('of a message that is gone is refused', async () => {
    const world = await begin()
    const file = await withFile(world)
    await world.fake.people.takesBack(world.place)
    expect(await faultOf(world.adapter.fetch?.(file, 100) ?? Promise.resolve())).toBe('CHAT_REFUSED')
  })
})
