import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { intents } from '../bot/intents/index.ts'
import { parse } from '../bot/understand/parse.ts'
import { understand } from '../bot/understand/understand.ts'
import { places } from './bot/sessions.ts'

const read = (path: string): string => readFileSync(join(import.meta.dirname, '..', path), 'utf8')
const part = (text: string, from: string, to: string): string => {
  const rest = text.slice(text.indexOf(from) + from.length)
  return rest.slice(0, rest.indexOf(to))
}
const codeIn = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].flatMap(([, words = '']) => words)
const quotedIn = (text: string): readonly string[] => [...text.matchAll(/"([^"]+)"/g)].flatMap(([, words = '']) => words)

const readme = read('README.md')
const language = read('docs/language.md')

describe('what the README says can be said', () => {
  const table = part(readme, 'What people say', '\n\nOr your own way')
  const commands = codeIn(table.replace(/`help[^`]*`/, '')).concat('help', 'help merge')

  test('is a table of commands', () => {
    expect(commands.length).toBeGreaterThan(25)
  })

  test.each(commands)('%j is an exact command', (words) => {
    const readings = Object.values(places).map((place) => parse(words, intents, place))
    expect(readings.some((reading) => reading?.isExact && !('ask' in reading.meaning) && !('refused' in reading.meaning))).toBe(true)
  })

  test.each(quotedIn(part(readme, 'Or your own way', '[docs/language.md]')))('%j is understood', (words) => {
    const understanding = understand(words, intents, places.thread)
    const outside = understand(words, intents, places.channel)
    const names = [understanding, outside].flatMap((one) => (one.kind === 'reading' ? [one.reading.intent.name] : []))
    expect(names.filter((name) => name !== 'tell')).not.toEqual([])
  })

  test.each(quotedIn(part(readme, '**Only what you meant happens.**', 'Held by')))('%j does nothing', (words) => {
    const understanding = understand(words, intents, places.channel)
    expect(understanding.kind === 'reading' && understanding.reading.intent.risk !== 'read').toBe(false)
  })
})

describe('what the page about language says', () => {
  test.each(codeIn(part(language, '**An exact command is done at once.**', 'Capitals')))('%j is an exact command', (words) => {
    expect(parse(words, intents, places.channel)).toMatchObject({ isExact: true })
  })

  test.each(quotedIn(part(language, '**Anything else is a guess.**', 'is no command')))('%j is a guess at a change', (words) => {
    expect(understand(words, intents, places.channel)).toMatchObject({
      kind: 'reading',
      reading: { isExact: false, intent: { risk: 'change' } },
    })
  })
})
