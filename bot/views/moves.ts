import type { Card } from '../contracts/card.ts'
import type { Place } from '../contracts/inbound.ts'
import { card } from './words.ts'

/** A card of a session that goes on in another place: the buttons there count, these are gone. */
export const goesOnElsewhere = (key: string, session: string, to: Place): Card =>
  card({ key, kind: 'status', tone: 'calm', title: goesOnIn(session, to) })

/** Where it goes on, in a sentence. */
export const goesOnIn = (session: string, to: Place): string => `${session} goes on in ${nameOf(to)}.`

/** Its channel cannot be used any more. */
export const goesOnHere = (session: string, from: Place, error: Error): Card =>
  card({
    key: `moved:${session}:${from.platform}:${from.channel}`,
    kind: 'result',
    tone: 'bad',
    title: `${session} goes on here.`,
    lines: [error.message],
  })

/** Ids of channels say nothing to people. */
const nameOf = ({ platform }: Place): string => (platform === 'console' ? 'the console' : platform)
