import { describe, expect, test } from 'vitest'
import type { Documents } from '../../core/contracts/store.ts'

/** What every store of documents must do. `make` gives an empty one. */
export const documentsContract = (name: string, make: () => Promise<Documents>): void => {
  type Notes = { lines: string[] }
  const empty: Notes = { lines: [] }

  describe(`documents: ${name}`, () => {
    test('a new document holds a copy of what it begins with', async () => {
      const documents = await make()
      const notes = await documents.open('notes', empty)
      expect(notes.value).toEqual({ lines: [] })
      await notes.update((value) => value.lines.push('a'))
      expect(empty).toEqual({ lines: [] })
    })

    test('a change is seen at once', async () => {
      const documents = await make()
      const notes = await documents.open('notes', empty)
      const update = notes.update((value) => value.lines.push('a'))
      expect(notes.value.lines).toEqual(['a'])
      await update
    })

    test('opening twice gives the same document, also when both ask at once', async () => {
      const documents = await make()
      const [one, other] = await Promise.all([documents.open('notes', empty), documents.open('notes', empty)])
      await one.update((value) => value.lines.push('a'))
      expect(other.value).toEqual({ lines: ['a'] })
      expect((await documents.open('notes', empty)).value).toEqual({ lines: ['a'] })
    })

    test('documents of other names are others', async () => {
      const documents = await make()
      await (await documents.open('notes', empty)).update((value) => value.lines.push('a'))
      expect((await documents.open('other notes: b@c', empty)).value).toEqual({ lines: [] })
    })

    test('a change that throws is told to whoever made it, and the next goes on', async () => {
      const documents = await make()
      const notes = await documents.open('notes', empty)
      const broken = notes.update(() => {
        throw new Error('no')
      })
      await expect(broken).rejects.toThrow('no')
      await notes.update((value) => value.lines.push('b'))
      expect(notes.value.lines).toEqual(['b'])
    })

    test.each(['', 'a/b', '..', '.hidden', 'a\nb'])('"%s" is no name for a document', async (bad) => {
      await expect((await make()).open(bad, empty)).rejects.toMatchObject({ code: 'DOCUMENT_NAME_INVALID' })
    })

    test('flush resolves when there is nothing to do', async () => {
      await (await make()).flush()
    })
  })
}
