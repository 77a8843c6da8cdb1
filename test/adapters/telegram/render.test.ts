import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { render, renderShort, repeatMark, textChars, topicName } from '../../../adapters/telegram/render.ts'
import type { DrawnCard } from '../../../bot/contracts/card.ts'
import { drawnCard } from '../../contracts/adapter.ts'
import { detected, entityProblem } from '../../fakes/telegram/entities.ts'

const draw = (parts: Partial<DrawnCard>, isAgain = false) => render(drawnCard({ title: 'T', ...parts }), { isAgain })
/** What is formatted, and how. */
const styled = (parts: Partial<DrawnCard>): readonly (readonly [string, string])[] => {
  const { text, entities } = draw(parts)
  return entities.map(({ type, offset, length }) => [type, text.slice(offset, offset + length)] as const)
}

describe('a card as Telegram shows it', () => {
  test('is a sign, a bold title, lines, and blocks in fixed width under bold names', () => {
    const card = {
      title: 'Merge 12?',
      lines: ['Two files', 'by Bob'],
      blocks: [{ title: 'lint', text: 'all\nis well' }],
      tone: 'ask',
    } as const
    expect(draw(card).text).toBe('❓ Merge 12?\nTwo files\nby Bob\n\nlint\nall\nis well')
    expect(styled(card)).toEqual([
      ['bold', 'Merge 12?'],
      ['bold', 'lint'],
      ['pre', 'all\nis well'],
    ])
  })

  test.each([
    [
      '**bold** and _italic_',
      [
        ['bold', 'bold'],
        ['italic', 'italic'],
      ],
    ],
    [
      '~~gone~~ `code`',
      [
        ['strikethrough', 'gone'],
        ['code', 'code'],
      ],
    ],
    [
      '> quoted **words**',
      [
        ['blockquote', 'quoted words'],
        ['bold', 'words'],
      ],
    ],
    ['> quoted `code`', [['blockquote', 'quoted code']]],
    ['```ts\nconst a = 1\n```', [['pre', 'const a = 1']]],
    ['**`both`**', [['code', 'both']]],
  ])('draws %j with formatting beside the text', (body, expected) => {
    expect(styled({ body }).slice(1)).toEqual(expected)
  })

  test('names the language of code', () => {
    expect(draw({ body: '```ts\nconst a = 1\n```' }).entities.at(-1)).toMatchObject({ type: 'pre', language: 'ts' })
  })

  test.each([
    ['@bob_builds merged it', '@\u2060bob_builds merged it'],
    ['(@bob_builds)', '(@\u2060bob_builds)'],
    ['mail bob@example.org', 'mail bob@example.org'],
    ['tap /merge now', 'tap /\u2060merge now'],
    ['look into /usr/local/bin', 'look into /usr/local/bin'],
    ['1/2 of them', '1/2 of them'],
    ['https://example.org/merge?x=/stop', 'https://example.org/merge?x=/stop'],
    ['https://example.org/@bob_builds', 'https://example.org/@\u2060bob_builds'],
  ])('pitfall 51: %j calls nobody and is no command', (line, shown) => {
    const { text, entities } = draw({ lines: [line] })
    expect(text.split('\n')[1]).toBe(shown)
    expect(detected(text, entities).filter(({ type }) => type !== 'url')).toEqual([])
  })

  test('leaves fixed width as it is, where Telegram looks for no names', () => {
    const { text, entities } = draw({ blocks: [{ title: 'log', text: '@bob_builds ran /merge' }] })
    expect(text).toContain('@bob_builds ran /merge')
    expect(detected(text, entities)).toEqual([])
  })

  test('pitfall 52: a link shows where it leads and hides nothing behind other words', () => {
    const { text, entities } = draw({ body: '[your bank](http://evil.example/x)' })
    expect(text).toContain('http://evil.example/x')
    expect(entities.map(({ type }) => type)).toEqual(['bold'])
  })

  test('a name whose parts are formatted differently is no name either', () => {
    const { text, entities } = draw({ body: '**@**bob_builds' })
    expect(detected(text, entities)).toEqual([])
  })

  test('says at the end that it may be a repeat', () => {
    expect(draw({ lines: ['x'] }, true).text.endsWith(`\n\n${repeatMark}`)).toBe(true)
    expect(draw({ lines: ['x'] }).text).not.toContain(repeatMark)
  })

  test('names a picture by its words', () => {
    expect(draw({ picture: { alt: 'the terminal of @bob_builds', png: 'AA==' } }).picture).toEqual({
      caption: 'the terminal of @\u2060bob_builds',
      png: 'AA==',
    })
  })
})

describe('what does not fit', () => {
  const blockOf = (chars: number) => ({ blocks: [{ title: 'log', text: 'x'.repeat(chars) }] })
  const mostChars = (() => {
    let fits = 3_000
    while (draw(blockOf(fits + 1)).files.length === 0) fits += 1
    return fits
  })()

  test.each([
    [-1, 0],
    [0, 0],
    [1, 1],
  ])('pitfall 18: a text that is %i over the room has %i files, and stays below what Telegram takes', (over, files) => {
    const drawn = draw(blockOf(mostChars + over), true)
    expect(drawn.files).toHaveLength(files)
    expect(drawn.text.length).toBeLessThanOrEqual(textChars)
  })

  test('the room is used: what fits is more than nine tenths of it', () => {
    expect(mostChars).toBeGreaterThan(textChars * 0.9)
  })

  test('what was cut goes whole into a file', () => {
    const text = Array.from({ length: 500 }, (_, index) => `line ${index}`).join('\n')
    expect(draw({ blocks: [{ title: 'test', text }] }).files).toEqual([{ name: 'test.txt', text }])
  })

  test('pitfall 18: code that is cut is still code, to its end', () => {
    const body = `\`\`\`ts\n${'const a = 1\n'.repeat(600)}\`\`\`\n\nafter`
    const { text, entities } = draw({ body })
    const pre = entities.find(({ type }) => type === 'pre')
    expect(text.slice((pre?.offset ?? 0) + (pre?.length ?? 0)).includes('const a')).toBe(false)
    expect(pre).toMatchObject({ language: 'ts' })
  })

  test('of formatting there are a hundred at most, and what lost its own still calls nobody', () => {
    const body = Array.from({ length: 130 }, (_, index) => `\`@name_${index}\` x`).join(' ')
    const { text, entities } = draw({ body })
    expect(entities).toHaveLength(100)
    expect(detected(text, entities)).toEqual([])
  })

  test('whatever the card: the text is not empty nor too long, and the formatting is as Telegram wants it', () => {
    const words = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.constantFrom(
        '👩‍👩‍👧‍👦'.repeat(300),
        'שלום עולם '.repeat(400),
        'é́́'.repeat(500),
        '@a_name '.repeat(600),
        '**a** `b` > _c_\n'.repeat(200),
        '/x '.repeat(900),
      ),
    )
    const card = fc.record({
      title: words,
      lines: fc.array(words, { maxLength: 5 }),
      body: words,
      blocks: fc.array(fc.record({ title: words, text: words }), { maxLength: 3 }),
    })
    fc.assert(
      fc.property(card, fc.boolean(), (parts, isAgain) => {
        const { text, entities } = draw(parts, isAgain)
        expect(text.trim()).not.toBe('')
        expect(text.length).toBeLessThanOrEqual(4_096)
        expect(text, 'no half of a character').not.toMatch(/\p{Cs}/u)
        expect(entityProblem(text, entities)).toBeNull()
        expect(detected(text, entities).filter(({ type }) => type !== 'url')).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})

describe('buttons', () => {
  const buttonsOf = (...labels: readonly string[]) => labels.map((label, index) => ({ id: `b${index}`, label, isRisky: false }))
  const rowsOf = (...labels: readonly string[]) =>
    draw({ buttons: buttonsOf(...labels) }).keyboard.map((row) => row.map(({ text }) => text))

  test('stand three in a row where they are short, two where they are longer, alone where they are long', () => {
    expect(rowsOf('Yes', 'No', 'Later', 'Never')).toEqual([['Yes', 'No', 'Later'], ['Never']])
    expect(rowsOf('Request changes', 'Merge', 'Stop')).toEqual([['Request changes', 'Merge'], ['Stop']])
    expect(rowsOf('Yes', 'Always allow this command', 'No')).toEqual([['Yes'], ['Always allow this command'], ['No']])
  })

  test('look dangerous where they are', () => {
    const { keyboard } = draw({
      buttons: [
        { id: 'a', label: 'Merge', isRisky: true },
        { id: 'b', label: 'Look', isRisky: false },
      ],
    })
    expect(keyboard.flat()).toEqual([
      { text: 'Merge', callback_data: 'a', style: 'danger' },
      { text: 'Look', callback_data: 'b' },
    ])
  })

  test('have a label, whatever it was', () => {
    expect(rowsOf('', ' \n ', 'two\nlines', 'x'.repeat(48), 'x'.repeat(49)).flat()).toEqual([
      '·',
      '·',
      'two lines',
      'x'.repeat(48),
      `${'x'.repeat(47)}…`,
    ])
  })

  test.each([
    ['x', 1, true],
    ['x', 63, true],
    ['x', 64, true],
    ['x', 65, false],
    ['x', 69, false],
    ['ü', 32, true],
    ['ü', 33, false],
    ['', 1, false],
  ])('pitfall 17: of an id of %j × %i it is %s that it is drawn', (unit, times, isDrawn) => {
    const drawIt = () => draw({ buttons: [{ id: unit.repeat(times), label: 'Merge', isRisky: false }] })
    if (isDrawn) expect(drawIt().keyboard).toHaveLength(1)
    else expect(drawIt).toThrow(expect.objectContaining({ code: 'CHAT_REFUSED' }))
  })

  test.each([
    [100, true],
    [101, false],
  ])('pitfall 17: of %i buttons it is %s that they are drawn', (count, isDrawn) => {
    const drawThem = () => draw({ buttons: buttonsOf(...Array.from({ length: count }, () => 'x')) })
    if (isDrawn) expect(drawThem().keyboard.flat()).toHaveLength(count)
    else expect(drawThem).toThrow(expect.objectContaining({ code: 'CHAT_REFUSED' }))
  })
})

describe('short texts', () => {
  test.each([
    [199, 199],
    [200, 200],
    [201, 200],
  ])('a whisper of %i characters has %i', (chars, shown) => {
    expect(renderShort({ title: 'x'.repeat(chars), lines: [] })).toHaveLength(shown)
  })

  test('a whisper has the title and what is said with it', () => {
    expect(renderShort({ title: 'Not yours', lines: ['Only bob can answer.'] })).toBe('Not yours\nOnly bob can answer.')
  })

  test.each([
    ['x'.repeat(127), 127],
    ['x'.repeat(128), 128],
    ['x'.repeat(129), 128],
    ['👩‍👩‍👧‍👦'.repeat(12), 122],
    ['\u200b \n', 7],
  ])('a topic called %j has a name of %i characters', (title, chars) => {
    expect(topicName(title)).toHaveLength(chars)
  })
})
