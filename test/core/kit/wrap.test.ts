import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AgentReach } from '../../../core/contracts/plugins.ts'
import { idsIn, typeInto, wrap } from '../../../core/kit/wrap.ts'

const message = { id: 'app-3-m5', text: 'use zod' }
const reachOf = (pasted: string[] | null, signal = new AbortController().signal): AgentReach => ({
  folder: '/nowhere',
  terminal: pasted && { paste: async (text) => void pasted.push(text), press: async () => {}, screen: async () => '' },
  signal,
})

test('a message carries its id in front and ends harmlessly', () => {
  expect(wrap(message)).toBe('[ao #app-3-m5] use zod .')
  expect(wrap({ id: '1', text: 'one\ntwo\n\n' })).toBe('[ao #1] one\ntwo .')
})

test.each(['', 'a b', 'a]b', 'a\nb'])('the id %j would be read back wrongly', (id) => {
  expect(() => wrap({ id, text: 'x' })).toThrow(/id/)
})

test('whatever the words are: one id, no control characters, and nothing that a program obeys at either end', () => {
  const text = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('[ao #9]', '\u001b[201~', '/exit', '!rm', '\\', '@', '\r')))
  fc.assert(
    fc.property(text, (parts) => {
      const typed = wrap({ id: 'app-3-m5', text: parts.join('') })
      expect(idsIn(typed)).toEqual(['app-3-m5'])
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
      expect(typed).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
      expect([typed.startsWith('[ao #'), typed.endsWith(' .')]).toEqual([true, true])
    }),
  )
})

test('ids are found in the order they came, also when several messages were taken as one', () => {
  expect(idsIn('')).toEqual([])
  expect(idsIn('no id [ao #] [ao # x]')).toEqual([])
  expect(idsIn(`${wrap(message)}\n${wrap({ id: 'app-3-m9', text: 'and more' })}`)).toEqual(['app-3-m5', 'app-3-m9'])
})

test('what is typed is what was wrapped', async () => {
  const pasted: string[] = []
  expect(await typeInto('codex', message, reachOf(pasted))).toBe('typed')
  expect(pasted).toEqual([wrap(message)])
})

test('without a terminal nobody is told, and it is said what would help', async () => {
  await expect(typeInto('codex', message, reachOf(null))).rejects.toMatchObject({ code: 'TERMINAL_NEEDED' })
})

test('what is no longer wanted is not typed', async () => {
  const pasted: string[] = []
  await expect(typeInto('codex', message, reachOf(pasted, AbortSignal.abort('enough')))).rejects.toBe('enough')
  expect(pasted).toEqual([])
})
