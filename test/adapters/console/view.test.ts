import { expect, it } from 'vitest'
import type { Message } from '../../../adapters/console/protocol.ts'
import { openView } from '../../../adapters/console/view.ts'
import type { DrawnCard } from '../../../bot/contracts/card.ts'
import { drawnCard } from '../../contracts/adapter.ts'

const ana = { name: 'ana', account: 'console' }
const messageOf = (parts: Partial<DrawnCard>): Message => ({ id: 'm1', thread: null, at: 1, card: drawnCard(parts), numbers: {} })

/** What is printed, and how often it rings. */
const open = (isLast = false) => {
  const printed: string[] = []
  const view = openView(
    { print: (text) => void printed.push(text), canReplace: () => isLast, replace: (text) => void printed.push(text) },
    { columns: () => 80, isColoured: false, isUnicode: true, thread: () => null },
  )
  return { view, rings: () => printed.join('').split('\u0007').length - 1, printed }
}

it('a terminal rings once for what is new and calls whoever sits there', () => {
  const { view, rings } = open()
  const first = messageOf({ title: 'Merge?', mentions: [ana] })
  view.shown(first, null)
  expect(rings()).toBe(1)
  view.shown(messageOf({ title: 'Still', mentions: [ana] }), first)
  view.recent([first])
  expect(rings()).toBe(1)
})

it.each([
  ['silent', { mentions: [ana], isSilent: true }],
  ['for somebody else', { mentions: [{ name: 'cyn', account: null }] }],
  ['for nobody', {}],
])('it does not for a card that is %s', (_, parts) => {
  const { view, rings, printed } = open()
  view.shown(messageOf(parts), null)
  expect(printed).toHaveLength(1)
  expect(rings()).toBe(0)
})

it('it does not when a card is drawn anew in its place', () => {
  const { view, rings } = open(true)
  view.shown(messageOf({ mentions: [ana] }), messageOf({}))
  expect(rings()).toBe(0)
})
