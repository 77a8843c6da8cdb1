import { describe, expect, test } from 'vitest'
import { render } from '../../../adapters/slack/render.ts'
import type { DrawnCard, Mention } from '../../../bot/contracts/card.ts'
import { drawnCard, newly } from '../../contracts/adapter.ts'
import { blocks as shape } from '../../fakes/slack/shapes.ts'
import { begin, home } from './world.ts'

const draw = (parts: Partial<DrawnCard>) => render(drawnCard({ title: 'Needs you', ...parts }))
const ana: Mention = { name: 'ana', account: 'U0ANA' }
const cyn: Mention = { name: 'cyn', account: null }
/** The words of the first section, mentions as `@id`. */
const start = (parts: Partial<DrawnCard>): string => {
  const [first] = shape.parse(draw(parts).blocks)
  const part = first?.type === 'rich_text' ? first.elements[0] : undefined
  if (!part || part.type === 'rich_text_list') throw new Error('It begins with no text.')
  return part.elements.map((word) => (word.type === 'text' ? word.text : word.type === 'user' ? `@${word.user_id}` : word.type)).join('')
}

describe('people whom a card calls in Slack', () => {
  test('stand first, as user elements and in the text for notifications; others by their name', () => {
    expect(start({ mentions: [ana, cyn] })).toBe('@U0ANA, cyn 🔹 Needs you')
    expect(draw({ mentions: [ana, cyn] }).text).toBe('<@U0ANA>, cyn 🔹 Needs you')
  })

  test('are only names when the card is silent', () => {
    expect(start({ mentions: [ana, cyn], isSilent: true })).toBe('ana, cyn 🔹 Needs you')
    expect(draw({ mentions: [ana, cyn], isSilent: true }).text).toBe('ana, cyn 🔹 Needs you')
  })

  test.each(['C0HOME', 'u0ana', 'U0ANA>', '!channel', 'U0 ANA', 'S0GROUP', `U${'A'.repeat(30)}`])(
    '%j is no account: the name',
    (account) => {
      const { text, blocks } = draw({ mentions: [{ name: 'ana', account }] })
      expect(text).toBe('ana 🔹 Needs you')
      expect(JSON.stringify(blocks)).not.toContain('user')
    },
  )

  test('a name is text, whatever it is', () => {
    const { text } = draw({ mentions: [{ name: '<!channel> <@U0BOB>', account: null }] })
    expect(text).toBe('&lt;!channel&gt; &lt;@U0BOB&gt; 🔹 Needs you')
  })

  test('the same card is drawn the same', () => {
    expect(draw({ mentions: [ana, cyn] })).toEqual(draw({ mentions: [ana, cyn] }))
  })

  test('are named also where the text has so much formatting that it is drawn without', () => {
    expect(start({ mentions: [ana], body: '**a** b '.repeat(1_500) })).toMatch(/^@U0ANA 🔹 Needs you/)
  })
})

describe('over the line', () => {
  test('the text for notifications is read as markup only where it calls somebody', async () => {
    const { slack, adapter } = await begin()
    slack.person('U0ANA')
    await adapter.post(home, drawnCard({ title: '<@U0ANA> *b*' }), newly())
    await adapter.post(home, drawnCard({ title: 'x', mentions: [ana] }), newly())
    expect(slack.sees(home).map(({ calls }) => calls)).toEqual([[], ['U0ANA']])
    expect(slack.complaints).toEqual([])
  })
})
