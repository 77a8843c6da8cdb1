import { describe, expect, test } from 'vitest'
import type { Context, Understanding } from '../../../bot/contracts/intent.ts'
import { intents } from '../../../bot/intents/index.ts'
import { understand } from '../../../bot/understand/understand.ts'
import { places } from '../sessions.ts'

const { channel, thread, asking } = places
const heard = (text: string, context: Context = channel): Understanding => understand(text, intents, context)

describe('small talk', () => {
  test.each(['thanks', 'Thank you!', 'thx.', 'ok thanks', 'great, thank you!!', 'great idea', '👍', '👍🏽 🎉', '❤️'])(
    '%j is answered with nothing, wherever it is said',
    (text) => {
      for (const context of [channel, thread]) expect(heard(text, context)).toEqual({ kind: 'nothing', why: 'small talk' })
    },
  )

  test('where an agent asks "ok thanks" allows it, and "thanks" does not', () => {
    expect(heard('ok thanks', asking)).toMatchObject({ reading: { meaning: { wishes: [{ name: 'answer', choice: 1 }] } } })
    for (const text of ['thanks', '👍', 'great idea']) expect(heard(text, asking), text).toEqual({ kind: 'nothing', why: 'small talk' })
  })

  test.each(['thanks, now fix the tests', 'ok do it', 'okra', '👍 merge it', 'yes', '1', '2️⃣'])('%j is none', (text) => {
    for (const context of [channel, thread]) expect(heard(text, context).kind).not.toBe('nothing')
  })

  test('is told from a novel', () => {
    for (const text of ['ok '.repeat(30_000), `ok${' '.repeat(100_000)}x`, `${'thanks!'.repeat(15_000)}x`, '👍'.repeat(50_000)])
      expect(heard(text).kind, text.slice(0, 20)).toBe('unclear')
  })
})

describe('nothing at all', () => {
  test.each(['', '   ', '\n'])('%j, said to the bot, asks what can be said', (text) => {
    expect(heard(text)).toMatchObject({ kind: 'reading', reading: { meaning: { question: { name: 'help', topic: null } } } })
  })

  test.each(['', '   ', '\n'])('%j in a thread is nothing', (text) => {
    expect(heard(text, thread)).toEqual({ kind: 'nothing', why: 'small talk' })
  })
})

describe('a slip of the finger', () => {
  test.each([
    ['mrege app-3', 'merge app-3'],
    ['fixx #1', 'fix #1'],
    ['!mrege app-3', 'merge app-3'],
  ])('in an order, %j, is offered as %j', (text, sentence) => {
    expect(heard(text)).toEqual({ kind: 'typo', sentence })
  })

  test.each([
    ['/hlep', 'help'],
    ['!shwo app-3', 'show'],
    ['statuss', 'status'],
  ])('in a question, %j, is answered as a guess at “%s”', (text, name) => {
    expect(heard(text)).toMatchObject({ kind: 'reading', reading: { intent: { name }, isExact: false } })
  })

  test.each(['xyzzy', 'status in nowhere'])('%j is near nothing', (text) => {
    expect(heard(text)).toEqual({ kind: 'unclear', why: 'unknown' })
  })

  test('whatever is offered can be said', () => {
    for (const { name } of intents) {
      const understood = heard(`${name}x app-3`)
      if (understood.kind === 'typo') expect(heard(understood.sentence), understood.sentence).toMatchObject({ kind: 'reading' })
    }
  })
})
