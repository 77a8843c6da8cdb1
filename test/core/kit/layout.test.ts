import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Content, costOf, type Laid, layOut, type Room } from '../../../core/kit/layout.ts'
import { passagesOf } from '../../../core/kit/markdown.ts'
import { textOf, wordsOf } from '../../../core/kit/passages.ts'
import { visible } from '../../../core/kit/visible.ts'

const content = (some: Partial<Content>): Content => ({ title: 'Done', lines: [], body: '', blocks: [], ...some })
const numbers = (count: number): string => Array.from({ length: count }, (_, index) => `line ${index + 1}`).join('\n')
const shownIn = (laid: Laid): string =>
  [laid.title, ...laid.lines, wordsOf(laid.body), ...laid.blocks.flatMap(({ title, text }) => [title, text])].join('\n')
const wordsIn = (text: string): readonly string[] => text.split(/[\s*>`\-[\]()]+/).filter((word) => word !== '')
const graphemesOf = (text: string): readonly string[] => [...new Intl.Segmenter('en').segment(text)].map(({ segment }) => segment)

describe('what fits is shown as it is', () => {
  test('and makes no file', () => {
    expect(layOut(content({ lines: ['a', '- b'], body: '**c**', blocks: [{ title: 'lint', text: 'd\n' }] }), { chars: 2_000 })).toEqual({
      title: 'Done',
      lines: ['a', '- b'],
      body: [{ kind: 'text', runs: [{ text: 'c', isBold: true }] }],
      blocks: [{ title: 'lint', text: 'd' }],
      files: [],
    })
  })

  test('to the last character', () => {
    const card = content({ lines: ['one'], body: 'two three four five\n\n- six', blocks: [{ title: 'seven', text: 'eight\nnine' }] })
    const chars = costOf(layOut(card, { chars: 1_000 }))
    expect(layOut(card, { chars }).files).toEqual([])
    expect(layOut(card, { chars: chars - 1 }).files).not.toEqual([])
  })
})

describe('what does not fit', () => {
  test('a title is cut at 300 characters and whole in a file', () => {
    const title = 'word '.repeat(100).trim()
    const laid = layOut(content({ title }), { chars: 4_000 })
    expect(laid.title).toMatch(/^(?:word ){59}word…$/)
    expect(laid.files).toEqual([{ name: 'card.txt', text: title }])
  })

  test('lines come before body and blocks', () => {
    const laid = layOut(content({ lines: ['first line', 'second line'], body: 'body text', blocks: [{ title: 'b', text: 'block' }] }), {
      chars: 24,
    })
    expect(laid.lines).toEqual(['first line', 'second…'])
    expect(laid.files.map(({ name }) => name)).toEqual(['card.txt', 'message.md', 'b.txt'])
  })

  test('a block shows both its ends and counts what is between', () => {
    const laid = layOut(content({ blocks: [{ title: 'Test log', text: numbers(100) }] }), { chars: 4_000, blockLines: 5 })
    expect(laid.blocks).toEqual([{ title: 'Test log', text: 'line 1\nline 2\n… 96 more lines\nline 99\nline 100' }])
    expect(laid.files).toEqual([{ name: 'test-log.txt', text: numbers(100) }])
  })

  test('a block has at most 40 lines where nothing else is said', () => {
    expect(layOut(content({ blocks: [{ title: '', text: numbers(40) }] }), { chars: 9_000 }).files).toEqual([])
    expect(layOut(content({ blocks: [{ title: '', text: numbers(41) }] }), { chars: 9_000 }).blocks[0]?.text.split('\n')).toHaveLength(40)
  })

  test('a short block leaves its room to the others', () => {
    const laid = layOut(content({ body: 'word '.repeat(300), blocks: [{ title: 'short', text: 'ok' }] }), { chars: 1_000 })
    expect(laid.blocks).toEqual([{ title: 'short', text: 'ok' }])
    expect(costOf(laid)).toBeGreaterThan(980)
  })

  test('body and a long block share', () => {
    const laid = layOut(content({ body: 'word '.repeat(300), blocks: [{ title: 'log', text: numbers(200) }] }), {
      chars: 1_000,
      blockLines: 200,
    })
    expect(wordsOf(laid.body).length).toBeGreaterThan(400)
    expect(laid.blocks[0]?.text.length).toBeGreaterThan(400)
  })

  test('code in the body is cut between lines', () => {
    const [passage] = layOut(content({ body: `\`\`\`ts\n${numbers(50)}\n\`\`\`` }), { chars: 80 }).body
    expect(passage).toEqual({ kind: 'code', language: 'ts', text: `${numbers(8)}\n… 42 more lines` })
  })

  test('a list is cut between items', () => {
    const [passage] = layOut(content({ body: '- item one\n- item two\n- item three\n- item four' }), { chars: 44 }).body
    expect(passage && textOf(passage)).toBe('• item one\n• item two\n… 2 more')
  })

  test('files of one name get a number, and a diff is called one', () => {
    const blocks = ['diff --git a/x b/x\n', '', ''].map((start) => ({ title: 'Änderung 1', text: start + numbers(60) }))
    expect(layOut(content({ blocks }), { chars: 9_000 }).files.map(({ name }) => name)).toEqual([
      'a-nderung-1.diff',
      'a-nderung-1.txt',
      'a-nderung-1-2.txt',
    ])
  })

  test('the price of a character is the platform’s', () => {
    const cost = (text: string): number => text.replaceAll('&', '&amp;').length
    const laid = layOut(content({ body: '&'.repeat(100) }), { chars: 200, cost })
    expect(costOf(laid, { cost })).toBeLessThanOrEqual(200)
    expect(wordsOf(laid.body)).toMatch(/^&{38}…$/)
  })

  test('formatting may have a price too', () => {
    const body = '**a** `b` c\n\n> d\n> e\n\n```\nf\n```'
    expect(costOf(layOut(content({ body }), { chars: 1_000 }), { marks: 10 }) - costOf(layOut(content({ body }), { chars: 1_000 }))).toBe(
      50,
    )
  })

  test('what nobody sees takes no room and is nowhere', () => {
    const hidden = '\u202ea\u200b\u001b[31mb'
    const laid = layOut(content({ title: hidden, lines: [hidden], body: hidden, blocks: [{ title: hidden, text: hidden }] }), {
      chars: 900,
    })
    expect(shownIn(laid).split('\n')).toEqual(['ab', 'ab', 'ab', 'ab', 'ab'])
  })
})

const word = fc.oneof(
  fc.stringMatching(/^[a-z]{1,12}$/),
  fc.constantFrom('👩‍👩‍👧', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'e\u0301\u0323', 'שלום', 'مرحبا', '日本語', '&&', 'https://a.example/x', 'x'.repeat(90)),
)
const words = fc.array(word, { minLength: 1, maxLength: 30 }).map((some) => some.join(' '))
const log = fc.array(words, { minLength: 1, maxLength: 12 }).map((some) => some.join('\n'))
const part = fc.oneof(
  words,
  words.map((some) => `> ${some}`),
  log.map((some) => some.replace(/^/gm, '- ')),
  log.map((some) => `\`\`\`sh\n${some}\n\`\`\``),
  words.map((some) => `**${some}** [link](https://a.example)`),
)
const cards: fc.Arbitrary<Content> = fc.record({
  title: words,
  lines: fc.array(words, { maxLength: 5 }),
  body: fc.array(part, { maxLength: 5 }).map((some) => some.join('\n\n')),
  blocks: fc.array(fc.record({ title: words, text: log }), { maxLength: 3 }),
})
const costs: readonly NonNullable<Room['cost']>[] = [
  (text) => text.length,
  (text) => Buffer.byteLength(text),
  (text) => text.replaceAll('&', '&amp;').length,
]
const rooms: fc.Arbitrary<Required<Room>> = fc.record({
  chars: fc.oneof(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 0, max: 4_000 })),
  blockLines: fc.integer({ min: 1, max: 12 }),
  cost: fc.constantFrom(...costs),
  marks: fc.integer({ min: 0, max: 8 }),
})

describe('whatever the card and the room', () => {
  test('what is shown costs no more than there is', () => {
    fc.assert(
      fc.property(cards, rooms, (card, room) => {
        expect(costOf(layOut(card, room), room)).toBeLessThanOrEqual(room.chars)
      }),
      { numRuns: 150 },
    )
  })

  test('no block has more lines than it may', () => {
    fc.assert(
      fc.property(cards, rooms, (card, room) => {
        for (const { text } of layOut(card, room).blocks) expect(text.split('\n').length).toBeLessThanOrEqual(room.blockLines)
      }),
    )
  })

  test('the title is there', () => {
    fc.assert(
      fc.property(cards, rooms, (card, room) => {
        const { title } = layOut(card, room)
        if (room.chars >= 30) expect(title).not.toBe('')
        expect(visible(card.title).startsWith(title.replace(/…$/, ''))).toBe(true)
      }),
    )
  })

  test('no word is lost: it is shown, or whole in a file', () => {
    fc.assert(
      fc.property(cards, rooms, (card, room) => {
        const laid = layOut(card, room)
        const there = new Set(wordsIn([shownIn(laid), ...laid.files.map(({ text }) => text)].join('\n')))
        const all = [
          card.title,
          ...card.lines,
          ...passagesOf(card.body).map(textOf),
          ...card.blocks.flatMap(({ title, text }) => [title, text]),
        ]
        expect(wordsIn(all.join('\n')).filter((one) => !there.has(one) && one !== '•')).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})

describe('pitfall 18: a text is cut between, never inside', () => {
  const family = '👩‍👩‍👧'
  const bodies: readonly (readonly [string, string])[] = [
    ['emoji of many parts', `${family}${family} `.repeat(60)],
    ['combining marks', 'e\u0301\u0323o\u0308'.repeat(80)],
    ['right-to-left text', 'שלום עולם '.repeat(60)],
    ['a mark that begins a formatted run', `${'ab '.repeat(5)}e**\u0301 x** `.repeat(20)],
    ['links', 'see [the docs](https://a.example/b/c) now '.repeat(30)],
    ['a fence of long lines', `\`\`\`\n${`${family} word `.repeat(20)}\n${'x '.repeat(90)}\n\`\`\``],
    ['a list of long items', `- ${`${family} word `.repeat(20)}\n- ${'x '.repeat(90)}`],
  ]
  test.each(bodies)('%s, at every room', (_, body) => {
    const whole = graphemesOf(passagesOf(body).map(textOf).join('\n\n'))
    for (let chars = 10; chars < 320; chars += 3) {
      const laid = layOut(content({ title: '', body }), { chars })
      const shown = wordsOf(laid.body).replace(/\n*… \d+ more(?: lines?)?$|\n*…$/, '')
      const kept = graphemesOf(shown)
      expect(whole.slice(0, kept.length)).toEqual(kept)
      expect(costOf(laid)).toBeLessThanOrEqual(chars)
      expect(laid.files).toHaveLength(1)
    }
  })

  test('a code passage stays one, closed and with its language', () => {
    const laid = layOut(content({ body: `\`\`\`ts\n${'const a = 1\n'.repeat(100)}\`\`\`\n\nafter` }), { chars: 300 })
    expect(laid.body).toMatchObject([{ kind: 'code', language: 'ts' }])
    expect(laid.files[0]?.text).toContain('after')
  })
})
