import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { findDialog } from '../../../../plugins/agent/gemini/screen.ts'
import { fold, makeAgent } from './stand.ts'

const recorded = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../fixtures/agents/gemini/${name}/screen.txt`, import.meta.url)), 'utf8')
const [dialog, ready] = [recorded('asks-permission'), recorded('message-idle')]
const agent = makeAgent()
const hook = (gemini: string, payload: object = {}, more: object = {}): object => ({
  ...{ v: 1, at: 1_000, gemini, run: 'r1', payload: { session_id: 'c1', ...payload } },
  ...more,
})
const begun = [hook('SessionStart'), hook('BeforeAgent')]
const text = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
const picture = (...rows: readonly object[]) => fold(agent, 'mailbox', text([...begun, ...rows]))
const tool = hook('BeforeTool', { tool_name: 'shell' })
const ended = hook('AfterAgent', { prompt_response: 'Done.' })
const said = (words: string, type = 'gemini'): string => text([{ id: words, timestamp: '2026-11-20T11:08:08.817Z', type, content: words }])

describe('a picture of gemini', () => {
  test('loses its turn with the process, and keeps it when only the conversation is another', () => {
    expect(picture(ended, hook('SessionStart', {}, { run: 'r2' })).turnEnded).toBeNull()
    expect(picture(ended, hook('SessionStart', { session_id: 'c2' }))).toMatchObject({
      conversation: 'c2',
      turnEnded: { message: 'Done.' },
    })
  })

  test('has a turn that begins with words, and ends with the last of gemini’s own', () => {
    expect(picture(ended, hook('BeforeAgent')).turnEnded).toBeNull()
    const cut = hook('AfterAgent')
    const before = fold(agent, 'chat', said('Old.'), picture())
    expect(fold(agent, 'mailbox', text([cut]), before).turnEnded?.message).toBe('Old.')
    expect(fold(agent, 'mailbox', text([hook('BeforeAgent'), cut]), before).turnEnded?.message).toBeNull()
  })

  test('shows a tool until it, its turn or its process has ended; its end is work, its beginning none', () => {
    expect(picture(tool)).toMatchObject({ tool: { name: 'shell', since: 1_000 }, workedAt: null })
    for (const end of [hook('AfterTool'), ended, hook('SessionEnd')]) expect(picture(tool, end).tool).toBeNull()
    expect(picture(tool, hook('AfterTool')).workedAt).toBe(1_000)
  })

  test('takes no row from the future for work that is yet to come', () => {
    expect(picture(tool, hook('AfterTool', {}, { at: 3_000_000_000_000 })).workedAt).toBe(2_000_000_000_000)
  })

  test('does not take our own rules, which show what the id of a message looks like, for a message', () => {
    const rules = said('<hook_context>Words begin with [ao #id].</hook_context>', 'user')
    expect(fold(agent, 'chat', rules + said('[ao #m1] hi .', 'user')).received).toEqual(['m1'])
  })
})

describe('a dialog of gemini', () => {
  const see = (before: ReturnType<typeof picture>, screen: string, at = 9_000) => agent.see?.(before, screen, at) ?? before
  const asked = see(picture(tool, hook('Notification', { details: { command: 'make\nmake test' } })), dialog)

  test('that goes away was answered by the chat if that had pressed a key, else at the terminal; its tool runs from then', () => {
    const pressed = { v: 1, at: 1_000, pressed: asked.question?.request, text: 'Allow once' }
    expect(asked.question?.detail).toBe('make\nmake test')
    expect(see(asked, ready)).toMatchObject({ question: null, answered: { by: 'terminal' }, tool: { name: 'shell', since: 9_000 } })
    const chosen = fold(agent, 'mailbox', text([pressed]), asked)
    expect(see(chosen, ready)).toMatchObject({ question: null, answered: { text: 'Allow once', by: 'chat' } })
  })

  test('keeps the time at which its tool began while nothing changes', () => {
    expect(see(picture(tool), ready).tool?.since).toBe(1_000)
  })

  test('about a login is not about the last command', () => {
    const login = see(picture(hook('Notification', { details: { command: 'make' } })), recorded('login'))
    expect(login.question).toMatchObject({ kind: 'login', detail: null })
  })

  test.each([
    ['stands above the line to type into: it is history', `${dialog}\n >   Type your message or @path/to/file`],
    ['has no mark on any option: it is a list in some text', dialog.replace('●', ' ')],
    ['asks nothing that a permission or a login is', dialog.replace('Allow execution of [Shell]?', 'Which colour?')],
  ])('is none when it %s', (_, screen) => {
    expect(findDialog(dialog)).not.toBeNull()
    expect(findDialog(screen)).toBeNull()
  })
})
