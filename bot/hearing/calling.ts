import { parseDuration } from '../../core/kit/time.ts'
import { ownZone, sameWall } from '../../core/kit/zone.ts'
import type { Note } from '../contracts/intent.ts'
import { must } from '../questions.ts'
import { momentOf } from '../understand/moment.ts'
import { cannot } from '../views/answers.ts'
import { answeredCard, nothingWaits } from '../views/calls.ts'
import type { Desk } from './desk.ts'
import type { Speaking } from './parts.ts'

type Answering = Extract<Note, { name: 'seen' | 'snooze' | 'take' }>

const hourMs = 3_600_000

/** What people say to being called. */
export const createCalling = (desk: Desk) => {
  const { reads, calls, now, show, answer } = desk
  const needs = async ({ session }: Answering) => ({ role: 'operator', project: (await must(session, reads)).project }) as const

  const say = async (note: Answering, { inbound, who }: Speaking, until: number | null): Promise<void> => {
    const how = ({ seen: 'seen', snooze: 'snoozed', take: 'taken' } as const)[note.name]
    const given = await calls.answer(await must(note.session, reads), { how, by: who.name, until })
    // Where a button or a sign said it, the alert itself says who did.
    if (given && inbound.said.how === 'reacted') return
    const card = given ? answeredCard(inbound.id, note.session, given) : nothingWaits(inbound.id, note.session)
    await (inbound.said.how === 'typed' ? show(inbound.place, card) : answer(inbound, card))
  }

  return {
    seen: { needs, keep: (note: Answering, speaking: Speaking) => say(note, speaking, null) },
    take: { needs, keep: (note: Answering, speaking: Speaking) => say(note, speaking, null) },
    snooze: {
      needs,
      keep: async (note: Extract<Note, { name: 'snooze' }>, speaking: Speaking) => {
        const { inbound, who } = speaking
        const until = endOf(note, now(), who.zone ?? ownZone())
        if (until !== null) return say(note, speaking, until)
        const example = `Say it as in "snooze ${note.session} 1h" or "snooze ${note.session} until tomorrow 9am".`
        return answer(inbound, cannot(inbound.id, `I do not know which time to come "${note.until ?? note.for}" is.`, example))
      },
    },
  }
}

/** By the clock of whoever says it. Null for a time that cannot be told, or is over. */
const endOf = ({ for: length, until }: Extract<Note, { name: 'snooze' }>, now: number, zone: string): number | null => {
  if (until !== null) return sameWall(zone, now, (wall) => momentOf(until, wall))
  const lengthMs = length === null ? hourMs : parseDuration(length)
  return lengthMs === null ? null : now + lengthMs
}
