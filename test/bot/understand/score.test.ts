import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Context, Understanding } from '../../../bot/contracts/intent.ts'
import type { Means } from '../../../bot/contracts/utterance.ts'
import { type Does, type Line, ours, type Reader, readLine, readLines, saysWhat, score } from '../../../bot/understand/score.ts'
import { corpusWorld, placeIn, type World } from '../../../bot/understand/world.ts'

const channel = placeIn(corpusWorld, 'channel')
const thread = placeIn(corpusWorld, 'thread:app-3')

const line = (say: string, means: Means, more: Partial<Line> = {}): Line => ({
  number: 1,
  say,
  in: 'channel',
  means,
  risk: 'change',
  ...more,
})

/** A reader that takes some words for others, and reads those as an exact command or as a guess. */
const mistaking = (words: Readonly<Record<string, string>>, { isExact }: { readonly isExact: boolean }): Reader => ({
  ...ours,
  understand: (text, context): Understanding => {
    const read = ours.understand(words[text] ?? text, context)
    return read.kind === 'reading' && text in words ? { kind: 'reading', reading: { ...read.reading, isExact } } : read
  },
})

describe('the places of a world', () => {
  test('in a channel and in private no session is meant, and the project is the usual one', () => {
    for (const place of ['channel', 'dm'])
      expect(placeIn(corpusWorld, place)).toMatchObject({
        thread: null,
        only: null,
        asked: null,
        project: 'app',
        people: ['ana', 'bob', 'cy'],
      })
  })

  test('in a thread its session is meant, and its project', () => {
    expect(placeIn(corpusWorld, 'thread:app-3')).toMatchObject({ thread: 'app-3', only: 'app-3', asked: null, project: 'app' })
    expect(placeIn(corpusWorld, 'thread:api-2').project).toBe('api')
    expect(channel.sessions.find(({ id }) => id === 'app-3')).toMatchObject({ task: '#42', change: 87 })
  })

  test('an agent asks only where it is said to', () => {
    expect(placeIn(corpusWorld, 'thread:app-5').asked).toBeNull()
    expect(placeIn(corpusWorld, 'thread:app-5!').asked).toEqual(['Yes', "Yes, and don't ask again", 'No'])
    const world: World = { ...corpusWorld, sessions: corpusWorld.sessions.map((one) => ({ ...one, asks: ['SQLite', 'Postgres'] })) }
    expect(placeIn(world, 'thread:app-5!').asked).toEqual(['SQLite', 'Postgres'])
  })

  test('a thread makes its session where the world has none', () => {
    const world: World = { ...corpusWorld, sessions: [] }
    expect(placeIn(world, 'thread:app-1')).toMatchObject({ thread: 'app-1', sessions: [{ id: 'app-1', project: 'app', isEnded: false }] })
    expect(placeIn(world, 'channel').sessions).toEqual([])
  })

  test.each(['', 'Channel', 'thread', 'thread:', 'thread:app', 'thread:other-3', 'thread:app-3?', 'thread:-3', 'app-3'])(
    'there is no place %j',
    (place) => {
      expect(() => placeIn(corpusWorld, place)).toThrow(
        expect.objectContaining({ code: 'PLACE_UNREADABLE', facts: expect.objectContaining({ place }) }),
      )
    },
  )
})

describe('what the bot would do', () => {
  test.each<[string, Context, Does, string | null]>([
    ['status', channel, 'reads', 'status'],
    ['merge app-3', channel, 'acts at once', 'merge app-3'],
    ['stop app-3', channel, 'acts at once', 'stop app-3'],
    ['fix #1 #2 #3', channel, 'acts at once', expect.stringMatching(/ #1 #2 #3\b/)],
    ['use zod instead of joi', thread, 'acts at once', 'tell app-3 use zod instead of joi'],
    ['use api', channel, 'acts at once', 'use api'],
    ['stop app-3 and app-4', channel, 'asks first', 'stop app-3 app-4'],
    ['please shut down app-3', channel, 'names the command', 'stop app-3'],
    ['mrege app-3', channel, 'asks first', 'merge app-3'],
    ['merge it', channel, 'asks back', null],
    ['fix app-3', channel, 'refuses', expect.any(String)],
    ['thanks!', channel, 'nothing', null],
    ['@bob can you look?', channel, 'nothing', null],
    ['colourless green ideas', channel, 'nothing', null],
    ['merge\u200b app-3', channel, 'nothing', null],
  ])('%j', (text, context, does, command) => {
    expect(saysWhat(text, context)).toMatchObject({ does, command })
  })

  test('everything is every session there is now, and never at once', () => {
    const { does, command, means } = saysWhat('stop everything', channel)
    expect({ does, means }).toEqual({ does: 'asks first', means: { intent: 'stop', all: true } })
    expect(command).toBe(`stop ${corpusWorld.sessions.map(({ id }) => id).join(' ')}`)
  })

  test('a slip of the finger asks whether it was one, and says what would be done', () => {
    expect(saysWhat('mrege app-3', channel)).toMatchObject({
      means: { ask: 'did you mean' },
      change: { means: { intent: 'merge', session: 'app-3' }, isAtOnce: false },
    })
  })

  test('the same command does less when it was guessed at', () => {
    const guessing = mistaking({ 'merge app-3': 'merge app-3', 'stop app-3': 'stop app-3' }, { isExact: false })
    expect(saysWhat('merge app-3', channel, guessing).does).toBe('asks first')
    expect(saysWhat('stop app-3', channel, guessing).does).toBe('names the command')
  })

  test('a guess that cannot be said as a command does nothing', () => {
    const bare: Reader = {
      ...ours,
      understand: (text, context) => {
        const read = ours.understand(text, context)
        return read.kind === 'reading'
          ? { ...read, reading: { ...read.reading, isExact: false, intent: { ...read.reading.intent, forms: ['xyzzy'] } } }
          : read
      },
    }
    expect(saysWhat('merge app-3', channel, bare)).toMatchObject({ means: null, does: 'nothing', command: null, change: null })
  })
})

describe('a score', () => {
  test('counts what is right, by risk; a text is compared without the blanks around it, and slots in any order', () => {
    const lines = [
      line('status', { intent: 'status' }, { risk: 'read' }),
      line('lol', null, { risk: 'read' }),
      line('use zod', { text: ' use zod\n', session: 'app-3', intent: 'tell' }, { in: 'thread:app-3' }),
      line('mrege app-3', { ask: 'did you mean' }),
      line('merge it', { ask: 'session' }),
    ]
    expect(score(lines)).toEqual({
      total: 5,
      right: 5,
      percent: 100,
      wrongfulActions: 0,
      wrongfulOffers: 0,
      byRisk: {
        read: { total: 2, right: 2, percent: 100 },
        change: { total: 3, right: 3, percent: 100 },
        destroy: { total: 0, right: 0, percent: 100 },
      },
      misses: [],
    })
  })

  test('is never rounded up to all', () => {
    const lines = [...Array.from({ length: 1_999 }, () => line('status', { intent: 'status' })), line('lol', { intent: 'status' })]
    expect(score(lines)).toMatchObject({ right: 1_999, percent: 99.9 })
  })

  test('the case of a text counts, and so does a slot too many or too few', () => {
    const lines = [
      line('tell app-3 use Zod', { intent: 'tell', session: 'app-3', text: 'use zod' }),
      line('merge app-3', { intent: 'merge', session: 'app-3', when: 'green' }),
      line('merge app-3 when green', { intent: 'merge', session: 'app-3' }),
    ]
    expect(score(lines).right).toBe(0)
  })

  test('a miss that only reads, asks back or does nothing is no wrongful one', () => {
    const lines = [
      line('status', { intent: 'queue' }),
      line('merge it', null),
      line('lol', { intent: 'merge', session: 'app-3' }),
      line('colourless green ideas', { intent: 'stop', all: true }, { risk: 'destroy' }),
    ]
    const { misses, wrongfulActions, wrongfulOffers } = score(lines)
    expect([misses.map(({ wrongful }) => wrongful), wrongfulActions, wrongfulOffers]).toEqual([[null, null, null, null], 0, 0])
  })

  test('a wrongful action is what would change something at once and was not meant', () => {
    const means = { intent: 'show', session: 'app-3' } as const
    const wrong = mistaking({ 'should we merge app-3?': 'merge app-3' }, { isExact: true })
    const lines = [line('should we merge app-3?', means, { number: 7 })]
    expect(score(lines)).toMatchObject({ right: 1, wrongfulActions: 0 })
    expect(score(lines, corpusWorld, wrong)).toMatchObject({
      right: 0,
      percent: 0,
      wrongfulActions: 1,
      wrongfulOffers: 0,
      misses: [
        {
          line: 7,
          say: 'should we merge app-3?',
          in: 'channel',
          means,
          got: { intent: 'merge', session: 'app-3' },
          does: 'acts at once',
          command: 'merge app-3',
          wrongful: 'action',
        },
      ],
    })
  })

  test('the same with a tap between is a wrongful offer, and so is a command that is only named', () => {
    const wrong = mistaking(
      { 'is app-3 good?': 'merge app-3', 'never stop app-3': 'stop app-3', 'poor app-3 and 4': 'stop app-3 app-4' },
      { isExact: false },
    )
    const lines = ['is app-3 good?', 'never stop app-3', 'poor app-3 and 4'].map((say) => line(say, null))
    const { wrongfulActions, wrongfulOffers, misses } = score(lines, corpusWorld, wrong)
    expect({ wrongfulActions, wrongfulOffers }).toEqual({ wrongfulActions: 0, wrongfulOffers: 3 })
    expect(misses.map(({ does }) => does)).toEqual(['asks first', 'names the command', 'names the command'])
  })

  test('several sessions at once are only ever offered', () => {
    const wrong = mistaking(
      { 'leave app-3 and app-4 alone': 'stop app-3 app-4', 'do not stop everything': 'stop everything' },
      { isExact: true },
    )
    const lines = ['leave app-3 and app-4 alone', 'do not stop everything'].map((say) => line(say, null, { risk: 'destroy' }))
    expect(score(lines, corpusWorld, wrong)).toMatchObject({ wrongfulActions: 0, wrongfulOffers: 2 })
    const empty: World = { ...corpusWorld, sessions: [] }
    expect(score(lines.slice(1), empty, wrong)).toMatchObject({ wrongfulActions: 0, wrongfulOffers: 1, misses: [{ does: 'refuses' }] })
  })

  test('an order that this world happens to refuse is as wrong as one that it follows', () => {
    const wrong = mistaking({ 'who stopped #999?': 'stop #999' }, { isExact: true })
    const [miss] = score([line('who stopped #999?', null)], corpusWorld, wrong).misses
    expect(miss).toMatchObject({ does: 'refuses', wrongful: 'action' })
  })

  test('what is meant for an agent and told to another place, or the other way round, is a wrongful action', () => {
    expect(score([line('nice weather', null, { in: 'thread:app-3' })])).toMatchObject({ wrongfulActions: 1 })
  })

  test('to ask whether a slip of the finger was one is no wrong where it was what was meant', () => {
    const meant = line('mrege app-3', { intent: 'merge', session: 'app-3' })
    expect(score([meant])).toMatchObject({ right: 0, wrongfulActions: 0, wrongfulOffers: 0 })
    expect(score([{ ...meant, means: null }])).toMatchObject({ right: 0, wrongfulActions: 0, wrongfulOffers: 1 })
  })
})

describe('a file of sentences', () => {
  const good = '{"say":"status","in":"channel","means":{"intent":"status"},"risk":"read"}'

  test('is read line by line, and empty lines count but are none', () => {
    expect(readLines(`${good}\r\n\n${good}\n`, corpusWorld)).toEqual({
      lines: [
        { number: 1, say: 'status', in: 'channel', means: { intent: 'status' }, risk: 'read' },
        { number: 3, say: 'status', in: 'channel', means: { intent: 'status' }, risk: 'read' },
      ],
    })
  })

  test.each([
    ['{x', ['it is no JSON.']],
    ['[]', ['it is no object.']],
    ['null', ['it is no object.']],
    ['{"say":"a","in":"channel","means":null,"risk":"risky"}', ['risk must be one of read, change, destroy.']],
    ['{"say":1,"in":"channel","means":null}', ['say must be a text.', 'risk must be one of read, change, destroy.']],
    ['{"say":"a","in":"channel","risk":"read"}', [expect.stringMatching(/^means must be null, /)]],
    ['{"say":"a","in":"channel","means":{"to":"b"},"risk":"read"}', [expect.stringMatching(/^means must be null, /)]],
    ['{"say":"a","in":"thread:x-1","means":null,"risk":"read"}', [expect.stringMatching(/^There is no place "thread:x-1"\. Name /)]],
  ])('%s is no line', (text, whats) => {
    expect(readLine(text, 4, corpusWorld)).toEqual({ problems: whats.map((what) => ({ where: 'line 4', line: 4, what })) })
  })

  test('all that is wrong with it is said at once', () => {
    const read = readLines(`{x\n${good}\n[]\n${good.replace('channel', 'attic')}`, corpusWorld)
    expect('problems' in read && read.problems.map(({ where }) => where)).toEqual(['line 1', 'line 3', 'line 4'])
  })

  test('with nothing in it is none', () => {
    expect(readLines('\n \n', corpusWorld)).toMatchObject({ problems: [{ what: 'there is no sentence in the file.' }] })
  })
})

test('the sentences that were agreed on are understood, and nothing is done that was not meant', () => {
  const read = readLines(readFileSync(join(import.meta.dirname, '../../fixtures/utterances.jsonl'), 'utf8'), corpusWorld)
  expect('lines' in read ? score(read.lines) : read.problems).toMatchObject({ total: 106, right: 106, wrongfulActions: 0 })
})
