import { describe, expect, test } from 'vitest'
import type { Journal } from '../../core/contracts/store.ts'

/** What the suite writes. */
export type Noted = { readonly name: string; readonly more?: unknown }

/** What every journal must do. `make` gives an empty one. */
export const journalContract = (name: string, make: () => Promise<Journal<Noted>>): void => {
  const fact = (at: number): Noted => ({ name: `fact ${at}` })

  describe(`journal: ${name}`, () => {
    test('a stream nobody wrote is empty, and is not listed', async () => {
      const journal = await make()
      expect(await journal.read('app-1')).toEqual([])
      expect(await journal.list()).toEqual([])
    })

    test('facts come back in the order they were appended', async () => {
      const journal = await make()
      await journal.append('app-1', [fact(1), fact(2)], 0)
      await journal.append('app-1', [fact(3)], 2)
      expect(await journal.read('app-1')).toEqual([fact(1), fact(2), fact(3)])
    })

    test('streams know nothing of each other, and all are listed', async () => {
      const journal = await make()
      await journal.append('app-2', [fact(2)], 0)
      await journal.append('app-1', [fact(1)], 0)
      await journal.append('app-1.b_c', [fact(3)], 0)
      expect(await journal.read('app-1')).toEqual([fact(1)])
      expect([...(await journal.list())].sort()).toEqual(['app-1', 'app-1.b_c', 'app-2'])
    })

    test.each([0, 2])('a writer that expects %i facts where there is one is refused, and nothing is kept', async (expectedSeq) => {
      const journal = await make()
      await journal.append('app-1', [fact(1)], 0)
      await expect(journal.append('app-1', [fact(9)], expectedSeq)).rejects.toMatchObject({ code: 'JOURNAL_MOVED' })
      expect(await journal.read('app-1')).toEqual([fact(1)])
    })

    test('of two writers that expect the same, one is refused', async () => {
      const journal = await make()
      const results = await Promise.allSettled([journal.append('app-1', [fact(1)], 0), journal.append('app-1', [fact(2)], 0)])
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
      expect(await journal.read('app-1')).toEqual([fact(1)])
    })

    test('appending nothing checks the place and makes no stream', async () => {
      const journal = await make()
      await journal.append('app-1', [], 0)
      await expect(journal.append('app-1', [], 1)).rejects.toMatchObject({ code: 'JOURNAL_MOVED' })
      expect(await journal.list()).toEqual([])
    })

    test('what was appended or read cannot be changed from outside', async () => {
      const journal = await make()
      const mine = { name: 'mine', more: { words: ['kept'] } }
      await journal.append('app-1', [mine], 0)
      mine.more.words.push('added later')
      for (const each of await journal.read('app-1')) Object.assign(each, { name: 'changed' })
      expect(await journal.read('app-1')).toEqual([{ name: 'mine', more: { words: ['kept'] } }])
    })

    test('any text survives: line breaks, emoji, quotes, halves of pairs', async () => {
      const journal = await make()
      const words = { name: 'a\r\nb\u2028c "d" \\ 🚀 \u0000 \ud800 ünï' }
      await journal.append('app-1', [words], 0)
      expect(await journal.read('app-1')).toEqual([words])
    })

    test('a fact that JSON cannot hold is refused, and the stream goes on', async () => {
      const journal = await make()
      const nothing: unknown = undefined
      await expect(journal.append('app-1', [fact(1), nothing as Noted], 0)).rejects.toThrow(TypeError) // the wrong type is the point
      await journal.append('app-1', [fact(1)], 0)
      expect(await journal.read('app-1')).toEqual([fact(1)])
    })

    test.each(['', '.', '..', '../x', 'a/b', '.hidden', 'ä', 'a b', 'x'.repeat(121)])('"%s" is no name for a stream', async (id) => {
      const journal = await make()
      await expect(journal.append(id, [fact(1)], 0)).rejects.toMatchObject({ code: 'STREAM_NAME_INVALID' })
      await expect(journal.read(id)).rejects.toMatchObject({ code: 'STREAM_NAME_INVALID' })
    })
  })
}
