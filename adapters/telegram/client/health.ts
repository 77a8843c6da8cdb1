import type { Health } from '../../../bot/contracts/adapter.ts'
import type { ChatHost } from '../../../bot/contracts/chat.ts'

/** While nothing changes, it is said so often that all is well. */
const sayEveryMs = 10_000

/** Keeps how it goes with the connection, and tells it: every change at once and to the log, the rest now and then. */
export const keepHealth = ({ log, now, onHealth }: Pick<ChatHost, 'log' | 'now' | 'onHealth'>) => {
  let health: Health = { state: 'starting', since: now(), heardAt: null, detail: null }
  let saidAt = now()
  const say = (next: Health): void => {
    const isChange = next.state !== health.state || next.detail !== health.detail
    const isNewState = next.state !== health.state
    health = next
    if (!isChange && now() - saidAt < sayEveryMs) return
    saidAt = now()
    if (isNewState)
      log[next.state === 'up' ? 'info' : 'warn'](`telegram.${next.state}`, { ...(next.detail !== null && { detail: next.detail }) })
    onHealth(next)
  }
  return {
    get state() {
      return health.state
    },
    /** Something came over it. */
    up: (detail: string | null = null): void =>
      say({ state: 'up', since: health.state === 'up' ? health.since : now(), heardAt: now(), detail }),
    is: (state: 'down' | 'stopped', detail: string): void =>
      say({ ...health, state, since: health.state === state ? health.since : now(), detail }),
  }
}
export type HealthKeeper = ReturnType<typeof keepHealth>
