import { describe, expect, test } from 'vitest'
import { createNotice } from '../../../../plugins/agent/opencode/notice.ts'
import type { Row, RowWords } from '../../../../plugins/agent/opencode/rows.ts'
import { type Event, eventSchema } from '../../../../plugins/agent/opencode/wire.ts'

const event = (type: string, properties: object): Event => eventSchema.parse({ type, properties })
const idle = { opencode: 'status', status: 'idle', text: null, attempt: 0, untilMs: 0 } as const
const busy = { ...idle, status: 'busy' } as const
const tool = { opencode: 'tool', call: 'call_1', name: 'bash make', isRunning: true, since: 5 } as const
const asked = { opencode: 'asked', request: 'per_1', kind: 'permission', text: 'Run a command: make', detail: 'make', always: '' } as const

/** A notice that has these rows of the conversation `ses_a` behind it. */
const noticeAfter = (rows: readonly RowWords[] = [], now: () => number = () => 1) =>
  createNotice(
    [{ opencode: 'started', run: 'r1' } as const, { opencode: 'session', session: 'ses_a' } as const, ...rows].map(
      (row) => ({ v: 1, at: 1, ...row }) as Row, // words and what every row has
    ),
    now,
  )

const running = event('message.part.updated', {
  sessionID: 'ses_a',
  part: {
    type: 'tool',
    messageID: 'msg_1',
    callID: 'call_1',
    tool: 'bash',
    state: { status: 'running', input: { command: 'make' }, time: { start: 5 } },
  },
})
const permission = (more: object = { tool: { callID: 'call_1' } }): Event =>
  event('permission.asked', { id: 'per_1', permission: 'bash', patterns: ['make'], metadata: { command: 'make' }, ...more })
const words = (sessionID: string, more: object = {}): Event =>
  event('message.part.updated', { sessionID, part: { type: 'text', messageID: 'msg_2', text: 'Said.', ...more } })
const info = (sessionID: string) => ({
  ...{ id: 'msg_2', sessionID, role: 'assistant', providerID: 'acme', modelID: 'm-1', cost: 0.5 },
  ...{ tokens: { input: 1, output: 2, reasoning: 0, cache: { read: 0, write: 0 } }, time: { created: 1, completed: 9 } },
})
const nothing = { messages: [], permissions: [], questions: [], status: { type: 'idle' } } as const

describe('of an agent below this one', () => {
  test('what it used counts, and what it said is not this one’s', () => {
    const notice = noticeAfter()
    notice.heard(words('ses_child'))
    expect(notice.heard(event('message.updated', { info: info('ses_child') }))).toMatchObject([
      { session: 'ses_child', costUsd: 0.5, text: null },
    ])
  })

  test.each([
    [
      'its conversation is not taken for this one’s',
      'session.created',
      { info: { id: 'ses_b', parentID: 'ses_a', directory: '/', time: { created: 1 } } },
    ],
    ['the end of its turn is none of this one’s', 'session.status', { sessionID: 'ses_child', status: { type: 'idle' } }],
    [
      'its failure is none of this one’s',
      'session.error',
      { sessionID: 'ses_child', error: { name: 'APIError', data: { statusCode: 401 } } },
    ],
  ])('%s', (_, type, properties) => {
    expect(noticeAfter([busy]).heard(event(type, properties))).toEqual([])
  })
})

describe('a question', () => {
  test('that is told twice is put down once, of either kind', () => {
    const notice = noticeAfter()
    const question = event('question.asked', { id: 'que_1', questions: [{ question: 'Which?' }] })
    expect([permission(), permission(), question, question].map((one) => notice.heard(one).length)).toEqual([1, 0, 1, 0])
  })

  test('that nobody knows closes nothing', () => {
    expect(noticeAfter().heard(event('permission.replied', { sessionID: 'ses_a', requestID: 'per_9', reply: 'once' }))).toEqual([])
  })

  test('is asked anew by a new start, whatever its id', () => {
    expect(noticeAfter([asked, { opencode: 'started', run: 'r2' }]).heard(permission())).toHaveLength(1)
  })

  test('of thousands of lines is cut to what a row holds, and says so; a short one is whole', () => {
    const [long] = noticeAfter().heard(permission({ metadata: { diff: 'é"\n'.repeat(40_000), filepath: 'a.ts' } }))
    expect(Buffer.byteLength(JSON.stringify(long))).toBeLessThan(60_000)
    expect(JSON.stringify(long)).toContain('cut here; 120000 characters in all')
    expect(noticeAfter().heard(permission())).toMatchObject([{ detail: 'make' }])
  })
})

describe('a tool', () => {
  test('that goes on after its permission is told again, also when the permission or the answer named no tool', () => {
    const unheard = noticeAfter([tool])
    expect([unheard.heard(permission()).length, unheard.heard(running).length]).toEqual([1, 1])
    const unnamed = noticeAfter([tool])
    unnamed.heard(permission({}))
    unnamed.heard(event('permission.replied', { sessionID: 'ses_a', requestID: 'per_1', reply: 'once' }))
    expect(unnamed.heard(running)).toHaveLength(1)
  })

  test('that stands as running in a conversation that rests ran in a process that is no more', () => {
    const { properties } = running as Extract<Event, { type: 'message.part.updated' }> // as it was made
    const messages = [
      { info: { id: 'msg_1', sessionID: 'ses_a', role: 'assistant', time: { created: 1 } } as const, parts: [properties.part] },
    ]
    expect(noticeAfter([busy]).caughtUp({ ...nothing, messages })).toEqual([idle])
    expect(noticeAfter([busy]).caughtUp({ ...nothing, messages, status: { type: 'busy' } })).toEqual([tool])
  })
})

describe('a turn', () => {
  test('that began and ended unheard is news, though it rests as before', () => {
    const messages = [
      { info: { ...info('ses_a'), role: 'assistant' } as const, parts: [{ type: 'text', messageID: 'msg_2', text: 'Said.' }] },
    ]
    expect(noticeAfter([idle]).caughtUp({ ...nothing, messages })).toMatchObject([{ opencode: 'step', text: 'Said.' }, idle])
    expect(noticeAfter([idle]).caughtUp(nothing)).toEqual([])
  })

  test('that never began has no end', () => expect(noticeAfter().caughtUp(nothing)).toEqual([]))

  test('ends with what it said, not with what opencode says to itself', () => {
    const notice = noticeAfter()
    notice.heard(words('ses_a'))
    notice.heard(words('ses_a', { text: 'A reminder.', synthetic: true }))
    expect(notice.heard(event('message.updated', { info: info('ses_a') }))).toMatchObject([{ text: 'Said.' }])
  })

  test('in which it writes is put down now and then, not at each word', () => {
    let now = 100_000
    const notice = noticeAfter([], () => now)
    const write = (): number => notice.heard(event('message.part.delta', { sessionID: 'ses_a' })).length
    expect([write(), write()]).toEqual([1, 0])
    now += 10_000
    expect(write()).toBe(1)
  })
})
