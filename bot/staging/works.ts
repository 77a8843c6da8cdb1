/** Work that is under way, by whom it is for, so that somebody can wait for it. What fails is told elsewhere. */
export const createWorks = () => {
  const all = new Map<string, Set<Promise<unknown>>>()
  return {
    /** Remembers it until it is over. */
    add: (of: string, work: Promise<unknown>): void => {
      const own = all.get(of) ?? new Set()
      all.set(of, own.add(work))
      const over = (): void => {
        own.delete(work)
        if (own.size === 0 && all.get(of) === own) all.delete(of)
      }
      void work.then(over, over)
    },
    /** All that is under way for that one now. */
    of: (of: string): readonly Promise<unknown>[] => [...(all.get(of) ?? [])],
    isEmpty: (): boolean => all.size === 0,
    /** All that is under way now. */
    everything: (): readonly Promise<unknown>[] => [...all.values()].flatMap((own) => [...own]),
  }
}
