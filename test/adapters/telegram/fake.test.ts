import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FakeTelegram, startFakeTelegram } from '../../fakes/telegram/index.ts'
import type { FakeUser } from '../../fakes/telegram/world.ts'

/** The stand-in refuses what Telegram refuses: otherwise it would prove nothing. */
let fake: FakeTelegram
let bob: FakeUser
beforeEach(async () => {
  fake = await startFakeTelegram()
  bob = fake.user('Bob', 'bob_builds')
})
afterEach(() => fake.close())

const ask = async (
  method: string,
  fields: object,
): Promise<{ readonly ok: boolean; readonly result?: { readonly message_id: number } }> => {
  const response = await fetch(`${fake.url}/bot${fake.token}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  })
  return (await response.json()) as { ok: boolean; result?: { message_id: number } }
}
const mention = (user: unknown, type = 'text_mention') => ({ type, offset: 0, length: 3, user })
const chat = () => ({ chat_id: bob.id })

describe('a mention by number', () => {
  test.each([
    ['without a number', mention(undefined)],
    ['of a group', mention({ id: -100 })],
    ['of a number that is a text', mention({ id: '5' })],
    ['with more than a number', mention({ id: 5, is_admin: true })],
    ['that is something else', mention({ id: 5 }, 'bold')],
  ])('%s is refused', async (_, entity) => {
    expect((await ask('sendMessage', { ...chat(), text: 'Bob', entities: [entity] })).ok).toBe(false)
    expect(fake.complaints).not.toEqual([])
  })

  test('tells whoever it calls, once: an edit tells nobody, and somebody unknown is not told', async () => {
    const { result } = await ask('sendMessage', { ...chat(), text: 'Bob', entities: [mention({ id: bob.id })] })
    await ask('editMessageText', { ...chat(), message_id: result?.message_id, text: 'Bob!', entities: [mention({ id: bob.id })] })
    await ask('sendMessage', { ...chat(), text: 'Eve', entities: [mention({ id: 404404 })] })
    await ask('sendMessage', { ...chat(), text: 'ask @bob_builds' })
    expect(fake.people.sees({ channel: String(bob.id), thread: null }).map(({ calls }) => calls)).toEqual([
      [String(bob.id)],
      [],
      [String(bob.id)],
    ])
  })
})

test('silence is for new messages: an edit has nothing of the kind', async () => {
  const { result } = await ask('sendMessage', { ...chat(), text: 'x', disable_notification: true })
  const edit = { ...chat(), message_id: result?.message_id, text: 'y' }
  expect((await ask('editMessageText', { ...edit, disable_notification: true })).ok).toBe(false)
  expect((await ask('editMessageText', edit)).ok).toBe(true)
  expect(fake.people.sees({ channel: String(bob.id), thread: null }).map(({ isSilent }) => isSilent)).toEqual([true])
})

test.each([
  ['admin', 1],
  ['member', 0],
] as const)('of signs in a group a bot that is %s is told %i times', async (role, count) => {
  const group = fake.group({ bot: role })
  await ask('getUpdates', { allowed_updates: ['message_reaction'] })
  void fake.people.reacts(bob, group, 11, '👍')
  expect(fake.pending).toBe(count)
})
