import { describe, expect, test } from 'vitest'
import { type Reader, readEdit, readInteraction, readMessage, readReaction } from '../../../adapters/discord/translate.ts'
import { idAt, madeAt, type WireInteraction, type WireMessage, type WireReaction, type WireUser } from '../../../adapters/discord/wire.ts'
import type { Place } from '../../../bot/contracts/inbound.ts'

const bob: WireUser = { id: '11', username: 'bob' }
const bot: WireUser = { id: '99', username: 'ao', bot: true }
const threads: Readonly<Record<string, string>> = { '700': '500' }
const ours: Place = { platform: 'discord', channel: '500', thread: '700' }
const chain: Place = { platform: 'discord', channel: '600', thread: 'm42' }

const reader: Reader = {
  me: { id: bot.id, roles: new Set(['77']) },
  parentOf: (channel) => threads[channel] ?? null,
  isPrivate: (channel) => channel === '600',
  nameOf: (channel) => (channel === '500' ? 'general' : null),
  door: {
    isOurs: ({ thread }) => thread === ours.thread || thread === chain.thread,
    placeOf: ({ channel }, message) => (channel === '600' && message === '42' ? chain : null),
  },
  now: () => 5,
}
const message = (parts: Partial<WireMessage>): WireMessage => ({
  id: '1000',
  channel_id: '500',
  author: bob,
  content: '<@99> status',
  timestamp: '2026-08-06T12:00:00.000000+00:00',
  edited_timestamp: null,
  type: 0,
  mentions: [bot],
  mention_roles: [],
  attachments: [],
  embeds: [],
  ...parts,
})

describe('a message', () => {
  test('that names the bot is for the bot, without the name', () => {
    expect(readMessage(message({}), reader)).toEqual({
      id: 'discord:500:1000',
      account: '11',
      place: { platform: 'discord', channel: '500', thread: null },
      at: Date.parse('2026-08-06T12:00:00Z'),
      isDirect: true,
      message: '1000',
      said: { how: 'typed', text: 'status' },
    })
  })

  test.each([
    ['in a thread of ours', { channel_id: '700', content: 'use zod', mentions: [] }, ours],
    ['in a private chat', { channel_id: '600', content: 'status', mentions: [] }, { ...chain, thread: null }],
    [
      'that answers a message of a session',
      { channel_id: '600', content: 'yes', mentions: [], type: 19, message_reference: { message_id: '42' } },
      chain,
    ],
  ])('%s needs no name', (_what, parts, place) => {
    expect(readMessage(message(parts), reader)?.place).toEqual(place)
  })

  test.each([
    ['that names nobody', { content: 'lunch?', mentions: [] }],
    ['of a bot', { author: { ...bob, bot: true } }],
    ['of a webhook', { webhook_id: '5' }],
    ['of Discord itself', { author: { ...bob, system: true } }],
    ['that tells of a pin', { type: 6 }],
    ['that was forwarded', { message_reference: { type: 1, message_id: '7' } }],
    ['that says nothing', { content: '<@99>' }],
  ])('%s is dropped', (_what, parts) => {
    expect(readMessage(message(parts), reader)).toBeNull()
  })

  test.each([
    ['<@99> fix #42 "now" <b> & *it*', 'fix #42 "now" <b> & *it*'],
    ['hey <@!99> status', 'hey status'],
    ['<@&77> status', 'status'],
    ['<@99> ask <@22>', 'ask @Ada L.'],
    ['<@99> ask <@33>', 'ask @cy'],
    ['<@99> ask <@44>', 'ask <@44>'],
    ['<@99> see <#500> and <#501>', 'see #general and <#501>'],
    ['<@99> done <:tick:123456>', 'done :tick:'],
    ['<@99> a\n\nb', 'a\n\nb'],
  ])('%j reads %j', (content, text) => {
    const mentions = [
      bot,
      { id: '22', username: 'ada', global_name: 'Ada', member: { nick: 'Ada L.' } },
      { id: '33', username: 'cy', global_name: null },
    ]
    expect(readMessage(message({ content, mentions }), reader)?.said).toEqual({ how: 'typed', text })
  })
})

describe('an edit', () => {
  test('names what it changes, and two edits are two', () => {
    const edited = (at: string) => readEdit(message({ edited_timestamp: at }), reader)
    const [one, two] = [edited('2026-08-06T12:01:00Z'), edited('2026-08-06T12:02:00Z')]
    expect(one?.said).toEqual({ how: 'edited', of: 'discord:500:1000', text: 'status' })
    expect(one?.id).not.toBe(two?.id)
    expect(readEdit(message({}), reader)).toBeNull()
  })
})

describe('an interaction', () => {
  const press = (parts: Partial<WireInteraction>): WireInteraction => ({
    id: '2000',
    application_id: '99',
    token: 't',
    type: 3,
    channel: { id: '700', type: 11, parent_id: '500' },
    member: { user: bob },
    data: { custom_id: 'b1' },
    ...parts,
  })

  test('belongs to the thread, also when the bot has never seen that thread', () => {
    const inbound = readInteraction(press({ channel: { id: '701', type: 11, parent_id: '500' } }), reader, 7)
    expect(inbound).toMatchObject({
      id: 'discord:i:2000',
      at: 7,
      place: { channel: '500', thread: '701' },
      said: { how: 'pressed', button: 'b1' },
    })
  })

  test.each([
    ['without anybody', { member: undefined }],
    ['without a channel', { channel: undefined }],
    ['with no words', { type: 2, data: { name: 'ao', options: [{ name: 'words', value: '  ' }] } }],
    ['of a kind nobody knows', { type: 99 }],
    ['with an empty list', { data: { custom_id: 'more', values: [] } }],
  ])('%s is none', (_what, parts) => {
    expect(readInteraction(press(parts as Partial<WireInteraction>), reader, 7)).toBeNull()
  })
})

describe('a sign on a message', () => {
  const sign = (parts: Partial<WireReaction> = {}): WireReaction => ({
    user_id: '11',
    channel_id: '500',
    message_id: '1000',
    message_author_id: '99',
    emoji: { id: null, name: '👍' },
    member: { user: bob },
    ...parts,
  })

  test.each([
    ['of ours in a channel', {}, { ...ours, thread: null }],
    ['of ours in private, where Discord names nobody', { channel_id: '600', member: undefined }, { ...chain, thread: null }],
    ['in a thread of ours, whoever wrote it', { channel_id: '700', message_author_id: '11' }, ours],
    ['in a chain of ours', { channel_id: '600', message_id: '42', message_author_id: '11' }, chain],
  ])('%s says that it was seen', (_what, parts: Partial<Record<keyof WireReaction, unknown>>, place) => {
    expect(readReaction(sign(parts as Partial<WireReaction>), reader)).toMatchObject({
      account: '11',
      place,
      isDirect: true,
      message: parts.message_id ?? '1000',
      said: { how: 'reacted' },
    })
  })

  test.each([
    ['of somebody else, elsewhere', { message_author_id: '11' }],
    ['of nobody knows whom, elsewhere', { message_author_id: undefined }],
    ['by the bot', { user_id: '99' }],
    ['by another bot', { member: { user: { ...bob, bot: true } } }],
    ['that is a stop sign, where no session is', { emoji: { id: null, name: '🛑' } }],
  ])('%s is nothing', (_what, parts) => {
    expect(readReaction(sign(parts as Partial<WireReaction>), reader)).toBeNull()
  })

  test('is one for each person, sign and message', () => {
    const all = [{}, {}, { user_id: '12' }, { message_id: '1001' }, { emoji: { id: null, name: '👀' } }, { emoji: { id: '5', name: '👍' } }]
    expect(new Set(all.map((parts) => readReaction(sign(parts), reader)?.id)).size).toBe(5)
  })

  test('that is a stop sign stops, in a thread of ours', () => {
    expect(readReaction(sign({ channel_id: '700', emoji: { id: null, name: '🛑' } }), reader)).toMatchObject({
      id: 'discord:700:1000:stop:11',
      said: { how: 'typed', text: 'stop' },
    })
  })
})

test('ids tell when they were made', () => {
  for (const at of [1_420_070_400_000, Date.parse('2026-08-06T12:00:00Z')]) expect(madeAt(idAt(at))).toBe(at)
  expect(idAt(0)).toBe('0')
})
