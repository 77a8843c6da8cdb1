import type { Person } from '../../core/contracts/access.ts'
import { ownZone, sameWall } from '../../core/kit/zone.ts'
import type { Card, Picture } from '../contracts/card.ts'
import type { Place } from '../contracts/inbound.ts'
import type { DigestMemory } from '../memory/digests.ts'
import { sinceOf } from '../understand/since.ts'
import { cannot } from '../views/answers.ts'
import { digestCard } from '../views/digest.ts'
import { digestList } from '../views/digests.ts'
import { comesAt, lastOf } from './due.ts'
import { type Seen, summaryOf } from './make.ts'
import type { Summary } from './summary.ts'

/** What hearing needs of digests. */
export type DigestDesk = {
  readonly memory: DigestMemory
  /** Schedules have changed. */
  readonly changed: () => void
  /** The chart of a summary; null where there is none. */
  readonly draw: (summary: Summary) => Promise<Picture | null>
}

/** Who asks, and where. */
export type DigestAsker = {
  readonly to: string
  readonly who: Person
  readonly place: Place
  readonly isPrivate: () => Promise<boolean>
  readonly hasPictures: boolean
  readonly digests: Pick<DigestDesk, 'memory' | 'draw'>
  /** Epoch ms. */
  readonly now: number
}

const dayMs = 86_400_000

/** What happened since then, or since the last digest that came to this place; if there was none, within a day. */
export const askedDigest = async (
  { since, project }: { readonly since: string | null; readonly project: string | null },
  reads: Seen,
  { to, who, place, isPrivate, hasPictures, digests, now }: DigestAsker,
): Promise<Card> => {
  const zone = who.zone ?? ownZone()
  const last = lastOf(digests.memory.at(place), now) ?? now - dayMs
  const from = since === null ? last : sameWall(zone, now, (wall) => sinceOf(since, wall))
  if (from === null)
    return cannot(to, `I do not know since when "${since}" is.`, 'Say it as in "digest yesterday" or "digest since monday".')
  const found = await summaryOf(reads, { from, to: now, zone, project, who: (await isPrivate()) ? who : null })
  return digestCard(found, { key: `answer:${to}:digest`, replyTo: to, picture: hasPictures ? await digests.draw(found) : null })
}

/** Which digests come to this place, the next one first. */
export const comingHere = ({ to, place, digests, now }: Pick<DigestAsker, 'to' | 'place' | 'digests' | 'now'>): Card =>
  digestList(
    to,
    digests.memory
      .at(place)
      .map((schedule) => ({ schedule, next: comesAt(schedule, now) }))
      .sort((a, b) => (a.next ?? Number.POSITIVE_INFINITY) - (b.next ?? Number.POSITIVE_INFINITY)),
  )
