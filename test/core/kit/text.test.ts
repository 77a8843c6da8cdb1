import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fence, fingerprint, headline, list, nearest, plain, slug, tail } from '../../../core/kit/text.ts'

const anyText = fc.string({ unit: 'binary' })

test.each([
  ['mrege', ['merge', 'retry'], 'merge'],
  ['MERGE', ['merge'], 'merge'],
  ['Reactions', ['reactions'], 'reactions'],
  ['changesrequested', ['changes-requested', 'ci-failed'], 'changes-requested'],
  ['xyzzy', ['merge', 'retry'], null],
  ['', ['merge'], null],
  ['merge', [], null],
])('%j is nearest to one of %j: %j', (word, known, near) => {
  expect(nearest(word, known)).toBe(near)
})

test('a short word that shares no letter with another is not near to it', () => {
  expect(nearest('hi', ['ok'])).toBeNull()
})

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
])('%j reads as "%s"', (words, text) => {
  expect(list(words)).toBe(text)
})

test('a list may end with another word', () => {
  expect(list(['a', 'b', 'c'], 'or')).toBe('a, b or c')
})

describe('a headline', () => {
  test.each([
    ['one\ntwo', 10, 'one'],
    ['  one  ', 10, 'one'],
    ['\n\n one', 10, 'one'],
    ['12345', 5, '12345'],
    ['123456', 5, '1234…'],
    ['123 567', 5, '123…'],
    ['👍👍👍', 2, '👍…'],
    ['', 5, ''],
  ])('of %j within %i is %j', (text, chars, line) => {
    expect(headline(text, chars)).toBe(line)
  })

  test('is one line, never too long and never half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, chars) => {
        const line = headline(text, chars)
        expect([...line].length).toBeLessThanOrEqual(chars)
        expect(line).not.toContain('\n')
        expect(line).not.toMatch(/\p{Cs}/u)
      }),
    )
  })
})

describe('the tail of a text', () => {
  test.each([
    ['a\nb\nc\n', 2, 100, 'b\nc'],
    ['a\nb\nc', 9, 100, 'a\nb\nc'],
    ['aaaa\nbbbb\ncccc', 9, 9, 'bbbb\ncccc'],
    ['aaaa\nbbbb\ncccc', 9, 8, 'cccc'],
    ['abcdefgh', 9, 3, 'fgh'],
    ['ää', 9, 3, 'ä'],
    ['', 9, 9, ''],
  ])('of %j, %i lines and %i bytes, is %j', (text, lines, bytes, end) => {
    expect(tail(text, { lines, bytes })).toBe(end)
  })

  test('is the end of the text and never more than was asked for', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 30 }),
        (text, lines, bytes) => {
          const end = tail(text, { lines, bytes })
          expect(Buffer.byteLength(end)).toBeLessThanOrEqual(bytes)
          expect(end.split('\n').length).toBeLessThanOrEqual(lines)
          expect(text.trimEnd().endsWith(end)).toBe(true)
        },
      ),
    )
  })
})

describe('a slug', () => {
  test.each([
    ['Fix the Login bug!', 'fix-the-login-bug'],
    ['Größe: 5', 'gro-e-5'],
    ['../../etc/passwd', 'etc-passwd'],
    ['--rf', 'rf'],
    ['日本', 'task'],
    ['', 'task'],
    ['a'.repeat(50), 'a'.repeat(40)],
    [`${'a'.repeat(39)} b`, 'a'.repeat(39)],
  ])('of %j is %j', (text, name) => {
    expect(slug(text)).toBe(name)
  })

  test('is always a name for a branch or a file', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 4, max: 60 }), (text, chars) => {
        expect(slug(text, chars)).toMatch(new RegExp(`^(?=.{1,${chars}}$)[a-z0-9]+(-[a-z0-9]+)*$`))
      }),
    )
  })
})

test('a fingerprint is the same for the same text, and another for another', () => {
  expect(fingerprint('a')).toBe('ca978112')
  expect(fingerprint('a', 16)).toBe('ca978112ca1bbdca')
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      expect(fingerprint(a, 16) === fingerprint(b, 16)).toBe(a === b)
    }),
  )
})

describe('plain text', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u001b]8;;https://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u001b[200~paste\u001b[201~', 'paste'],
    ['a\u001bcb', 'ab'],
    ['a\r\nb\rc', 'a\nb\nc'],
    ['a\u0000\u0008\u007f\u009bb', 'ab'],
    ['tab\tand ünïcode 👍', 'tab\tand ünïcode 👍'],
  ])('of %j is %j', (text, rest) => {
    expect(plain(text)).toBe(rest)
  })

  test('holds nothing that steers a terminal, and is plain already when done again', () => {
    const nasty = fc.array(fc.oneof(anyText, fc.constantFrom('\u001b', '\u001b[', '\u001b]', '\u0007', '\u009b', '31m', '\r', '\u001b\\')))
    fc.assert(
      fc.property(nasty, (parts) => {
        const rest = plain(parts.join(''))
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
        expect(rest).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
        expect(plain(rest)).toBe(rest)
      }),
    )
  })

  test('takes no more than twice the time for twice the text', () => {
    const timeOf = (text: string): number =>
      Math.min(
        ...Array.from({ length: 5 }, () => {
          const from = performance.now()
          plain(text)
          return performance.now() - from
        }),
      )
    for (const part of ['\u001b]', '\u001b[0', '\u001b', 'a'])
      expect(timeOf(part.repeat(20_000)), JSON.stringify(part)).toBeLessThan(timeOf(part.repeat(10_000)) * 3 + 3)
  })
})

describe('a fence', () => {
  test.each([
    ['code', '', '```\ncode\n```'],
    ['code\n\n', 'ts', '```ts\ncode\n```'],
    ['a ``` b', '', '````\na ``` b\n````'],
    ['`````', '', '``````\n`````\n``````'],
  ])('around %j', (text, label, fenced) => {
    expect(fence(text, label)).toBe(fenced)
  })

  test('cannot be closed from inside', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('`', '```', '\n', 'a', '~~~', ' ')), (parts) => {
        const lines = fence(parts.join('')).split('\n')
        const [open = ''] = lines
        expect(open).toMatch(/^`{3,}$/)
        expect(lines.slice(1, -1).some((line) => line.includes(open))).toBe(false)
        expect(lines.at(-1)).toBe(open)
      }),
    )
  })
})
