import { expect } from 'vitest'
import { authorise } from '../../core/access/authorise.ts'
import { defaultReactions } from '../../core/config/reactions.ts'
import type { Authorised, Person } from '../../core/contracts/access.ts'
import { type AgentPicture, type Question, unheard } from '../../core/contracts/agent.ts'
import type { Change, ChangeDetails } from '../../core/contracts/change.ts'
import type { Effect, EffectOf } from '../../core/contracts/effect.ts'
import type { Fact, FactOf, FactType } from '../../core/contracts/fact.ts'
import type { Input, Picture, SessionRequest } from '../../core/contracts/input.ts'
import type { EffectName, ReactionKey } from '../../core/contracts/names.ts'
import type { AgentAbilities, MergeOutcome, WorkPicture, WorkspaceRef } from '../../core/contracts/plugins.ts'
import type { Reaction, Rules, Setting } from '../../core/contracts/rules.ts'
import type { Handle } from '../../core/contracts/runtime.ts'
import type { Session } from '../../core/contracts/session.ts'
import type { Wish } from '../../core/contracts/wish.ts'
import { decide } from '../../core/session/decide.ts'
import { due } from '../../core/session/due.ts'
import { evolve, unborn } from '../../core/session/evolve.ts'
import { wants } from '../../core/session/wants.ts'

/*
 * How the life of a session is specified: given these facts, when this comes in, then these facts are new and these things
 * are wanted. Every step gives the next `given`, so that a whole life reads from top to bottom.
 */

/** When every specification begins, and two durations to count from there. */
export const t0 = Date.UTC(2026, 0, 5, 9)
export const second = 1_000
export const minute = 60_000

// ── settings ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** An agent with all abilities; `setting` is that agent in a project that is set to nothing special. */
export const can: AgentAbilities = {
  endsWithTurn: false,
  resumes: true,
  receipts: { absenceProvesAfterMs: 3_000 },
  hearsWhileWorking: true,
  interrupts: true,
}
export const rules: Rules = {
  reactions: defaultReactions,
  approvals: 0,
  isRequesterCounted: true,
  noChecks: 'wait',
  isUpToDateNeeded: false,
  mergeMethod: 'squash',
  isWorkspaceRemoved: true,
  isTaskClosed: true,
  isTaskNoted: false,
  taskLabel: null,
}
export const setting: Setting = { rules, can }

export const ruled = (changed: Partial<Rules>): Setting => ({ ...setting, rules: { ...rules, ...changed } })
export const able = (changed: Partial<AgentAbilities>): Setting => ({ ...setting, can: { ...can, ...changed } })
/** A project in which one reaction is set otherwise. */
export const reacting = (key: ReactionKey, changed: Partial<Reaction>, more: Partial<Rules> = {}): Setting =>
  ruled({ ...more, reactions: { ...defaultReactions, [key]: { ...defaultReactions[key], ...changed } } })

// ── the world of app-1 ─────────────────────────────────────────────────────────────────────────────────────────────

export const id = 'app-1'
export const request: SessionRequest = {
  task: { key: '#42', title: 'Fix the login', body: 'It fails on Sundays.', url: null, author: 'gus' },
  project: 'app',
  agent: 'coder',
  host: 'local',
  base: 'main',
  branch: 'ao/42-fix-the-login',
  model: null,
  by: 'ana',
}
export const workspace: WorkspaceRef = { path: '/srv/app-1', branch: request.branch, baseCommit: 'base0' }
/** The process that start makes; `since` is the fact it was wanted by. */
export const handle = (since = 3): Handle => ({ host: 'local', name: id, run: `${id}.${t0.toString(36)}.${since}` })
export const question: Question = {
  request: 'q1',
  kind: 'permission',
  text: 'May I run it?',
  options: ['yes', 'no'],
  detail: null,
  refusal: null,
  reply: 'own',
}
/** A change that is open and whose checks run. */
export const change = (changed: Partial<Change> = {}): Change => ({
  number: 7,
  url: null,
  title: 'Fix the login',
  branch: request.branch,
  base: 'main',
  head: 'h1',
  patchId: 'p1',
  state: 'open',
  isDraft: false,
  conflict: 'none',
  conflictFiles: [],
  isBehind: false,
  checks: 'pending',
  failing: [],
  review: 'none',
  openThreads: { people: 0, bots: 0 },
  optional: [],
  lastSaid: { people: 0, bots: 0 },
  baseHead: null,
  mustBeUpToDate: false,
  queued: null,
  mergeCommit: null,
  ...changed,
})
export const green = (changed: Partial<Change> = {}): Change => change({ checks: 'passing', ...changed })
export const red = (changed: Partial<Change> = {}): Change => change({ checks: 'failing', failing: ['lint'], ...changed })
export const details = (changed: Partial<ChangeDetails> = {}): ChangeDetails => ({
  number: 7,
  head: 'h1',
  failing: [{ name: 'lint', logTail: 'line 3: no semicolons' }],
  threads: [],
  ...changed,
})

// ── facts ──────────────────────────────────────────────────────────────────────────────────────────────────────────

type Bare<T> = T extends unknown ? Omit<T, 'type' | 'at' | 'cause'> : never

export const fact = <T extends FactType>(type: T, parts: Bare<FactOf<T>>): Fact => ({ at: t0, type, ...parts }) as unknown as Fact // a type and its own parts are that fact

/** How far a session has come, as the facts that led there. */
export const queued: readonly Fact[] = [fact('session.requested', request)]
export const admitted: readonly Fact[] = [...queued, fact('session.admitted', {})]
export const prepared: readonly Fact[] = [...admitted, fact('workspace.ready', { workspace })]
export const live: readonly Fact[] = [...prepared, fact('agent.started', { handle: handle() })]
export const lost: readonly Fact[] = [...live, fact('agent.exited', { code: 1, signal: null, isGood: false, screen: '' })]
export const stopped: readonly Fact[] = [...live, fact('session.ended', { why: 'stopped', by: 'ana', note: null }), fact('agent.gone', {})]
export const failed: readonly Fact[] = [...admitted, fact('session.ended', { why: 'failed', by: 'ao', note: null })]

// ── inputs ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** An input before its time is known. */
export type Happening = { readonly wish: Authorised } | { readonly seen: Picture } | { readonly tick: true } | { readonly woke: true }

const seen = (picture: Picture): Happening => ({ seen: picture })
export const see = {
  requested: () => seen({ kind: 'requested', request, cause: 'in1' }),
  admitted: () => seen({ kind: 'admitted' }),
  workspace: () => seen({ kind: 'workspace', workspace }),
  work: (work: Partial<WorkPicture> = {}) => seen({ kind: 'work', work: { head: 'h1', ahead: 1, dirty: [], ...work } }),
  removed: (savedRef: string | null = null) => seen({ kind: 'removed', savedRef }),
  started: (since = 3, message: string | null = null) => seen({ kind: 'started', handle: handle(since), message }),
  exited: (code: number | null, since = 3) => seen({ kind: 'exited', handle: handle(since), code, signal: null, screen: '' }),
  gone: (since = 3) => seen({ kind: 'gone', handle: handle(since) }),
  interrupted: (outcome: 'handed' | 'idle') => seen({ kind: 'interrupted', outcome }),
  suspended: () => seen({ kind: 'suspended' }),
  resumed: () => seen({ kind: 'resumed' }),
  agent: (picture: Partial<AgentPicture> = {}) => seen({ kind: 'agent', picture: { ...unheard, ...picture } }),
  sent: (message: string, hasReceipts = true) => seen({ kind: 'sent', message, way: 'own', hasReceipts }),
  found: (message: string, outcome: 'seen' | 'absent' | 'unknown') => seen({ kind: 'found', message, outcome }),
  handed: (outcome: 'handed' | 'gone' = 'handed') => seen({ kind: 'handed', request: 'q1', outcome }),
  change: (now: Change) => seen({ kind: 'change', change: now }),
  details: (key: string, found: ChangeDetails | null = details()) => seen({ kind: 'details', key, found }),
  reviewed: (of: number) => seen({ kind: 'reviewed', of }),
  merge: (outcome: MergeOutcome, head = 'h1') => seen({ kind: 'merge', number: 7, head, outcome }),
  closed: () => seen({ kind: 'closed' }),
  called: (key: ReactionKey | EffectName, of: number) => seen({ kind: 'called', key, of }),
  failed: (
    effect: EffectName,
    more: { readonly subject?: string | null; readonly mayPass?: boolean; readonly hint?: string; readonly untilMs?: number } = {},
  ) =>
    seen({
      kind: 'failed',
      effect,
      subject: more.subject ?? null,
      code: 'BROKEN',
      why: 'It broke.',
      hint: more.hint ?? null,
      untilMs: more.untilMs ?? null,
      mayPass: more.mayPass ?? true,
    }),
}
export const tick: Happening = { tick: true }
export const woke: Happening = { woke: true }

export const admin = (name = 'ana'): Person => ({ name, roles: { '*': ['admin'] } })
let inbounds = 0
/** A wish by an admin; each is an inbound of its own unless a cause is named. */
export const permitted = (wish: Wish, by = 'ana', cause?: string): Authorised => {
  inbounds += 1
  return authorise(wish, admin(by), { project: 'app', cause: cause ?? `in-${inbounds}` })
}
type OwnWish = Extract<Wish, { session: string }>
type Unaddressed<W> = W extends unknown ? Omit<W, 'session'> : never
/** A wish about the session of the specification. */
export const wish = (wanted: Unaddressed<OwnWish>, by = 'ana', cause?: string): Happening => ({
  wish: permitted({ ...wanted, session: id } as OwnWish, by, cause), // one wish with its address put back
})
export const tell = (text: string, by = 'ana'): Happening => wish({ name: 'tell', text }, by)
export const merge = (when: 'now' | 'green' = 'now', by = 'ana'): Happening => wish({ name: 'merge', when, method: null, about: null }, by)
export const approve = (by = 'ana'): Happening => wish({ name: 'approve', about: null }, by)

// ── given, when, then ──────────────────────────────────────────────────────────────────────────────────────────────

/** A fact by its type alone, or with those of its parts that matter here. */
export type Expected = FactType | ({ readonly type: FactType } & Readonly<Record<string, unknown>>)

/** A session at one moment of its life. */
export type Spec = {
  readonly session: Session
  readonly facts: readonly Fact[]
  readonly at: number
  /** From here on with these settings. */
  with(changed: Setting): Spec
  /** Time passes, and nothing is noticed of it. */
  after(durationMs: number): Spec
  /** This happened, too; what follows from it is specified elsewhere. */
  and(...happenings: readonly Happening[]): Spec
  when(happening: Happening): Outcome
  /** The one wanted effect of that name. */
  effect<N extends EffectName>(name: N): EffectOf<N>
  readonly wanted: readonly EffectName[]
  /** The message that was queued last. */
  readonly message: string
  /** How long until the clock alone may make something true. */
  readonly dueInMs: number | null
}
type Outcome = {
  /** Exactly these facts in this order, and exactly these wants if any are named. */
  then(facts: readonly Expected[], wanted?: readonly EffectName[]): Spec
  fails(code: string): Spec
}

/** A session that came about by these facts. */
export const given = (...facts: readonly Fact[]): Spec => specify(facts, t0, setting)

const specify = (facts: readonly Fact[], at: number, now: Setting): Spec => {
  const session = facts.reduce(evolve, unborn(id))
  const effects = (): readonly Effect[] => wants(session, now)
  const decided = (happening: Happening): readonly Fact[] => decide(session, { at, ...happening } as Input, now) // an input is a happening with its time
  const next = (more: readonly Fact[]): Spec => specify([...facts, ...more], at, now)
  return {
    session,
    facts,
    at,
    with: (changed) => specify(facts, at, changed),
    after: (durationMs) => specify(facts, at + durationMs, now),
    and: (...happenings) => happenings.reduce<Spec>((spec, one) => spec.when(one).then(anything), next([])),
    when: (happening) => ({
      // biome-ignore lint/suspicious/noThenProperty: it reads as a sentence and is never awaited
      then: (expected, wanted) => {
        const more = decided(happening)
        if (expected !== anything) expectFacts(more, expected)
        const after = next(more)
        if (wanted) expect([...after.wanted].sort()).toEqual([...wanted].sort())
        return after
      },
      fails: (code) => {
        expect(() => decided(happening)).toThrow(expect.objectContaining({ name: 'Fault', code }))
        return next([])
      },
    }),
    effect: <N extends EffectName>(name: N): EffectOf<N> => {
      const [found, ...others] = effects().filter((effect): effect is EffectOf<N> => effect.do === name)
      if (!found || others.length > 0)
        throw new Error(`${name} is wanted ${others.length + (found ? 1 : 0)} times, among: ${effects().map((effect) => effect.do)}.`)
      return found
    },
    wanted: effects().map((effect) => effect.do),
    message: session.messages.at(-1)?.id ?? 'none',
    get dueInMs() {
      const moment = due(session, now, at)
      return moment === null ? null : moment - at
    },
  }
}

const anything: readonly Expected[] = []

const expectFacts = (facts: readonly Fact[], expected: readonly Expected[]): void => {
  const whole = expected.map((one) => (typeof one === 'string' ? { type: one } : one))
  expect(facts.map(({ type }) => type)).toEqual(whole.map(({ type }) => type))
  expect(facts).toMatchObject(whole)
}

/** One example of every fact there is. */
export const examples: { readonly [T in FactType]: Fact } = {
  'session.requested': fact('session.requested', request),
  'agent.adopted': fact('agent.adopted', { process: { pid: 4711, startedAt: '1' } }),
  'session.admitted': fact('session.admitted', {}),
  'interrupt.requested': fact('interrupt.requested', { by: 'ana' }),
  'interrupt.settled': fact('interrupt.settled', { outcome: 'handed', why: null }),
  'session.suspended': fact('session.suspended', { by: 'ana' }),
  'session.continued': fact('session.continued', { by: 'ana' }),
  'session.ended': fact('session.ended', { why: 'stopped', by: 'ana', note: null }),
  'session.restored': fact('session.restored', { by: 'ana' }),
  'restart.requested': fact('restart.requested', { by: 'ana', why: 'wished' }),
  'agent.chosen': fact('agent.chosen', { agent: 'other', by: 'ana' }),
  'workspace.ready': fact('workspace.ready', { workspace }),
  'workspace.cleared': fact('workspace.cleared', { by: 'ana' }),
  'workspace.removed': fact('workspace.removed', { savedRef: 'refs/ao/saved' }),
  'work.seen': fact('work.seen', { work: { head: 'h1', ahead: 1, dirty: [] } }),
  'agent.started': fact('agent.started', { handle: handle() }),
  'agent.suspended': fact('agent.suspended', {}),
  'agent.resumed': fact('agent.resumed', {}),
  'agent.exited': fact('agent.exited', { code: 1, signal: null, isGood: false, screen: '' }),
  'agent.gone': fact('agent.gone', {}),
  'agent.worked': fact('agent.worked', { workedAt: t0, tool: { name: 'tests', since: t0 } }),
  'agent.idled': fact('agent.idled', { mark: 1, message: 'over' }),
  'agent.reported': fact('agent.reported', { mark: 1, kind: 'done', text: 'did it' }),
  'agent.named': fact('agent.named', { conversation: 'c1' }),
  'agent.used': fact('agent.used', {
    usage: [{ model: 'm1', input: 1_200, cacheRead: 3_000, cacheWrite: 0, output: 110, costUsd: 0.5 }],
  }),
  'conversation.lost': fact('conversation.lost', { conversation: 'c1' }),
  'question.asked': fact('question.asked', { question }),
  'question.decided': fact('question.decided', { decision: { request: 'q1', choice: 1, text: 'yes', by: 'ana' } }),
  'question.handed': fact('question.handed', { request: 'q1' }),
  'question.confirmed': fact('question.confirmed', { request: 'q1' }),
  'question.overtaken': fact('question.overtaken', { request: 'q1', text: 'no' }),
  'question.gone': fact('question.gone', { request: 'q1' }),
  'message.queued': fact('message.queued', { id: 'm1', from: 'ana', text: 'hi', trouble: null }),
  'message.handed': fact('message.handed', { id: 'm1' }),
  'message.sent': fact('message.sent', { id: 'm1', way: 'own' }),
  'message.confirmed': fact('message.confirmed', { id: 'm1' }),
  'message.doubted': fact('message.doubted', { id: 'm1' }),
  'message.absent': fact('message.absent', { id: 'm1' }),
  'message.unconfirmed': fact('message.unconfirmed', { id: 'm1' }),
  'message.dropped': fact('message.dropped', { id: 'm1', why: 'it is no longer so' }),
  'change.seen': fact('change.seen', { change: change() }),
  'change.detailed': fact('change.detailed', { key: 'ci-failed/7/h1/h1', found: details() }),
  'approval.given': fact('approval.given', { by: 'bob', number: 7, base: 'main', head: 'h1', patchId: 'p1' }),
  'rejection.given': fact('rejection.given', { by: 'bob', number: 7, head: 'h1', text: 'no' }),
  'review.sent': fact('review.sent', { of: 6 }),
  'merge.armed': fact('merge.armed', { by: 'ana', number: 7, head: 'h1', patchId: 'p1', method: null }),
  'merge.disarmed': fact('merge.disarmed', { why: 'there are new commits' }),
  'merge.requested': fact('merge.requested', {
    by: 'ana',
    number: 7,
    base: 'main',
    head: 'h1',
    patchId: 'p1',
    method: 'squash',
    rule: 'maintainer may merge',
  }),
  'merge.refused': fact('merge.refused', { number: 7, head: 'h1', why: 'protected', says: 'no' }),
  'merge.queued': fact('merge.queued', { number: 7, head: 'h1', says: 'in the merge queue, place 2' }),
  'merge.recalled': fact('merge.recalled', { number: 7, by: 'ana' }),
  'merge.withdrawn': fact('merge.withdrawn', { number: 7 }),
  'update.requested': fact('update.requested', { number: 7, head: 'h1', baseHead: 'b1' }),
  'update.refused': fact('update.refused', { number: 7, head: 'h1', says: 'there is a conflict' }),
  'revert.requested': fact('revert.requested', { by: 'ana', number: 7 }),
  'revert.opened': fact('revert.opened', { number: 9, url: null }),
  'collision.seen': fact('collision.seen', { other: 'app-2', files: ['calc.ts'] }),
  'trouble.raised': fact('trouble.raised', { key: 'ci-failed', reason: 'h1', text: 'lint failed' }),
  'trouble.eased': fact('trouble.eased', { key: 'ci-failed' }),
  'trouble.settled': fact('trouble.settled', { key: 'ci-failed' }),
  'trouble.escalated': fact('trouble.escalated', { key: 'ci-failed', why: 'the agent was told twice' }),
  'people.called': fact('people.called', { key: 'ci-failed', of: 9 }),
  'effect.failed': fact('effect.failed', {
    effect: 'scm.merge',
    subject: null,
    code: null,
    why: 'broke',
    hint: null,
    retryAt: t0 + minute,
  }),
  'effect.retried': fact('effect.retried', { effect: 'scm.merge', subject: null }),
  'task.closed': fact('task.closed', {}),
  'task.noted': fact('task.noted', { stage: 'started' }),
}
