import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawForm, mostButtons, render, textChars } from '../../../adapters/slack/render.ts'
import type { DrawnCard } from '../../../bot/contracts/card.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { drawnCard } from '../../contracts/adapter.ts'
import { type Block, modal, blocks as shape } from '../../fakes/slack/shapes.ts'
import { showBlocks } from '../../fakes/slack/show.ts'

/** What Slack would take, by the strict shapes of the stand-in. */
const taken = (card: Partial<DrawnCard>): readonly Block[] => shape.parse(render(drawnCard(card)).blocks)
const shown = (card: Partial<DrawnCard>): string => showBlocks(taken(card))
const codeOf = (card: Partial<DrawnCard>): string => {
  try {
    render(drawnCard(card))
    return 'drawn'
  } catch (error) {
    return isFault(error) ? `${error.code}: ${error.facts.problem}` : `${error}`
  }
}
const button = (id: string, label = 'Do it', isRisky = false) => ({ id, label, isRisky })
const words = (card: Partial<DrawnCard>) =>
  taken(card).flatMap((block) =>
    block.type === 'rich_text'
      ? block.elements.flatMap((part) =>
          part.type === 'rich_text_list' ? [] : part.elements.map((word) => ({ part: part.type, ...word })),
        )
      : [],
  )

describe('what a card looks like in Slack', () => {
  test('sign and title in bold, a line each, body, blocks in fixed width', () => {
    expect(
      shown({
        tone: 'good',
        title: 'Merged',
        lines: ['two files', 'by ana'],
        body: 'It **works**.',
        blocks: [{ title: 'lint', text: 'fine' }],
      }),
    ).toBe('✅ Merged\ntwo files\nby ana\n\nIt works.\n\nlint\nfine')
  })

  test('Markdown becomes formatting, fences and quotes become boxes of their own', () => {
    const drawn = words({ body: 'a **b** *c* ~~d~~ `e`\n\n> said\n\n```ts\nlet x\n```\n\n1. one\n   - two' })
    expect(drawn.flatMap((word) => ('style' in word && word.style ? [[word.type === 'text' ? word.text : '', word.style]] : []))).toEqual([
      ['🔹 A title', { bold: true }],
      ['b', { bold: true }],
      ['c', { italic: true }],
      ['d', { strike: true }],
      ['e', { code: true }],
    ])
    expect(
      drawn.filter(({ part }) => part !== 'rich_text_section').map((word) => [word.part, word.type === 'text' ? word.text : '']),
    ).toEqual([
      ['rich_text_quote', 'said'],
      ['rich_text_preformatted', 'let x'],
    ])
    expect(shown({ body: '1. one\n   - two' })).toMatch(/1\. one\n {2}• two/)
  })

  test('a risky button looks dangerous, another does not', () => {
    const [, actions] = taken({ buttons: [button('a'), button('b', 'Stop', true)] })
    expect(actions?.type === 'actions' && actions.elements.map(({ style }) => style)).toEqual([undefined, 'danger'])
  })

  test('a picture is a file with words for those who do not see it', () => {
    const { files } = render(drawnCard({ picture: { alt: 'a terminal', png: Buffer.from('png').toString('base64') } }))
    expect(files.map(({ name, alt, bytes }) => [name, alt, bytes.toString()])).toEqual([['picture.png', 'a terminal', 'png']])
  })

  test('a card with nothing on it can still be sent', () => {
    const { text, blocks, files } = render(
      drawnCard({ title: '', body: '', blocks: [{ title: '', text: '' }], buttons: [button('a', '')] }),
    )
    expect(() => shape.parse(blocks)).not.toThrow()
    expect(text.trim()).not.toBe('')
    expect(files).toEqual([])
  })
})

describe('limits, checked when the card is drawn', () => {
  test.each([
    [254, 'drawn'],
    [255, 'drawn'],
    [256, 'CHAT_REFUSED: the id of a button has 256 characters; 1 to 255 fit'],
    [0, 'CHAT_REFUSED: the id of a button has 0 characters; 1 to 255 fit'],
  ])('pitfall 17: a button id of %i characters is %s', (length, outcome) => {
    expect(codeOf({ buttons: [button('x'.repeat(length))] })).toBe(outcome)
  })

  test.each([
    [mostButtons - 1, 'drawn'],
    [mostButtons, 'drawn'],
    [mostButtons + 1, 'CHAT_REFUSED: a card has 26 buttons; 25 fit'],
  ])('%i buttons are %s', (count, outcome) => {
    expect(codeOf({ buttons: Array.from({ length: count }, (_, index) => button(`b${index}`)) })).toBe(outcome)
  })

  test('two buttons with one id are refused: Slack would take neither', () => {
    expect(codeOf({ buttons: [button('a'), button('a')] })).toBe('CHAT_REFUSED: two buttons of a card have the same id')
  })

  test.each([
    [74, 74],
    [75, 75],
    [76, 75],
  ])('a label of %i characters has %i', (given, kept) => {
    const [, actions] = taken({ buttons: [button('a', 'x'.repeat(given))] })
    expect(actions?.type === 'actions' && actions.elements[0]?.text.text.length).toBe(kept)
  })

  test('25 buttons with the longest ids and labels leave room for what is said', () => {
    const buttons = Array.from({ length: mostButtons }, (_, index) => button(`${index}`.padEnd(40, 'x'), 'ä'.repeat(200)))
    expect(shown({ title: 'Still here', body: 'word '.repeat(2_000), buttons })).toContain('Still here')
  })

  test.each([
    [-1, []],
    [0, []],
    [1, ['message.md']],
  ])('a text %i characters from the limit leaves %j as files', (off, names) => {
    const body = 'word '.repeat(700).slice(0, textChars - 10 - 'A title'.length - 2 + off - 1)
    const { blocks, files } = render(drawnCard({ body: `${body}x` }))
    expect(files.map(({ name }) => name)).toEqual(names)
    expect(showBlocks(shape.parse(blocks)).endsWith('x')).toBe(names.length === 0)
  })

  test.each([
    ['emoji that are one to the eye', '👩‍👩‍👧‍👦'],
    ['letters with marks', 'e\u0301\u0323'],
    ['right-to-left words', 'שלום '],
    ['flags', '🇩🇪'],
    ['a word', 'word '],
  ])('pitfall 18: %s are never cut through', (_, unit) => {
    const text = unit.repeat(2_000)
    for (const card of [
      { title: text },
      { lines: [text] },
      { body: text },
      { blocks: [{ title: 'log', text }] },
      { buttons: [button('a', text)] },
    ]) {
      const seen =
        shown(card) +
        taken(card)
          .flatMap((block) => (block.type === 'actions' ? block.elements.map(({ text: label }) => label.text) : []))
          .join('')
      expect(shown(card).length).toBeLessThanOrEqual(textChars)
      const left = seen
        .replace(/🔹|A title|log|…/gu, '')
        .replaceAll(unit, '')
        .replaceAll(unit.trim(), '')
      expect(left.trim()).toBe('')
    }
  })

  test('pitfall 18: a fence that is too long is shown from its beginning, and goes whole into a file', () => {
    const text = Array.from({ length: 2_000 }, (_, index) => `line ${index}`).join('\n')
    const { blocks, files } = render(drawnCard({ body: `Look:\n\n\`\`\`\n${text}\n\`\`\`` }))
    expect(showBlocks(shape.parse(blocks))).toContain('line 0\n')
    expect(files.some(({ bytes }) => bytes.toString().includes('line 1999'))).toBe(true)
  })

  test('whatever a card says, Slack takes it, and nobody sees more than the limit', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.constantFrom(
        '"\\\n'.repeat(300),
        '**a** b '.repeat(1_500),
        '😀'.repeat(3_000),
        '> q\n\n'.repeat(150),
        '```\n',
        '|a|b|\n|-|-|\n|c|d|\n',
      ),
    )
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 20 }), text, fc.integer({ min: 0, max: mostButtons }), (title, lines, body, count) => {
        const buttons = Array.from({ length: count }, (_, index) => button(`b${index}`, title))
        expect(shown({ title, lines, body, blocks: [{ title, text: body }], buttons }).length).toBeLessThanOrEqual(textChars)
      }),
      { numRuns: 25 },
    )
  })
})

describe('words from outside', () => {
  const hostile = [
    '<!channel>',
    '<!subteam^S1>',
    '<@U1>',
    '<#C1>',
    '<https://evil.example|github.com>',
    'https://evil.example/?q=1',
    ':tada:',
    '*b*',
  ]

  test.each(hostile)('pitfalls 51 and 52: %s is text wherever it stands', (word) => {
    const card = { title: word, lines: [word], body: word, blocks: [{ title: word, text: word }], buttons: [button('a', word)] }
    expect(new Set(words(card).map(({ type }) => type))).toEqual(new Set(['text']))
    expect(JSON.stringify(taken(card))).not.toContain('mrkdwn')
  })

  test('pitfall 51: what notifications show is escaped', () => {
    expect(render(drawnCard({ title: '<!channel> & <@U1>', lines: ['<!here>'] })).text).toBe(
      '🔹 &lt;!channel&gt; &amp; &lt;@U1&gt;\n&lt;!here&gt;',
    )
  })

  test('pitfall 52: a link cannot pose as another', () => {
    expect(shown({ body: '[https://github.com](https://evil.example)' })).toContain('evil.example')
  })

  test('signs that turn the reading direction or steer a terminal are gone', () => {
    expect(shown({ title: '\u202eabc\u001b[31m', lines: ['\u2066x\u200b'] })).toBe('🔹 abc\nx')
  })
})

describe('a form', () => {
  test('asks for one text and carries what it is about', () => {
    const view = modal.parse(drawForm({ title: 'Request changes', label: 'What should change?' }, '{"button":"b1"}'))
    expect(view).toMatchObject({
      private_metadata: '{"button":"b1"}',
      title: { text: 'Request changes' },
      blocks: [{ label: { text: 'What should change?' } }],
    })
  })

  test('a title of 25 characters is cut to the 24 that fit', () => {
    expect(modal.parse(drawForm({ title: 'x'.repeat(25), label: 'y' }, '')).title.text).toBe(`${'x'.repeat(23)}…`)
  })
})
