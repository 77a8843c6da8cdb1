import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redacting } from '../../../core/kit/redact.ts'

const long = 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4'

test('a secret is taken out wherever it stands, however often', () => {
  expect(redacting(['hunter22'])('hunter22, xhunter22x and {"a":"hunter22"}')).toBe('[secret], x[secret]x and {"a":"[secret]"}')
})

test('a secret that holds another is taken out whole', () => {
  expect(redacting(['hunter', 'hunter22'])('hunter22 hunter')).toBe('[secret] [secret]')
})

test('a secret is no pattern', () => {
  expect(redacting(['a.c*d$1'])('a.c*d$1 abcccd$1')).toBe('[secret] abcccd$1')
})

test('what is shorter than six characters is an ordinary word', () => {
  expect(redacting(['', 'abcde'])('abcde')).toBe('abcde')
  expect(redacting(['abcdef'])('abcdef')).toBe('[secret]')
})

describe('what looks like a secret is taken out, though nobody named it', () => {
  test.each([
    `ghp_${long}`,
    `gho_${long}`,
    `ghs_${long}`,
    `github_pat_${long}_${long}`,
    `xoxb-1234567890-${long}`,
    `xapp-1-A0-${long}`,
    `sk-ant-api03-${long}`,
    `sk-${long}`,
    'AKIAIOSFODNN7EXAMPLE',
    `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${long}`,
  ])('%s', (secret) => {
    expect(redacting([])(`token=${secret};`)).toBe('token=[secret];')
  })

  test('a password in a URL', () => {
    expect(redacting([])('https://bob:pa55word@git.example/x.git')).toBe('https://bob:[secret]@git.example/x.git')
    expect(redacting([])('https://:pa55word@git.example/x.git')).toBe('https://:[secret]@git.example/x.git')
  })
})

test.each([
  'fix the sk-learn import',
  'https://git.example:8080/a@b',
  'eyJ is how it begins',
  'ghp_short',
  'commit c0ffee11c0ffee11c0ffee11c0ffee11c0ffee11',
  'bob@example.org',
])('ordinary text stays: %s', (text) => {
  expect(redacting(['another-secret'])(text)).toBe(text)
})

test('no secret survives, whatever surrounds it', () => {
  const secret = fc.string({ minLength: 6, maxLength: 20 }).filter((text) => !'[secret]'.includes(text))
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1, maxLength: 3 }), fc.string(), fc.string(), (secrets, before, after) => {
      const text = redacting(secrets)([before, ...secrets, after].join(' '))
      const longest = secrets.toSorted((a, b) => b.length - a.length)[0] ?? ''
      expect(text.split('[secret]').some((part) => part.includes(longest))).toBe(false)
    }),
  )
})

test('takes no more than twice the time for twice the text', () => {
  const redact = redacting([])
  const timeOf = (text: string): number =>
    Math.min(
      ...Array.from({ length: 5 }, () => {
        const from = performance.now()
        redact(text)
        return performance.now() - from
      }),
    )
  for (const part of ['a', 'eyJaaaaaaaaaa.', '://a:', 'ghp_', ':a', 'https://a:b'])
    expect(timeOf(part.repeat(20_000)), part).toBeLessThan(timeOf(part.repeat(10_000)) * 3 + 5)
})
