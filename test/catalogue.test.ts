import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Card } from '../bot/contracts/card.ts'
import { type Intent, type QuestionName, type Silenced, statusFilters } from '../bot/contracts/intent.ts'
import { intents } from '../bot/intents/index.ts'
import type { Awaited } from '../bot/memory/awaiting.ts'
import { forEver } from '../bot/memory/heeding.ts'
import type { Offer, Outcome } from '../bot/memory/talk.ts'
import { isBuilt } from '../bot/understand/context.ts'
import { parse } from '../bot/understand/parse.ts'
import { alerts, resolvedAlert } from '../bot/views/alerts.ts'
import {
  asking,
  cannot,
  completeCard,
  forgotten,
  peopleList,
  projectList,
  puzzled,
  refused,
  resultCard,
  whoami,
} from '../bot/views/answers.ts'
import { board, queueCard } from '../bot/views/board.ts'
import { formText } from '../bot/views/forms.ts'
import { help } from '../bot/views/help.ts'
import {
  awaitedCard,
  codeCard,
  editedCard,
  followed,
  isShownHere,
  joinedCard,
  linkedCard,
  movedCard,
  mutedCard,
  strangerCard,
  unfollowed,
  unlinkedCard,
  unmutedCard,
  usedCard,
  wrongCode,
} from '../bot/views/notes.ts'
import { notYours, offerCard, overtaken, sayItCard, tooLate, twoQuestions, understoodAs } from '../bot/views/offers.ts'
import { sessionCard } from '../bot/views/session.ts'
import { needs } from '../core/access/authorise.ts'
import { reactionKeys } from '../core/contracts/names.ts'
import type { Wish } from '../core/contracts/wish.ts'
import type { FaultRow } from '../core/kit/fault.ts'
import { channel as home } from './bot/chat.ts'
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
    // What the contract of a slot says is thrown is thrown under that code by all its plugins, and by what they share.
    const isShared = (one: string, other: string): boolean => one.startsWith('plugins/') && other.startsWith('plugins/')
    const twice = rows.filter(({ code, file }) => rows.some((one) => one.code === code && one.file !== file && !isShared(one.file, file)))
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

/** `say "…"` and `as in "…"`, with all that follows in the same sentence: `Say "a", or "b" to …`; and whatever follows `as in:`. */
const quotedIn = (text: string): readonly string[] => [
  ...[...text.matchAll(/\bas in: (.+?)\.?$/gm)].flatMap(([, words = '']) => words),
  ...[...text.replace(/\bas in: .+/g, '').matchAll(/\b(?:say|as in|mean)\b:?[^".]*((?:"[^"]+"[^".]*)+)/gi)].flatMap(([, all = '']) =>
    [...all.matchAll(/"([^"]+)"/g)].flatMap(([, words = '']) => words),
  ),
]

/** What a shell understands: `ao init`, `ao say status`. */
const shellWords = new Set(
  sources
    .filter((file) => file.startsWith('bot/cli'))
    .flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(/\.command\('([a-z]+)/g)].map(([, name = '']) => name)),
)

/** An ellipsis stands for words of one's own. */
const isUnderstood = (words: string): boolean => {
  const [, shell, rest = ''] = /^ao ([a-z]+)\b ?(.*)$/.exec(words) ?? []
  if (words.startsWith('git ')) return true
  if (shell !== undefined && shellWords.has(shell)) return shell !== 'say' || isUnderstood(rest)
  return Object.values(places).some((place) => {
    const reading = parse(words.replace('…', 'these words'), intents, place)
    return reading !== null && !('ask' in reading.meaning)
  })
}

test('commands are found in hints, whatever stands between them', () => {
  expect(quotedIn('Say "a" to see it, or "b c" first. Set "noChecks: x" then.')).toEqual(['a', 'b c'])
  expect(quotedIn('Somebody else can say "a".')).toEqual(['a'])
  expect(quotedIn('Look, or say "a", and say it again.')).toEqual(['a'])
  expect(quotedIn('Say it with codex, as in "fix #1 in app".')).toEqual(['fix #1 in app'])
  expect(quotedIn('Say "a", or a sentence, as in: start "rename Foo" base=next.')).toEqual(['start "rename Foo" base=next', 'a'])
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

const offer: Offer = { id: 'x', say: 'merge app-3', tell: null, by: 'ada', place: home, until: 0, about: null, sessions: 1, outcome: null }
const outcomes: readonly Outcome[] = (['taken', 'turned down', 'lapsed'] as const).map((is) => ({ is, cause: 'y' }))

/** What is said of words that were guessed at. */
const offers: readonly Card[] = [
  offerCard(offer),
  offerCard({ ...offer, say: 'stop app-3 and web-api-4', sessions: 2 }),
  offerCard({ ...offer, say: `tell app-3 ${'use zod '.repeat(40)}` }),
  ...outcomes.map((outcome) => offerCard({ ...offer, outcome })),
  ...[null, ...outcomes].map((outcome) => tooLate('x', { ...offer, outcome })),
  sayItCard('x', 'stop app-3', null),
  understoodAs(whoami('x', { name: 'ada', roles: {} }, 'U1', []), 'whoami'),
  ...[null, ...outcomes].map((outcome) => notYours('x', { ...offer, outcome })),
  twoQuestions('x', offer, 'app-3'),
  overtaken('x', offer, 'app-3'),
  offerCard({ ...offer, stale: { at: 0, agoMs: 900_000 } }),
  offerCard({ ...offer, say: 'reject app-3 {text}', text: 'two\nlines' }),
]

const account = { platform: 'slack', account: 'U123' }
const awaited: Awaited = {
  id: 'x',
  say: 'reject app-3 {text}',
  label: 'What should change?',
  about: null,
  by: 'ada',
  place: home,
  until: 0,
  outcome: null,
}

/** What is said of what the bot itself keeps. */
const everything = { session: null, project: null, kind: null }
const silences: readonly Silenced[] = [
  everything,
  { ...everything, session: 'app-3' },
  { ...everything, project: 'app' },
  ...reactionKeys.map((kind) => ({ ...everything, kind })),
]
const notes: readonly Card[] = [
  usedCard('x', 'app'),
  ...[null, 'In private'].map((where) => followed('x', 'app-3', where)),
  unfollowed('x', 'app-3'),
  isShownHere('x', 'app-3'),
  ...silences.flatMap((what) =>
    [forEver, 3_600_000, 90_000_000, 700_000_000].map((until) => mutedCard('x', { what, until, isPrivate: what.session === null, now: 0 })),
  ),
  ...silences.flatMap((what) => [null, 3_600_000, forEver].map((still) => unmutedCard('x', { what, still, now: 0 }))),
  movedCard('x', 'app-3', 'on slack'),
  codeCard('x', 'ABCD2345'),
  linkedCard('x', 'ada'),
  joinedCard('x', account, 'ada'),
  unlinkedCard('x', [account], 'ada'),
  ...[true, false].map((isAsked) => strangerCard('x', account, isAsked)),
  ...(['wrong', 'too often'] as const).map((is) => wrongCode('x', is)),
  editedCard('x'),
  awaitedCard(awaited),
  awaitedCard({ ...awaited, say: 'answer app-3 {text}' }),
  ...(['filled', 'off'] as const).map((is) => awaitedCard({ ...awaited, outcome: { is, cause: 'y' } })),
]

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
  puzzled('x', 'unknown'),
  puzzled('x', 'hidden characters'),
  ...offers,
  ...notes,
  forgotten('x'),
  refused('x', 'y', new Error('a bug')),
  asking('x', 'session', 'Say it.'),
  cannot('x', 'Nothing is at work.', 'Say "status ended" for what has ended.'),
  peopleList('x', [{ name: 'ada', roles: { '*': ['admin'] } }], null),
  peopleList('x', [], 'eve'),
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

const built = intents.filter(isBuilt)
const unbuilt = intents.filter((intent) => !isBuilt(intent))

describe('every intent', () => {
  test('has a name of its own, one word', () => {
    expect(new Set(intents.map(({ name }) => name)).size).toBe(intents.length)
    for (const { name } of intents) expect(name).toMatch(/^[a-z]+$/)
  })

  test.each(built)('$name has sentences that mean what they say, in their place', ({ name, examples }) => {
    for (const { say, in: place = 'channel', means } of examples) {
      const reading = parse(say, intents, places[place])
      expect([reading?.intent.name, reading?.meaning, reading?.isExact], say).toEqual([name, means, true])
    }
  })

  test.each(built)('$name is in the help, with all it understands', ({ name, summary, examples, forms, role }) => {
    const [first] = examples
    expect(help('x', null, intents).lines.filter((line) => line.startsWith(first?.say ?? '-') && line.endsWith(summary))).toHaveLength(1)
    const one = help('x', name, intents)
    for (const { say } of examples) expect(one.lines).toContain(`  ${say}`)
    expect(one.lines.at(-1)).toBe(`Takes the ${role} role.`)
    expect(one.blocks.flatMap(({ text }) => text.split('\n')).toSorted()).toEqual([...new Set(forms.map(formText))].toSorted())
    expect(summary).toMatch(/^[A-Z].*\.$/)
  })

  test.each(built)('$name has forms that can be read at a glance', ({ forms }) => {
    for (const text of forms.map(formText)) {
      expect(text).toMatch(/^\S(?:.{0,98}\S)?$/)
      expect(text).not.toMatch(/[{}:]\w|<[^>]*<|\w+:\w+=| {2}/)
      for (const [, name = ''] of text.matchAll(/<([^>]*)>/g)) expect(name).toMatch(/^\w[\w ]*$/)
    }
  })

  test.each(unbuilt)('$name is understood, but neither offered nor listed: it is not part of this version', (intent) => {
    const { name, summary, means } = intent
    const meaning = means({}, places.thread)
    expect(meaning).toMatchObject({ refused: expect.stringContaining('is not part of this version yet') })
    if ('hint' in meaning) for (const words of quotedIn(meaning.hint)) expect(isUnderstood(words), words).toBe(true)
    expect(JSON.stringify(help('x', null, intents))).not.toContain(summary)
    expect(help('x', name, intents)).toMatchObject({
      title: `${name}: ${summary}`,
      lines: ['I understand it when it is said, but it is not part of this version yet.', 'Say "help" for what is.'],
      blocks: [],
    })
  })

  test.each(intents)('$name asks for what is missing in words that work', ({ means }: Intent) => {
    for (const context of [places.channel, { ...places.channel, project: null }, { ...places.channel, sessions: [] }]) {
      const meaning = means({}, context)
      if ('hint' in meaning) for (const words of quotedIn(meaning.hint)) expect(isUnderstood(words), words).toBe(true)
    }
  })

  test('takes the role that its wishes take, and only what reads calls itself reading', () => {
    for (const { name, examples, role, risk } of built) {
      const wishes = examples.flatMap(({ means }) => ('wishes' in means ? means.wishes : []))
      const isKeeping = examples.some(({ means }) => 'note' in means)
      for (const wish of wishes) expect([name, role]).toEqual([name, needs[wish.name]])
      expect([name, risk === 'read']).toEqual([name, wishes.length === 0 && !isKeeping])
    }
  })
})

const meanings = intents.flatMap(({ examples }) => examples.map(({ means }) => means))

test.each(Object.keys(needs) as Wish['name'][])('the wish "%s" can be said', (name) => {
  expect(meanings.some((means) => 'wishes' in means && means.wishes.some((wish) => wish.name === name))).toBe(true)
})

const questions: Readonly<Record<QuestionName, true>> = {
  adopt: true,
  status: true,
  show: true,
  logs: true,
  screen: true,
  diff: true,
  why: true,
  queue: true,
  cleanup: true,
  cost: true,
  digest: true,
  digests: true,
  projects: true,
  whoami: true,
  who: true,
  help: true,
}

test.each(Object.keys(questions))('the question "%s" can be asked', (name) => {
  expect(meanings.some((means) => 'question' in means && means.question.name === name)).toBe(true)
})
