import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFault } from '../../../core/kit/fault.ts'
import { decode, encode } from '../../../core/store/entries.ts'
import { beginning, openFileScan } from '../../../core/store/scan.ts'
import { type Gist, makeSift, type Wanted } from '../../../core/store/sift.ts'
import { testFolder } from './folder.ts'

type Noted = { readonly type: string; readonly [key: string]: unknown }

const types: Wanted = new Map<string, Gist | null>([
  ['kept', null],
  ['mixed', (text) => (/^","from":"ao"/.test(text) ? '' : null)],
  ['told', (text) => /^","as":"([^"]*)"/.exec(text)?.[1] ?? null],
])
const isWanted = ({ type, from }: Noted): boolean => type === 'kept' || (type === 'mixed' && from !== 'ao')
const sift = makeSift({ types, version: 2 })
const all = Number.POSITIVE_INFINITY
/** Without those that need not be given. */
const sifted = (bytes: Buffer, from = beginning) => {
  const found = sift(bytes, from, all)
  return 'reason' in found ? found : { ...found, entries: found.entries.filter(({ fact }) => isWanted(fact as Noted)) } // as they are made below
}

/** Facts as any of them may be: types that are wanted, that are not, and that only look like them; text of all kinds. */
const fact: fc.Arbitrary<Noted> = fc.record({
  type: fc.constantFrom('kept', 'kept', 'dropped', 'dropped', 'dropped', 'keptt', 'kep', 'mixed', '', 'odd "type"', 'ümlaut'),
  from: fc.constantFrom('ao', 'ana', '","from":"ao",'),
  text: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('{"seq":1,"v":2,"fact":{"type":"kept"}}\n', '"type":"kept"')),
})
const appends = fc.array(fc.array(fact, { minLength: 1, maxLength: 4 }), { maxLength: 8 })

const bytesOf = (all: readonly (readonly Noted[])[]): Buffer => {
  let seq = 1
  return Buffer.concat(
    all.map((facts) => {
      const bytes = encode(facts, { seq, v: 2 })
      seq += facts.length
      return bytes
    }),
  )
}
/** What the ordinary reader gives, without what is not wanted. */
const ordinary = (bytes: Buffer) => {
  const found = decode(bytes)
  if ('reason' in found) return found
  return {
    entries: found.entries.filter(({ fact }) => isWanted(fact as Noted)), // as it was made above
    mark: { seq: found.entries.length, bytes: found.wholeBytes },
  }
}

describe('what is sifted', () => {
  test('is what the ordinary reader reads, without what is not wanted, wherever the file is torn', () =>
    fc.assert(
      fc.property(appends, fc.nat(1_000), (made, thousandths) => {
        const bytes = bytesOf(made)
        const torn = bytes.subarray(0, Math.round((bytes.length * thousandths) / 1_000))
        expect(sifted(torn)).toEqual(ordinary(torn))
        const withNewline = Buffer.concat([torn, Buffer.from('\n')])
        expect(sifted(withNewline)).toEqual(ordinary(withNewline))
      }),
      { numRuns: 500 },
    ))

  test('goes on from the end of any append', () =>
    fc.assert(
      fc.property(appends, appends, (before, after) => {
        const [first, whole] = [bytesOf(before), bytesOf([...before, ...after])]
        const half = sifted(first)
        if ('reason' in half) throw new Error(half.reason)
        const rest = sifted(whole.subarray(half.mark.bytes), half.mark)
        const both = sifted(whole)
        if ('reason' in rest || 'reason' in both) throw new Error('nothing is damaged')
        expect({ entries: [...half.entries, ...rest.entries], mark: rest.mark }).toEqual(both)
      }),
    ))

  test('ends where it is told to, for what follows may be being written', () => {
    const bytes = bytesOf([[{ type: 'kept', n: 1 }], [{ type: 'kept', n: 2 }], [{ type: 'kept', n: 3 }]])
    expect(sift(bytes, beginning, 2)).toMatchObject({ entries: [{ seq: 1 }, { seq: 2 }], mark: { seq: 2 } })
  })

  test('lacks what its pattern leaves out, whatever else that line says', () => {
    const made = [
      { type: 'mixed', from: 'ao' },
      { type: 'mixed', from: 'ana' },
      { type: 'mixed', text: '","from":"ao",' },
      { type: 'dropped' },
    ]
    expect(sift(bytesOf([made]), beginning, all)).toMatchObject({ entries: [{ seq: 2 }, { seq: 3 }], mark: { seq: 4 } })
  })

  test('lacks what comes to the same as the one of its type before', () => {
    const as = (...all: readonly string[]) => all.map((one) => ({ type: 'told', as: one }))
    const made = [...as('a', 'a'), { type: 'kept' }, ...as('a', 'b', 'a'), { type: 'told', is: 'a' }, ...as('a', ''), { type: 'dropped' }]
    const found = sift(bytesOf([made]), beginning, all)
    expect('entries' in found && found.entries.map(({ seq }) => seq)).toEqual([1, 3, 5, 6, 7, 8])
    const odd = Buffer.from('{"seq":2,"v":2,"fact":{"as":"b","type":"told"}}\n')
    const [before, after] = [encode(as('a'), { seq: 1, v: 2 }), encode([...as('a'), { type: 'dropped' }], { seq: 3, v: 2 })]
    expect(sift(Buffer.concat([before, odd, after]), beginning, all)).toMatchObject({ entries: [{ seq: 1 }, { seq: 2 }, { seq: 3 }] })
    const next = sift(encode([{ type: 'told', as: 'a' }, { type: 'dropped' }], { seq: 11, v: 2 }), { seq: 10, bytes: 0 }, all)
    expect(next).toMatchObject({ entries: [{ seq: 11 }] })
  })

  test.each([
    ['a line that is no JSON', '{"seq":2,"v":2,"fact":{"type":"kept"\n', 'line 2 is not a line of JSON'],
    ['a line that is no entry', '{"seq":2}\n', 'line 2 is not an entry with seq, v and fact'],
    ['a gap', '{"seq":3,"v":2,"fact":{"type":"dropped"}}\n', 'line 2 has seq 3 where 2 belongs'],
    ['a newer version', '{"seq":2,"v":9,"fact":{"type":"dropped"}}\n', 'line 2 is of version 9, and this ao knows 2'],
  ])('stops at %s', (_, line, words) => {
    const last = '{"seq":3,"v":2,"fact":{"type":"kept"}}\n'
    const found = sift(Buffer.from(`{"seq":1,"v":2,"fact":{"type":"kept"}}\n${line}${last}`), beginning, all)
    expect('reason' in found && `line ${found.line} ${found.reason}`).toBe(words)
  })

  test('is also a line whose keys stand in another order', () => {
    const bytes = Buffer.from(
      '{"fact":{"a":1,"type":"kept"},"v":2,"seq":1}\n{"seq":2,"v":2,"fact":{"a":1,"type":"kept"}}\n{"seq":3,"v":2,"fact":{"type":"dropped"}}\n',
    )
    expect(sift(bytes, beginning, all)).toMatchObject({ entries: [{ seq: 1 }, { seq: 2 }], mark: { seq: 3, bytes: bytes.length } })
  })
})

describe('a folder of journals', () => {
  const opened = async (files: Readonly<Record<string, string>>) => {
    const folder = await testFolder()
    const put = async (id: string, text: string): Promise<void> => {
      const path = join(folder, id, 'journal.ndjson')
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
    }
    for (const [id, text] of Object.entries(files)) await put(id, text)
    const upcast = (old: unknown): Noted => ({ ...(old as Noted), was: 1 }) // what was written above
    return { folder, put, scan: openFileScan<Noted>({ folder, version: 2, upcast, types }) }
  }
  const kept = (seq: number, v = 2): string => `{"seq":${seq},"v":${v},"fact":{"type":"kept"}}\n`

  test('says how long each is, and nothing of empty ones and of what is no stream', async () => {
    const { scan, folder } = await opened({ 'app-1': kept(1), 'app-2': '', '.hidden': kept(1) })
    await writeFile(join(folder, 'stray.txt'), 'x')
    expect([...(await scan.sizes())]).toEqual([['app-1', kept(1).length]])
    expect([...(await openFileScan({ folder: join(folder, 'none'), version: 2, upcast: (old) => old, types }).sizes())]).toEqual([])
  })

  test('gives facts of older versions as those of today', async () => {
    const { scan } = await opened({ 'app-1': kept(1, 1) + kept(2) })
    expect((await scan.read('app-1', beginning))?.facts).toEqual([{ type: 'kept', was: 1 }, { type: 'kept' }])
  })

  test('gives what was added behind a mark', async () => {
    const { scan, put } = await opened({ 'app-1': kept(1) })
    const first = await scan.read('app-1', beginning)
    await put('app-1', kept(1) + kept(2))
    expect(await scan.read('app-1', first?.mark ?? beginning)).toEqual({
      facts: [{ type: 'kept' }],
      mark: { seq: 2, bytes: (kept(1) + kept(2)).length },
    })
  })

  test.each([
    ['is shorter', kept(1)],
    ['has another fact there', `${kept(1)}{"seq":2,"v":2,"fact":{"type":"kept","more":"than before"}}\n${kept(3)}`],
    ['is gone', ''],
  ])('says that a journal does not go on from a mark when it %s', async (_, text) => {
    const { scan, put } = await opened({ 'app-1': kept(1) + kept(2) })
    const found = await scan.read('app-1', beginning)
    await put('app-1', text)
    expect(await scan.read('app-1', found?.mark ?? beginning)).toBeNull()
  })

  test('names the file and the line that cannot be read', async () => {
    const { scan } = await opened({ 'app-1': `${kept(1)}no\n${kept(3)}` })
    const error = await scan.read('app-1', beginning).catch((thrown: unknown) => thrown)
    expect(isFault(error, 'JOURNAL_DAMAGED') && error.message).toContain(
      'app-1/journal.ndjson cannot be read: line 2 is not a line of JSON',
    )
  })
})
