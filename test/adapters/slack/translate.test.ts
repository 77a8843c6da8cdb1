import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { placeAt, translate } from '../../../adapters/slack/translate.ts'
import { command, heard, inPrivate, inThread, look, mention, message, ours, press, textOf } from './events.ts'

describe('who speaks to the bot', () => {
  test('a mention at the top of a channel is answered in the thread below it', () => {
    expect(heard(mention({}))).toEqual({
      id: 'slack:C1:1700000050.000200',
      account: 'UANA',
      place: placeAt('C1', '1700000050.000200'),
      at: 1_700_000_050_000,
      isDirect: true,
      message: '1700000050.000200',
      said: { how: 'typed', text: 'hello' },
    })
  })

  test.each([
    ['a private chat', message(inPrivate), placeAt('D1', null)],
    ['a thread in a private chat', message({ ...inPrivate, ...inThread }), placeAt('D1', '1700000000.000100')],
    ['a thread of ours', message(inThread), ours],
    ['a mention in any thread', mention({ thread_ts: '1700000040.000000' }), placeAt('C1', '1700000040.000000')],
    ['a mention that comes as a message', message({ text: 'hey <@UBOT> hello' }), placeAt('C1', '1700000050.000200')],
    ['a reply that is shown in the channel too', message({ ...inThread, subtype: 'thread_broadcast' }), ours],
  ])('%s is heard, and where', (_, given, place) => {
    expect(heard(given)?.place).toEqual(place)
    expect(heard(given)?.isDirect).toBe(true)
  })

  test('at the top of a channel where the bot waits for an answer, a word is an answer there', () => {
    expect(heard(message({ text: 'yes' }), { isOurs: ({ thread }) => thread === null })?.place).toEqual(placeAt('C1', null))
  })

  test.each([
    ['people among themselves', message({})],
    ['a thread that is not ours', message({ thread_ts: '1700000040.000000' })],
    ['somebody named like the bot', message({ text: '<@UBOTHER> hello' })],
    ['the bot itself', message({ ...inThread, user: 'UBOT' })],
    ['another bot', message({ ...inThread, bot_id: 'B2' })],
    ['another bot that names ours', mention({ bot_id: 'B2' })],
    ['a bot without a user', message({ ...inThread, user: undefined, subtype: 'bot_message', bot_id: 'B2' })],
    ['Slack itself', message({ ...inPrivate, user: 'USLACKBOT' })],
    ['somebody who joined', message({ ...inThread, subtype: 'channel_join' })],
    ['an edit that adds a mention', mention({ edited: { user: 'UANA', ts: '1700000060.000000' } })],
    [
      'a forwarded message without a word of one’s own',
      message({ ...inThread, text: '', attachments: [{ is_share: true, text: 'merge app-3' }] }),
    ],
    ['something of another shape', { type: 'event_callback', event: { type: 'message' } }],
    ['nothing', null],
  ])('pitfall 10: %s is not heard', (_, given) => {
    expect(translate(given, look)).toBeNull()
  })

  test('pitfall 10: the words of a forwarded message are nobody’s words', () => {
    expect(textOf(message({ ...inThread, text: 'look', attachments: [{ is_share: true, text: 'merge app-3' }] }))).toBe('look')
  })

  test('pitfall 11: a mention that comes as two events has one id', () => {
    expect(heard(mention({}))?.id).toBe(heard(message({ text: '<@UBOT> hello' }))?.id)
  })

  test.each([
    ['messages', mention({})],
    ['presses', press({})],
    ['commands', command('status')],
  ])('pitfall 5: the ids of %s name no team', (_, given) => {
    const elsewhere = { ...given, team_id: 'T9', team: { id: 'T9' }, enterprise: { id: 'E1' } }
    expect(heard(elsewhere)).toEqual(heard(given))
    expect(heard(given)?.id).not.toMatch(/T1|T9/)
  })
})

describe('what was typed, word for word', () => {
  test.each([
    ['&lt;b&gt; &amp; *it*', '<b> & *it*'],
    ['&amp;lt;', '&lt;'],
    ['see <https://github.com/o/r/issues/42>', 'see https://github.com/o/r/issues/42'],
    ['see <http://example.com|example.com>', 'see example.com'],
    ['see <http://example.com/|example.com>', 'see example.com'],
    ['see <https://evil.example|https://github.com>', 'see https://github.com (https://evil.example)'],
    ['mail <mailto:a@b.c|a@b.c>', 'mail a@b.c'],
    ['ask <@UBOB> and <@UXYZ>', 'ask @bob and @UXYZ'],
    ['ask <@UXYZ|eve>', 'ask @eve'],
    ['in <#C9|general> or <#C8>', 'in #general or #C8'],
    ['<!here> <!subteam^S1|@devs> <!channel>', '@here @devs @channel'],
    ['<!date^1700000000^{date}|last night>', 'last night'],
    ['<@UBOT> fix it', 'fix it'],
    ['<@UBOT|ao>: fix it', 'fix it'],
    ['<@UBOT> <@UBOT>, fix it', 'fix it'],
    ['please <@UBOT> fix it', 'please fix it'],
    ['two\nlines  and spaces', 'two\nlines  and spaces'],
    ['!status', '!status'],
    ['ao stop', 'ao stop'],
  ])('%s is "%s"', (given, text) => {
    expect(textOf(message({ ...inThread, text: given }))).toBe(text)
  })

  test('whatever is typed comes back as it was', () => {
    const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        expect(textOf(message({ ...inThread, text: escaped(text) }))).toBe(text)
      }),
    )
  })

  test('files come along by their ids; something spoken is voice', () => {
    const files = [
      { id: 'F1', name: 'trace.txt', size: 12, url_private: 'https://files.slack.com/x' },
      { id: 'F2', name: 'audio_message.m4a', subtype: 'slack_audio' },
      { id: 'F3', name: null, title: 'Untitled', size: 0 },
    ]
    expect(heard(message({ ...inThread, text: '', subtype: 'file_share', files }))?.said).toEqual({
      how: 'typed',
      text: '',
      files: [
        { id: 'F1', name: 'trace.txt', sizeBytes: 12, kind: 'file' },
        { id: 'F2', name: 'audio_message.m4a', sizeBytes: null, kind: 'voice' },
        { id: 'F3', name: 'Untitled', sizeBytes: 0, kind: 'file' },
      ],
    })
  })
})
