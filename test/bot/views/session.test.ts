import { describe, expect, test } from 'vitest'
import type { Card } from '../../../bot/contracts/card.ts'
import { intents } from '../../../bot/intents/index.ts'
import { parse } from '../../../bot/understand/parse.ts'
import { alerts } from '../../../bot/views/alerts.ts'
import { resultCard } from '../../../bot/views/answers.ts'
import { sessionCard } from '../../../bot/views/session.ts'
import type { Fact } from '../../../core/contracts/fact.ts'
import type { Setting } from '../../../core/contracts/rules.ts'
import type { Headline, Session } from '../../../core/contracts/session.ts'
import type { SessionWish } from '../../../core/contracts/wish.ts'
import {
  asked,
  asText,
  change,
  ended,
  grant,
  headlines,
  later,
  live,
  places,
  prepared,
  requested,
  seen,
  sessionOf,
  setting,
  standing,
  withApprovals,
} from '../sessions.ts'

const cardOf = (facts: readonly Fact[], by?: Setting): Card => {
  const session = sessionOf(facts)
  return sessionCard(session, standing(session, by))
}

const drawn: Readonly<Record<Headline, readonly string[]>> = {
  queued: ['(calm) app-3 · queued, place 2: 5 of 5 agents are running · #1 Fix the sum', '  asked for by ada'],
  spawning: ['(busy) app-3 · spawning · #1 Fix the sum', '  starting codex'],
  working: ['(busy) app-3 · working · #1 Fix the sum', '  codex on ao/1-fix-the-sum'],
  'needs input': [
    '(ask) app-3 · needs input · #1 Fix the sum',
    '  codex on ao/1-fix-the-sum',
    '  [SQLite] answer app-3 1',
    '  [Postgres] answer app-3 2',
  ],
  idle: ['(calm) app-3 · idle · #1 Fix the sum', '  codex on ao/1-fix-the-sum', '  says: I fixed it.'],
  stuck: [
    '(bad) app-3 · stuck · #1 Fix the sum',
    '  codex on ao/1-fix-the-sum',
    '  [Restart] restart app-3',
    '  [Logs] logs app-3',
    '  [Stop!] stop app-3',
  ],
  paused: ['(calm) app-3 · paused · #1 Fix the sum', '  codex on ao/1-fix-the-sum', '  [Resume] resume app-3'],
  exited: [
    '(bad) app-3 · exited · #1 Fix the sum',
    '  codex on ao/1-fix-the-sum',
    '  [Restart] restart app-3',
    '  [Logs] logs app-3',
    '  [Stop!] stop app-3',
  ],
  'pr open': [
    '(busy) app-3 · pr open · #1 Fix the sum',
    '  codex on ao/1-fix-the-sum',
    '  #7 at c0ffee11 → main · checks passing · draft',
    '  [Diff] diff app-3',
    '  [Logs] logs app-3',
  ],
  'ci running': [
    '(busy) app-3 · ci running · #1 Fix the sum',
    '  codex on ao/1-fix-the-sum',
    '  #7 at c0ffee11 → main · checks pending',
    '  [Merge when green] merge app-3 when green',
    '  [Diff] diff app-3',
  ],
  'ci failed': [
    '(bad) app-3 · ci failed · #1 Fix the sum',
    '  codex on ao/1-fix-the-sum',
    '  #7 at c0ffee11 → main · checks failing (lint, test)',
    '  [Diff] diff app-3',
    '  [Logs] logs app-3',
  ],
  'review pending': [
    '(ask) app-3 · review pending · #1 Fix the sum',
    '  codex on ao/1-fix-the-sum',
    '  #7 at c0ffee11 → main · checks passing',
    '  [Approve] approve app-3',
    '  [Request changes] reject app-3 {text}',
    '  [Diff] diff app-3',
  ],
  'changes requested': [
    '(bad) app-3 · changes requested · #1 Fix the sum',
    '  codex on ao/1-fix-the-sum',
    '  #7 at c0ffee11 → main · checks passing · review changes requested',
    '  [Approve] approve app-3',
    '  [Request changes] reject app-3 {text}',
    '  [Diff] diff app-3',
    '  [Logs] logs app-3',
  ],
  conflict: [
    '(bad) app-3 · conflict · #1 Fix the sum',
    '  codex on ao/1-fix-the-sum',
    '  #7 at c0ffee11 → main · checks passing · conflict in a.ts',
    '  [Diff] diff app-3',
    '  [Logs] logs app-3',
  ],
  mergeable: [
    '(ask) app-3 · mergeable · #1 Fix the sum',
    '  codex on ao/1-fix-the-sum',
    '  #7 at c0ffee11 → main · checks passing',
    '  [Merge] merge app-3',
    '  [Request changes] reject app-3 {text}',
    '  [Diff] diff app-3',
  ],
  merging: ['(busy) app-3 · merging · #1 Fix the sum', '  codex on ao/1-fix-the-sum', '  #7 at c0ffee11 → main · checks passing'],
  merged: ['(good) app-3 · merged · #1 Fix the sum', '  codex on ao/1-fix-the-sum', '  #7 at c0ffee11 → main · merged'],
  closed: [
    '(bad) app-3 · closed · #1 Fix the sum',
    '  codex on ao/1-fix-the-sum',
    '  #7 at c0ffee11 → main · closed',
    '  [Stop!] stop app-3',
  ],
  done: ['(good) app-3 · done · #1 Fix the sum', '  codex on ao/1-fix-the-sum'],
  stopped: ['(calm) app-3 · stopped · #1 Fix the sum', '  codex on ao/1-fix-the-sum', '  [Restore] restore app-3'],
  failed: ['(bad) app-3 · failed · #1 Fix the sum', '  codex on ao/1-fix-the-sum', '  [Retry] retry app-3'],
}

describe('the card of a session', () => {
  test.each(Object.keys(headlines) as Headline[])('%s', (headline) => {
    const { facts, setting: by } = headlines[headline]
    expect(standing(sessionOf(facts), by).headline).toBe(headline)
    expect(asText(cardOf(facts, by)).split('\n')).toEqual(drawn[headline])
  })

  test('is one message for ever, and says what a wish under it is about', () => {
    const [first, second] = [cardOf(live), cardOf([...live, seen(), asked()])]
    expect(first).toMatchObject({ key: 'session:app-3', kind: 'status', about: { session: 'app-3', change: null, request: null } })
    expect(second).toMatchObject({
      key: 'session:app-3',
      about: { session: 'app-3', change: { number: 7, base: 'main', head: change.head, patchId: 'p1' }, request: 'r1' },
    })
  })

  test('a change that is no longer open is about nothing', () => {
    expect(cardOf([...live, seen({ state: 'closed' })]).about?.change).toBeNull()
  })

  test('a sentence as a task is shown as the sentence', () => {
    const task = { key: 'say-1a2b', title: 'rename Foo to Bar', body: '', url: null, author: null }
    expect(cardOf([{ ...requested, task } as Fact]).title).toMatch(/ · rename Foo to Bar$/)
  })

  test('what it says last, what runs, and what is on its way to it', () => {
    const { lines } = cardOf([
      ...live,
      { type: 'agent.worked', at: 1, workedAt: 1, tool: { name: 'npm test', since: 1 } },
      { type: 'agent.reported', at: 2, mark: 1, kind: 'progress', text: 'half of it\nand more' },
      { type: 'message.queued', at: 3, id: 'app-3-m1', from: 'bob', text: 'bob: use zod', trouble: null },
      { type: 'message.queued', at: 3, id: 'app-3-m2', from: 'ao', text: 'look at the checks', trouble: null },
      { type: 'message.handed', at: 4, id: 'app-3-m1' },
    ])
    expect(lines).toEqual([
      'codex on ao/1-fix-the-sum',
      'runs npm test',
      'says: half of it',
      '“bob: use zod” from bob is being said',
      '“look at the checks” waits to be said',
    ])
  })

  test('what failed, and whether it is tried again', () => {
    const failed = (retryAt: number | null): Fact => ({
      type: 'effect.failed',
      at: 1,
      effect: 'scm.open',
      subject: null,
      code: null,
      why: 'No remote.\nAt all.',
      hint: 'Add one.',
      retryAt,
    })
    expect(cardOf([...live, failed(null)]).lines).toContain('opening the change failed: No remote. Add one.')
    expect(cardOf([...live, failed(5)]).lines).toContain('opening the change failed: No remote. It is tried again.')
    expect(cardOf([...live, failed(null), { type: 'effect.retried', at: 2, effect: 'scm.open', subject: null }]).lines).toHaveLength(1)
  })
})

/** Sessions in which a button might promise too much. */
const corners: Readonly<Record<string, { readonly facts: readonly Fact[]; readonly setting?: Setting }>> = {
  'a draft whose checks run': { facts: [...live, seen({ checks: 'pending', isDraft: true })] },
  'one behind whose checks run': { facts: [...live, seen({ checks: 'pending', isBehind: true })] },
  'changes requested while checks run': { facts: [...live, seen({ checks: 'pending', review: 'changes-requested' })] },
  'checks run and two approvals are needed': { facts: [...live, seen({ checks: 'pending' })], setting: withApprovals(2) },
  'merge when green was said': {
    facts: [
      ...live,
      seen({ checks: 'pending' }),
      { type: 'merge.armed', at: 1, by: 'ada', number: 7, head: change.head, patchId: 'p1', method: null },
    ],
  },
  'stopped after its change was closed': { facts: [...live, seen({ state: 'closed' }), ended('closed', 'ada')] },
  'stopped while it waited in the queue': { facts: [requested, ended('stopped', 'ada')] },
  'stopped and cleared': {
    facts: [...live, ended('stopped', 'ada'), { type: 'agent.gone', at: 2 }, { type: 'workspace.removed', at: 3, savedRef: 'refs/ao/1' }],
  },
  'stopped after a first change was merged': {
    facts: [...live, seen({ number: 6, state: 'merged' }), seen({ state: 'closed' }), ended('stopped', 'ada')],
  },
  'stopped while it asked': { facts: [...live, asked(), ended('stopped', 'ada')] },
  'stopped with a message that nobody can confirm': {
    facts: [
      ...live,
      { type: 'message.queued', at: 1, id: 'app-3-m5', from: 'bob', text: 'bob: x', trouble: null },
      { type: 'message.handed', at: 2, id: 'app-3-m5' },
      { type: 'message.unconfirmed', at: 3, id: 'app-3-m5' },
      ended('stopped', 'ada'),
    ],
  },
  'a message that nobody can confirm': {
    facts: [
      ...live,
      { type: 'message.queued', at: 1, id: 'app-3-m5', from: 'bob', text: 'bob: x', trouble: null },
      { type: 'message.handed', at: 2, id: 'app-3-m5' },
      { type: 'message.unconfirmed', at: 3, id: 'app-3-m5' },
    ],
  },
  'an answer that nobody can confirm': {
    facts: [
      ...live,
      { type: 'message.queued', at: 1, id: 'answer-Toolu_01', from: 'bob', text: 'SQLite', trouble: null },
      { type: 'message.handed', at: 2, id: 'answer-Toolu_01' },
      { type: 'message.unconfirmed', at: 3, id: 'answer-Toolu_01' },
    ],
  },
  'an effect that failed for good': {
    facts: [
      ...live,
      { type: 'effect.failed', at: 1, effect: 'scm.open', subject: null, code: null, why: 'No remote.', hint: null, retryAt: null },
    ],
  },
  'an effect that failed for good, and the session ended': {
    facts: [
      ...live,
      { type: 'effect.failed', at: 1, effect: 'agent.end', subject: null, code: null, why: 'It lives.', hint: null, retryAt: null },
      ended('stopped', 'ada'),
    ],
  },
  'checks with names that are long, hidden, or commands': {
    facts: [
      ...live,
      seen({
        checks: 'failing',
        failing: ['x\u200b agent=evil', '"', 'to stop', ...Array.from({ length: 300 }, (_, n) => `check number ${n}`)],
      }),
    ],
  },
  'paused in the middle of a start': { facts: [...prepared, { type: 'session.suspended', at: 1, by: 'ada' }] },
}

const cardsOf = (session: Session, by: Setting): readonly Card[] => {
  const known = later(session, 90_000, by)
  const result = known.phase === 'ended' ? resultCard(known) : null
  return [sessionCard(known, standing(known, by)), ...alerts(known, standing(known, by)), ...(result ? [result] : [])]
}

test.each([...Object.entries(headlines), ...Object.entries(corners)])(
  'no button of a session that is “%s” would be refused',
  (_name, { facts, setting: by = setting }) => {
    const session = sessionOf(facts)
    for (const card of cardsOf(session, by)) {
      for (const { say } of card.actions) {
        const meaning = parse(say, intents, places.thread)?.meaning
        expect(meaning, say).toBeDefined()
        if (!meaning || !('wishes' in meaning)) continue
        expect(meaning.wishes, say).toHaveLength(1)
        for (const wish of meaning.wishes) {
          const facts = grant(later(session, 90_000, by), { ...wish, about: card.about } as SessionWish, by) // only merge, approve and reject look at it
          expect(facts.length, `${say} under ${card.title}`).toBeGreaterThan(0)
        }
      }
    }
  },
)

test('a button to tell the agent carries names from outside as words and nothing else', () => {
  const session = later(sessionOf(corners['checks with names that are long, hidden, or commands']?.facts ?? []))
  const [button] = alerts(session, standing(session)).flatMap(({ actions }) => actions.filter(({ label }) => label === 'Send to agent'))
  expect(parse(button?.say ?? '', intents, places.channel)?.meaning).toEqual({
    wishes: [{ name: 'tell', session: 'app-3', text: expect.stringContaining('agent=evil, ", to stop, check number 0') }],
  })
})
