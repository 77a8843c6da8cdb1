import type { Host, Project, Use } from '../../../core/contracts/plugins.ts'
import { type Ground, openGround } from './ground.ts'
import { type Looking, openLooking } from './look.ts'
import type { Options } from './options.ts'
import type { RepositoryRef } from './webhook-read.ts'

/** One project's part of the forge. */
export type Yard = { readonly ground: Ground; readonly looking: Looking }

export type Yards = {
  /** The same one each time. */
  yardOf(project: Project): Yard
  all(): readonly Yard[]
  /** The projects that are known to use that repository. */
  projectsOf(repository: RepositoryRef): readonly string[]
}

/** The yards of a plugin. `repository` is for the project it was made for; others are found by their remotes. */
export const openYards = (options: Options, host: Host, use: Use): Yards => {
  const yards = new Map<string, Yard>()
  /** Project → its repository, as far as it was found. */
  const places = new Map<string, { readonly id: number; readonly fullName: string }>()

  const make = (project: Project): Yard => {
    const isMine = use.project === null || use.project.name === project.name
    const { repository: _, ...others } = options
    const opened = openGround(host, isMine ? options : others, project)
    const located: Ground['located'] = async (signal) => {
      const found = await opened.located(signal)
      places.set(project.name, { id: found.repository.databaseId, fullName: found.repository.nameWithOwner.toLowerCase() })
      return found
    }
    const ground = { ...opened, located }
    return { ground, looking: openLooking(ground) }
  }

  return {
    yardOf: (project) => {
      const yard = yards.get(project.name) ?? make(project)
      yards.set(project.name, yard)
      return yard
    },
    all: () => [...yards.values()],
    projectsOf: ({ id, fullName }) => {
      const named = use.project !== null && options.repository?.toLowerCase() === fullName.toLowerCase() ? [use.project.name] : []
      const found = [...places].filter(([, place]) => place.id === id || place.fullName === fullName.toLowerCase()).map(([name]) => name)
      return [...new Set([...named, ...found])]
    },
  }
}
