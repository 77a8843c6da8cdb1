import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { unheard } from '../../../../core/contracts/agent.ts'
import { isFault } from '../../../../core/kit/fault.ts'
import { wrap } from '../../../../core/kit/wrap.ts'
import { fold, makeAgent, makeTerminal } from './stand.ts'

const recorded = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../fixtures/agents/gemini/${name}/screen.txt`, import.meta.url)), 'utf8')
const dialog = recorded('asks-permission')
const ready = recorded('message-idle')
const drafted = ready.replace(/Type your message.*/, 'half a thought')
const pasted = ready.replace(/Type your message.*/, '[ao #m1] hi .')
const agent = makeAgent()
const signal = new AbortController().signal
const folder = (): string => mkdtempSync(join(tmpdir(), 'ao-gemini-'))

describe('words for gemini', () => {
  test('are typed into an empty line, and Enter is pressed again while they stand there', async () => {
    const { put, terminal } = makeTerminal([ready, pasted, pasted, ready])
    expect(await agent.tell({ id: 'm1', text: 'hi' }, { folder: '/nowhere', terminal, signal })).toBe('typed')
    expect(put).toEqual(['[ao #m1] hi .', 'Enter', 'Enter'])
  })

  test('that show late, as on a busy machine, are sent all the same', async () => {
    const { put, terminal } = makeTerminal([])
    let looks = 0
    const screen = async (): Promise<string> => {
      looks += put.length
      return put.length === 1 && looks > 6 ? pasted : ready
    }
    await agent.tell({ id: 'm1', text: 'hi' }, { folder: '/nowhere', terminal: { ...terminal, screen }, signal })
    expect(put).toEqual(['[ao #m1] hi .', 'Enter'])
  })

  test('wait for the line to come back when a dialog has just closed', async () => {
    const { put, terminal } = makeTerminal([])
    let looks = 0
    const screen = async (): Promise<string> => {
      looks += 1
      return looks < 6 ? recorded('tool').replace(/─{20,}[\s\S]*/, '') : put.length === 1 ? pasted : ready
    }
    await agent.tell({ id: 'm1', text: 'hi' }, { folder: '/nowhere', terminal: { ...terminal, screen }, signal })
    expect(put).toEqual(['[ao #m1] hi .', 'Enter'])
    expect(looks).toBeGreaterThanOrEqual(6)
  })

  test('are not typed where no line to type into comes up', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { put, terminal } = makeTerminal([recorded('tool').replace(/─{20,}[\s\S]*/, '')])
    const told = agent.tell({ id: 'm1', text: 'hi' }, { folder: '/nowhere', terminal, signal })
    const refused = expect(told).rejects.toSatisfy((error) => isFault(error, 'COMPOSER_TAKEN') && error.mayPass)
    await vi.advanceTimersByTimeAsync(20_000)
    await refused
    expect(put).toEqual([])
  })

  test('that are long stand in its line as their length, and are known by it', async () => {
    const text = 'x'.repeat(5_000)
    const { put, terminal } = makeTerminal([
      ready.replace(/Type your message.*/, `[Pasted Text: ${wrap({ id: 'm1', text }).length} chars]`),
      ready,
    ])
    await agent.tell({ id: 'm1', text }, { folder: '/nowhere', terminal, signal })
    expect(put).toEqual(['Enter'])
  })

  test('that have begun a turn are sent: nothing more is pressed, whatever its screen still shows', async () => {
    const here = folder()
    const { put, terminal } = makeTerminal([ready, pasted])
    const paste = async (text: string): Promise<void> => {
      await terminal.paste(text)
      writeFileSync(join(here, 'mailbox.ndjson'), '{"v":1,"at":1,"gemini":"BeforeAgent","run":"r","payload":{}}\n')
    }
    await agent.tell({ id: 'm1', text: 'hi' }, { folder: here, terminal: { ...terminal, paste }, signal })
    expect(put).toEqual(['[ao #m1] hi .'])
  })

  test('that stand in its line from before are only sent', async () => {
    const { put, terminal } = makeTerminal([pasted, ready])
    await agent.tell({ id: 'm1', text: 'hi' }, { folder: '/nowhere', terminal, signal })
    expect(put).toEqual(['Enter'])
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

  test('in words alone refuses', async () => {
    const { put, terminal } = makeTerminal([dialog, ready, pasted, ready])
    expect(await decide(null, 'another name', terminal)).toBe('handed')
    expect(put.slice(0, 2)).toEqual(['3', `[ao #${question?.request}] No. another name .`])
  })

  test('that refuses gives its reason as the next words', async () => {
    for (const words of ['another name', 'No, suggest changes: another name']) {
      const { put, terminal } = makeTerminal([dialog, ready, pasted, ready])
      expect(await decide(3, words, terminal)).toBe('handed')
      expect(put).toEqual(['3', `[ao #${question?.request}] No. another name .`, 'Enter'])
    }
  })

  test('that refuses gives its reason also when the question counts as settled as soon as its dialog is gone', async () => {
    const { put, terminal } = makeTerminal([dialog, ready, pasted, ready])
    const settled = new AbortController()
    const paste = async (text: string): Promise<void> => {
      settled.abort(new Error('nobody wants it any more'))
      await terminal.paste(text)
    }
    const decision = { request: question?.request ?? '', choice: 3, text: 'another name', by: 'ada' }
    expect(await agent.answer(decision, { folder: folder(), terminal: { ...terminal, paste }, signal: settled.signal })).toBe('handed')
    expect(put.at(-1)).toBe('Enter')
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
