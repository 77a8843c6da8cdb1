import type { ModelUsage } from '../../core/contracts/agent.ts'
import type { Change } from '../../core/contracts/change.ts'
import type { Fact } from '../../core/contracts/fact.ts'

/**
 * The facts of a session that went its whole way, in the mix and the sizes that journals of real ones have: its agent works in turns, asks
 * now and then, its change turns red, is put right, and is merged.
 */
export const lifeOf = (
  project: string,
  number: number,
  { facts: count, from }: { readonly facts: number; readonly from: number },
): readonly Fact[] => {
  const id = `${project}-${number}`
  const end = endOf(number)
  const facts: Fact[] = []
  const push = (...all: readonly Untimed[]): void => {
    for (const { type, ...fact } of all) facts.push({ type, at: from + facts.length * 7_000, ...fact } as Fact) // an untimed one with its time
  }
  push(...beginOf(project, id, number))
  for (let turn = 1; facts.length < count - end.length; turn += 1)
    push(...turnOf(id, number, turn).slice(0, count - end.length - facts.length))
  push(...end)
  return facts
}

type Untimed = Fact extends infer T ? (T extends Fact ? Omit<T, 'at'> : never) : never

const people = ['ana', 'bob', 'cyn', 'dan'] as const
const personOf = (number: number): string => people[number % people.length] ?? 'ana'
const hex = (number: number, turn: number): string => `${(number * 7_919 + turn * 104_729).toString(16)}${'c0ffee'.repeat(7)}`.slice(0, 40)
const sentence = 'It looks at the file, finds what the test wants of it, and changes only as much as that takes. '

const beginOf = (project: string, id: string, number: number): readonly Untimed[] => [
  {
    type: 'session.requested',
    cause: `chat/${number}`,
    task: {
      key: `#${number}`,
      title: `The sum of file ${number} is wrong`,
      body: sentence.repeat(6),
      url: `https://forge.test/shop/issues/${number}`,
      author: 'ana',
    },
    project,
    agent: number % 3 === 0 ? 'codex' : 'claude-code',
    host: 'local',
    base: 'main',
    branch: `ao/${number}-the-sum`,
    model: null,
    by: personOf(number),
  },
  { type: 'session.admitted' },
  { type: 'workspace.ready', workspace: { path: `/home/ao/worktrees/${id}`, branch: `ao/${number}-the-sum`, baseCommit: hex(number, 0) } },
  { type: 'agent.started', handle: { host: 'local', name: id, run: `${id}.mi3.4` } },
  { type: 'agent.named', conversation: `${hex(number, 1).slice(0, 32)}` },
  { type: 'task.noted', stage: 'started' },
]

const endOf = (number: number): readonly Untimed[] => {
  const of = { by: personOf(number), number, base: 'main', head: hex(number, 99), patchId: hex(number, 98) }
  const change = changeOf(number, 99)
  return [
    { type: 'approval.given', cause: `chat/${number}/ok`, ...of },
    { type: 'merge.requested', cause: `chat/${number}/merge`, ...of, method: 'squash', rule: 'approvers merge' },
    { type: 'change.seen', change: { ...change, checks: 'passing', failing: [], state: 'merged', mergeCommit: hex(number, 97) } },
    { type: 'session.ended', why: 'merged', by: personOf(number), note: hex(number, 97) },
    { type: 'agent.gone' },
    { type: 'workspace.removed', savedRef: null },
    { type: 'task.closed' },
    { type: 'task.noted', stage: 'ended' },
  ]
}

/** Twenty-five facts or so: half of them evidence of work, two pictures of the change, words, a question now and then. */
const turnOf = (id: string, number: number, turn: number): readonly Untimed[] => {
  const isRed = turn % 3 === 0
  const worked: readonly Untimed[] = Array.from({ length: 12 }, (_, index) => ({
    type: 'agent.worked',
    workedAt: 1_700_000_000_000 + index,
    tool: index % 2 === 0 ? { name: 'Bash', since: 1_700_000_000_000 } : null,
  }))
  const message = `${id}-m${turn}`
  const from = turn % 4 === 1 ? personOf(number) : 'ao'
  const request = `q${turn}`
  return [
    { type: 'message.queued', id: message, from, text: `${from}: ${sentence.repeat(from === 'ao' ? 20 : 2)}`, trouble: null },
    { type: 'message.handed', id: message },
    { type: 'message.sent', id: message, way: 'own' },
    { type: 'message.confirmed', id: message },
    ...worked,
    ...(turn % 3 === 1
      ? ([
          {
            type: 'question.asked',
            question: {
              request,
              kind: 'permission',
              text: 'May it run this?',
              detail: sentence.repeat(4),
              options: ['yes', 'no'],
              refusal: 2,
              reply: 'own',
            },
          },
          {
            type: 'question.decided',
            cause: `chat/${number}/${turn}`,
            decision: { request, choice: 1, text: 'yes', by: personOf(number) },
          },
          { type: 'question.handed', request },
          { type: 'question.confirmed', request },
        ] as const)
      : []),
    {
      type: 'work.seen',
      work: { head: hex(number, turn), ahead: turn, dirty: [], changed: ['src/part-1/file-1.mjs', 'src/part-1/file-2.mjs'] },
    },
    { type: 'change.seen', change: { ...changeOf(number, turn), checks: 'pending' } },
    {
      type: 'change.seen',
      change: isRed ? { ...changeOf(number, turn), checks: 'failing', failing: ['lint', 'test (20)'] } : changeOf(number, turn),
    },
    ...(isRed
      ? ([
          { type: 'trouble.raised', key: 'ci-failed', reason: hex(number, turn), text: 'lint and test (20) fail' },
          {
            type: 'change.detailed',
            key: `ci-failed ${hex(number, turn)}`,
            found: { number, head: hex(number, turn), failing: [{ name: 'lint', logTail: sentence.repeat(60) }], threads: [] },
          },
        ] as const)
      : []),
    { type: 'agent.used', usage: [usageOf('claude-opus-4', turn), usageOf('claude-haiku-4', turn)] },
    { type: 'agent.idled', mark: turn * 40_000, message: sentence.repeat(5) },
  ]
}

const usageOf = (model: string, turn: number): ModelUsage => ({
  model,
  input: turn * 4_321,
  cacheRead: turn * 98_765,
  cacheWrite: turn * 12_345,
  output: turn * 2_345,
  costUsd: null,
})

const changeOf = (number: number, turn: number): Change => ({
  number,
  url: `https://forge.test/shop/pull/${number}`,
  title: `The sum of file ${number} is right`,
  branch: `ao/${number}-the-sum`,
  base: 'main',
  head: hex(number, turn),
  patchId: hex(number, turn + 1),
  state: 'open',
  isDraft: false,
  conflict: 'none',
  conflictFiles: [],
  isBehind: false,
  checks: 'passing',
  failing: [],
  optional: [],
  review: 'pending',
  openThreads: { people: 0, bots: 0 },
  lastSaid: { people: 0, bots: 0 },
  baseHead: hex(1, 1),
  mustBeUpToDate: false,
  queued: null,
  mergeCommit: null,
})
