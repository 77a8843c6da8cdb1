import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Context, Draft, Meaning, Question } from '../../../bot/contracts/intent.ts'
import { intents } from '../../../bot/intents/index.ts'
import { parse } from '../../../bot/understand/parse.ts'
import { understand } from '../../../bot/understand/understand.ts'
import { places } from '../sessions.ts'

const { channel, thread, asking } = places
const means = (text: string, context: Context = channel): Meaning | null => parse(text, intents, context)?.meaning ?? null

const start = (...keys: string[]): Meaning => ({
  wishes: keys.map((key) => ({ name: 'start', project: 'app', task: { key }, agent: null, base: null, branch: null, model: null })),
})
const sentence = (
  text: string,
  more: { agent?: string; base?: string; branch?: string; model?: string; project?: string } = {},
): Meaning => ({
  wishes: [{ name: 'start', project: 'app', task: { text }, agent: null, base: null, branch: null, model: null, ...more }],
})
const wish = (draft: Draft): Meaning => ({ wishes: [draft] })
const asks = (question: Question): Meaning => ({ question })
const merge = (more: { when?: 'green'; method?: 'squash' } = {}): Meaning =>
  wish({ name: 'merge', session: 'app-3', when: 'now', method: null, about: null, ...more })
const tell = (text: string): Meaning => wish({ name: 'tell', session: 'app-3', text })
const whichOf: Meaning = { ask: 'choice', hint: 'Say its number: 1 for “SQLite”, 2 for “Postgres”.' }
const answer = (choice: number | null, text = ''): Meaning => wish({ name: 'answer', session: 'app-3', request: null, choice, text })

describe('address, politeness, case, blanks and punctuation change nothing', () => {
  test.each([
    'fix #42',
    'FIX #42',
    '  fix   #42  ',
    'fix\n#42',
    'fix #42.',
    'fix #42!',
    'please fix #42',
    'fix #42 please',
    'fix #42, please!',
    'fix #42, thanks.',
    'hey, can you please fix #42?',
    'could you fix #42',
    '/ao fix #42',
    '/ao: fix #42',
    'ao fix #42',
    'ao: fix #42',
    'ao, fix #42',
    'AO: please fix #42, thank you',
    '!fix #42',
    '/fix #42',
    'fix issue #42',
    'take #42',
    'pick up #42',
    'work on 42',
  ])('%j', (text) => {
    expect(parse(text, intents, channel)).toMatchObject({ meaning: start('#42'), isExact: true })
  })
})

describe('an order with a question mark behind it is a guess, unless somebody is asked to do it', () => {
  test.each([
    ['fix #42?', false],
    ['please merge app-3?', false],
    ['merge app-3?', false],
    ['merge app-3 ?!', false],
    ['can you merge app-3?', true],
    ['hey, could you please fix #42?', true],
    ['merge app-3', true],
    ['show app-3?', true],
  ])('%j is certain: %s', (text, isExact) => {
    expect(parse(text, intents, channel)?.isExact).toBe(isExact)
  })
})

describe('tasks', () => {
  test.each([
    ['fix #42 #43 #44', ['#42', '#43', '#44']],
    ['fix #42,#43', ['#42', '#43']],
    ['fix #42, #43 and #44', ['#42', '#43', '#44']],
    ['fix #42 & 43', ['#42', '#43']],
    ['fix #42 #42', ['#42']],
    ['fix 50-53', ['#50', '#51', '#52', '#53']],
    ['fix #50-#52', ['#50', '#51', '#52']],
    ['fix ENG-12', ['ENG-12']],
    ['fix ENG-12 and #3', ['ENG-12', '#3']],
    ['fix issues 1 and 2', ['#1', '#2']],
  ])('%j', (text, keys) => {
    expect(means(text)).toEqual(start(...keys))
  })

  test('a range holds at most fifty', () => {
    expect(means('fix 1-50')).toEqual(start(...Array.from({ length: 50 }, (_, index) => `#${index + 1}`)))
  })

  test.each([
    'fix',
    'start',
    'fix 1-51',
    'fix 53-50',
    'fix 53-50 and 3',
    'fix #3 53-50',
    'fix #42 in nowhere',
    'fix #42 on next',
    'fix #1234567',
  ])('what could not be read as issues is asked about, and no agent starts: %j', (text) => {
    expect(means(text)).toMatchObject({ ask: 'task' })
  })

  test.each([
    ['start "add input validation"', sentence('add input validation')],
    ['start “add input validation” in web-api', sentence('add input validation', { project: 'web-api' })],
    ['please fix "add input validation", thanks', sentence('add input validation')],
  ])('a sentence in quotes is a task: %j', (text, meaning) => {
    expect(parse(text, intents, channel)).toMatchObject({ meaning, isExact: true })
  })

  test.each([
    ['fix the login bug', 'fix the login bug'],
    ['can you fix the login bug?', 'fix the login bug'],
    ['FIX the login bug, please!', 'FIX the login bug'],
    ['fix 3 typos', 'fix 3 typos'],
    ['fix the parser:\n- one\n- two', 'fix the parser:\n- one\n- two'],
  ])('one without is guessed at, and keeps its verb: %j', (text, task) => {
    expect(parse(text, intents, channel)).toBeNull()
    expect(understand(text, intents, channel)).toMatchObject({ kind: 'reading', reading: { meaning: sentence(task), isExact: false } })
  })

  test.each([
    ['start "add x" agent=codex base=next', sentence('add x', { agent: 'codex', base: 'next' })],
    ['start agent=codex "add x"', sentence('add x', { agent: 'codex' })],
    ['agent=codex start "add x"', sentence('add x', { agent: 'codex' })],
    ['start "add x" AGENT=codex', sentence('add x', { agent: 'codex' })],
    ['start "add x" branch=feature/x', sentence('add x', { branch: 'feature/x' })],
    ['start "add x" model=some/model:v2', sentence('add x', { model: 'some/model:v2' })],
    ['fix "x" project=web-api', sentence('x', { project: 'web-api' })],
    ['fix "read agent=codex from the file"', sentence('read agent=codex from the file')],
  ])('options stand anywhere, but not in quotes: %j', (text, meaning) => {
    expect(means(text)).toEqual(meaning)
  })

  test('without a project of this place it is asked for, with the ones there are', () => {
    expect(means('fix #1', { ...channel, project: null })).toEqual({
      ask: 'project',
      hint: 'Say it with one of app, web-api, as in "fix #1 in app".',
    })
    expect(means('fix #1 in web-api', { ...channel, project: null })).toMatchObject({ wishes: [{ project: 'web-api' }] })
    expect(means('fix #1 project=nope')).toMatchObject({ ask: 'project' })
  })
})

describe('a session is named', () => {
  test.each([
    ['show app-3', 'app-3'],
    ['show APP-3', 'app-3'],
    ['show web-api-4', 'web-api-4'],
    ['show #42', 'app-3'],
    ['show #7', 'app-3'],
    ['how is #42 going?', 'app-3'],
    ['show app-2', 'app-2'],
  ])('%j is about %s', (text, session) => {
    expect(means(text)).toEqual(asks({ name: 'show', session }))
  })

  test('as its project is spelled', () => {
    const known = (id: string, project: string) => ({ id, project, task: `say-${id}`, change: null, isEnded: false })
    const context = { ...channel, projects: ['Web-API', '2048'], sessions: [known('Web-API-4', 'Web-API'), known('2048-1', '2048')] }
    expect(means('show web-api-4', context)).toEqual(asks({ name: 'show', session: 'Web-API-4' }))
    expect(means('stop 2048-1', context)).toEqual(wish({ name: 'stop', session: '2048-1' }))
    expect(means('pause web-api', context)).toEqual(wish({ name: 'pause', project: 'Web-API' }))
    expect(means('resend web-api-4-m9', context)).toEqual(wish({ name: 'resend', session: 'Web-API-4', message: 'Web-API-4-m9' }))
  })

  test('one of no project is no session, but may be an issue', () => {
    expect(means('show other-3')).toMatchObject({ refused: 'No session works on OTHER-3.' })
    expect(means('show some-other-3')).toBeNull()
  })

  test('a number above every number so far names nothing and is asked about; a lower one may have ended long ago', () => {
    for (const text of ['show app-4', 'stop app-99', 'merge app-4', 'stop app-3 and app-4', 'tell app-99 hello'])
      expect(means(text), text).toMatchObject({
        ask: 'session',
        hint: expect.stringMatching(/^There is no app-\d+ yet\. At work are app-3\.$/),
      })
    expect(means('stop app-1')).toEqual(wish({ name: 'stop', session: 'app-1' }))
  })

  test('an issue or a change that no session has is said to be none', () => {
    expect(means('show #999')).toMatchObject({ refused: 'No session works on #999.' })
    expect(means('show issue #999')).toMatchObject({ refused: 'No session works on #999.' })
    expect(means('merge #999')).toMatchObject({ refused: 'No session has the change #999.' })
    expect(means('stop PR 999')).toMatchObject({ refused: 'No session has the change #999.' })
  })

  test('where no session is meant it is asked for, and nothing is guessed', () => {
    for (const text of ['merge', 'stop it', 'logs', 'approve', 'ship it']) expect(means(text), text).toMatchObject({ ask: 'session' })
  })

  test('"it" is the one session that this place can see', () => {
    expect(means('merge it', { ...channel, only: 'app-3' })).toEqual(merge())
  })

  test('where several are at work "it" may be the one that was spoken of last: a guess, and nothing is destroyed by it', () => {
    const spoken = { ...channel, recent: 'app-3' }
    expect(parse('merge it', intents, spoken)).toMatchObject({ meaning: merge(), isExact: false })
    expect(parse('merge it', intents, { ...spoken, only: 'app-3' })).toMatchObject({ meaning: merge(), isExact: true })
    // Another one is the only one left at work: nobody can tell which is meant.
    for (const text of ['merge it', 'stop it', 'stop'])
      expect(means(text, { ...spoken, only: 'web-api-4' }), text).toMatchObject({ ask: 'session' })
    expect(means('show it', { ...spoken, only: 'web-api-4' })).toEqual(asks({ name: 'show', session: 'app-3' }))
    expect(means('stop it', spoken)).toMatchObject({ ask: 'session' })
  })
})

test.each<[string, Meaning]>([
  ['status', asks({ name: 'status', filter: null, project: null })],
  ['Board', asks({ name: 'status', filter: null, project: null })],
  ['status failing in web-api', asks({ name: 'status', filter: 'failing', project: 'web-api' })],
  ["what's stuck?", asks({ name: 'status', filter: 'stuck', project: null })],
  ['what’s stuck?', asks({ name: 'status', filter: 'stuck', project: null })],
  ['who needs me', asks({ name: 'status', filter: 'needs-me', project: null })],
  ['what can I merge', asks({ name: 'status', filter: 'mergeable', project: null })],
  ['logs app-3 50', asks({ name: 'logs', session: 'app-3', lines: 50 })],
  ['why is app-3', asks({ name: 'why', session: 'app-3' })],
  ['why was I refused?', asks({ name: 'why', session: null })],
  ['merge app-3', merge()],
  ['merge #42 once it is green', merge({ when: 'green' })],
  ['ship app-3 when green with squash', merge({ when: 'green', method: 'squash' })],
  ['reject app-3 the name is wrong', wish({ name: 'reject', session: 'app-3', text: 'the name is wrong', about: null })],
  ['request changes on app-3 use zod', wish({ name: 'reject', session: 'app-3', text: 'use zod', about: null })],
  ['pause app', wish({ name: 'pause', project: 'app' })],
  ['pause', wish({ name: 'pause', project: 'app' })],
  ['resume', wish({ name: 'resume', project: 'app' })],
  ['pause app-3', wish({ name: 'suspend', session: 'app-3' })],
  ['continue app-3', wish({ name: 'continue', session: 'app-3' })],
  ['retry app-3 agent=codex', wish({ name: 'retry', session: 'app-3', agent: 'codex' })],
  ['resend app-3-m17', wish({ name: 'resend', session: 'app-3', message: 'app-3-m17' })],
  ['resend app-3 answer-Toolu_01', wish({ name: 'resend', session: 'app-3', message: 'answer-Toolu_01' })],
  ['clean up app-3', wish({ name: 'clear', session: 'app-3' })],
  ['clean up', asks({ name: 'cleanup' })],
  ['what can you do?', asks({ name: 'help', topic: null })],
])('%j is understood', (text, meaning) => {
  expect(means(text)).toEqual(meaning)
})

test.each([
  ['tell app-3 use zod!', 'use zod!'],
  ['tell app-3: what is the plan?', 'what is the plan?'],
  ['tell app-3 to run it with agent=codex', 'run it with agent=codex'],
  ['please tell app-3 fix it, please', 'fix it, please'],
  ['tell app-3 thanks', 'thanks'],
  ['ask app-3 one\n\n  two.', 'one\n\n  two.'],
])('words for an agent are passed on as they were said: %j', (text, words) => {
  expect(means(text)).toEqual(tell(words))
})

describe('in the thread of a session', () => {
  test.each([
    'fix the failing test',
    'please fix the failing test',
    'fix #3',
    'start',
    'start over with the other approach',
    'take 2',
    'do it',
    'merge the two helper functions',
    'merge main into it first',
    'stop using any',
    'continue with the next step',
    'resume the work on the parser',
    'retry with a longer timeout',
    'restart the server and look again',
    'why did you do that?',
    'show me the other option',
    'list all callers',
    'open the file again',
    'help me to understand this',
    'clean up the imports',
    'reject empty names',
    'approve button is missing',
    'queue the requests',
    'resend the mail',
    'use zod',
    'yes',
    '2',
    'no',
    'always',
  ])('%j is for its agent', (text) => {
    expect(means(text, thread)).toBeNull()
  })

  test.each<[string, Meaning]>([
    ['merge it', merge()],
    ['ship it!', merge()],
    ['merge when green', merge({ when: 'green' })],
    ['approve', wish({ name: 'approve', session: 'app-3', about: null })],
    ['reject', wish({ name: 'reject', session: 'app-3', text: '', about: null })],
    ['reject it: the name is wrong', wish({ name: 'reject', session: 'app-3', text: 'the name is wrong', about: null })],
    ['stop', wish({ name: 'stop', session: 'app-3' })],
    ['logs', asks({ name: 'logs', session: 'app-3', lines: 30 })],
    ['why', asks({ name: 'why', session: 'app-3' })],
    ['why was I refused', asks({ name: 'why', session: null })],
    ['tell it to use zod', tell('use zod')],
    ['status', asks({ name: 'show', session: 'app-3' })],
    ['ao status', asks({ name: 'status', filter: null, project: null })],
    ['pause', wish({ name: 'suspend', session: 'app-3' })],
    ['resume', wish({ name: 'continue', session: 'app-3' })],
  ])('%j is for the bot', (text, meaning) => {
    expect(means(text, thread)).toEqual(meaning)
  })

  test.each(['!fix #3', 'ao fix #3', '/ao fix #3', '/fix #3'])('who addresses the bot is understood as in a channel: %j', (text) => {
    expect(means(text, thread)).toEqual(start('#3'))
  })
})

test('"continue" is for the bot where the agent is paused, and for the agent where it is not', () => {
  expect(means('continue', { ...thread, isPaused: true })).toEqual(wish({ name: 'continue', session: 'app-3' }))
  expect(means('continue', thread)).toBeNull()
})

test.each<[string, Meaning | null]>([
  ['2', answer(2)],
  ['yes', answer(1)],
  ['Yes!', answer(1)],
  ['yes please', answer(1)],
  ['ok', answer(1)],
  ['allow it', answer(1)],
  ['no', answer(3)],
  ['no thanks', answer(3)],
  ['deny', answer(3)],
  ['always', answer(2)],
  ["yes, and don't ask again", answer(2)],
  ['no, use pnpm', answer(3, 'use pnpm')],
  ['use the second one', null],
  ['yes, but with tests', null],
  ['100', null],
])('while its agent asks, %j is an answer or words: %j', (text, meaning) => {
  expect(means(text, asking)).toEqual(meaning)
})

test.each<[string, Meaning]>([
  ['yes', whichOf],
  ['ok', whichOf],
  ['no', whichOf],
  ['always', whichOf],
  ['Postgres', answer(2)],
  ['sqlite!', answer(1)],
])('where no choice says yes or no, %j is asked back, and a choice is known by its own words', (text, meaning) => {
  expect(means(text, { ...asking, asked: ['SQLite', 'Postgres'] })).toEqual(meaning)
})

test.each<[string, readonly string[], Meaning | null]>([
  ['yes', ['Yes, install the packages', 'Yes, but without scripts', 'No'], null],
  ['ok', ['Use MySQL', 'Go with Postgres'], null],
  ['sure', ['Run the tests', 'Commit', 'Stop here'], null],
  ['no', ['Skip the tests', 'Run the tests'], null],
  ['yes', ['Yes, install all packages', 'No'], answer(1)],
  ['null', ['Throw a RangeError', 'Return null'], answer(2)],
  ['always', ['Allow', 'Always allow', 'Deny'], answer(2)],
])('%j among %j is the one choice that says so, or is asked back', (text, asked, meaning) => {
  expect(means(text, { ...asking, asked })).toEqual(meaning ?? expect.objectContaining({ ask: 'choice' }))
})

test.each(['fix\u200b #42', '\u202efix #42', 'stop app-3\u2060', '\ufeffmerge app-3', 'merge\u200dapp-3'])(
  'what hides a character is no command: %j',
  (text) => {
    expect(means(text)).toBeNull()
  },
)

describe('properties', () => {
  const sentences = intents.flatMap(({ examples }) => examples.map(({ say, in: place = 'channel' }) => ({ say, place })))
  const words = fc.constantFrom(
    ...sentences.flatMap(({ say }) => say.split(' ')),
    'app-3',
    '#7',
    'agent=codex',
    '"',
    '“',
    '{text}',
    '[',
    '\n',
  )
  const anything = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(words, { maxLength: 12 }).map((all) => all.join(' ')),
  )

  test('anything is either understood or not, and never an error; the same words mean the same', () => {
    fc.assert(
      fc.property(anything, fc.constantFrom(channel, thread, asking), (text, context) => {
        expect(means(text, context)).toEqual(means(text, context))
      }),
      { numRuns: 500 },
    )
  })

  test('blanks around a sentence and the case of its command change nothing', () => {
    const spaces = fc.stringMatching(/^[ \t\n]{0,3}$/)
    fc.assert(
      fc.property(fc.constantFrom(...sentences), spaces, spaces, ({ say, place }, before, after) => {
        const [first = '', ...rest] = say.split(' ')
        expect(means(before + [first.toUpperCase(), ...rest].join(' ') + after, places[place])).toEqual(means(say, places[place]))
      }),
    )
  })

  test('politeness before a sentence changes nothing, however much of it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...sentences),
        fc.array(fc.constantFrom('please', 'hey,', 'Can you', 'could you'), { maxLength: 4 }),
        fc.constantFrom('', '!', 'ao ', '/ao '),
        ({ say, place }, polite, to) => {
          if (place !== 'channel' && to !== '') return // in a thread it tells the bot from the agent
          expect(means(to + [...polite, say].join(' '), places[place])).toEqual(means(say, places[place]))
        },
      ),
    )
  })
})

describe('long texts', () => {
  test('above 4,000 characters nothing is a command', () => {
    const room = 4_000 - 'fix ""'.length
    expect(means(`fix "${'a'.repeat(room)}"`)).toEqual(sentence('a'.repeat(room)))
    expect(means(`fix "${'a'.repeat(room + 1)}"`)).toBeNull()
  })

  test('a novel is not read at all', () => {
    expect(means('fix it '.repeat(100_000 / 7))).toBeNull()
  })
})
