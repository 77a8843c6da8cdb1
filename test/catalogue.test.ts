import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Card } from '../bot/contracts/card.ts'
import { type Intent, type QuestionName, statusFilters } from '../bot/contracts/intent.ts'
import { intents } from '../bot/intents/index.ts'
import { parse } from '../bot/understand/parse.ts'
import { alerts, resolvedAlert } from '../bot/views/alerts.ts'
import { asking, completeCard, forgotten, help, projectList, puzzled, refused, resultCard, whoami } from '../bot/views/answers.ts'
import { board, queueCard } from '../bot/views/board.ts'
import { sessionCard } from '../bot/views/session.ts'
import { needs } from '../core/access/authorise.ts'
import type { Wish } from '../core/contracts/wish.ts'
import type { FaultRow } from '../core/kit/fault.ts'
import { headlines, later, places, sessionOf, standing } from './bot/sessions.ts'

const root = join(import.meta.dirname, '..')

type Row = FaultRow<Readonly<Record<string, unknown>>>
type Rows = Readonly<Record<string, Row>>

const sources = ['bot', 'core', 'adapters', 'plugins']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
  .filter((file) => file.endsWith('.ts'))

/** Every catalogue there is, once, under the file that makes it. */
const catalogues = await Promise.all(
  sources
    .filter((file) => /^(?:export )?const \w+ = catalogue\(/m.test(readFileSync(join(root, file), 'utf8')))
    .map(async (file) => {
      const made: { readonly fault?: { readonly rows?: Rows } } = await import(pathToFileURL(join(root, file)).href)
      return { file, rows: made.fault?.rows ?? null }
    }),
)
const rows = catalogues.flatMap(({ file, rows: all }) => Object.entries(all ?? {}).map(([code, row]) => ({ file, code, row })))

/** What facts hold, by name; each is tried with each of its samples. A name that is not here holds `it`. */
const samples: Readonly<Record<string, readonly unknown[]>> = {
  session: ['app-3'],
  project: ['app'],
  agent: ['codex'],
  message: ['app-3-m5'],
  task: ['#42'],
  key: ['#42'],
  base: ['main'],
  path: ['/w/a'],
  file: ['/w/a/b'],
  folder: ['/w'],
  known: [[], ['codex'], ['codex', 'aider']],
  near: [[], ['#41'], ['#41', '#43']],
  files: [[], ['a.ts'], ['a.ts', 'b.ts']],
  failing: [['lint'], ['lint', 'test']],
  options: [[], ['yes', 'no']],
  lacks: [['apt install git'], ['apt install git', 'apt install less']],
  problems: [
    [{ where: 'limits', line: 3, what: 'it is no number.' }],
    [
      { where: 'limits', line: 3, what: 'it is no number.' },
      { where: 'hosts', line: null, what: 'it is empty.' },
    ],
  ],
  pids: [[12], [12, 13]],
  checks: ['failing', 'pending', 'none'],
  cause: ['moved', 'base', 'other'],
  seq: [2, null],
  says: ['it says no.'],
  output: ['it says no.'],
  cure: ['Do this.'],
}
const rounds = Math.max(...Object.values(samples).map((values) => values.length))
const sample = (name: string, round: number): unknown => {
  const values = samples[name] ?? ['it']
  return values[round % values.length]
}

/** Facts as somebody might throw them; `round` chooses among the samples. */
const factsOf = (round: number): Readonly<Record<string, unknown>> =>
  new Proxy({}, { get: (_facts, name) => (typeof name === 'string' ? sample(name, round) : undefined) })

/** Sentences, or a first line that says what the lines below it list. */
const isWhole = /^(?:\S.*[.!?]|\S.*(?::|one of)\n(?: {2}.+\n?)+)$/s

const texts = ({ row }: { readonly row: Row }, part: 'what' | 'hint'): readonly string[] => [
  ...new Set(Array.from({ length: rounds }, (_, round) => row[part](factsOf(round)))),
]

describe('every fault', () => {
  test('is in a catalogue that its file exports as "fault"', () => {
    expect(catalogues.length).toBeGreaterThan(15)
    expect(catalogues.filter(({ rows: all }) => all === null).map(({ file }) => file)).toEqual([])
  })

  test('has a code of its own, in capitals', () => {
    const twice = rows.filter(({ code }, index) => rows.findIndex((one) => one.code === code) !== index)
    expect(twice.map(({ code, file }) => `${code} in ${file}`)).toEqual([])
    expect(rows.filter(({ code }) => !/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/.test(code)).map(({ code }) => code)).toEqual([])
  })

  test.each(rows)('$code says what happened, in one or two sentences', (entry) => {
    for (const what of texts(entry, 'what')) {
      expect(what, what).toMatch(isWhole)
      expect(what).not.toMatch(/undefined|null|\[object| {2,}\S+ {2}|NaN/)
      expect(sentencesIn(what.split('\n')[0] ?? ''), what).toBeLessThanOrEqual(2)
    }
  })

  test.each(rows)('$code says what to do, in one or two sentences', (entry) => {
    for (const hint of texts(entry, 'hint')) {
      expect(hint, hint).toMatch(isWhole)
      expect(hint).not.toMatch(/undefined|null|\[object|NaN/)
      expect(sentencesIn(hint), hint).toBeLessThanOrEqual(2)
    }
  })
})

/** Whatever stands in quotes is not ours, and neither is what a dot in a name ends. */
const sentencesIn = (text: string): number => text.replace(/"[^"]*"/g, 'x').match(/[.!?](?=\s|$)/g)?.length ?? 0

/** `say "…"` and `as in "…"`, with all that follows in the same sentence: `Say "a", or "b" to …`. */
const quotedIn = (text: string): readonly string[] =>
  [...text.matchAll(/\b(?:say|as in|mean)\b:?[^".]*((?:"[^"]+"[^".]*)+)/gi)].flatMap(([, all = '']) =>
    [...all.matchAll(/"([^"]+)"/g)].flatMap(([, words = '']) => words),
  )

/** What a shell understands: `ao init`, `ao say status`. */
const shellWords = new Set(
  sources
    .filter((file) => file.startsWith('bot/cli'))
    .flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(/\.command\('([a-z]+)/g)].map(([, name = '']) => name)),
)

const isUnderstood = (words: string): boolean => {
  const [, shell, rest = ''] = /^ao ([a-z]+)\b ?(.*)$/.exec(words) ?? []
  if (words.startsWith('git ')) return true
  if (shell !== undefined && shellWords.has(shell)) return shell !== 'say' || isUnderstood(rest)
  return Object.values(places).some((place) => {
    const reading = parse(words, intents, place)
    return reading !== null && !('ask' in reading.meaning)
  })
}

test('commands are found in hints, whatever stands between them', () => {
  expect(quotedIn('Say "a" to see it, or "b c" first. Set "noChecks: x" then.')).toEqual(['a', 'b c'])
  expect(quotedIn('Somebody else can say "a".')).toEqual(['a'])
  expect(quotedIn('Look, or say "a", and say it again.')).toEqual(['a'])
  expect(quotedIn('Say it with codex, as in "fix #1 in app".')).toEqual(['fix #1 in app'])
  expect(quotedIn('Set "noChecks: mergeable" for it.')).toEqual([])
})

test.each(rows.filter((entry) => texts(entry, 'hint').some((hint) => quotedIn(hint).length > 0)))(
  'what the hint of $code says can be said',
  (entry) => {
    for (const words of texts(entry, 'hint').flatMap(quotedIn)) expect(isUnderstood(words), words).toBe(true)
  },
)

test.each(rows.filter((entry) => texts(entry, 'hint').some((hint) => /"ao [a-z]/.test(hint))))(
  'what the hint of $code would have a shell do, the shell can do',
  (entry) => {
    for (const hint of texts(entry, 'hint'))
      for (const [, name = ''] of hint.matchAll(/"ao ([a-z]+)/g)) expect([...shellWords, 'report'], hint).toContain(name)
  },
)

/** Every card that a view draws, for every headline and with nothing to show. */
const cards: readonly Card[] = [
  ...Object.values(headlines).flatMap(({ facts, setting }) => {
    const session = later(sessionOf(facts), 90_000, setting)
    const stands = standing(session, setting)
    return [
      sessionCard(session, stands),
      ...alerts(session, stands),
      ...alerts(session, stands).map(({ key }) => resolvedAlert(key, session, stands)),
      resultCard(session),
      board('x', [{ session, headline: stands.headline, place: stands.place }], { filter: null, hidden: 3 }),
    ].flatMap((card) => card ?? [])
  }),
  board('x', [], { filter: null, hidden: 0 }),
  ...statusFilters.map((filter) => board('x', [], { filter, hidden: 0 })),
  queueCard('x', [], [], ['app']),
  puzzled('x', null),
  puzzled('x', 'merge app-3'),
  forgotten('x'),
  refused('x', 'y', new Error('a bug')),
  asking('x', 'session', 'Say it.'),
  help('x', null, intents),
  help('x', 'nothing', intents),
  ...intents.map(({ name }) => help('x', name, intents)),
  whoami('x', { name: 'ada', roles: {} }, 'U1', []),
  projectList('x', []),
  completeCard({ merged: ['app-3'] }, { of: 1, lead: null, withSummary: true }),
]

describe('every card', () => {
  test('quotes only what is understood', () => {
    const quoted = cards.flatMap(({ title, lines }) => [title, ...lines].flatMap(quotedIn))
    expect(quoted.length).toBeGreaterThan(10)
    expect(quoted.filter((words) => !isUnderstood(words))).toEqual([])
  })

  test('has buttons that are understood', () => {
    const said = cards.flatMap(({ actions }) => actions.map(({ say }) => say))
    expect(said.length).toBeGreaterThan(20)
    expect(said.filter((words) => !isUnderstood(words))).toEqual([])
  })

  test('says something, in one line at the top', () => {
    for (const { title, lines } of cards) {
      expect(title).toMatch(/^\S.*\S$/)
      for (const line of lines) expect(line).not.toMatch(/undefined|\[object|NaN/)
    }
  })
})

describe('every intent', () => {
  test('has a name of its own, one word', () => {
    expect(new Set(intents.map(({ name }) => name)).size).toBe(intents.length)
    for (const { name } of intents) expect(name).toMatch(/^[a-z]+$/)
  })

  test.each(intents)('$name has sentences that mean what they say, in their place', ({ name, examples }) => {
    expect(examples.length).toBeGreaterThan(0)
    for (const { say, in: place = 'channel', means } of examples) {
      const reading = parse(say, intents, places[place])
      expect([reading?.intent.name, reading?.meaning], say).toEqual([name, means])
    }
  })

  test.each(intents)('$name is in the help, with all it understands', ({ name, summary, examples, forms, role }) => {
    const [first] = examples
    expect(help('x', null, intents).lines.filter((line) => line.startsWith(first?.say ?? '-') && line.endsWith(summary))).toHaveLength(1)
    const one = help('x', name, intents)
    for (const { say } of examples) expect(one.lines).toContain(`  ${say}`)
    expect(one.lines.at(-1)).toBe(`Takes the ${role} role.`)
    expect(one.blocks.flatMap(({ text }) => text.split('\n'))).toHaveLength(forms.length)
    expect(JSON.stringify(one)).not.toContain('{word:')
    expect(summary).toMatch(/^[A-Z].*\.$/)
  })

  test.each(intents)('$name asks for what is missing in words that work', ({ means }: Intent) => {
    const meaning = means({}, { ...places.channel, project: null })
    if ('ask' in meaning) for (const words of quotedIn(meaning.hint)) expect(isUnderstood(words), words).toBe(true)
  })

  test('takes the role that its wishes take, and only what reads calls itself reading', () => {
    for (const { name, examples, role, risk } of intents) {
      const wishes = examples.flatMap(({ means }) => ('wishes' in means ? means.wishes : []))
      for (const wish of wishes) expect([name, role]).toEqual([name, needs[wish.name]])
      expect([name, risk === 'read']).toEqual([name, wishes.length === 0])
    }
  })
})

const meanings = intents.flatMap(({ examples }) => examples.map(({ means }) => means))

test.each(Object.keys(needs) as Wish['name'][])('the wish "%s" can be said', (name) => {
  expect(meanings.some((means) => 'wishes' in means && means.wishes.some((wish) => wish.name === name))).toBe(true)
})

const questions: Readonly<Record<QuestionName, true>> = {
  status: true,
  show: true,
  logs: true,
  screen: true,
  diff: true,
  why: true,
  queue: true,
  cleanup: true,
  projects: true,
  whoami: true,
  help: true,
}

test.each(Object.keys(questions))('the question "%s" can be asked', (name) => {
  expect(meanings.some((means) => 'question' in means && means.question.name === name)).toBe(true)
})
