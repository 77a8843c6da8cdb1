import { z } from 'zod'
import { parseDuration, sayDuration } from '../kit/time.ts'

/** A duration as text (`30s`, `10m`, `2h`), parsed to milliseconds. `least` is a text, too. */
export const duration = (least = '0s') =>
  z
    .string({ error: 'Write a duration with its unit, like 30s, 10m or 2h.' })
    .transform((text, context): number => {
      const valueMs = parseDuration(text)
      const mistake = durationMistake(valueMs, parseDuration(least) ?? 0)
      if (mistake !== null) context.addIssue({ code: 'custom', message: mistake })
      return valueMs ?? 0
    })
    .meta({ as: 'duration' })

/** How many messages, or after how long: a count, a duration, or null for "only `retries` counts". */
export const escalation = z
  .union([z.int().min(1), z.string(), z.null()], { error: escalationText() })
  .transform((value, context): { readonly messages: number } | { readonly ms: number } | null => {
    if (value === null) return null
    if (typeof value === 'number') return { messages: value }
    const valueMs = parseDuration(value)
    if (valueMs === null || valueMs > mostMs) context.addIssue({ code: 'custom', message: escalationText() })
    return { ms: valueMs ?? 0 }
  })
  .meta({ as: 'count, duration or null' })

/** A limit that may be absent. */
export const limit = z.int().min(1).nullable()

/** A plugin by its name, or by `use` with its options beside it. Both come out as `{use, own}`. */
export const choice = z
  .union([z.string(), z.looseObject({ use: z.string() })], {
    error: 'Write the name of a plugin, or {use: name} with its options beside it.',
  })
  .transform((value) => {
    const { use, ...own } = typeof value === 'string' ? { use: value } : value
    return { use, own: own as Readonly<Record<string, unknown>> } // what is beside `use`, still unread
  })
  .meta({ as: 'plugin' })

/** The least and the most of each field. */
const cronRanges = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const

const isCron = (text: string): boolean => {
  const fields = text.trim().split(/\s+/)
  return fields.length === cronRanges.length && fields.every((field, index) => field.split(',').every((part) => isCronPart(part, index)))
}

const isCronPart = (part: string, index: number): boolean => {
  const [, from, to = from, step] = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part) ?? ['', '-1']
  const [least, most] = cronRanges[index] ?? [0, 0]
  if (from === undefined) return step === undefined || Number(step) > 0
  return Number(from) >= least && Number(to) <= most && Number(from) <= Number(to) && (step === undefined || Number(step) > 0)
}

/** When something comes, as five fields of cron. */
export const cron = z
  .string({ error: 'Write five fields of cron, like "0 9 * * 1-5".' })
  .refine(
    isCron,
    'Write five fields of cron, in quotes: minute, hour, day, month, day of the week; "0 9 * * 1-5" is every weekday at nine.',
  )
  .meta({ as: 'cron' })

const durationMistake = (valueMs: number | null, leastMs: number): string | null => {
  if (valueMs === null) return 'Write a duration with its unit, like 30s, 10m or 2h.'
  if (valueMs < leastMs) return `Write at least ${leastMs < 1000 ? `${leastMs}ms` : sayDuration(leastMs)}.`
  return valueMs > mostMs ? 'Write at most 24d.' : null
}

// Timers count milliseconds in 31 bits; a longer one would fire at once. https://nodejs.org/api/timers.html#settimeoutcallback-delay-args
const mostMs = 24 * 24 * 60 * 60 * 1000

function escalationText(): string {
  return 'Write a count of messages (2), a duration (30m), or null.'
}
