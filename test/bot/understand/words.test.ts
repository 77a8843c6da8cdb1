import { describe, expect, test } from 'vitest'
import { tokenise, withoutEnd } from '../../../bot/understand/tokens.ts'
import { hasHidden, type Words, wordsOf } from '../../../bot/understand/words.ts'

const words = (text: string): string =>
  tokenise(text)
    .map(({ word, hasColon }) => (hasColon ? `${word}:` : word))
    .join(' ')
const heard = (text: string): Words => {
  const found = wordsOf(text)
  if (!found) throw new Error(`${JSON.stringify(text)} is no command.`)
  return found
}

describe('a text is cut into words', () => {
  test.each([
    ['', ''],
    [' \t\n', ''],
    ['Merge APP-3', 'merge app-3'],
    ['merge app-3.', 'merge app-3 .'],
    ['merge app-3!', 'merge app-3 .'],
    ['merge app-3?', 'merge app-3 ?'],
    ['merge app-3;', 'merge app-3 .'],
    ['(merge) **app-3**', 'merge app-3'],
    ['merge, please', 'merge please'],
    ['42,43;44', '42 43 44'],
    ['50–53', '50-53'],
    ['#50—#53', '#50-#53'],
    ['a&b', 'a b'],
    ['acme/#7', 'acme #7'],
    ['src/users.test.ts', 'src/users.test.ts'],
    ["what's up", 'what is up'],
    ['don’t', 'do not'],
    ["app-3's logs", "app-3 's logs"],
    ['pls', 'please'],
    ['pleaseee', 'please'],
    ['gimme logs', 'give me logs'],
    ['constructor', 'constructor'],
    ['__proto__', 'proto'],
    ['tell app-3: use zod', 'tell app-3: use zod'],
    ['**reject:** no', 'reject: no'],
    ['ship it 🚀', 'ship it'],
    ['👍🏽', ''],
    ['1️⃣', '1'],
    ['done :)', 'done'],
    [':tada: merge', 'merge'],
    ['<3', ''],
    ['-5', '-5'],
    ['- merge', 'merge'],
    ['...', ''],
    ['https://github.com/acme/app/issues/42.', 'https://github.com/acme/app/issues/42'],
    ['<https://github.com/acme/app/issues/42|#42>', 'https://github.com/acme/app/issues/42'],
    ['Ｍerge', 'ｍerge'],
  ])('%j is “%s”', (text, said) => {
    expect(words(text)).toBe(said)
  })

  test('what stands between quotation marks is one, as it was written', () => {
    expect(tokenise('start "Rename  Foo, to Bar!" now').map(({ quoted }) => quoted)).toEqual([null, 'Rename  Foo, to Bar!', null])
    expect(tokenise('start “a "b" c”').map(({ quoted }) => quoted)).toEqual([null, 'a "b" c'])
    expect(tokenise('“a\nb”').map(({ quoted }) => quoted)).toEqual(['a\nb'])
  })

  test.each(['"', '""', '“”', '"a', 'a"', '“a', '"a\nb"', 'a"b"c', '“a“'])('%j quotes nothing', (text) => {
    expect(tokenise(text).filter(({ quoted }) => quoted !== null)).toEqual([])
  })

  test('each says where it stood, with the signs around it', () => {
    const text = ' merge (app-3), "now or" 👍 never! '
    expect(tokenise(text).map(({ from, to }) => text.slice(from, to))).toEqual(['merge', '(app-3),', '"now or"', 'never!', ''])
  })

  test('signs at an end are cut off however many there are', () => {
    expect(withoutEnd('a.b..', new Set('.'))).toBe('a.b')
    expect(withoutEnd('.'.repeat(100_000), new Set('.'))).toBe('')
    expect(withoutEnd('', new Set('.'))).toBe('')
  })
})

describe('the bot is addressed', () => {
  test.each([
    ['/ao merge app-3', 'merge app-3', true],
    ['@ao merge app-3', 'merge app-3', true],
    ['@ao: merge app-3', 'merge app-3', true],
    ['AO, merge app-3', 'merge app-3', true],
    ['ao merge app-3', 'merge app-3', true],
    ['ao', '', true],
    ['!merge app-3', 'merge app-3', false],
    ['! merge app-3', 'merge app-3', false],
    ['!#42', '#42', false],
    ['/merge app-3', 'merge app-3', false],
    ['/merge@some_bot app-3', 'merge app-3', false],
    ['/merge', 'merge', false],
    ['ao /merge app-3', 'merge app-3', true],
  ])('by %j, which says “%s”', (text, said, isNamed) => {
    expect(heard(text)).toMatchObject({ text: said, isAddressed: true, isNamed })
  })

  test.each(['merge app-3', 'aoxyz', 'ao-3', '/api/users is slow', '!', '!!', '/', 'tell ao to stop', 'please ao', '!42', '// todo'])(
    'not by %j',
    (text) => {
      expect(heard(text)).toMatchObject({ text, isAddressed: false, isNamed: false })
    },
  )
})

describe('options', () => {
  test('stand anywhere, and are none of the words', () => {
    const { options, bare, tokens } = heard('fix agent=codex #42 BASE=release/2.x, project=api model=org/m-1:2@x branch=ao/x.')
    expect(options).toEqual({ agent: 'codex', base: 'release/2.x', project: 'api', model: 'org/m-1:2@x', branch: 'ao/x' })
    expect(bare.filter(({ word }) => word !== '.').map(({ word }) => word)).toEqual(['fix', '#42'])
    expect(tokens.length).toBeGreaterThan(bare.length)
  })

  test.each([
    'agent=',
    'agent',
    'agent =codex',
    'Agent:codex',
    'session=app-3',
    'x=1',
    '"agent=codex"',
    '(agent=codex',
    '__proto__=x',
    'agent=a b=c;d',
  ])('but not %j', (text) => {
    expect(Object.keys(heard(text).options).filter((name) => text !== 'agent=a b=c;d' || name !== 'agent')).toEqual([])
  })

  test('where there are none, nothing is copied', () => {
    const { tokens, bare } = heard('fix #42')
    expect(bare).toBe(tokens)
  })
})

describe('what cannot be a command', () => {
  test('is longer than 4,000 characters', () => {
    expect(wordsOf('a'.repeat(4_000))).not.toBeNull()
    expect(wordsOf('a'.repeat(4_001))).toBeNull()
    expect(wordsOf(`stop${' '.repeat(4_000)}`)).toBeNull()
  })

  test.each([
    ['a zero-width space', 'mer\u200bge'],
    ['a zero-width joiner between letters', 'mer\u200dge'],
    ['a byte order mark', '\ufeffmerge'],
    ['a soft hyphen', 'mer\u00adge'],
    ['a word joiner', 'merge\u2060'],
    ['a turn of direction', '\u202emerge'],
    ['an isolate', '\u2066merge\u2069'],
    ['a variation selector behind a letter', 'm\ufe0ferge'],
    ['another variation selector', 'm\u{e0100}erge'],
    ['a tag', 'merge\u{e0041}'],
    ['a filler', 'mer\u3164ge'],
    ['a grapheme joiner', 'mer\u034fge'],
    ['a nul', 'mer\u0000ge'],
    ['an escape', '\u001b[31mmerge'],
    ['a backspace', 'merge\b'],
    ['a line separator', 'merge\u2028app-3'],
    ['a next line', 'merge\u0085app-3'],
  ])('hides %s', (_name, text) => {
    expect(hasHidden(text)).toBe(true)
    expect(wordsOf(text)).toBeNull()
  })

  test.each([
    ['nothing', ''],
    ['blanks and lines', ' \t\r\n'],
    ['accents', 'e\u0301té'],
    ['emoji that are put together', '👩\u200d💻 👨\u200d👩\u200d👧 👍🏽 ❤\ufe0f 🏳\ufe0f\u200d🌈'],
    ['keycaps', '1\ufe0f\u20e3 #\ufe0f\u20e3'],
    ['flags', '🇩🇪'],
    ['other writing', 'مرحبا こんにちは שלום'],
    ['a blank that does not break', 'a\u00a0b'],
  ])('is not what has %s', (_name, text) => {
    expect(hasHidden(text)).toBe(false)
  })
})

describe('signs around words', () => {
  test.each([
    '> merge app-3',
    'look\n> merge app-3',
    'merge ~~app-3~~ app-4',
    '~merge app-3~',
    '<!-- merge app-3 -->',
    '- [ ] merge app-3',
    '[x] merge app-3',
    'merge app-3 👎',
    'merge app-3 🙄',
    'merge app-3 :-1:',
    '"merge app-3"',
    '“merge app-3”.',
    "'merge app-3'",
    '«merge app-3»',
    '„merge app-3“',
    '```\nmerge app-3\n```',
  ])('take it back: %j', (text) => {
    expect(heard(text).isCrossedOut).toBe(true)
  })

  test.each([
    'merge app-3',
    'merge app-3 > app-4',
    'start "rename Foo"',
    'merge app-3 👍',
    '"a" and "b"',
    'a ~ b',
    '[3] merge',
    "it's '87",
  ])('do not: %j', (text) => {
    expect(heard(text).isCrossedOut).toBe(false)
  })

  test.each([
    '`merge app-3`',
    '(merge app-3)',
    'merge app-3 🤔',
    'merge app-3 😂',
    'merge app-3??',
    'merge app-3?!',
    'merge app-3 /s',
    'to do:',
  ])('make it doubtful: %j', (text) => {
    expect(heard(text)).toMatchObject({ isDoubtful: true, isCrossedOut: false })
  })

  test.each(['merge app-3', 'merge app-3?', 'merge app-3!!', 'merge app-3 🚀', 'tell app-3: use zod'])('leave it plain: %j', (text) => {
    expect(heard(text)).toMatchObject({ isDoubtful: false, isCrossedOut: false })
  })
})
