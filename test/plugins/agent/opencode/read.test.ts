import { describe, expect, test } from 'vitest'
import { fold, makeAgent } from './stand.ts'

const agent = makeAgent()
const row = (opencode: string, more: object = {}): object => ({ v: 1, at: 1_000, opencode, ...more })
const begun = [row('started', { run: 'r1' }), row('session', { session: 'ses_a' })]
const status = (to: string, more: object = {}): object => row('status', { status: to, text: null, attempt: 0, untilMs: 0, ...more })
const tool = (name: string, isRunning: boolean): object => row('tool', { call: name, name, isRunning, since: 900 })
const asked = row('asked', { request: 'per_1', kind: 'permission', text: 'Run a command: make', detail: 'make', always: '' })
const heard = (by: string): object => row('heard', { message: 'msg_1', ids: [], agent: by })
const said = (session: string, text: string): object =>
  row('step', { message: 'msg_2', session, model: 'm', text, doneAt: 800, input: 1, cacheRead: 0, cacheWrite: 0, output: 1, costUsd: 0 })
const failed = (code: number): object => row('failed', { name: 'APIError', text: 'It would not.', code })
const picture = (...rows: readonly object[]) =>
  fold(agent, 'mailbox', [...begun, ...rows].map((one) => `${JSON.stringify(one)}\n`).join(''))

describe('a picture of opencode', () => {
  test('loses its dialogs, its tools and its turn with the process', () => {
    const again = row('started', { run: 'r2' })
    expect(picture(asked, again).question).toBeNull()
    expect(picture(status('busy'), tool('make', true), again).tool).toBeNull()
    expect(picture(status('idle'), again).turnEnded).toBeNull()
  })

  test('has the last words of this conversation, not of one below it', () => {
    expect(picture(said('ses_a', 'Mine.'), said('ses_child', 'Its.'), status('idle')).turnEnded?.message).toBe('Mine.')
  })

  test('shows no tool as running that waits for a permission, and keeps the one that runs when another ends', () => {
    expect(picture(tool('make', true), asked).tool).toBeNull()
    expect(picture(asked, tool('make', true)).tool).toBeNull()
    expect(picture(tool('make', true), tool('read', false)).tool?.name).toBe('make')
    expect(picture(tool('make', true), tool('make', false)).tool).toBeNull()
  })

  test.each([
    [401, 'login'],
    [403, 'login'],
    [402, 'limit'],
    [429, 'limit'],
    [500, undefined],
  ])('asks after a turn that broke off with %d for: %j', (code, kind) => {
    const { question, turnEnded } = picture(heard('build'), failed(code), status('idle'))
    expect(question?.kind).toBe(kind)
    expect(turnEnded?.message).toBe('It would not.')
  })

  test('has a plan to approve only from a turn in plan mode that said one and did not fail', () => {
    const plan = [said('ses_a', '1. Do it.'), status('idle')]
    expect(picture(heard('plan'), ...plan).question?.kind).toBe('plan')
    expect(picture(heard('build'), ...plan).question).toBeNull()
    expect(picture(heard('plan'), failed(500), ...plan).question).toBeNull()
  })

  test('closes a plan that was answered at the terminal as soon as it works again', () => {
    const { question, answered, turnEnded } = picture(heard('plan'), said('ses_a', '1. Do it.'), status('idle'), status('busy'))
    expect({ question, by: answered?.by, turnEnded }).toEqual({ question: null, by: 'terminal', turnEnded: null })
  })

  test('calls for people when a limit lasts, not for a short one and not for a bad line', () => {
    const retry = (text: string, attempt: number, untilMs: number) => picture(status('retry', { text, attempt, untilMs })).question?.kind
    expect(retry('Rate limit reached', 1, 3_000)).toBeUndefined()
    expect(retry('Rate limit reached', 3, 3_000)).toBe('limit')
    expect(retry('Rate limit reached', 1, 100_000)).toBe('limit')
    expect(retry('Connection refused', 9, 100_000)).toBeUndefined()
  })

  test('takes no row from the future for work that is yet to come', () => {
    expect(picture(row('writing', { at: 3_000_000_000_000 })).workedAt).toBe(2_000_000_000_000)
  })

  test('leaves a question of "ao report" where it stands', () => {
    const report = { v: 1, at: 1_000, report: 'blocked', text: 'Which database?', request: 'r1', options: [] }
    expect(picture(report, asked).question?.request).toBe(picture(report).question?.request)
    expect(picture(report).question).not.toBeNull()
  })
})
