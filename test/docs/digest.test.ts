import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { intents } from '../../bot/intents/index.ts'
import { parse } from '../../bot/understand/parse.ts'
import { understand } from '../../bot/understand/understand.ts'
import { places } from '../bot/sessions.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/digest.md'), 'utf8')
const table = page.split('\n').filter((line) => line.startsWith('| `') || line.startsWith('`digest "'))

describe('what the page about the digest says', () => {
  const commands = [...table.join('\n').matchAll(/`(digests?[^`]*)`/g)].flatMap(([, words = '']) => words)

  test('names the commands', () => expect(commands.length).toBeGreaterThan(8))

  test.each(commands)('%j is an exact command', (words) => {
    expect(parse(words, intents, places.channel)).toMatchObject({ isExact: true })
  })

  test('and words that are understood as one', () => {
    expect(understand('what happened since monday?', intents, places.channel)).toMatchObject({
      kind: 'reading',
      reading: { intent: { name: 'digest' }, slots: { since: 'monday' } },
    })
  })
})
