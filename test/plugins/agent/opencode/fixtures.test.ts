import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { AgentPicture } from '../../../../core/contracts/agent.ts'
import { agentContract } from '../../../contracts/agent.ts'
import { fold, makeAgent } from './stand.ts'

const folder = fileURLToPath(new URL('../../../fixtures/agents/opencode/', import.meta.url))
const cases = readdirSync(folder).map((name) => {
  const { what, expect: expected } = JSON.parse(readFileSync(`${folder}${name}/case.json`, 'utf8')) as {
    readonly what: string
    readonly expect: Partial<AgentPicture> & { readonly class: string }
  } // written beside the recording
  return { name, what, expected, mailbox: readFileSync(`${folder}${name}/mailbox.ndjson`, 'utf8') }
})

/** What an engine makes of a picture. */
const classOf = ({ question, turnEnded, tool }: AgentPicture): string => {
  if (question !== null)
    return { permission: 'asks-permission', question: 'asks-question', plan: 'asks-plan', login: 'login', limit: 'limit', trust: 'trust' }[
      question.kind
    ]
  return turnEnded !== null ? 'turn-ended' : tool !== null ? 'tool' : 'working'
}

describe('recordings of a real opencode', () => {
  test('are many', () => expect(cases.length).toBeGreaterThanOrEqual(10))

  test.each(cases)('$name: $what', ({ expected: { class: kind, ...parts }, mailbox }) => {
    const picture = fold(makeAgent(), 'mailbox', mailbox)
    expect(picture).toMatchObject(parts)
    // That a process is gone is seen by nothing it wrote.
    if (kind !== 'gone') expect(classOf(picture)).toBe(kind)
  })
})

const long = cases.find(({ name }) => name === 'refused-with-reason')
agentContract(
  'opencode',
  () => ({ agent: makeAgent(), source: 'mailbox', lines: (long?.mailbox ?? '').split('\n').filter((line) => line !== '') }),
  'own',
)
