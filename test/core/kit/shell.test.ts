import { execa } from 'execa'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quote } from '../../../core/kit/shell.ts'

test.each([
  [['ls', '-l', '/a/b.ts'], 'ls -l /a/b.ts'],
  [['echo', 'a b'], "echo 'a b'"],
  [['echo', "it's"], "echo 'it'\\''s'"],
  [['echo', ''], "echo ''"],
  [['echo', '$HOME', '`id`', '!', '*', '~', '\\'], "echo '$HOME' '`id`' '!' '*' '~' '\\'"],
  [['A=1', 'user@host:22', '50%', 'a,b', '+x'], 'A=1 user@host:22 50% a,b +x'],
])('%j is typed as %s', (argv, line) => {
  expect(quote(argv)).toBe(line)
})

test('a shell reads back exactly the words that were quoted', async () => {
  const word = fc.string({ unit: fc.constantFrom(...'ab \'"$`\\!*?~#&;|<>()[]{}\n\t=-%é👍') })
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 5 }), async (argv) => {
      const { stdout } = await execa('/bin/sh', ['-c', `printf '%s\\0' ${quote(argv)}`], { stripFinalNewline: false })
      expect(stdout.split('\0').slice(0, -1)).toEqual(argv)
    }),
    { numRuns: 25 },
  )
})
