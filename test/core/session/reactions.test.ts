import { describe, expect, test } from 'vitest'
import type { ReactionKey } from '../../../core/contracts/names.ts'
import {
  able,
  approve,
  change,
  details,
  given,
  green,
  type Happening,
  live,
  minute,
  question,
  reacting,
  red,
  type Spec,
  see,
  tick,
  wish,
} from '../../fakes/spec.ts'

const idle = see.agent({ turnEnded: { mark: 1, message: null } })
const calm = see.agent({ tool: null })

/** How each key comes up, who hears of it by default, and what makes it go away. */
type Row = { readonly comesUp: readonly Happening[]; readonly hears: 'agent' | 'people'; readonly goesAway: readonly Happening[] }
const rows: Readonly<Record<Exclude<ReactionKey, 'all-complete' | 'agent-stuck'>, Row>> = {
  'ci-failed': { comesUp: [see.change(red())], hears: 'agent', goesAway: [see.change(green({ head: 'h2' }))] },
  'changes-requested': {
    comesUp: [see.change(change({ openThreads: { people: 1, bots: 0 } }))],
    hears: 'agent',
    goesAway: [see.change(change({ head: 'h2' }))],
  },
  'bugbot-comments': {
    comesUp: [see.change(change({ openThreads: { people: 0, bots: 1 } }))],
    hears: 'agent',
    goesAway: [see.change(change({ head: 'h2' }))],
  },
  'merge-conflicts': {
    comesUp: [see.change(change({ conflict: 'conflicting' }))],
    hears: 'agent',
    goesAway: [see.change(change({ head: 'h2' }))],
  },
  'approved-and-green': { comesUp: [see.change(green())], hears: 'people', goesAway: [see.change(change())] },
  'agent-idle': { comesUp: [idle, see.work({ ahead: 0 })], hears: 'agent', goesAway: [see.change(change())] },
  'agent-needs-input': { comesUp: [see.agent({ question })], hears: 'people', goesAway: [calm] },
  'agent-exited': {
    comesUp: [see.exited(1)],
    hears: 'people',
    goesAway: [wish({ name: 'restart' }), see.admitted(), see.started(8), calm],
  },
  'pr-closed': { comesUp: [see.change(change({ state: 'closed' }))], hears: 'people', goesAway: [see.change(change())] },
}
const keys = Object.keys(rows) as (keyof typeof rows)[]
const born = given(...live)
const trouble = (spec: Spec, key: ReactionKey) => spec.session.troubles.find((one) => one.key === key)
const isTold = (spec: Spec, key: ReactionKey): boolean => spec.session.messages.some((message) => message.trouble?.key === key)
/** The same, with details where words need them. */
const raised = (key: keyof typeof rows, spec: Spec = born): Spec => {
  const up = spec.and(...rows[key].comesUp)
  return up.wanted.includes('scm.details') ? up.and(see.details(up.effect('scm.details').key)) : up
}

describe.each(keys)('%s', (key) => {
  const { hears, goesAway } = rows[key]

  test(`is heard by ${hears === 'agent' ? 'the agent' : 'people'}, once`, () => {
    const up = raised(key)
    expect(isTold(up, key)).toBe(hears === 'agent')
    expect(trouble(up, key)?.escalated !== null).toBe(hears === 'people')
    expect(up.wanted.includes('people.call')).toBe(hears === 'people')
    if (hears === 'people') {
      const { of } = up.effect('people.call')
      expect(up.and(see.called(key, of)).and(tick, ...rows[key].comesUp.slice(-1)).wanted).not.toContain('people.call')
    }
  })

  test('settles when two pictures in a row are without it', () => {
    const eased = raised(key).and(...goesAway)
    const last = goesAway.at(-1) ?? tick
    expect(trouble(eased, key)?.isEased ?? true).toBe(true)
    expect(trouble(eased.and(last), key)).toBeUndefined()
  })

  test('auto: false never tells the agent, and still tells people', () => {
    const up = raised(key, born.with(reacting(key, { auto: false })))
    expect(isTold(up, key)).toBe(false)
    expect(up.wanted).toContain('people.call')
  })

  test('action: notify tells people at once', () => {
    const up = raised(key, born.with(reacting(key, { auto: true, action: 'notify', priority: 'urgent' })))
    expect(isTold(up, key)).toBe(false)
    expect(up.effect('people.call')).toMatchObject({ key, priority: 'urgent' })
  })

  test('threshold: it must hold for so long before it counts, and the clock alone makes it count', () => {
    const early = raised(key, born.with(reacting(key, { auto: true, action: 'notify', thresholdMs: 5 * minute })))
    expect(early.wanted).not.toContain('people.call')
    expect(early.dueInMs).toBe(5 * minute)
    expect(early.after(5 * minute - 1).and(tick).wanted).not.toContain('people.call')
    early
      .after(5 * minute)
      .when(tick)
      .then([{ type: 'trouble.escalated', key }])
  })

  test('retries: 0 leaves it to people', () => {
    const up = raised(key, born.with(reacting(key, { auto: true, action: 'send-to-agent', retries: 0 })))
    expect(isTold(up, key)).toBe(false)
    expect(trouble(up, key)?.escalated).not.toBeNull()
  })

  test('a message of the project is said first', () => {
    if (key === 'agent-exited' || key === 'agent-needs-input') return // nobody is there to hear it; see below
    const up = raised(key, born.with(reacting(key, { auto: true, action: 'send-to-agent', message: 'Mind the house rules.' })))
    expect(up.session.messages.find((message) => message.trouble?.key === key)?.text).toMatch(/^Mind the house rules\./)
  })
})

test.each(['agent-exited', 'agent-needs-input'] as const)(
  '%s goes to people even where the agent should be told, because it cannot hear',
  (key) => {
    const up = raised(key, born.with(reacting(key, { action: 'send-to-agent' })))
    expect(isTold(up, key)).toBe(false)
    expect(up.wanted).toContain('people.call')
  },
)

describe('escalation by time, enforced by the clock', () => {
  test.each([
    ['changes-requested', 30],
    ['bugbot-comments', 30],
    ['merge-conflicts', 15],
  ] as const)('%s goes to people after %i minutes', (key, minutes) => {
    const up = raised(key)
    const told = up.and(see.sent(up.message), see.agent({ received: [up.message], tool: { name: 'tests', since: up.at } }))
    expect(told.dueInMs).toBe(minutes * minute)
    told
      .after(minutes * minute - 1)
      .when(tick)
      .then([])
    told
      .after(minutes * minute)
      .when(tick)
      .then([{ type: 'trouble.escalated', key, why: `not put right for ${minutes} min` }], ['people.call'])
  })
  test('whichever limit is hit first', () => {
    const impatient = raised('ci-failed', born.with(reacting('ci-failed', { escalateAfter: { ms: minute } })))
    const told = impatient.and(see.sent(impatient.message), see.agent({ received: [impatient.message] }))
    told
      .after(minute)
      .when(tick)
      .then([{ type: 'trouble.escalated', key: 'ci-failed' }])
  })
})

describe('escalation by count', () => {
  test.each([
    [{ retries: 1, escalateAfter: null }, 1],
    [{ retries: 5, escalateAfter: { messages: 3 } }, 3],
    [{ retries: 2, escalateAfter: { messages: 3 } }, 2],
  ])('%j: the agent is told %i times', (limits, times) => {
    let spec = born.with(reacting('ci-failed', limits))
    for (let head = 1; head <= 5; head += 1) {
      spec = spec.and(see.change(red({ head: `h${head}` })))
      if (spec.wanted.includes('scm.details')) spec = spec.and(see.details(spec.effect('scm.details').key, details({ head: `h${head}` })))
      if (spec.wanted.includes('agent.tell')) spec = spec.and(see.sent(spec.message), see.agent({ received: [spec.message] }))
    }
    expect(spec.session.messages.filter((message) => message.trouble?.key === 'ci-failed')).toHaveLength(times)
    expect(trouble(spec, 'ci-failed')?.escalated?.why).toBe(`the agent was told ${times === 1 ? 'once' : `${times} times`}`)
  })

  test('nudges count, although the agent works in between; a change settles it', () => {
    let spec = born
    for (let turn = 1; turn <= 3; turn += 1) {
      spec = spec.and(see.agent({ turnEnded: { mark: turn, message: null } }), see.work({ ahead: 0 }))
      if (spec.wanted.includes('agent.tell')) spec = spec.and(see.sent(spec.message), see.agent({ received: [spec.message] }), calm, calm)
    }
    expect(spec.session.messages).toHaveLength(2)
    expect(trouble(spec, 'agent-idle')?.escalated?.why).toBe('the agent was told 2 times')
    expect(trouble(spec.and(see.change(change()), see.change(change())), 'agent-idle')).toBeUndefined()
  })

  test('more comments are news, fewer are not, and a push alone is not', () => {
    const counted = (people: number, head = 'h1') => see.change(change({ head, openThreads: { people, bots: 0 } }))
    const told = raised('changes-requested', born).and(counted(1))
    const messages = (spec: Spec) => spec.session.messages.length
    expect(messages(told.and(counted(1, 'h2')))).toBe(1)
    const more = told.and(counted(3))
    expect(messages(more.and(see.details(more.effect('scm.details').key)))).toBe(2)
    expect(messages(more.and(see.details(more.effect('scm.details').key), counted(2), counted(3)))).toBe(2)
  })

  test('a review that asks for changes without a comment is said so', () => {
    const up = born.and(see.change(change({ review: 'changes-requested' })))
    expect(trouble(up, 'changes-requested')?.text).toBe('#7: changes are requested')
  })
})

test('details of several troubles are fetched one after the other, each once', () => {
  const both = born.and(see.change(red({ openThreads: { people: 1, bots: 1 } })))
  const subjects: string[] = []
  let spec = both
  while (spec.wanted.includes('scm.details')) {
    const { key } = spec.effect('scm.details')
    subjects.push(key.split('/')[0] ?? '')
    spec = spec.and(see.details(key))
    expect(subjects.length).toBeLessThan(5)
  }
  expect(subjects).toEqual(['ci-failed', 'changes-requested', 'bugbot-comments'])
  expect(spec.session.messages).toHaveLength(3)
})

test('people and bots are told apart in what the agent is told', () => {
  const comment = (author: string, isBot: boolean, text: string) => ({ author, isBot, text })
  const found = details({
    failing: [],
    threads: [
      { id: 't1', file: 'a.ts', line: 3, comments: [comment('bob', false, 'Why?'), comment('ana', false, 'Because.')] },
      { id: 't2', file: null, line: null, comments: [comment('robo', true, 'A bug.')] },
    ],
  })
  const people = born.and(...rows['changes-requested'].comesUp)
  const words = people.and(see.details(people.effect('scm.details').key, found)).effect('agent.tell').message.text
  expect(words).toContain('a.ts:3')
  expect(words).toContain('bob: Why?')
  expect(words).toContain('ana: Because.')
  expect(words).not.toContain('robo')
  const bots = born.and(...rows['bugbot-comments'].comesUp)
  const bot = bots.and(see.details(bots.effect('scm.details').key, found)).effect('agent.tell').message.text
  expect(bot).toContain('robo: A bug.')
  expect(bot).not.toContain('bob')
})

describe('while a conflict is being worked out', () => {
  test('it is neither raised nor settled', () => {
    born.when(see.change(change({ conflict: 'unknown' }))).then(['change.seen'])
    raised('merge-conflicts')
      .when(see.change(change({ conflict: 'unknown' })))
      .then(['change.seen'])
  })
})

describe('a silent agent', () => {
  const silent = born.after(10 * minute)

  test('pitfall 33: is told, then started anew in its conversation, then people are called', () => {
    expect(born.dueInMs).toBe(10 * minute)
    born
      .after(10 * minute - 1)
      .when(tick)
      .then([])
    const told = silent
      .when(tick)
      .then([{ type: 'trouble.raised', key: 'agent-stuck' }, 'message.queued', 'message.handed'], ['agent.tell'])
    const heard = told
      .and(see.sent(told.message))
      .when(see.agent({ received: [told.message] }))
      .then(['message.confirmed'])
    expect(heard.dueInMs).toBe(2.5 * minute)
    const anew = heard
      .after(2.5 * minute)
      .when(tick)
      .then([{ type: 'restart.requested', why: 'stuck' }, 'trouble.eased'], ['agent.end'])
      .when(see.gone())
      .then(['agent.gone'], ['agent.launch'])
    const started = anew
      .when(see.started(anew.effect('agent.launch').since))
      .then(['agent.started', { type: 'trouble.raised', key: 'agent-stuck' }], [])
    expect(started.dueInMs).toBe(2.5 * minute)
    const called = started
      .after(2.5 * minute)
      .when(tick)
      .then([{ type: 'trouble.escalated', key: 'agent-stuck', why: 'silent for 15 min' }], ['people.call'])
    expect(called.dueInMs).toBeNull()
  })
  test('that is left to people gives its slot to somebody else, and has one again when it works after all', () => {
    const mute = silent.with(able({ hearsWhileWorking: false, resumes: false })).and(tick)
    expect(mute.session.hasSlot).toBe(true)
    const left = mute.after(5 * minute).and(tick)
    expect(left.session).toMatchObject({ hasSlot: false, handle: expect.anything() })
    const back = left.after(minute).and(see.agent({ workedAt: silent.at + 6 * minute }))
    expect(back.session.hasSlot).toBe(true)
    expect(left.and(wish({ name: 'restart' })).session.hasSlot).toBe(true)
    expect(left.and(wish({ name: 'stop' }), see.gone()).session.hasSlot).toBe(false)
  })
  test('that works again is no longer stuck, and the steps begin anew', () => {
    const back = silent
      .and(tick)
      .after(minute)
      .when(see.agent({ workedAt: silent.at + minute }))
      .then(['agent.worked', { type: 'trouble.eased', key: 'agent-stuck' }])
      .when(see.agent({ workedAt: silent.at + minute }))
      .then(['trouble.settled'])
    expect(back.dueInMs).toBe(10 * minute)
  })
  test('that cannot be told while it works and cannot be resumed is left to people', () => {
    const mute = silent
      .with(able({ hearsWhileWorking: false, resumes: false }))
      .when(tick)
      .then(['trouble.raised'])
    mute
      .after(5 * minute - 1)
      .when(tick)
      .then([])
    mute
      .after(5 * minute)
      .when(tick)
      .then(['trouble.escalated'], ['people.call'])
  })
  test('auto: false leaves it to people at once', () => {
    silent
      .with(reacting('agent-stuck', { auto: false }))
      .when(tick)
      .then(['trouble.raised', 'trouble.escalated'], ['people.call'])
  })
  test('has its own time while a tool runs', () => {
    const testing = born.after(minute).and(see.agent({ tool: { name: 'tests', since: born.at + minute } }))
    expect(testing.dueInMs).toBe(60 * minute)
    testing
      .after(60 * minute)
      .when(tick)
      .then([{ type: 'trouble.raised', text: '"tests" has been running for very long' }, 'message.queued', 'message.handed'])
  })
  test('has the shorter time again once the tool is over', () => {
    const over = born
      .and(see.agent({ tool: { name: 'tests', since: born.at } }))
      .after(4 * minute)
      .when(see.agent({ workedAt: born.at + minute }))
      .then(['agent.worked'])
    expect(over.dueInMs).toBe(7 * minute)
  })
  test('that only asked, is paused, or waits to be continued is not stuck', () => {
    expect(
      born
        .and(see.agent({ question }))
        .after(60 * minute)
        .and(tick)
        .session.troubles.map(({ key }) => key),
    ).toEqual(['agent-needs-input'])
    expect(
      born
        .and(idle, wish({ name: 'suspend' }))
        .when(see.work({ ahead: 0 }))
        .then(['work.seen']).session.troubles,
    ).toEqual([])
    const paused = born.and(wish({ name: 'suspend' }), see.suspended())
    paused
      .after(60 * minute)
      .when(tick)
      .then([])
    paused
      .and(wish({ name: 'continue' }))
      .after(60 * minute)
      .when(tick)
      .then([])
  })
  test('evidence of work is a fact once in a quarter of the threshold', () => {
    born
      .after(2 * minute)
      .when(see.agent({ workedAt: born.at + 2 * minute }))
      .then([])
    born
      .after(3 * minute)
      .when(see.agent({ workedAt: born.at + 3 * minute }))
      .then(['agent.worked'])
  })
  test('what it did before it was told does not make it look older than it is', () => {
    const answered = born
      .after(60 * minute)
      .and(see.agent({ question }), see.agent({ workedAt: born.at, tool: { name: 'tests', since: born.at + 60 * minute } }))
    expect(answered.session.workedAt).toBe(born.at + 60 * minute)
  })
})

describe('auto-merge', () => {
  const auto = (approvals: number) => born.with(reacting('approved-and-green', { auto: true, action: 'auto-merge' }, { approvals }))

  test('merges the commit that is green', () => {
    auto(0)
      .when(see.change(green()))
      .then(['change.seen', 'trouble.raised', { type: 'merge.requested', by: 'ao', head: 'h1' }, 'trouble.eased'], ['scm.merge'])
  })
  test.each([1, 2])('waits for %i approvals by people, and then goes by itself', (approvals) => {
    let spec = auto(approvals)
      .when(see.change(green()))
      .then(['change.seen', 'trouble.raised', { type: 'trouble.escalated', why: 'approvals are missing' }])
    for (const name of ['bob', 'cleo'].slice(0, approvals)) spec = spec.and(approve(name))
    expect(spec.wanted).toContain('scm.merge')
  })
  test('tries a refused commit once; the next one may go again', () => {
    const refused = auto(0)
      .and(see.change(green()))
      .when(see.merge({ merged: false, why: 'protected', says: 'a rule says no' }))
      .then(
        ['merge.refused', 'trouble.raised', { type: 'trouble.escalated', why: 'the merge was refused: a rule says no' }],
        ['people.call'],
      )
    refused.when(see.change(green())).then([])
    refused.when(see.change(green({ head: 'h2' }))).then(['change.seen', 'trouble.raised', 'merge.requested', 'trouble.eased'])
  })
})
