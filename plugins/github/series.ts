/** Does work one after the other. */
export type Series = <T>(work: () => Promise<T>, isUrgent: boolean) => Promise<T>

/** What is urgent goes before all that waits and is not; otherwise first come, first served. */
export const openSeries = (): Series => {
  const [urgent, others]: [(() => Promise<void>)[], (() => Promise<void>)[]] = [[], []]
  let isBusy = false
  const goOn = async (): Promise<void> => {
    if (isBusy) return
    isBusy = true
    for (let next = urgent.shift() ?? others.shift(); next; next = urgent.shift() ?? others.shift()) await next()
    isBusy = false
  }
  return (work, isUrgent) =>
    new Promise((resolve, reject) => {
      const line = isUrgent ? urgent : others
      line.push(() => work().then(resolve, reject))
      void goOn()
    })
}
