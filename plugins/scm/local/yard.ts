import type { Host, Project, Use } from '../../../core/contracts/plugins.ts'
import { openRunner, type Runner } from './checks.ts'
import { type Ground, openGround } from './ground.ts'
import { checkSpecs, type Options } from './options.ts'
import { type CheckStanding, checkStanding } from './rules.ts'

/** One project's part of the forge. */
export type Yard = {
  readonly ground: Ground
  readonly runner: Runner
  /** How the configured checks of a commit stand. */
  readonly standing: (commit: string) => CheckStanding
}

/** Gives the yard of a project, the same one each time. `remote` is for the project the plugin was made for; others have the default place. */
export const openYards = (options: Options, host: Host, use: Use): ((project: Project) => Promise<Yard>) => {
  const yards = new Map<string, Promise<Yard>>()
  const specs = checkSpecs(options)
  const make = async (project: Project): Promise<Yard> => {
    const isMine = use.project === null || use.project.name === project.name
    const ground = await openGround(host, project, isMine ? (options.remote ?? null) : null)
    return {
      ground,
      runner: openRunner(host, ground, { specs, parallel: options.parallelChecks }),
      standing: (commit) => checkStanding(specs, ground.forge().results, commit),
    }
  }
  return (project) => {
    const known = yards.get(project.name)
    if (known) return known
    const made = make(project)
    yards.set(project.name, made)
    made.catch(() => yards.delete(project.name)) // the caller hears of it; the next call tries again
    return made
  }
}
