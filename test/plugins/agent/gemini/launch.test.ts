import { execFile } from 'node:child_process'
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { unheard } from '../../../../core/contracts/agent.ts'
import type { PermissionMode } from '../../../../core/contracts/names.ts'
import { isFault } from '../../../../core/kit/fault.ts'
import { fold, makeAgent, request } from './stand.ts'

const agent = makeAgent()
const run = promisify(execFile)

/** A launch whose files are written, beside a user's home. */
const prepared = async (settings: string | null = null) => {
  const base = mkdtempSync(join(tmpdir(), 'ao-gemini-'))
  const [folder, theirs] = [join(base, 'session'), join(base, 'home/.gemini')]
  mkdirSync(join(theirs, 'policies'), { recursive: true })
  writeFileSync(join(theirs, 'oauth_creds.json'), 'theirs')
  writeFileSync(join(theirs, 'policies/mine.toml'), '# mine')
  if (settings !== null) writeFileSync(join(theirs, 'settings.json'), settings)
  const launch = agent.launch({ ...request, folder })
  for (const [path, text] of Object.entries(launch.files)) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const env = { PATH: process.env.PATH ?? '', HOME: join(base, 'home') }
  const { stdout } = await run('/bin/sh', [launch.argv[1] ?? '', 'sh', '-c', 'echo "$GEMINI_CLI_HOME"'], { env })
  return { folder, theirs, launch, home: join(stdout.trim(), '.gemini'), base }
}

describe('the home of a session’s gemini', () => {
  test('has the user’s settings with ours laid over, and the user’s own stay as they were', async () => {
    const mine =
      '{\n  // my own\n  "ui": { "theme": "x // y" }, "general": { "enableAutoUpdate": true },\n  "hooks": { "AfterAgent": [{ "hooks": [] }] } }'
    const { home, theirs } = await prepared(mine)
    const settings = JSON.parse(readFileSync(join(home, 'settings.json'), 'utf8'))
    expect(settings).toMatchObject({ ui: { theme: 'x // y' }, general: { enableAutoUpdate: false } })
    expect(settings.hooks.AfterAgent).toHaveLength(2)
    expect(settings.hooks.Notification).toHaveLength(1)
    expect(readFileSync(join(theirs, 'settings.json'), 'utf8')).toBe(mine)
    expect(statSync(join(home, 'settings.json')).mode & 0o077).toBe(0)
  })

  test('is links to the user’s own for all else, and rules beside the user’s', async () => {
    const { home, theirs } = await prepared()
    expect(realpathSync(join(home, 'oauth_creds.json'))).toBe(realpathSync(join(theirs, 'oauth_creds.json')))
    expect(lstatSync(join(home, 'tmp')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(home, 'policies/mine.toml'), 'utf8')).toBe('# mine')
    expect(readFileSync(join(home, 'policies/ao.toml'), 'utf8')).toContain('ao report')
    expect(lstatSync(join(theirs, 'policies')).isDirectory()).toBe(true)
  })
})

describe('its hook', () => {
  const fire = async (folder: string, hook: string, event: string, payload: object): Promise<string> => {
    const child = run('/bin/sh', [hook, event])
    child.child.stdin?.end(
      JSON.stringify({
        session_id: 'c1-2',
        transcript_path: `${folder}/real.jsonl`,
        cwd: '/x',
        hook_event_name: event,
        timestamp: 't',
        ...payload,
      }),
    )
    return (await child).stdout
  }

  test('gives the rules to a conversation that begins, and not to one that is taken up', async () => {
    const { folder, launch } = await prepared()
    const hook = Object.keys(launch.files).find((path) => path.endsWith('hook.sh')) ?? ''
    writeFileSync(`${folder}/real.jsonl`, 'x\n')
    const said = JSON.parse(await fire(folder, hook, 'SessionStart', { source: 'startup' }))
    expect(said.hookSpecificOutput.additionalContext).toBe(request.instructions)
    expect(await fire(folder, hook, 'SessionStart', { source: 'resume' })).toBe('')
    const picture = fold(agent, 'mailbox', readFileSync(`${folder}/mailbox.ndjson`, 'utf8'))
    expect(picture.conversation).toBe('c1-2')
    const [source] = agent.sources({ ...request, folder, conversation: 'c1-2' })
    expect(readFileSync(source?.path ?? '', 'utf8')).toBe('x\n')
  })

  test('leaves out what is long, and keeps the last words', async () => {
    const { folder, launch } = await prepared()
    const hook = Object.keys(launch.files).find((path) => path.endsWith('hook.sh')) ?? ''
    const long = 'x"\\ '.repeat(50_000)
    await fire(folder, hook, 'BeforeAgent', { prompt: long })
    await fire(folder, hook, 'BeforeTool', { tool_name: 'write_file', tool_input: { content: long } })
    await fire(folder, hook, 'AfterTool', { tool_name: 'write_file', tool_input: { content: long }, tool_response: {} })
    await fire(folder, hook, 'Notification', {
      notification_type: 'ToolPermission',
      message: 'm',
      details: { type: 'edit', fileDiff: long },
    })
    await fire(folder, hook, 'AfterAgent', { prompt: long, prompt_response: 'All "done",\n é.', stop_hook_active: false })
    const text = readFileSync(`${folder}/mailbox.ndjson`, 'utf8')
    expect(text.trimEnd().split('\n')).toHaveLength(5)
    expect(Buffer.byteLength(text)).toBeLessThan(10_000)
    const picture = fold(agent, 'mailbox', text, unheard)
    expect(picture.turnEnded?.message).toBe('All "done",\n é.')
    expect(picture.notes.asked).toBe(1)
    expect(picture.workedAt).toBeGreaterThan(0)
  })
})

describe('the start of gemini', () => {
  test('names the mode of asking, the safe one first', () => {
    const modeOf = (permissions: PermissionMode) => {
      const { argv } = agent.launch({ ...request, folder: '/f', permissions })
      return argv[argv.indexOf('--approval-mode') + 1]
    }
    expect([modeOf('default'), modeOf('auto-edit'), modeOf('permissionless')]).toEqual(['default', 'auto_edit', 'yolo'])
    expect(modeOf('plan')).toBe('default') // it is not offered; whoever asks for it all the same gets the safe one
  })

  test('asks nobody whether its folder may be trusted, and takes up the conversation that is named', () => {
    const { argv } = agent.launch({ ...request, folder: '/f', resume: 'c1-2' })
    expect(argv).toContain('--skip-trust')
    expect(argv[argv.indexOf('--resume') + 1]).toBe('c1-2')
    expect(agent.launch({ ...request, folder: '/f' }).argv).not.toContain('--resume')
  })

  test('lets it report without asking, and keeps its own questions off, whose dialogs nobody here could answer', () => {
    const [, policy = ''] =
      Object.entries(agent.launch({ ...request, folder: '/f' }).files).find(([path]) => path.endsWith('ao.toml')) ?? []
    const rules = policy.split('[[rule]]').map((rule) => rule.replace(/\s+/g, ' '))
    expect(rules.find((rule) => rule.includes('"ask_user"'))).toContain('decision = "deny"')
    expect(rules.find((rule) => rule.includes('"ao report"'))).toContain('decision = "allow"')
  })

  test('says so when its first words do not fit on a command line', () => {
    expect(() => agent.launch({ ...request, folder: '/f', prompt: 'x'.repeat(200_000) })).toThrow(
      expect.toSatisfy((error: unknown) => isFault(error, 'PROMPT_TOO_LONG')),
    )
  })
})
