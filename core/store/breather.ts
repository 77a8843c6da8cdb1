/** Lets everybody else go on when it has been our turn for longer than that; to be awaited between the steps of long work. */
export const breather = (longestMs = 5): (() => Promise<void>) => {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < longestMs) return
    await new Promise((resolve) => setImmediate(resolve))
    since = performance.now()
  }
}
