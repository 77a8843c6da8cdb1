import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { type AgentName, agentNames, install } from './install.ts'

/*
 * `npm run test:agents [agent …] [-- words for vitest]`: installs the real agents, and tells their stories where nothing leads out of this
 * machine. Without names it is those of every run; the others cost minutes and are named. With `--install-only` it ends there.
 */

const tell = (line: string): void => void process.stdout.write(`agents: ${line}\n`)
const root = fileURLToPath(new URL('../..', import.meta.url))

const ofEveryRun: readonly AgentName[] = ['codex', 'claude-code', 'pi']

/** What starts a command in a network of its own with nothing but loopback; empty where this machine cannot. */
const isolation = async (): Promise<readonly string[]> => {
  const inside = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh']
  for (const unshare of [
    ['unshare', '-n'],
    ['unshare', '-rn'],
  ]) {
    const { exitCode } = await execa(unshare[0] ?? '', [...unshare.slice(1), ...inside, 'true'], { reject: false, stdio: 'ignore' })
    if (exitCode === 0) return [...unshare, ...inside]
  }
  return []
}

const main = async (): Promise<number> => {
  const words = process.argv.slice(2)
  const named = words.filter((word): word is AgentName => agentNames.some((name) => name === word))
  const agents = named.length > 0 ? named : ofEveryRun
  await install(agents, tell)
  if (words.includes('--install-only')) return 0
  const shut = await isolation()
  tell(
    shut.length > 0
      ? 'nothing leads out of this machine from here on (a network namespace with loopback only)'
      : 'THIS MACHINE GIVES NO NETWORK NAMESPACE: the agents run with an outside. They get dummy keys and are told to stay offline.',
  )
  const left = agentNames.filter((name) => !ofEveryRun.includes(name))
  const files =
    named.length > 0 ? named.map((agent) => `test/agents/${agent}.test.ts`) : left.map((agent) => `--exclude=test/agents/${agent}.test.ts`)
  const vitest = [
    'npx',
    'vitest',
    'run',
    '--project',
    'agents',
    '--maxWorkers=4',
    ...files,
    ...words.filter((word) => !named.some((name) => name === word)),
  ]
  const [program = '', ...args] = [...shut, ...vitest]
  const child = spawn(program, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, AO_TEST_AGENTS: '1', ...(shut.length > 0 && { AO_ISOLATED: '1' }) },
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}

process.exitCode = await main()
