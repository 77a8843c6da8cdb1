import { nextAt } from '../../core/kit/cron.ts'
import { ownZone } from '../../core/kit/zone.ts'
import { comesAt } from '../digest/due.ts'
import { mostSchedules, numberOf } from '../memory/digests.ts'
import { cannot } from '../views/answers.ts'
import { scheduledCard, unscheduledCard } from '../views/digests.ts'
import type { Desk } from './desk.ts'
import type { Speaking } from './parts.ts'

/** Nobody wants to be told so often what happened. */
const leastApartMs = 15 * 60_000

/** Digests at set times. In a channel they come to everybody, so it takes the role that steers; in private everybody may have theirs. */
export const createScheduling = (desk: Desk) => {
  const { digests, now, show, answer, isPrivate } = desk

  const needs = async (_note: unknown, { inbound, context }: Speaking) =>
    (await isPrivate(inbound)) ? null : ({ role: 'operator', project: context.project ?? 'this channel' } as const)

  return {
    schedule: {
      needs,
      keep: async (
        { schedule: cron, isAlways }: { readonly schedule: string; readonly isAlways: boolean },
        { inbound, who }: Speaking,
      ): Promise<void> => {
        const { id } = inbound
        const at = now()
        const zone = who.zone ?? ownZone()
        const first = nextAt(cron, { after: at, zone })
        const second = first === null ? null : nextAt(cron, { after: first, zone })
        if (first === null) return answer(inbound, cannot(id, `"${cron}" never comes.`, example))
        if (second !== null && second - first < leastApartMs)
          return answer(inbound, cannot(id, 'That is more often than every 15 minutes.', example))
        const person = (await isPrivate(inbound)) ? who.name : null
        const place = { ...inbound.place, thread: null }
        const schedule = await digests.memory.add({ place, person, cron, zone, isAlways, by: who.name, madeAt: at })
        if (!schedule) return answer(inbound, cannot(id, `There are ${mostSchedules} digests already.`, 'Say "digests" where they come.'))
        digests.changed()
        await show(inbound.place, scheduledCard(id, { schedule, next: comesAt(schedule, at) }))
      },
    },
    unschedule: {
      needs,
      keep: async ({ number }: { readonly number: number | null }, { inbound }: Speaking): Promise<void> => {
        const { id, place } = inbound
        const here = digests.memory.at(place).filter((one) => number === null || numberOf(one) === number)
        const gone = here.filter(({ by }) => by !== null)
        if (gone.length === 0) return answer(inbound, here.length > 0 ? cannot(id, ...ofConfig) : cannot(id, ...none(number)))
        await digests.memory.remove(gone.map((one) => one.id))
        digests.changed()
        await show(place, unscheduledCard(id, gone))
      },
    },
  }
}

const example = 'Say it as in "digest every weekday at 9" or "digest every monday at 8:30".'
const ofConfig = ['That digest stands in the config.', 'Take it out of bot.config.yaml and start the bot again.'] as const
const none = (number: number | null) =>
  [
    number === null ? 'No digest comes here by itself.' : `No digest that comes here has the number ${number}.`,
    'Say "digests" to see which come here.',
  ] as const
