import { list } from '../../core/kit/text.ts'
import type { Card } from '../contracts/card.ts'
import { numberOf, type Schedule } from '../memory/digests.ts'
import { reply } from './answers.ts'
import { momentIn } from './digest.ts'

/** A schedule and when it comes next, epoch ms; null: never again. */
export type Coming = { readonly schedule: Schedule; readonly next: number | null }

/** A digest comes here from now on. */
export const scheduledCard = (to: string, { schedule, next }: Coming): Card =>
  reply(to, 'schedule', {
    tone: 'good',
    title: `A digest comes here ${whenWords(schedule)}.`,
    lines: [
      nextWords({ schedule, next }),
      schedule.isAlways ? 'It comes also when nothing happened.' : 'When nothing happened and nothing is at work, it stays away.',
      'Say "digests" to see when, "digest off" to end it.',
    ],
  })

/** Which digests come here. */
export const digestList = (to: string, coming: readonly Coming[]): Card => {
  const one = coming.length === 1
  return reply(to, 'digests', {
    tone: 'calm',
    title: coming.length === 0 ? 'No digest comes here by itself.' : `${one ? 'One digest comes' : `${coming.length} digests come`} here:`,
    lines:
      coming.length === 0
        ? ['Say "digest every weekday at 9" for one.']
        : coming.map(
            ({ schedule, next }) =>
              `${numberOf(schedule)}. ${whenWords(schedule)} · ${nextWords({ schedule, next })}${schedule.isAlways ? ' · always' : ''} · ${
                schedule.by === null ? 'by the config' : `for ${schedule.by}`
              }`,
          ),
    actions: coming
      .filter(({ schedule }) => schedule.by !== null)
      .slice(0, mostButtons)
      .map(({ schedule }) => ({
        label: one ? 'Remove' : `Remove ${numberOf(schedule)}`,
        say: `digest off ${numberOf(schedule)}`,
        isRisky: false,
      })),
  })
}

const mostButtons = 20

/** They come no more. */
export const unscheduledCard = (to: string, gone: readonly Schedule[]): Card =>
  reply(to, 'schedule', { tone: 'calm', title: `No digest comes here any more ${list(gone.map(whenWords))}.` })

const nextWords = ({ schedule, next }: Coming): string => (next === null ? 'never again' : `next ${momentIn(next, schedule.zone)}`)

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const spans: Readonly<Record<string, string>> = { '*': 'every day', '1-5': 'every weekday', '0,6': 'every Saturday and Sunday' }

/** `every weekday at 09:00 (Europe/Berlin)`. */
const whenWords = ({ cron, zone }: Pick<Schedule, 'cron' | 'zone'>): string => `${timeWords(cron)} (${zone})`

const timeWords = (cron: string): string => {
  if (cron === '0 * * * *') return 'every hour'
  const [, minute = '', hour = '', week = ''] = /^(\d{1,2}) (\d{1,2}) \* \* ([\d*,-]+)$/.exec(cron) ?? []
  const on = spans[week] ?? daysIn(week)
  return on === null ? `at "${cron}"` : `${on} at ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
}

/** `every Monday to Thursday` of `1-4`; null for what is no list and no span of days. */
const daysIn = (week: string): string | null => {
  const [, first, last] = /^([0-6])-([0-6])$/.exec(week) ?? []
  if (first !== undefined && last !== undefined) return `every ${days[Number(first)]} to ${days[Number(last)]}`
  return /^[0-6](?:,[0-6])*$/.test(week) ? `every ${list(week.split(',').map((day) => days[Number(day)] ?? ''))}` : null
}
