import { roleIn } from '../../core/access/authorise.ts'
import type { Person } from '../../core/contracts/access.ts'
import type { Log } from '../../core/contracts/plugins.ts'
import { explain } from '../../core/kit/fault.ts'
import type { Card, Picture } from '../contracts/card.ts'
import type { Reads } from '../contracts/reads.ts'
import { standingOf } from '../draw.ts'
import type { Schedule } from '../memory/digests.ts'
import type { Talk } from '../memory/talk.ts'
import { digestCard } from '../views/digest.ts'
import type { Due } from './due.ts'
import { isQuiet, numbersSince, type Summary, type SummaryOf, summary } from './summary.ts'

/** What a summary is made of. */
export type Seen = Pick<Reads, 'sessions' | 'projects' | 'numbers' | 'prices' | 'headline' | 'queue' | 'settingOf'>

/** What happened, as far as these reads show it. */
export const summaryOf = async (reads: Seen, of: Omit<SummaryOf, 'prices'>): Promise<Summary> => {
  const numbers = await reads.numbers(numbersSince(of))
  const rows = reads.sessions().map((session) => ({ session, standing: standingOf(session, reads) }))
  return summary(rows, numbers, { ...of, prices: reads.prices() })
}

/** The chart of a summary; a picture that cannot be drawn is left out. What draws it is loaded here: a start has no time for it. */
export const pictureOf = async ({ days }: Summary, log: Log): Promise<Picture | null> => {
  try {
    const { chartOf } = await import('./chart.ts')
    return await chartOf(days)
  } catch (error) {
    log.warn('digest.undrawn', { why: explain(error) })
    return null
  }
}

/** Makes the cards of digests that come by themselves: of the project that is meant in their place, else of all that whoever wanted it may see. */
export const createMaking =
  ({
    reads,
    talk,
    hasPictures,
    log,
  }: {
    readonly reads: Seen & Pick<Reads, 'people'>
    readonly talk: Pick<Talk, 'projectAt'>
    readonly hasPictures: (platform: string) => boolean
    readonly log: Log
  }) =>
  async (schedule: Schedule, { from, to, key }: Due & { readonly key: string }): Promise<Card | null> => {
    const { place, person, by, zone, isAlways } = schedule
    const people = reads.people()
    const viewer = by === null ? null : people.find(({ name }) => name === by)
    if (viewer === undefined) return null // who left the config is told nothing any more
    const used = talk.projectAt(place)
    const seen = reads.projects().flatMap(({ name }) => (viewer === null || roleIn(viewer, name) !== null ? [name] : []))
    const project = used !== null && seen.includes(used) ? used : seen.length === 1 ? (seen[0] ?? null) : null
    const who = person === null ? null : (viewer ?? null)
    const found = await summaryOf(seenBy(reads, viewer), { from, to, zone, project, who })
    if (isQuiet(found) && !isAlways) return null
    return digestCard(found, { key, picture: hasPictures(place.platform) ? await pictureOf(found, log) : null })
  }

/** What somebody may see; null: the config wants it, which may see all. */
const seenBy = <R extends Pick<Seen, 'sessions' | 'numbers'>>(reads: R, who: Person | null): R => {
  const isSeen = ({ project }: { readonly project: string }): boolean => who === null || roleIn(who, project) !== null
  return {
    ...reads,
    sessions: () => reads.sessions().filter(isSeen),
    numbers: async (since: number) => (await reads.numbers(since)).filter(isSeen),
  }
}
