import { describe, expect, test } from 'vitest'
import { render } from '../../../adapters/telegram/render.ts'
import type { DrawnCard, Mention } from '../../../bot/contracts/card.ts'
import { drawnCard, fakeDoor, newly } from '../../contracts/adapter.ts'
import { detected, entityProblem } from '../../fakes/telegram/entities.ts'
import { makeTelegram } from './world.ts'

const draw = (parts: Partial<DrawnCard>) => render(drawnCard({ title: 'Needs you', ...parts }), { isAgain: false })
const called = (parts: Partial<DrawnCard>) => {
  const { text, entities } = draw(parts)
  expect(entityProblem(text, entities)).toBeNull()
  return entities.flatMap((one) => (one.type === 'text_mention' ? [[text.slice(one.offset, one.offset + one.length), one.user]] : []))
}
const ana: Mention = { name: 'ana', account: '42424242' }
const bob: Mention = { name: 'bob', account: '43434343' }
const cyn: Mention = { name: 'cyn', account: null }

describe('people whom a card calls on Telegram', () => {
  test('stand first, by their number under their name; others by their name alone', () => {
    expect(draw({ mentions: [ana, cyn, bob] }).text).toBe('ana, cyn, bob 🔹 Needs you')
    expect(called({ mentions: [ana, cyn, bob] })).toEqual([
      ['ana', { id: 42424242 }],
      ['bob', { id: 43434343 }],
    ])
  })

  test('are only names when the card is silent', () => {
    expect(draw({ mentions: [ana], isSilent: true })).toMatchObject({ text: 'ana 🔹 Needs you', isSilent: true })
    expect(called({ mentions: [ana], isSilent: true })).toEqual([])
  })

  test.each(['-100123', '0', '042', '1e3', '9999999999999999', '99999999999999999', '@bob_builds', ''])(
    '%j is no account: the name',
    (account) => {
      expect(called({ mentions: [{ name: 'ana', account }] })).toEqual([])
      expect(draw({ mentions: [{ name: 'ana', account }] }).text).toBe('ana 🔹 Needs you')
    },
  )

  test('a name that Telegram would make something of is a name', () => {
    const { text, entities } = draw({
      mentions: [
        { name: '@bob_builds /merge', account: null },
        { name: '@dan_d', account: '7' },
      ],
    })
    expect(detected(text, entities)).toEqual([])
    expect(called({ mentions: [{ name: '@dan_d', account: '7' }] })).toEqual([['@\u2060dan_d', { id: 7 }]])
  })

  test('the same card is drawn the same', () => {
    expect(draw({ mentions: [ana, cyn] })).toEqual(draw({ mentions: [ana, cyn] }))
  })
})

describe('a silent card over the line', () => {
  test('makes no sound, nor do its files; an edit never says anything of it', async () => {
    const { fake, adapter, place, close } = await makeTelegram('chains')
    const stop = await adapter.start(fakeDoor())
    const card = drawnCard({ title: 'Logs', isSilent: true, blocks: [{ title: 'log', text: 'x\n'.repeat(9_000) }] })
    const ref = await adapter.post(place, card, newly())
    await adapter.edit(ref, { ...card, title: 'More logs' })
    expect(fake.calls.filter(({ method }) => /^send/.test(method)).map(({ fields }) => fields.disable_notification)).toEqual([true, true])
    expect(fake.people.sees(place).map(({ isSilent }) => isSilent)).toEqual([true, true])
    expect(fake.complaints).toEqual([])
    await stop()
    await close()
  })
})

describe('signs on messages', () => {
  test('each sign is one, a sign that comes again is the same, and one that is taken away is nothing', async () => {
    const { fake, adapter, place, bob: person, close } = await makeTelegram('private')
    const door = fakeDoor()
    const stop = await adapter.start(door)
    const { id } = await adapter.post(place, drawnCard({ title: 'Needs you' }), newly())
    for (const sign of ['👍', '', '👀', '👍']) await fake.people.reacts(person, place.channel, Number(id), sign)
    expect(door.received.map(({ said }) => said.how)).toEqual(['reacted', 'reacted', 'reacted'])
    expect(new Set(door.received.map(({ id: one }) => one)).size).toBe(2)
    await stop()
    await close()
  })
})
