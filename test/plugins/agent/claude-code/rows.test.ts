import { describe, expect, test } from 'vitest'
import { type AgentPicture, unheard } from '../../../../core/contracts/agent.ts'
import { isResting } from '../../../../plugins/agent/claude-code/transcript.ts'
import { foldLines, makeAgent } from './make.ts'

const agent = await makeAgent()

type Line = readonly [source: string, text: string]

const start = Date.parse('2026-11-20T11:00:00Z')
const second = (at: number): number => start + at * 1_000
/** A row of a hook, so many seconds after the start. */
const hooked = (at: number, event: string, hook: object = {}, more: object = {}): Line => [
  'mailbox',
  JSON.stringify({ v: 1, at: second(at), claude: event, run: 'r', ...more, hook: { session_id: 's', ...hook } }),
]
/** A row of the session file. */
const row = (at: number, type: string, content: unknown, more: object = {}): Line => [
  'transcript',
  JSON.stringify({ type, sessionId: 's', timestamp: new Date(second(at)).toISOString(), message: { content }, ...more }),
]
const words = (at: number, text: string, more: object = {}): Line => row(at, 'user', text, more)
const says = (at: number, text: string): Line => row(at, 'assistant', [{ type: 'text', text }])
const calls = (at: number, id: string, name = 'Bash', input: object = { command: 'npm test' }): Line =>
  row(at, 'assistant', [{ type: 'tool_use', id, name, input }])
const result = (at: number, id: string, parts: object = {}, more: object = {}): Line =>
  row(at, 'user', [{ type: 'tool_result', tool_use_id: id, content: 'ok', ...parts }], more)
const failure = (at: number, error: string, text = 'No answer'): Line =>
  row(at, 'assistant', [{ type: 'text', text }], { isApiErrorMessage: true, error })
const asks = (at: number, request: string, hook: object = { tool_name: 'Bash', tool_input: { command: 'npm test' } }): Line =>
  hooked(at, 'PermissionRequest', hook, { request })
const brokenOff = (at: number): Line => words(at, '[Request interrupted by user]')

const seen = (...lines: readonly Line[]): AgentPicture => foldLines(agent, lines)

/** The same in whichever order the two files are read. */
const seenEither = (...lines: readonly Line[]): AgentPicture => {
  const [heard, read] = ['mailbox', 'transcript'].map((source) => lines.filter(([from]) => from === source))
  const picture = { ...seen(...(heard ?? []), ...(read ?? [])), notes: {} }
  expect({ ...seen(...(read ?? []), ...(heard ?? [])), notes: {} }).toEqual(picture)
  return picture
}

describe('a turn', () => {
  const ended = hooked(10, 'Stop', { last_assistant_message: 'done' })

  test('has ended with what the agent said last, at the time it said so', () => {
    expect(seen(ended).turnEnded).toEqual({ mark: second(10), message: 'done' })
    expect(seenEither(says(8, 'all of it'), calls(9, 'c1'), result(9, 'c1'), hooked(10, 'Stop')).turnEnded?.message).toBe('all of it')
  })

  test.each<[string, Line]>([
    ['words were handed in', hooked(20, 'UserPromptSubmit')],
    ['it was started again', hooked(20, 'SessionStart')],
    ['it does something', says(20, 'more')],
    ['words for it stand in its session file', words(20, 'go on')],
    ['words of ours take the place of its end', hooked(20, 'Stop', {}, { goesOn: true })],
  ])('runs again once %s', (_, line) => {
    expect(seenEither(ended, line).turnEnded).toBeNull()
  })

  test.each<[string, Line]>([
    ['by a command of the terminal', words(20, '<command-name>/model</command-name>')],
    ['by what a person runs there', words(20, ' <bash-input>ls</bash-input>')],
    ['by a note to the agent that is no message', words(20, 'Caveat: the messages below …', { isMeta: true })],
    ['by a row of another version', ['mailbox', JSON.stringify({ v: 2, at: second(20), claude: 'UserPromptSubmit' })]],
  ])('does not begin %s', (_, line) => {
    expect(seenEither(ended, line).turnEnded?.message).toBe('done')
  })

  test('that a person broke off by Escape says so, and has no last message', () => {
    expect(seenEither(words(1, 'go'), says(2, 'I'), brokenOff(5)).turnEnded).toEqual({ mark: second(5), message: null, isBrokenOff: true })
    expect(seenEither(ended, words(11, 'go'), words(15, '[Request interrupted by user for tool use]')).turnEnded?.isBrokenOff).toBe(true)
  })

  test('that ended by itself after another was broken off was not', () => {
    const next = [brokenOff(5), words(6, 'go on'), says(7, 'I did'), hooked(8, 'Stop', { last_assistant_message: 'I did' })]
    expect(seenEither(...next).turnEnded).toEqual({ mark: second(8), message: 'I did' })
  })

  test('in which the model failed ends without a hook, too', () => {
    expect(seen(words(1, 'go'), failure(5, 'overloaded', 'Overloaded')).turnEnded).toEqual({ mark: second(5), message: 'Overloaded' })
  })
})

describe('work', () => {
  test('is what the model says and what a tool gave back, not what it was told', () => {
    expect(seen(words(1, 'go')).workedAt).toBeNull()
    expect(seen(words(1, 'go'), says(2, 'I')).workedAt).toBe(second(2))
    expect(seen(calls(2, 'c1'), result(9, 'c1')).workedAt).toBe(second(9))
  })

  test('is never of the future, and never goes back', () => {
    const future = (start: Line): Line => [start[0], start[1].replace('2026-11-20T', '2199-01-01T')]
    expect(seen(future(says(1, 'x'))).workedAt).toBe(4_000_000_000_000)
    expect(seen(['mailbox', JSON.stringify({ v: 1, at: 5_000_000_000_000, claude: 'Stop', hook: {} })]).turnEnded?.mark).toBe(
      4_000_000_000_000,
    )
    expect(seen(says(9, 'x'), says(3, 'late')).workedAt).toBe(second(9))
    const before = { ...unheard, workedAt: second(100) }
    expect(agent.read(before, { source: 'transcript', text: says(9, 'x')[1], mark: 0, at: second(200) }).workedAt).toBe(second(100))
  })

  test('with a tool lasts until that tool has given something back', () => {
    expect(seen(calls(2, 'c1')).tool).toEqual({ name: 'Bash', since: second(2) })
    expect(seen(calls(2, 'c1'), calls(2, 'c1'), result(9, 'c1')).tool).toBeNull()
    expect(seen(calls(2, 'c1'), calls(3, 'c2', 'Read', {}), result(9, 'c1')).tool?.name).toBe('Read')
  })

  test('with a tool does not outlast its turn, or its process', () => {
    expect(seenEither(calls(2, 'c1'), hooked(5, 'Stop'), hooked(6, 'UserPromptSubmit')).tool).toBeNull()
    expect(seenEither(calls(2, 'c1'), hooked(5, 'SessionStart')).tool).toBeNull()
  })

  test('is not with a tool while that tool waits for a permission', () => {
    expect(seenEither(calls(2, 'c1'), asks(3, 'claude-1-1'))).toMatchObject({ tool: null, question: { request: 'claude-1-1' } })
  })
})

describe('a question', () => {
  test('that is written down twice is one', () => {
    const twice = [asks(1, 'claude-1-1'), asks(1, 'claude-1-1')]
    expect(seen(...twice)).toMatchObject({ question: { request: 'claude-1-1' }, answered: null })
    expect(seen(...twice, hooked(2, 'Answered', {}, { request: 'claude-1-1', said: 'Yes' })).question).toBeNull()
  })

  test('takes the place of the one before it, which was decided at the terminal', () => {
    const picture = seen(asks(1, 'claude-1-1'), asks(2, 'claude-2-2'))
    expect(picture.question?.request).toBe('claude-2-2')
    expect(picture.answered).toEqual({ request: 'claude-1-1', text: 'decided at the terminal', by: 'terminal' })
  })

  test('of an agent below the main one stands beside that of the main one, whichever came first', () => {
    const below = { tool_name: 'Bash', tool_input: { command: 'ls' }, agent_id: 'a1' }
    expect(seen(asks(1, 'claude-1-1'), asks(2, 'claude-2-2', below)).question?.request).toBe('claude-1-1')
    expect(seen(asks(1, 'claude-1-1', below), asks(2, 'claude-2-2')).question?.request).toBe('claude-1-1')
  })

  test.each<[string, Line, string]>([
    ['its tool has run', hooked(5, 'PostToolUse', { tool_response: {} }, { request: 'claude-1-1' }), 'Yes'],
    ['its tool has failed', hooked(5, 'PostToolUseFailure', {}, { request: 'claude-1-1' }), 'Yes'],
    ['its turn has ended', hooked(5, 'Stop'), 'decided at the terminal'],
    ['its hook was ended', hooked(5, 'Left', {}, { request: 'claude-1-1' }), 'interrupted'],
    ['Escape was pressed', brokenOff(5), 'interrupted'],
  ])('is closed at the terminal once %s', (_, line, text) => {
    expect(seenEither(asks(1, 'claude-1-1'), line)).toMatchObject({
      question: null,
      answered: { request: 'claude-1-1', text, by: 'terminal' },
    })
  })

  const rejected = "The user doesn't want to proceed with this tool use. The tool use was rejected."
  test.each<[string, object, string]>([
    ['Yes', {}, 'Yes'],
    ['Yes, and it failed', { is_error: true, content: 'exit 1' }, 'Yes'],
    ['No', { is_error: true, content: rejected }, 'No'],
    ['No, with a reason', { is_error: true, content: `${rejected} To tell you how to proceed, the user said:\nuse pnpm ` }, 'No: use pnpm'],
    ['No, in parts', { is_error: true, content: [{ type: 'text', text: rejected }] }, 'No'],
  ])('that was answered there with %s is known by what the tool gave back', (_, parts, text) => {
    const lines = [calls(1, 'c1'), asks(2, 'claude-1-1'), result(5, 'c1', parts)]
    expect(seenEither(...lines)).toMatchObject({ question: null, answered: { text, by: 'terminal' } })
  })

  test('is not closed by another call, nor by the same one before it was asked', () => {
    const isOpen = (...lines: readonly Line[]): boolean => seenEither(asks(10, 'claude-1-1'), ...lines).question !== null
    expect(isOpen(calls(9, 'c1', 'Bash', { command: 'ls' }), result(15, 'c1'))).toBe(true)
    expect(isOpen(calls(9, 'c1', 'Read', {}), result(15, 'c1'))).toBe(true)
    expect(isOpen(calls(5, 'c1'), result(6, 'c1'))).toBe(true)
    expect(isOpen(brokenOff(5), words(6, 'go'))).toBe(true)
    expect(isOpen(calls(9, 'c1'), result(15, 'c1'))).toBe(false)
  })

  test('is known again by its input however that is ordered, and with what a person added to it', () => {
    const edit = asks(2, 'claude-1-1', { tool_name: 'Edit', tool_input: { file_path: '/a', more: { x: 1, y: 2 } } })
    expect(seen(edit, calls(1, 'c1', 'Edit', { more: { y: 2, x: 1 }, file_path: '/a' }), result(5, 'c1')).question).toBeNull()
    const questions = [{ question: 'Which?', options: [{ label: 'A' }, { label: 'B' }] }]
    const asked = asks(2, 'claude-1-1', { tool_name: 'AskUserQuestion', tool_input: { questions } })
    const answered = calls(1, 'c1', 'AskUserQuestion', { questions, answers: { 'Which?': 'B' } })
    expect(seen(asked, answered, result(5, 'c1', {}, { toolUseResult: { answers: { 'Which?': 'B' } } }))).toMatchObject({
      question: null,
      answered: { text: 'B', by: 'terminal' },
    })
  })

  test('that was too long for a row is known again by its tool', () => {
    const cut = asks(2, 'claude-1-1', { tool_name: 'Write', cut: '{"file_path":"/a","content":"begin' })
    expect(seen(cut).question).toMatchObject({ text: 'It wants to write /a', detail: 'begin …' })
    expect(seen(cut, calls(1, 'c1', 'Write', { file_path: '/a', content: 'begin and end' }), result(5, 'c1')).question).toBeNull()
  })

  test('of several takes each answer once, in its order', () => {
    const questions = ['One?', 'Two?', 'Three?'].map((question) => ({ question, options: [] }))
    const asked = asks(1, 'claude-1-1', { tool_name: 'AskUserQuestion', tool_input: { questions } })
    const part = (at: number, index: number, answer: string): Line => hooked(at, 'Part', {}, { request: 'claude-1-1', index, answer })
    const second = seen(asked, part(2, 0, 'a'), part(3, 0, 'again'), part(4, 7, 'far'))
    expect(second.question).toMatchObject({ request: 'claude-1-1.2', text: '(2 of 3) Two?' })
    expect(second.answered).toEqual({ request: 'claude-1-1.1', text: 'a', by: 'chat' })
  })

  test('comes before a trouble with the model, which is forgotten once there are new words', () => {
    expect(seenEither(asks(1, 'claude-1-1'), failure(2, 'rate_limit')).question?.request).toBe('claude-1-1')
    expect(seen(failure(2, 'rate_limit')).question?.kind).toBe('limit')
    expect(seen(failure(2, 'oauth_org_not_allowed')).question?.kind).toBe('login')
    expect(seen(failure(2, 'overloaded')).question).toBeNull()
    for (const line of [words(3, 'go on'), hooked(3, 'UserPromptSubmit'), hooked(3, 'SessionStart'), says(3, 'I')])
      expect(seenEither(failure(2, 'rate_limit'), line).question).toBeNull()
  })

  test('put by "ao report" stays, and its answer is not covered by an older one', () => {
    const report = {
      request: 'report-1',
      kind: 'question',
      text: 'Which?',
      detail: null,
      options: [],
      refusal: null,
      reply: 'own',
    } as const
    const answered = { request: 'report-1', text: 'zod', by: 'chat' } as const
    const read = (before: AgentPicture): AgentPicture =>
      agent.read(before, { source: 'transcript', text: says(9, 'x')[1], mark: 0, at: second(200) })
    expect(read({ ...seen(), question: report }).question).toEqual(report)
    const closed = seen(asks(1, 'claude-1-1'), hooked(2, 'Answered', {}, { request: 'claude-1-1', said: 'Yes' }))
    expect(closed.answered?.request).toBe('claude-1-1')
    expect(read({ ...closed, answered }).answered).toEqual(answered)
  })
})

describe('a message', () => {
  test.each<[string, Line]>([
    ['as words', words(1, '[ao #m1] ana: hi .')],
    ['as words in parts', row(1, 'user', [{ type: 'text', text: '[ao #m1] ana: hi .' }])],
    ['while it worked', row(1, 'attachment', [], { attachment: { type: 'queued_command', prompt: '[ao #m1] ana: hi .' } })],
    [
      'while it worked, in parts',
      row(1, 'attachment', [], { attachment: { type: 'queued_command', prompt: [{ type: 'text', text: '[ao #m1] hi .' }] } }),
    ],
    ['beside a tool', row(1, 'attachment', [], { attachment: { type: 'hook_additional_context', content: ['x', '[ao #m1] ana: hi .'] } })],
    ['at the end of a turn', words(1, 'Stop hook feedback:\n[ao #m1] ana: hi .', { isMeta: true })],
  ])('has arrived when it was given to the model %s, and once', (_, line) => {
    expect(seen(line, line).received).toEqual(['m1'])
  })

  test('has not arrived by standing in a note, or in what a person ran', () => {
    expect(seen(words(1, '[ao #m1] hi .', { isMeta: true }), words(2, '<bash-stdout>[ao #m2] hi .</bash-stdout>')).received).toEqual([])
  })
})

test('an answer that no model gave used nothing', () => {
  const message = { id: 'a', model: '<synthetic>', content: [], usage: { input_tokens: 5, output_tokens: 5 } }
  expect(seen(row(1, 'assistant', [], { message })).usage).toEqual([])
})

test('after Escape notes and rows of agents below the main one do not make it work again', () => {
  const line = (text: string, more: object = {}) => JSON.stringify({ type: 'user', message: { content: text }, ...more })
  const interrupted = line('[Request interrupted by user]')
  expect(isResting(`${interrupted}\n${line('note', { isMeta: true })}\n${line('below', { isSidechain: true })}`)).toBe(true)
})
