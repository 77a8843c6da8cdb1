import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capped, titleOf } from '../../../../plugins/tracker/github/issue.ts'
import { nearestOf, readKey, wordsOf } from '../../../../plugins/tracker/github/key.ts'
import { hasMark, mark, marked, unmarked } from '../../../../plugins/tracker/github/mark.ts'
import { options } from '../../../../plugins/tracker/github/options.ts'

describe('a key', () => {
  it.each([
    ['#42', { number: 42, repository: null, host: null }],
    ['42', { number: 42, repository: null, host: null }],
    [' #42 ', { number: 42, repository: null, host: null }],
    ['ana/shop#42', { number: 42, repository: 'ana/shop', host: null }],
    ['ana/shop.js#42', { number: 42, repository: 'ana/shop.js', host: null }],
    ['https://github.com/ana/shop/issues/42', { number: 42, repository: 'ana/shop', host: 'github.com' }],
    ['https://GitHub.com/ana/shop/issues/42#issuecomment-9', { number: 42, repository: 'ana/shop', host: 'github.com' }],
    ['https://www.github.com/ana/shop/issues/42/', { number: 42, repository: 'ana/shop', host: 'github.com' }],
    ['http://ghe.example:8443/ana/shop/pull/42/files?w=1', { number: 42, repository: 'ana/shop', host: 'ghe.example:8443' }],
  ])('%s names an issue', (key, named) => {
    expect(readKey(key)).toEqual(named)
  })

  it.each([
    'login',
    'fix #42',
    '#42 and #43',
    'shop#42',
    'ana/shop',
    'https://github.com/ana/shop',
    'https://github.com/ana/shop/issues',
    '',
  ])('"%s" names none, so it is words', (key) => {
    expect(readKey(key)).toBeNull()
  })
})

describe('words', () => {
  it('hold nothing that a search would take for more than a word', () => {
    expect(wordsOf('Login OR repo:eve/x "is:closed" NOT -label:bug (a) login')).toEqual(['login', 'repo', 'eve', 'closed', 'label', 'bug'])
    expect(wordsOf('Größe für Æther')).toEqual(['größe', 'für', 'æther'])
    expect(wordsOf('to do')).toEqual(['to', 'do'])
  })

  it('the nearest have most words in common, then the number that is least far away, then are the newest', () => {
    const open = [
      { number: 1, title: 'Fix the login' },
      { number: 2, title: 'Paint the shed' },
      { number: 40, title: 'Far' },
      { number: 42, title: 'Answer' },
    ]
    expect(nearestOf('#41', open).map(({ number }) => number)).toEqual([40, 42, 2])
    expect(nearestOf('the login page', open).map(({ number }) => number)).toEqual([1, 2, 42])
    expect(nearestOf('nothing alike', open).map(({ number }) => number)).toEqual([42, 40, 2])
  })
})

describe('a mark', () => {
  it('tells one id from every other, and leaves the text as it was', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), fc.string(), (id, other, text) => {
        const both = marked(text, id)
        expect(hasMark(both, id)).toBe(true)
        if (other !== id) expect(hasMark(both, other)).toBe(false)
        expect(unmarked(both)).toBe(text)
      }),
    )
  })

  it('cannot be ended by what the id holds', () => {
    expect(mark('a-->b').indexOf('-->')).toBe(mark('a-->b').length - 3)
  })

  it('counts at the end of a text only: further up it was quoted by somebody', () => {
    expect(hasMark(`${mark('a')}\n\nI quote that`, 'a')).toBe(false)
    expect(hasMark(marked(`quoted: ${mark('b')}`, 'a'), 'b')).toBe(false)
    expect(hasMark(`words\r\n\r\n${mark('a')}\r\n`, 'a')).toBe(true)
    expect(hasMark(null, 'a')).toBe(false)
  })

  it('comes after a text that is cut to what GitHub takes', () => {
    const text = marked('🙂'.repeat(40_000), 'a')
    expect(text.length).toBeLessThan(65_536)
    expect(text).toContain('too long for GitHub')
    expect(text).not.toMatch(/\p{Cs}/u)
    expect(hasMark(text, 'a')).toBe(true)
  })
})

describe('what people wrote', () => {
  it('has no control characters, hidden characters or line ends where it becomes a title', () => {
    expect(titleOf('Fix\u0007 \u001b[31mthe\u202e\r\nlogin\u200b 🙂 ')).toBe('Fix the login 🙂')
    expect(titleOf('\u0000')).toBe('Untitled')
  })

  it('is cut between characters, with a note of how much more there is and where', () => {
    const url = 'https://github.com/ana/shop/issues/1'
    expect(capped('äöü', { mostBytes: 6, url })).toBe('äöü')
    expect(capped('äöü', { mostBytes: 5, url })).toBe(`äö\n\n(Cut after 5 of 6 bytes; all of it is at ${url})`)
  })
})

describe('options', () => {
  const settings = { token: 'ghp_x' }

  it('start nothing by themselves unless asked to', () => {
    expect(options.parse(settings)).toMatchObject({ comments: 30, mostTasks: 300 })
    expect(options.parse(settings).intake).toBeUndefined()
  })

  it.each([
    { intake: {} },
    { intake: { label: 'a,b' } },
    { intake: { label: ' ' } },
    { intake: { assignee: 'ana cyn' } },
    { comments: 101 },
    { intakes: {} },
  ])('refuse %j', (wrong) => {
    expect(options.safeParse({ ...settings, ...wrong }).success).toBe(false)
  })

  it('want a credential', () => {
    expect(options.safeParse({}).success).toBe(false)
    expect(options.parse({ ...settings, intake: { label: 'ao', assignee: 'robo[bot]' } }).intake).toEqual({
      label: 'ao',
      assignee: 'robo[bot]',
    })
  })
})
