import { describe, expect, test } from 'vitest'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { intents } from '../../../bot/intents/index.ts'
import { complete, contextOf, isBuilt } from '../../../bot/understand/context.ts'
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
      used = {},
      spoken = {},
      who = 'ana',
    }: {
      readonly at?: readonly Session[]
      readonly over?: readonly Session[]
      readonly projects?: readonly string[]
      readonly homes?: Readonly<Record<string, Place>>
      readonly used?: Readonly<Record<string, string>>
      readonly spoken?: Readonly<Record<string, { readonly session: string; readonly at: number }>>
      readonly who?: string | null
    },
  ) =>
    contextOf(place, {
      memory: {
        placeOf: (session) => homes[session] ?? null,
        sessionAt: ({ thread, channel }) => (thread !== null && homes[thread]?.channel === channel ? thread : null),
      },
      talk: {
        projectAt: ({ channel }) => used[channel] ?? null,
        spokenOf: (person, { channel }) => spoken[`${person} in ${channel}`] ?? null,
      },
      who,
      now: 1_000_000,
      reads: {
        people: () => [
          { name: 'ana', roles: {} },
          { name: 'bob', roles: {} },
        ],
        sessions: () => at,
        ended: () => over,
        projects: () => projects.map((name) => ({ name, path: `/${name}`, base: 'main', agent: 'codex', isPaused: false })),
        agents: () => ['codex'],
        fleet: () => null,
      },
    })
  const three = sessionOf(live, 'app-3')
  const four = sessionOf([...live, asked()], 'app-4')
  const homes = { 'app-3': threadOf('app-3'), 'app-4': threadOf('app-4') }

  test('in a thread "it" is the session of that thread, and its project is meant', () => {
    expect(look(threadOf('app-3'), { at: [three, four], homes, projects: ['app', 'web'] })).toMatchObject({
      thread: 'app-3',
      only: 'app-3',
      asked: null,
      project: 'app',
    })
    expect(look(threadOf('app-4'), { at: [three, four], homes })).toMatchObject({
      thread: 'app-4',
      only: 'app-4',
      asked: ['SQLite', 'Postgres'],
    })
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
    expect(look(main, { at: [four], homes })).toMatchObject({ only: 'app-4', asked: ['SQLite', 'Postgres'] })
  })

  test('a question that was answered no longer makes "yes" an answer', () => {
    const told = sessionOf(
      [...live, asked(), { type: 'question.decided', at: 1, decision: { request: 'r1', choice: 1, text: 'SQLite', by: 'ada' } }],
      'app-4',
    )
    expect(look(threadOf('app-4'), { at: [told], homes }).asked).toBeNull()
  })

  test('a question that wants words is asked, too: without choices', () => {
    const words = sessionOf(
      [
        ...live,
        {
          type: 'question.asked',
          at: 1,
          question: { request: 'r1', kind: 'question', text: 'Which name?', options: [], detail: null, refusal: null, reply: 'message' },
        },
      ],
      'app-4',
    )
    expect(look(threadOf('app-4'), { at: [words], homes }).asked).toEqual([])
  })

  test('whether the agent of "it" is paused is known, so that "continue" has a meaning', () => {
    const paused = sessionOf([...live, { type: 'session.suspended', at: 1, by: 'ada' }], 'app-4')
    expect(look(threadOf('app-4'), { at: [paused, three], homes }).isPaused).toBe(true)
    expect(look(threadOf('app-3'), { at: [paused, three], homes }).isPaused).toBe(false)
    expect(look(main, { at: [paused, three], homes }).isPaused).toBe(false)
  })

  test('one project is meant everywhere, of several none', () => {
    expect(look(main, {}).project).toBe('app')
    expect(look(main, { projects: ['app', 'web'] }).project).toBeNull()
  })

  test('of several the one that was chosen for the channel is meant, but in a thread its own', () => {
    const used = { main: 'web' }
    expect(look(main, { projects: ['app', 'web'], used }).project).toBe('web')
    expect(look({ ...main, channel: 'other' }, { projects: ['app', 'web'], used }).project).toBeNull()
    expect(look(threadOf('app-3'), { at: [three], homes, projects: ['app', 'web'], used }).project).toBe('app')
  })

  test('a project that was chosen and is gone is meant no more', () => {
    expect(look(main, { projects: ['app', 'web'], used: { main: 'old' } }).project).toBeNull()
  })

  test('what somebody spoke of is remembered for them, in that place, for 10 minutes', () => {
    const ago = (ms: number) => ({ 'ana in main': { session: 'app-3', at: 1_000_000 - ms } })
    expect(look(main, { at: [three], spoken: ago(599_999) }).recent).toBe('app-3')
    expect(look(main, { at: [three], spoken: ago(600_000) }).recent).toBeNull()
    expect(look(main, { over: [three], spoken: ago(1) }).recent).toBeNull() // it has ended
    expect(look(main, { at: [three], spoken: ago(1), who: 'bob' }).recent).toBeNull()
    expect(look(main, { at: [three], spoken: ago(1), who: null }).recent).toBeNull()
    expect(look({ ...main, channel: 'other' }, { at: [three], spoken: ago(1) }).recent).toBeNull()
  })

  test('people are known by their names', () => {
    expect(look(main, {}).people).toEqual(['ana', 'bob'])
  })

  test('sessions are known by their task and their change; the newest is last', () => {
    const old = sessionOf([...live, seen({ number: 5 }), ended('stopped')], 'app-1')
    expect(look(main, { at: [sessionOf([...live, seen()], 'app-3')], over: [old] }).sessions).toEqual([
      { id: 'app-1', project: 'app', task: '#1', change: 5, isEnded: true },
      { id: 'app-3', project: 'app', task: '#1', change: 7, isEnded: false },
    ])
  })
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
    ['use ', ['use app', 'use web-api']],
    ['nothing ', []],
    ['nothing in ', []],
    ['mute ', ['mute app-3', 'mute web-api-4']],
    ['dig', ['digest', 'digests']],
    ['deleg', []],
    ['help deleg', []],
  ])('after %j: %j', (text, next) => {
    expect(complete(text, intents, places.channel)).toEqual(next)
  })

  test('an empty line offers all commands, but not in a thread, where words are for the agent', () => {
    expect(complete('', intents, places.channel)).toEqual(
      intents.filter(isBuilt).flatMap(({ name }) => (name === 'start' ? ['fix', 'start'] : [name])),
    )
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
