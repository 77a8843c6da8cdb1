/** `09:05`, by the clock on this machine's wall. */
export const clockAt = (at: number): string => new Date(at).toTimeString().slice(0, 5)

const dayMs = 86_400_000
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

/** A moment to come, as one speaks of it: `18:00`, `tomorrow 09:00`, `Friday 09:00`, `3 March 09:00`. */
export const momentWords = (at: number, now: number): string => {
  const date = new Date(at)
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  const away = Math.round((new Date(at).setHours(0, 0, 0, 0) - midnight) / dayMs)
  if (away === 0) return clockAt(at)
  if (away === 1) return `tomorrow ${clockAt(at)}`
  return `${away < 7 ? days[date.getDay()] : `${date.getDate()} ${months[date.getMonth()]}`} ${clockAt(at)}`
}
