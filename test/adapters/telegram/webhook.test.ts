import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createTelegram } from '../../../adapters/telegram/client.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { eventually, fakeDoor, wordsOf } from '../../contracts/adapter.ts'
import { startFakeTelegram } from '../../fakes/telegram/index.ts'
import { at, optionsFor, testHost } from './world.ts'

const secret = 'a-visibly-fake-secret'
const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

const started = async () => {
  const fake = await startFakeTelegram()
  endings.push(fake.close)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/telegram`
  const [host, door] = [testHost(), fakeDoor()]
  const make = () => createTelegram(optionsFor(fake, { mode: 'webhook', url, secret, port }), host)
  const stop = await (await make()).start(door)
  endings.push(stop)
  const bob = fake.user('Bob')
  return { fake, url, host, door, bob, place: at(String(bob.id)), stop, make }
}

const send = async (url: string, headers: Record<string, string>, body: string, method = 'POST'): Promise<number> =>
  (await fetch(url, { method, headers, ...(method === 'POST' && { body }) })).status

describe('a webhook', () => {
  test('hears what Telegram sends, and says what it wants to be sent', async () => {
    const { fake, bob, place, door, host, url } = await started()
    await fake.people.says(bob, place, 'fix #42')
    expect(door.received.map(({ said }) => wordsOf(said))).toEqual(['fix #42'])
    expect(host.healths.at(-1)?.state).toBe('up')
    expect(fake.calls.find(({ method }) => method === 'setWebhook')?.fields).toEqual({
      url,
      secret_token: secret,
      allowed_updates: ['message', 'edited_message', 'callback_query', 'message_reaction', 'my_chat_member'],
    })
  })

  test('pitfall 11: what could not be stored is refused, and comes again under the same id', async () => {
    const { fake, bob, place, door } = await started()
    vi.spyOn(door, 'receive').mockRejectedValueOnce(new Error('the disk is full'))
    await fake.people.says(bob, place, 'fix #42')
    expect(door.received).toHaveLength(1)
  })

  test('says that it arrived only when it is stored', async () => {
    const { fake, bob, place, door } = await started()
    let store: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      store = resolve
    })
    const receive = vi.spyOn(door, 'receive').mockReturnValueOnce(held)
    const said = fake.people.says(bob, place, 'fix #42')
    await eventually(
      () => receive.mock.calls.length,
      (count) => count === 1,
    )
    expect(fake.pending).toBe(1)
    store()
    await said
    expect(fake.pending).toBe(0)
  })

  const update = JSON.stringify({
    update_id: 1,
    message: {
      message_id: 1,
      date: 1,
      text: 'merge app-3',
      from: { id: 5, is_bot: false, first_name: 'Bob' },
      chat: { id: 5, type: 'private', first_name: 'Bob' },
    },
  })
  const known = { 'x-telegram-bot-api-secret-token': secret }

  test.each<readonly [string, Record<string, string>, string, string, number]>([
    ['unsigned', {}, update, 'POST', 401],
    ['signed by somebody else', { 'x-telegram-bot-api-secret-token': 'another-secret-than-ours' }, update, 'POST', 401],
    ['signed with the beginning of the secret', { 'x-telegram-bot-api-secret-token': secret.slice(0, -1) }, update, 'POST', 401],
    ['that is no update', known, '[]', 'POST', 400],
    ['that is not JSON', known, 'hello', 'POST', 400],
    ['without a body', known, '', 'GET', 405],
    ['as it should be', known, update, 'POST', 200],
  ])('pitfall 55: a request %s', async (_, headers, body, method, status) => {
    const { url, door } = await started()
    expect(await send(url, headers, body, method)).toBe(status)
    expect(door.received).toHaveLength(status === 200 ? 1 : 0)
  })

  test('what is far too large is refused before all of it is read', async () => {
    const { url, door } = await started()
    const status = await send(url, known, `"${'x'.repeat(1024 * 1024)}"`).catch(() => 'cut')
    expect([400, 'cut']).toContain(status)
    expect(door.received).toEqual([])
  })

  test('stopped, it takes nothing, and what is said waits for the next start', async () => {
    const { fake, bob, place, door, stop, make } = await started()
    await stop()
    await stop()
    const said = fake.people.says(bob, place, 'meanwhile')
    await eventually(
      () => fake.pending,
      (count) => count === 1,
    )
    expect(door.received).toEqual([])
    endings.push(await (await make()).start(door))
    await said
    expect(door.received.map(({ said: it }) => wordsOf(it))).toEqual(['meanwhile'])
  })

  test('says that its port is taken', async () => {
    const { make } = await started()
    const error = await (await make()).start(fakeDoor()).catch((thrown: unknown) => thrown)
    expect(isFault(error, 'CHAT_REFUSED') && error.message).toContain('port')
  })
})
