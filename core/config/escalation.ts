import { z } from 'zod'
import type { Escalation, Hours, Ladder, Rung, Shift } from '../contracts/escalation.ts'
import { rungs } from '../contracts/escalation.ts'
import type { Priority } from '../contracts/names.ts'
import { isZone } from '../kit/zone.ts'
import { duration } from './values.ts'

const [minuteMs, hourMs] = [60_000, 3_600_000]

/** How soon each rung is climbed where the config says nothing. What is only news climbs nowhere. */
export const defaultEscalation: Escalation = {
  ladders: {
    urgent: { requester: 2 * minuteMs, elsewhere: 5 * minuteMs, onCall: 15 * minuteMs, channel: 30 * minuteMs },
    action: { requester: 10 * minuteMs, elsewhere: hourMs, onCall: 4 * hourMs, channel: 8 * hourMs },
    warning: { requester: hourMs, elsewhere: null, onCall: null, channel: 24 * hourMs },
    info: { requester: null, elsewhere: null, onCall: null, channel: null },
  },
  onCall: [],
  seenMs: hourMs,
  takenMs: 4 * hourMs,
}

const hoursPattern = /^([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)$/
const dayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

/** Hours of a day, as `22:00-07:00`. */
export const hours = z
  .string({ error: 'Write hours like 22:00-07:00.' })
  .transform((text, context): Hours => {
    const [, fromHour, fromMinute, toHour, toMinute] = hoursPattern.exec(text.trim()) ?? []
    const [from, to] = [Number(fromHour) * 60 + Number(fromMinute), Number(toHour) * 60 + Number(toMinute)]
    if (toMinute === undefined) context.addIssue({ code: 'custom', message: 'Write hours like 22:00-07:00.' })
    else if (from === to) context.addIssue({ code: 'custom', message: 'These hours begin when they end; leave them out, or write others.' })
    return { from: from || 0, to: to || 0 }
  })
  .meta({ as: 'hours' })

/** The name of a time zone. */
export const zone = z.string().refine(isZone, 'There is no such time zone; write it as in Europe/Berlin.').meta({ as: 'time zone' })

/** Days of the week, as `mon-fri` or a list. */
const days = z
  .string()
  .transform((text, context): readonly number[] => {
    const found = text
      .toLowerCase()
      .split(/[\s,]+/)
      .filter((word) => word !== '')
      .flatMap(daysIn)
    if (found.length === 0 || found.includes(-1)) context.addIssue({ code: 'custom', message: 'Write days like mon-fri, or sat,sun.' })
    return [...new Set(found)].sort()
  })
  .meta({ as: 'days' })

/** -1 stands for what names no day. */
const daysIn = (word: string): readonly number[] => {
  const [first = '', last = first, ...more] = word.split('-')
  const [from, to] = [dayOf(first), dayOf(last)]
  if (from === -1 || to === -1 || more.length > 0) return [-1]
  return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, index) => (from + index) % 7)
}

/** Its name, or the first three letters of it, or more of them. */
const dayOf = (word: string): number => (word.length < 3 ? -1 : dayNames.findIndex((name) => name.startsWith(word)))

/** A name stands for a shift that is always. Told apart here, so that a mistake in a shift is told as one. */
const shift = z
  .preprocess(
    (value) => (typeof value === 'string' ? { person: value } : value),
    z.strictObject(
      { person: z.string(), days: days.optional(), hours: hours.optional() },
      {
        error: ({ code }) =>
          code === 'invalid_type' ? 'Write the name of somebody, or {person: name, days: mon-fri, hours: 09:00-18:00}.' : undefined,
      },
    ),
  )
  .transform((value): Shift => ({ person: value.person, days: value.days ?? null, hours: value.hours ?? null }))
  .meta({ as: 'person, or a shift' })

const height = (what: string) => duration().nullable().optional().describe(what)

const ladder = z.strictObject({
  requester: height('After that whoever asked for the task is mentioned; null: this step is left out. So for the others.'),
  elsewhere: height('After that the same person is called on another platform where the bot knows them.'),
  onCall: height('After that whoever is on call is called in private.'),
  channel: height("After that the project's channel is."),
})

/** The `escalation:` block. */
export const escalationShape = z
  .strictObject({
    urgent: ladder.optional().describe('How soon each step comes for what is urgent; counted from when the thread showed it.'),
    action: ladder.optional().describe('The same for what somebody has to decide.'),
    warning: ladder.optional().describe('The same for what somebody should know.'),
    info: ladder.optional().describe('The same for news.'),
    onCall: z.array(shift).optional().describe("Who is on call: the first one that fits. Days and hours are by that person's clock."),
    seen: duration('1m').optional().describe('How long nobody else is called after somebody said "seen"; at least 1m.'),
    taken: duration('1m').optional().describe('How long nobody else is called after somebody took it; at least 1m.'),
  })
  .describe('How people are called when nobody answers.')

/** An `escalation:` block as written. */
export type WrittenEscalation = z.output<typeof escalationShape>

/** Field by field, later blocks over earlier ones, over the defaults. */
export const mergeEscalation = (...blocks: readonly (WrittenEscalation | undefined)[]): Escalation => {
  const written = blocks.flatMap((block) => block ?? [])
  const last = <K extends 'onCall' | 'seen' | 'taken'>(key: K) => written.findLast((block) => block[key] !== undefined)?.[key]
  const ladderFor = (priority: Priority): Ladder => {
    const heightOf = (rung: Rung): number | null => {
      const found = written.findLast((block) => block[priority]?.[rung] !== undefined)?.[priority]?.[rung]
      return found === undefined ? defaultEscalation.ladders[priority][rung] : found
    }
    // Every rung is in the list that the type was made from.
    return Object.fromEntries(rungs.map((rung) => [rung, heightOf(rung)])) as Ladder
  }
  return {
    ladders: { urgent: ladderFor('urgent'), action: ladderFor('action'), warning: ladderFor('warning'), info: ladderFor('info') },
    onCall: last('onCall') ?? defaultEscalation.onCall,
    seenMs: last('seen') ?? defaultEscalation.seenMs,
    takenMs: last('taken') ?? defaultEscalation.takenMs,
  }
}
