import type { SessionNumbers } from '../../core/contracts/numbers.ts'

/** How work went in a stretch of time. Null where nothing was merged in it. */
export type Pace = {
  readonly merged: number
  /** From a task to its merge, ms: half of them took less. */
  readonly medianMs: number | null
  /** How many of them no person had to help with: 0 to 1. */
  readonly unaided: number | null
}

/** What was merged after `from` and up to `to`. Pure. */
export const paceOf = (numbers: readonly SessionNumbers[], { from, to }: { readonly from: number; readonly to: number }): Pace => {
  const merged = numbers.flatMap(({ merged: how, requestedAt, helps }) =>
    how !== null && how.at > from && how.at <= to ? [{ tookMs: how.at - requestedAt, isUnaided: helps === 0 }] : [],
  )
  return {
    merged: merged.length,
    medianMs: median(merged.map(({ tookMs }) => tookMs)),
    unaided: merged.length === 0 ? null : merged.filter(({ isUnaided }) => isUnaided).length / merged.length,
  }
}

const median = (values: readonly number[]): number | null => {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]]
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2)
}
