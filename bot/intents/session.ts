import type { Context, KnownSession, Meaning, Slots } from '../contracts/intent.ts'

/** The session that words speak of, or why there is none. */
export type Found = { readonly session: string } | Extract<Meaning, { ask: unknown } | { refused: unknown }>

/** The session that words speak of: by its name, its task's key or its change's number. What "it" is has been filled in before. */
export const sessionFor = (slots: Slots, context: Context): Found => {
  const { session, task, change, project } = slots
  if (session !== undefined) return named(session, context)
  if (task === undefined && change === undefined) return whichSession(context)
  const called = context.sessions.filter(
    (one) => (task === undefined ? one.change === change : one.task === task) && (project === undefined || one.project === project),
  )
  const found = nearestOf(called, context)
  if (found.length > 1)
    return {
      ask: 'session',
      hint: `${found.map(({ id }) => id).join(' and ')} are both called that. Say which, as in "show ${found[0]?.id}".`,
    }
  if (found[0]) return { session: found[0].id }
  return task === undefined
    ? { refused: `No session has the change #${change}.`, hint: 'Say "status" for the sessions there are.' }
    : { refused: `No session works on ${task}.`, hint: 'Say "status" for the sessions there are, or start one, as in "fix #1".' }
}

/** Those that can be meant: the thread's own, else those of this place's project, else any; at work rather than ended; of the ended the newest. */
const nearestOf = (called: readonly KnownSession[], { thread, project }: Context): readonly KnownSession[] => {
  const own = called.filter(({ id }) => id === thread)
  const here = called.filter((one) => one.project === project)
  const near = own.length > 0 ? own : here.length > 0 ? here : called
  const live = near.filter(({ isEnded }) => !isEnded)
  return live.length > 0 ? live : near.slice(-1)
}

/** A number above every number so far names nothing; a lower one may be a session that ended long ago. */
const named = (session: string, { sessions, thread, newest }: Context): Found => {
  const [project, number] = split(session)
  const known = sessions.filter((one) => one.project === project)
  const highest = Math.max(newest[project] ?? 0, ...known.map(({ id }) => split(id)[1]))
  if (session === thread || number <= highest) return { session }
  const live = known.filter(({ isEnded }) => !isEnded).map(({ id }) => id)
  return {
    ask: 'session',
    hint: `There is no ${session} yet. ${live.length === 0 ? 'Nothing is at work there.' : `At work are ${live.slice(-8).join(', ')}.`}`,
  }
}

const split = (session: string): readonly [string, number] => {
  const dash = session.lastIndexOf('-')
  return [session.slice(0, dash), Number(session.slice(dash + 1))]
}

const whichSession = ({ sessions }: Context): Found => {
  const example = sessions.findLast(({ isEnded }) => !isEnded)?.id ?? 'app-1'
  return { ask: 'session', hint: `Say it again with the session, as in "show ${example}", or say it in the session's own thread.` }
}

/** Means something about one session, or asks which. */
export const aboutSession = (slots: Slots, context: Context, mean: (session: string) => Meaning): Meaning => {
  const found = sessionFor(slots, context)
  return 'session' in found ? mean(found.session) : found
}

/** Means something about each of several: those that are named, all at work (of a project), or one. */
export const aboutSessions = (slots: Slots, context: Context, mean: (sessions: readonly string[]) => Meaning): Meaning => {
  if (slots.all) {
    const live = context.sessions.filter((one) => !one.isEnded && isIn(one, slots.project))
    return live.length === 0
      ? { refused: 'Nothing is at work.', hint: 'Say "status ended" for what has ended.' }
      : mean(live.map(({ id }) => id))
  }
  if (!slots.sessions) return aboutSession(slots, context, (session) => mean([session]))
  const lost = slots.sessions.map((session) => named(session, context)).find((found) => !('session' in found))
  return lost && !('session' in lost) ? lost : mean(slots.sessions)
}

/** Means something about a session, or, where none is spoken of at the top of a channel, about all that is shown there: null. */
export const sessionOrChannel = (slots: Slots, context: Context, mean: (session: string | null) => Meaning): Meaning => {
  const { it, session, task, change } = slots
  return it || session !== undefined || task !== undefined || change !== undefined ? aboutSession(slots, context, mean) : mean(null)
}

const isIn = ({ project }: KnownSession, wanted: string | undefined): boolean => wanted === undefined || project === wanted
