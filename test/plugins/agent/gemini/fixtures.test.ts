import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { AgentPicture } from '../../../../core/contracts/agent.ts'
import { agentContract } from '../../../contracts/agent.ts'
import { fold, makeAgent } from './stand.ts'

const folder = fileURLToPath(new URL('../../../fixtures/agents/gemini/', import.meta.url))
const cases = readdirSync(folder).map((name) => {
  const { what, expect: expected } = JSON.parse(readFileSync(`${folder}${name}/case.json`, 'utf8')) as {
    readonly what: string
    readonly expect: Partial<AgentPicture> & { readonly class: string }
  } // written beside the recording
  const read = (file: string): string => (existsSync(`${folder}${name}/${file}`) ? readFileSync(`${folder}${name}/${file}`, 'utf8') : '')
  return { name, what, expected, mailbox: read('mailbox.ndjson'), chat: read('transcript.jsonl'), screen: read('screen.txt') }
})

/** What an engine makes of a picture. */
const classOf = ({ question, turnEnded, tool }: AgentPicture): string => {
  if (question !== null)
    return { permission: 'asks-permission', question: 'asks-question', plan: 'asks-plan', login: 'login', limit: 'limit', trust: 'trust' }[
      question.kind
    ]
  return turnEnded !== null ? 'turn-ended' : tool !== null ? 'tool' : 'working'
}

describe('recordings of a real gemini', () => {
  test('are many', () => expect(cases.length).toBeGreaterThanOrEqual(10))

  test.each(cases)('$name: $what', ({ expected: { class: kind, ...parts }, mailbox, chat, screen }) => {
    const agent = makeAgent()
    // After a restart of the bot the mailbox is read first; while it runs, lines come in any order.
    const pictures = [
      fold(agent, 'chat', chat, fold(agent, 'mailbox', mailbox)),
      fold(agent, 'mailbox', mailbox, fold(agent, 'chat', chat)),
    ]
    for (const heard of pictures) {
      const picture = screen === '' ? heard : (agent.see?.(heard, screen, 2_000_000_000_000) ?? heard)
      expect(picture).toMatchObject(parts)
      // That a process is gone is seen by nothing it wrote.
      if (kind !== 'gone') expect(classOf(picture)).toBe(kind)
    }
  })
})

const long = cases.find(({ name }) => name === 'message-idle')
agentContract('gemini', () => ({ agent: makeAgent(), source: 'chat', lines: (long?.chat ?? '').split('\n').filter((line) => line !== '') }))
