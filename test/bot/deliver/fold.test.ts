import { describe, expect, test } from 'vitest'
import { foldDrawing, isFolded, lineOf, withLines } from '../../../bot/deliver/fold.ts'
import type { FoldLine } from '../../../bot/memory/folds.ts'
import { channel, threadOf } from '../chat.ts'
import { approval, card } from './platform.ts'

const limits = { textChars: 2_000, buttons: 5 }
const lines = (count: number) => Array.from({ length: count }, (_, n) => lineOf(threadOf(`app-${n + 1}`), approval(`app-${n + 1}`)))
const fold = (count: number) => ({ channel, lines: lines(count) })
const accountOf = (person: string): string | null => (person === 'cyn' ? null : `U${person}`)

test.each([
  [1, 0, 5_000, false],
  [1, 0, 60_000, false],
  [2, 0.5, 5_000, true],
  [2, 1.9, 5_000, true],
  [2, 1, 4_499, false],
  [2, 0, 2_200, false],
  [5, 5, 5_000, false],
  [5, 3, 5_000, true],
  [5, 0, 800, false],
  [6, 100, 1_000, true],
])('%i cards that wait, room for %d, and another every %i ms: together? %s', (waiting, free, everyMs, isTogether) => {
  expect(isFolded(waiting, { free, everyMs })).toBe(isTogether)
})

describe('a message of many', () => {
  test('has a button for as many as the platform takes, and says of the rest what to type', () => {
    const { card: drawn, presses } = foldDrawing('7', fold(7), limits, accountOf)
    expect(drawn.key).toBe('fold:7')
    expect(drawn.buttons.map(({ label }) => label)).toEqual([1, 2, 3, 4, 5].map((n) => `app-${n}: Approve`))
    expect(drawn.lines.slice(4)).toEqual([
      'app-5 waits for your decision',
      'app-6 waits for your decision — type “approve app-6”',
      'app-7 waits for your decision — type “approve app-7”',
    ])
    for (const { id } of drawn.buttons) expect(id).toMatch(/^[0-9a-f]{16}$/)
    expect(drawn.buttons.map(({ id }) => presses[id]?.say)).toEqual([1, 2, 3, 4, 5].map((n) => `approve app-${n}`))
  })

  test('says what to type of all where there are no buttons', () => {
    expect(foldDrawing('7', fold(2), { ...limits, buttons: 0 }, accountOf).card).toMatchObject({
      buttons: [],
      lines: [1, 2].map((n) => `app-${n} waits for your decision — type “approve app-${n}”`),
    })
  })

  test('fits, however many they are and however long their titles', () => {
    const long = Array.from({ length: 25 }, (_, n) =>
      lineOf(threadOf(`app-${n}`), approval(`app-${n}`, { title: `app-${n} ${'x'.repeat(500)}` })),
    )
    const { card: drawn } = foldDrawing('7', { channel, lines: long }, limits, accountOf)
    expect([drawn.title, ...drawn.lines].join('\n').length).toBeLessThanOrEqual(2_000)
    for (const [n, line] of drawn.lines.entries()) expect(line).toMatch(new RegExp(`^app-${n} x+…`))
  })

  test('counts sessions, not cards; a card about none has its title on its button', () => {
    const two = [
      lineOf(channel, approval('app-1')),
      lineOf(channel, approval('app-1', { key: 'another' })),
      lineOf(channel, approval('x', { about: null })),
    ]
    const { card: drawn } = foldDrawing('7', { channel, lines: two }, limits, accountOf)
    expect(drawn.title).toBe('2 sessions need you')
    expect(drawn.buttons[2]?.label).toBe('x waits for you…: Approve')
  })

  test('has lines for what asks for nothing that a button could do', () => {
    const { card: drawn } = foldDrawing('7', { channel, lines: [lineOf(channel, approval('app-1', { actions: [] }))] }, limits, accountOf)
    expect(drawn).toMatchObject({ title: '1 session needs you', buttons: [], lines: ['app-1 waits for your decision'] })
  })

  test('calls everybody whom an open line calls, each once', () => {
    const some = [
      lineOf(channel, approval('app-1', { mentions: ['ana', 'cyn'] })),
      lineOf(channel, approval('app-2', { mentions: ['bob', 'ana'] })),
      lineOf(channel, card('alert:app-3', 'settled', { mentions: ['dan'] })),
    ]
    expect(foldDrawing('7', { channel, lines: some }, limits, accountOf).card.mentions).toEqual([
      { name: 'ana', account: 'Uana' },
      { name: 'cyn', account: null },
      { name: 'bob', account: 'Ubob' },
    ])
  })

  test('is silent when all its lines are; whom only a silent one calls is named and not pinged', () => {
    const silent = lineOf(channel, approval('app-1', { mentions: ['ana'], isSilent: true }))
    const loud = lineOf(channel, approval('app-2', { mentions: ['bob'] }))
    const drawnOf = (...some: readonly FoldLine[]) => foldDrawing('7', { channel, lines: some }, limits, accountOf).card
    expect(drawnOf(silent)).toMatchObject({ isSilent: true, mentions: [{ name: 'ana', account: null }] })
    expect(drawnOf(silent, loud)).toMatchObject({
      isSilent: false,
      mentions: [
        { name: 'ana', account: null },
        { name: 'bob', account: 'Ubob' },
      ],
    })
  })

  test('lines that an earlier version has kept call nobody and are not silent', () => {
    const [line] = lines(1)
    expect(Object.keys(line ?? {})).not.toContain('mentions')
    expect(Object.keys(line ?? {})).not.toContain('isSilent')
    expect(foldDrawing('7', fold(1), limits, accountOf).card).toMatchObject({ mentions: [], isSilent: false })
  })

  test('looks different when one of its cards does', () => {
    const settled = lineOf(threadOf('app-2'), card('alert:app-2', 'app-2 is settled'))
    const changed = withLines(fold(3), [settled])
    expect(changed.lines.map(({ isOpen }) => isOpen)).toEqual([true, false, true])
    expect(foldDrawing('7', changed, limits, accountOf).drawn).not.toBe(foldDrawing('7', fold(3), limits, accountOf).drawn)
    expect(foldDrawing('7', withLines(fold(3), [lineOf(channel, card('alert:app-2'))]), limits, accountOf).drawn).toBe(
      foldDrawing('7', fold(3), limits, accountOf).drawn,
    )
  })
})
