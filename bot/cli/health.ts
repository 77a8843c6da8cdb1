import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { explain } from '../../core/kit/fault.ts'
import { sayDuration } from '../../core/kit/time.ts'
import { isMissing } from '../../core/store/disk.ts'
import type { Finding } from '../contracts/chat.ts'

/**
 * The longest silence of a connection that lives. Most say something each minute. Slack's only do when somebody speaks, or when
 * Slack makes one anew, which it does every few hours; and where it sends requests, silence says nothing.
 */
const silentMs = (name: string, options: unknown): number => {
  if (name !== 'slack') return 5 * 60_000
  const isSentTo = typeof options === 'object' && options !== null && 'mode' in options && options.mode === 'http'
  return isSentTo ? Number.POSITIVE_INFINITY : 12 * 3_600_000
}
/** A start takes seconds, also on a slow line. */
const startingMs = 60_000

/** What the running bot wrote about its connections; what a later version adds is let through. */
const healthShape = z.record(
  z.string(),
  z.looseObject({
    state: z.enum(['starting', 'up', 'down', 'stopped']),
    since: z.number(),
    heardAt: z.number().nullish(),
    detail: z.string().nullish(),
  }),
)
type HealthOf = z.infer<typeof healthShape>[string]

/**
 * How it goes with the connections of the bot that runs, by the document it keeps. `chats` are those of the config, with
 * their options. Tells what it found, and never rejects: a document that is missing or cannot be read is a finding.
 */
export const healthFindings = async (
  path: string,
  { chats, now, log }: { readonly chats: Readonly<Record<string, unknown>>; readonly now: number; readonly log: string },
): Promise<readonly Finding[]> => {
  if (Object.keys(chats).length === 0) return []
  const text = await readFile(path, 'utf8').catch((error: unknown) => (isMissing(error) ? '{}' : unreadable(path, explain(error))))
  if (typeof text !== 'string') return [text]
  const health = parsed(text)
  if (health === null) return [unreadable(path, 'it is not what a bot writes there')]
  return Object.entries(chats).map(([name, options]) => {
    const of = Object.hasOwn(health, name) ? health[name] : undefined
    return of ? findingOf(name, of, { now, log, mostSilentMs: silentMs(name, options) }) : unheardOf(name)
  })
}

const findingOf = (
  name: string,
  health: HealthOf,
  { now, log, mostSilentMs }: { readonly now: number; readonly log: string; readonly mostSilentMs: number },
): Finding => {
  const forMs = now - health.since
  const silentForMs = now - (health.heardAt ?? health.since)
  const detail = health.detail ? `: ${health.detail}` : ''
  const lasts = `for ${sayDuration(forMs)}`
  const look = `See what ${log} says about "${name}".`
  if (health.state === 'down')
    return { level: 'WARN', what: `${name}: the bot is not connected ${lasts}${detail}`, cure: `It tries again by itself. ${look}` }
  if (health.state === 'stopped')
    return {
      level: 'WARN',
      what: `${name}: the bot does not listen any more ${lasts}${detail}`,
      cure: `Mend that; if it still does not listen then, start the bot again. ${look}`,
    }
  if (health.state === 'starting')
    return forMs > startingMs
      ? { level: 'WARN', what: `${name}: the bot has been connecting ${lasts}${detail}`, cure: look }
      : { level: 'PASS', what: `${name}: the bot is connecting${detail}` }
  return silentForMs > mostSilentMs
    ? {
        level: 'WARN',
        what: `${name}: connected ${lasts}, but nothing came over that connection for ${sayDuration(silentForMs)}${detail}`,
        cure: `Start the bot again if this lasts. ${look}`,
      }
    : { level: 'PASS', what: `${name}: connected ${lasts}, last heard ${sayDuration(silentForMs)} ago${detail}` }
}

const unheardOf = (name: string): Finding => ({
  level: 'WARN',
  what: `${name}: the bot that runs has no such chat.`,
  cure: 'It was started before the config named it: start it again.',
})

const unreadable = (path: string, why: string): Finding => ({
  level: 'WARN',
  what: `How the bot is connected cannot be told: ${path}: ${why}`,
  cure: 'Start the bot again; it writes this anew.',
})

const parsed = (text: string): z.infer<typeof healthShape> | null => {
  try {
    return healthShape.parse(JSON.parse(text))
  } catch {
    return null // told as one finding by whoever asked
  }
}
