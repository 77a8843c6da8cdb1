import { describe, expect, it } from 'vitest'
import { nothingHeld, rememberPastes, takeKeys } from '../../../adapters/console/paste.ts'
import { completeTyped, readTyped } from '../../../adapters/console/typed.ts'
import { continued } from '../../../adapters/console/typing.ts'

describe('a typed line', () => {
  it.each([
    ['fix #42', { is: 'say', text: 'fix #42', thread: 'here' }],
    ['  12 ', { is: 'say', text: '12', thread: 'here' }],
    ['@app-3 use zod\nplease', { is: 'say', text: 'use zod\nplease', thread: 'app-3' }],
    ['/home/me is full', { is: 'say', text: '/home/me is full', thread: 'here' }],
    ['/in app-3', { is: 'in', thread: 'app-3' }],
    ['/in @app-3', { is: 'in', thread: 'app-3' }],
    ['/out', { is: 'out' }],
    ['/clear', { is: 'clear' }],
    ['/help', { is: 'help' }],
    ['/quit', { is: 'quit' }],
    ['   ', { is: 'nothing' }],
  ])('%j means %j', (line, typed) => expect(readTyped(line, 'here')).toEqual(typed))

  it.each([
    ['/ni app-3', 'There is no /ni; did you mean /in?'],
    ['/fix #42', 'What is for the bot goes without the slash.'],
    ['/in', 'Say which thread: /in app-3.'],
    ['/in two words', 'Say which thread'],
    ['/out now', '/out stands alone.'],
    ['@app-3', 'Say something after @app-3, or enter it with /in app-3.'],
  ])('%j says nothing to the bot and tells what is wrong: %s', (line, words) => {
    const typed = readTyped(line, null)
    expect(typed.is === 'wrong' ? typed.says : typed).toContain(words)
  })

  it.each([
    ['one \\', 'one '],
    ['one \\\\', null],
    ['one', null],
    ['\\', ''],
  ])('%j goes on: %j', (line, more) => expect(continued(line)).toBe(more))
})

describe('completion', () => {
  const asked: (string | null)[][] = []
  const ask = async (text: string, thread: string | null) => {
    asked.push([text, thread])
    return ['fix #42', 'fix #43', 'status'].filter((known) => known.startsWith(text))
  }
  it.each([
    ['/i', ['/in ']],
    ['/in app', ['/in app-3', '/in app-31']],
    ['/in web-1', []],
    ['@w', ['@web-1 ']],
    ['@app-3 st', ['@app-3 status']],
    ['fi', ['fix #42', 'fix #43']],
  ])('of %j is %j', async (line, found) =>
    expect(await completeTyped(line, { thread: 'here', threads: ['app-3', 'app-31', 'web-1'], ask })).toEqual(found),
  )

  it('asks the bot for the thread it is about', () => {
    expect(asked).toEqual([
      ['st', 'app-3'],
      ['fi', 'here'],
    ])
  })
})

describe('a paste', () => {
  const all = (chunks: readonly string[]) => {
    const pastes = rememberPastes()
    let held = nothingHeld
    let keys = ''
    for (const chunk of chunks) {
      const taken = takeKeys(held, chunk, pastes.keep)
      held = taken.held
      keys += taken.keys
    }
    return { keys, held, pastes }
  }
  const typed = 'ab\u001b[200~one\r\ntwo\tthree\rfour\u001b[201~cd\r'

  it('of several lines is one line of keys, and the same text again', () => {
    const { keys, pastes } = all([typed])
    expect(keys).toBe('abone⏎two⇥three⏎fourcd\r')
    expect(pastes.expand(keys.slice(0, -1))).toBe('abone\ntwo\tthree\nfourcd')
  })

  it('may come in pieces of any size', () => {
    for (const size of [1, 2, 3, 5, 7])
      expect(all(Array.from({ length: Math.ceil(typed.length / size) }, (_, at) => typed.slice(at * size, (at + 1) * size))).keys).toBe(
        'abone⏎two⇥three⏎fourcd\r',
      )
  })

  it('holds back nothing but what may be the beginning of a mark', () => {
    expect(all(['a\u001b[A']).keys).toBe('a\u001b[A')
    expect(all(['a\u001b']).held.text).toBe('\u001b')
    expect(all(['a\u001b', '[A']).keys).toBe('a\u001b[A')
  })

  it('cannot steer: escape sequences in it are taken out', () => {
    expect(all(['\u001b[200~a\u001b[31mb\u0003c\u001b[201~']).keys).toBe('abc')
  })

  it('that is long shows as its name, and is said whole', () => {
    const text = Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n')
    const { keys, pastes } = all([`see \u001b[200~${text}\n\u001b[201~`])
    expect(keys).toBe('see ⟦paste 1: 100 lines⟧')
    expect(pastes.expand(keys)).toBe(`see ${text}`)
    expect(pastes.isSelfContained(keys)).toBe(false)
  })
})
