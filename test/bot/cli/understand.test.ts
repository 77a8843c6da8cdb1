import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { asText, understand } from '../../../bot/cli/understand.ts'
import { saysWhat } from '../../../bot/understand/score.ts'
import { corpusWorld, placeIn } from '../../../bot/understand/world.ts'

const ask = async (words: string, { piped = '', ...options }: { piped?: string; in?: string; json?: boolean; score?: string } = {}) => {
  const printed: string[] = []
  const streams = {
    read: (async function* () {
      yield piped.slice(0, 10)
      yield Buffer.from(piped.slice(10))
    })(),
    print: (line: string) => void printed.push(line),
  }
  const code = await understand(words === '' ? [] : words.split(' '), { in: 'channel', ...options }, streams)
  return { code, printed }
}

const line = '{"say":"status","in":"channel","means":{"intent":"status"},"risk":"read"}'

test.each<[string, string, readonly string[]]>([
  ['merge app-3', 'channel', ['merge  session: app-3', '  an exact command: done at once', '  merge app-3']],
  ['status', 'dm', ['status', '  an exact command: answered at once, and nothing changes', '  status']],
  [
    'please shut down app-3',
    'channel',
    ['stop  session: app-3', '  a guess: the command is named, and nothing is done', '  stop app-3', '  It ends work and was guessed at.'],
  ],
  ['mrege app-3', 'channel', ['nearly a command: done after a tap', '  merge app-3', '  It was guessed at.']],
  ['thanks', 'thread:app-3', ['nothing is done', '  It is small talk.']],
  ['2', 'thread:app-5!', ['answer  choice: 2  session: app-5', '  an exact command: done at once', '  answer app-5 2']],
])('for a person: %j in %s', async (words, place, lines) => {
  expect(await ask(words, { in: place })).toEqual({ code: 0, printed: lines })
})

test('what is missing is said, with what would help', () => {
  const [deed, cure] = asText(saysWhat('merge it', placeIn(corpusWorld, 'channel')))
  expect([deed, cure]).toEqual(['asks back: session', expect.stringMatching(/^ {2}Say it again with the session/)])
})

test('for a program it is what it would do, as JSON', async () => {
  const { printed } = await ask('merge it', { in: 'thread:app-3', json: true })
  expect(JSON.parse(printed.join('\n'))).toEqual({
    means: { intent: 'merge', session: 'app-3' },
    does: 'acts at once',
    isExact: true,
    command: 'merge app-3',
    why: null,
    change: { means: { intent: 'merge', session: 'app-3' }, isAtOnce: true },
  })
})

test('a file is scored, and so is what is piped in', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ao-understand-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'some.jsonl')
  await writeFile(path, `${line}\n${line.replace('"status","in"', '"lol","in"')}\n`)
  const { code, printed } = await ask('', { score: path })
  expect([code, JSON.parse(printed.join('\n'))]).toMatchObject([0, { total: 2, right: 1, percent: 50, wrongfulActions: 0 }])
  const piped = await ask('', { score: '-', piped: `${line}\n` })
  expect(JSON.parse(piped.printed.join('\n'))).toMatchObject({ total: 1, right: 1, misses: [] })
})

test('what cannot be scored is refused with all that is wrong with it, and nothing is printed', async () => {
  await expect(ask('', { score: '-', piped: `{x\n${line}\n[]` })).rejects.toMatchObject({
    code: 'SENTENCES_REFUSED',
    message: 'Standard input cannot be scored:\n  line 1: it is no JSON.\n  line 3: it is no object.',
  })
  await expect(ask('', { score: join(tmpdir(), 'ao-no-such-file.jsonl') })).rejects.toMatchObject({ code: 'SENTENCES_UNREADABLE' })
})

test('without words there is nothing to understand, and a place must be one', async () => {
  await expect(ask('')).rejects.toMatchObject({ code: 'NOTHING_TO_UNDERSTAND' })
  await expect(ask('status', { in: 'attic' })).rejects.toMatchObject({ code: 'PLACE_UNREADABLE' })
})
