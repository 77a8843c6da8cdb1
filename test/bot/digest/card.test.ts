import { describe, expect, test } from 'vitest'
import { render as discord } from '../../../adapters/discord/render.ts'
import { render as slack } from '../../../adapters/slack/render.ts'
import { render as telegram } from '../../../adapters/telegram/render.ts'
import type { DrawnCard } from '../../../bot/contracts/card.ts'
import { withButtons } from '../../../bot/deliver/drawing.ts'
import { chartOf, chartSvg, chartWords } from '../../../bot/digest/chart.ts'
import type { Day } from '../../../bot/digest/days.ts'
import type { Now } from '../../../bot/digest/standing.ts'
import { type SummaryOf, summary } from '../../../bot/digest/summary.ts'
import { intents } from '../../../bot/intents/index.ts'
import type { Schedule } from '../../../bot/memory/digests.ts'
import { parse } from '../../../bot/understand/parse.ts'
import { digestCard } from '../../../bot/views/digest.ts'
import { digestList, scheduledCard, unscheduledCard } from '../../../bot/views/digests.ts'
import type { SessionNumbers } from '../../../core/contracts/numbers.ts'
import type { Headline } from '../../../core/contracts/session.ts'
import { asked, asText, headlines, live, places, sessionOf, standing } from '../sessions.ts'
import { day, ended, hour, merged, numbersOf, prices, spent } from './numbers.ts'

const to = Date.UTC(2026, 0, 15, 9)
const of: SummaryOf = { from: to - day, to, zone: 'Europe/Berlin', project: 'app', who: null, prices }

const now = (headline: Headline, id: string, later = to - 3 * hour): Now => {
  const { facts, setting } = headlines[headline]
  const session = sessionOf(
    facts.map((fact) => ({ ...fact, at: later })),
    id,
  )
  return { session, standing: standing(session, setting) }
}
const cardOf = (rows: readonly Now[], numbers: readonly SessionNumbers[], parts: Partial<SummaryOf> = {}) =>
  digestCard(summary(rows, numbers, { ...of, ...parts }), { key: 'digest:d1:0', picture: null })
const textOf = (...parts: Parameters<typeof cardOf>): string => asText(cardOf(...parts))

/** Three hundred of all kinds, with the longest words there can be. */
const crowd = () => {
  const all = Object.keys(headlines) as Headline[] // the keys of that table
  const rows = Array.from({ length: 300 }, (_, index) => now(all[index % all.length] ?? 'working', `app-${index}`))
  const numbers = Array.from({ length: 300 }, (_, index) => {
    const long = {
      number: index,
      title: `A title that goes on and on ${'word '.repeat(60)}`,
      url: `https://forge.example.com/${'o'.repeat(30)}/app/pull/${index}`,
    }
    return index % 2 === 0
      ? merged(`app-${index}`, to - (index % 14) * day - hour, index * hour, {
          change: long,
          helps: index % 3,
          spendings: [spent(to - hour, index)],
        })
      : ended(`app-${index}`, to - (index % 14) * day - hour, index % 3 === 0 ? 'failed' : 'stopped', 'somebody with a long name')
  })
  return { rows: rows.filter(({ session }) => session.phase !== 'ended'), numbers }
}

describe('a digest', () => {
  test('reads as a message: who is needed first, then what was done, then how it goes', () => {
    const rows = [
      now('mergeable', 'app-12'),
      now('needs input', 'app-3'),
      now('stuck', 'app-8'),
      now('ci failed', 'app-9'),
      now('working', 'app-4'),
      now('working', 'app-5'),
      now('queued', 'app-13'),
    ]
    const numbers = [
      merged('app-1', to - 5 * hour, 2 * hour + 10 * 60_000, { spendings: [spent(to - 6 * hour, 1.2)] }),
      merged('app-2', to - 2 * hour, 40 * 60_000, { change: { number: 12, title: 'Rename Foo', url: null }, helps: 1 }),
      merged('app-0', to - 9 * day, 3 * hour),
      ended('app-6', to - hour, 'stopped', 'bob'),
      ended('app-7', to - 4 * hour, 'failed', 'ao'),
    ]
    expect(textOf(rows, numbers)).toBe(
      `
(ask) Digest of app: 2 wait for you and 2 merged
  Wed 14 Jan 10:00 to Thu 15 Jan 10:00
  Waiting for you:
  ❓ app-12 · mergeable · #7 at c0ffee11 “Fix the sum”
  ❓ app-3 asks: Which database? · for 3 h
  Merged:
  ✓ #11 Change of app-1 · 2 h 10 min · https://forge/app/app-1
  ✓ #12 Rename Foo · 40 min
  Stuck: app-8
  Failing: app-9 ci failed
  Running: app-4, app-5
  Queued: app-13
  Ended otherwise: app-6 stopped by bob, app-7 failed
  Cost: $1.20 by list price, 1.2 M tokens
  Last 7 days: 2 merged, 1 h 25 min from task to merge, 50% without help
  The 7 days before: 1 merged, 3 h from task to merge, 100% without help
  [app-12: Merge] merge app-12
  [app-12: Request changes] reject app-12 {text}
  [app-3: SQLite] answer app-3 1
  [app-3: Postgres] answer app-3 2
`.trim(),
    )
  })

  test('leaves out what there is nothing to say about', () => {
    expect(textOf([], [])).toBe('(calm) Digest of app: nothing happened\n  Wed 14 Jan 10:00 to Thu 15 Jan 10:00')
    expect(textOf([now('working', 'app-4')], [], { project: null })).toBe(
      '(calm) Digest: nothing waits for you\n  Wed 14 Jan 10:00 to Thu 15 Jan 10:00\n  Running: app-4',
    )
  })

  test('of the same facts is the same, to the letter', () => {
    const { rows, numbers } = crowd()
    expect(textOf(rows, numbers)).toBe(textOf(rows, numbers))
  })

  test('has a button for as many as fit, and says of the rest what to type', () => {
    const rows = Array.from({ length: 9 }, (_, index) => now('mergeable', `app-${index}`))
    expect(textOf(rows, []).split('\n').slice(2)).toEqual([
      '  Waiting for you:',
      '  ❓ app-0 · mergeable · #7 at c0ffee11 “Fix the sum”',
      '  ❓ app-1 · mergeable · #7 at c0ffee11 “Fix the sum”',
      '  ❓ app-2 · mergeable · #7 at c0ffee11 “Fix the sum”',
      '  ❓ app-3 · mergeable · #7 at c0ffee11 “Fix the sum” · say "show app-3"',
      '  ❓ app-4 · mergeable · #7 at c0ffee11 “Fix the sum” · say "show app-4"',
      '  ❓ app-5 · mergeable · #7 at c0ffee11 “Fix the sum” · say "show app-5"',
      '  … 3 more: say "status needs-me"',
      '  [app-0: Merge] merge app-0',
      '  [app-0: Request changes] reject app-0 {text}',
      '  [app-1: Merge] merge app-1',
      '  [app-1: Request changes] reject app-1 {text}',
      '  [app-2: Merge] merge app-2',
      '  [app-2: Request changes] reject app-2 {text}',
    ])
  })

  test('shows what has more choices than three, or none that can be pressed, by a button', () => {
    const many = [...headlines['needs input'].facts.slice(0, -1), asked('r1', { options: ['a', 'b', 'c', 'd'] })]
    const session = sessionOf(many, 'app-1')
    expect(cardOf([{ session, standing: standing(session) }], []).actions.map(({ say }) => say)).toEqual(['show app-1'])
  })

  test('has buttons that stand for what it showed of each', () => {
    const { actions } = cardOf([now('mergeable', 'app-1'), now('needs input', 'app-2')], [])
    expect(actions.map(({ about }) => [about?.session, about?.change?.head ?? about?.request])).toEqual([
      ['app-1', 'c0ffee11'],
      ['app-1', 'c0ffee11'],
      ['app-2', 'r1'],
      ['app-2', 'r1'],
    ])
  })
})

describe('a digest of three hundred sessions', () => {
  const { rows, numbers } = crowd()
  const card = cardOf(rows, numbers)
  const drawn: DrawnCard = withButtons(
    { platform: 'x', channel: 'c', thread: null },
    { ...card, picture: { alt: 'a picture', png: 'AAAA' } },
    () => null,
  ).card

  test('folds its lists', () => {
    expect(card.lines.filter((line) => line.startsWith('…'))).toEqual([
      expect.stringMatching(/^… \d+ more: say "status needs-me"$/),
      expect.stringMatching(/^… \d+ more: say "status ended"$/),
    ])
    expect(card.lines.find((line) => line.startsWith('Running: '))).toMatch(/, … \d+ more$/)
  })

  test('has short lines, few buttons and no line that says nothing', () => {
    expect(card.title.length).toBeLessThanOrEqual(60)
    expect(card.lines.filter((line) => line.length > 120 || line.trim() === '')).toEqual([])
    expect(card.lines.length).toBeLessThanOrEqual(28)
    expect(card.actions.length).toBeLessThanOrEqual(6)
    expect(card.actions.filter(({ label }) => label.length > 40)).toEqual([])
  })

  test('whose words are all as long as they can be is still seen whole', () => {
    const wordy = Array.from({ length: 40 }, (_, index) => {
      const session = sessionOf([...live, asked(`r${index}`, { text: 'Which_one * of these? '.repeat(20) })], `app-${index}`)
      return { session, standing: standing(session) }
    })
    const others = rows.filter(({ standing: { headline } }) => !/pending|mergeable|closed|needs/.test(headline))
    const long = cardOf([...wordy, ...others], numbers)
    expect(long.lines.filter((line) => line.startsWith('❓')).length).toBeGreaterThan(1)
    expect(long.lines.filter((line) => line.length > 120)).toEqual([])
    expect([long.title, ...long.lines].join('\n').length).toBeLessThan(1_900)
    const whole = withButtons({ platform: 'x', channel: 'c', thread: null }, long, () => null).card
    expect(discord(whole, null).uploads).toEqual([])
  })

  test('is seen whole on every platform: nothing of it becomes a file', () => {
    expect(telegram(drawn, { isAgain: false }).files).toEqual([])
    expect(slack(drawn).files.map(({ name }) => name)).toEqual(['picture.png'])
    const inDiscord = JSON.stringify(discord(drawn, null))
    expect(inDiscord).not.toContain('card')
    expect(inDiscord).toContain('% without help')
    for (const line of card.lines) {
      expect(telegram(drawn, { isAgain: false }).text).toContain(line)
      expect(JSON.stringify(slack(drawn).blocks)).toContain(JSON.stringify(line).slice(1, -1))
    }
  })
})

describe('a schedule', () => {
  const schedule = (cron: string, parts: Partial<Schedule> = {}): Schedule => ({
    id: 'd3',
    place: { platform: 'x', channel: 'c', thread: null },
    person: null,
    cron,
    zone: 'Europe/Berlin',
    isAlways: false,
    by: 'bob',
    madeAt: 0,
    settled: [],
    ...parts,
  })

  test.each([
    ['0 9 * * 1-5', 'every weekday at 09:00'],
    ['30 8 * * 1', 'every Monday at 08:30'],
    ['5 17 * * *', 'every day at 17:05'],
    ['0 10 * * 0,6', 'every Saturday and Sunday at 10:00'],
    ['0 10 * * 1,3,5', 'every Monday, Wednesday and Friday at 10:00'],
    ['0 10 * * 1-4', 'every Monday to Thursday at 10:00'],
    ['0 * * * *', 'every hour'],
    ['0 9 1 * *', 'at "0 9 1 * *"'],
    ['0 9 * * 1-3,5', 'at "0 9 * * 1-3,5"'],
  ])('%s is said as "%s"', (cron, words) => {
    expect(unscheduledCard('m1', [schedule(cron)]).title).toBe(`No digest comes here any more ${words} (Europe/Berlin).`)
  })

  test('that never comes again is still listed and can be removed; one of the config cannot', () => {
    expect(
      asText(
        digestList('m1', [
          { schedule: schedule('0 9 * * *', { by: null }), next: to },
          { schedule: schedule('0 9 31 2 *'), next: null },
        ]),
      ),
    ).toBe(
      `
(calm) 2 digests come here:
  3. every day at 09:00 (Europe/Berlin) · next Thu 15 Jan 10:00 · by the config
  3. at "0 9 31 2 *" (Europe/Berlin) · never again · for bob
  [Remove 3] digest off 3
`.trim(),
    )
  })

  test('and every digest say nothing to be typed that is not understood', () => {
    const { rows, numbers } = crowd()
    const shown = [
      cardOf(rows, numbers),
      cardOf([], []),
      digestList('m1', []),
      digestList('m1', [{ schedule: schedule('0 9 * * *'), next: to }]),
      scheduledCard('m1', { schedule: schedule('0 9 * * *'), next: to }),
    ]
    const context = {
      ...places.channel,
      sessions: rows.map(({ session }) => ({ id: session.id, project: 'app', task: '#1', change: 7, isEnded: false })),
      newest: { app: 300 },
    }
    const words = shown.flatMap(({ title, lines, actions }) => [
      ...[title, ...lines].flatMap((line) =>
        [...line.matchAll(/[Ss]ay "([^"]+)"|, "([^"]+)" to/g)].map(([, one, other]) => one ?? other ?? ''),
      ),
      ...actions.map(({ say }) => say.replace('{text}', 'the tests are missing')),
    ])
    expect(words.length).toBeGreaterThan(10)
    expect(words.filter((one) => parse(one, intents, context)?.isExact !== true)).toEqual([])
  })
})

describe('the chart', () => {
  const days = summary(
    [],
    [
      merged('app-1', to, hour),
      merged('app-2', to - day, hour),
      ended('app-3', to - day, 'failed'),
      ended('app-4', to - 2 * day, 'closed'),
      numbersOf('app-5', { spendings: [spent(to, 2.5)] }),
    ],
    of,
  ).days

  test('says in words what it shows', () => {
    expect(chartWords(days)).toBe(
      '14 days to Thu 15 Jan: 2 merged, 1 stopped or closed, 1 failed, $2.50. Tue 13 Jan: 1 stopped or closed; Wed 14 Jan: 1 merged, 1 failed; Thu 15 Jan: 1 merged, $2.50.',
    )
  })

  test('has a column for each that happened, and one for what it cost', () => {
    const count = (colour: string): number => chartSvg(days).split(`fill="${colour}"`).length - 1
    // One of each is the legend's.
    expect([count('#57ab5a'), count('#8b949e'), count('#f2707a'), count('#5ca7f2')]).toEqual([3, 2, 2, 2])
  })

  test('is a picture of 1000 by 500, and none where there are no two days to compare', async () => {
    const bytes = Buffer.from((await chartOf(days))?.png ?? '', 'base64')
    expect([bytes.toString('latin1', 1, 4), bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual(['PNG', 1_000, 500])
    const [first, ...rest] = days.map((one) => ({ ...one, merged: 0, failed: 0, stopped: 0, cost: { ...one.cost, usd: 0 } }))
    expect(await chartOf([...rest, { ...(first ?? days[0]), merged: 5 } as Day])).toBeNull()
  })

  test('speaks of no cost where none is known', () => {
    const free = days.map((one) => ({ ...one, cost: { ...one.cost, usd: 0 } }))
    expect(chartSvg(free)).not.toContain('cost')
    expect(chartWords(free)).not.toContain('$')
  })

  test('fits under a picture everywhere, also when every day was full', () => {
    const full = days.map((one) => ({
      ...one,
      merged: 123,
      failed: 45,
      stopped: 67,
      cost: { usd: 12_345.67, isWhole: false, bySay: true, byList: true },
    }))
    expect(chartWords(full).length).toBeLessThanOrEqual(900)
  })
})
