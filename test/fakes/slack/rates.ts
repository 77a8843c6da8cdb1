import type { Method } from './shapes.ts'

/** How many calls a method takes: so many at once, refilled evenly within a minute. `per`: is it counted for each channel? */
export type MethodRate = { readonly atOnce: number; readonly perMinute: number; readonly per: 'channel' | 'workspace' }

const tier = (perMinute: number): MethodRate => ({ atOnce: perMinute, perMinute: 0, per: 'workspace' })

/** The documented rates: tiers within any minute, and one message a second in a channel with short bursts. */
export const slackRates: Readonly<Partial<Record<Method, MethodRate>>> = {
  'apps.connections.open': tier(20),
  'chat.postMessage': { atOnce: 10, perMinute: 60, per: 'channel' },
  'chat.update': tier(50),
  'chat.delete': tier(50),
  'chat.postEphemeral': tier(100),
  'conversations.history': tier(50),
  'conversations.replies': tier(50),
  'conversations.info': tier(50),
  'conversations.open': tier(50),
  'reactions.add': tier(50),
  'users.info': tier(100),
  'views.open': tier(100),
  'files.getUploadURLExternal': tier(100),
  'files.completeUploadExternal': tier(100),
  'files.info': tier(100),
}

/** Counts calls. Gives the seconds to wait when one is too many, else 0; what is refused does not count. */
export const rateKeeper = (rates: Readonly<Partial<Record<Method, MethodRate>>>, now: () => number) => {
  const calls = new Map<string, number[]>()
  return (method: Method, channel: string | undefined): number => {
    const rate = rates[method]
    if (!rate) return 0
    const key = rate.per === 'channel' ? `${method} ${channel}` : method
    const at = now()
    const recent = (calls.get(key) ?? []).filter((one) => at - one < 60_000)
    calls.set(key, recent)
    if (rate.perMinute === 0) {
      const [oldest] = recent
      if (oldest !== undefined && recent.length >= rate.atOnce) return Math.max(1, Math.ceil((oldest + 60_000 - at) / 1_000))
      recent.push(at)
      return 0
    }
    // A bucket: each call takes one, and it fills again evenly.
    let left = rate.atOnce
    let last = recent[0] ?? at
    for (const one of recent) {
      left = Math.min(rate.atOnce, left + ((one - last) * rate.perMinute) / 60_000) - 1
      last = one
    }
    left = Math.min(rate.atOnce, left + ((at - last) * rate.perMinute) / 60_000)
    if (left < 1) return Math.max(1, Math.ceil(((1 - left) * 60) / rate.perMinute))
    recent.push(at)
    return 0
  }
}
