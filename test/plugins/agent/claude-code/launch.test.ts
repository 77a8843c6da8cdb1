import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import { claudeCode } from '../../../../plugins/agent/claude-code/index.ts'
import { makeHost } from '../../../fakes/host.ts'
import { makeAgent, request } from './make.ts'

const host = await makeHost()
const agent = await makeAgent(host)
const scratch = await mkdtemp(join(tmpdir(), 'ao-claude-'))
afterAll(async () => {
  await host.close()
  await rm(scratch, { recursive: true, force: true })
})

const state = '/srv/sessions/shop-1/claude-code/shop-1.a.1'
const settingsOf = (launch: ReturnType<typeof agent.launch>) => JSON.parse(launch.files[`${state}/settings.json`] ?? '{}')

test('it starts with a conversation named after this start, its own settings, its rules as system text and the task as last word', () => {
  const { argv, files, stdin } = agent.launch(request({ model: 'opus' }))
  expect(argv).toEqual([
    'claude',
    ...['--session-id', expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)],
    ...['--settings', `${state}/settings.json`, '--permission-mode', 'default'],
    ...['--append-system-prompt-file', `${state}/instructions.md`, '--model', 'opus', '--', 'do it'],
  ])
  expect(files[`${state}/instructions.md`]).toContain('Report with ao report.')
  expect(stdin).toBeNull()
  expect(agent.launch(request({ run: 'shop-1.a.2' })).argv[2]).not.toBe(argv[2])
})

test('its conversation is taken up by its id, and no other is named', () => {
  const { argv } = agent.launch(request({ resume: 'c-1' }))
  expect(argv.slice(1, 3)).toEqual(['--resume', 'c-1'])
  expect(argv).not.toContain('--session-id')
})

test.each([
  ['default', 'default'],
  ['auto-edit', 'acceptEdits'],
  ['plan', 'plan'],
  ['permissionless', 'bypassPermissions'],
] as const)('the mode %s is %s there', (permissions, mode) => {
  const launch = agent.launch(request({ permissions }))
  expect(launch.argv[launch.argv.indexOf('--permission-mode') + 1]).toBe(mode)
  const isFree = permissions === 'permissionless'
  expect(settingsOf(launch).skipDangerousModePermissionPrompt === true).toBe(isFree)
  expect(launch.env.IS_SANDBOX).toBe(isFree ? '1' : undefined)
})

test('a prompt that is too long for an argument, or would be a command there, lies in a file that it may read unasked', () => {
  for (const prompt of ['x'.repeat(100_000), '/exit please', '!rm -rf .']) {
    const launch = agent.launch(request({ prompt }))
    expect(launch.argv.at(-1)).toContain(`${state}/prompt.md`)
    expect(launch.files[`${state}/prompt.md`]).toBe(prompt)
    expect(settingsOf(launch).permissions.allow).toEqual(['Bash(ao report:*)', `Read(/${state}/prompt.md)`])
  }
})

test('a key of the config goes by another name, because its own brings up a dialog', async () => {
  const launch = (await makeAgent(host, { env: { ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'http://x' } })).launch(request())
  expect(launch.env).toMatchObject({ AO_ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'http://x', DISABLE_AUTOUPDATER: '1' })
  expect(launch.env.ANTHROPIC_API_KEY).toBeUndefined()
  const { stdout } = await execa('sh', ['-c', settingsOf(launch).apiKeyHelper], { env: { AO_ANTHROPIC_API_KEY: 'k' }, extendEnv: false })
  expect(stdout).toBe('k')
  expect(JSON.stringify(launch.files)).not.toContain('"k"')
})

test('without a key of the config whatever login there is stays in use', () => {
  expect(settingsOf(agent.launch(request())).apiKeyHelper).toBeUndefined()
})

test('a quote in the path of the session breaks no hook', async () => {
  const folder = join(scratch, "it's here")
  const launch = agent.launch(request({ folder }))
  const settings = JSON.parse(launch.files[`${folder}/claude-code/shop-1.a.1/settings.json`] ?? '{}')
  const { exitCode } = await execa('sh', ['-c', settings.hooks.PostToolUse[0].hooks[0].command], { input: '{}' })
  expect(exitCode).toBe(0)
})

test('what is missing is said with the way to install it, and the version is the one it names', async () => {
  const path = join(scratch, 'claude')
  const given = claudeCode.options.parse({ run: path })
  expect(await claudeCode.missing(given)).toContain('npm install -g @anthropic-ai/claude-code')
  await writeFile(path, '#!/bin/sh\necho "2.1.197 (Claude Code)"\n', { mode: 0o755 })
  expect(await claudeCode.missing(given)).toBeNull()
  expect(await claudeCode.version?.(given)).toBe('2.1.197')
  await writeFile(path, '#!/bin/sh\nexit 3\n', { mode: 0o755 })
  expect(await claudeCode.version?.(given)).toBeNull()
})

test('each event has its hook; those who wait may wait for days, all others are done in a minute', () => {
  const { hooks, disableAllHooks } = settingsOf(agent.launch(request()))
  const waits = 1_200_000
  const shapes = Object.entries(hooks as Readonly<Record<string, readonly { readonly hooks: readonly Hook[] }[]>>).map(
    ([event, groups]) => [
      event,
      groups.flatMap((group) => group.hooks.map(({ command, timeout, asyncRewake }) => [calledIn(command), timeout, asyncRewake === true])),
    ],
  )
  expect(Object.fromEntries(shapes)).toEqual({
    SessionStart: [
      ['SessionStart', 60, false],
      ['Wake', waits, true],
    ],
    UserPromptSubmit: [
      ['UserPromptSubmit', 60, false],
      ['Wake', waits, true],
    ],
    PermissionRequest: [['PermissionRequest', waits, false]],
    PostToolUse: [['PostToolUse', 60, false]],
    PostToolUseFailure: [['PostToolUseFailure', 60, false]],
    Stop: [
      ['Stop', 60, false],
      ['Wake', waits, true],
    ],
    StopFailure: [['StopFailure', 60, false]],
    SessionEnd: [['SessionEnd', 60, false]],
    Notification: [['Notification', 60, false]],
  })
  expect(waits * 1_000).toBeLessThan(2 ** 31)
  // A project may have turned hooks off, and without them nothing is asked, told or known.
  expect(disableAllHooks).toBe(false)
})

test('no dialog may stand in its way, and many messages may be handed over at the end of a turn', () => {
  expect(agent.launch(request()).env).toEqual({
    CLAUDE_CODE_SANDBOXED: '1',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_FEEDBACK_SURVEY: '1',
    CLAUDE_CODE_STOP_HOOK_BLOCK_CAP: '1000',
  })
})

type Hook = { readonly command: string; readonly timeout: number; readonly asyncRewake?: boolean }

/** The event that a hook's command names. */
const calledIn = (command: string): string => /exec \/bin\/sh '[^']+' (\w+)/.exec(command)?.[1] ?? command
