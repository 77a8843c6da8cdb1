import type { Session } from '../core/contracts/session.ts'
import type { Reads } from './contracts/reads.ts'

/**
 * The `most` sessions of those projects that ended last, newest first. Only those of this run are at hand, so for the others their journals
 * are read, from the newest name down, `most` a project.
 */
export const newestEnded = async (projects: readonly string[], reads: Reads, most: number): Promise<readonly Session[]> => {
  const found = new Map(
    reads
      .ended()
      .filter(({ project }) => projects.includes(project))
      .map((session) => [session.id, session]),
  )
  for (const project of projects) {
    const isOf = (session: Session): boolean => session.project === project
    const live = new Set(
      reads
        .sessions()
        .filter(isOf)
        .map(({ id }) => id),
    )
    const has = (): number => [...found.values()].filter(isOf).length
    for (let number = lastNumber(project, reads); number > 0 && has() < most; number -= 1) {
      const id = `${project}-${number}`
      // One that cannot be read is told of at every start.
      const session = found.has(id) || live.has(id) ? null : await reads.find(id).catch(() => null)
      if (session?.phase === 'ended') found.set(id, session)
    }
  }
  return [...found.values()].sort((a, b) => (b.ending?.at ?? b.at) - (a.ending?.at ?? a.at)).slice(0, most)
}

/** Numbers are given in order and never twice, so all that are not at work have ended. */
export const howManyEnded = (projects: readonly string[], reads: Reads): number => {
  const live = reads.sessions().filter(({ project }) => projects.includes(project)).length
  const all = projects.reduce((sum, project) => sum + lastNumber(project, reads), 0)
  return Math.max(0, all - live, reads.ended().filter(({ project }) => projects.includes(project)).length)
}

const lastNumber = (project: string, reads: Reads): number => reads.fleet()?.names[project] ?? 0
