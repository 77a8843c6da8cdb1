/** The rates that Discord keeps: five messages in five seconds and as many edits in a channel, four reactions a second, fifty requests a second. */
export type Limiter = {
  /** What the answer says about the rate, or how long to wait. */
  take(
    bucket: string,
    isExempt: boolean,
  ): { readonly headers: Readonly<Record<string, string>>; readonly retryAfterMs: number | null; readonly isGlobal: boolean }
}

const rates: readonly (readonly [pattern: RegExp, limit: number, windowMs: number])[] = [
  [/^POST \/channels\/\d+\/messages$/, 5, 5_000],
  [/^PATCH \/channels\/\d+\/messages\/\d+$/, 5, 5_000],
  [/^PUT \/channels\/\d+\/messages\/\d+\/reactions/, 1, 250],
  [/^PATCH \/channels\/\d+$/, 5, 15_000],
]

export const makeLimiter = (isOn: boolean, now: () => number): Limiter => {
  const windows = new Map<string, { used: number; until: number }>()
  const use = (key: string, limit: number, windowMs: number) => {
    const at = now()
    const kept = windows.get(key)
    const window = kept && kept.until > at ? kept : { used: 0, until: at + windowMs }
    windows.set(key, window)
    window.used += 1
    return { isOver: window.used > limit, left: Math.max(0, limit - window.used), waitMs: window.until - at }
  }
  return {
    take: (bucket, isExempt) => {
      if (!isOn || isExempt) return { headers: {}, retryAfterMs: null, isGlobal: false }
      const all = use('global', 50, 1_000)
      if (all.isOver)
        return { headers: { 'x-ratelimit-global': 'true', 'x-ratelimit-scope': 'global' }, retryAfterMs: all.waitMs, isGlobal: true }
      const rate = rates.find(([pattern]) => pattern.test(bucket))
      if (!rate) return { headers: {}, retryAfterMs: null, isGlobal: false }
      const [pattern, limit, windowMs] = rate
      // Edits of all messages of a channel share one window; so do posts.
      const key = `${pattern.source} ${/\/channels\/(\d+)/.exec(bucket)?.[1]}`
      const { isOver, left, waitMs } = use(key, limit, windowMs)
      const headers = {
        'x-ratelimit-bucket': `b${rates.indexOf(rate)}`,
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(left),
        'x-ratelimit-reset-after': (waitMs / 1000).toFixed(3),
      }
      return { headers, retryAfterMs: isOver ? waitMs : null, isGlobal: false }
    },
  }
}
