import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { passagesOf } from '../../../core/kit/markdown.ts'
import { type Passage, type Run, textOf, wordsOf } from '../../../core/kit/passages.ts'
import { visible } from '../../../core/kit/visible.ts'

const text = (...runs: readonly (string | Run)[]): Passage => ({
  kind: 'text',
  runs: runs.map((run) => (typeof run === 'string' ? { text: run } : run)),
})
const bold = (words: string) => ({ text: words, isBold: true as const })
const code = (words: string, language = ''): Passage => ({ kind: 'code', language, text: words })

describe('Markdown becomes passages', () => {
  test.each<[string, string, readonly Passage[]]>([
    ['nothing', ' \n\n', []],
    ['a paragraph', 'Done.', [text('Done.')]],
    ['two paragraphs', 'One.\n\nTwo.', [text('One.'), text('Two.')]],
    ['a heading, in bold', '## What *I* did', [text(bold('What '), { text: 'I', isBold: true, isItalic: true }, bold(' did'))]],
    ['bold, struck and code', '**a** ~~b~~ `c`', [text(bold('a'), ' ', { text: 'b', isStruck: true }, ' ', { text: 'c', isCode: true })]],
    ['a line break', 'one  \ntwo\\\nthree', [text('one', '\n', 'two', '\n', 'three')]],
    ['lines of one paragraph, kept', 'Files: 3\nTests: 4', [text('Files: 3\nTests: 4')]],
    ['a ruler', 'a\n\n---\n\nb', [text('a'), text('———'), text('b')]],
    ['fenced code', '```ts title="x"\nconst a = 1\n\n```', [code('const a = 1\n', 'ts')]],
    ['a fence that is never closed', '```\na\n\nb', [code('a\n\nb')]],
    ['a fence in a fence', '````\n```\na\n```\n````', [code('```\na\n```')]],
    [
      'raw HTML, as text',
      '<b onclick="x">hi</b>\n\n<script>\nalert(1)\n</script>',
      [text('<b onclick="x">', 'hi', '</b>'), text('<script>\nalert(1)\n</script>')],
    ],
    [
      'a quote',
      '> one\n> two\n>\n> > three\n> - four',
      [{ kind: 'quote', runs: ['one\ntwo', '\n', 'three', '\n', '• four'].map((words) => ({ text: words })) }],
    ],
    [
      'code in a quote, between two',
      '> a\n> ```\n> b\n> ```\n> c',
      [{ kind: 'quote', runs: [{ text: 'a' }] }, code('b'), { kind: 'quote', runs: [{ text: 'c' }] }],
    ],
    ['a footnote', 'see[^n]\n\n[^n]: there', [text('see', '[n]'), text('[n] ', 'there')]],
    ['what only looks like Markdown', '2 * 3 * 4 and snake_case_name', [text('2 * 3 * 4 and snake_case_name')]],
  ])('%s', (_, markdown, passages) => {
    expect(passagesOf(markdown)).toEqual(passages)
  })

  test('lists are flat, with depth, numbers as they were written and the marks of tasks', () => {
    const [list, ...rest] = passagesOf('- one\n  - two\n\n    3. three\n    4. four\n- [ ] open\n- [x] **done**\n\n  and more')
    expect(rest).toEqual([])
    expect(textOf(list as Passage)).toBe('• one\n  • two\n    3. three\n    4. four\n☐ open\n☑ done\nand more')
  })

  test('code in a list stands between its items', () => {
    expect(passagesOf('1. a\n   ```sh\n   b\n   ```\n   c\n2. d').map((passage) => [passage.kind, textOf(passage)])).toEqual([
      ['list', '1. a'],
      ['code', 'b'],
      ['text', 'c'],
      ['list', '2. d'],
    ])
  })

  test('a table is code in aligned columns, wide characters and all', () => {
    expect(passagesOf('| file | lines |\n|:--|--:|\n| `a.ts` | 5 |\n| 名前 | **120** |\n| x |')).toEqual([
      code('file  lines\n────  ─────\na.ts      5\n名前    120\nx'),
    ])
  })
})

describe('pitfall 52: a link is text, and says where it leads', () => {
  test.each([
    ['[docs](https://a.example/x)', 'docs (https://a.example/x)'],
    ['[https://good.example](https://evil.example)', 'https://good.example (https://evil.example)'],
    ['[https://a.example/](https://a.example)', 'https://a.example'],
    ['[a.example](https://a.example)', 'https://a.example'],
    ['<https://a.example>', 'https://a.example'],
    ['see https://a.example/x.', 'see https://a.example/x.'],
    ['[run](javascript:alert(1))', 'run'],
    ['[run](java&#10;script:alert(1))', 'run'],
    ['[file](file:///etc/passwd)', 'file'],
    ['[here](docs/a.md)', 'here'],
    ['[mail](mailto:a@b.example)', 'mail'],
    ['[](https://a.example)', 'https://a.example'],
    ['![a cat](https://a.example/cat.png)', 'a cat (https://a.example/cat.png)'],
    ['![](https://a.example/cat.png?leak=1)', 'https://a.example/cat.png?leak=1'],
    ['[a][n]\n\n[n]: https://a.example', 'a (https://a.example)'],
    ['[bank](https://bаnk.example)', 'bank (https://xn--bnk-6cd.example/)'],
    ['[x](<https://a.example/a b>)', 'x (https://a.example/a%20b)'],
  ])('%s reads "%s"', (markdown, words) => {
    expect(wordsOf(passagesOf(markdown))).toBe(words)
  })
})

describe('what nobody sees is left out', () => {
  test.each([
    ['bidirectional overrides', 'a\u202eb\u2066c', 'abc'],
    ['zero width', 'pass\u200bword\u2060\ufeff', 'password'],
    ['escape sequences', '\u001b[31mred\u001b[0m', 'red'],
    ['what a reference of HTML stands for', 'a&#x202e;b&#x200b;c', 'abc'],
    ['tags', `hi\u{e0068}\u{e0069}`, 'hi'],
    ['variation selectors after letters', 'a\ufe0f\ufe01', 'a'],
  ])('%s', (_, markdown, words) => {
    expect(wordsOf(passagesOf(markdown))).toBe(words)
  })

  test.each([
    '👩‍👩‍👧',
    '🏃🏽‍♂️',
    '👁️‍🗨️',
    '❤️',
    '1️⃣',
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    'می‌خواهم',
    'क्‍ष',
    'שלום',
    'e\u0301',
  ])('%s stays as it is', (words) => {
    expect(wordsOf(passagesOf(words))).toBe(words)
  })

  test('a half of a character becomes a sign for it', () => {
    expect(visible('a\ud800b')).toBe('a\ufffdb')
  })
})

describe('every text gives passages', () => {
  const hostile: readonly (readonly [string, string])[] = [
    ['quotes in quotes', '>'.repeat(20_000)],
    ['quotes at the limit', `${'>'.repeat(39)}a\n\n`.repeat(400)],
    ['lists in lists', '1. '.repeat(7_000)],
    ['quotes in lists', '- > '.repeat(5_000)],
    ['emphasis in emphasis', '*a_'.repeat(7_000)],
    ['brackets', '['.repeat(20_000)],
    ['underlines of headings', 'a\n-\n'.repeat(5_000)],
    ['empty footnotes', '[^a]:\n    '.repeat(2_000)],
    ['a fence that hides the rest', `> \`\`\`\n\n${'[^a]:\n    '.repeat(1_500)}`],
    ['a megabyte of prose', 'Some **words** in a line.\n'.repeat(40_000)],
    ['a table with one wide cell', `|${'x'.repeat(8_000)}|b|\n|-|-|\n${'|a|b|\n'.repeat(1_200)}`],
  ]
  test.each(hostile)('%s', (_, markdown) => {
    const words = wordsOf(passagesOf(markdown))
    expect(words.length).toBeGreaterThan(0)
    expect(words.length).toBeLessThan(markdown.length * 20)
  })

  const piece = fc.oneof(
    fc.constantFrom(
      '- ',
      '  ',
      '\n',
      '\n\n',
      '> ',
      '```',
      '~~~',
      '**',
      '_',
      '`',
      '[',
      '](',
      ')',
      '![',
      '|',
      '|-|',
      '# ',
      '1. ',
      '\\',
      '<',
      '&#x202e;',
      '- [ ] ',
    ),
    fc.constantFrom('\u202e', '\u200b', '\u200d', '👩‍👧', 'a', 'https://a.example', '\r\n', '\t', '\u001b[1m'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  )
  test('whatever it is, and nothing invisible comes out', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        for (const passage of passagesOf(pieces.join(''))) {
          const words = textOf(passage)
          expect(visible(words)).toBe(words)
          expect(words).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
        }
      }),
      { numRuns: 300 },
    )
  })

  const word = fc.stringMatching(/^[a-z]{1,8}$/)
  const paragraph = fc.array(word, { minLength: 1, maxLength: 60 }).map((words) => words.join(' '))
  const part = fc.oneof(
    paragraph,
    paragraph.map((words) => `- ${words}\n- x\n  - ${words}`),
    paragraph.map((words) => `> ${words}`),
    paragraph.map((words) => `\`\`\`\n${words}\n\n\n${words}\n\`\`\``),
    paragraph.map((words) => `## ${words}`),
    paragraph.map((words) => `| a | b |\n|---|---|\n| ${words} | x |`),
  )
  test('a long text in portions reads as each of its blocks does alone, and no word is lost', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 8, maxLength: 24 }), (parts) => {
        const words = (passages: readonly Passage[]) => passages.map(textOf).join('\n').split(/\n+/)
        expect(words(passagesOf(parts.join('\n\n')))).toEqual(words(parts.flatMap((one) => passagesOf(one))))
      }),
      { numRuns: 60 },
    )
  })

  test('what lies beyond the limit is there as plain text', () => {
    const passages = passagesOf(`${'word **bold**\n\n'.repeat(2_000)}end`)
    expect(passages.at(-1)).toMatchObject({ kind: 'text', runs: [{ text: expect.stringMatching(/word \*\*bold\*\*\n\nend$/) }] })
  })
})
