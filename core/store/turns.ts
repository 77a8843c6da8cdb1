/** Runs work of one key one after the other, in the order it came; work of different keys side by side. */
export type Turns = {
  <T>(key: string, work: () => Promise<T>): Promise<T>
  /** Resolves once nothing is under way. */
  idle(): Promise<void>
}

/** Makes the queues. A key that has nothing to do costs nothing. */
export const makeTurns = (): Turns => {
  const tails = new Map<string, Promise<void>>()
  const take = <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const turn = (tails.get(key) ?? Promise.resolve()).then(work)
    // Whoever took the turn hears of its failure; the next one only waits for its end.
    const tail = turn.then(ignore, ignore).then(() => {
      if (tails.get(key) === tail) tails.delete(key)
    })
    tails.set(key, tail)
    return turn
  }
  const idle = async (): Promise<void> => {
    while (tails.size > 0) await Promise.all(tails.values())
  }
  return Object.assign(take, { idle })
}

const ignore = (): void => {}
