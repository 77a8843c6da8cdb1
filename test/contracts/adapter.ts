import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ChatAdapter, Door, Health, MessageRef, Sending } from '../../bot/contracts/adapter.ts'
import type { DrawnCard, Form } from '../../bot/contracts/card.ts'
import { channelKey, type Inbound, type Place, placeKey, type Said } from '../../bot/contracts/inbound.ts'
import { networkContract } from './network.ts'

/** A message as it is on a person's screen: the platform's own payload as text, the labels of its buttons, the names of its files. */
export type Seen = {
  readonly text: string
  readonly buttons: readonly string[]
  readonly files?: readonly string[]
  readonly hasPicture?: boolean
  /** Whom the platform has told that they are called by it, by their account, once for each time. */
  readonly calls: readonly string[]
  /** Did it come without a sound? Left out where the platform has nothing of the kind. */
  readonly isSilent?: boolean
}

/** Somebody on the other side of the platform. */
export type ChatPerson = {
  /** Says it. The platform delivers it `deliveries` times (default 1), as after a lost acknowledgement. Resolves once the platform was told that all arrived. */
  says(text: string, deliveries?: number): Promise<void>
  /** The same in another place, perhaps with files; where the bot has to be named to be meant, this does not name it. Resolves once the platform has sent it on its way. */
  saysIn?(place: Place, text: string, files?: readonly { readonly name: string; readonly text: string }[]): Promise<void>
  /** Presses a button of that label, the latest if there are several. Resolves as `says`. */
  presses(label: string): Promise<void>
  /** Presses a button that asks for a text, and gives it. */
  fills?(label: string, text: string): Promise<void>
  /** Changes, or takes back, the last thing said in that place. */
  edits?(place: Place, text: string): Promise<void>
  takesBack?(place: Place): Promise<void>
  /** Puts a sign on a message that says that it was seen; `deliveries` as in `says`. Resolves once the platform has sent it on its way. */
  reacts?(ref: MessageRef, deliveries?: number): Promise<void>
  /** Everything on show in the place (default: where the person is), oldest first. Where a thread hangs below a message of the channel, that message is part of both. */
  sees(place?: Place): Promise<readonly Seen[]>
  /** Makes the message be gone, in whatever way messages go on this platform. */
  deletes(ref: MessageRef): Promise<void>
}

/** An adapter with its platform, or with a stand-in that refuses what the platform refuses. */
export type AdapterWorld = {
  readonly adapter: ChatAdapter
  /** Where the person and the bot both are. */
  readonly place: Place
  readonly person: ChatPerson
  /** The person's account. */
  readonly account: string
  /** Words from outside that would ping, link, format or steer here, each with what must not be on the screen when a card holds them. */
  readonly hostile: readonly { readonly words: string; readonly mustNotShow: string | RegExp }[]
  /** The platform behind a network; without it the suite leaves out what only such a platform has. */
  readonly network?: Network
  close(): Promise<void>
}

/** A platform that can be in trouble. What is scripted happens to the next sending, once. */
export type Network = {
  /** What the platform refused because of the bot, since the beginning: malformed, too long, too fast. Scripted troubles are not among them. */
  complaints(): readonly string[]
  busy(retryAfterMs: number): void
  /** It does what it is asked, and the answer is lost. */
  losesAnswer(): void
  /** It does what it is asked, and answers with an error of its own. */
  failsAfter(): void
  /** A thread or a channel is gone: deleted, or archived where that is the end of it. */
  removes(place: Place): Promise<void>
  /** Every connection by which events come is cut. */
  drops(): Promise<void>
  /** They stay open and nothing comes over them any more; those that are made afterwards work. */
  freezes(): Promise<void>
  /** How the adapter says it is. */
  health(): Health
}

/** What a platform has. */
export type Abilities = {
  /** Does it have forms, edited and deleted messages that are told, files, private answers, private chats, signs on messages? */
  readonly has: readonly ('forms' | 'edits' | 'deletes' | 'files' | 'whispers' | 'privately' | 'reactions')[]
  /** What becomes of an uncertain sending that is tried again. */
  readonly again: 'found' | 'marked'
  /** Can the bot be within hearing and not be meant? */
  readonly overhears: boolean
}

/** A door that keeps what it was given. */
export type FakeDoor = Door & {
  readonly received: readonly Inbound[]
  /** How often something was handed over, stored or not. */
  arrivals(): number
  /** What `receive` waits for before it resolves. */
  hold(until: Promise<void>): void
  /** What happens to an inbound once it is stored; `settled` waits for it. */
  answer(work: (inbound: Inbound) => Promise<void>): void
  /** That message of ours stands in that place. */
  knows(ref: MessageRef, place: Place): void
  /** Pressing that button asks for a text first. */
  asksBy(button: string, form: Form): void
  /** The channels that were said to have another id now. */
  readonly moves: readonly (readonly [Place, Place])[]
}

/** A bot that takes everything, and answers with what the test gives it. */
export const fakeDoor = (completions: readonly string[] = []): FakeDoor => {
  const startedAt = Date.now()
  const received: Inbound[] = []
  let arrivals = 0
  const answers = new Map<string, Promise<void>>()
  const places = new Map<string, Place>()
  const forms = new Map<string, Form>()
  const moves: (readonly [Place, Place])[] = []
  const messageKey = (channel: Place, message: string): string => `${channelKey(channel)} ${message}`
  let held: Promise<void> = Promise.resolve()
  let work: (inbound: Inbound) => Promise<void> = async () => {}
  return {
    received,
    hold: (until) => {
      held = until
    },
    answer: (next) => {
      work = next
    },
    arrivals: () => arrivals,
    receive: async (inbound) => {
      arrivals += 1
      await held
      const isNew = !received.some(({ id }) => id === inbound.id)
      received.push(inbound)
      if (inbound.message !== undefined && inbound.place.thread !== null)
        places.set(messageKey(inbound.place, inbound.message), inbound.place)
      if (isNew)
        answers.set(
          inbound.id,
          Promise.resolve().then(() => work(inbound)),
        )
    },
    settled: (id) => answers.get(id) ?? Promise.resolve(),
    complete: (text) => completions.filter((known) => known.startsWith(text)),
    moves,
    knows: (ref, place) => {
      places.set(messageKey(place, ref.id), place)
    },
    asksBy: (button, form) => {
      forms.set(button, form)
    },
    isOurs: (place) => [...places.values()].some((known) => placeKey(known) === placeKey(place)),
    placeOf: (channel, message) => places.get(messageKey(channel, message)) ?? null,
    form: (button) => forms.get(button) ?? null,
    moved: async (from, to) => {
      moves.push([from, to])
    },
    missed: (platform) => ({
      since: startedAt,
      places: [...new Map([...places.values()].map((place) => [placeKey(place), place])).values()].filter(
        (place) => place.platform === platform,
      ),
    }),
  }
}

/** A message that was never sent before. */
export const newly = (): Sending => ({ id: randomUUID().slice(0, 23), isAgain: false })

/** What was said, in short. */
export const wordsOf = (said: Said): string =>
  said.how === 'pressed'
    ? `[${said.button}]`
    : said.how === 'deleted'
      ? `(deleted ${said.of})`
      : said.how === 'reacted'
        ? '(reacted)'
        : said.text

/** A card with all that is not given left out. */
export const drawnCard = (parts: Partial<DrawnCard>): DrawnCard => ({
  key: 'card',
  kind: 'reply',
  tone: 'calm',
  title: 'A title',
  lines: [],
  body: '',
  blocks: [],
  picture: null,
  buttons: [],
  replyTo: null,
  mentions: [],
  isSilent: false,
  ...parts,
})

/** Waits until it holds; says what was last seen when it does not within `limitMs`. */
export const eventually = async <T>(look: () => T | Promise<T>, holds: (seen: T) => boolean, limitMs = 20_000): Promise<T> => {
  const until = Date.now() + limitMs
  for (;;) {
    const seen = await look()
    if (holds(seen)) return seen
    if (Date.now() > until)
      throw new Error(
        `It did not come about within ${limitMs} ms. Last seen:\n${typeof seen === 'string' ? seen : JSON.stringify(seen, null, 2)}`,
      )
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** What every chat adapter must satisfy, told as what a person does and sees. */
export const adapterContract = (label: string, make: () => Promise<AdapterWorld>, abilities: Abilities | null = null): void => {
  if (abilities) networkContract(label, make, abilities)

  describe(`${label} is a chat adapter`, () => {
    let world: AdapterWorld
    let door: FakeDoor
    let stop: () => Promise<void>

    beforeEach(async () => {
      world = await make()
      door = fakeDoor()
      stop = await world.adapter.start(door)
    })
    afterEach(async () => {
      await stop()
      await world.close()
    })

    const seenWith = (words: string) =>
      eventually(world.person.sees, (seen) => seen.some(({ text }) => text.includes(words))).then((seen) =>
        seen.filter(({ text }) => text.includes(words)),
      )

    it('shows a posted card with its title, lines, blocks and buttons', async () => {
      const ref = await world.adapter.post(
        world.place,
        drawnCard({
          title: 'Merge twelve',
          lines: ['Two files changed'],
          blocks: [{ title: 'lint', text: 'all is well' }],
          buttons: [{ id: 'b1', label: 'Do it', isRisky: false }],
        }),
        newly(),
      )

      const [message] = await seenWith('Merge twelve')
      expect(message?.text).toContain('Two files changed')
      expect(message?.text).toContain('all is well')
      expect(message?.buttons).toEqual(['Do it'])
      expect(placeKey(ref.place)).toBe(placeKey(world.place))
      expect(JSON.parse(JSON.stringify(ref)), 'a ref is kept over restarts').toEqual(ref)
    })

    it('changes the same message when a card is edited, and takes away the buttons it lost', async () => {
      const ref = await world.adapter.post(
        world.place,
        drawnCard({ title: 'Before noon', buttons: [{ id: 'b1', label: 'Do it', isRisky: true }] }),
        newly(),
      )
      await seenWith('Before noon')

      await world.adapter.edit(ref, drawnCard({ title: 'Past noon' }))

      const after = await eventually(world.person.sees, (seen) => seen.some(({ text }) => text.includes('Past noon')))
      expect(after.filter(({ text }) => text.includes('noon'))).toHaveLength(1)
      expect(after.find(({ text }) => text.includes('Past noon'))?.buttons).toEqual([])
    })

    it('edits a message that is gone without an error', async () => {
      const ref = await world.adapter.post(world.place, drawnCard({ title: 'Soon gone' }), newly())
      await world.person.deletes(ref)

      await expect(world.adapter.edit(ref, drawnCard({ title: 'Too late' }))).resolves.toBeUndefined()
    })

    it('edits twice to the same without an error', async () => {
      const ref = await world.adapter.post(world.place, drawnCard({ title: 'Once' }), newly())

      await world.adapter.edit(ref, drawnCard({ title: 'Twice' }))
      await expect(world.adapter.edit(ref, drawnCard({ title: 'Twice' }))).resolves.toBeUndefined()
    })

    it('hands over what a person said, word for word', async () => {
      const before = Date.now()
      await world.person.says('fix #42 "now" <b> & *it*')

      expect(door.received).toHaveLength(1)
      const [inbound] = door.received
      expect(inbound?.said).toMatchObject({ how: 'typed', text: 'fix #42 "now" <b> & *it*' })
      expect(placeKey(inbound?.place ?? world.place)).toBe(placeKey(world.place))
      expect(inbound?.place.platform).toBe(world.adapter.platform)
      expect(Math.abs((inbound?.at ?? 0) - before), 'epoch milliseconds').toBeLessThan(60_000)
    })

    it('tells the platform that something arrived only when it is stored', async () => {
      let store: () => void = () => {}
      door.hold(new Promise((resolve) => (store = resolve)))
      let isAcknowledged = false
      const said = world.person.says('hello').then(() => (isAcknowledged = true))

      await new Promise((resolve) => setTimeout(resolve, 150))
      expect(isAcknowledged).toBe(false)
      store()
      await said
      expect(door.received).toHaveLength(1)
    })

    it('gives the same id to the same thing however often it is delivered, and another to another', async () => {
      await world.person.says('hello', 2)
      await world.person.says('hello')

      const ids = door.received.map(({ id }) => id)
      expect(new Set(ids).size).toBe(2)
      expect(ids.length - new Set(ids).size, 'the second delivery').toBeLessThanOrEqual(1)
    })

    it('carries buttons as opaque ids', async () => {
      const id = 'b_0123456789abcdefghijklmnopqrstuvwxyzAB' // 40 characters: what every platform can carry
      await world.adapter.post(world.place, drawnCard({ title: 'Choose', buttons: [{ id, label: 'This one', isRisky: false }] }), newly())
      await seenWith('Choose')

      await world.person.presses('This one')

      expect(door.received.map(({ said, isDirect }) => ({ said, isDirect }))).toEqual([
        { said: { how: 'pressed', button: id }, isDirect: true },
      ])
    })

    it('keeps what is too long within the limits, title and buttons first', async () => {
      const text = Array.from({ length: 4_000 }, (_, index) => `line ${index} with some words in it`).join('\n')
      await world.adapter.post(
        world.place,
        drawnCard({ title: 'Long story', blocks: [{ title: 'log', text }], buttons: [{ id: 'b1', label: 'Still here', isRisky: false }] }),
        newly(),
      )

      await seenWith('Long story')
      const seen = await world.person.sees()
      for (const message of seen) expect(message.text.length).toBeLessThanOrEqual(world.adapter.limits.textChars)
      expect(seen.flatMap(({ buttons }) => buttons)).toContain('Still here')
    })

    it('shows words from outside as words', async () => {
      for (const [index, { words, mustNotShow }] of world.hostile.entries()) {
        const title = `Stranger ${index}`
        await world.adapter.post(
          world.place,
          drawnCard({ title: `${title} ${words}`, lines: [words], blocks: [{ title: words, text: words }] }),
          newly(),
        )
        const [message] = await seenWith(title)
        if (typeof mustNotShow === 'string') expect(message?.text).not.toContain(mustNotShow)
        else expect(message?.text).not.toMatch(mustNotShow)
      }
    })

    const called = (more: Partial<DrawnCard> = {}) =>
      drawnCard({
        title: 'Needs somebody',
        mentions: [
          { name: 'ana', account: world.account },
          { name: 'cyn', account: null },
        ],
        ...more,
      })
    const oneWith = async (words: string) => {
      const [message] = await seenWith(words)
      if (!message) throw new Error('It is not there.')
      return message
    }

    it('begins with the people it calls, whom the platform tells once, and others by their names', async () => {
      const ref = await world.adapter.post(world.place, called(), newly())
      const before = await oneWith('Needs somebody')
      expect(before.text.slice(0, before.text.indexOf('Needs somebody'))).toContain('cyn')
      expect(before.calls).toEqual([world.account])
      expect(before.isSilent ?? false).toBe(false)

      await world.adapter.edit(ref, called({ title: 'Still needs somebody' }))
      expect((await oneWith('Still needs somebody')).calls, 'an edit tells nobody').toEqual([world.account])
    })

    it('calls nobody by an edit who was not called before', async () => {
      const ref = await world.adapter.post(world.place, called({ mentions: [] }), newly())
      expect((await oneWith('Needs somebody')).calls).toEqual([])
      await world.adapter.edit(ref, called({ title: 'Now for ana' }))
      expect((await oneWith('Now for ana')).calls).toEqual([])
    })

    it('silently it pings nobody, makes no sound where that can be, and still says whom it is for', async () => {
      await world.adapter.post(world.place, called({ isSilent: true }), newly())
      const { text, calls, isSilent } = await oneWith('Needs somebody')
      expect(text.slice(0, text.indexOf('Needs somebody'))).toMatch(/ana, cyn/)
      expect(calls).toEqual([])
      expect(isSilent ?? true).toBe(true)
    })

    it('shows an account that cannot be one there as a name, and puts it into nothing', async () => {
      const accounts = ['!channel', 'U0ANA> <!channel', '@everyone', '1 2', '-100', '', '99999999999999999999999999', 'everyone']
      await world.adapter.post(world.place, called({ mentions: accounts.map((account, n) => ({ name: `p${n}`, account })) }), newly())
      const { text, calls } = await oneWith('Needs somebody')
      expect(text).toMatch(/p0, p1, p2, p3, p4, p5, p6, p7 /)
      expect(calls).toEqual([])
    })

    it('pings none but the people it calls, whatever words from outside stand beside them, also as their names', async () => {
      for (const [index, { words }] of world.hostile.entries()) {
        const title = `Stranger ${index}`
        const mentions = [
          { name: words, account: null },
          { name: words, account: world.account },
        ]
        await world.adapter.post(
          world.place,
          drawnCard({ title: `${title} ${words}`, lines: [words], body: words, blocks: [{ title: words, text: words }], mentions }),
          newly(),
        )
        expect((await oneWith(title)).calls).toEqual([world.account])
      }
    })

    it('fits with twenty who are called, and with a thousand, buttons included', async () => {
      for (const count of [20, 1_000]) {
        const mentions = Array.from({ length: count }, (_, n) => ({ name: `somebody-${n}`, account: null }))
        const lines = ['x'.repeat(9_000)]
        const title = `For ${count}`
        const buttons = [{ id: 'b1', label: 'Still here', isRisky: false }]
        await world.adapter.post(
          world.place,
          drawnCard({ title, lines, mentions: [{ name: 'ana', account: world.account }, ...mentions], buttons }),
          newly(),
        )
        const message = await oneWith(title)
        expect(message.text.length).toBeLessThanOrEqual(world.adapter.limits.textChars)
        expect(message.buttons).toEqual(['Still here'])
        expect(message.calls).toEqual([world.account])
        expect(/\+\d+\s/.test(message.text), 'says how many more').toBe(count === 1_000)
      }
    })

    it('is quiet once it has stopped, and may be stopped twice', async () => {
      await world.person.says('before')
      await stop()
      await stop()

      await Promise.race([world.person.says('after').catch(() => {}), new Promise((resolve) => setTimeout(resolve, 150))])
      expect(door.received.map(({ said }) => wordsOf(said))).toEqual(['before'])
    })
  })
}
