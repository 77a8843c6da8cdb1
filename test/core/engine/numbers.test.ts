import { appendFile, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Fact } from '../../../core/contracts/fact.ts'
import type { Log } from '../../../core/contracts/plugins.ts'
import { createNumbers } from '../../../core/engine/numbers.ts'
import { openKeptNumbers } from '../../../core/engine/numbers-kept.ts'
import { silent } from '../../../core/kit/log.ts'
import { evolveNumbers, numbersFacts, numbersOf, unbornNumbers } from '../../../core/session/numbers.ts'
import { factVersion, upcast } from '../../../core/session/upcast.ts'
import { type OpenFile, openOnDisk } from '../../../core/store/disk.ts'
import { encode } from '../../../core/store/entries.ts'
import { openFileJournal } from '../../../core/store/journal.ts'
import { beginning, openFileScan, type Scan } from '../../../core/store/scan.ts'
import { makeSift } from '../../../core/store/sift.ts'
import { live, requested } from '../../bot/sessions.ts'
import { life, settings } from '../session/arbitrary.ts'
import { factsOf } from '../session/lived.ts'
import { testFolder } from '../store/folder.ts'
import { smallDisk } from '../store/full-disk.ts'

const words = (at: number): Fact => ({ type: 'message.queued', at, id: `m${at}`, from: 'ada', text: 'use zod', trouble: null })
const worked = (at: number): Fact => ({ type: 'agent.worked', at, workedAt: at, tool: null })
const ended = (at: number): Fact => ({ type: 'session.ended', at, why: 'stopped', by: 'ada', note: null })
const restored = (at: number): Fact => ({ type: 'session.restored', at, by: 'ada' })
const asked = (at: number): Fact => ({ ...requested, at })
const whole = (at: number): readonly Fact[] => [asked(at), ...live.slice(1), words(at + 1), worked(at + 2), ended(at + 3)]

/** A line as a version before wrote it, when words of people were no help. */
const ofBefore = (line: string): string => {
  const row = line
    .slice('{"sum":"01234567","row":'.length, -1)
    .replace(/"v":"[^"]*"/, '"v":"1.0"')
    .replace(/"helps":\d/, '"helps":0')
  return row === '' ? '' : `{"sum":"${crc32(row).toString(16).padStart(8, '0')}","row":${row}}`
}

/** A data folder with real journals, and bots that come and go. */
const opened = async () => {
  const folder = await testFolder()
  const places = { journal: join(folder, 'journal'), numbers: join(folder, 'numbers') }
  const cache = join(places.numbers, 'ended.ndjson')
  const logged: string[] = []
  const note: Log['warn'] = (event, { session } = {}) => void logged.push(session === undefined ? event : `${event} ${session}`)
  const log: Log = { ...silent, info: note, warn: note }
  const options = { folder: places.journal, version: factVersion, upcast }
  const journal = openFileJournal<Fact>({ ...options, log: silent, fsync: false })
  onTestFinished(() => journal.close())
  const seqs = new Map<string, number>()
  const reads: string[] = []

  const starts = (parts: { readonly open?: OpenFile; readonly scan?: (scan: Scan<Fact>) => Scan<Fact> } = {}) => {
    const files = openFileScan<Fact>({ ...options, types: numbersFacts })
    const scan: Scan<Fact> = {
      ...files,
      read: (id, from, upTo) => {
        reads.push(`${id} from ${from.seq}`)
        return files.read(id, from, upTo)
      },
    }
    return createNumbers({ scan: parts.scan?.(scan) ?? scan, kept: openKeptNumbers({ folder: places.numbers, log, ...parts }), log })
  }
  /** Facts come to be, and the bot that runs hears of it. */
  const happens = async (id: string, facts: readonly Fact[], bot?: ReturnType<typeof starts>): Promise<void> => {
    const seq = seqs.get(id) ?? 0
    await journal.append(id, facts, seq)
    seqs.set(id, seq + facts.length)
    bot?.heard({ id, seq: seq + facts.length })
  }
  /** What they must be: folded from what the ordinary reader gives. */
  const truth = async () => {
    const all = await Promise.all(
      (await journal.list()).map(async (id) => (await journal.read(id)).reduce(evolveNumbers, unbornNumbers(id))),
    )
    return all.map(numbersOf).sort((a, b) => a.requestedAt - b.requestedAt || Number(a.session.slice(4)) - Number(b.session.slice(4)))
  }
  const readsSince = (): readonly string[] => reads.splice(0)
  return {
    ...places,
    cache,
    starts,
    happens,
    truth,
    logged,
    readsSince,
    journalOf: (id: string) => join(places.journal, id, 'journal.ndjson'),
  }
}

test('all sessions that changed since then are given, and all that go on, the oldest request first', async () => {
  const { starts, happens } = await opened()
  await happens('app-10', whole(300))
  await happens('app-9', whole(300))
  await happens('app-2', whole(100))
  await happens('app-1', [asked(50)])
  const numbers = starts()
  expect((await numbers.since(0)).map(({ session }) => session)).toEqual(['app-1', 'app-2', 'app-9', 'app-10'])
  expect((await numbers.since(104)).map(({ session }) => session)).toEqual(['app-1', 'app-9', 'app-10'])
  expect((await numbers.since(303)).map(({ session }) => session)).toEqual(['app-1', 'app-9', 'app-10'])
  expect((await numbers.since(304)).map(({ session }) => session)).toEqual(['app-1'])
})

test('facts count for whoever asks next, and only what is new is read', async () => {
  const { starts, happens, readsSince } = await opened()
  const numbers = starts()
  await happens('app-1', live, numbers)
  await happens('app-2', live, numbers)
  await numbers.since(0)
  readsSince()
  await happens('app-1', [words(10)], numbers)
  expect((await numbers.since(0)).map(({ helps }) => helps)).toEqual([1, 0])
  expect(readsSince()).toEqual([`app-1 from ${live.length}`])
  await numbers.since(0)
  expect(readsSince()).toEqual([])
})

test('a start after an end reads nothing of ended sessions, and those that go on from their beginning', async () => {
  const { starts, happens, truth, readsSince } = await opened()
  await happens('app-1', whole(100))
  await happens('app-2', live)
  const first = starts()
  await first.since(0)
  await happens('app-3', whole(500), first) // nobody asks after this
  await first.stop()
  readsSince()
  const second = starts()
  second.start()
  expect(await second.since(0)).toEqual(await truth())
  expect(readsSince()).toEqual(['app-2 from 0'])
})

test('a restored session goes on from what was kept, and ends again', async () => {
  const { starts, happens, truth, readsSince } = await opened()
  await happens('app-1', whole(100))
  await starts().since(0)
  await happens('app-1', [restored(200), words(201)])
  readsSince()
  const second = starts()
  expect(await second.since(1_000)).toMatchObject([{ session: 'app-1', ended: null, helps: 3 }])
  expect(readsSince()).toEqual([`app-1 from ${whole(100).length}`])
  await happens('app-1', [ended(300)], second)
  expect(await second.since(0)).toEqual(await truth())
  await second.stop()
  readsSince()
  expect(await starts().since(0)).toEqual(await truth())
  expect(readsSince()).toEqual([])
})

describe('what is kept may be lost', () => {
  const kept = async () => {
    const town = await opened()
    for (const [index, at] of [100, 200, 300].entries()) await town.happens(`app-${index + 1}`, whole(at))
    await town.happens('app-4', live)
    await town.starts().since(0)
    const bytes = await readFile(town.cache)
    return { ...town, bytes, expected: await town.truth() }
  }

  test('cut at any byte, as by a crash while it is written, it gives the same numbers and is whole after that', async () => {
    const { cache, bytes, starts, expected } = await kept()
    for (let length = 0; length <= bytes.length; length += length % 40 === 0 ? 1 : 13) {
      await writeFile(cache, bytes.subarray(0, length))
      expect(await starts().since(0)).toEqual(expected)
      expect((await readFile(cache)).length).toBe(bytes.length)
    }
  })

  test('with any byte damaged it gives the same numbers', async () => {
    const { cache, bytes, starts, expected } = await kept()
    for (let at = 0; at < bytes.length; at += 7) {
      const damaged = Buffer.from(bytes)
      damaged[at] = (damaged[at] ?? 0) ^ 1
      await writeFile(cache, damaged)
      expect(await starts().since(0)).toEqual(expected)
    }
  })

  test.each<[string, readonly string[], (text: string) => string]>([
    ['of another version', ['numbers.cache.stale'], (text) => text.split('\n').map(ofBefore).join('\n')],
    ['with a line of somebody else’s', ['numbers.cache.stale'], (text) => `${text}{"hello":1}\n`],
    ['empty', [], () => ''],
    ['with zeros at its end', ['numbers.cache.stale'], (text) => `${text}${'\0'.repeat(500)}`],
  ])('%s it gives the same numbers and is mended, and the log has what was wrong', async (_, events, into) => {
    const { cache, bytes, starts, expected, logged } = await kept()
    await writeFile(cache, into(bytes.toString()))
    expect(await starts().since(0)).toEqual(expected)
    expect(await readFile(cache, 'utf8')).toHaveLength(bytes.toString().length)
    expect(logged).toEqual(events)
  })

  test('the newest line of a session counts, and a file that is long for what it says is written anew', async () => {
    const { cache, bytes, starts, happens, truth } = await kept()
    await happens('app-1', [restored(500), ended(600)])
    await starts().since(0)
    expect((await readFile(cache, 'utf8')).match(/"session":"app-1"/g)).toHaveLength(4) // two lines, and the session has its name twice in each
    expect(await starts().since(0)).toEqual(await truth())
    await writeFile(cache, Buffer.concat(Array.from({ length: 400 }, () => bytes)))
    const numbers = starts()
    expect(await numbers.since(0)).toEqual(await truth())
    expect((await stat(cache)).size).toBeLessThan(bytes.length * 2)
    expect(await starts().since(0)).toEqual(await truth())
  })

  test('a draft that a crash left behind does no harm', async () => {
    const { cache, bytes, starts, expected } = await kept()
    await writeFile(`${cache}.new`, bytes.subarray(0, 100))
    await rm(cache)
    expect(await starts().since(0)).toEqual(expected)
    expect((await readFile(cache)).length).toBe(bytes.length)
  })

  test('a full disk costs nobody the numbers, and what could not be kept is kept when there is room', async () => {
    const { cache, starts, happens, truth, logged, readsSince } = await opened()
    await happens('app-1', whole(100))
    let isFull = true
    const open: OpenFile = async (path, flags) => {
      const file = await openOnDisk(path, flags)
      const write = async (): Promise<never> => {
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
      }
      return isFull ? { write, truncate: file.truncate, datasync: file.datasync, close: () => file.close() } : file
    }
    const numbers = starts({ open })
    expect(await numbers.since(0)).toEqual(await truth())
    expect(logged).toEqual(['numbers.cache.unwritten'])
    isFull = false
    await numbers.since(0)
    await numbers.stop()
    readsSince()
    expect(await starts().since(0)).toEqual(await truth())
    expect(readsSince()).toEqual([])
    expect((await stat(cache)).size).toBeGreaterThan(0)
  })
})

test('a disk that fills up in the middle of a line spoils no other line', async () => {
  const { starts, happens, truth, readsSince } = await opened()
  await happens('app-1', whole(100))
  const disk = smallDisk(100_000)
  const numbers = starts({ open: disk.open })
  await numbers.since(0)
  disk.freeBytes = 20
  await happens('app-2', whole(200), numbers)
  await numbers.since(0)
  disk.freeBytes = 100_000
  await happens('app-3', whole(300), numbers)
  expect(await numbers.since(0)).toEqual(await truth())
  readsSince()
  expect(await starts().since(0)).toEqual(await truth())
  expect(readsSince()).toEqual([])
})

describe('the journal is the truth', () => {
  test('one that cannot be read is left out, told of once, and counts again when it is mended', async () => {
    const { starts, happens, logged, journalOf, truth } = await opened()
    await happens('app-1', whole(100))
    await happens('app-2', whole(200))
    const good = await readFile(journalOf('app-1'))
    await writeFile(journalOf('app-1'), Buffer.concat([Buffer.from('no\n'), good]))
    const numbers = starts()
    expect((await numbers.since(0)).map(({ session }) => session)).toEqual(['app-2'])
    await numbers.since(0)
    expect(logged).toEqual(['numbers.unread app-1'])
    await writeFile(journalOf('app-1'), good)
    expect(await numbers.since(0)).toEqual(await truth())
  })

  test.each<[string, (bytes: Buffer) => Buffer | string]>([
    ['shorter than what was kept', (bytes) => bytes.subarray(0, bytes.lastIndexOf('\n', bytes.length - 2) + 1)],
    [
      'another one, and longer',
      () =>
        [...whole(7), restored(50), words(51)]
          .map((fact, index) => `{"seq":${index + 1},"v":${factVersion},"fact":${JSON.stringify({ ...fact, note: 'n'.repeat(99) })}}\n`)
          .join(''),
    ],
  ])('a journal that was put back from a backup and is %s is read anew', async (_, into) => {
    const { starts, happens, journalOf, truth } = await opened()
    for (const fact of whole(100)) await happens('app-1', [fact])
    await starts().since(0)
    await writeFile(journalOf('app-1'), into(await readFile(journalOf('app-1'))))
    expect(await starts().since(0)).toEqual(await truth())
  })

  test('facts that were written but not taken in, as on a disk that fails, do not count', async () => {
    const { starts, happens, journalOf } = await opened()
    const numbers = starts()
    await happens('app-1', live, numbers)
    await appendFile(journalOf('app-1'), `{"seq":${live.length + 1},"v":${factVersion},"fact":${JSON.stringify(words(9))}}\n`)
    expect(await numbers.since(0)).toMatchObject([{ helps: 0 }])
    numbers.heard({ id: 'app-1', seq: live.length })
    expect(await numbers.since(0)).toMatchObject([{ helps: 0 }])
  })

  test('facts that come while the journals are read count for whoever asks after them', async () => {
    const { starts, happens, truth } = await opened()
    await happens('app-1', live)
    await happens('app-2', live)
    let isHeard = false
    const numbers = starts({
      scan: (scan) => ({
        ...scan,
        read: async (id, from, upTo) => {
          const found = await scan.read(id, from, upTo)
          if (!isHeard) {
            isHeard = true
            await happens('app-1', [words(10)], numbers)
            await happens('app-3', live, numbers)
          }
          return found
        },
      }),
    })
    numbers.start()
    await numbers.since(0)
    expect(await numbers.since(0)).toEqual(await truth())
  })

  test('a folder that cannot be listed is an error to whoever asks, and is tried again', async () => {
    const { starts, happens, truth, logged } = await opened()
    await happens('app-1', live)
    let isBroken = true
    const numbers = starts({
      scan: (scan) => ({ ...scan, sizes: () => (isBroken ? Promise.reject(new Error('no such luck')) : scan.sizes()) }),
    })
    numbers.start()
    await expect(numbers.since(0)).rejects.toThrow('no such luck')
    expect(logged).toEqual(['numbers.late', 'numbers.late'])
    isBroken = false
    expect(await numbers.since(0)).toEqual(await truth())
  })

  test('what is left out by its bytes alone changes nothing, whatever people write into it', () => {
    const sift = makeSift({ types: numbersFacts, version: factVersion })
    const text = fc.constantFrom('', '"state":"open","checks":"passing"', '","from":"ao",', '","at":1,"id":"m","from":"ao",', 'ä"\\\n')
    const disturbed = (fact: Fact, words: string): Fact =>
      fact.type === 'change.seen'
        ? { ...fact, change: { ...fact.change, title: words, url: words } }
        : fact.type === 'message.queued'
          ? { ...fact, id: words, text: words }
          : fact
    fc.assert(
      fc.property(settings, life, fc.array(text, { minLength: 1, maxLength: 5 }), fc.boolean(), (setting, one, texts, isOneAppend) => {
        const facts = factsOf(one, setting).map((fact, index) => disturbed(fact, texts[index % texts.length] ?? ''))
        const v = factVersion
        const bytes = isOneAppend
          ? encode(facts, { seq: 1, v })
          : Buffer.concat(facts.map((fact, index) => encode([fact], { seq: index + 1, v })))
        const found = sift(bytes, beginning, facts.length)
        if ('reason' in found) throw new Error(found.reason)
        const given = found.entries.map(({ fact }) => fact as Fact) // as it was made above
        expect(given.reduce(evolveNumbers, unbornNumbers('app-1'))).toEqual(facts.reduce(evolveNumbers, unbornNumbers('app-1')))
      }),
      { numRuns: 300 },
    )
  })

  test('whatever happens, in whichever order bots start, ask, stop and die: the numbers are those of the journals', () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('happens' as const),
          session: fc.integer({ min: 1, max: 4 }),
          most: fc.integer({ min: 1, max: 9 }),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('asks' as const, 'dies' as const, 'stops' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('loses' as const), thousandths: fc.nat(1_000) }) },
    )
    return fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(settings, life), { minLength: 4, maxLength: 4 }),
        fc.array(step, { maxLength: 40 }),
        async (lives, steps) => {
          const { starts, happens, truth, cache } = await opened()
          const left = lives.map(([setting, one]) => [...factsOf(one, setting)])
          let bot = starts()
          bot.start()
          for (const one of steps) {
            if (one.do === 'happens') await happens(`app-${one.session}`, left[one.session - 1]?.splice(0, one.most) ?? [], bot)
            if (one.do === 'asks') await bot.since(0)
            if (one.do === 'stops') await bot.stop()
            if (one.do === 'loses') {
              const bytes = await readFile(cache).catch(() => Buffer.alloc(0))
              await writeFile(cache, bytes.subarray(0, Math.round((bytes.length * one.thousandths) / 1_000))).catch(() => {}) // no folder yet, nothing to lose
            }
            if (one.do === 'dies' || one.do === 'stops') bot = starts()
          }
          expect(await bot.since(0)).toEqual(await truth())
          await bot.stop()
          expect(await starts().since(0)).toEqual(await truth())
        },
      ),
      { numRuns: 60 },
    )
  })
})
