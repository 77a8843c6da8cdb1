import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { unheard } from '../../../../core/contracts/agent.ts'
import { isFault } from '../../../../core/kit/fault.ts'
import { fold, makeAgent, makeTerminal } from './stand.ts'

const recorded = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../fixtures/agents/gemini/${name}/screen.txt`, import.meta.url)), 'utf8')
const dialog = recorded('asks-permission')
const ready = recorded('message-idle')
const drafted = ready.replace(/Type your message.*/, 'half a thought')
const agent = makeAgent()
const signal = new AbortController().signal
const folder = (): string => mkdtempSync(join(tmpdir(), 'ao-gemini-'))

describe('words for gemini', () => {
  test('are typed into an empty line, and Enter is pressed again while they stand there', async () => {
    const { put, terminal } = makeTerminal([ready, drafted, ready])
    expect(await agent.tell({ id: 'm1', text: 'hi' }, { folder: '/nowhere', terminal, signal })).toBe('typed')
    expect(put).toEqual(['[ao #m1] hi .', 'Enter'])
  })

  test.each([
    ['a dialog is open', dialog],
    ['somebody’s words stand in the line', drafted],
  ])('pitfalls 27, 56 and 59: are not typed while %s', async (_, screen) => {
    const { put, terminal } = makeTerminal([screen])
    await expect(agent.tell({ id: 'm1', text: 'hi' }, { folder: '/nowhere', terminal, signal })).rejects.toSatisfy((error) =>
      isFault(error, 'COMPOSER_TAKEN'),
    )
    expect(put).toEqual([])
  })
})

describe('a decision for gemini', () => {
  const { question } = agent.see?.(unheard, dialog, 1) ?? unheard
  const decide = (choice: number | null, text: string, terminal: ReturnType<typeof makeTerminal>['terminal']) =>
    agent.answer({ request: question?.request ?? '', choice, text, by: 'ada' }, { folder: folder(), terminal, signal })

  test('presses the number of its option, while exactly that dialog stands there', async () => {
    const { put, terminal } = makeTerminal([dialog, ready])
    expect(await decide(1, '', terminal)).toBe('handed')
    expect(put).toEqual(['1'])
  })

  test('that refuses gives its reason as the next words', async () => {
    const { put, terminal } = makeTerminal([dialog, ready, ready])
    expect(await decide(3, 'another name', terminal)).toBe('handed')
    expect(put).toEqual(['3', `[ao #${question?.request}] No. another name .`])
  })

  test.each([
    ['gone', ready],
    ['another', recorded('asks-permission-again')],
  ])('pitfall 7: presses nothing when the dialog is %s', async (_, screen) => {
    const { put, terminal } = makeTerminal([screen])
    expect(await decide(1, '', terminal)).toBe('gone')
    expect(put).toEqual([])
  })
})

describe('what gemini’s conversation says', () => {
  const tokens = { input: 100, output: 20, cached: 40, thoughts: 5, tool: 0, total: 125 }
  const row = (value: object): string => `${JSON.stringify({ timestamp: '2026-11-20T11:08:08.817Z', ...value })}\n`
  const answer = row({ id: 'a', type: 'gemini', content: 'Done.', tokens, model: 'g-1' })

  test('counts an answer once, however often it is written', () => {
    const { usage } = fold(agent, 'chat', answer + answer + row({ id: 'b', type: 'gemini', content: '', tokens, model: 'g-1' }))
    expect(usage).toEqual([{ model: 'g-1', input: 120, cacheRead: 80, cacheWrite: 0, output: 50, costUsd: null }])
  })

  test('shows messages that arrived, also those that a patch sets anew', () => {
    const user = { id: 'u', timestamp: '2026-11-20T11:08:08.817Z', type: 'user', content: [{ text: '[ao #m2] hi .' }] }
    const text =
      row({ id: 'v', type: 'user', content: [{ text: '[ao #m1] hi .' }] }) +
      `${JSON.stringify({ $set: { messages: [user], lastUpdated: 'now' } })}\n`
    expect(fold(agent, 'chat', text + text).received).toEqual(['m1', 'm2'])
  })
})
