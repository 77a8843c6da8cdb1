import type { FakeChat } from './world.ts'

/** Telegram's rates as far as they are known: a group takes 20 messages a minute, a private chat one a second with short bursts, the bot 30 a second. */
export type Rates = {
  /** Seconds to wait, or null when it may go. What is refused does not count. */
  take(chat: FakeChat, what: 'post' | 'edit'): number | null
}

export const makeRates = (now: () => number): Rates => {
  const taken = new Map<string, number[]>()
  const all: number[] = []
  return {
    take: (chat, what) => {
      const at = now()
      const [limit, windowMs] = chat.kind === 'private' ? ([63, 60_000] as const) : ([20, 60_000] as const)
      const key = `${chat.id} ${what}`
      const recent = (taken.get(key) ?? []).filter((then) => at - then < windowMs)
      const lately = all.filter((then) => at - then < 1_000)
      const short = recent.filter((then) => at - then < 2_000)
      if (chat.kind === 'private' && short.length >= 6) return 1
      if (recent.length >= limit) return Math.max(1, Math.ceil((windowMs - (at - (recent[0] ?? at))) / 1000))
      if (lately.length >= 30) return 1
      taken.set(key, [...recent, at])
      all.splice(0, all.length, ...lately, at)
      return null
    },
  }
}
