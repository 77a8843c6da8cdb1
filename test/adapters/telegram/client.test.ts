import { afterEach, describe, expect, test, vi } from 'vitest'
import { usualWaits } from '../../../adapters/telegram/client/poll.ts'
import { createTelegram } from '../../../adapters/telegram/client.ts'
import type { ChatAdapter } from '../../../bot/contracts/adapter.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { drawnCard, eventually, type FakeDoor, fakeDoor, newly, wordsOf } from '../../contracts/adapter.ts'
import { startFakeTelegram } from '../../fakes/telegram/index.ts'
import { at, makeTelegram, optionsFor, type TelegramWorld, testHost } from './world.ts'

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

/** A world with its adapter started. */
const started = async (
  ...given: Parameters<typeof makeTelegram>
): Promise<TelegramWorld & { readonly door: FakeDoor; stop(): Promise<void> }> => {
  const world = await makeTelegram(...given)
  const door = fakeDoor()
  endings.push(world.close)
  const stop = await world.adapter.start(door)
  endings.push(stop)
  return { ...world, door, stop }
}

const heard = (door: FakeDoor) => door.received.map(({ said }) => wordsOf(said))
const faultOf = async (work: Promise<unknown>): Promise<{ readonly code: string; readonly facts: Readonly<Record<string, unknown>> }> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!isFault(error)) throw new Error(`No fault: ${error}`)
  return { code: error.code, facts: error.facts }
}

describe('listening', () => {
  test('pitfall 15: what was said before it started is heard, in order', async () => {
    const { fake, bob, place, adapter, close } = await makeTelegram('private')
    endings.push(close)
    for (const text of ['one', 'two', 'three']) void fake.people.says(bob, place, text)
    const door = fakeDoor()
    endings.push(await adapter.start(door))
    await eventually(
      () => heard(door),
      (all) => all.length === 3,
    )
    expect(heard(door)).toEqual(['one', 'two', 'three'])
  })

  test('pitfall 11: what could not be stored is not confirmed, and comes again under the same id', async () => {
    const { fake, bob, place, door, host } = await started('private')
    vi.spyOn(door, 'receive').mockRejectedValueOnce(new Error('the disk is full'))
    await fake.people.says(bob, place, 'fix #42')
    expect(heard(door)).toEqual(['fix #42'])
    expect(host.logged).toContain('telegram.unstored')
    expect(fake.pending).toBe(0)
  })

  test('pitfall 11: nothing of a batch is confirmed before all of it is stored', async () => {
    const { fake, bob, place, adapter, close } = await makeTelegram('private')
    endings.push(close)
    const door = fakeDoor()
    let fails = true
    const receive = door.receive
    vi.spyOn(door, 'receive').mockImplementation((inbound) =>
      wordsOf(inbound.said) === 'two' && fails ? Promise.reject(new Error('the disk is full')) : receive(inbound),
    )
    const all = ['one', 'two', 'three'].map((text) => fake.people.says(bob, place, text))
    endings.push(await adapter.start(door))
    await eventually(
      () => heard(door),
      (seen) => seen.length >= 2,
    )
    expect(fake.pending).toBe(3)
    fails = false
    await Promise.all(all)
    expect([...new Set(heard(door))]).toEqual(['one', 'two', 'three'])
    expect(new Set(door.received.map(({ id }) => id)).size).toBe(3)
  })

  test('pitfall 22: one chat is heard in order, and another does not wait for it', async () => {
    const { fake, bob, place, adapter, close } = await makeTelegram('private')
    endings.push(close)
    const eve = fake.user('Eve')
    const door = fakeDoor()
    const order: string[] = []
    let store: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      store = resolve
    })
    vi.spyOn(door, 'receive').mockImplementation(async ({ said }) => {
      if (wordsOf(said) === 'slow') await held
      order.push(wordsOf(said))
    })
    const all = [
      fake.people.says(bob, place, 'slow'),
      fake.people.says(bob, place, 'after it'),
      fake.people.says(eve, at(String(eve.id)), 'another'),
    ]
    const starting = adapter.start(door)
    await eventually(
      () => order,
      (seen) => seen.includes('another'),
    )
    expect(order).toEqual(['another'])
    store()
    endings.push(await starting)
    await Promise.all(all)
    expect(order).toEqual(['another', 'slow', 'after it'])
  })

  test('asks for everything it needs to be told, and never to forget what waits', async () => {
    const { fake } = await started('private')
    const asked = fake.calls.find(({ method }) => method === 'getUpdates')?.fields.allowed_updates
    expect(asked).toEqual(['message', 'edited_message', 'callback_query', 'message_reaction', 'my_chat_member'])
    expect(fake.calls.filter(({ fields }) => fields.drop_pending_updates === true)).toEqual([])
  })

  test('pitfall 14: says that it is down while nothing comes, and up when something does', async () => {
    const { fake, host } = await started('private')
    fake.freezesAll()
    await eventually(
      () => host.healths.at(-1)?.state,
      (state) => state === 'down',
    )
    expect(host.healths.at(-1)?.detail).toContain('no answer in time')
    fake.thaws()
    await eventually(
      () => host.healths.at(-1)?.state,
      (state) => state === 'up',
    )
    expect(host.logged.filter((event) => /^telegram\.(?:up|down)$/.test(event)).slice(-2)).toEqual(['telegram.down', 'telegram.up'])
  })

  test('pitfall 14: after that it does not speak over a connection that may be dead as well', async () => {
    const { fake, host, adapter, place } = await started('private')
    await adapter.post(place, drawnCard({ title: 'before' }), newly())
    fake.freezes()
    await eventually(
      () => host.healths.map(({ state }) => state),
      (states) => states.includes('down') && states.at(-1) === 'up',
    )
    await adapter.post(place, drawnCard({ title: 'after' }), newly())
    expect(fake.people.sees(place)).toHaveLength(2)
  }, 20_000)

  test('stops at once although a request is out, and confirms nothing that was not stored', async () => {
    const { fake, bob, place, door, stop } = await started('private', { options: { pollSeconds: 50 } })
    await eventually(() => fake.isPolled, Boolean)
    const from = Date.now()
    await stop()
    expect(Date.now() - from).toBeLessThan(5_000)
    void fake.people.says(bob, place, 'later')
    expect(heard(door)).toEqual([])
    expect(fake.pending).toBe(1)
  })

  test('started again it is up as soon as Telegram answers, though nobody says anything', async () => {
    const { adapter, stop, host } = await started('private', { options: { pollSeconds: 50 } })
    await stop()
    endings.push(await adapter.start(fakeDoor()))
    expect(host.healths.at(-1)?.state).toBe('up')
  })

  test('a wrong token is refused, and no word of it is told', async () => {
    const fake = await startFakeTelegram()
    endings.push(fake.close)
    const adapter = await createTelegram({ ...optionsFor(fake), token: '123456:wrong-token-for-tests' }, testHost())
    const error = await adapter.start(fakeDoor()).catch((thrown: unknown) => thrown)
    expect(isFault(error, 'CHAT_REFUSED')).toBe(true)
    expect(`${(error as Error).message} ${JSON.stringify((error as { facts?: unknown }).facts)}`).not.toContain('wrong-token')
  })

  test('without Telegram it says that it cannot be reached, and no word of the token', async () => {
    const fake = await startFakeTelegram()
    await fake.close()
    const adapter = await createTelegram(optionsFor(fake), testHost())
    const error = await adapter.start(fakeDoor()).catch((thrown: unknown) => thrown)
    expect(isFault(error, 'CHAT_UNREACHABLE')).toBe(true)
    expect((error as Error).message).not.toContain('fake-token')
    expect(await faultOf(adapter.post(at('5'), drawnCard({}), newly()))).toMatchObject({ code: 'CHAT_UNREACHABLE' })
  })
})

describe('pitfall 20: two processes with one token', () => {
  const waits = { ...usualWaits, firstMs: 20, rivalMs: 300, leaderMs: 0 }

  test('who was there first goes on, and who came later stops and says why', async () => {
    const { fake, bob, place, close } = await makeTelegram('private')
    endings.push(close)
    const [first, second] = [testHost(), testHost()]
    const [doorOfFirst, doorOfSecond] = [fakeDoor(), fakeDoor()]
    endings.push(await (await createTelegram(optionsFor(fake), first, waits)).start(doorOfFirst))
    await eventually(() => fake.isPolled, Boolean)
    // It has only just come, however long it has been up.
    endings.push(await (await createTelegram(optionsFor(fake), second, { ...waits, leaderMs: 60_000 })).start(doorOfSecond))

    await eventually(
      () => second.healths.at(-1)?.state,
      (state) => state === 'stopped',
    )
    expect(second.healths.at(-1)?.detail).toContain('another process polls with this token')
    await fake.people.says(bob, place, 'who hears me?')
    expect(first.healths.filter(({ state }) => state !== 'up')).toEqual([])
    expect(heard(doorOfFirst)).toEqual(['who hears me?'])
  })

  test('who stopped tries again, and goes on when the other is gone', async () => {
    const { fake, bob, place, close } = await makeTelegram('private')
    endings.push(close)
    const [host, door] = [testHost(), fakeDoor()]
    const stopFirst = await (await createTelegram(optionsFor(fake), testHost(), waits)).start(fakeDoor())
    await eventually(() => fake.isPolled, Boolean)
    endings.push(await (await createTelegram(optionsFor(fake), host, { ...waits, leaderMs: 60_000 })).start(door))
    await eventually(
      () => host.healths.at(-1)?.state,
      (state) => state === 'stopped',
    )
    await stopFirst()
    await fake.people.says(bob, place, 'and now?')
    expect(heard(door)).toEqual(['and now?'])
    await eventually(
      () => host.healths.at(-1)?.state,
      (state) => state === 'up',
    )
  })

  test('a webhook of an earlier config is removed, what waits for it is kept, and one that is set later stops it', async () => {
    const { fake, bob, place, close } = await makeTelegram('private')
    endings.push(close)
    fake.setWebhook('http://127.0.0.1:9/nobody')
    void fake.people.says(bob, place, 'still there?')
    const [host, door] = [testHost(), fakeDoor()]
    endings.push(await (await createTelegram(optionsFor(fake), host, waits)).start(door))
    await eventually(
      () => heard(door),
      (all) => all.includes('still there?'),
    )
    expect(host.logged).toContain('telegram.webhook-removed')

    fake.setWebhook('http://127.0.0.1:9/somebody-else')
    await eventually(
      () => host.healths.at(-1)?.detail,
      (detail) => detail?.includes('webhook') === true,
    )
    expect(host.healths.at(-1)?.state).toBe('stopped')
  })
})

describe('buttons', () => {
  const pressedIn = async (kind: 'private' | 'chains') => {
    const world = await started(kind)
    await world.adapter.post(world.place, drawnCard({ buttons: [{ id: 'b1', label: 'Merge', isRisky: true }] }), newly())
    return world
  }

  test('pitfall 6: a press is stored before it is answered, and answered without words where there are none', async () => {
    const { fake, bob, place, door } = await pressedIn('private')
    let store: () => void = () => {}
    door.hold(new Promise((resolve) => (store = resolve)))
    const pressing = fake.people.presses(bob, place, 'Merge')
    await eventually(
      () => fake.isPolled,
      (is) => !is,
    )
    expect(fake.answers).toEqual([])
    store()
    await pressing
    await eventually(
      () => fake.answers,
      (all) => all.length > 0,
    )
    expect(fake.answers).toEqual([{ label: 'Merge', text: '', isAlert: false }])
  })

  test('a press is answered once, with words where there are some in time', async () => {
    const { fake, bob, place, door, adapter } = await pressedIn('chains')
    const told: unknown[] = []
    door.answer(async (inbound) => {
      told.push(await adapter.whisper?.(inbound, drawnCard({ title: 'Only carla can do that.', lines: ['Ask her.'] })))
      told.push(await adapter.whisper?.(inbound, drawnCard({ title: 'Once more' })))
    })
    await fake.people.presses(bob, place, 'Merge')
    await eventually(
      () => told,
      (all) => all.length === 2,
    )
    expect(told).toEqual([true, false])
    expect(fake.answers).toEqual([{ label: 'Merge', text: 'Only carla can do that.\nAsk her.', isAlert: true }])
  })

  test('a card with buttons is no whisper, for they would be lost', async () => {
    const { fake, bob, place, door, adapter } = await pressedIn('chains')
    let told: unknown = null
    door.answer(async (inbound) => {
      told = await adapter.whisper?.(inbound, drawnCard({ buttons: [{ id: 'b2', label: 'Yes', isRisky: false }] }))
    })
    await fake.people.presses(bob, place, 'Merge')
    await eventually(
      () => told,
      (is) => is !== null,
    )
    expect(told).toBe(false)
  })

  test('a press that comes twice is one press, and that the second is too late to be answered is no error', async () => {
    const { fake, bob, place, door, host } = await pressedIn('private')
    await fake.people.presses(bob, place, 'Merge', 2)
    expect(new Set(door.received.map(({ id }) => id)).size).toBe(1)
    await eventually(
      () => fake.calls.filter(({ method }) => method === 'answerCallbackQuery').length,
      (count) => count === 2,
    )
    expect(fake.answers).toHaveLength(1)
    expect(host.healths.at(-1)?.state).toBe('up')
  })
})

describe('sending', () => {
  test.each(['busy', 'losesAnswer', 'failsAfter', 'fails'] as const)(
    'tries nothing again by itself when the platform is %s',
    async (is) => {
      const { fake, adapter, place } = await started('private')
      fake.next(is === 'busy' ? { is, retryAfterSeconds: 1 } : { is })
      const { code } = await faultOf(adapter.post(place, drawnCard({}), newly()))
      expect(code).toBe(is === 'busy' ? 'CHAT_BUSY' : 'CHAT_UNCERTAIN')
      expect(fake.calls.filter(({ method }) => method === 'sendMessage')).toHaveLength(1)
    },
  )

  test('pitfall 12: one chat that has to wait is one chat; two at once are taken for all', async () => {
    const { fake, adapter, place } = await started('private')
    const other = at(fake.group())
    for (const _ of [1, 2, 3]) fake.next({ is: 'busy', retryAfterSeconds: 30 })
    const busy = async (where: typeof place) => (await faultOf(adapter.post(where, drawnCard({}), newly()))).facts
    expect(await busy(place)).toMatchObject({ retryAfterMs: 30_000, isEverywhere: false })
    expect(await busy(place)).toMatchObject({ isEverywhere: false })
    expect(await busy(other)).toMatchObject({ isEverywhere: true })
  })

  test('pitfall 12: within the pace that it names, Telegram asks nobody to wait', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z')
    const { fake, adapter } = await started('chains', { fake: { isRateLimited: true, now: () => now } })
    const group = at(fake.group())
    const { posts } = adapter.limits.pace(group)
    for (let count = 0; count < posts.burst; count += 1) await adapter.post(group, drawnCard({}), newly())
    for (let count = 0; count < posts.perMinute; count += 1) {
      now += 60_000 / posts.perMinute
      await adapter.post(group, drawnCard({}), newly())
    }
    expect(fake.complaints).toEqual([])
    await expect(Promise.all(Array.from({ length: 20 }, () => adapter.post(group, drawnCard({}), newly())))).rejects.toMatchObject({
      code: 'CHAT_BUSY',
    })
  })

  test('pitfall 52: no link is looked into', async () => {
    const { fake, adapter, place } = await started('private')
    const ref = await adapter.post(place, drawnCard({ lines: ['https://evil.example/?q=secret'] }), newly())
    await adapter.edit(ref, drawnCard({ lines: ['https://evil.example/?q=other'] }))
    const sent = fake.calls.filter(({ method }) => /^(?:send|edit)/.test(method))
    expect(sent.map(({ fields }) => fields.link_preview_options)).toEqual([{ is_disabled: true }, { is_disabled: true }])
  })

  test('in a group an answer hangs on what was said, though that may be gone; in private it does not', async () => {
    const { fake, adapter, place, bob, door } = await started('chains')
    const asked = await fake.people.says(bob, place, `@${fake.bot.username} status`)
    const replyTo = door.received[0]?.id ?? ''
    await adapter.post(place, drawnCard({ title: 'All is well', replyTo }), newly())
    expect(fake.people.sees(place).at(-1)).toMatchObject({ replyTo: asked })
    fake.people.deletes(place.channel, asked)
    await adapter.post(place, drawnCard({ title: 'Still well', replyTo }), newly())
    expect(fake.people.sees(place).at(-1)).toMatchObject({ replyTo: null, isFromBot: true })
  })

  test('a card is there once although its file is not', async () => {
    const { fake, adapter, place, host } = await started('private')
    fake.next({ is: 'fails' }, 'sendDocument')
    await adapter.post(place, drawnCard({ title: 'Logs', blocks: [{ title: 'log', text: 'x\n'.repeat(9_000) }] }), newly())
    expect(fake.people.sees(place).map(({ text }) => text.includes('Logs'))).toEqual([true])
    expect(host.logged).toContain('telegram.attachment-lost')
  })

  test('marks what was said with eyes', async () => {
    const { fake, adapter, place, bob, door } = await started('private')
    await fake.people.says(bob, place, 'fix #42')
    if (door.received[0]) await adapter.mark?.(door.received[0])
    expect(fake.people.sees(place)[0]?.reaction).toBe('👀')
  })

  test('a private chat begins with whoever has begun one, and with nobody else', async () => {
    const { adapter, bob } = await started('chains')
    expect(await adapter.privately?.(String(bob.id))).toEqual(at(String(bob.id)))
    expect(await faultOf(adapter.privately?.('404404') ?? Promise.resolve())).toMatchObject({
      code: 'PLACE_GONE',
      facts: { what: 'channel' },
    })
  })
})

describe('pitfall 16: places that change', () => {
  const session = { ...newly(), title: 'app-1 Fix the sum' }
  const card = drawnCard({ key: 'session:app-1', kind: 'status', title: 'app-1 · working' })
  const opened = async (adapter: ChatAdapter, place: ReturnType<typeof at>) => {
    const made = await adapter.open?.(place, card, { ...session, ...newly() })
    if (!made) throw new Error('It opens no threads.')
    return made
  }

  test.each(['closesTopic', 'deletesTopic'] as const)('after %s nothing goes to General', async (what) => {
    const { fake, adapter, place } = await started('topics')
    const made = await opened(adapter, place)
    fake[what](place.channel, made.place.thread ?? '')
    expect(await faultOf(adapter.post(made.place, card, newly()))).toMatchObject({ code: 'PLACE_GONE', facts: { what: 'thread' } })
    expect(fake.people.sees(place)).toEqual([])
  })

  test('a topic that was made is used when the card in it is tried again', async () => {
    const { fake, adapter, place } = await started('topics')
    fake.next({ is: 'busy', retryAfterSeconds: 1 }, 'sendMessage')
    expect(await faultOf(adapter.open?.(place, card, session) ?? Promise.resolve())).toMatchObject({ code: 'CHAT_BUSY' })
    await adapter.open?.(place, card, { ...session, isAgain: true })
    expect(fake.calls.filter(({ method }) => method === 'createForumTopic').map(({ fields }) => fields.name)).toEqual(['app-1 Fix the sum'])
  })

  test('where the bot may make no topics, a thread is a chain of replies, and the log says what helps', async () => {
    const { fake, adapter, host } = await started('topics')
    const place = at(fake.group({ isForum: true, canManageTopics: false }))
    const made = await opened(adapter, place)
    expect(made.place).toEqual(at(place.channel, `m${made.ref.id}`))
    expect(host.logged).toContain('telegram.no-topics')
  })

  test('a group that became a supergroup is told by its own message, and found out by sending', async () => {
    const { fake, adapter, place, door } = await started('chains')
    const to = await fake.migrates(place.channel)
    expect(door.moves).toContainEqual([place, at(to)])
    expect(await faultOf(adapter.post(place, card, newly()))).toMatchObject({ code: 'PLACE_MOVED', facts: { channel: place.channel, to } })
    expect(door.moves.length).toBeGreaterThan(2)
  })

  test.each(['chains', 'private'] as const)('who puts the bot out or blocks it (%s) is not written to', async (kind) => {
    const { fake, adapter, place } = await started(kind)
    await fake.putsOut(place.channel)
    expect(await faultOf(adapter.post(place, card, newly()))).toMatchObject({ code: 'PLACE_GONE', facts: { what: 'channel' } })
  })
})

describe('files', () => {
  test('of a photo the largest is taken, and a voice is one', async () => {
    const { fake, adapter, place, bob, door } = await started('private')
    await fake.people.sends(bob, place, { name: 'a.jpg', bytes: Buffer.from('large'), kind: 'photo' })
    await fake.people.sends(bob, place, { name: 'v.ogg', bytes: Buffer.from('words'), kind: 'voice' })
    const files = door.received.flatMap(({ said }) => (said.how === 'typed' ? (said.files ?? []) : []))
    expect(files.map(({ kind }) => kind)).toEqual(['file', 'voice'])
    expect(await Promise.all(files.map(async (file) => Buffer.from((await adapter.fetch?.(file, 100)) ?? []).toString()))).toEqual([
      'large',
      'words',
    ])
  })

  test('what is larger than Telegram hands out, or gone, is refused', async () => {
    const { fake, adapter, place, bob, door } = await started('private')
    await fake.people.sends(bob, place, { name: 'big.bin', bytes: new Uint8Array(20 * 1024 * 1024 + 1) })
    const [file] = door.received.flatMap(({ said }) => (said.how === 'typed' ? (said.files ?? []) : []))
    if (!file) throw new Error('No file came.')
    expect(await faultOf(adapter.fetch?.(file, 100_000_000) ?? Promise.resolve())).toMatchObject({ code: 'CHAT_REFUSED' })
    expect(await faultOf(adapter.fetch?.({ ...file, id: 'gone', sizeBytes: null }, 100) ?? Promise.resolve())).toMatchObject({
      code: 'CHAT_REFUSED',
    })
  })
})

describe('commands', () => {
  const commands = [
    { name: 'fix', summary: 'Puts agents to work.' },
    { name: 'who-am-i', summary: 'x'.repeat(300) },
    { name: 'Ungültig', summary: 'cannot be one' },
    { name: 'fix', summary: 'twice' },
  ]

  test('are told to Telegram as it takes them, and only when they changed', async () => {
    const kept = {}
    const fake = await startFakeTelegram()
    endings.push(fake.close)
    const run = async (list: typeof commands) => {
      const stop = await (await createTelegram(optionsFor(fake), testHost(list, kept))).start(fakeDoor())
      await new Promise((resolve) => setImmediate(resolve))
      return stop
    }
    const told = () => fake.calls.filter(({ method }) => method === 'setMyCommands').length
    await (await run(commands))()
    await eventually(told, (count) => count === 1)
    expect(fake.commands).toEqual([
      { command: 'fix', description: 'Puts agents to work.' },
      { command: 'who_am_i', description: `${'x'.repeat(255)}…` },
    ])
    await eventually(
      () => Object.keys(kept),
      (keys) => keys.includes('commands'),
    )
    await (await run(commands))()
    await (await run(commands.slice(0, 1)))()
    await eventually(told, (count) => count === 2)
    expect(fake.complaints).toEqual([])
  })
})
