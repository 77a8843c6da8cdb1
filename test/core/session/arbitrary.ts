import fc from 'fast-check'
import type { Effect } from '../../../core/contracts/effect.ts'
import type { Picture } from '../../../core/contracts/input.ts'
import { reactionKeys } from '../../../core/contracts/names.ts'
import type { Rules, Setting } from '../../../core/contracts/rules.ts'
import type { Session } from '../../../core/contracts/session.ts'
import type { Wish } from '../../../core/contracts/wish.ts'
import { wantsSlot } from '../../../core/session/views.ts'
import { able, change, details, type Happening, handle, id, minute, permitted, question, rules, see } from '../../fakes/spec.ts'

/** One step of a random life. What it comes to depends on where the session stands: most steps do what is wanted of the world. */
export type Step = {
  readonly does: (session: Session, wanted: readonly Effect[], at: number) => Happening | null
  /** What it is called in a counterexample. */
  readonly [fc.toStringMethod]: () => string
}

const does = (name: string, does: Step['does']): Step => ({ does, [fc.toStringMethod]: () => name })

const succeed: (session: Session, wanted: readonly Effect[], index: number) => Happening | null = (session, wanted, index) => {
  if (wantsSlot(session) && index % 2 === 0) return see.admitted()
  const effect = pick(wanted, index)
  return effect ? outcome(effect, session) : null
}

const pick = <T>(all: readonly T[], index: number): T | undefined => all[index % Math.max(1, all.length)]

/** What the world says when an effect succeeds. */
export const outcome = (effect: Effect, session: Session): Happening => {
  switch (effect.do) {
    case 'workspace.create':
      return see.workspace()
    case 'workspace.look':
      return see.work({ head: `h${session.seq % 3}`, ahead: session.seq % 2 })
    case 'workspace.remove':
      return see.removed()
    case 'agent.adopt':
      return { seen: { kind: 'adopted', process: effect.process } }
    case 'agent.launch':
      return see.started(Number(effect.run.split('.').at(-1)), effect.message?.id ?? null)
    case 'agent.tell':
      return see.sent(effect.message.id)
    case 'agent.find':
      return see.found(effect.message.id, 'absent')
    case 'agent.answer':
      return { seen: { kind: 'handed', request: effect.decision.request, outcome: 'handed' } }
    case 'agent.interrupt':
      return see.interrupted(session.seq % 2 === 0 ? 'handed' : 'idle')
    case 'agent.suspend':
      return see.suspended()
    case 'agent.resume':
      return see.resumed()
    case 'agent.end':
      return { seen: { kind: 'gone', handle: effect.handle } }
    case 'scm.open':
    case 'scm.push':
      return see.change(change({ head: session.work?.head ?? 'h1' }))
    case 'scm.details':
      return see.details(effect.key, details({ head: effect.head }))
    case 'scm.review':
      return see.reviewed(effect.since)
    case 'scm.merge':
      return see.merge({ merged: true, commit: 'm1' }, effect.head)
    case 'scm.look':
      return see.change(change({ state: 'merged', mergeCommit: 'm1' }))
    case 'scm.update':
      return {
        seen: { kind: 'updated', number: effect.number, head: effect.head, outcome: { updated: false, why: 'conflict', says: 'no' } },
      }
    case 'scm.withdraw':
      return { seen: { kind: 'withdrawn', number: effect.number } }
    case 'scm.revert':
      return { seen: { kind: 'reverted', number: 9, url: null } }
    case 'tracker.note':
      return { seen: { kind: 'noted', stage: effect.stage } }
    case 'tracker.close':
      return see.closed()
    case 'people.call':
      return see.called(effect.key, effect.of)
  }
}

const changes = fc
  .record({
    head: fc.constantFrom('h0', 'h1', 'h2'),
    patchId: fc.constantFrom('', 'p1', 'p2'),
    number: fc.constantFrom(7, 7, 8),
    base: fc.constantFrom('main', 'main', 'main', 'next'),
    checks: fc.constantFrom('none', 'pending', 'passing', 'passing', 'failing', 'failing'),
    failing: fc.constantFrom([], ['lint'], ['lint', 'test']),
    review: fc.constantFrom('none', 'none', 'pending', 'changes-requested', 'approved'),
    conflict: fc.constantFrom('none', 'none', 'unknown', 'conflicting'),
    state: fc.constantFrom('open', 'open', 'open', 'open', 'open', 'merged', 'closed'),
    isDraft: fc.constantFrom(false, false, false, true),
    isBehind: fc.boolean(),
    openThreads: fc.record({ people: fc.nat(3), bots: fc.nat(3) }),
    lastSaid: fc.record({ people: fc.nat(3), bots: fc.nat(3) }),
    optional: fc.constantFrom([], ['lint']),
    mustBeUpToDate: fc.boolean(),
    baseHead: fc.constantFrom(null, 'b1', 'b2'),
    queued: fc.constantFrom(null, null, 'in the merge queue'),
  } as const)
  .map((parts): Picture => ({ kind: 'change', change: change(parts) }))

const agents = fc
  .record({
    workedAgoMs: fc.option(fc.nat(20 * minute)),
    tool: fc.boolean(),
    turn: fc.option(fc.nat(5)),
    isBrokenOff: fc.boolean(),
    report: fc.option(fc.record({ mark: fc.nat(5), kind: fc.constantFrom('done', 'done', 'blocked', 'progress') } as const)),
    question: fc.constantFrom('none', 'none', 'q1', 'q2'),
    reply: fc.constantFrom('own', 'message'),
    answered: fc.constantFrom(null, null, 'chat', 'terminal'),
    isReceived: fc.boolean(),
  } as const)
  .map((parts) => {
    const { workedAgoMs, tool, turn, isBrokenOff, report, question: asks, reply, answered, isReceived } = parts
    const make = (session: Session, at: number): Happening =>
      see.agent({
        workedAt: workedAgoMs === null ? null : at - workedAgoMs,
        tool: tool && turn === null ? { name: 'tests', since: at - minute } : null,
        turnEnded: turn === null ? null : { mark: turn, message: 'over', isBrokenOff },
        report: report === null ? null : { ...report, text: 'did it' },
        question: asks === 'none' ? null : { ...question, request: asks, reply },
        answered: answered === null || asks === 'q1' ? null : { request: 'q1', text: 'yes', by: answered },
        received: isReceived ? session.messages.map((message) => message.id) : [],
        conversation: 'c1',
      })
    return [`the agent shows ${JSON.stringify(parts)}`, make] as const
  })

const other: fc.Arbitrary<Picture> = fc.oneof(
  fc.constantFrom<Picture>(
    { kind: 'admitted' },
    { kind: 'admitted' },
    { kind: 'workspace', workspace: { path: '/srv/app-1', branch: 'b', baseCommit: 'base0' } },
    { kind: 'removed', savedRef: null },
    { kind: 'suspended' },
    { kind: 'resumed' },
    { kind: 'closed' },
    { kind: 'merge', number: 7, head: 'h1', outcome: { merged: false, why: 'head-moved', says: 'the head moved' } },
    { kind: 'merge', number: 7, head: 'h1', outcome: { merged: true, commit: 'm1' } },
    { kind: 'merge', number: 7, head: 'h1', outcome: { merged: false, why: 'queued', says: 'place 2' } },
    { kind: 'withdrawn', number: 7 },
    { kind: 'updated', number: 7, head: 'h1', outcome: { updated: false, why: 'conflict', says: 'there is a conflict' } },
    { kind: 'handed', request: 'q1', outcome: 'gone' },
    { kind: 'started', handle: handle(), message: null },
  ),
  fc.record({
    kind: fc.constant('work'),
    work: fc.record({ head: fc.constantFrom('h0', 'h1', 'h2'), ahead: fc.nat(1), dirty: fc.constantFrom([], ['a.ts']) }),
  } as const),
)

const wishes = fc.constantFrom<Wish>(
  { name: 'tell', session: id, text: 'use zod' },
  { name: 'answer', session: id, request: null, choice: 1, text: '' },
  { name: 'answer', session: id, request: 'q1', choice: null, text: 'well' },
  { name: 'approve', session: id, about: null },
  { name: 'merge', session: id, when: 'now', method: null, about: null },
  { name: 'merge', session: id, when: 'green', method: 'rebase', about: null },
  { name: 'reject', session: id, text: '', about: null },
  { name: 'stop', session: id },
  { name: 'suspend', session: id },
  { name: 'continue', session: id },
  { name: 'restart', session: id },
  { name: 'retry', session: id, agent: null },
  { name: 'retry', session: id, agent: 'other' },
  { name: 'restore', session: id },
  { name: 'resend', session: id, message: 'app-1-m5' },
  { name: 'clear', session: id },
)

/** A random step: mostly what was wanted succeeds, and the world moves on. */
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.nat(5).map((index) => does(`what is wanted (${index}) succeeds`, (session, wanted) => succeed(session, wanted, index))),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(5), fc.boolean()).map(([index, mayPass]) =>
      does(`what is wanted (${index}) fails${mayPass ? ' for now' : ''}`, (_session, wanted) => {
        const effect = pick(wanted, index)
        return effect ? see.failed(effect.do, { subject: effect.subject, mayPass }) : null
      }),
    ),
  },
  { weight: 4, arbitrary: changes.map((picture) => does(JSON.stringify(picture), () => ({ seen: picture }))) },
  { weight: 4, arbitrary: agents.map(([name, make]) => does(name, (session, _wanted, at) => make(session, at))) },
  { weight: 2, arbitrary: other.map((picture) => does(JSON.stringify(picture), () => ({ seen: picture }))) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(0, 1)
      .map((code) =>
        does(`the agent exits with ${code}`, ({ handle: process }) =>
          process ? { seen: { kind: 'exited', handle: process, code, signal: null, screen: '' } } : null,
        ),
      ),
  },
  {
    weight: 3,
    arbitrary: wishes.map((wanted) =>
      does(JSON.stringify(wanted), () => ({ wish: permitted(wanted, wanted.name === 'approve' ? 'bob' : 'ana') })),
    ),
  },
  { weight: 1, arbitrary: fc.constant(does('the bot wakes up', () => ({ woke: true }))) },
  { weight: 3, arbitrary: fc.constant(does('the clock ticks', () => ({ tick: true }))) },
)

/** Any settings a project may have, with any agent. */
export const settings: fc.Arbitrary<Setting> = fc
  .record({
    approvals: fc.nat(2),
    isRequesterCounted: fc.boolean(),
    noChecks: fc.constantFrom('wait', 'mergeable'),
    action: fc.constantFrom('send-to-agent', 'notify', 'auto-merge', null, null, null),
    auto: fc.constantFrom(true, true, false),
    thresholdMs: fc.constantFrom(null, null, 5 * minute),
    endsWithTurn: fc.boolean(),
    resumes: fc.boolean(),
    hasReceipts: fc.boolean(),
    hearsWhileWorking: fc.boolean(),
    interrupts: fc.boolean(),
  } as const)
  .map(({ approvals, isRequesterCounted, noChecks, action, auto, thresholdMs, hasReceipts, ...abilities }) => {
    const reactions = Object.fromEntries(
      reactionKeys.map((key) => {
        const usual = rules.reactions[key]
        return [key, { ...usual, auto: usual.auto && auto, action: action ?? usual.action, thresholdMs: thresholdMs ?? usual.thresholdMs }]
      }),
    ) as Rules['reactions'] // every key is in the list
    return {
      ...able({ ...abilities, receipts: hasReceipts ? { absenceProvesAfterMs: 3_000 } : null }),
      rules: { ...rules, approvals, isRequesterCounted, noChecks, reactions },
    }
  })

/** How a life begins: with nothing, or where an agent lives already. */
const beginnings: fc.Arbitrary<readonly Happening[]> = fc.constantFrom(
  [see.requested()],
  [see.requested(), see.admitted(), see.workspace(), see.started()],
  [see.requested(), see.admitted(), see.workspace(), see.started(), see.change(change({ head: 'h0' }))],
)

/** A beginning, and steps with the time that passes before each. */
export const life = fc.record({
  beginning: beginnings,
  steps: fc.array(fc.tuple(step, fc.constantFrom(0, 0, 0, 1_000, 4_000, 3 * minute, 20 * minute)), { maxLength: 30 }),
})
export type Life = typeof life extends fc.Arbitrary<infer T> ? T : never
