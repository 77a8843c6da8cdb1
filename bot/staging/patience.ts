/** Waits that have an end. Once stopped, nobody waits any more. */
export const createPatience = ({
  now,
  wakeAt,
}: {
  readonly now: () => number
  readonly wakeAt: (at: number, callback: () => void) => () => void
}) => {
  const waits = new Set<() => void>()
  let isStopped = false
  return {
    /** What comes of it; null when it has not come by then. What comes later is nobody's here. @throws what the work throws in time */
    atMost: async <T>(waitMs: number, work: Promise<T>): Promise<T | null> => {
      if (isStopped) return Promise.race([work, null])
      let end = (): void => {}
      const late = new Promise<null>((resolve) => {
        const cancel = wakeAt(now() + waitMs, () => end())
        end = () => {
          cancel()
          waits.delete(end)
          resolve(null)
        }
        waits.add(end)
      })
      return Promise.race([work, late]).finally(() => end())
    },
    stop: (): void => {
      isStopped = true
      for (const end of waits) end()
    },
  }
}

export type Patience = ReturnType<typeof createPatience>
