import { describe, expect, onTestFinished, test } from 'vitest'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { drawnCard, eventually, type FakeDoor, fakeDoor, newly } from '../../contracts/adapter.ts'
import { aDiscord, type Made } from './world.ts'

const begin = async (
  given: Parameters<typeof aDiscord>[0] = {},
  door: FakeDoor = fakeDoor(),
): Promise<Made & { readonly door: FakeDoor }> => {
  const made = await aDiscord(given)
  onTestFinished(await made.adapter.start(door))
  return { ...made, door }
}
const fullDisk = (): Promise<never> => {
  const failing = Promise.reject(new Error('The disk is full.'))
  failing.catch(() => {}) // whoever waits for it hears of it
  return failing
}
const button = (id: string, label: string) => ({ id, label, isRisky: false })

describe('/ao', () => {
  test('is words, said to the bot, wherever it is typed', async () => {
    const { fake, door, place, adapter } = await begin()
    const made = await adapter.open?.(place, drawnCard({}), { ...newly(), title: 'app-1' })
    const thread = made?.place as Place
    const dm = { ...place, channel: fake.world.privateWith(fake.world.people.bob.id).id }
    for (const where of [place, thread, dm]) await fake.people.commands(where, 'fix #42 <b> & *it*')
    expect(door.received.map(({ place: at, said, account, isDirect }) => ({ at, said, account, isDirect }))).toEqual(
      [place, thread, dm].map((at) => ({
        at,
        said: { how: 'typed', text: 'fix #42 <b> & *it*' },
        account: fake.world.people.bob.id,
        isDirect: true,
      })),
    )
    expect(fake.complaints).toEqual([])
  })

  test('says that it is thinking until all is answered, and then what was said', async () => {
    const { fake, door, place } = await begin()
    let finish: () => void = () => {}
    door.answer(() => new Promise((resolve) => (finish = resolve)))
    await fake.people.commands(place, 'status *now*')
    expect(fake.people.whispers()).toEqual(['…'])
    finish()
    await eventually(
      () => fake.people.whispers(),
      ([shown]) => shown === 'You said: status *now*',
    )
  })

  test('a private answer takes the place of the thinking, and the next one follows it', async () => {
    const { fake, door, place, adapter } = await begin()
    door.answer(async (inbound) => {
      await adapter.whisper?.(inbound, drawnCard({ title: 'You may not do that.' }))
      await adapter.whisper?.(inbound, drawnCard({ title: 'Ask ana.' }))
    })
    await fake.people.commands(place, 'merge app-1')
    await eventually(
      () => fake.people.whispers().map((text) => text.replace(/^\S+ /, '')),
      (shown) => shown.join('|') === 'You may not do that.|Ask ana.',
    )
  })

  test('completes what is typed: at most 25 whole texts of at most 100 characters', async () => {
    const known = [`fix ${'x'.repeat(96)}`, `fix ${'x'.repeat(97)}`, ...Array.from({ length: 40 }, (_, index) => `fix #${index}`)]
    const { fake, place } = await begin({}, fakeDoor(known))
    const offered = await fake.people.types(place, 'fix ')
    expect(offered).toEqual([known[0], ...known.slice(2, 26)])
    expect(fake.complaints).toEqual([])
  })

  test('is registered once, and again only when it reads differently', async () => {
    const { fake, commands, again, door } = await begin()
    await eventually(fake.commandWrites, (count) => count === 1)
    expect(fake.commands()).toMatchObject([{ name: 'ao', options: [{ name: 'words', autocomplete: true, required: true }] }])
    await (await again().start(door))()
    expect(fake.commandWrites()).toBe(1)
    commands.push({ name: 'merge', summary: 'Merges.' })
    await (await again().start(door))()
    expect(fake.commandWrites()).toBe(2)
    expect(fake.complaints).toEqual([])
  })

  test('is registered in the one server that the config names', async () => {
    const guild = '123456789012345678'
    const { fake } = await begin({ options: { guild } })
    await eventually(
      () => fake.calls.filter((call) => call.startsWith('PUT ')),
      (calls) => calls.some((call) => call.endsWith(`/guilds/${guild}/commands`)),
    )
  })
})

describe('a press', () => {
  const asks = async (world: Made, buttons = [button('b1', 'Yes')]) => {
    await world.adapter.post(world.place, drawnCard({ title: 'Shall I?', buttons }), newly())
  }

  test('pitfall 6: is answered only when it is stored, and stays stored when the answer fails', async () => {
    const world = await begin()
    await asks(world)
    const interaction = await world.fake.people.presses(world.place, 'Yes', { deliveries: 2 })
    expect(interaction.answer?.type).toBe(6)
    // The second delivery is answered with an error by Discord; nobody hears of that.
    await eventually(
      () => world.logged.filter(({ event }) => event === 'discord.interaction.unanswered').length,
      (count) => count === 1,
    )
    expect(new Set(world.door.received.map(({ id }) => id)).size).toBe(1)
  })

  test('pitfall 2: the first press on a button from before a restart is taken', async () => {
    const world = await begin()
    await asks(world)
    const door = fakeDoor()
    onTestFinished(await world.again().start(door))
    await world.fake.people.presses(world.place, 'Yes')
    await eventually(
      () => door.received.map(({ said }) => said),
      ([said]) => said?.how === 'pressed' && said.button === 'b1',
    )
  })

  test('a private answer waits until the press was answered, however early it is given', async () => {
    const early: { whisper?: Promise<boolean> | undefined } = {}
    const world = await begin(
      {},
      {
        ...fakeDoor(),
        receive: async (inbound) => {
          early.whisper = world.adapter.whisper?.(inbound, drawnCard({ title: 'Not you.' }))
          await new Promise((resolve) => setTimeout(resolve, 50)) // time enough for an answer that does not wait
        },
      },
    )
    await asks(world)
    await world.fake.people.presses(world.place, 'Yes')
    expect(await early.whisper).toBe(true)
  })

  test('what could not be kept is said to whoever pressed', async () => {
    const world = await begin()
    await asks(world)
    world.door.hold(fullDisk())
    await world.fake.people.presses(world.place, 'Yes')
    expect(world.fake.people.whispers()).toEqual(['That could not be kept, so nothing was done. Do it again in a moment.'])
  })

  test('on the 26th button is chosen from a list', async () => {
    const world = await begin()
    await asks(
      world,
      Array.from({ length: 30 }, (_, index) => button(`b${index}`, `Choice ${index}`)),
    )
    await world.fake.people.presses(world.place, 'Choice 29')
    expect(world.door.received[0]?.said).toEqual({ how: 'pressed', button: 'b29' })
    expect(world.fake.complaints).toEqual([])
  })

  test('after fifteen minutes nothing can be said in private any more', async () => {
    let at = Date.now()
    const world = await begin({ now: () => at, fake: { now: () => at }, times: { deafMs: 10 ** 9 } })
    await asks(world)
    await world.fake.people.presses(world.place, 'Yes')
    const [inbound] = world.door.received
    if (!inbound) throw new Error('Nothing was pressed.')
    at += 14 * 60_000
    expect(await world.adapter.whisper?.(inbound, drawnCard({}))).toBe(true)
    at += 60_000
    expect(await world.adapter.whisper?.(inbound, drawnCard({}))).toBe(false)
    expect(await world.adapter.whisper?.({ ...inbound, id: 'discord:1:2' }, drawnCard({})), 'what was no interaction').toBe(false)
    expect(world.fake.people.whispers()).toHaveLength(1)
  })

  test('a form is opened at once, and its title and label fit', async () => {
    const world = await begin()
    world.door.asksBy('b1', { title: 'Request changes', label: 'W'.repeat(60) })
    await asks(world)
    const filled = await world.fake.people.fills(world.place, 'Yes', 'the name\nis wrong')
    expect(filled.answer?.type).toBe(6)
    expect(world.door.received[0]?.said).toEqual({ how: 'pressed', button: 'b1', text: 'the name\nis wrong' })
    expect(world.fake.complaints).toEqual([])
  })
})
