import { describe, expect, test } from 'vitest'
import { draw } from '../../../bot/draw.ts'
import { alerts, resolvedAlert } from '../../../bot/views/alerts.ts'
import type { Fact } from '../../../core/contracts/fact.ts'
import type { ReactionKey } from '../../../core/contracts/names.ts'
import type { Session } from '../../../core/contracts/session.ts'
import type { About } from '../../../core/contracts/wish.ts'
import { evolve } from '../../../core/session/evolve.ts'
import { asked, asText, ended, idled, later, live, seen, sessionOf, setting, standing } from '../sessions.ts'

const exited: Fact = { type: 'agent.exited', at: 60_000, code: null, signal: 'SIGKILL', isGood: false, screen: 'one\ntwo' }
const worked: Fact = { type: 'work.seen', at: 61_000, work: { head: 'c0ffee11', ahead: 0, dirty: [] } }
const textOf = (session: Session): readonly string[] => alerts(session, standing(session)).flatMap((card) => asText(card).split('\n'))
const tenMinutes = 600_000

/** What raises each key, and what people then read. */
const calls: Readonly<Record<Exclude<ReactionKey, 'all-complete'>, { readonly facts: readonly Fact[]; readonly says: readonly string[] }>> =
  {
    'ci-failed': {
      facts: [seen({ checks: 'failing', failing: ['lint'] })],
      says: [
        '(bad) app-3 · checks are red · #1 Fix the sum',
        '  #7 at c0ffee11: lint failed',
        '  #7 “Fix the sum” at c0ffee11',
        '  [Send to agent] tell app-3 #7 at c0ffee11: lint failed. Please look at it, fix it, commit, and report done.',
        '  [Diff] diff app-3',
        '  [Logs] logs app-3',
      ],
    },
    'changes-requested': {
      facts: [seen({ openThreads: { people: 1, bots: 0 }, review: 'changes-requested' })],
      says: [
        '(bad) app-3 · changes were requested · #1 Fix the sum',
        '  #7: a review comment waits',
        '  #7 “Fix the sum” at c0ffee11',
        '  [Send to agent] tell app-3 #7: a review comment waits. Please look at it, fix it, commit, and report done.',
        '  [Approve] approve app-3',
        '  [Request changes] reject app-3 {text}',
        '  [Diff] diff app-3',
        '  [Logs] logs app-3',
      ],
    },
    'bugbot-comments': {
      facts: [seen({ openThreads: { people: 0, bots: 2 }, isDraft: true })],
      says: [
        '(bad) app-3 · bots left comments · #1 Fix the sum',
        '  #7: 2 comments by bots wait',
        '  #7 “Fix the sum” at c0ffee11',
        '  [Send to agent] tell app-3 #7: 2 comments by bots wait. Please look at it, fix it, commit, and report done.',
        '  [Diff] diff app-3',
        '  [Logs] logs app-3',
      ],
    },
    'merge-conflicts': {
      facts: [seen({ conflict: 'conflicting', conflictFiles: ['a.ts', 'b.ts'] })],
      says: [
        '(bad) app-3 · there is a conflict · #1 Fix the sum',
        '  #7 conflicts with main in a.ts and b.ts',
        '  #7 “Fix the sum” at c0ffee11',
        '  [Send to agent] tell app-3 #7 conflicts with main in a.ts and b.ts. Please look at it, fix it, commit, and report done.',
        '  [Diff] diff app-3',
        '  [Logs] logs app-3',
      ],
    },
    'approved-and-green': {
      facts: [seen()],
      says: [
        '(ask) app-3 · waits for your decision · #1 Fix the sum',
        '  #7: checks passed; ready to merge',
        '  #7 “Fix the sum” at c0ffee11',
        '  [Merge] merge app-3',
        '  [Request changes] reject app-3 {text}',
        '  [Diff] diff app-3',
      ],
    },
    'agent-idle': {
      facts: [idled, worked],
      says: ['(bad) app-3 · the agent is idle · #1 Fix the sum', '  its turn ended without a change'],
    },
    'agent-stuck': {
      facts: [],
      says: [
        '(bad) app-3 · the agent is stuck · #1 Fix the sum',
        '  no sign of work',
        '  You are called because: silent for 10 min.',
        '  [Restart] restart app-3',
        '  [Logs] logs app-3',
        '  [Stop!] stop app-3',
      ],
    },
    'agent-needs-input': {
      facts: [asked()],
      says: ['(ask) app-3 asks: Which database?', '  Both would do.', '  [SQLite] answer app-3 1', '  [Postgres] answer app-3 2'],
    },
    'agent-exited': {
      facts: [exited],
      says: [
        '(bad) app-3 · the agent is gone · #1 Fix the sum',
        '  its process was ended by SIGKILL',
        '  | the end of its terminal: one',
        'two',
        '  [Restart] restart app-3',
        '  [Logs] logs app-3',
        '  [Stop!] stop app-3',
      ],
    },
    'pr-closed': {
      facts: [seen({ state: 'closed' })],
      says: [
        '(bad) app-3 · the change was closed · #1 Fix the sum',
        '  #7 was closed without being merged',
        '  #7 “Fix the sum” at c0ffee11',
        '  [Stop!] stop app-3',
      ],
    },
  }

const calledFor = (key: keyof typeof calls): Session =>
  later(sessionOf([...live, ...calls[key].facts]), key === 'agent-stuck' ? tenMinutes : 90_000)

describe('people are called', () => {
  test.each(Object.keys(calls) as (keyof typeof calls)[])('for %s', (key) => {
    expect(textOf(calledFor(key))).toEqual(calls[key].says)
  })

  test('first for decisions about code, and each call is a message of its own', () => {
    const [card] = alerts(calledFor('approved-and-green'), standing(calledFor('approved-and-green')))
    expect(card).toMatchObject({ kind: 'approval', key: expect.stringMatching(/^alert:app-3:approved-and-green:\d+$/) })
    const [again] = alerts(later(sessionOf([...live, seen(), seen({ head: 'beef' })])), standing(calledFor('approved-and-green')))
    expect(again?.key).not.toBe(card?.key)
  })

  test('with the end of the logs of what failed', () => {
    const key = 'ci-failed/7/c0ffee11/c0ffee11'
    const found = { number: 7, head: 'c0ffee11', failing: [{ name: 'lint', logTail: `${'x\n'.repeat(50)}the end` }], threads: [] }
    const [card] = alerts(evolve(calledFor('ci-failed'), { type: 'change.detailed', at: 1, key, found }), standing(calledFor('ci-failed')))
    expect(card?.blocks).toEqual([{ title: 'the end of lint', text: expect.stringMatching(/^(x\n){11}the end$/) }])
  })

  test('for a permission with what it is about, whole, and a no that takes a reason', () => {
    const parts = { kind: 'permission', text: 'May I run a command?', detail: 'npm install\nnpm test', refusal: 3 } as const
    const options = ['Yes', 'Yes, for this session', 'No']
    const session = later(sessionOf([...live, asked('r1', { ...parts, options })]))
    expect(textOf(session)).toEqual([
      '(ask) app-3 asks: May I run a command?',
      '  | what it is about: npm install',
      'npm test',
      '  [Yes] answer app-3 1',
      '  [Yes, for this session] answer app-3 2',
      '  [No] answer app-3 3',
      '  [No…] answer app-3 3, {text}',
    ])
  })

  test('for a plan with the plan itself, formatted', () => {
    const session = later(
      sessionOf([...live, asked('r1', { kind: 'plan', text: 'Go on with this plan?', detail: '1. **Read**\n2. Write' })]),
    )
    expect(alerts(session, standing(session))[0]).toMatchObject({ body: '1. **Read**\n2. Write', blocks: [] })
  })

  test('the choices of a question stand under the question and under no other call', () => {
    const session = later(sessionOf([...live, seen(), asked()]))
    const cards = alerts(session, standing(session))
    expect(cards.map(({ title, actions }) => [title, actions.map(({ label }) => label)])).toEqual([
      ['app-3 · waits for your decision · #1 Fix the sum', []],
      ['app-3 asks: Which database?', ['SQLite', 'Postgres']],
    ])
  })

  test('for an effect that failed for good, and not while it is tried again', () => {
    const failed = (retryAt: number | null): Fact => ({
      type: 'effect.failed',
      at: 1,
      effect: 'scm.open',
      subject: null,
      code: null,
      why: 'No remote.\nIn /w/app-3.',
      hint: 'Add one.',
      retryAt,
    })
    expect(textOf(sessionOf([...live, failed(null)]))).toEqual([
      '(bad) app-3 · opening the change failed',
      '  No remote.',
      '  In /w/app-3.',
      '  Add one.',
      '  [Retry] retry app-3',
    ])
    expect(textOf(sessionOf([...live, failed(5), failed(null)]))[0]).toBe('(bad) app-3 · opening the change failed 2 times')
    expect(textOf(sessionOf([...live, failed(5)]))).toEqual([])
  })

  const merge: Fact = {
    type: 'merge.requested',
    at: 60_000,
    by: 'ada',
    number: 7,
    base: 'main',
    head: 'c0ffee11',
    patchId: 'p1',
    method: 'merge',
    rule: 'maintainer may merge',
  }
  const refused = (says = 'the forge no longer has it in hand'): Fact => ({
    type: 'merge.refused',
    at: 61_000,
    number: 7,
    head: 'c0ffee11',
    why: 'protected',
    says,
  })

  test('for a merge that was not done, with its reason, until somebody merges anew or asks for changes', () => {
    const session = sessionOf([...live, seen({ checks: 'pending' }), merge, refused()])
    expect(textOf(session)).toEqual([
      '(bad) app-3 · #7 was not merged: the forge no longer has it in hand',
      '  It was to be merged at c0ffee11.',
      '  [Merge when green] merge app-3 when green',
      '  [Diff] diff app-3',
    ])
    const [call] = alerts(session, standing(session))
    expect(asText(resolvedAlert(call?.key ?? '', session, standing(session)))).toContain('app-3 · settled: it was not merged')
    expect(textOf(evolve(session, merge))).toEqual([])
    const rejected: Fact = { type: 'rejection.given', at: 62_000, by: 'bob', number: 7, head: 'c0ffee11', text: 'The name is wrong.' }
    expect(textOf(evolve(session, rejected))).toEqual([])
  })

  test('for a merge that was not done beside the next decision: what can be done stands once', () => {
    const session = later(sessionOf([...live, seen(), merge, refused()]))
    const cards = alerts(session, standing(session))
    expect(cards.map(({ title, actions }) => [title, actions.length > 0])).toEqual([
      ['app-3 · waits for your decision · #1 Fix the sum', true],
      ['app-3 · #7 was not merged: the forge no longer has it in hand', false],
    ])
  })

  const unpushed: readonly Fact[] = [
    { type: 'work.seen', at: 62_000, work: { head: 'beef0000beef', ahead: 2, dirty: [] } },
    {
      type: 'effect.failed',
      at: 63_000,
      effect: 'scm.push',
      subject: null,
      code: 'PUSH_REFUSED',
      why: 'The branch was not pushed: Cem pushed a commit there.',
      hint: 'Run "git rebase refs/ao/changes/7" in the workspace, and push again.',
      retryAt: null,
    },
  ]

  test('to merge what lacks commits of the agent, which is said with the reason', () => {
    const lines = textOf(later(sessionOf([...live, seen(), ...unpushed])))
    expect(lines).toContain("  The agent's commits up to beef0000 are not in #7: The branch was not pushed: Cem pushed a commit there.")
    expect(textOf(later(sessionOf([...live, seen({ head: 'beef0000beef' }), ...unpushed]))).join()).not.toContain('are not in #7')
  })

  test('for a push that a rebase mends, with a button that lets the agent do it', () => {
    const session = sessionOf([...live, seen({ checks: 'pending' }), ...unpushed])
    const [card] = alerts(session, standing(session))
    expect(card?.title).toBe('app-3 · the push failed')
    expect(card?.actions.map(({ label }) => label)).toEqual(['Send to agent', 'Retry'])
    expect(card?.actions[0]?.say).toMatch(/^tell app-3 The branch was not pushed: .* Run "git rebase refs\/ao\/changes\/7"/)
  })

  test('for two sessions that change the same files, as long as they do', () => {
    const collided = (files: readonly string[]): Fact => ({ type: 'collision.seen', at: 60_000, other: 'app-4', files })
    expect(textOf(sessionOf([...live, collided(['a.ts'])]))[0]).toBe('(ask) app-3 · changes the same files as app-4')
    expect(textOf(sessionOf([...live, collided(['a.ts']), collided([])]))).toEqual([])
  })

  test('for words of a person that nobody can confirm, and not for words of ours', () => {
    const unconfirmed = (id: string, from: string): readonly Fact[] => [
      { type: 'message.queued', at: 1, id, from, text: 'use zod', trouble: null },
      { type: 'message.handed', at: 2, id },
      { type: 'message.unconfirmed', at: 3, id },
    ]
    expect(textOf(sessionOf([...live, ...unconfirmed('app-3-m5', 'bob'), ...unconfirmed('app-3-m8', 'ao')]))).toEqual([
      '(ask) app-3 · not confirmed: nobody can say whether the agent heard this',
      '  “use zod”',
      '  It is not said again by itself, because then it might be heard twice.',
      '  [Send again] resend app-3 app-3-m5',
    ])
  })

  test('once the session has ended, for nothing but what could not be put in order', () => {
    for (const key of Object.keys(calls) as (keyof typeof calls)[])
      expect(textOf([ended('stopped', 'ada')].reduce(evolve, calledFor(key))), key).toEqual([])
  })
})

describe('a call whose cause is gone is edited to say so', () => {
  const decided: Fact = { type: 'question.decided', at: 1, decision: { request: 'r1', choice: 1, text: 'SQLite', by: 'bob' } }
  const confirmed: readonly Fact[] = [
    decided,
    { type: 'question.handed', at: 2, request: 'r1' },
    { type: 'question.confirmed', at: 3, request: 'r1' },
  ]
  test.each<[string, readonly Fact[], string]>([
    ['alert:app-3:ci-failed:7', [seen()], '(calm) app-3 · settled: checks are red\n  It is mergeable now.'],
    ['alert:app-3:scm.open:7', [], '(calm) app-3 · settled: opening the change failed\n  It is working now.'],
    ['alert:app-3:message-app-3-m5:7', [], '(calm) app-3 · settled: a message was not confirmed\n  It is working now.'],
    ['alert:app-3:agent-stuck:7', [ended('stopped')], '(calm) app-3 · settled: the agent is stuck\n  It is stopped now.'],
    [
      'alert:app-3:agent-needs-input:7',
      [asked(), decided],
      '(calm) app-3 · settled: the agent asks\n  “Which database?”: bob said SQLite (sending)',
    ],
    [
      'alert:app-3:agent-needs-input:7',
      [asked(), ...confirmed],
      '(calm) app-3 · settled: the agent asks\n  “Which database?”: bob said SQLite',
    ],
    [
      'alert:app-3:agent-needs-input:7',
      [asked(), { type: 'question.overtaken', at: 1, request: 'r1', text: 'Postgres' }],
      '(calm) app-3 · settled: the agent asks\n  “Which database?” was answered at the terminal first: Postgres',
    ],
    [
      'alert:app-3:agent-needs-input:7',
      [asked(), { type: 'question.gone', at: 1, request: 'r1' }],
      '(calm) app-3 · settled: the agent asks\n  “Which database?” is no longer asked.',
    ],
  ])('%s after %j', (key, facts, text) => {
    const session = sessionOf([...live, ...facts])
    expect(asText(resolvedAlert(key, session, standing(session)))).toBe(text)
    expect(resolvedAlert(key, session, standing(session))).toMatchObject({ key, kind: 'status', actions: [] })
  })
})

describe('all cards of a session', () => {
  const reads = { headline: (session: Session) => standing(session).headline, queue: () => [], settingOf: () => setting }
  const open: About = { session: 'app-3', change: null, request: null }
  const keys = (session: Session, shown: readonly string[] = [], about: About | null = open): readonly string[] =>
    draw(session, {
      reads,
      shown: Object.fromEntries(
        shown.map((key) => [key, { ref: { place: { platform: 'chat', channel: 'main', thread: null }, id: '1' }, drawn: '', about }]),
      ),
    }).map(({ key, tone }) => `${key} ${tone}`)

  test('are its own, and one for each call', () => {
    expect(keys(sessionOf(live))).toEqual(['session:app-3 busy'])
    expect(keys(calledFor('ci-failed'))).toEqual(['alert:app-3:ci-failed:7 bad', 'session:app-3 bad'])
  })

  test('a call that is on show and no longer holds is settled; cards of other sessions are left alone', () => {
    expect(keys(sessionOf(live), ['session:app-3', 'alert:app-3:ci-failed:7', 'alert:app-33:ci-failed:7', 'answer:x:y'])).toEqual([
      'session:app-3 busy',
      'alert:app-3:ci-failed:7 calm',
    ])
  })

  test('a call that was settled is a record of its time, and is not drawn again', () => {
    expect(keys(sessionOf(live), ['alert:app-3:ci-failed:7'], null)).toEqual(['session:app-3 busy'])
  })

  test('a question that was asked after the call is not what the call was about', () => {
    const session = sessionOf([...live, asked()])
    expect(asText(resolvedAlert('alert:app-3:agent-needs-input:2', session, standing(session)))).toContain('Something else was asked')
  })

  test('a call that is on show and still holds is the same message', () => {
    expect(keys(calledFor('ci-failed'), ['alert:app-3:ci-failed:7'])).toEqual(['alert:app-3:ci-failed:7 bad', 'session:app-3 bad'])
  })

  test('a result once it has ended; after a restore and a second end a second one', () => {
    const once = sessionOf([...live, ended('stopped', 'ada')])
    expect(keys(once)).toEqual(['result:app-3:5 calm', 'session:app-3 calm'])
    const twice = [{ type: 'session.restored', at: 1, by: 'ada' } as Fact, ended('failed')].reduce(evolve, once)
    expect(keys(twice)).toEqual(['result:app-3:7 bad', 'session:app-3 bad'])
  })

  test('the same session gives the same cards', () => {
    expect(draw(calledFor('ci-failed'), { reads, shown: {} })).toEqual(draw(calledFor('ci-failed'), { reads, shown: {} }))
  })
})
