import { describe, expect, test } from 'vitest'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { intents } from '../../../bot/intents/index.ts'
import { complete, contextOf, isSmallTalk, suggest } from '../../../bot/understand/context.ts'
import { parse } from '../../../bot/understand/parse.ts'
import type { Session } from '../../../core/contracts/session.ts'
import { asked, ended, live, places, seen, sessionOf } from '../sessions.ts'

describe('what is known where something is said', () => {
  const main: Place = { platform: 'chat', channel: 'main', thread: null }
  const threadOf = (session: string, channel = 'main'): Place => ({ platform: 'chat', channel, thread: session })
  const look = (
    place: Place,
    {
      at = [],
      over = [],
      projects = ['app'],
      homes = {},
    }: {
      readonly at?: readonly Session[]
      readonly over?: readonly Session[]
      readonly projects?: readonly string[]
      readonly homes?: Readonly<Record<string, Place>>
    },
  ) =>
    contextOf(place, {
      memory: {
        placeOf: (session) => homes[session] ?? null,
        sessionAt: ({ thread, channel }) => (thread !== null && homes[thread]?.channel === channel ? thread : null),
      },
      reads: {
        sessions: () => at,
        ended: () => over,
        projects: () => projects.map((name) => ({ name, path: `/${name}`, base: 'main', agent: 'codex', isPaused: false })),
        agents: () => ['codex'],
      },
    })
  const three = sessionOf(live, 'app-3')
  const four = sessionOf([...live, asked()], 'app-4')
  const homes = { 'app-3': threadOf('app-3'), 'app-4': threadOf('app-4') }

  test('in a thread "it" is the session of that thread, and its project is meant', () => {
    expect(look(threadOf('app-3'), { at: [three, four], homes, projects: ['app', 'web'] })).toMatchObject({
      thread: 'app-3',
      only: 'app-3',
      isAsking: false,
      project: 'app',
    })
    expect(look(threadOf('app-4'), { at: [three, four], homes })).toMatchObject({ thread: 'app-4', only: 'app-4', isAsking: true })
  })

  test('in a channel "it" is the only one at work there, and nobody when there are two', () => {
    expect(look(main, { at: [three], homes })).toMatchObject({ thread: null, only: 'app-3' })
    expect(look(main, { at: [three, four], homes })).toMatchObject({ thread: null, only: null })
  })

  test('a session of another channel or platform is never "it"', () => {
    expect(look(main, { at: [three], homes: { 'app-3': threadOf('app-3', 'other') } }).only).toBeNull()
    expect(look(main, { at: [three], homes: { 'app-3': { ...threadOf('app-3'), platform: 'other' } } }).only).toBeNull()
  })

  test('an answer can be given in the channel, too, where only one can be meant', () => {
    expect(look(main, { at: [four], homes })).toMatchObject({ only: 'app-4', isAsking: true })
  })

  test('a question that was answered no longer makes "yes" an answer', () => {
    const told = sessionOf(
      [...live, asked(), { type: 'question.decided', at: 1, decision: { request: 'r1', choice: 1, text: 'SQLite', by: 'ada' } }],
      'app-4',
    )
    expect(look(threadOf('app-4'), { at: [told], homes }).isAsking).toBe(false)
  })

  test('one project is meant everywhere, of several none', () => {
    expect(look(main, {}).project).toBe('app')
    expect(look(main, { projects: ['app', 'web'] }).project).toBeNull()
  })

  test('sessions are known by their task and their change; the newest is last', () => {
    const old = sessionOf([...live, seen({ number: 5 }), ended('stopped')], 'app-1')
    expect(look(main, { at: [sessionOf([...live, seen()], 'app-3')], over: [old] }).sessions).toEqual([
      { id: 'app-1', project: 'app', task: '#1', change: 5 },
      { id: 'app-3', project: 'app', task: '#1', change: 7 },
    ])
  })
})

test.each([
  ['thanks', true],
  ['Thank you!', true],
  ['thx.', true],
  ['ok thanks', true],
  ['great, thank you!!', true],
  ['👍', true],
  ['👍🏽 🎉', true],
  ['❤️', true],
  ['thanks, now fix the tests', false],
  ['ok do it', false],
  ['great idea', false],
  ['okra', false],
  ['👍 merge it', false],
  ['yes', false],
  ['1', false],
  ['2️⃣', false],
  ['', false],
])('%j is small talk: %s', (text, isIt) => {
  expect(isSmallTalk(text)).toBe(isIt)
})

test('small talk is told from a novel at once', () => {
  const from = performance.now()
  for (const text of ['ok '.repeat(30_000), `ok${' '.repeat(100_000)}x`, `${'thanks!'.repeat(15_000)}x`, '👍'.repeat(50_000)])
    isSmallTalk(text)
  expect(performance.now() - from).toBeLessThan(200)
})

test.each([
  ['mrege app-3', 'merge app-3'],
  ['/hlep', 'help'],
  ['!shwo app-3', 'show app-3'],
  ['fixx #1', 'fix #1'],
  ['statuss', 'status'],
  ['xyzzy', null],
  ['', null],
])('for %j the nearest sentence is %j', (text, sentence) => {
  expect(suggest(text, intents)).toBe(sentence)
})

test('whatever is suggested is understood', () => {
  for (const { name } of intents) {
    const sentence = suggest(`${name}x`, intents)
    expect(sentence === null ? null : parse(sentence, intents, places.channel), `${name}x`).not.toBeNull()
  }
})

describe('what may be typed next', () => {
  test.each([
    ['me', ['merge']],
    ['ME', ['merge']],
    ['merge ', ['merge app-3', 'merge web-api-4']],
    ['merge w', ['merge web-api-4']],
    ['merge app-3 w', []],
    ['pause ', ['pause app-3', 'pause web-api-4', 'pause app', 'pause web-api']],
    ['status f', ['status failing']],
    ['status in ', ['status in app', 'status in web-api']],
    ['status failing in w', ['status failing in web-api']],
    ['help qu', ['help queue']],
    ['nothing ', []],
  ])('after %j: %j', (text, next) => {
    expect(complete(text, intents, places.channel)).toEqual(next)
  })

  test('an empty line offers all commands, but not in a thread, where words are for the agent', () => {
    expect(complete('', intents, places.channel)).toEqual(intents.map(({ name }) => name))
    expect(complete('', intents, places.thread)).toEqual([])
  })

  test('what is offered begins with what was typed, and is understood as it is or with words behind it', () => {
    for (const { name } of intents) {
      for (const offer of complete(`${name} `, intents, places.channel)) {
        expect(offer.startsWith(`${name} `)).toBe(true)
        const readings = [offer, `${offer} words`, `${offer} answer-r1`].map((text) => parse(text, intents, places.channel)?.intent.name)
        expect(readings, offer).toContain(name === 'cleanup' ? 'clear' : name)
      }
    }
  })
})
