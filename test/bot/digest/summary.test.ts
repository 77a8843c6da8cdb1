import { describe, expect, test } from 'vitest'
import { daysOf } from '../../../bot/digest/days.ts'
import { paceOf } from '../../../bot/digest/pace.ts'
import type { Now } from '../../../bot/digest/standing.ts'
import { isQuiet, numbersSince, type SummaryOf, summary } from '../../../bot/digest/summary.ts'
import type { Person } from '../../../core/contracts/access.ts'
import type { Headline } from '../../../core/contracts/session.ts'
import { headlines, later, sessionOf, standing } from '../sessions.ts'
import { day, ended, hour, merged, numbersOf, prices, spent } from './numbers.ts'

const to = Date.UTC(2026, 0, 15, 9)
const from = to - day
const of: SummaryOf = { from, to, zone: 'UTC', project: null, who: null, prices }

/** A session that reads so. */
const now = (headline: Headline, id: string): Now => {
  const { facts, setting } = headlines[headline]
  const session = sessionOf(facts, id)
  return { session, standing: standing(session, setting) }
}

describe('what happened', () => {
  test('is what was merged and ended after the one moment and up to the other, the oldest first', () => {
    const found = summary(
      [],
      [
        merged('app-5', to, 2 * hour),
        merged('app-4', from + 1, hour),
        merged('app-3', from, hour),
        merged('app-6', to + 1, hour),
        ended('app-7', to, 'failed', 'ao'),
        ended('app-8', from, 'stopped'),
        numbersOf('app-9'),
      ],
      of,
    )
    expect(found.merged).toEqual([
      { session: 'app-4', number: 14, title: 'Change of app-4', url: 'https://forge/app/app-4', tookMs: hour },
      { session: 'app-5', number: 15, title: 'Change of app-5', url: 'https://forge/app/app-5', tookMs: 2 * hour },
    ])
    expect(found.ended).toEqual([{ session: 'app-7', why: 'failed', by: 'ao' }])
  })

  test('costs what was used in that time, whoever used it', () => {
    const found = summary(
      [],
      [
        numbersOf('app-1', { spendings: [spent(from, 100), spent(from + 1, 2), spent(to, 1)] }),
        numbersOf('app-2', { spendings: [spent(to - hour, 3), spent(to + 1, 50)] }),
      ],
      of,
    )
    expect(found.tokens).toBe(6_000_000)
    expect(found.cost).toMatchObject({ usd: 6, byList: true, isWhole: true })
  })

  test('is that of one project where one is meant', () => {
    const found = summary([now('working', 'app-1'), now('queued', 'app-2')], [merged('app-5', to, hour), merged('lib-1', to, hour)], {
      ...of,
      project: 'lib',
    })
    expect(found.merged.map(({ session }) => session)).toEqual(['lib-1'])
    expect(isQuiet({ ...found, merged: [] })).toBe(true)
  })

  test('is nothing when nothing ended and nothing is at work', () => {
    expect(isQuiet(summary([], [merged('app-1', from, hour)], of))).toBe(true)
    expect(isQuiet(summary([now('queued', 'app-2')], [], of))).toBe(false)
    expect(isQuiet(summary([], [ended('app-1', to, 'done')], of))).toBe(false)
  })

  test('needs numbers back to the first day of the chart, and twice as far as it is long', () => {
    expect(numbersSince({ from, to })).toBe(to - 15 * day)
    expect(numbersSince({ from: to - 30 * day, to })).toBe(to - 60 * day)
  })
})

describe('how work stands', () => {
  test.each<[Headline, string]>([
    ['needs input', 'waiting'],
    ['mergeable', 'waiting'],
    ['review pending', 'waiting'],
    ['closed', 'waiting'],
    ['stuck', 'stuck'],
    ['exited', 'stuck'],
    ['ci failed', 'failing'],
    ['conflict', 'failing'],
    ['changes requested', 'failing'],
    ['queued', 'queued'],
    ['spawning', 'running'],
    ['working', 'running'],
    ['idle', 'running'],
    ['paused', 'running'],
    ['pr open', 'running'],
    ['ci running', 'running'],
    ['merging', 'running'],
  ])('one that is "%s" is %s', (headline, group) => {
    const { work } = summary([now(headline, 'app-3')], [], of)
    const groups = Object.entries(work).flatMap(([name, all]) => (all.length > 0 ? [name] : []))
    expect(groups).toEqual([group])
  })

  test.each<Headline>(['merged', 'done', 'stopped', 'failed'])('one that is "%s" is at work no more', (headline) => {
    expect(isQuiet(summary([now(headline, 'app-3')], [], of))).toBe(true)
  })

  test('one about which people were called waits for them, whatever it is in trouble about', () => {
    const { facts } = headlines['ci failed']
    const session = later(sessionOf(facts, 'app-3'))
    const { work } = summary([{ session, standing: standing(session) }], [], of)
    expect(work.waiting.map(({ words }) => words)).toEqual(['app-3 · checks are red · #1 Fix the sum'])
    expect(work.waiting[0]?.actions.map(({ say }) => say)).toEqual([expect.stringContaining('tell app-3 ')])
  })

  test('who has waited longest comes first, and what was seen goes with it', () => {
    const { work } = summary([now('mergeable', 'app-4'), now('needs input', 'app-3')], [], of)
    expect(work.waiting.map(({ session }) => session)).toEqual(['app-4', 'app-3'])
    expect(work.waiting[0]).toMatchObject({
      words: 'app-4 · mergeable · #7 at c0ffee11 “Fix the sum”',
      about: { session: 'app-4', change: { number: 7, head: 'c0ffee11' } },
    })
    expect(work.waiting[1]).toMatchObject({ words: 'app-3 asks: Which database?', since: 60_000, about: { request: 'r1' } })
  })
})

describe('what waits for somebody', () => {
  const rows = [now('mergeable', 'app-3'), now('review pending', 'app-4'), now('needs input', 'app-5'), now('stuck', 'app-6')]
  const person = (name: string, ...roles: Person['roles'][string]): Person => ({ name, roles: { '*': roles } })
  const waitsFor = (who: Person | null): string => {
    const { work } = summary(rows, [], { ...of, who })
    return [
      ...work.waiting.map(({ session, actions }) => `${session}: ${actions.map(({ label }) => label).join(', ')}`),
      ...work.others.map(({ session }) => `${session} for others`),
    ].join('\n')
  }

  test.each<[string, Person | null, string[]]>([
    ['all of it for a channel', null, ['app-3: Merge, Request changes', 'app-4: Approve, Request changes', 'app-5: SQLite, Postgres']],
    [
      'what needs votes and what asks for an approver',
      person('cyn', 'approver'),
      ['app-3: Request changes', 'app-4: Approve, Request changes', 'app-5: SQLite, Postgres'],
    ],
    ['only what asks for an operator', person('bob', 'operator'), ['app-5: SQLite, Postgres', 'app-3 for others', 'app-4 for others']],
    ['nothing for a viewer', person('dan', 'viewer'), ['app-3 for others', 'app-4 for others', 'app-5 for others']],
    ['their own for whoever asked, as far as they may', person('ada', 'viewer'), ['app-3: ', 'app-4: ', 'app-5: SQLite, Postgres']],
  ])('is %s', (_what, who, expected) => {
    expect(
      waitsFor(who)
        .split('\n')
        .filter((line) => !line.startsWith('app-6')),
    ).toEqual(expected)
  })
})

describe('how work went', () => {
  test.each<[string, number[], number | null]>([
    ['nothing', [], null],
    ['one', [3], 3],
    ['the middle of an odd number', [1, 100, 4], 4],
    ['the middle of the two in the middle', [1, 4, 2, 100], 3],
  ])('half of it took less: %s', (_what, hours, median) => {
    const numbers = hours.map((took, index) => merged(`app-${index}`, to, took * hour))
    expect(paceOf(numbers, { from, to }).medianMs).toBe(median === null ? null : median * hour)
  })

  test('without a person’s help is what nobody helped with', () => {
    const numbers = [
      merged('app-1', to, hour),
      merged('app-2', to, hour, { helps: 1 }),
      merged('app-3', to, hour),
      merged('app-4', to, hour, { helps: 7 }),
    ]
    expect(paceOf(numbers, { from, to })).toEqual({ merged: 4, medianMs: hour, unaided: 0.5 })
    expect(paceOf([], { from, to })).toEqual({ merged: 0, medianMs: null, unaided: null })
  })

  test('is told of a week and the week before, for a day as well', () => {
    const numbers = [merged('app-1', to - 6 * day, 2 * hour), merged('app-2', to - 7 * day, hour), merged('app-3', to - 14 * day, hour)]
    expect(summary([], numbers, of).span).toEqual({
      days: 7,
      last: { merged: 1, medianMs: 2 * hour, unaided: 1 },
      before: { merged: 1, medianMs: hour, unaided: 1 },
    })
  })
})

describe('the last fourteen days', () => {
  test('are days by the clock of the zone, the last one as far as it has gone', () => {
    const numbers = [
      merged('app-1', Date.UTC(2026, 0, 14, 23, 30), hour),
      merged('app-2', to + 1, hour),
      ended('app-3', to, 'failed'),
      ended('app-4', to, 'stopped'),
      ended('app-5', to, 'closed'),
      ended('app-6', to, 'done'),
      ended('app-7', to - 14 * day, 'failed'),
      numbersOf('app-8', { spendings: [spent(to, 2), spent(to - day, 1), spent(to - 20 * day, 9)] }),
    ]
    const days = daysOf(numbers, { to, zone: 'Asia/Kolkata', prices })
    expect(days.map(({ date }) => date).slice(0, 2)).toEqual(['2026-01-02', '2026-01-03'])
    expect(days).toHaveLength(14)
    const told = days.slice(-2).map(({ cost, ...rest }) => ({ ...rest, usd: cost.usd }))
    expect(told).toEqual([
      { date: '2026-01-14', merged: 0, failed: 0, stopped: 0, usd: 1 },
      { date: '2026-01-15', merged: 1, failed: 1, stopped: 2, usd: 2 },
    ])
    expect(days.slice(0, -2).every(({ merged: count, failed, stopped, cost }) => count + failed + stopped + cost.usd === 0)).toBe(true)
  })

  test('are fourteen days also where one of them has 23 hours', () => {
    const at = Date.UTC(2026, 2, 30, 7)
    const days = daysOf([merged('app-1', Date.UTC(2026, 2, 28, 23, 30), hour)], { to: at, zone: 'Europe/Berlin', prices })
    expect(days.filter(({ merged: count }) => count > 0).map(({ date }) => date)).toEqual(['2026-03-29'])
    expect(new Set(days.map(({ date }) => date)).size).toBe(14)
  })
})
