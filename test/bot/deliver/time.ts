import { sendLimitMs } from '../../../bot/deliver/send.ts'

/** What is under way goes as far as it can without the clock. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A clock that stands still until it is told to go on. */
export const makeTime = (startedAt = 0) => {
  let time = startedAt
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()
  const slept: number[] = []
  const next = () => [...sleepers].sort((a, b) => a.at - b.at)[0]
  const goTo = (sleeper: { readonly at: number; readonly wake: () => void }): void => {
    time = Math.max(time, sleeper.at)
    sleepers.delete(sleeper)
    sleeper.wake()
  }
  return {
    now: (): number => time,
    sleep: (waitMs: number, signal?: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => {
        if (waitMs !== sendLimitMs) slept.push(waitMs)
        if (signal?.aborted) return reject(signal.reason)
        const sleeper = { at: time + waitMs, wake: resolve }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper)
          reject(signal.reason)
        })
      }),
    /** All waits but those for an adapter's answer. */
    slept,
    /** Timers that would still fire. */
    waiting: (): number => sleepers.size,
    passes: async (durationMs: number): Promise<void> => {
      const until = time + durationMs
      for (;;) {
        await turn()
        const sleeper = next()
        if (!sleeper || sleeper.at > until) break
        goTo(sleeper)
      }
      time = until
      await turn()
    },
    /** Goes on until that is settled, at most a day. */
    until: async <T>(work: Promise<T>): Promise<T> => {
      let isSettled = false
      const settled = (): void => {
        isSettled = true
      }
      work.then(settled, settled)
      for (const end = time + 24 * 3_600_000; ; ) {
        await turn()
        const sleeper = next()
        if (isSettled) return work
        if (!sleeper || sleeper.at > end) throw new Error(`Nothing happens any more at ${time} ms, and it is not settled.`)
        goTo(sleeper)
      }
    },
  }
}

export type Time = ReturnType<typeof makeTime>
