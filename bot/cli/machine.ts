import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { execa } from 'execa'
import type { Config } from '../../core/config/config.ts'
import { lacking } from '../../core/engine/tools.ts'
import { explain, isFault } from '../../core/kit/fault.ts'
import { openGit } from '../../core/kit/git.ts'
import { createRegistry } from '../../core/plugins/registry.ts'
import { lockFolder } from '../../core/store/lock.ts'
import { plugins } from '../../plugins/index.ts'
import type { Finding } from '../contracts/chat.ts'
import { openModel } from '../model/client.ts'

const lowDiskBytes = 1024 ** 3

/** What this machine must have whatever the config says. */
export const programs = async (): Promise<readonly Finding[]> => [nodeVersion(), await gitVersion()]

const nodeVersion = (): Finding => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 20 || (major === 20 && minor >= 19)
    ? { level: 'PASS', what: `Node ${process.versions.node}` }
    : { level: 'FAIL', what: `Node ${process.versions.node} is too old.`, cure: 'Install Node 20.19 or newer.' }
}

const gitVersion = async (): Promise<Finding> => {
  const result = await execa('git', ['--version'], { reject: false })
  return result.exitCode === 0
    ? { level: 'PASS', what: result.stdout }
    : { level: 'FAIL', what: 'git is not installed.', cure: 'Install git 2.39 or newer.' }
}

/** The plugins that the config uses, and the programs they need. */
export const machine = async (config: Config): Promise<readonly Finding[]> => {
  const lacks = await lacking(config, createRegistry(plugins))
  const used = new Set([
    ...Object.values(config.hosts).map(({ runtime }) => `runtime ${runtime.name}`),
    ...Object.values(config.projects).flatMap((project) =>
      (['workspace', 'tracker', 'scm', 'terminal', 'agent'] as const).map((slot) => `${slot} ${project[slot].name}`),
    ),
  ])
  const failed = lacks.map(
    ({ slot, name, lacks: what }): Finding => ({
      level: 'FAIL',
      what: `${slot} ${name} cannot work on this machine yet.`,
      cure: `${what}.`,
    }),
  )
  const fine = [...used].filter((one) => !lacks.some(({ slot, name }) => `${slot} ${name}` === one))
  return [...(fine.length > 0 ? [{ level: 'PASS', what: fine.join(', ') } as const] : []), ...failed]
}

/**
 * Which version of each agent is here, and how far that was proven: one that was built from its documentation alone may ask, hear or end
 * otherwise than is believed.
 */
export const agents = async (config: Config): Promise<readonly Finding[]> => {
  const registry = createRegistry(plugins)
  const used = new Map(Object.values(config.projects).map(({ agent }) => [JSON.stringify(agent), agent]))
  const found = await Promise.all(
    [...used.values()].map(async ({ name, options }): Promise<Finding | null> => {
      const { profile, version } = registry.find('agent', name)
      if (!profile || (await registry.missing('agent', name, options)) !== null) return null // that is told elsewhere
      const here = (await version?.(options)) ?? null
      const what = `${name} ${here ?? 'does not say its version'}`
      if (profile.verified === null)
        return {
          level: 'WARN',
          what: `${what}: unverified, built from its documentation and never seen with the real one.`,
          cure: 'Watch its first session; docs/agents.md says what it cannot do.',
        }
      if (here === profile.verified) return { level: 'PASS', what: `${what}, the version all of it was proven with` }
      return {
        level: 'WARN',
        what: `${what}: it was proven with ${profile.verified}.`,
        cure: `Watch its first session, or install ${profile.verified}.`,
      }
    }),
  )
  return found.filter((finding) => finding !== null)
}

/** What plugins find beyond this machine (tokens, rights, limits), each thing once for a project. */
export const beyond = async (config: Config, now: () => number): Promise<readonly Finding[]> => {
  const registry = createRegistry(plugins)
  const looks = Object.values(config.projects).map(async (project) => {
    const slots = ['tracker', 'scm'] as const
    const found = await Promise.all(slots.map((slot) => registry.examine(slot, project[slot], { project, now })))
    // Both ask the same place; only what remains of its limits differs by the questions themselves.
    const each = new Map(found.flat().map((finding) => [finding.what.replace(/[\d,]+/g, ''), finding]))
    return [...each.values()].map((finding) => ({ ...finding, what: `${project.name}: ${finding.what}` }))
  })
  return (await Promise.all(looks)).flat()
}

/** Is there a repository, with the branch that work starts from? */
export const repository = async ({ name, path, base }: Config['projects'][string]): Promise<Finding> => {
  const git = openGit(path)
  const top = await git.raw('rev-parse', '--show-toplevel').catch(() => null) // not a repository: the answer we ask for
  if (top === null)
    return {
      level: 'FAIL',
      what: `${name}: ${path} is not a git repository.`,
      cure: `Clone it there, or write where it is under projects.${name}.path.`,
    }
  const found = await git
    .raw('rev-parse', '--verify', '--quiet', `${base}^{commit}`)
    .catch(() => git.raw('rev-parse', '--verify', '--quiet', `origin/${base}^{commit}`).catch(() => null)) // no such branch: the answer we ask for
  return found === null
    ? {
        level: 'FAIL',
        what: `${name}: there is no branch "${base}" with a commit in ${path}.`,
        cure: `Make a first commit, or write the right branch under projects.${name}.base.`,
      }
    : { level: 'PASS', what: `${name}: ${path}, work starts from ${base} at ${found.trim().slice(0, 8)}` }
}

/** Can the data folder be used, and does a bot run in it? */
export const dataFolder = async ({ data }: Config): Promise<{ readonly findings: readonly Finding[]; readonly isBotRunning: boolean }> => {
  const lock = await lockFolder(data, { purpose: 'ao doctor' }).catch((error: unknown) => error)
  const isBotRunning = isFault(lock, 'DATA_FOLDER_BUSY')
  const state: Finding = isBotRunning
    ? { level: 'PASS', what: `A bot is running here: ${lock.message}` }
    : lock instanceof Error
      ? {
          level: 'FAIL',
          what: `The data folder ${data} cannot be used: ${explain(lock)}`,
          cure: 'Make it writable, or name another under "data" or in AO_DATA.',
        }
      : { level: 'PASS', what: `data folder ${data}; no bot is running` }
  if (typeof lock === 'object' && lock !== null && 'release' in lock && typeof lock.release === 'function') await lock.release()
  const disk = await statfs(existsSync(data) ? data : dirname(data)).catch(() => null) // where there is no folder yet there is nothing to measure
  const free = disk ? disk.bavail * disk.bsize : null
  const isLow = free !== null && free < lowDiskBytes
  const full: Finding = {
    level: 'WARN',
    what: `Only ${Math.round((free ?? 0) / 1024 ** 2)} MiB are free for ${data}.`,
    cure: 'Free some space: a full disk takes nothing new in.',
  }
  return { findings: isLow ? [state, full] : [state], isBotRunning }
}

/** Without it the bot understands less and works as well, so nothing here must be mended first. */
export const languageModel = async ({ understand: { model } }: Config): Promise<Finding> => {
  if (model === null) return { level: 'PASS', what: 'no language model; the rules alone decide what words mean' }
  try {
    await openModel(model)({
      instructions: 'Answer with this JSON object and nothing else: {"intent": null, "slots": {}}',
      words: 'Hello.',
    })
    return { level: 'PASS', what: `language model ${model.model} answers` }
  } catch (error) {
    if (!isFault(error)) throw error
    return { level: 'WARN', what: `language model ${model.model}: ${error.message}`, cure: error.hint }
  }
}
