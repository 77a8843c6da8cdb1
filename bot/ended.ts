import type { Session } from '../core/contracts/session.ts'
import type { Reads } from './contracts/reads.ts'

/** The `most` sessions of those projects that ended last, newest first. */
export const newestEnded = async (projects: readonly string[], reads: Reads, most: number): Promise<readonly Session[]> => {
  const ended = (await reads.numbers(0))
    .flatMap(({ session, project, ended }) => (ended !== null && projects.includes(project) ? [{ session, at: ended.at }] : []))
    .sort((a, b) => b.at - a.at)
    .slice(0, most)
  // One that cannot be read is told of at every start.
  const found = await Promise.all(ended.map(({ session }) => reads.find(session).catch(() => null)))
  return found.flatMap((session) => (session?.phase === 'ended' ? [session] : []))
}

/** Numbers are given in order and never twice, so all that are not at work have ended. */
export const howManyEnded = (projects: readonly string[], reads: Reads): number => {
  const live = reads.sessions().filter(({ project }) => projects.includes(project)).length
  const all = projects.reduce((sum, project) => sum + lastNumber(project, reads), 0)
  return Math.max(0, all - live, reads.ended().filter(({ project }) => projects.includes(project)).length)
}

const lastNumber = (project: string, reads: Reads): number => reads.fleet()?.names[project] ?? 0
