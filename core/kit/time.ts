import ms from 'ms'

/** `30m`, `2h`, `1d`, `90s` in milliseconds, or null when it is not a duration. A bare number is not one: its unit would be a guess. */
export const parseDuration = (text: string): number | null => {
  if (!/^\d+(?:\.\d+)?\s*[a-z]+$/i.test(text.trim())) return null
  const value = ms(text.trim() as ms.StringValue) // the pattern above is what its type asks for
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** A duration as people say it: `4 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
export const sayDuration = (durationMs: number): string => {
  const seconds = Math.max(0, Math.round(durationMs / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** Waits; rejects with the signal's reason when it aborts first. */
export const sleep = (waitMs: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, waitMs)
    signal?.addEventListener('abort', stop, { once: true })
  })
