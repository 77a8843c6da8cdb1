import { cp, mkdir, mkdtemp, readFile, realpath, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FoundRequest } from '../../../core/contracts/plugins.ts'
import type { ForeignProcess } from '../../../core/contracts/runtime.ts'
import { foundWith } from '../../../plugins/agent/claude-code/found.ts'
import { found as foundCodex } from '../../../plugins/agent/codex/found.ts'
import { found as foundGemini } from '../../../plugins/agent/gemini/found.ts'
import { found as foundOpencode } from '../../../plugins/agent/opencode/found.ts'
import { found as foundPi } from '../../../plugins/agent/pi/found.ts'

/*
 * Agents that somebody started by hand, in made-up homes. Their conversations are those that real ones wrote (test/fixtures/agents), and
 * /home/ana/app is where they worked.
 */

const fixtures = join(import.meta.dirname, '../../fixtures/agents')
const foundClaude = foundWith({})
/** When the process began; what is older was written before it. */
const beganAt = Date.UTC(2026, 10, 22, 0)
let home: string

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'ao-found-')))
})
afterEach(() => rm(home, { recursive: true, force: true }))

const processOf = (argv: readonly string[], parts: Partial<ForeignProcess> = {}): ForeignProcess => ({
  ...{ pid: 4711, parent: 1, startedAt: '5738301', beganAt, argv, cwd: '/home/ana/app', environment: { HOME: home } },
  ...parts,
})
const asked = (process: ForeignProcess, parts: Partial<FoundRequest> = {}): FoundRequest => ({
  ...{ process, below: [], neighbours: [], environment: { HOME: home } },
  ...parts,
})
/** Puts a file into the home, written so many minutes after the process began. */
const put = async (path: string, text: string, minutes = 1): Promise<string> => {
  const whole = join(home, path)
  await mkdir(dirname(whole), { recursive: true })
  await writeFile(whole, text)
  const at = (beganAt + minutes * 60_000) / 1_000
  await utimes(whole, at, at)
  return whole
}
const recorded = (path: string): Promise<string> => readFile(join(fixtures, path), 'utf8')
const refusing = (words: string) => ({ refused: expect.stringContaining(words) })

describe('Claude Code', () => {
  const talk = 'cc092c70-604f-41a7-a962-fce2e6d6d045'
  const other = '7b4ad5ff-ead8-43b2-afa2-32e071528dc4'
  const claude = processOf(['claude'])
  const note = (parts: object = {}) =>
    put(
      '.claude/sessions/4711.json',
      JSON.stringify({
        ...{ pid: 4711, sessionId: talk, cwd: '/home/ana/app', startedAt: beganAt + 900, procStart: '5738301', version: '2.1.197' },
        ...{ kind: 'interactive', entrypoint: 'cli', status: 'idle', ...parts },
      }),
    )
  const keeps = async (conversation = talk, minutes = 1, fixture = 'claude-code/woken/transcript.jsonl') =>
    put(`.claude/projects/-home-ana-app/${conversation}.jsonl`, await recorded(fixture), minutes)

  test('says by its own note in which conversation it is, whatever else was talked of in that folder', async () => {
    await note()
    await keeps()
    await keeps(other, 5)
    expect(await foundClaude(asked(claude))).toEqual({ conversation: talk, isResting: true, keeps: [] })
  })
  test('says by its own note that it works', async () => {
    await note({ status: 'busy' })
    await keeps()
    expect(await foundClaude(asked(claude))).toMatchObject({ conversation: talk, isResting: false })
  })
  test('a note that another process of that number left is none', async () => {
    await note({ procStart: '11', sessionId: other })
    await keeps()
    expect(await foundClaude(asked(claude))).toMatchObject({ conversation: talk })
  })
  test('is refused before anything was said: there is nothing to take up', async () => {
    await note()
    expect(await foundClaude(asked(claude))).toEqual({ ...refusing('no conversation'), cure: expect.any(String) })
  })
  test('without a note it is the only conversation of its folder that was written since it began', async () => {
    await keeps(other, -5)
    await keeps()
    expect(await foundClaude(asked(claude))).toEqual({ conversation: talk, isResting: true, keeps: [] })
    await keeps(talk, 1, 'claude-code/interrupted-at-question/transcript.jsonl')
    expect(await foundClaude(asked(claude))).toMatchObject({ isResting: true })
    await keeps(talk, 1, 'claude-code/tool-running/transcript.jsonl')
    expect(await foundClaude(asked(claude))).toMatchObject({ isResting: false })
  })
  test('without a note two that could be meant are refused, and so is one that a neighbour may have', async () => {
    await keeps()
    expect(await foundClaude(asked(claude, { neighbours: [processOf(['claude'], { pid: 5 })] }))).toMatchObject(refusing('one of several'))
    await keeps(other)
    expect(await foundClaude(asked(claude))).toMatchObject(refusing('one of several'))
  })
  test('that keeps its conversations elsewhere is refused', async () => {
    await note()
    await keeps()
    const elsewhere = processOf(['claude'], { environment: { HOME: home, CLAUDE_CONFIG_DIR: '/home/ana/.work' } })
    expect(await foundClaude(asked(elsewhere))).toMatchObject(refusing('/home/ana/.work'))
  })
  test.each([
    [['claude', '--continue']],
    [['/usr/bin/node', '/opt/node_modules/@anthropic-ai/claude-code/cli.js']],
    [['node', '/usr/bin/claude']],
  ])('is known by %j', async (argv) => expect(await foundClaude(asked(processOf(argv)))).not.toBeNull())
  test.each([[['bash']], [['vim', 'claude']], [['claude', '-p', 'hello']], [['codex']], [[]]])('is not %j', async (argv) =>
    expect(await foundClaude(asked(processOf(argv)))).toBeNull(),
  )
})

describe('Codex', () => {
  const codex = processOf(['node', '/usr/bin/codex'])
  const id = '01a20137-8753-72c2-b3e6-1ef2f353e011'
  const row = (type: string, payload: object): string => `${JSON.stringify({ timestamp: '2026-11-22T00:01:00.000Z', type, payload })}\n`
  const keeps = (parts: { id?: string; cwd?: string; minutes?: number; ends?: string; source?: unknown } = {}) =>
    put(
      `.codex/sessions/2026/11/22/rollout-2026-11-22T00-00-46-${parts.id ?? id}.jsonl`,
      [
        row('session_meta', { id: parts.id ?? id, cwd: parts.cwd ?? '/home/ana/app', source: parts.source ?? 'cli' }),
        row('event_msg', { type: 'task_started' }),
        row('event_msg', { type: parts.ends ?? 'task_complete' }),
      ].join(''),
      parts.minutes,
    )
  const fork = { conversation: `fork:${id}`, isResting: true, keeps: [] }

  test('is in the only conversation of its folder that was written since it began, and that is copied: its server may hold it', async () => {
    await keeps()
    await keeps({ id: '01a20137-0000-72c2-b3e6-1ef2f353e011', cwd: '/home/ana/other' })
    await keeps({ id: '01a20137-1111-72c2-b3e6-1ef2f353e011', minutes: -5 })
    await keeps({ id: '01a20137-2222-72c2-b3e6-1ef2f353e011', source: { subagent: 'review' } })
    expect(await foundCodex(asked(codex))).toEqual(fork)
  })
  test('a conversation that a real one wrote is read', async () => {
    await put('.codex/sessions/2026/11/22/rollout-x.jsonl', await recorded('codex/permissionless/transcript.jsonl'))
    expect(await foundCodex(asked(codex))).toMatchObject({ conversation: expect.stringMatching(/^fork:[\da-f-]{36}$/), isResting: true })
  })
  test('leaves alone the server that other terminals of its user share', async () => {
    await keeps()
    const server = processOf(['/home/ana/.codex/packages/bin/codex', 'app-server', '--listen', 'unix://'], { pid: 5 })
    const native = processOf(['/usr/lib/codex-linux/bin/codex'], { pid: 4712 })
    expect(await foundCodex(asked(codex, { below: [native, server] }))).toEqual({ ...fork, keeps: [5] })
    expect(await foundCodex(asked(codex, { neighbours: [server] })), 'nor is it taken for another terminal').toEqual(fork)
  })
  test('in the middle of a turn it is refused: the server would go on with that by itself', async () => {
    await keeps({ ends: 'task_started' })
    expect(await foundCodex(asked(codex))).toMatchObject(refusing('in the middle of a turn'))
    await keeps({ ends: 'turn_aborted' })
    expect(await foundCodex(asked(codex))).toEqual(fork)
  })
  test('two that could be meant are refused, and so is one that a neighbour may have', async () => {
    await keeps()
    expect(await foundCodex(asked(codex, { neighbours: [processOf(['codex'], { pid: 5 })] }))).toMatchObject(refusing('one of several'))
    await keeps({ id: '01a20137-3333-72c2-b3e6-1ef2f353e011' })
    expect(await foundCodex(asked(codex))).toMatchObject(refusing('one of several'))
  })
  test('is refused before anything was said, and where it keeps its conversations elsewhere', async () => {
    expect(await foundCodex(asked(codex))).toMatchObject(refusing('no conversation'))
    const elsewhere = processOf(['codex'], { environment: { CODEX_HOME: '/home/ana/.work' } })
    expect(await foundCodex(asked(elsewhere))).toMatchObject(refusing('/home/ana/.work'))
  })
  test.each([[['codex', 'resume', '--last']], [['codex.exe']], [['bun', '/x/codex.js']]])('is known by %j', async (argv) =>
    expect(await foundCodex(asked(processOf(argv)))).not.toBeNull(),
  )
  test.each([[['codex', 'exec', 'hello']], [['codex', 'app-server']], [['node', '/x/claude']], [[]]])('is not %j', async (argv) =>
    expect(await foundCodex(asked(processOf(argv)))).toBeNull(),
  )
})

describe('pi', () => {
  const pi = processOf(['pi'])
  const keeps = async (name = 'one', minutes = 1, fixture = 'pi/working/transcript.jsonl') =>
    put(`.pi/agent/sessions/--home-ana-app--/${name}.jsonl`, await recorded(fixture), minutes)

  test('is in the only conversation of its folder that was written since it began, and calls it by its file', async () => {
    await keeps('old', -5)
    const path = await keeps()
    expect(await foundPi(asked(pi))).toMatchObject({ conversation: path, keeps: [] })
  })
  test('rests once the last word is its own', async () => {
    const path = await keeps()
    const [head = ''] = (await readFile(path, 'utf8')).split('\n')
    const said = (role: string, stopReason?: string): string => JSON.stringify({ type: 'message', message: { role, stopReason } })
    await put('.pi/agent/sessions/--home-ana-app--/one.jsonl', [head, said('user'), said('assistant', 'stop'), ''].join('\n'))
    expect(await foundPi(asked(pi))).toMatchObject({ isResting: true })
    for (const last of [said('user'), said('assistant', 'toolUse'), said('toolResult')]) {
      await put('.pi/agent/sessions/--home-ana-app--/one.jsonl', [head, last, ''].join('\n'))
      expect(await foundPi(asked(pi))).toMatchObject({ isResting: false })
    }
  })
  test('two that could be meant are refused, one that a neighbour may have, and none at all', async () => {
    expect(await foundPi(asked(pi))).toMatchObject(refusing('no conversation'))
    await keeps()
    expect(await foundPi(asked(pi, { neighbours: [processOf(['pi'], { pid: 5 })] }))).toMatchObject(refusing('one of several'))
    await keeps('two')
    expect(await foundPi(asked(pi))).toMatchObject(refusing('one of several'))
  })
  test('is not what prints one answer, nor another program', async () => {
    expect(await foundPi(asked(processOf(['pi', '-p', 'hello'])))).toBeNull()
    expect(await foundPi(asked(processOf(['pip'])))).toBeNull()
  })
})

describe('an agent that does not say in which conversation it is', () => {
  test.each([
    ['gemini', foundGemini, ['node', '--no-warnings', '/usr/bin/gemini']],
    ['opencode', foundOpencode, ['opencode']],
  ] as const)('is known and refused with a cure: %s', async (_name, found, argv) => {
    await cp(join(fixtures, 'pi/working'), join(home, 'anything'), { recursive: true })
    expect(await found(asked(processOf(argv)))).toEqual({ ...refusing('does not say'), cure: expect.stringContaining('start "') })
    expect(await found(asked(processOf(['bash'])))).toBeNull()
  })
})
