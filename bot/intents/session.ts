import type { Context, Meaning, Slots } from '../contracts/intent.ts'

/** The session that words speak of: named, by its task's key, by its change's number, or "it" where that is clear. */
export const sessionOf = ({ session, tasks, change }: Slots, { sessions, only }: Context): string | null => {
  if (session !== undefined) return session
  const key = tasks?.[0] ?? (change === undefined ? undefined : `#${change}`)
  if (key === undefined) return only
  return (sessions.findLast((one) => one.task === key) ?? sessions.findLast((one) => `#${one.change}` === key))?.id ?? null
}

/** Means something about one session, or asks which. */
export const aboutSession = (slots: Slots, context: Context, mean: (session: string) => Meaning): Meaning => {
  const session = sessionOf(slots, context)
  return session === null
    ? { ask: 'session', hint: 'Say it again with the session, as in "show app-1", or say it in the session\'s own thread.' }
    : mean(session)
}
