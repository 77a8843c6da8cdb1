import { describe, expect, test } from 'vitest'
import { checksStanding, type RawCheck, readChecks, type SeenCheck } from '../../../../plugins/scm/github/checks.ts'
import { noDemands } from '../../../../plugins/scm/github/demands.ts'
import type { Opinion, Said } from '../../../../plugins/scm/github/particulars.ts'
import { openWords, picture, type Seen } from '../../../../plugins/scm/github/picture.ts'
import type { Status } from '../../../../plugins/scm/github/status.ts'
import { threadHeadIn } from '../../../../plugins/scm/github/threads.ts'

const [head, older] = ['1'.repeat(40), '2'.repeat(40)]
const noon = Date.parse('2026-05-04T12:00:00Z')
const [ana, bob, robo] = [
  { login: 'ana', isBot: false },
  { login: 'bob', isBot: false },
  { login: 'robo', isBot: true },
]

const status: Status = {
  id: 'PR_1',
  number: 7,
  repository: 'acme/shop',
  url: 'https://github.com/acme/shop/pull/7',
  title: 'A new file',
  state: 'open',
  isDraft: false,
  branch: 'ao/one',
  base: 'main',
  head,
  baseHead: '3'.repeat(40),
  updatedAt: noon,
  mergeable: 'MERGEABLE',
  mergeState: 'CLEAN',
  decision: null,
  mergeCommit: null,
  place: null,
  isAutoMergeOn: false,
  unresolved: [],
  before: null,
  fingerprint: '',
}
const facts = {
  head,
  base: '3'.repeat(40),
  mergeBase: '4'.repeat(40),
  isBehind: true,
  isContained: false,
  isConflicting: true,
  conflictFiles: ['src/1.txt'],
  tree: null,
  patchId: 'p',
}
const nothing = { checks: [], opinions: [], remarks: [], comments: [], headAt: noon }

type Parts = Partial<Omit<Seen, 'status' | 'particulars'>> & {
  readonly status?: Partial<Status>
  readonly particulars?: Partial<Seen['particulars']>
}
const draw = (parts: Parts = {}) =>
  picture({
    threads: [],
    demands: noDemands,
    facts: null,
    patchId: '',
    told: { reports: false, outsiders: false },
    ...parts,
    status: { ...status, ...parts.status },
    particulars: { ...nothing, ...parts.particulars },
  })

const opinion = (author: Opinion['author'], state: Opinion['state'], more: Partial<Opinion> = {}): Opinion => ({
  id: `PRR_${author.login}`,
  author,
  state,
  commit: head,
  mayWrite: true,
  isOurs: false,
  isOutsider: false,
  at: noon - 5_000,
  text: '',
  ...more,
})
const said = (author: Said['author'], at: number, more: Partial<Said> = {}): Said => ({
  id: `IC_${author.login}_${at}`,
  author,
  isOurs: false,
  isOutsider: false,
  at,
  text: 'Why?',
  ...more,
})

describe('checks', () => {
  const run = (
    name: string,
    conclusion: string | null,
    more: { at?: string | null; workflow?: string; event?: string; app?: string } = {},
  ): RawCheck => ({
    __typename: 'CheckRun',
    id: `CR_${name}_${more.at}_${more.workflow}`,
    name,
    status: conclusion === null ? 'IN_PROGRESS' : 'COMPLETED',
    conclusion,
    startedAt: more.at === undefined ? '2026-05-04T12:00:00Z' : more.at,
    url: null,
    isRequired: false,
    checkSuite: {
      app: { slug: more.app ?? 'github-actions' },
      workflowRun: more.app ? null : { event: more.event ?? 'pull_request', workflow: { name: more.workflow ?? 'CI' } },
    },
  })
  const commitStatus = (context: string, state: string): RawCheck => ({
    __typename: 'StatusContext',
    id: `SC_${context}`,
    context,
    state,
    createdAt: '2026-05-04T12:00:00Z',
    description: null,
    targetUrl: null,
    isRequired: false,
  })
  const standing = (raw: readonly RawCheck[], required: readonly string[] = []) => checksStanding(readChecks(raw), required)

  test.each([
    ['SUCCESS', 'passing'],
    ['NEUTRAL', 'passing'],
    ['SKIPPED', 'passing'],
    ['FAILURE', 'failing'],
    ['TIMED_OUT', 'failing'],
    ['CANCELLED', 'failing'],
    ['ACTION_REQUIRED', 'failing'],
    ['STARTUP_FAILURE', 'failing'],
    ['STALE', 'pending'],
    [null, 'pending'],
  ])('a run that ended with %s is %s', (conclusion, state) => {
    expect(standing([run('test', conclusion)]).checks).toBe(state)
  })

  test.each([
    ['SUCCESS', 'passing'],
    ['ERROR', 'failing'],
    ['FAILURE', 'failing'],
    ['PENDING', 'pending'],
    ['EXPECTED', 'pending'],
  ])('a commit status of %s is %s', (state, shown) => {
    expect(standing([commitStatus('ci/old', state)]).checks).toBe(shown)
  })

  test('neither run nor status is none, which is no pass', () => {
    expect(standing([])).toEqual({ checks: 'none', failing: [], optional: [] })
  })

  test('without required ones all count, and none is optional', () => {
    expect(standing([run('lint', 'FAILURE'), run('test', null)])).toEqual({ checks: 'failing', failing: ['lint'], optional: [] })
  })

  test('where some are required only those count; the others that fail are optional and named after them', () => {
    const seen = [run('flaky', 'FAILURE'), run('test', 'SUCCESS')]
    expect(standing(seen, ['test'])).toEqual({ checks: 'passing', failing: ['flaky'], optional: ['flaky'] })
    expect(standing([...seen, run('lint', 'FAILURE')], ['test', 'lint'])).toEqual({
      checks: 'failing',
      failing: ['lint', 'flaky'],
      optional: ['flaky'],
    })
  })

  test('what GitHub calls required counts, although nobody tells the rules of the base', () => {
    const seen: readonly SeenCheck[] = readChecks([run('flaky', 'FAILURE'), { ...run('test', 'SUCCESS'), isRequired: true }])
    expect(checksStanding(seen, [])).toMatchObject({ checks: 'passing', optional: ['flaky'] })
  })

  test('a required one that has not reported is pending', () => {
    expect(standing([run('lint', 'SUCCESS')], ['test']).checks).toBe('pending')
    expect(standing([], ['test']).checks).toBe('pending')
  })

  test('of a check that ran again only the newest run counts, also when it was started anew', () => {
    const again = [run('test', 'FAILURE', { at: '2026-05-04T12:00:00Z' }), run('test', 'SUCCESS', { at: '2026-05-04T12:10:00Z' })]
    expect(standing(again)).toMatchObject({ checks: 'passing', failing: [] })
    expect(standing([...again].reverse()).checks).toBe('passing')
    expect(standing([...again, run('test', null, { at: null })]).checks).toBe('pending')
  })

  test('checks of one name in two workflows are two, told by their workflows', () => {
    expect(standing([run('test', 'FAILURE', { workflow: 'CI' }), run('test', 'SUCCESS', { workflow: 'Nightly' })])).toMatchObject({
      checks: 'failing',
      failing: ['CI / test'],
    })
    const twice = [run('test', 'FAILURE', { event: 'push' }), run('test', 'FAILURE', { event: 'pull_request' })]
    expect(standing(twice).failing).toEqual(['CI / test (push)', 'CI / test (pull_request)'])
  })

  test('what has ended waits for no check', () => {
    const particulars = { checks: readChecks([run('test', null)]) }
    expect(draw({ particulars }).checks).toBe('pending')
    expect(draw({ particulars, status: { state: 'closed' } }).checks).toBe('none')
    expect(draw({ status: { state: 'merged' }, demands: { checks: ['test'], isUpToDateWanted: true } })).toMatchObject({
      checks: 'none',
      mustBeUpToDate: false,
    })
  })
})

describe('reviews', () => {
  const review = (opinions: readonly Opinion[], more: Partial<Status> = {}) => draw({ particulars: { opinions }, status: more }).review

  test('an approval counts for exactly the commit it was given to', () => {
    expect(review([opinion(ana, 'APPROVED')])).toBe('approved')
    expect(review([opinion(ana, 'APPROVED', { commit: older })])).toBe('none')
  })

  test('a request for changes outweighs approvals and stands through pushes until it is dismissed', () => {
    const asked = opinion(ana, 'CHANGES_REQUESTED', { commit: older })
    expect(review([asked, opinion(bob, 'APPROVED')])).toBe('changes-requested')
    expect(review([{ ...asked, state: 'DISMISSED' }, opinion(bob, 'APPROVED')])).toBe('approved')
  })

  test('opinions of those who may not write, and of bots, decide nothing', () => {
    expect(review([opinion(ana, 'CHANGES_REQUESTED', { mayWrite: false }), opinion(bob, 'APPROVED', { mayWrite: false })])).toBe('none')
    expect(review([opinion(robo, 'APPROVED')])).toBe('none')
  })

  test('as long as GitHub wants more approvals it is pending', () => {
    expect(review([], { decision: 'REVIEW_REQUIRED' })).toBe('pending')
    expect(review([opinion(ana, 'APPROVED')], { decision: 'REVIEW_REQUIRED' })).toBe('pending')
    expect(review([opinion(ana, 'APPROVED')], { decision: 'APPROVED' })).toBe('approved')
  })
})

describe('what was said', () => {
  const at = (seconds: number) => noon + seconds * 1_000
  const word = (login: string, kind: string, seconds: number, association = 'COLLABORATOR') => ({
    id: `${login}${seconds}`,
    createdAt: new Date(at(seconds)).toISOString(),
    authorAssociation: association,
    author: { __typename: kind, login },
  })
  const thread = (...words: ReturnType<typeof word>[]) =>
    threadHeadIn({ id: `PRRT_${words[0]?.id}`, isResolved: false, first: { nodes: words.slice(0, 1) }, last: { nodes: words.slice(-30) } })

  test('threads are counted by who began them, by the type of the account', () => {
    const threads = [thread(word('ana', 'User', 1)), thread(word('robo', 'Bot', 2)), thread(word('not-a-bot[bot]', 'User', 3))]
    expect(draw({ threads })).toMatchObject({ openThreads: { people: 2, bots: 1 }, lastSaid: { people: at(3), bots: at(2) } })
  })

  test('46: a reply is something new, also by the person whose token the bot has', () => {
    const begun = word('ana', 'User', 1)
    expect(draw({ threads: [thread(begun, word('bob', 'User', 5))] }).lastSaid.people).toBe(at(5))
    expect(draw({ threads: [thread(begun, word('me', 'User', 9, 'OWNER'))] }).lastSaid.people).toBe(at(9))
  })

  test('what a bot answers in a thread of a person is news of bots, and what a person says in a thread of a bot, too', () => {
    expect(draw({ threads: [thread(word('ana', 'User', 1), word('robo', 'Bot', 9))] })).toMatchObject({
      openThreads: { people: 1, bots: 0 },
      lastSaid: { people: at(1), bots: at(9) },
    })
    expect(draw({ threads: [thread(word('robo', 'Bot', 1), word('ana', 'User', 9))] })).toMatchObject({
      openThreads: { people: 0, bots: 1 },
      lastSaid: { people: 0, bots: at(9) },
    })
  })

  test('two comments of the same second are two', () => {
    const begun = word('ana', 'User', 1)
    const once = draw({ threads: [thread(begun)] }).lastSaid.people
    expect(draw({ threads: [thread(begun, word('bob', 'User', 1))] }).lastSaid.people).toBeGreaterThan(once)
    expect(draw({ threads: [thread(begun), thread(word('bob', 'User', 1))] }).lastSaid.people).toBeGreaterThan(once)
  })

  test('a deleted account is a person', () => {
    const gone = threadHeadIn({
      id: 'PRRT_1',
      isResolved: false,
      first: { nodes: [{ ...word('', 'User', 1), author: null }] },
      last: { nodes: [] },
    })
    expect(draw({ threads: [gone] }).openThreads).toEqual({ people: 1, bots: 0 })
  })

  test('the words of a request for changes count as long as it stands', () => {
    const asked = opinion(ana, 'CHANGES_REQUESTED', { text: 'The name is wrong.' })
    expect(draw({ particulars: { opinions: [asked] } })).toMatchObject({
      openThreads: { people: 1, bots: 0 },
      lastSaid: { people: asked.at, bots: 0 },
    })
    expect(draw({ particulars: { opinions: [{ ...asked, state: 'DISMISSED' }] } }).openThreads.people).toBe(0)
    expect(draw({ particulars: { opinions: [{ ...asked, text: '' }] } }).openThreads.people).toBe(0)
  })

  test('46: comments below the change count when they are newer than its head and not ours', () => {
    const comments = [said(ana, at(-60)), said(bob, at(60)), said(ana, at(70), { isOurs: true })]
    expect(draw({ particulars: { comments } })).toMatchObject({ openThreads: { people: 1 }, lastSaid: { people: at(60) } })
    expect(draw({ particulars: { remarks: [said(bob, at(60))] } }).openThreads.people).toBe(1)
  })

  test('what people without rights here say, in a thread or below the change, counts on demand only', () => {
    const threads = [thread(word('eve', 'User', 1, 'NONE'))]
    const particulars = { comments: [said(bob, at(60), { isOutsider: true })], remarks: [said(bob, at(61), { isOutsider: true })] }
    expect(draw({ threads, particulars })).toMatchObject({ openThreads: { people: 0, bots: 0 }, lastSaid: { people: 0, bots: 0 } })
    expect(draw({ threads, particulars, told: { reports: false, outsiders: true } }).openThreads.people).toBe(3)
  })

  test('a request for changes from the chat stands in our own comment until the same person approves there', () => {
    const told = (seconds: number, verdict: string, by: string, text: string) =>
      said(ana, at(seconds), {
        isOurs: true,
        text: `<!-- ao:review ${verdict} 0123abcd -->\n**${by}** ${verdict === 'approve' ? 'approved' : 'requested changes to'} ${head} in the chat.${text}`,
      })
    const asked = told(-60, 'request-changes', 'Ben \\[x\\]', '\n\nThe name is wrong.\n\nReally.')
    expect(draw({ particulars: { comments: [asked] } })).toMatchObject({
      review: 'changes-requested',
      openThreads: { people: 1, bots: 0 },
      lastSaid: { people: at(-60) },
    })
    const words = openWords({ ...nothing, comments: [asked] }, { reports: false, outsiders: false })
    expect(words).toMatchObject([{ author: { login: 'Ben [x]', isBot: false }, text: 'The name is wrong.\n\nReally.' }])
    const others = [asked, told(1, 'approve', 'Cem', '')]
    expect(draw({ particulars: { comments: others } }).review).toBe('changes-requested')
    const settled = [asked, told(1, 'approve', 'Ben \\[x\\]', '')]
    expect(draw({ particulars: { comments: settled } })).toMatchObject({ review: 'none', openThreads: { people: 0 } })
    const forged = [said(bob, at(60), { text: asked.text })]
    expect(draw({ particulars: { comments: forged } }).review).toBe('none')
  })

  test('what bots report there counts on demand only', () => {
    const particulars = { comments: [said(robo, at(60))], remarks: [said(robo, at(61))] }
    expect(draw({ particulars }).openThreads).toEqual({ people: 0, bots: 0 })
    expect(draw({ particulars, told: { reports: true, outsiders: false } }).openThreads).toEqual({ people: 0, bots: 2 })
  })

  test('what somebody without a say wants changed is a comment', () => {
    const asked = opinion(bob, 'CHANGES_REQUESTED', { mayWrite: false, text: 'I would not.', at: at(60) })
    expect(draw({ particulars: { opinions: [asked] } })).toMatchObject({ review: 'none', openThreads: { people: 1 } })
    expect(draw({ particulars: { opinions: [{ ...asked, at: at(-60) }] } }).openThreads.people).toBe(0)
  })
})

describe('where it stands', () => {
  test("a conflict is GitHub's word, and git's while GitHub has none", () => {
    expect(draw({ status: { mergeable: 'CONFLICTING' } })).toMatchObject({ conflict: 'conflicting', conflictFiles: [] })
    expect(draw({ facts, status: { mergeable: 'MERGEABLE' } }).conflict).toBe('none')
    expect(draw({ facts, status: { mergeable: 'UNKNOWN' } })).toMatchObject({ conflict: 'conflicting', conflictFiles: ['src/1.txt'] })
    expect(draw({ facts: { ...facts, isConflicting: false }, status: { mergeable: 'UNKNOWN' } }).conflict).toBe('none')
    expect(draw({ status: { mergeable: 'UNKNOWN' } }).conflict).toBe('unknown')
  })

  test('it is behind by git, and by GitHub where git cannot be asked', () => {
    expect(draw({ facts })).toMatchObject({ isBehind: true, baseHead: facts.base })
    expect(draw({ facts: { ...facts, isBehind: false }, status: { mergeState: 'BEHIND' } }).isBehind).toBe(false)
    expect(draw({ status: { mergeState: 'BEHIND' } })).toMatchObject({ isBehind: true, baseHead: null })
  })

  test('an order that GitHub has taken is told in words', () => {
    expect(draw({ status: { place: 2 } }).queued).toBe('in the merge queue, place 2')
    expect(draw({ status: { isAutoMergeOn: true } }).queued).toBe('auto-merge is on')
    expect(draw({ status: { isAutoMergeOn: true, state: 'closed' } }).queued).toBeNull()
  })

  test('what has ended neither conflicts nor is behind', () => {
    expect(draw({ facts, patchId: 'p', status: { state: 'merged', mergeable: 'CONFLICTING', mergeCommit: older } })).toMatchObject({
      state: 'merged',
      conflict: 'none',
      conflictFiles: [],
      isBehind: false,
      baseHead: null,
      mergeCommit: older,
      patchId: 'p',
    })
  })

  test('a title is one line without control characters', () => {
    expect(draw({ status: { title: 'red \u001b[31malert\u0007\nsecond line' } }).title).toBe('red alert second line')
  })
})
