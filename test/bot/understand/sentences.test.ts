import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Line, type Miss, readLines, score } from '../../../bot/understand/score.ts'
import { corpusWorld } from '../../../bot/understand/world.ts'

const folder = join(import.meta.dirname, '../../fixtures')

const linesOf = (file: string): readonly Line[] => {
  const read = readLines(readFileSync(join(folder, file), 'utf8'), corpusWorld)
  if ('problems' in read) throw new Error(read.problems.map(({ where, what }) => `${file}, ${where}: ${what}`).join('\n'))
  return read.lines
}

/** What is known not to be understood yet. */
const open = 'sentences/open.jsonl'

/** What must be understood. */
const files = [
  'utterances.jsonl',
  ...readdirSync(join(folder, 'sentences'))
    .map((name) => `sentences/${name}`)
    .filter((name) => name !== open)
    .sort(),
]
const lines = new Map(files.map((file) => [file, linesOf(file)]))

const shown = ({ line, say, in: place, means, got, does, command, wrongful }: Miss): string =>
  [
    `line ${line}, in ${place}: ${say}${wrongful === null ? '' : ` (a wrongful ${wrongful})`}`,
    `  means ${JSON.stringify(means)}`,
    `  is taken for ${JSON.stringify(got)}: ${does}${command === null ? '' : `, ${command}`}`,
  ].join('\n')

const list = (misses: readonly Miss[]): string => misses.map(shown).join('\n')

/** Words in a thread that were told to its agent as they were said: it can ask back. */
const isToldToOwnAgent = ({ say, in: place, got }: Miss): boolean =>
  JSON.stringify(got) === JSON.stringify({ intent: 'tell', session: /^thread:(.+?)!?$/.exec(place)?.[1], text: say.trim() })

describe('what people say, each where it was said', () => {
  test.each(files)('%s is understood line by line', (file) => {
    expect(list(score(lines.get(file) ?? []).misses)).toBe('')
  })

  test('nothing is done at once that was not meant', () => {
    const { misses, wrongfulActions } = score([...lines.values()].flat())
    expect(list(misses.filter(({ wrongful }) => wrongful === 'action'))).toBe('')
    expect(wrongfulActions).toBe(0)
  })

  test('are enough sentences to prove something, and enough of them are no commands', () => {
    const all = [...lines.values()].flat()
    const idle = all.filter(({ means }) => means === null || ('intent' in means && means.intent === 'tell'))
    expect(files.length).toBeGreaterThan(1)
    expect(all.length).toBeGreaterThanOrEqual(300)
    expect(idle.length).toBeGreaterThanOrEqual(100)
    expect(idle.filter(({ means }) => means === null).length).toBeGreaterThanOrEqual(50)
  })
})

describe('what is not understood yet', () => {
  const known = linesOf(open)
  const { misses } = score(known)

  test('does nothing at once, but that the agent of the thread is told', () => {
    expect(list(misses.filter((miss) => miss.wrongful === 'action' && !isToldToOwnAgent(miss)))).toBe('')
  })

  test('is still not understood: what has become right belongs to the other files', () => {
    const missed = new Set(misses.map(({ line }) => line))
    expect(known.filter(({ number }) => !missed.has(number)).map(({ number, say }) => `line ${number}: ${say}`)).toEqual([])
  })

  test('is meant nowhere else otherwise', () => {
    const agreed = new Set([...lines.values()].flat().map(({ say, in: place }) => `${place} ${say}`))
    expect(known.filter(({ say, in: place }) => agreed.has(`${place} ${say}`)).map(({ say }) => say)).toEqual([])
  })
})
