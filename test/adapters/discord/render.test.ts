import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { literal } from '../../../adapters/discord/markdown.ts'
import { bears, render } from '../../../adapters/discord/render.ts'
import type { DrawnCard } from '../../../bot/contracts/card.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { drawnCard } from '../../contracts/adapter.ts'
import { checkMessage } from '../../fakes/discord/check.ts'
import { see } from '../../fakes/discord/read.ts'
import { makeWorld } from '../../fakes/discord/world.ts'

const world = makeWorld(() => Date.parse('2026-08-06T12:00:00Z'))

/** The card as Discord takes it, and as people see it. It throws what Discord refuses. */
const shown = (parts: Partial<DrawnCard>) => {
  const { body, uploads } = render(drawnCard(parts), 'sending-1')
  const files = new Map(uploads.map(({ name, data }, index) => [`files[${index}]`, { name, data: Buffer.from(data) }]))
  const draft = checkMessage(body, files, [], 4)
  const message = world.addMessage({
    channel_id: world.general.id,
    author: world.bot,
    ...draft,
    files: draft.files.map((file) => ({ id: world.snowflake(), ...file })),
  })
  return { body, uploads, message, seen: see(message) }
}
const button = (id: string, label = 'Merge', isRisky = false) => ({ id, label, isRisky })
const buttons = (count: number) => Array.from({ length: count }, (_, index) => button(`b${index}`, `Choice ${index}`))

describe('a card', () => {
  test('is its title and lines as text, and the rest below it in the colour of its tone', () => {
    const { body, seen } = shown({
      tone: 'bad',
      title: 'lint failed',
      lines: ['on #12'],
      body: 'Two **errors**',
      blocks: [{ title: 'lint', text: 'a_b.ts' }],
    })
    expect(body.content).toBe('❌ **lint failed**\non #12')
    expect(seen.text).toBe('❌ lint failed\non #12\nTwo errors\n\nlint\na_b.ts')
    expect(seen.color).toBe(0xd83a42)
  })

  test('whose title is all there is has no embed, and makes no previews', () => {
    const { body } = shown({ title: 'Paused.' })
    expect(body).toMatchObject({ embeds: [], flags: 4 })
  })

  test('shows a risky button as dangerous', () => {
    expect(shown({ buttons: [button('b1'), button('b2', 'Stop', true)] }).seen.risky).toEqual(['Stop'])
  })

  test('shows its picture, with words for who cannot see it', () => {
    const { body, seen } = shown({ picture: { alt: 'a terminal', png: 'iVBORw0KGgo=' } })
    expect(seen).toMatchObject({ hasPicture: true, files: [] })
    expect(body.attachments).toEqual([{ id: 0, filename: 'picture.png', description: 'a terminal' }])
  })

  test('pings nobody, whatever is in it', () => {
    expect(shown({ title: '@everyone' }).body.allowed_mentions).toEqual({ parse: [], replied_user: false })
  })
})

describe('the limits', () => {
  test.each([1, 5, 6, 24, 25])('%i buttons are buttons, five in a row', (count) => {
    const { seen, body } = shown({ buttons: buttons(count) })
    expect(seen.buttons).toHaveLength(count)
    expect(body.components).toHaveLength(Math.ceil(count / 5))
  })
  test.each([26, 44, 45])('of %i buttons 20 are buttons, and the rest is a list', (count) => {
    const { seen, body } = shown({ buttons: buttons(count) })
    expect(seen.buttons).toHaveLength(count)
    expect(body.components).toHaveLength(5)
  })
  test.each([
    ['46 buttons', buttons(46)],
    ['pitfall 17: an id of 101 characters', [button('x'.repeat(101))]],
    ['an empty id', [button('')]],
    ['two buttons with one id', [button('b1'), button('b1')]],
    ['the id that the list has', [button('more')]],
  ])('%s: refused when the card is drawn', (_what, all) => {
    const error: unknown = (() => {
      try {
        return render(drawnCard({ buttons: all }), null)
      } catch (thrown) {
        return thrown
      }
    })()
    expect(isFault(error, 'CHAT_REFUSED')).toBe(true)
  })
  test('pitfall 17: an id of 100 characters is carried as it is', () => {
    const { message } = shown({ buttons: [button('x'.repeat(100))] })
    expect(message.components[0]?.components[0]?.custom_id).toBe('x'.repeat(100))
  })
  test.each([
    ['79', 'x'.repeat(79), 'x'.repeat(79)],
    ['80', 'x'.repeat(80), 'x'.repeat(80)],
    ['81', 'x'.repeat(81), `${'x'.repeat(79)}…`],
    ['a family at the border', `${'x'.repeat(75)}👩‍👩‍👧‍👦`, `${'x'.repeat(75)}…`],
    ['no', '', '…'],
  ])('a label of %s characters', (_what, label, expected) => {
    expect(shown({ buttons: [button('b1', label)] }).seen.buttons).toEqual([expected])
  })

  test('pitfall 18: what is too long goes whole into a file, and what is shown ends between lines', () => {
    const text = Array.from({ length: 3_000 }, (_, index) => `line ${index} \`\`\` **bold** 👩‍👩‍👧‍👦 שלום`).join('\n')
    const { seen, uploads } = shown({ title: 'log', blocks: [{ title: 'test', text }] })
    expect(seen.text.length).toBeLessThanOrEqual(2_000)
    expect(seen.files).toEqual(['test.txt'])
    expect(Buffer.from(uploads[0]?.data ?? []).toString()).toBe(text)
  })

  test('more than eight MiB are cut, and say so', () => {
    const { uploads } = shown({ blocks: [{ title: 'huge', text: `${'x'.repeat(1_000)}\n`.repeat(9_500) }] })
    const [file] = uploads
    expect(file?.data.length).toBeLessThanOrEqual(8 * 1024 * 1024)
    expect(Buffer.from(file?.data.slice(-60) ?? []).toString()).toContain('did not fit')
  })

  test('pitfall 18: any card is within every limit, and nothing in it pings, links, unfurls or formats', () => {
    const words = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.string({
        unit: fc.constantFrom(
          '*',
          '_',
          '`',
          '~',
          '|',
          '<',
          '>',
          '@',
          '#',
          '[',
          ']',
          '(',
          ')',
          ':',
          '/',
          '\\',
          '\n',
          '-',
          '1',
          '.',
          ' ',
          'a',
          '&',
          '!',
        ),
        maxLength: 300,
      }),
      fc.constantFrom('👩‍👩‍👧‍👦'.repeat(300), 'שלום '.repeat(500), '*'.repeat(3_000), 'https://a.example/b '.repeat(50)),
    )
    const card = fc.record({
      title: words,
      lines: fc.array(words, { maxLength: 30 }),
      blocks: fc.array(fc.record({ title: words, text: words }), { maxLength: 5 }),
    })
    fc.assert(
      fc.property(card, (parts) => {
        const { seen, body } = shown(parts)
        expect(seen.text).not.toMatch(/⟦(?!italic)/)
        expect(seen.text.length).toBeLessThanOrEqual(2_000)
        expect(body.content.length).toBeLessThanOrEqual(2_000)
      }),
      { numRuns: 150 },
    )
  })

  test('an agent’s Markdown of any kind is within every limit', () => {
    const markdown = fc.array(
      fc.constantFrom(
        '**b** ',
        '*i* ',
        '`c` ',
        '~~s~~ ',
        '\n\n',
        '```ts\nx\n```\n',
        '> q\n',
        '- l\n',
        '# h\n',
        '[a](https://b.example) ',
        '***~~x~~*** ',
        '| a | b |\n|-|-|\n| 1 | 2 |\n',
      ),
      { maxLength: 600 },
    )
    fc.assert(
      fc.property(markdown, (parts) => {
        expect(shown({ body: parts.join('') }).seen.text.length).toBeLessThanOrEqual(2_000)
      }),
      { numRuns: 60 },
    )
  })
})

describe('words from outside', () => {
  test.each([
    '@everyone @here <@123456789012345678> <@&1> <#1>',
    '[your bank](https://evil.example)',
    'https://evil.example <https://evil.example> http://a.b',
    'discord.gg/evil DISCORD.com/invite/evil',
    '# not a heading',
    '-# not small',
    '> not quoted',
    '- not\n* a\n+ list\n1. at\n23) all',
    '||no spoiler|| __no__ _no_ **no** ~~no~~ `no`',
    '<t:1700000000:R> <:smile:123456789012345678> <a:smile:1> </ao:123>',
    '\\*twice\\* \\',
    '```js\ncode\n```',
    'a\\\\`b',
  ])('read as they are: %j', (words) => {
    expect(shown({ title: 'x', lines: [words] }).seen.text).toBe(`🔹 x\n${words}`)
  })

  test('pitfall 50: a fence in a block does not close ours', () => {
    const { seen } = shown({ blocks: [{ title: '', text: 'before\n```\n@everyone [a](https://b.example)\n````\nafter' }] })
    expect(seen.text.replaceAll('\u200b', '')).toContain('```\n@everyone [a](https://b.example)\n````\nafter')
    expect(seen.text).not.toContain('⟦')
  })

  test('pitfall 51: in an agent’s text it is the same', () => {
    const { seen } = shown({ body: '@everyone **<@123456789012345678>** [safe](https://evil.example) `<@1>`\n\n# Heading' })
    expect(seen.text).not.toContain('⟦')
    expect(seen.text).toContain('@everyone <@123456789012345678>')
  })

  test('a text is escaped so that it reads as before', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60 }),
        (text) => literal(text).replace(/\\([^0-9A-Za-z\s])/g, '$1') === text || text.includes('\\'),
      ),
    )
  })
})

describe('the hidden id', () => {
  test.each([
    ['a body', { body: 'x' }],
    ['buttons', { buttons: [button('b1')] }],
  ])('a card with %s bears its own id, and no other', (_what, parts) => {
    const { message } = shown(parts)
    const payload = render(drawnCard(parts), 'sending-1')
    expect(bears(message, payload, 'sending-1')).toBe(true)
    expect(bears(message, payload, 'sending-2')).toBe(false)
  })
})
