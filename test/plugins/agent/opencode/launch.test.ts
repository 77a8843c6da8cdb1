import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { makeAgent, request } from './stand.ts'

const agent = makeAgent()
const folder = '/home/ana/.ao/sessions/app-1'
const configOf = (permissions: 'default' | 'auto-edit' | 'plan' | 'permissionless') =>
  JSON.parse(agent.launch({ ...request, folder, permissions }).env.OPENCODE_CONFIG_CONTENT ?? '') // JSON is what it is

describe('the start of opencode', () => {
  test('asks before commands and changes by default, but lets it report', () => {
    expect(configOf('default').permission).toMatchObject({
      bash: { '*': 'ask', 'ao report *': 'allow' },
      edit: 'ask',
      external_directory: 'ask',
    })
    expect(configOf('auto-edit').permission).toMatchObject({ bash: { '*': 'ask' }, edit: 'allow' })
    expect(configOf('permissionless').permission).toMatchObject({ '*': 'allow', bash: 'allow' })
    // Once its plan is approved it asks as by default.
    expect(configOf('plan')).toEqual(configOf('default'))
    expect(agent.launch({ ...request, folder, permissions: 'plan' }).argv).toContain('plan')
  })

  test('takes up a conversation without words on its command line, which it would not read', () => {
    const { argv, files } = agent.launch({ ...request, folder, resume: 'ses_a' })
    expect(argv.slice(-2)).toEqual(['--session', 'ses_a'])
    expect(argv).not.toContain('--prompt')
    expect(files[`${folder}/opencode/launch.json`]).toContain(request.prompt)
  })

  test('gives it a port that is free and a password that nobody else can read', async () => {
    const here = mkdtempSync(join(tmpdir(), 'ao-opencode-'))
    mkdirSync(join(here, 'opencode'))
    const started = await Promise.all(
      ['a b', "it's"].map(async (run) => {
        const { argv, files } = agent.launch({ ...request, folder: here, run })
        for (const [path, text] of Object.entries(files)) writeFileSync(path, text)
        const words = [...argv.slice(0, 2), `${here}/${run}`, run, 'sh', '-c', 'echo "$OPENCODE_SERVER_PASSWORD $@"', 'x', '--last']
        const { stdout } = await promisify(execFile)(words[0] ?? '', words.slice(1))
        const [name, port, password] = readFileSync(`${here}/${run}`, 'utf8').split('\n')
        expect(name).toBe(run)
        expect(stdout.trim()).toBe(`${password} --last --port ${port}`)
        expect(password).toMatch(/^[0-9a-f]{48}$/)
        expect(statSync(`${here}/${run}`).mode & 0o077).toBe(0)
        return { port: Number(port), password }
      }),
    )
    for (const { port } of started) expect(port >= 20_000 && port < 32_000).toBe(true)
    expect(new Set(started.map(({ password }) => password)).size).toBe(2)
  })
})
