import { describe, expect, test } from 'vitest'
import { render } from '../../../adapters/discord/render.ts'
import type { DrawnCard, Mention } from '../../../bot/contracts/card.ts'
import { drawnCard } from '../../contracts/adapter.ts'
import { checkMessage } from '../../fakes/discord/check.ts'

const bodyOf = (parts: Partial<DrawnCard>, sending: string | null = 'sending-1') =>
  render(drawnCard({ title: 'Needs you', ...parts }), sending).body
const pings = (parts: Partial<DrawnCard>): readonly string[] => checkMessage({ ...bodyOf(parts) }, new Map(), [], 4 | 4096).pings
const ana: Mention = { name: 'ana', account: '998877665544332211' }
const cyn: Mention = { name: 'cyn', account: null }

describe('people whom a card calls on Discord', () => {
  test('stand first, and are the only ones who may be pinged; others by their name', () => {
    const { content, allowed_mentions } = bodyOf({ mentions: [ana, cyn] })
    expect(content).toBe('<@998877665544332211>, cyn 🔹 **Needs you**')
    expect(allowed_mentions).toEqual({ parse: [], users: ['998877665544332211'], replied_user: false })
    expect(pings({ mentions: [ana, cyn] })).toEqual(['998877665544332211'])
  })

  test('somebody else is pinged by nothing in it, also not by the id of who is called', () => {
    const words = '<@998877665544332211> <@887766554433221100> @everyone'
    expect(pings({ mentions: [ana], title: words, lines: [words], body: words })).toEqual(['998877665544332211'])
    expect(pings({ mentions: [{ name: words, account: null }], title: words })).toEqual([])
    expect(bodyOf({ mentions: [ana], title: words }).content.match(/<@\d+>/g)).toEqual(['<@998877665544332211>'])
  })

  test.each(['1', '@everyone', '&998877665544332211', '!998877665544332211', '998877665544332211>', ''])(
    '%j is no account: the name',
    (account) => {
      expect(bodyOf({ mentions: [{ name: 'ana', account }] })).toMatchObject({
        content: 'ana 🔹 **Needs you**',
        allowed_mentions: { parse: [], replied_user: false },
      })
    },
  )

  test.each([
    ['1.', '1\\. 🔹'],
    ['# x', '\\# x 🔹'],
    ['- y', '\\- y 🔹'],
    ['**b**', '\\*\\*b\\*\\* 🔹'],
  ])('the name %j formats nothing', (name, begins) => {
    expect(bodyOf({ mentions: [{ name, account: null }] }).content.startsWith(begins)).toBe(true)
  })

  test('a hundred of them are not more than Discord takes', () => {
    const mentions = Array.from({ length: 120 }, (_, n) => ({ name: `p${n}`, account: String(998877665544332000n + BigInt(n)) }))
    const { allowed_mentions, content } = bodyOf({ mentions, lines: ['x'.repeat(9_000)] })
    expect(allowed_mentions.users?.length).toBeGreaterThanOrEqual(20)
    expect(pings({ mentions })).toEqual(allowed_mentions.users)
    expect(content.length).toBeLessThanOrEqual(2_000)
  })

  test('the same card is drawn the same', () => {
    expect(bodyOf({ mentions: [ana, cyn] })).toEqual(bodyOf({ mentions: [ana, cyn] }))
  })
})

describe('a silent card', () => {
  test('has the flag when it is new, which no edit can have', () => {
    expect(bodyOf({ isSilent: true }).flags).toBe(4 | 4096)
    expect(bodyOf({ isSilent: true, body: 'x' }).flags).toBe(4096)
    expect(bodyOf({ isSilent: true }, null).flags).toBe(4)
  })

  test('pings nobody: all are names', () => {
    expect(bodyOf({ mentions: [ana, cyn], isSilent: true })).toMatchObject({
      content: 'ana, cyn 🔹 **Needs you**',
      allowed_mentions: { parse: [], replied_user: false },
    })
  })
})
