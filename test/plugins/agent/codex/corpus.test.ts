import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type AgentPicture, unheard } from '../../../../core/contracts/agent.ts'
import { parseObject, readReport } from '../../../../core/kit/mailbox.ts'
import { codex } from '../../../../plugins/agent/codex/index.ts'
import { readLine } from '../../../../plugins/agent/codex/read.ts'
import { agentContract } from '../../../contracts/agent.ts'
import { makeHost } from '../../../fakes/host.ts'

const corpus = join(import.meta.dirname, '../../../fixtures/agents/codex')
const cases = readdirSync(corpus).map((name) => ({
  name,
  folder: join(corpus, name),
  ...parseObject(textOf(join(corpus, name, 'case.json'))),
}))

type Line = { readonly source: string; readonly text: string; readonly mark: number; readonly at: number }

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
/** The lines of a file with the times in them. */
const linesOf = (folder: string, source: string, file: string): readonly (Line & { readonly when: number })[] => {
  let mark = 0
  return textOf(join(folder, file))
    .split('\n')
    .map((text) => {
      const row = parseObject(text)
      const line = {
        source,
        text,
        mark,
        at: 2_000_000_000_000,
        when: typeof row?.at === 'number' ? row.at : Date.parse(String(row?.timestamp)) || 0,
      }
      mark += Buffer.byteLength(text) + 1
      return line
    })
}
const fold = (lines: readonly Line[]): AgentPicture =>
  lines.reduce((picture, line) => (line.source === 'mailbox' ? readReport(picture, line) : null) ?? readLine(picture, line), unheard)

describe('what was recorded of the real Codex', () => {
  test('is enough to tell by', () => {
    expect(cases.length).toBeGreaterThanOrEqual(12)
  })

  test.each(cases)('$name is read as it was', ({ folder, ...given }) => {
    // Our own fixture, whose parts differ from case to case.
    const { class: kind, ...expected } = (given as unknown as { readonly expect: Record<string, unknown> & { readonly class: string } })
      .expect // our own file
    const picture = fold([...linesOf(folder, 'mailbox', 'mailbox.ndjson'), ...linesOf(folder, 'rollout', 'transcript.jsonl')])
    expect(picture).toMatchObject(expected)
    expect(classOf(picture, kind)).toBe(kind)
  })

  test.each(cases)('$name is read the same in whatever order its files are read', ({ folder }) => {
    const [mailbox, rollout] = [linesOf(folder, 'mailbox', 'mailbox.ndjson'), linesOf(folder, 'rollout', 'transcript.jsonl')]
    const first = fold([...mailbox, ...rollout])
    expect(fold([...rollout, ...mailbox])).toEqual(first)
    expect(fold([...mailbox, ...rollout].sort((one, other) => one.when - other.when))).toEqual(first)
  })
})

/** Pitfall 29: a call that waits for a permission and one that runs look the same in Codex's own record; the mailbox tells them apart. */
test('pitfall 29: a permission that waits is not taken for work, and a tool that runs is not taken for a question', () => {
  const waits = cases.find(({ name }) => name === 'asks-permission')
  const runs = cases.find(({ name }) => name === 'runs-a-tool')
  const [asks, works] = [waits, runs].map((one) => {
    const folder = one?.folder ?? ''
    return fold([...linesOf(folder, 'rollout', 'transcript.jsonl'), ...linesOf(folder, 'mailbox', 'mailbox.ndjson')])
  })
  expect([asks?.tool?.name, works?.tool?.name]).toEqual(['exec_command', 'exec_command'])
  expect([asks?.question?.kind, works?.question]).toEqual(['permission', null])
})

test('tokens are summed from the answers of the model, and fresh input does not hold what came from a cache', () => {
  const record = (type: string, payload: object) => JSON.stringify({ timestamp: '2026-11-22T00:00:00.000Z', type, payload })
  const usage = { input_tokens: 1000, cached_input_tokens: 600, output_tokens: 50 }
  const rows = [
    record('turn_context', { model: 'one' }),
    record('token_usage_record', { usage, thread_token_usage: { ...usage, input_tokens: 9_000 } }),
    record('event_msg', { type: 'token_count', info: { total_token_usage: usage } }),
    record('turn_context', { model: 'two' }),
    record('token_usage_record', { usage }),
    record('token_usage_record', { usage }),
  ]
  expect(fold(rows.map((text, mark) => ({ source: 'rollout', text, mark, at: 2e12 }))).usage).toEqual([
    { model: 'one', input: 400, cacheRead: 600, cacheWrite: 0, output: 50, costUsd: null },
    { model: 'two', input: 800, cacheRead: 1200, cacheWrite: 0, output: 100, costUsd: null },
  ])
})

/** What people are told that it does; that its process is gone is not in what it wrote. */
const classOf = ({ question, turnEnded, tool }: AgentPicture, known: string): string => {
  if (known === 'gone' || known === 'stalled') return known // told by the process, or by the clock
  if (question?.kind === 'permission') return 'asks-permission'
  if (question?.kind === 'question') return 'asks-question'
  if (question !== null) return question.kind
  if (turnEnded !== null) return 'turn-ended'
  return tool === null ? 'working' : 'tool'
}

agentContract(
  'codex',
  async () => {
    const host = await makeHost()
    const agent = await codex.create(codex.options.parse({}), host, { host: 'here', project: null })
    await host.close()
    const lines = textOf(join(corpus, 'refused-with-a-reason', 'transcript.jsonl'))
      .trimEnd()
      .split('\n')
    return { agent, source: 'rollout', lines }
  },
  'own',
)
