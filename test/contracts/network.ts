import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { channelKey, placeKey } from '../../bot/contracts/inbound.ts'
import { isFault } from '../../core/kit/fault.ts'
import { sleep } from '../../core/kit/time.ts'
import {
  type Abilities,
  type AdapterWorld,
  drawnCard,
  eventually,
  type FakeDoor,
  fakeDoor,
  type Network,
  newly,
  wordsOf,
} from './adapter.ts'

/** What every adapter of a platform behind a network must satisfy besides. */
export const networkContract = (label: string, make: () => Promise<AdapterWorld>, { has, again, overhears }: Abilities): void => {
  describe(`${label} is a chat adapter of a platform behind a network`, () => {
    let world: AdapterWorld
    let network: Network
    let door: FakeDoor
    let stop: () => Promise<void>

    beforeEach(async () => {
      world = await make()
      if (!world.network) throw new Error('This world has no network.')
      network = world.network
      door = fakeDoor()
      stop = await world.adapter.start(door)
    })
    afterEach(async () => {
      await stop()
      await world.close()
    })

    const opened = async (title = 'app-1 · working') => {
      if (!world.adapter.open) throw new Error('It opens no threads.')
      const made = await world.adapter.open(world.place, drawnCard({ key: 'session:app-1', kind: 'status', title }), {
        ...newly(),
        title: 'app-1 Fix the sum',
      })
      door.knows(made.ref, made.place)
      return made
    }
    const heard = (words: string) =>
      eventually(
        () => door.received,
        (all) => all.some(({ said }) => wordsOf(said) === words),
      )
    const codeOf = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'nothing',
        (error: unknown) => (isFault(error) ? error.code : `${error}`),
      )
    const countOf = async (words: string, place = world.place): Promise<number> =>
      (await world.person.sees(place)).filter(({ text }) => text.includes(words)).length

    it('says that it is up once it has started', () => {
      expect(network.health()).toMatchObject({ state: 'up' })
    })

    it('opens a thread under the card of a session, and posts into it', async () => {
      const { place, ref } = await opened()
      expect(channelKey(place)).toBe(channelKey(world.place))
      expect(place.thread).not.toBeNull()
      expect(JSON.parse(JSON.stringify({ place, ref })), 'both are kept over restarts').toEqual({ place, ref })

      const posted = await world.adapter.post(place, drawnCard({ title: 'The agent asks' }), newly())
      door.knows(posted, place)

      const seen = await world.person.sees(place)
      expect(seen.some(({ text }) => text.includes('app-1 · working'))).toBe(true)
      expect(seen.some(({ text }) => text.includes('The agent asks'))).toBe(true)
      await world.adapter.edit(ref, drawnCard({ key: 'session:app-1', kind: 'status', title: 'app-1 · merged' }))
      expect(await countOf('app-1 · merged', place)).toBe(1)
    })

    it('two sessions have two threads', async () => {
      const [one, two] = [await opened('app-1 · working'), await opened('app-2 · working')]
      expect(placeKey(one.place)).not.toBe(placeKey(two.place))
    })

    it('hears what is said in a thread of ours without being named, and says in which', async () => {
      const { place } = await opened()
      await world.person.saysIn?.(place, 'use zod instead')

      const [inbound] = await heard('use zod instead')
      expect(placeKey(inbound?.place ?? world.place)).toBe(placeKey(place))
      expect(inbound).toMatchObject({ isDirect: true, message: expect.any(String) })
    })

    it.runIf(overhears)('does not take in what people say to each other', async () => {
      await world.person.saysIn?.(world.place, 'lunch?')
      await world.person.says('status')
      await heard('status')
      expect(door.received.map(({ said }) => wordsOf(said))).toEqual(['status'])
    })

    it('says that a thread is gone, and posts nowhere else', async () => {
      const { place } = await opened()
      await network.removes(place)
      expect(await codeOf(world.adapter.post(place, drawnCard({ title: 'Into the void' }), newly()))).toBe('PLACE_GONE')
      expect(await countOf('Into the void')).toBe(0)
    })

    it('says that a channel is gone', async () => {
      await network.removes(world.place)
      const error = await world.adapter.post(world.place, drawnCard({}), newly()).catch((thrown: unknown) => thrown)
      expect(isFault(error, 'PLACE_GONE') && error.facts.what).toBe('channel')
    })

    it('pitfall 12: says how long the platform asks to wait, and has sent nothing', async () => {
      network.busy(1_200)
      const error = await world.adapter.post(world.place, drawnCard({ title: 'Too fast' }), newly()).catch((thrown: unknown) => thrown)
      expect(isFault(error, 'CHAT_BUSY') && Number(error.facts.retryAfterMs)).toBeGreaterThanOrEqual(1_000)
      expect(await countOf('Too fast')).toBe(0)
    })

    it.each(['losesAnswer', 'failsAfter'] as const)(
      'when the platform %s, it says that it does not know, and does not double it',
      async (trouble) => {
        const sending = newly()
        network[trouble]()
        expect(await codeOf(world.adapter.post(world.place, drawnCard({ kind: 'result', title: 'Merged twelve' }), sending))).toBe(
          'CHAT_UNCERTAIN',
        )

        const ref = await world.adapter.post(world.place, drawnCard({ kind: 'result', title: 'Merged twelve' }), {
          ...sending,
          isAgain: true,
        })

        const seen = (await world.person.sees()).filter(({ text }) => text.includes('Merged twelve'))
        if (again === 'found') expect(seen).toHaveLength(1)
        else expect(seen.map(({ text }) => text.includes('(may be a repeat)'))).toEqual([false, true])
        await world.adapter.edit(ref, drawnCard({ kind: 'result', title: 'Merged thirteen' }))
        expect(await countOf('Merged thirteen')).toBe(1)
      },
    )

    it('opens one thread where the answer to the first try was lost', async () => {
      const sending = { ...newly(), title: 'app-1 Fix the sum' }
      const card = drawnCard({ key: 'session:app-1', kind: 'status', title: 'app-1 · working' })
      network.losesAnswer()
      await codeOf(world.adapter.open?.(world.place, card, sending) ?? Promise.resolve())
      const made = await world.adapter.open?.(world.place, card, { ...sending, isAgain: true })
      expect(made?.place.thread).toEqual(expect.any(String))
      if (again === 'found') expect(await countOf('app-1 · working')).toBe(1)
    })

    it('hears again after its connection was cut', async () => {
      await network.drops()
      await world.person.says('are you there?')
      await heard('are you there?')
      await eventually(
        () => network.health().state,
        (state) => state === 'up',
        15_000,
      )
    }, 20_000)

    it('pitfall 14: finds out that a connection is only half open, says so, and hears again', async () => {
      await network.freezes()
      const said = world.person.says('are you there?')
      await eventually(
        () => door.received,
        (all) => all.some(({ said: it }) => wordsOf(it) === 'are you there?'),
        25_000,
      )
      await said
      await eventually(
        () => network.health().state,
        (state) => state === 'up',
        15_000,
      )
    }, 40_000)

    it('pitfall 15: hears what was said while it was stopped', async () => {
      const { place } = await opened()
      await stop()
      await world.person.saysIn?.(place, 'said meanwhile')
      stop = await world.adapter.start(door)
      await heard('said meanwhile')
    })

    it.runIf(has.includes('reactions'))(
      'tells who has put a sign on a message of ours, wherever it is, once however often it comes',
      async () => {
        const ref = await world.adapter.post(world.place, drawnCard({ title: 'Needs you' }), newly())
        await world.person.reacts?.(ref, 2)
        const seen = await eventually(
          () => door.received,
          (all) => all.length > 0,
        )
        const [inbound] = seen
        expect(inbound).toMatchObject({ said: { how: 'reacted' }, isDirect: true, message: ref.id, account: world.account })
        expect(channelKey(inbound?.place ?? ref.place)).toBe(channelKey(world.place))
        expect(Math.abs((inbound?.at ?? 0) - Date.now()), 'epoch milliseconds').toBeLessThan(60_000)
        await world.person.says('status')
        const all = await heard('status')
        expect(new Set(all.filter(({ said }) => said.how === 'reacted').map(({ id }) => id)).size).toBe(1)
      },
    )

    it.runIf(has.includes('reactions'))('says of a sign in a thread of ours in which', async () => {
      const { place } = await opened()
      const ref = await world.adapter.post(place, drawnCard({ title: 'The agent asks' }), newly())
      door.knows(ref, place)
      await world.person.reacts?.(ref)
      const [inbound] = await heard('(reacted)')
      expect(placeKey(inbound?.place ?? world.place)).toBe(placeKey(place))
    })

    it.runIf(has.includes('forms'))('asks for a text by a form before a button is pressed', async () => {
      door.asksBy('b1', { title: 'Request changes', label: 'What should change?' })
      await world.adapter.post(
        world.place,
        drawnCard({ title: 'Review', buttons: [{ id: 'b1', label: 'Reject', isRisky: false }] }),
        newly(),
      )
      await world.person.fills?.('Reject', 'the name is wrong\nand the "sum" too')

      const [inbound] = await eventually(
        () => door.received,
        (all) => all.length > 0,
      )
      expect(inbound?.said).toEqual({ how: 'pressed', button: 'b1', text: 'the name is wrong\nand the "sum" too' })
      expect(placeKey(inbound?.place ?? world.place)).toBe(placeKey(world.place))
    })

    it('gives two presses two ids', async () => {
      await world.adapter.post(
        world.place,
        drawnCard({ title: 'Choose', buttons: [{ id: 'b1', label: 'This one', isRisky: true }] }),
        newly(),
      )
      await world.person.presses('This one')
      await world.person.presses('This one')
      expect(new Set(door.received.map(({ id }) => id)).size).toBe(2)
    })

    it.runIf(has.includes('edits'))('tells of an edit, and of what', async () => {
      const { place } = await opened()
      await world.person.saysIn?.(place, 'use zod')
      const [first] = await heard('use zod')
      await world.person.edits?.(place, 'use ajv')
      const seen = await eventually(
        () => door.received,
        (all) => all.length > 1,
      )
      expect(seen.at(-1)?.said).toEqual({ how: 'edited', of: first?.id, text: 'use ajv' })
    })

    it.runIf(has.includes('deletes'))('tells what was taken back', async () => {
      const { place } = await opened()
      await world.person.saysIn?.(place, 'use zod')
      const [first] = await heard('use zod')
      await world.person.takesBack?.(place)
      const seen = await eventually(
        () => door.received,
        (all) => all.length > 1,
      )
      expect(seen.at(-1)?.said).toEqual({ how: 'deleted', of: first?.id })
    })

    it.runIf(has.includes('files'))('carries files both ways', async () => {
      const { place } = await opened()
      const text = Array.from({ length: 3_000 }, (_, index) => `line ${index} of a long log`).join('\n')
      await world.adapter.post(place, drawnCard({ title: 'Logs', blocks: [{ title: 'test', text }] }), newly())
      await eventually(
        () => world.person.sees(place),
        (seen) => seen.some(({ files = [] }) => files.length > 0),
      )

      await world.person.saysIn?.(place, 'look at this', [{ name: 'trace.txt', text: 'it broke here' }])
      const [inbound] = await heard('look at this')
      const [file] = inbound?.said.how === 'typed' ? (inbound.said.files ?? []) : []
      if (!file) throw new Error('No file came.')
      expect(file).toMatchObject({ name: 'trace.txt', kind: 'file' })
      expect(Buffer.from((await world.adapter.fetch?.(JSON.parse(JSON.stringify(file)), 1_000)) ?? []).toString()).toBe('it broke here')
      await expect(world.adapter.fetch?.(file, 5)).rejects.toMatchObject({ code: 'CHAT_REFUSED' })
    })

    it.runIf(has.includes('files'))('shows a picture', async () => {
      await world.adapter.post(world.place, drawnCard({ title: 'Its terminal', picture: { alt: 'a terminal', png: onePixel } }), newly())
      await eventually(
        () => world.person.sees(),
        (seen) => seen.some(({ hasPicture }) => hasPicture === true),
      )
    })

    it.runIf(has.includes('whispers'))('answers a press in private', async () => {
      await world.adapter.post(
        world.place,
        drawnCard({ title: 'Choose', buttons: [{ id: 'b1', label: 'This one', isRisky: false }] }),
        newly(),
      )
      let isWhispered: boolean | undefined
      door.answer(async (inbound) => {
        isWhispered = await world.adapter.whisper?.(inbound, drawnCard({ title: 'Only bob can answer that.' }))
      })
      await world.person.presses('This one')
      await eventually(
        () => isWhispered,
        (is) => is !== undefined,
      )
      expect(isWhispered).toBe(true)
      expect(await countOf('Only bob can answer that.'), 'in the place').toBe(0)
    })

    it.runIf(has.includes('privately'))('begins a private chat with whoever spoke', async () => {
      await world.person.says('hello')
      const [inbound] = await heard('hello')
      const place = await world.adapter.privately?.(inbound?.account ?? '')
      if (!place) throw new Error('There is no private chat.')
      await world.adapter.post(place, drawnCard({ title: 'Just for you' }), newly())
      expect(await countOf('Just for you', place)).toBe(1)
    })

    it('marks what was said, or leaves it, and never rejects', async () => {
      await world.person.says('hello')
      const [inbound] = await heard('hello')
      if (inbound) await world.adapter.mark?.(inbound)
      if (inbound) await world.adapter.mark?.({ ...inbound, message: '404404' })
    })

    it('draws any card within what the platform takes', async () => {
      const words = fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.constantFrom(
          '👩‍👩‍👧‍👦'.repeat(200),
          'שלום עולם '.repeat(80),
          '```\n'.repeat(300),
          '<!channel> @everyone <@1> [a](http://b.c) ',
          'x'.repeat(9_000),
          '\n'.repeat(500),
          '> *_~`|\\'.repeat(300),
        ),
      )
      const card = fc.record({
        title: words,
        lines: fc.array(words, { maxLength: 60 }),
        body: words,
        blocks: fc.array(fc.record({ title: words, text: words }), { maxLength: 4 }),
        buttons: fc.array(fc.record({ label: words, isRisky: fc.boolean() }), { maxLength: world.adapter.limits.buttons }),
        mentions: fc.array(
          fc.record({ name: words, account: fc.option(fc.oneof(fc.constant(world.account), fc.string({ maxLength: 30 }))) }),
          { maxLength: 25 },
        ),
        isSilent: fc.boolean(),
      })
      await fc.assert(
        fc.asyncProperty(card, async ({ buttons, ...parts }) => {
          const drawn = drawnCard({ ...parts, buttons: buttons.map((button, index) => ({ ...button, id: `b${index}` })) })
          const ref = await patiently(() => world.adapter.post(world.place, drawn, newly()))
          await patiently(() => world.adapter.edit(ref, { ...drawn, title: `again ${drawn.title}` }))
          expect(network.complaints()).toEqual([])
        }),
        { numRuns: 25 },
      )
    }, 30_000)
  })
}

/** Tries again when the platform has had its time, as the outbox does. */
const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isFault(error, 'CHAT_BUSY')) throw error
      await sleep(Number(error.facts.retryAfterMs))
    }
  }
}

const onePixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
