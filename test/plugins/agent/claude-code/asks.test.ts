import { describe, expect, test } from 'vitest'
import { type Ask, outcomeOf, questionOf, type Suggestion, wholeRequest } from '../../../../plugins/agent/claude-code/asks.ts'
import { makeHost } from '../../../fakes/host.ts'
import { makeAgent, request } from './make.ts'

const ask = (parts: Partial<Ask> = {}): Ask => ({
  request: 'claude-1-1',
  at: 0,
  tool: 'Bash',
  input: { command: 'npm test' },
  isCut: false,
  suggestions: [],
  isBelow: false,
  parts: [],
  ...parts,
})
const verdict = (of: Ask, choice: number | null, text = '') => {
  const outcome = outcomeOf(of, { choice, text })
  return 'verdict' in outcome ? outcome : null
}
const rule: Suggestion = {
  type: 'addRules',
  rules: [{ toolName: 'Bash', ruleContent: 'npm *' }],
  behavior: 'allow',
  destination: 'localSettings',
}
const editing: Suggestion = { type: 'setMode', mode: 'acceptEdits', destination: 'session' }

describe('the options of a permission', () => {
  test('where nothing is offered are for exactly this command, or that tool', () => {
    expect(questionOf(ask()).options).toEqual(['Yes', 'Yes, for this session: Bash(npm test)', 'Always: Bash(npm test)', 'No'])
    expect(questionOf(ask({ tool: 'WebSearch', input: { query: 'x' } })).options[2]).toBe('Always: WebSearch')
  })

  test.each([
    ['a command that is known in part', ask({ isCut: true })],
    ['a tool whose input is not known', ask({ input: null })],
    ['a shell without a command', ask({ input: {} })],
  ])('are only yes and no for %s', (_, of) => {
    expect(questionOf(of).options).toEqual(['Yes', 'No'])
    expect(questionOf(of).refusal).toBe(2)
  })

  test('last for good only where all of it are rules that allow something', () => {
    const always = (...suggestions: readonly Suggestion[]): boolean =>
      questionOf(ask({ suggestions })).options.some((option) => option.startsWith('Always'))
    expect(always(rule)).toBe(true)
    expect(always(editing)).toBe(false)
    expect(always(rule, editing)).toBe(false)
    expect(always({ ...rule, behavior: 'deny' })).toBe(false)
  })
})

describe('an answer', () => {
  test('for the session is given for the session, wherever the agent would have kept it', () => {
    const given = { behavior: 'allow', updatedPermissions: [{ ...rule, destination: 'session' }] }
    expect(verdict(ask({ suggestions: [rule] }), 2)).toEqual({ verdict: given, said: 'Yes, for this session: Bash(npm *)', rules: [] })
    expect(verdict(ask({ suggestions: [rule] }), 3)).toMatchObject({ verdict: given, rules: ['Bash(npm *)'] })
  })

  test('of words without a number, or with one that is not there, is a no with that reason', () => {
    const no = { behavior: 'deny', message: 'No. The person who was asked says: use pnpm' }
    expect(verdict(ask(), null, ' use pnpm ')).toEqual({ verdict: no, said: 'No: use pnpm', rules: [] })
    expect(verdict(ask(), 9, 'use pnpm')?.verdict).toEqual(no)
  })

  test.each(['No', '4', ''])('%j is a no without a reason', (text) => {
    expect(verdict(ask(), 4, text)).toMatchObject({ said: 'No', verdict: { message: expect.stringContaining('Find another way') } })
  })

  test('to a plan hands it back, and lets it edit files only where that was chosen', () => {
    const plan = ask({ tool: 'ExitPlanMode', input: { plan: 'p' } })
    expect(verdict(plan, 1)?.verdict).toEqual({ behavior: 'allow', updatedInput: { plan: 'p' } })
    expect(verdict(plan, 2)?.verdict).toEqual({ behavior: 'allow', updatedInput: { plan: 'p' }, updatedPermissions: [editing] })
    expect(verdict(plan, 3, 'smaller')?.verdict).toMatchObject({ behavior: 'deny', message: expect.stringContaining('smaller') })
    expect(verdict({ ...plan, isCut: true }, 1)?.verdict).toEqual({ behavior: 'allow' })
  })

  const question = (isMany: boolean, ...labels: readonly string[]) => ({
    question: 'Which?',
    multiSelect: isMany,
    options: labels.map((label) => ({ label })),
  })
  const asked = (isMany: boolean) => ask({ tool: 'AskUserQuestion', input: { questions: [question(isMany, 'Auth', 'Chat', 'Search')] } })
  test.each<[string, boolean, number | null, string, string]>([
    ['an option', false, 2, '', 'Chat'],
    ['an option whose button says its label', false, 2, 'Chat', 'Chat'],
    ['an option by its number', false, 2, '2', 'Chat'],
    ['an option with words', false, 2, 'but later', 'Chat: but later'],
    ['words', false, null, ' none of them ', 'none of them'],
    ['a number that is meant as words', false, null, '3', '3'],
    ['several numbers', true, null, '1, 3', 'Auth, Search'],
    ['several numbers, one of which is not there', true, null, '1 9', 'Auth, 9'],
    ['words where several may be chosen', true, null, 'Auth and chat', 'Auth and chat'],
  ])('to a question may be %s', (_, isMany, choice, text, says) => {
    expect(verdict(asked(isMany), choice, text)).toMatchObject({ said: says, verdict: { updatedInput: { answers: { 'Which?': says } } } })
  })

  test('to the first of two questions is a part, to the second all', () => {
    const two = ask({
      tool: 'AskUserQuestion',
      input: { questions: [question(false, 'a'), { ...question(false, 'b'), question: 'And?' }] },
    })
    expect(outcomeOf(two, { choice: 1, text: '' })).toEqual({ part: 'a', index: 0 })
    expect(verdict({ ...two, parts: ['a'] }, 1)?.verdict).toMatchObject({ updatedInput: { answers: { 'Which?': 'a', 'And?': 'b' } } })
    expect([wholeRequest('claude-1-1'), wholeRequest('claude-1-1.2')]).toEqual([
      { request: 'claude-1-1', index: 0 },
      { request: 'claude-1-1', index: 1 },
    ])
  })
})

test('rules that were given for good are those of their project', async () => {
  const host = await makeHost()
  const kept = await host.document<Record<string, string[]>>('claude-code-rules', {})
  await kept.update((all) => {
    all.shop = ['Bash(npm *)']
    all.other = ['Bash(rm *)']
  })
  const settings = Object.entries((await makeAgent(host)).launch(request()).files).find(([path]) => path.endsWith('settings.json'))?.[1]
  expect(JSON.parse(settings ?? '{}').permissions.allow).toEqual(['Bash(ao report:*)', 'Bash(npm *)'])
  await host.close()
})
