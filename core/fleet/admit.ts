import type { Fleet, FleetEntry, QueuePlace } from '../contracts/fleet.ts'
import type { Limits } from '../contracts/rules.ts'

/** Who may start now, and why the others wait. */
export type Admission = { readonly admitted: readonly string[]; readonly waiting: readonly QueuePlace[] }

/**
 * A sliding pool: every free slot is used at once, by the first in line that fits. Restarts and fixes go before new tasks and
 * are not held up by the review limit; a task whose project or agent is at its limit lets the next one pass.
 */
export const admit = (fleet: Fleet, limits: Limits): Admission => {
  const line = inLine(fleet)
  const taken = Object.values(fleet.entries).filter(({ slot }) => slot === 'given')
  const admitted: FleetEntry[] = []
  const waiting: QueuePlace[] = []
  for (const entry of line) {
    const reason = hindrance(entry, [...taken, ...admitted], fleet, limits)
    if (reason === null) admitted.push(entry)
    else waiting.push({ session: entry.session, number: waiting.length + 1, reason })
  }
  return { admitted: admitted.map(({ session }) => session), waiting }
}

/** Everything that waits for a slot: restarts and fixes first, each group in the order it came. */
const inLine = ({ entries }: Fleet): readonly FleetEntry[] =>
  Object.values(entries)
    .filter(({ slot }) => slot === 'wanted')
    .sort((a, b) => Number(a.isFirst) - Number(b.isFirst) || a.slotSince - b.slotSince)

/** Why an entry cannot run now, in words, or null when it can. */
const hindrance = (
  { request: { project, agent, host }, isFirst }: FleetEntry,
  running: readonly FleetEntry[],
  fleet: Fleet,
  limits: Limits,
): string | null => {
  const count = (matches: (entry: FleetEntry) => boolean): number => running.filter(matches).length
  const full = (limit: number | null | undefined, is: number, what: string): string | null =>
    limit === null || limit === undefined || is < limit ? null : `${is} of ${limit} ${what}`
  if (isFirst && fleet.paused.includes(project)) return `${project} is paused`
  return (
    full(limits.running, running.length, 'agents are running') ??
    full(
      limits.perProject[project],
      count((entry) => entry.request.project === project),
      `agents of ${project} are running`,
    ) ??
    full(
      limits.perAgent[agent],
      count((entry) => entry.request.agent === agent),
      `${agent} agents are running`,
    ) ??
    full(
      limits.perHost[host],
      count((entry) => entry.request.host === host),
      `agents are running on ${host}`,
    ) ??
    (isFirst
      ? full(limits.review, Object.values(fleet.entries).filter(({ isPersonNeeded }) => isPersonNeeded).length, 'changes wait for a person')
      : null)
  )
}
