import { describe, expect, test } from 'vitest'
import type { Reading } from '../../../bot/contracts/intent.ts'
import { intents } from '../../../bot/intents/index.ts'
import { grammarOf } from '../../../bot/understand/grammar.ts'
import { heardOf } from '../../../bot/understand/parse.ts'
import { readReason } from '../../../bot/understand/reason.ts'
import { understand } from '../../../bot/understand/understand.ts'
import { wordsOf } from '../../../bot/understand/words.ts'
import { corpusWorld, placeIn } from '../../../bot/understand/world.ts'

const reasonIn = (text: string, place = 'channel'): Reading | null => {
  const words = wordsOf(text)
  return words && readReason(heardOf(words, grammarOf(intents), placeIn(corpusWorld, place)))
}
const saidIn = (text: string, place = 'channel') => {
  const reading = reasonIn(text, place)
  return reading && { intent: reading.intent.name, ...reading.slots }
}
const changes = (reading: Reading | null): boolean => reading !== null && reading.intent.risk !== 'read'

const merge = { intent: 'merge', session: 'app-3' }
const stop = { intent: 'stop', session: 'app-7' }
const restart = { intent: 'restart', session: 'app-3' }

describe('an order with a reason is that order, as a guess', () => {
  test.each<[string, object]>([
    ['merge app-3, because the train leaves at noon', merge],
    ['merge app-3 because ci is green', merge],
    ['merge app-3 since ci is green', merge],
    ['merge app-3 cuz ci is green', merge],
    ['merge app-3 so that we can ship tonight', merge],
    ['merge app-3, nobody is watching', merge],
    ['Please merge app-3 – it has waited long enough.', merge],
    ['kill app-7, disk full', stop],
    ['kill app-7 as it is stuck', stop],
    ['kill app-7 due to the outage', stop],
    ['kill app-7 given that the disk is full', stop],
    ['restart app-3 - it hangs', restart],
    ['restart app-3. it hangs', restart],
    ['restart app-3; the host went away', restart],
    ['can you restart app-3? it crashed', restart],
    ['fix #12, because it is urgent', { intent: 'start', tasks: ['#12'] }],
  ])('%j', (text, said) => {
    expect(saidIn(text)).toEqual(said)
    expect(reasonIn(text)?.isExact).toBe(false)
  })

  test.each<[string, object]>([
    ['app-8 failed, retry it with codex', { intent: 'retry', session: 'app-8', agent: 'codex' }],
    ['app-3 is green. merge it', merge],
    ['app-3 is green, so please merge it', merge],
    ['tests are green in app-3. please merge it', merge],
    ['PR 87 is green. ship it', { intent: 'merge', change: 87 }],
  ])('or behind a statement that says what it is about: %j', (text, said) => {
    expect(saidIn(text)).toEqual(said)
    expect(reasonIn(text)?.isExact).toBe(false)
  })

  test.each<[string, object]>([
    ['do I have to do anything? is something waiting for me?', { intent: 'status', filter: 'needs-me' }],
    ['hello there. what is stuck?', { intent: 'status', filter: 'stuck' }],
  ])('the last of several questions is answered: %j', (text, said) => {
    expect(saidIn(text)).toEqual(said)
  })
})

describe('what is no reason is no order', () => {
  test.each([
    // conditions
    'merge app-3, if bob agrees',
    'merge app-3, unless bob objects',
    'merge app-3, when the release is out',
    'merge app-3, once ana is back',
    'merge app-3, after lunch',
    'merge app-3, only when it is dark',
    'when app-3 is green, merge it',
    'if app-3 fails, retry it',
    // negations, and what takes it back
    'never merge app-3, it is broken',
    "don't kill app-7, disk full",
    'do not restart app-3, because it works',
    'merge app-3, not app-4',
    'merge app-3, but wait',
    'merge app-3 because it is green, but wait for me',
    'merge app-3 because it is green, never mind',
    'merge app-3 because it is green lol',
    'merge app-3? over my dead body',
    'app-3 is not green. merge it',
    "app-3 isn't green. merge it",
    // second orders
    'merge app-3, then stop app-4',
    'merge app-3, restart app-4',
    'merge app-3, restart everything',
    'merge app-4. app-3 is green. merge it',
    'merge app-3, stop app-4, use zod',
    // stories
    'we said merge app-3, because it was green',
    'yesterday he said kill app-7, disk full',
    'I would merge app-3, because it is green',
    'should we merge app-3, because it is green?',
    'bob said app-3 is green. merge it',
    'I merged app-3, because it was green',
    'ana will restart app-3, it hangs',
    // for somebody else, or doubtful
    'merge app-3, bob',
    'merge app-3, @bob',
    'merge app-3, maybe',
    'merge app-3, later',
    'app-3 failed, maybe retry it',
    // about nothing, or about more than one
    'it failed, retry it',
    'app-3 and app-4 are green. merge it',
    'because app-3 is green',
    '',
  ])('%j', (text) => {
    expect(changes(reasonIn(text)), JSON.stringify(saidIn(text))).toBe(false)
    const read = understand(text, intents, placeIn(corpusWorld, 'channel'))
    expect(read.kind === 'reading' && changes(read.reading)).toBe(false)
  })

  test('free words have no reason behind them: it is one of them', () => {
    expect(saidIn('fix the login bug, because it hurts')).toBeNull()
    expect(saidIn('tell app-3 to use zod, because it is smaller')).toBeNull()
  })

  test('who explains at length tells a story', () => {
    const long = (words: number): string => `merge app-3, ${'indeed '.repeat(words)}`.trim()
    expect(saidIn(long(15))).toEqual(merge)
    expect(saidIn(long(16))).toBeNull()
    const because = 'merge app-3 because '
    expect(saidIn(because + 'x'.repeat(300 - because.length))).toEqual(merge)
    expect(saidIn(because + 'x'.repeat(301 - because.length))).toBeNull()
  })
})

describe('in a thread', () => {
  test.each<[string, object]>([
    ['kill this one, the host goes down', { intent: 'stop', session: 'app-3' }],
    ['stop because we are out of money', { intent: 'stop', session: 'app-3' }],
    ['merge it because ci is green', merge],
    ['merge it, ci is green', merge],
    ['tests pass. merge it', merge],
    ['all good, approve it', { intent: 'approve', session: 'app-3' }],
  ])('%j is for the bot, as a guess', (text, said) => {
    const read = understand(text, intents, placeIn(corpusWorld, 'thread:app-3'))
    expect(read).toMatchObject({ kind: 'reading', reading: { isExact: false } })
    expect(read.kind === 'reading' && { intent: read.reading.intent.name, ...read.reading.slots }).toEqual(said)
  })

  test.each([
    'stop, use zod',
    'restart, it hangs',
    'the server is down. restart it',
    'the tests pass, restart the server',
    'ci is green. stop it',
    'it is not done. merge it',
    'merge it, but rename the flag first',
    'what is stuck? and why',
  ])('%j is for the agent', (text) => {
    const reading = reasonIn(text, 'thread:app-3')
    expect(reading).toBeNull()
    expect(understand(text, intents, placeIn(corpusWorld, 'thread:app-3'))).toMatchObject({
      reading: { intent: { name: 'tell' }, slots: { session: 'app-3', text } },
    })
  })
})
