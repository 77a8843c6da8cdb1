import { execFile } from 'node:child_process'
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ForeignProcess, Runtime, Stranger } from '../../../core/contracts/runtime.ts'
import { processRow } from '../../../core/kit/tree.ts'
import { tmux } from '../../../plugins/runtime/tmux/index.ts'
import { eventually } from '../../contracts/runtime.ts'
import { hostIn } from './world.ts'

/*
 * Terminals that a person opened by hand: a tmux server of this test's own stands in for theirs. The default socket is never touched.
 */

const run = promisify(execFile)
const hers = `ao-test-hers-${process.pid}`
const ours = `ao-test-ours-${process.pid}`
let folder: string
let host: Awaited<ReturnType<typeof hostIn>>
let runtime: Runtime

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ao-strangers-')))
  host = await hostIn(folder)
  runtime = await tmux.create(tmux.options.parse({ socket: ours, ownSockets: [hers, ours], politeMs: 300 }), host, {
    host: 'local',
    project: null,
  })
})
afterEach(async () => {
  for (const socket of [hers, ours]) await run('tmux', ['-L', socket, 'kill-server']).catch(() => {}) // none is running: fine
  await host.close()
  await rm(folder, { recursive: true, force: true })
})

const ask = async (...words: readonly string[]): Promise<string> =>
  (await run('tmux', ['-L', hers, '-f', '/dev/null', ...words], { env: { ...process.env, LAMP_HOME: '/lamp', LAMP_KEY: 'secret' } })).stdout
/** Opens a terminal in her shell, and starts a program in it as she would. */
const opens = async (name: string, program: string): Promise<void> => {
  await ask('new-session', '-d', '-s', name, '-c', folder, 'sh -i')
  await ask('send-keys', '-t', `=${name}:`, '-l', program)
  await ask('send-keys', '-t', `=${name}:`, 'Enter')
}
const strangers = async (): Promise<readonly Stranger[]> => (await runtime.strangers?.()) ?? []
/** The process in her terminal whose command line ends with that word. */
const sees = (word: string): Promise<ForeignProcess> =>
  eventually(async () => (await strangers()).flatMap(({ processes }) => processes).find(({ argv }) => argv.at(-1) === word) ?? null)
const isAlive = async ({ pid, startedAt }: ForeignProcess): Promise<boolean> => {
  const row = await processRow(pid)
  return row !== null && !row.isZombie && row.startedAt === startedAt
}
/** A program that stays, with a child, and a child that it would rather keep. */
const family = `cat > family.sh <<'END'
sh child.sh child &
sh child.sh keeper &
echo ready > ready
while :; do sleep 1; done
END
printf 'while :; do sleep 1; done\\n' > child.sh; exec sh family.sh agent`
const starts = async (): Promise<{ readonly agent: ForeignProcess; readonly child: ForeignProcess; readonly keeper: ForeignProcess }> => {
  await writeFile(join(folder, 'run.sh'), family)
  await opens('fix', 'sh run.sh')
  await eventually(() => readFile(join(folder, 'ready'), 'utf8'))
  return { agent: await sees('agent'), child: await sees('child'), keeper: await sees('keeper') }
}

test('shows what runs in terminals that were opened by hand: command, folder, and when it began', async () => {
  const before = Date.now()
  const { agent, child } = await starts()
  expect(agent).toMatchObject({ argv: ['sh', 'family.sh', 'agent'], cwd: folder })
  expect(child.parent).toBe(agent.pid)
  expect(Math.abs(agent.beganAt - before)).toBeLessThan(30_000)
  const [fix, ...others] = await strangers()
  expect(others).toEqual([])
  expect(fix).toMatchObject({ name: 'fix', place: '0.0' })
  const pids = fix?.processes.map(({ pid }) => pid) ?? []
  expect(pids.indexOf(agent.pid), 'parents come first').toBeLessThan(pids.indexOf(child.pid))
})

test('reads nothing of somebody’s environment but where programs keep their things', async () => {
  const { agent } = await starts()
  expect(agent.environment).toMatchObject({ LAMP_HOME: '/lamp' })
  expect(JSON.stringify(await strangers())).not.toContain('secret')
})

test('names who else works in the same folder', async () => {
  await opens('other', 'sh -c "while :; do sleep 1; done" other')
  await sees('other')
  const { agent } = await starts()
  const fix = (await strangers()).find(({ processes }) => processes.some(({ pid }) => pid === agent.pid))
  expect(fix?.neighbours.some(({ argv }) => argv.at(-1) === 'other')).toBe(true)
})

test('never shows a terminal of ours, nor one that an agent of ours has opened', async () => {
  await runtime.start(
    { name: 'app-1', run: 'app-1.1', argv: ['sleep', '60'], cwd: folder, env: { PATH: process.env.PATH ?? '' }, stdin: null, folder },
    new AbortController().signal,
  )
  await opens('nested', 'AO_SESSION=app-1 sh -c "while :; do sleep 1; done" nested')
  await opens('plain', 'sh -c "while :; do sleep 1; done" plain')
  await sees('plain')
  await eventually(async () => ((await strangers()).every(({ name }) => name === 'plain') ? true : null))
  await runtime.end({ host: 'local', name: 'app-1', run: 'app-1.1' })
})

test('shows nothing, and starts nothing, where no such server runs', async () => {
  expect(await strangers()).toEqual([])
  await expect(run('tmux', ['-L', hers, 'list-sessions'])).rejects.toThrow()
})

test('ends exactly that process with all that came from it; its terminal and the shell stay', async () => {
  const { agent, child, keeper } = await starts()
  await runtime.endStranger?.(agent, [])
  for (const one of [agent, child, keeper]) expect(await isAlive(one)).toBe(false)
  expect(await ask('display-message', '-p', '-t', '=fix:', '#{pane_current_command}')).toBe('sh\n')
  await runtime.endStranger?.(agent, []) // twice is once
})

test('leaves alone what others need, too', async () => {
  const { agent, child, keeper } = await starts()
  await runtime.endStranger?.(agent, [keeper.pid])
  expect([await isAlive(agent), await isAlive(child), await isAlive(keeper)]).toEqual([false, false, true])
  await runtime.endStranger?.(keeper, [])
})

test('a number that is another process’s by now is left alone', async () => {
  const { agent } = await starts()
  await runtime.endStranger?.({ pid: agent.pid, startedAt: `${agent.startedAt}0` }, [])
  expect(await isAlive(agent)).toBe(true)
})

test('one that does not listen is forced, also while it stands still', async () => {
  await opens('deaf', `sh -c "trap '' TERM; while :; do sleep 1; done" deaf`)
  const deaf = await sees('deaf')
  process.kill(deaf.pid, 'SIGSTOP')
  await runtime.endStranger?.(deaf, [])
  expect(await isAlive(deaf)).toBe(false)
})
