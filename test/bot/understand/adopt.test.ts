import { describe, expect, test } from 'vitest'
import type { Context } from '../../../bot/contracts/intent.ts'
import { adopt } from '../../../bot/intents/adopt.ts'
import { intents } from '../../../bot/intents/index.ts'
import { sentenceOf } from '../../../bot/understand/sentence.ts'
import { understand } from '../../../bot/understand/understand.ts'
import { places } from '../sessions.ts'

const read = (words: string, context: Context = places.channel) => {
  const seen = understand(words, intents, context)
  return seen.kind === 'reading' ? { ...seen.reading, intent: seen.reading.intent.name } : seen
}
const asks = (terminal: string | null, agent: string | null = null) => ({ question: { name: 'adopt', terminal, agent } })

describe('adopting, in words', () => {
  test.each([
    ['adopt', asks(null)],
    ['adopt fix', asks('fix')],
    ['adopt tmux session fix', asks('fix')],
    ['adopt terminal my-fix:1.0', asks('my-fix:1.0')],
    ['adopt "my fix"', asks('my fix')],
    ['adopt codex', asks(null, 'codex')],
    ['adopt tmux codex', asks('codex')],
    ['adopt the codex in tmux fix', asks('fix', 'codex')],
    ['please adopt the codex from tmux session fix', asks('fix', 'codex')],
    ['take over the codex in tmux fix', asks('fix', 'codex')],
    ['what can I adopt?', asks(null)],
  ])('%s', (words, meaning) => expect(read(words)).toMatchObject({ intent: 'adopt', meaning }))

  test('only the code of a card does it, and that anywhere: a button may stand in a thread', () => {
    for (const place of [places.channel, places.thread])
      expect(read('adopt K2ABCDEF', place)).toMatchObject({ isExact: true, meaning: { wishes: [{ name: 'adopt', code: 'K2ABCDEF' }] } })
  })

  test.each(['adopt #93', 'adopt PR 93'])('a change is claimed, not adopted: %s', (words) =>
    expect(read(words)).not.toMatchObject({ intent: 'adopt' }),
  )
  test.each(['adopt a cat', 'adopt this convention please', 'adopt the new eslint config'])('is no terminal: %s', (words) =>
    expect(read(words)).not.toMatchObject({ intent: 'adopt' }),
  )
  test('in a thread it is for its agent', () => expect(read('adopt tabs', places.thread)).toMatchObject({ intent: 'tell' }))

  test.each([
    { text: 'fix' },
    { text: 'codex' },
    { text: 'use x "Foo"' },
    { text: '#42' },
    { text: 'fix', agent: 'codex' },
    { text: 'use x "Foo"', agent: 'codex' },
    { agent: 'codex' },
    { code: 'ABCD2345' },
  ])('what is written for %j is read as it', (slots) => {
    const sentence = sentenceOf(adopt, slots)
    expect(read(sentence ?? '')).toMatchObject({ intent: 'adopt', isExact: true, slots })
  })
})
