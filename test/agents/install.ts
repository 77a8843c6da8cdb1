import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** A real agent as the package registry has it. */
export type Package = { readonly name: string; readonly version: string; readonly bin: string }

/** The versions that everything was proven with. */
export const packages = {
  codex: { name: '@openai/codex', version: '0.169.0', bin: 'codex' },
  'claude-code': { name: '@anthropic-ai/claude-code', version: '2.1.197', bin: 'claude' },
  pi: { name: '@mariozechner/pi-coding-agent', version: '0.73.1', bin: 'pi' },
  opencode: { name: 'opencode-ai', version: '1.18.33', bin: 'opencode' },
  gemini: { name: '@google/gemini-cli', version: '0.61.0', bin: 'gemini' },
} as const satisfies Readonly<Record<string, Package>>
export type AgentName = keyof typeof packages

export const agentNames = Object.keys(packages) as readonly AgentName[] // its own keys

/** Where installed agents are kept from one run to the next: hundreds of megabytes, and no part of this repository. */
export const cacheFolder = (): string => process.env.AO_AGENTS_CACHE ?? join(homedir(), '.cache', 'ao', 'agents')

/** Where one agent is, or would be: a folder for each version. */
export const homeOf = (agent: AgentName): string => join(cacheFolder(), `${agent}-${packages[agent].version}`)
/** The folder to put first on the PATH. */
export const binOf = (agent: AgentName): string => join(homeOf(agent), 'node_modules', '.bin')
export const isInstalled = (agent: AgentName): boolean => existsSync(join(binOf(agent), packages[agent].bin))

/**
 * Installs what is not there yet, one after the other: beside its place first, then moved there, so that what is there is whole. `tell` gets
 * a line of progress. Rejects when the registry does not give it.
 */
export const install = async (agents: readonly AgentName[], tell: (line: string) => void): Promise<void> => {
  for (const agent of agents) {
    const { name, version } = packages[agent]
    if (isInstalled(agent)) {
      tell(`${name}@${version} is in ${homeOf(agent)}`)
      continue
    }
    const startedAt = Date.now()
    tell(`${name}@${version} is being installed …`)
    await mkdir(cacheFolder(), { recursive: true })
    const beside = await mkdtemp(join(cacheFolder(), '.new-'))
    try {
      await npm(
        ['install', '--prefix', beside, '--no-audit', '--no-fund', '--save-exact', '--loglevel=error', `${name}@${version}`],
        beside,
      )
      if (!isInstalled(agent)) await rm(homeOf(agent), { recursive: true, force: true }) // what is there is not whole
      await rename(beside, homeOf(agent)).catch((error: NodeJS.ErrnoException) => {
        if (!isInstalled(agent)) throw error // somebody else was faster
      })
    } finally {
      await rm(beside, { recursive: true, force: true })
    }
    tell(`${name}@${version} is in ${homeOf(agent)} (${Math.round((Date.now() - startedAt) / 1_000)} s)`)
  }
}

const npm = (args: readonly string[], cwd: string): Promise<void> =>
  new Promise((resolve, reject) => {
    // Settings of an npm that may have started us (a prefix, a workspace) are not meant for this one.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')))
    const child = spawn('npm', args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] })
    child.once('error', reject)
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`npm ${args.join(' ')} ended with ${code}`))))
  })
