import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { placeAt, translate } from '../../../adapters/slack/translate.ts'
import { command, event, type Fields, filled, heard, inThread, look, ours, press } from './events.ts'

describe('edits, deletions, reactions', () => {
  const before = { user: 'UANA', ts: '1700000050.000200', text: 'use zod', ...inThread }
  const changed = (after: Fields, was: Fields = before): Fields =>
    event({ type: 'message', subtype: 'message_changed', channel: 'C1', ts: '1700000070.000000', message: after, previous_message: was })
  const edited = { ...before, text: 'use ajv', edited: { user: 'UANA', ts: '1700000060.000000' } }

  test('an edit names what it is about, and has an id of its own', () => {
    expect(heard(changed(edited))).toMatchObject({
      id: 'slack:C1:1700000050.000200:edited:1700000060.000000',
      at: 1_700_000_060_000,
      place: ours,
      said: { how: 'edited', of: 'slack:C1:1700000050.000200', text: 'use ajv' },
    })
  })

  test.each([
    ['a preview that appeared', changed({ ...before, attachments: [{}] })],
    ['a preview under an edited message', changed({ ...edited, attachments: [{}] }, edited)],
    ['an edit of the bot’s own card', changed({ ...edited, user: 'UBOT', bot_id: 'B1' })],
    ['an edit somewhere else', changed({ ...edited, thread_ts: undefined }, { ...before, thread_ts: undefined })],
  ])('%s is nothing', (_, given) => {
    expect(translate(given, look)).toBeNull()
  })

  test.each([
    [
      'deleted',
      event({
        type: 'message',
        subtype: 'message_deleted',
        channel: 'C1',
        ts: '1700000070.000000',
        deleted_ts: before.ts,
        previous_message: before,
      }),
    ],
    ['emptied because replies hang below it', changed({ ...before, subtype: 'tombstone', user: 'USLACKBOT' })],
  ])('a message that was %s is told as deleted', (_, given) => {
    expect(heard(given)).toMatchObject({ account: 'UANA', place: ours, said: { how: 'deleted', of: 'slack:C1:1700000050.000200' } })
  })

  const reaction = (name: string, ts: string, user = 'UANA', more: Fields = {}): Fields =>
    event({
      type: 'reaction_added',
      user,
      reaction: name,
      item: { type: 'message', channel: 'C1', ts },
      event_ts: '1700000080.000500',
      ...more,
    })

  test.each([
    ['on the first message', '1700000000.000100'],
    ['on a message within', '1700000000.000300'],
  ])('the stop sign %s of a thread of ours is the word "stop" there', (_, ts) => {
    expect(heard(reaction('octagonal_sign', ts))).toMatchObject({
      account: 'UANA',
      place: ours,
      isDirect: true,
      said: { how: 'typed', text: 'stop' },
    })
  })

  test.each([
    ['in a thread of ours, whoever wrote it', reaction('eyes', '1700000000.000300', 'UANA', { item_user: 'UBOB' }), ours],
    ['of ours in a channel', reaction('eyes', '1700000001.000000', 'UANA', { item_user: 'UBOT' }), placeAt('C1', null)],
  ])('any other sign on a message %s says that it was seen', (_, given, place) => {
    expect(heard(given)).toMatchObject({ account: 'UANA', place, isDirect: true, said: { how: 'reacted' } })
    expect(heard(given)?.message).toBe(heard(given)?.id.split(':')[2])
  })

  test('one person’s sign on a message is one, however often it is put there; another person’s or sign is another', () => {
    const idOf = (name: string, at: string, user?: string): string =>
      heard(reaction(name, '1700000000.000100', user, { event_ts: at }))?.id ?? ''
    const once = idOf('eyes', '1700000080.000500')
    expect(idOf('eyes', '1700000099.000500')).toBe(once)
    expect(new Set([once, idOf('+1', '1700000080.000500'), idOf('eyes', '1700000080.000500', 'UBOB')]).size).toBe(3)
    // A stop may be wished again.
    expect(idOf('octagonal_sign', '1700000080.000500')).not.toBe(idOf('octagonal_sign', '1700000099.000500'))
  })

  test.each([
    ['the stop sign elsewhere', reaction('octagonal_sign', '1700000001.000000')],
    ['the stop sign on a message of ours elsewhere', reaction('octagonal_sign', '1700000001.000000', 'UANA', { item_user: 'UBOT' })],
    ['another sign on a message of somebody else, elsewhere', reaction('eyes', '1700000001.000000', 'UANA', { item_user: 'UBOB' })],
    ['another sign on a message of nobody, elsewhere', reaction('eyes', '1700000001.000000')],
    ['the bot’s own sign', reaction('octagonal_sign', '1700000000.000100', 'UBOT')],
    ['the bot’s own eyes', reaction('eyes', '1700000000.000100', 'UBOT')],
    ['what Slack itself puts there', reaction('eyes', '1700000000.000100', 'USLACKBOT')],
  ])('%s is nothing', (_, given) => {
    expect(translate(given, look)).toBeNull()
  })
})

describe('commands, buttons and forms', () => {
  test('a command is said at the top of the channel: Slack has none in threads', () => {
    expect(heard(command('fix #42 &amp; more'))).toMatchObject({
      account: 'UANA',
      place: placeAt('C1', null),
      at: look.now,
      said: { how: 'typed', text: 'fix #42 & more' },
    })
  })

  test.each([
    ['in a thread', press({ container: { thread_ts: '1700000000.000100' } }), ours],
    ['on the card that a thread of ours hangs below', press({ container: { message_ts: '1700000000.000100' } }), ours],
    ['the same, once somebody replied', press({ container: { message_ts: '1700000000.000100', thread_ts: '1700000000.000100' } }), ours],
    [
      'on a board with replies',
      press({ container: { message_ts: '1700000009.000000', thread_ts: '1700000009.000000' } }),
      placeAt('C1', null),
    ],
    ['at the top of a channel', press({}), placeAt('C1', null)],
  ])('a press %s belongs to where the card stands', (_, given, place) => {
    expect(heard(given)?.place).toEqual(place)
  })

  test('a press has the id of the click: the same when it comes again, another for another click or person', () => {
    const once = heard(press({}))?.id
    expect(heard(press({ trigger_id: 'another' }))?.id).toBe(once)
    expect(heard(press({ at: '1700000091.000000' }))?.id).not.toBe(once)
    expect(heard(press({ user: 'UBOB' }))?.id).not.toBe(once)
  })

  test('pitfall 5: whoever is of a connected workspace keeps the account they have', () => {
    expect(heard({ ...press({ user: 'UFAR' }), team: { id: 'T9' }, user: { id: 'UFAR', team_id: 'T9' } })).toMatchObject({
      account: 'UFAR',
    })
  })

  test('a button that asks for a text is no press yet; the text is one, at the place of the button', () => {
    const asks = translate(press({ action: 'reject', container: { thread_ts: '1700000000.000100' } }), look)
    if (asks?.is !== 'asks') throw new Error('It asked for nothing.')
    expect(asks).toMatchObject({ trigger: 'trigger', form: { title: 'Request changes' } })
    expect(heard(filled(asks.carried, 'the name is wrong'))).toMatchObject({
      id: 'slack:C1:form:V1',
      account: 'UANA',
      place: ours,
      said: { how: 'pressed', button: 'reject', text: 'the name is wrong' },
    })
  })

  test.each(['', 'not json', '{"button":1}', '{}'])('a form that is not ours (%j) is nothing', (carried) => {
    expect(translate(filled(carried, 'x'), look)).toBeNull()
  })

  test('whatever else Slack may send is nothing, and no error', () => {
    fc.assert(
      fc.property(fc.anything(), (given) => {
        expect(translate(given, look)).toBeNull()
      }),
    )
  })
})
