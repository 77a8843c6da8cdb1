/** The middle of the values; of an even number of them the mean of both. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]]
  if (low === undefined || high === undefined) throw new Error('there is no middle of nothing')
  return (low + high) / 2
}

/** From the least to the most. */
export const span = (values: readonly number[]): string => `${rounded(Math.min(...values))} to ${rounded(Math.max(...values))}`

/** Cut to what a measurement can tell apart. */
export const rounded = (value: number): number => Number(value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0))
