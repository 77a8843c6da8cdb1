import type { Card } from '../../bot/contracts/card.ts'
import type { Context } from '../../bot/contracts/intent.ts'
import { authorise } from '../../core/access/authorise.ts'
import { defaultReactions } from '../../core/config/reactions.ts'
import type { Question } from '../../core/contracts/agent.ts'
import type { Change } from '../../core/contracts/change.ts'
import type { Fact } from '../../core/contracts/fact.ts'
import { reactionKeys } from '../../core/contracts/names.ts'
import type { Reactions, Setting } from '../../core/contracts/rules.ts'
import type { Headline, Session } from '../../core/contracts/session.ts'
import type { SessionWish } from '../../core/contracts/wish.ts'
import { decide } from '../../core/session/decide.ts'
import { evolve, unborn } from '../../core/session/evolve.ts'
import { headline } from '../../core/session/headline.ts'

/** A project in which people decide everything: whatever comes up is brought to them at once. */
export const setting: Setting = {
  rules: {
    reactions: Object.fromEntries(reactionKeys.map((key) => [key, { ...defaultReactions[key], auto: false }])) as Reactions, // every key
    approvals: 0,
    isRequesterCounted: true,
    noChecks: 'wait',
    isUpToDateNeeded: true,
    mergeMethod: 'merge',
    isWorkspaceRemoved: false,
    isTaskClosed: false,
    isTaskNoted: false,
    taskLabel: null,
  },
  can: { endsWithTurn: false, resumes: true, receipts: null, hearsWhileWorking: true, interrupts: true },
}

export const withApprovals = (approvals: number): Setting => ({ ...setting, rules: { ...setting.rules, approvals } })

export const requested: Fact = {
  type: 'session.requested',
  at: 0,
  task: { key: '#1', title: 'Fix the sum', body: '', url: null, author: null },
  project: 'app',
  agent: 'codex',
  host: 'local',
  base: 'main',
  branch: 'ao/1-fix-the-sum',
  model: null,
  by: 'ada',
}
const workspace = { path: '/w/app-3', branch: 'ao/1-fix-the-sum', baseCommit: 'ba5e' }
export const prepared: readonly Fact[] = [requested, { type: 'session.admitted', at: 0 }, { type: 'workspace.ready', at: 0, workspace }]
export const live: readonly Fact[] = [
  ...prepared,
  { type: 'agent.started', at: 0, handle: { host: 'local', name: 'app-3', run: 'app-3.1' } },
]

export const change: Change = {
  number: 7,
  url: null,
  title: 'Fix the sum',
  branch: 'ao/1-fix-the-sum',
  base: 'main',
  head: 'c0ffee11',
  patchId: 'p1',
  state: 'open',
  isDraft: false,
  conflict: 'none',
  conflictFiles: [],
  isBehind: false,
  checks: 'passing',
  failing: [],
  review: 'none',
  openThreads: { people: 0, bots: 0 },
  optional: [],
  lastSaid: { people: 0, bots: 0 },
  baseHead: null,
  mustBeUpToDate: false,
  queued: null,
  mergeCommit: null,
}
export const seen = (parts: Partial<Change> = {}): Fact => ({ type: 'change.seen', at: 60_000, change: { ...change, ...parts } })

export const asked = (request = 'r1', parts: Partial<Question> = {}): Fact => ({
  type: 'question.asked',
  at: 60_000,
  question: {
    request,
    kind: 'question',
    text: 'Which database?\nBoth would do.',
    options: ['SQLite', 'Postgres'],
    detail: null,
    refusal: null,
    reply: 'own',
    ...parts,
  },
})

export const idled: Fact = { type: 'agent.idled', at: 60_000, mark: 1, message: 'I fixed it.' }

export const ended = (why: Extract<Fact, { type: 'session.ended' }>['why'], by = 'ao', note: string | null = null): Fact => ({
  type: 'session.ended',
  at: 120_000,
  why,
  by,
  note,
})

export const sessionOf = (facts: readonly Fact[], id = 'app-3'): Session => facts.reduce(evolve, unborn(id))

/** What follows of itself at that moment: troubles come up and people are called. */
export const later = (session: Session, at = 90_000, by: Setting = setting): Session =>
  decide(session, { at, tick: true }, by).reduce(evolve, session)

const merging: Fact = {
  type: 'merge.requested',
  at: 60_000,
  by: 'ada',
  number: 7,
  base: 'main',
  head: change.head,
  patchId: change.patchId,
  method: 'merge',
  rule: 'maintainer may merge',
}

/** A session for every headline there is, and the setting in which it reads so. */
export const headlines: Readonly<Record<Headline, { readonly facts: readonly Fact[]; readonly setting?: Setting }>> = {
  queued: { facts: [requested] },
  spawning: { facts: prepared },
  working: { facts: live },
  'needs input': { facts: [...live, asked()] },
  idle: { facts: [...live, idled] },
  stuck: { facts: [...live, { type: 'trouble.raised', at: 60_000, key: 'agent-stuck', reason: '0', text: 'no sign of work' }] },
  paused: { facts: [...live, { type: 'session.suspended', at: 60_000, by: 'ada' }] },
  exited: { facts: [...live, { type: 'agent.exited', at: 60_000, code: 1, signal: null, isGood: false, screen: 'boom' }] },
  'pr open': { facts: [...live, seen({ isDraft: true })] },
  'ci running': { facts: [...live, seen({ checks: 'pending' })] },
  'ci failed': { facts: [...live, seen({ checks: 'failing', failing: ['lint', 'test'] })] },
  'review pending': { facts: [...live, seen()], setting: withApprovals(2) },
  'changes requested': { facts: [...live, seen({ review: 'changes-requested', openThreads: { people: 2, bots: 0 } })] },
  conflict: { facts: [...live, seen({ conflict: 'conflicting', conflictFiles: ['a.ts'] })] },
  mergeable: { facts: [...live, seen()] },
  merging: { facts: [...live, seen(), merging] },
  merged: { facts: [...live, seen(), merging, seen({ state: 'merged', mergeCommit: 'abcdef0123' }), ended('merged', 'ada', 'abcdef0123')] },
  closed: { facts: [...live, seen({ state: 'closed' })] },
  done: { facts: [...live, ended('done', 'ao', 'Nothing to do.')] },
  stopped: { facts: [...live, ended('stopped', 'ada')] },
  failed: { facts: [...prepared, ended('failed', 'ao', 'The setup command failed.')] },
}

export const standing = (session: Session, { rules }: Setting = setting) => ({
  headline: headline(session, rules),
  place: session.phase === 'queued' ? { session: session.id, number: 2, reason: '5 of 5 agents are running' } : null,
  approvals: rules.approvals,
})

/** Everybody may do everything here; whether the session can is the question. */
export const grant = (session: Session, wish: SessionWish, by: Setting = setting): readonly Fact[] =>
  decide(
    session,
    { at: 150_000, wish: authorise(wish, { name: 'bob', roles: { '*': ['admin'] } }, { project: session.project, cause: 'said-1' }) },
    by,
  )

/** What is known in the three places where something can be said. */
const channel: Context = {
  thread: null,
  only: null,
  recent: null,
  asked: null,
  isPaused: false,
  project: 'app',
  projects: ['app', 'web-api'],
  repositories: { app: 'app', api: 'web-api' },
  newest: { app: 3, 'web-api': 4 },
  agents: ['codex', 'aider'],
  people: ['ana', 'bob'],
  sessions: [
    { id: 'app-3', project: 'app', task: '#42', change: 7, isEnded: false },
    { id: 'web-api-4', project: 'web-api', task: 'ENG-12', change: null, isEnded: false },
  ],
}
const thread: Context = { ...channel, thread: 'app-3', only: 'app-3' }
export const places = { channel, thread, asking: { ...thread, asked: ['Yes', "Yes, and don't ask again", 'No'] } } as const

/** A card as one would read it. */
export const asText = ({ tone, title, lines, body, blocks, actions }: Card): string =>
  [
    `(${tone}) ${title}`,
    ...lines.map((line) => `  ${line}`),
    ...(body === '' ? [] : body.split('\n').map((line) => `  ${line}`)),
    ...blocks.map((block) => `  | ${block.title}: ${block.text}`),
    ...actions.map(({ label, say, isRisky }) => `  [${label}${isRisky ? '!' : ''}] ${say}`),
  ].join('\n')
