import { expect, test } from 'vitest'
import type { Context } from '../../../bot/contracts/intent.ts'
import { intents } from '../../../bot/intents/index.ts'
import { parse } from '../../../bot/understand/parse.ts'
import { understand } from '../../../bot/understand/understand.ts'
import { corpusWorld, placeIn } from '../../../bot/understand/world.ts'
import { hostile } from './hostile.ts'

const thread = placeIn(corpusWorld, 'thread:app-3')
const places: readonly Context[] = [placeIn(corpusWorld, 'channel'), thread, placeIn(corpusWorld, 'thread:app-5!')]

test.each(Object.entries(hostile))('%s are read to the end, and destroy nothing', (_kind, make) => {
  for (const chars of [300, 1_900, 3_900])
    for (const context of places) {
      const text = make(chars)
      expect(text.length).toBe(chars)
      const read = understand(text, intents, context)
      expect(read).toEqual(understand(text, intents, context))
      if (read.kind === 'reading' && read.reading.isExact && read.reading.intent.risk === 'destroy')
        expect(read.reading.slots).toMatchObject({ session: 'app-1' }) // "stop app-1 and app-1 …"
    }
})

test.each(Object.entries(hostile))(
  '%s that fill a book are no command, and are for the agent of a thread as they were said',
  (_kind, make) => {
    const text = make(100_000)
    for (const context of places) expect(parse(text, intents, context)).toBeNull()
    expect(understand(text, intents, places[0] ?? thread).kind).toBe('unclear')
    expect(understand(text, intents, thread)).toMatchObject({ reading: { intent: { name: 'tell' }, slots: { session: 'app-3' } } })
  },
)
