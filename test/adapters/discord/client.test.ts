import { describe, expect, onTestFinished, test } from 'vitest'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { drawnCard, type FakeDoor, fakeDoor, newly } from '../../contracts/adapter.ts'
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

describe('threads', () => {
  test('the thread hangs below its card, under a name of at most 100 characters', async () => {
    const world = await begin()
    const { place, ref } = await opened(world, 'x'.repeat(150))
    expect(place.thread).toBe(ref.id)
    expect(world.fake.world.channels.get(ref.id)?.name).toHaveLength(100)
  })

  test('pitfall 16: posting takes a thread out of the archive, and so does editing', async () => {
    const world = await begin()
    const { place } = await opened(world)
    const ref = await world.adapter.post(place, drawnCard({ title: 'One' }), newly())
    world.fake.people.archives(place)
    await world.adapter.edit(ref, drawnCard({ title: 'One, edited' }))
    world.fake.people.archives(place)
    await world.adapter.post(place, drawnCard({ title: 'Two' }), newly())
    expect(world.fake.people.sees(place).map(({ text }) => text.replace(/^\S+ /, ''))).toEqual(['app-1 · working', 'One, edited', 'Two'])
    expect(world.fake.complaints).toEqual([])
  })

  test.each([
    ['a locked thread', (world: Made, place: Place) => world.fake.people.archives(place, true), 'PLACE_GONE thread'],
    ['a thread that was deleted', (world: Made, place: Place) => world.fake.people.removes(place), 'PLACE_GONE thread'],
    [
      'a channel without access',
      (world: Made, place: Place) => Object.assign(world.fake.world.channels.get(place.thread ?? '') ?? {}, { refuses: 50001 }),
      'PLACE_GONE channel',
    ],
    [
      'a channel without the permission to speak',
      (world: Made, place: Place) => Object.assign(world.fake.world.channels.get(place.thread ?? '') ?? {}, { refuses: 50013 }),
      'PLACE_GONE channel',
    ],
  ])('pitfall 16: %s is told as what it is, by posting and by editing, and nothing appears elsewhere', async (_what, spoil, expected) => {
    const world = await begin()
    const { place } = await opened(world)
    const ref = await world.adapter.post(place, drawnCard({ title: 'One' }), newly())
    await spoil(world, place)
    expect(await faultOf(world.adapter.post(place, drawnCard({ title: 'Two' }), newly()))).toBe(expected)
    expect(await faultOf(world.adapter.edit(ref, drawnCard({ title: 'Edited' })))).toBe(expected)
    expect(world.fake.people.sees(world.place).filter(({ text }) => text.includes('Two'))).toEqual([])
  })

  test('where there are no threads, the session is a chain of answers below its card', async () => {
    const world = await begin()
    const voice = world.fake.world.addChannel({ type: 2, name: 'voice' })
    const made = await world.adapter.open?.({ ...world.place, channel: voice.id }, drawnCard({}), { ...newly(), title: 'app-1' })
    if (!made) throw new Error('It opens no threads.')
    expect(made.place.thread).toBe(`m${made.ref.id}`)
    await world.adapter.post(made.place, drawnCard({ title: 'Below it' }), newly())
    expect(world.fake.people.sees(made.place).at(-1)).toMatchObject({ answers: made.ref.id })
    world.door.knows(made.ref, made.place)
    await world.fake.people.says(made.place, 'use zod')
    expect(world.door.received[0]).toMatchObject({ place: made.place, isDirect: true })
  })

  test('a card that is shown and whose thread was not begun is found, and its thread begun, when it is tried again', async () => {
    const world = await begin()
    const sending = { ...newly(), title: 'app-1' }
    world.fake.busy(100, false, /threads$/)
    expect(await faultOf(world.adapter.open?.(world.place, drawnCard({ title: 'app-1' }), sending) ?? Promise.resolve())).toBe(
      'CHAT_UNCERTAIN',
    )
    const made = await world.again().open?.(world.place, drawnCard({ title: 'app-1' }), { ...sending, isAgain: true })
    expect(made?.place.thread).toBe(made?.ref.id)
    expect(world.fake.people.sees(world.place)).toHaveLength(1)
  })
})

describe('sending', () => {
  test('the same id twice is one message, while Discord remembers it', async () => {
    const { adapter, place, fake } = await begin()
    const sending = newly()
    const [one, two] = [await adapter.post(place, drawnCard({}), sending), await adapter.post(place, drawnCard({}), sending)]
    expect(two).toEqual(one)
    expect(fake.people.sees(place)).toHaveLength(1)
  })

  test.each([
    ['with a body', { body: 'All is *well*.' }],
    ['with buttons', { buttons: [{ id: 'b1', label: 'Merge', isRisky: false }] }],
    ['with a title alone', {}],
  ])(
    'an hour and a restart later, a card %s is found again, and an equal one of another sending is not taken for it',
    async (_what, parts) => {
      let at = Date.now()
      const { adapter, again, place, fake } = await aDiscord({ now: () => at, fake: { now: () => at } })
      const card = drawnCard({ title: 'Done', ...parts })
      const sending = newly()
      const lost = await adapter.post(place, card, sending)
      at += 3_600_000
      const restarted = again()
      expect(await restarted.post(place, card, { ...sending, isAgain: true })).toEqual(lost)
      const other = await restarted.post(place, card, { ...newly(), isAgain: true })
      expect(other).not.toEqual(lost)
      expect(fake.people.sees(place)).toHaveLength(2)
    },
  )

  test('pitfall 12: a limit of the whole account is told as such', async () => {
    const { adapter, place, fake } = await begin()
    fake.busy(700, true)
    const error: unknown = await adapter.post(place, drawnCard({}), newly()).catch((thrown: unknown) => thrown)
    expect(isFault(error, 'CHAT_BUSY') && error.facts).toMatchObject({ isEverywhere: true })
  })

  test('pitfall 12: at Discord’s own rates it says that it must wait before Discord has to', async () => {
    const { adapter, place, fake } = await begin({ fake: { hasRates: true } })
    const codes: string[] = []
    for (let count = 0; count < 8; count += 1) codes.push(await faultOf(adapter.post(place, drawnCard({ title: `${count}` }), newly())))
    expect(codes).toEqual([...Array(5).fill('nothing'), ...Array(3).fill('CHAT_BUSY')])
    expect(fake.complaints).toEqual([])
  })

  test('where nobody listens nothing was sent', async () => {
    const { adapter, place, fake } = await aDiscord()
    await fake.close()
    expect(await faultOf(adapter.post(place, drawnCard({}), newly()))).toBe('CHAT_UNREACHABLE')
  })

  test('pitfall 22: an answer that does not come is not waited for: whether it was sent is uncertain', async () => {
    const { adapter, place, fake } = await aDiscord({ times: { answerMs: 100 } })
    onTestFinished(fake.hangs())
    expect(await faultOf(adapter.post(place, drawnCard({}), newly()))).toBe('CHAT_UNCERTAIN')
  })

  test('an account that cannot be written to is no place', async () => {
    const { adapter } = await aDiscord()
    expect(await faultOf(adapter.privately?.('123456789012345678') ?? Promise.resolve())).toBe('CHAT_REFUSED')
  })
})
