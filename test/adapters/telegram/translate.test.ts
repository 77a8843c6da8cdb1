import { describe, expect, test } from 'vitest'
import type { Update } from '../../../adapters/telegram/client/types.ts'
import { type Me, messageIn, translate } from '../../../adapters/telegram/translate.ts'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { wordsOf } from '../../contracts/adapter.ts'
import { detected } from '../../fakes/telegram/entities.ts'
import { at } from './world.ts'

const me: Me = { id: 700, username: 'ao_test_bot', isCommand: (name) => ['fix', 'status'].includes(name) }
const bob = { id: 5, is_bot: false, first_name: 'Bob' }
const bot = { id: 700, is_bot: true, first_name: 'Ao', username: 'ao_test_bot' }
const group = { id: -100, type: 'supergroup', title: 'Team' } as const
const forum = { ...group, is_forum: true } as const
const direct = { id: 5, type: 'private', first_name: 'Bob' } as const

type Fields = Readonly<Record<string, unknown>>

/** A message as the Bot API sends it, with the entities that Telegram finds by itself. */
const message = (text: string | null, fields: Fields = {}): Fields => {
  const entities = detected(text ?? '', [])
  return {
    message_id: 12,
    from: bob,
    chat: group,
    date: 1_700_000_000,
    ...(text !== null && { text, ...(entities.length > 0 && { entities }) }),
    ...fields,
  }
}
const update = (fields: Fields): Update => ({ update_id: 9, ...fields }) as unknown as Update // what arrives has been checked by nobody either

const thumb = { type: 'emoji', emoji: '👍' } as const
const reaction = { chat: group, message_id: 12, user: bob, date: 1_700_000_000, old_reaction: [], new_reaction: [thumb] } as const

const nowhere = { isOurs: () => false, placeOf: () => null }
const ours = (...places: readonly Place[]) => ({
  ...nowhere,
  isOurs: (place: Place) => places.some(({ channel, thread }) => channel === place.channel && thread === place.thread),
})
const hear = (fields: Fields, door: Parameters<typeof translate>[2] = nowhere) =>
  translate(update({ message: fields }), me, door, 1).inbound
const heardText = (fields: Fields, door?: Parameters<typeof translate>[2]) => {
  const inbound = hear(fields, door)
  return inbound && wordsOf(inbound.said)
}

describe('what is said to the bot', () => {
  test('is handed over with who, where and when', () => {
    expect(hear(message('fix #42', { chat: direct }))).toEqual({
      id: 'telegram:700:5:12',
      account: '5',
      place: at('5'),
      at: 1_700_000_000_000,
      isDirect: true,
      message: '12',
      said: { how: 'typed', text: 'fix #42' },
    })
  })

  test.each([
    ['@ao_test_bot fix #42', 'fix #42'],
    ['@AO_test_bot: fix #42', 'fix #42'],
    ['hey @ao_test_bot, fix #42', 'hey, fix #42'],
    ['fix #42 @ao_test_bot', 'fix #42'],
    ['@ao_test_bot ask @bob_builds <b> & *it*', 'ask @bob_builds <b> & *it*'],
    ['@ao_test_bot  two\n  lines ', 'two\n  lines '],
    ['/fix@ao_test_bot 42', '/fix@ao_test_bot 42'],
    ['/unheard@ao_test_bot', '/unheard@ao_test_bot'],
    ['/fix 42', '/fix 42'],
    ['@ao_test_bot', ''],
  ])('in a group %j is %j', (said, text) => {
    expect(heardText(message(said))).toBe(text)
  })

  test.each([
    ['lunch?'],
    ['/weather'],
    ['/fix@other_bot 42'],
    ['@bob_builds fix #42'],
    ['mail me@ao_test_bot.example'],
    ['@ao_test_bot2 hello'],
  ])('in a group %j is for others', (said) => {
    expect(hear(message(said))).toBeNull()
  })

  test('in private it is what Telegram says for somebody who begins, as well', () => {
    expect(heardText(message('/start', { chat: direct }))).toBe('help')
    expect(heardText(message('/start "add input validation"', { chat: direct }))).toBe('/start "add input validation"')
  })

  test('people without a name to type are named as they are shown, and the bot is known by its number, too', () => {
    const entities = [
      { type: 'text_mention', offset: 0, length: 2, user: bot },
      { type: 'text_mention', offset: 7, length: 5, user: { id: 6, is_bot: false, first_name: 'Carla' } },
    ]
    expect(heardText(message('Ao ask Carla please', { entities }))).toBe('ask @Carla please')
  })

  test('is the caption of a file as well, and a file without words', () => {
    const document = { file_id: 'f1', file_unique_id: 'u1', file_name: 'trace.txt', file_size: 12 }
    const caption = { caption: '@ao_test_bot look', caption_entities: [{ type: 'mention', offset: 0, length: 12 }], document }
    expect(hear(message(null, caption))?.said).toEqual({
      how: 'typed',
      text: 'look',
      files: [{ id: 'f1', name: 'trace.txt', sizeBytes: 12, kind: 'file' }],
    })
    const photo = [
      { file_id: 'small', file_size: 90 },
      { file_id: 'large', file_size: 9_000 },
    ]
    expect(hear(message(null, { chat: direct, photo }))?.said).toEqual({
      how: 'typed',
      text: '',
      files: [{ id: 'large', name: 'photo-12.jpg', sizeBytes: 9_000, kind: 'file' }],
    })
    expect(hear(message(null, { chat: direct, voice: { file_id: 'v', duration: 2 } }))?.said).toMatchObject({
      files: [{ id: 'v', name: 'voice-12.ogg', sizeBytes: null, kind: 'voice' }],
    })
  })

  test('is nothing where there are neither words nor files', () => {
    expect(hear(message(null, { chat: direct, location: { latitude: 1, longitude: 2 } }))).toBeNull()
  })
})

describe('where it is said', () => {
  const topic = { chat: forum, is_topic_message: true, message_thread_id: 77 }
  const root = { reply_to_message: message(null, { message_id: 77, from: bot, forum_topic_created: { name: 'app-1' } }) }

  test('a topic of ours needs no name, another does', () => {
    expect(hear(message('use zod', { ...topic, ...root }), ours(at('-100', '77')))).toMatchObject({
      place: at('-100', '77'),
      isDirect: true,
    })
    expect(hear(message('use zod', { ...topic, ...root }))).toBeNull()
    expect(hear(message('@ao_test_bot status', { ...topic, ...root }))?.place).toEqual(at('-100', '77'))
  })

  test('that the bot made a topic does not make all in it an answer to the bot', () => {
    expect(hear(message('lunch?', { ...topic, ...root }))).toBeNull()
    expect(hear(message('yes', { ...topic, reply_to_message: message('?', { message_id: 80, from: bot }) }))).not.toBeNull()
  })

  test('the General topic is the group itself', () => {
    expect(hear(message('@ao_test_bot status', { ...topic, message_thread_id: 1 }))?.place).toEqual(at('-100'))
  })

  test('a number of a thread that is no topic is none: any reply in a group has one', () => {
    expect(hear(message('@ao_test_bot status', { message_thread_id: 44 }))?.place).toEqual(at('-100'))
  })

  test('an answer continues the chain that the bot knows the message in', () => {
    const door = {
      isOurs: ({ thread }: Place) => thread === 'm3',
      placeOf: (_: Place, id: string) => (id === '8' ? at('-100', 'm3') : null),
    }
    expect(hear(message('use zod', { reply_to_message: message('x', { message_id: 8 }) }), door)?.place).toEqual(at('-100', 'm3'))
    expect(hear(message('use zod', { reply_to_message: message('x', { message_id: 3 }) }), door)?.place).toEqual(at('-100', 'm3'))
    expect(hear(message('use zod', { reply_to_message: message('x', { message_id: 9 }) }), door)).toBeNull()
  })
})

describe('pitfall 10: nobody in person', () => {
  const said = '/fix@ao_test_bot 42'
  test.each<readonly [string, Fields]>([
    [
      'an anonymous administrator',
      { from: { id: 1_087_968_824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' }, sender_chat: group },
    ],
    ['a chat that speaks as itself', { sender_chat: { id: -200, type: 'channel', title: 'News' } }],
    ['a channel that the group belongs to', { is_automatic_forward: true, sender_chat: { id: -200, type: 'channel', title: 'News' } }],
    ['a forwarded message', { forward_origin: { type: 'user', sender_user: bob, date: 1 } }],
    ['another bot', { from: { id: 8, is_bot: true, first_name: 'CI' } }],
    ['the bot itself', { from: bot }],
    ['words that another bot wrote for somebody', { via_bot: { id: 8, is_bot: true, first_name: 'GIF' } }],
    ['nobody at all', { from: undefined }],
    ['a channel', { chat: { id: -200, type: 'channel', title: 'News' } }],
  ])('%s is not heard', (_, fields) => {
    expect(hear(message(said, fields))).toBeNull()
    expect(hear(message(said, { chat: direct, ...fields }))).toBeNull()
    expect(hear(message(said, fields), ours(at('-100')))).toBeNull()
    expect(translate(update({ edited_message: message(said, { ...fields, edit_date: 2 }) }), me, nowhere, 1).inbound).toBeNull()
  })

  test('a post in a channel is not heard', () => {
    expect(translate(update({ channel_post: message(said) }), me, nowhere, 1).inbound).toBeNull()
  })
})

describe('what else is done', () => {
  test('an edit names what it is about and is another thing than that', () => {
    const edited = message('fix #43', { chat: direct, edit_date: 1_700_000_060 })
    const { inbound } = translate(update({ edited_message: edited }), me, nowhere, 1)
    expect(inbound).toMatchObject({ at: 1_700_000_060_000, said: { how: 'edited', of: 'telegram:700:5:12', text: 'fix #43' } })
    expect(inbound?.id).not.toBe('telegram:700:5:12')
    expect(translate(update({ edited_message: edited }), me, nowhere, 2).inbound).toEqual(inbound)
  })

  const press = (fields: Fields) =>
    update({ callback_query: { id: 'q1', from: bob, chat_instance: 'c', message: message('card', { from: bot }), data: 'b1', ...fields } })

  test('a press is that of the person, wherever the card stands', () => {
    const door = { isOurs: () => false, placeOf: (_: Place, id: string) => (id === '12' ? at('-100', 'm3') : null) }
    expect(translate(press({}), me, door, 1_700).inbound).toEqual({
      id: 'telegram:700:press:q1',
      account: '5',
      place: at('-100', 'm3'),
      at: 1_700,
      isDirect: true,
      said: { how: 'pressed', button: 'b1' },
    })
    expect(translate(press({}), me, ours(at('-100', 'm12')), 1).inbound?.place).toEqual(at('-100', 'm12'))
    expect(translate(press({}), me, nowhere, 1).inbound?.place).toEqual(at('-100'))
  })

  test('a press on a message that is too old to be shown is one', () => {
    expect(translate(press({ message: { chat: group, message_id: 12, date: 0 } }), me, nowhere, 1).inbound?.place).toEqual(at('-100'))
  })

  test('a button without a meaning is answered and is nothing', () => {
    expect(translate(press({ data: undefined, game_short_name: 'x' }), me, nowhere, 1)).toEqual({ inbound: null, press: 'q1', moved: null })
  })

  test('pitfall 16: a group that has another number now says so from both sides', () => {
    const moved = { from: at('-100'), to: at('-1009') }
    expect(translate(update({ message: message(null, { migrate_to_chat_id: -1009 }) }), me, nowhere, 1).moved).toEqual(moved)
    const after = message(null, { chat: { ...group, id: -1009 }, migrate_from_chat_id: -100 })
    expect(translate(update({ message: after }), me, nowhere, 1).moved).toEqual(moved)
  })

  test('a sign on a message is told with who and where, whosever message it is', () => {
    expect(translate(update({ message_reaction: reaction }), me, nowhere, 1).inbound).toEqual({
      id: 'telegram:700:-100:12:5:👍',
      account: '5',
      place: at('-100'),
      at: 1_700_000_000_000,
      isDirect: true,
      message: '12',
      said: { how: 'reacted' },
    })
  })

  test.each([
    ['of a message that is known', { ...nowhere, placeOf: () => at('-100', '77') }, at('-100', '77')],
    ['of a card below which a chain hangs', ours(at('-100', 'm12')), at('-100', 'm12')],
  ])('a sign belongs to the place %s', (_, door, place) => {
    expect(translate(update({ message_reaction: reaction }), me, door, 1).inbound?.place).toEqual(place)
  })

  test.each([
    [[{ type: 'custom_emoji', custom_emoji_id: '5368' }], '5368'],
    [[{ type: 'paid' }], 'paid'],
    [[thumb, { type: 'emoji', emoji: '👀' }], '👀'],
  ])('%j is one sign', (signs, sign) => {
    const given = { ...reaction, old_reaction: [thumb], new_reaction: signs }
    expect(translate(update({ message_reaction: given }), me, nowhere, 1).inbound?.id).toBe(`telegram:700:-100:12:5:${sign}`)
  })

  test.each<readonly [string, Fields]>([
    ['a sign that is taken away', { message_reaction: { ...reaction, old_reaction: [thumb], new_reaction: [] } }],
    ['a sign that stays', { message_reaction: { ...reaction, old_reaction: [thumb], new_reaction: [thumb] } }],
    ['a sign of nobody in person', { message_reaction: { ...reaction, user: undefined, actor_chat: group } }],
    ['a sign of a bot', { message_reaction: { ...reaction, user: bot } }],
    ['a reaction', { message_reaction: { chat: group, message_id: 12, user: bob, date: 1, old_reaction: [], new_reaction: [] } }],
    ['that the bot was put out', { my_chat_member: { chat: group, from: bob, date: 1 } }],
    ['something that is not known yet', { tomorrow: {} }],
  ])('%s is nothing', (_, fields) => {
    expect(translate(update(fields), me, nowhere, 1)).toEqual({ inbound: null, press: null, moved: null })
  })
})

test.each([
  ['-100', 'telegram:700:-100:12', 12],
  ['-200', 'telegram:700:-100:12', null],
  ['-100', 'telegram:700:press:12', null],
  ['-100', 'console:x', null],
  ['-100', null, null],
])('in the channel %s, %s is the message %s', (channel, inbound, id) => {
  expect(messageIn(channel, inbound)).toBe(id)
})
