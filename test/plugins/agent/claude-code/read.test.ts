import { describe, expect, test } from 'vitest'
import { unheard } from '../../../../core/contracts/agent.ts'
import { isResting } from '../../../../plugins/agent/claude-code/transcript.ts'
import { agentContract } from '../../../contracts/agent.ts'
import { foldLines, makeAgent, recorded } from './make.ts'

const agent = await makeAgent()

const longest = recorded.find(({ name }) => name === 'turn-ended')
for (const source of ['mailbox', 'transcript'] as const)
  agentContract(`claude-code read from its ${source}`, () => ({ agent, source, lines: longest?.[source] ?? [] }), 'own')

describe.each(recorded)('$name, as it was recorded', ({ expect: { class: kind, ...expected }, mailbox, transcript }) => {
  const heard = mailbox.map((text) => ['mailbox', text] as const)
  const read = transcript.map((text) => ['transcript', text] as const)
  const timed = [...heard, ...read].sort((a, b) => timeOf(a[1]) - timeOf(b[1]))
  const orders = [[...heard, ...read], [...read, ...heard], timed]

  test('shows what was to be seen', () => {
    expect(foldLines(agent, orders[0] ?? [])).toMatchObject(expected)
    expect(classOf(foldLines(agent, orders[0] ?? []))).toContain(kind)
  })

  test('looks the same in whatever order its files are read', () => {
    const [first, ...others] = orders.map((lines) => ({ ...foldLines(agent, lines), notes: {} }))
    for (const other of others) expect(other).toEqual(first)
  })
})

test('the recorded cases are of many kinds', () => {
  expect(recorded.length).toBeGreaterThanOrEqual(12)
  expect(new Set(recorded.map(({ expect: { class: kind } }) => kind)).size).toBeGreaterThanOrEqual(7)
})

const at = '2026-11-20T11:00:00.000Z'
const said = (id: string, output: number, more: object = {}) =>
  JSON.stringify({
    type: 'assistant',
    sessionId: 's',
    timestamp: at,
    message: { id, model: 'claude-x', content: [], usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: output } },
    ...more,
  })

test('an API message that stands in several rows counts once, with its last count', () => {
  const { usage } = foldLines(
    agent,
    [said('a', 1), said('a', 20), said('b', 7), said('a', 20)].map((row) => ['transcript', row]),
  )
  expect(usage).toEqual([{ model: 'claude-x', input: 20, cacheRead: 10, cacheWrite: 0, output: 27, costUsd: null }])
})

test('rows of agents below the main one count for nothing here', () => {
  expect(foldLines(agent, [['transcript', said('a', 1, { isSidechain: true })]])).toBe(unheard)
})

test("what a tool printed is no proof that a message arrived, and neither is the agent's queue", () => {
  const words = '[ao #m1] hi .'
  const rows = [
    { type: 'user', timestamp: at, message: { content: [{ type: 'tool_result', tool_use_id: 't', content: words }] } },
    { type: 'queue-operation', operation: 'enqueue', timestamp: at, content: words },
    { type: 'attachment', timestamp: at, attachment: { type: 'hook_success', stdout: words } },
  ]
  const told = { type: 'user', timestamp: at, message: { content: words } }
  const received = (all: readonly object[]) =>
    foldLines(
      agent,
      all.map((row) => ['transcript', JSON.stringify(row)]),
    ).received
  expect(received(rows)).toEqual([])
  expect(received([...rows, told])).toEqual(['m1'])
})

test('a conversation begun anew in the same process is counted from its start', () => {
  const rows = [said('a', 1), said('b', 2, { sessionId: 'other' })]
  expect(
    foldLines(
      agent,
      rows.map((row) => ['transcript', row]),
    ).usage[0]?.output,
  ).toBe(2)
})

test('Escape leaves an agent that rests, and so does a model that did not answer', () => {
  const row = (words: string, more: object = {}) => JSON.stringify({ type: 'user', message: { content: words }, ...more })
  expect(isResting(`cut off"}\n${row('[Request interrupted by user]')}\n{"type":"mode"}\n`)).toBe(true)
  expect(isResting(row('x', { type: 'assistant', isApiErrorMessage: true }))).toBe(true)
  expect(isResting(`${row('[Request interrupted by user]')}\n${row('go on')}`)).toBe(false)
  expect(isResting('')).toBe(false)
})

const timeOf = (line: string): number => {
  const row = JSON.parse(line)
  return typeof row.at === 'number' ? row.at : Date.parse(row.timestamp) || 0
}

/** The kinds a picture can count as; more than one where the process alone tells them apart. */
const classOf = ({ question, turnEnded, tool }: ReturnType<typeof foldLines>): readonly string[] => {
  if (question) return [question.kind, `asks-${question.kind}`]
  if (turnEnded) return ['turn-ended', 'gone']
  return tool ? ['tool', 'working'] : ['working', 'gone']
}
