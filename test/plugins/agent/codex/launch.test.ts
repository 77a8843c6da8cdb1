import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Launch, LaunchRequest } from '../../../../core/contracts/plugins.ts'
import { codex } from '../../../../plugins/agent/codex/index.ts'
import { launchWith } from '../../../../plugins/agent/codex/launch.ts'

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ao-launch-')))
})
afterEach(async () => {
  // Codex's own commands end with a server that is killed (seen); those of the stand-in do not.
  const child = await readFile(join(folder, 'child'), 'utf8').catch(() => '')
  if (child !== '') await execa('kill', ['-9', child.trim()], { reject: false })
  await rm(folder, { recursive: true, force: true })
})

const launch = (more: Partial<LaunchRequest> = {}): Launch =>
  launchWith({ program: 'codex', config: ['model_provider="fake"'] })({
    ...{ session: 'shop-1', workspace: { path: folder, branch: 'ao/1', baseCommit: 'c0ffee' }, folder, run: 'shop-1.m0.1' },
    ...{ instructions: 'Be "kind".\nIt\'s fine.', prompt: 'Do it.', resume: null, model: null, permissions: 'default', ...more },
  })
const scriptOf = ({ files }: Launch): string => files[join(folder, 'codex.sh')] ?? ''

/** Runs the script with a program that stands in for Codex: it says what it was started with, and serves nothing. */
const run = async (request: Partial<LaunchRequest> = {}, view = 'sleep 0.3') => {
  const bin = join(folder, 'bin')
  await execa('mkdir', ['-p', bin])
  await writeFile(
    join(bin, 'codex'),
    `#!/bin/sh
printf '%s\\n' "$@" >"${folder}/$1.args"
if [ "$1" = app-server ]; then
  ${JSON.stringify(process.execPath)} -e 'require("net").createServer().listen(process.argv[1])' "\${3#unix://}" & echo $! >"${folder}/child"
  wait
else
  printf '%s\\n' "$@" >"${folder}/view.args"
  ${view}
fi
`,
    { mode: 0o755 },
  )
  const made = launch(request)
  for (const [path, text] of Object.entries(made.files)) await writeFile(path, text)
  const [program = '', ...words] = made.argv
  return execa(program, words, { env: { PATH: `${bin}:${process.env.PATH}` }, reject: false, cwd: folder, timeout: 20_000 })
}
const args = async (name: string): Promise<readonly string[]> => (await execa('cat', [join(folder, `${name}.args`)])).stdout.split('\n')

describe('a start', () => {
  test('is a script that any sh can read', async () => {
    for (const permissions of ['default', 'auto-edit', 'permissionless'] as const)
      for (const resume of [null, '01a2']) {
        const path = join(folder, 'try.sh')
        await writeFile(path, scriptOf(launch({ permissions, resume })))
        expect((await execa('sh', ['-n', path], { reject: false })).exitCode).toBe(0)
      }
  })

  test('gives the server the rules and the rights of this session, and the terminal the task', async () => {
    await run()
    const server = await args('app-server')
    expect(server).toContain('developer_instructions="Be \\"kind\\".\\nIt\'s fine."')
    expect(server).toContain('approval_policy="on-request"')
    expect(server).toContain('sandbox_mode="workspace-write"')
    expect(server).toContain(`sandbox_workspace_write.writable_roots=["${folder}"]`)
    expect(server).toContain('model_provider="fake"')
    expect((await args('view')).slice(-2)).toEqual(['--', 'Do it.'])
  })

  test('without questions has no sandbox, and only then', () => {
    expect(scriptOf(launch({ permissions: 'permissionless' }))).toContain('danger-full-access')
    for (const permissions of ['default', 'auto-edit'] as const)
      expect(scriptOf(launch({ permissions }))).not.toMatch(/danger|never|bypass/)
  })

  test.each(['!rm -rf .', '/quit', '@README', '$HOME', '-x', '"; exit 1; "', "it's `date` $(date)"])(
    'pitfall 57: with the first words %j says them, and does nothing else',
    async (prompt) => {
      await run({ prompt })
      const said = (await args('view')).at(-1)
      expect([prompt, `Your task: ${prompt}`]).toContain(said)
      expect(said).toMatch(/^[\p{L}\p{N}[(]/u)
    },
  )

  test('with a task too long for a command line names its file', async () => {
    await run({ prompt: 'x'.repeat(130_000) })
    expect((await args('view')).at(-1)).toContain('codex-prompt.md')
  })

  test('of a conversation that is taken up names it, and leaves the rights to the server', async () => {
    await run()
    await run({ resume: '01a2', prompt: 'Go on.' })
    const view = await args('view')
    expect(view.slice(0, 2)).toEqual(['resume', '01a2'])
    expect(view.at(-1)).toBe('Go on.')
    expect(view).not.toContain('-a')
  })

  test('of a conversation that had other rights says nothing until they are put right', async () => {
    await run({ permissions: 'permissionless' })
    await run({ resume: '01a2', prompt: 'Go on.' }, `ls ${folder}/*.held >${folder}/held.args; sleep 0.1`)
    expect(await args('view')).not.toContain('Go on.')
    expect((await args('held'))[0]).toMatch(/\.held$/)
  })

  test('has a socket of its own', () => {
    expect(launch({ run: 'a' }).files[join(folder, 'codex-current')]).not.toBe(launch({ run: 'b' }).files[join(folder, 'codex-current')])
  })
})

test('a server that does not come up is told on the terminal, with its own words', async () => {
  const bin = join(folder, 'bin')
  await execa('mkdir', ['-p', bin])
  await writeFile(join(bin, 'codex'), '#!/bin/sh\necho no such setting >&2; exit 2\n', { mode: 0o755 })
  const { files, argv } = launch()
  for (const [path, text] of Object.entries(files)) await writeFile(path, text)
  const [program = '', ...words] = argv
  const { exitCode, stderr } = await execa(program, words, { env: { PATH: `${bin}:${process.env.PATH}` }, reject: false, timeout: 20_000 })
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('no such setting')])
})

describe('an end', () => {
  const isGone = async (): Promise<boolean> => {
    const pid = Number((await execa('cat', [join(folder, 'child')])).stdout)
    const state = (await execa('ps', ['-o', 'stat=', '-p', String(pid)], { reject: false })).stdout.trim()
    return state === '' || state.startsWith('Z')
  }

  test('pitfall 32: of the terminal ends the server with all it started', async () => {
    expect((await run({}, 'exit 3')).exitCode).toBe(3)
    expect(await isGone()).toBe(true)
    expect((await execa('ls', [folder])).stdout).not.toMatch(/\.(sock|life|server|view)$/m)
  })

  test('of the server ends the terminal', async () => {
    const began = Date.now()
    await run({}, `kill $(cat ${folder}/*.server); exec sleep 15`)
    expect(Date.now() - began).toBeLessThan(12_000)
  })

  test('ends nobody else who was given the number of its terminal', async () => {
    const bystander = join(folder, 'bystander')
    const swap = `sleep 100 >/dev/null 2>&1 & echo $! >${bystander}; cat ${bystander} >"$(ls ${folder}/*.view)"`
    await run({}, `${swap}; kill -9 $(cat ${folder}/*.server); sleep 0.5`)
    const pid = Number(await readFile(bystander, 'utf8'))
    expect(() => process.kill(pid, 0)).not.toThrow()
    process.kill(pid)
  })

  test('by a signal that nothing can catch ends everything', async () => {
    await run({}, `kill -9 $PPID; sleep 0.1`)
    await expect.poll(isGone, { timeout: 8_000 }).toBe(true)
  })
})

test('an option that is no setting is refused when the config is read', () => {
  expect(codex.options.safeParse({ config: ['model'] }).success).toBe(false)
  expect(codex.options.safeParse({ config: ['model="x"'] }).success).toBe(true)
})

test('a program that is not there is told as missing', async () => {
  expect(await codex.missing(codex.options.parse({ program: '/nowhere/codex' }))).toContain('npm install')
  expect(await codex.version?.(codex.options.parse({ program: '/nowhere/codex' }))).toBeNull()
})
