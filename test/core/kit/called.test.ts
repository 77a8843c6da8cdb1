import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { afterCalls, type Called, callsOf } from '../../../core/kit/called.ts'

const calling = { isAccount: (account: string) => /^U\d+$/.test(account), costOf: ({ name }: Called) => name.length, chars: 100 }
const called = (mentions: readonly Called[], isSilent = false) => callsOf({ mentions, isSilent }, calling)
const ana = { name: 'ana', account: 'U1' }

describe('whom a message calls', () => {
  test.each<readonly [string, readonly Called[], readonly Called[]]>([
    ['somebody with an account', [ana], [ana]],
    ['somebody without one', [{ name: 'cyn', account: null }], [{ name: 'cyn', account: null }]],
    ['an account of a wrong shape', [{ name: 'bob', account: '<!channel>' }], [{ name: 'bob', account: null }]],
    ['one account under two names', [ana, { name: 'ann', account: 'U1' }], [ana]],
    [
      'a name twice',
      [
        { name: 'cyn', account: null },
        { name: ' cyn\n', account: null },
      ],
      [{ name: 'cyn', account: null }],
    ],
    ['nobody at all', [{ name: ' \u200b', account: null }], []],
    ['a name in many lines', [{ name: 'a\n\u202eb\u001b[31m', account: null }], [{ name: 'a b', account: null }]],
  ])('%s', (_, mentions, people) => {
    expect(called(mentions).people).toEqual(people)
  })

  test('of a silent message all are only names', () => {
    expect(called([ana], true).people).toEqual([{ name: 'ana', account: null }])
  })

  test('whoever does not fit is counted, and what it all costs is never more than there is', () => {
    const mentions = fc.array(fc.record({ name: fc.string({ unit: 'grapheme' }), account: fc.option(fc.constantFrom('U1', 'U22', 'x')) }))
    fc.assert(
      fc.property(mentions, fc.integer({ min: 10, max: 200 }), (some, chars) => {
        const calls = callsOf({ mentions: some, isSilent: false }, { ...calling, chars })
        const text = `${calls.people.map(({ name }) => name).join(', ')}${afterCalls(calls)}`
        expect(calls.cost).toBeLessThanOrEqual(chars)
        expect(calls.cost === 0 ? 0 : text.length).toBeLessThanOrEqual(calls.cost)
        expect(calls.people.length + calls.more).toBe(
          callsOf({ mentions: some, isSilent: false }, { ...calling, chars: 1e9 }).people.length,
        )
      }),
    )
  })

  test('says how many more there are', () => {
    expect(afterCalls({ people: [ana], more: 0 })).toBe(' ')
    expect(afterCalls({ people: [ana], more: 3 })).toBe(' +3 ')
    expect(afterCalls({ people: [], more: 3 })).toBe('+3 ')
  })
})
