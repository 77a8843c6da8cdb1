import { describe, expect, it } from 'vitest'
import { message } from '../../../adapters/console/protocol.ts'
import { buttonAt, cardChars, emptyRoom, type Room, show, trim } from '../../../adapters/console/room.ts'
import { amountOf, lastFew, threadsOf } from '../../../adapters/console/show.ts'
import { heard, translate } from '../../../adapters/console/translate.ts'
import { drawnCard } from '../../contracts/adapter.ts'

const buttons = (...ids: readonly string[]) => ids.map((id) => ({ id, label: id.toUpperCase(), isRisky: false }))
const shown = (room: Room, id: string, thread: string | null, ids: readonly string[]): Room =>
  show(room, { id, thread, at: 1, card: drawnCard({ title: id, buttons: buttons(...ids) }) }).room
const numbersOf = (room: Room, id: string) => room.messages.find((message) => message.id === id)?.numbers

describe('whom a card calls', () => {
  it('is nobody, and it is not silent, where an earlier version has kept it', () => {
    const { mentions: _mentions, isSilent: _isSilent, ...old } = drawnCard({ title: 'Merged' })
    const kept: unknown = JSON.parse(JSON.stringify({ id: 'm1', thread: null, at: 1, card: old, numbers: {} }))
    expect(message.parse(kept).card).toMatchObject({ title: 'Merged', mentions: [], isSilent: false })
  })

  it('is kept without what would steer a terminal, and a hundred of them', () => {
    const mentions = Array.from({ length: 200 }, (_, n) => ({ name: `p${n}\u001b[31m${'x'.repeat(300)}`, account: 'console' }))
    const kept = trim(drawnCard({ mentions })).mentions
    expect(kept).toHaveLength(100)
    expect(kept[7]).toEqual({ name: `p7${'x'.repeat(98)}`, account: 'console' })
  })
})

describe('numbers', () => {
  it('are never given twice, and stay with their button when a card is edited', () => {
    let room = shown(emptyRoom, 'one', null, ['a', 'b'])
    room = shown(room, 'two', null, ['c'])
    room = shown(room, 'one', null, ['b', 'd'])
    room = shown(room, 'one', null, ['a', 'b'])

    expect(numbersOf(room, 'two')).toEqual({ c: 13 })
    expect(numbersOf(room, 'one')).toEqual({ a: 15, b: 12 })
  })

  const room = shown(shown(emptyRoom, 'top', null, ['a']), 'deep', 'app-3', ['b'])
  it.each([
    ['11', null, 'a'],
    ['12', null, 'b'],
    ['12', 'app-3', 'b'],
    ['11', 'app-3', null],
    ['12', 'app-4', null],
    ['13', null, null],
    ['2', null, null],
    ['011', null, null],
    ['11 ', null, null],
    ['+11', null, null],
  ])('typing "%s" in %s presses %s', (text, thread, id) => expect(buttonAt(room, text, thread)?.button.id ?? null).toBe(id))

  it('mean nothing any more once the card has lost the button', () => {
    expect(buttonAt(shown(room, 'top', null, []), '11', null)).toBeNull()
  })
})

describe('what was said', () => {
  const room = shown(emptyRoom, 'deep', 'app-3', ['b'])
  const said = (text: string, thread: string | null = null) => ({ is: 'say' as const, id: 'uuid', text, thread, at: 500 })

  it('is typed words, in the thread they were said in', () => {
    expect(translate(said('fix #42', 'app-4'), room, 1_000)).toEqual({
      id: 'console:uuid',
      account: 'console',
      place: { platform: 'console', channel: 'main', thread: 'app-4' },
      at: 500,
      isDirect: true,
      said: { how: 'typed', text: 'fix #42' },
    })
  })

  it('is a press of the button with that number, in the thread where the button stands', () => {
    const { place, said: how } = translate(said(' 11\n'), room, 1_000)
    expect(how).toEqual({ how: 'pressed', button: 'b' })
    expect(place.thread).toBe('app-3')
    expect(heard(said('11'), room)).toEqual({ text: '[11] B', thread: 'app-3' })
  })

  it('is never said in the future', () => expect(translate(said('x'), room, 100).at).toBe(100))
})

describe('the room', () => {
  it('keeps the 200 messages touched last', () => {
    let room = shown(emptyRoom, 'old', null, [])
    for (let count = 0; count < 199; count += 1) room = shown(room, `m${count}`, null, [])
    room = shown(room, 'old', null, [])
    room = shown(room, 'new', null, [])

    expect(room.messages).toHaveLength(200)
    expect(room.messages.slice(-2).map(({ id }) => id)).toEqual(['old', 'new'])
    expect(room.messages[0]?.id).toBe('m1')
  })

  it('keeps at most two million characters', () => {
    let room = emptyRoom
    const card = drawnCard({ blocks: [{ title: '', text: 'x\n'.repeat(8_000) }] })
    for (let count = 0; count < 200; count += 1) room = show(room, { id: `m${count}`, thread: null, at: 1, card }).room

    const chars = room.messages.reduce((sum, message) => sum + (message.card.blocks[0]?.text.length ?? 0), 0)
    expect(chars).toBeLessThanOrEqual(2 * 1024 * 1024)
    expect(room.messages.length).toBeGreaterThan(100)
    expect(room.messages.at(-1)?.id).toBe('m199')
  })

  it('keeps no escape sequence', () => {
    const evil = 'a\u001b[31mb\u0007'
    const card = trim(
      drawnCard({
        title: evil,
        lines: [evil],
        body: evil,
        picture: { alt: evil, png: 'AAAA' },
        blocks: [{ title: evil, text: evil }],
        buttons: [{ id: 'a', label: evil, isRisky: false }],
      }),
    )
    expect(card).toMatchObject({
      title: 'ab',
      lines: ['ab'],
      body: 'ab',
      picture: { alt: 'ab', png: '' },
      blocks: [{ title: 'ab', text: 'ab' }],
      buttons: [{ id: 'a', label: 'ab' }],
    })
  })

  it('cuts what is too long in the middle, and says how much', () => {
    const text = Array.from({ length: 10_000 }, (_, index) => `line ${index}`).join('\n')
    const card = trim(drawnCard({ title: 'Title', lines: ['short'], blocks: [{ title: 'log', text }], buttons: buttons('a') }))
    const kept = card.blocks[0]?.text ?? ''

    expect(JSON.stringify(card).length).toBeLessThan(cardChars * 1.2)
    expect(card).toMatchObject({ title: 'Title', lines: ['short'], buttons: buttons('a') })
    expect(kept.startsWith('line 0\nline 1\n')).toBe(true)
    expect(kept.endsWith('\nline 9999')).toBe(true)
    const [, missing] = /\n… (\d+) more lines\n/.exec(kept) ?? []
    expect(kept.split('\n').length - 1 + Number(missing)).toBe(10_000)
  })
})

describe('a body that is too long', () => {
  const body = Array.from({ length: 10_000 }, (_, index) => `line ${index}`).join('\n')

  it('is cut at its end, so that its Markdown still means the same, and says how much is missing', () => {
    const kept = trim(drawnCard({ title: 'Title', body })).body
    expect(kept.length).toBeLessThanOrEqual(cardChars)
    expect(body.startsWith(kept.replace(/\n… .*$/, ''))).toBe(true)
    const [, missing] = /\n… (\d+) more lines$/.exec(kept) ?? []
    expect(kept.split('\n').length - 1 + Number(missing)).toBe(10_000)
  })

  it('leaves room for the blocks', () => {
    const card = trim(drawnCard({ title: 'Title', body, blocks: [{ title: 'log', text: body }] }))
    expect(card.body.length).toBeGreaterThan(cardChars / 3)
    expect(card.blocks[0]?.text.length).toBeGreaterThan(cardChars / 3)
    expect(JSON.stringify(card).length).toBeLessThan(cardChars * 1.2)
  })
})

describe('what is printed again', () => {
  const status = drawnCard({ kind: 'status', tone: 'busy', title: 'Working', lines: ['1 file'] })
  const approval = drawnCard({ kind: 'approval', tone: 'ask', title: 'Merge?', buttons: buttons('a') })
  it.each([
    ['a new card', null, status, 'whole'],
    ['a status with another title', status, { ...status, title: 'Idle' }, 'short'],
    ['a status with another tone', status, { ...status, tone: 'bad' as const }, 'short'],
    ['a status with another button', status, { ...status, buttons: buttons('a') }, 'short'],
    ['a status with other lines', status, { ...status, lines: ['2 files'] }, 'nothing'],
    ['an approval that became stale', approval, { ...approval, title: 'Stale' }, 'whole'],
    ['an approval that lost its button', approval, { ...approval, buttons: [] }, 'whole'],
    ['an approval with other lines', approval, { ...approval, lines: ['x'] }, 'nothing'],
  ] as const)('%s: %s', (_name, before, after, amount) => expect(amountOf(before, after)).toBe(amount))

  it('is the last few messages for whoever comes in, those of the thread inside one', () => {
    let room = emptyRoom
    for (let count = 0; count < 10; count += 1) room = shown(room, `m${count}`, count % 2 === 0 ? 'even' : null, [])
    expect(lastFew(room.messages, null, 3)).toMatchObject({ few: [{ id: 'm7' }, { id: 'm8' }, { id: 'm9' }], more: 7 })
    expect(lastFew(room.messages, 'even', 2)).toMatchObject({ few: [{ id: 'm6' }, { id: 'm8' }], more: 3 })
    expect(threadsOf(room.messages)).toEqual(['even'])
  })
})
