import { catalogue, row } from '../core/kit/fault.ts'
import { list } from '../core/kit/text.ts'

/** What the bot itself refuses. */
export const fault = catalogue({
  TASK_CLOSED: row<{ key: string }>(
    (f) => `${f.key} is closed.`,
    () => 'Open it again where it is, and say it once more.',
  ),
  NO_SUCH_SESSION: row<{ session: string; known: readonly string[] }>(
    (f) => `No session is called "${f.session}".`,
    (f) =>
      f.known.length === 0 ? 'Nothing is at work; say "status ended" for what has ended.' : `At work are ${list(f.known.slice(-10))}.`,
  ),
  NOT_NOW: row<{ session: string; why: string }>(
    (f) => `That cannot be done with ${f.session} now: ${f.why}.`,
    (f) => `Say "show ${f.session}" to see how it stands.`,
  ),
  NO_WORKSPACE: row<{ session: string }>(
    (f) => `${f.session} has no workspace.`,
    (f) => `Say "show ${f.session}" to see what became of it.`,
  ),
  OFFER_STALE: row<Record<never, never>>(
    () => 'That is no longer as the card showed it: the agent has ended, has begun or ended a turn, or its folder has changed.',
    () => 'Say "adopt" to see how it is now.',
  ),
  AGENT_UNKNOWN: row<{ agent: string; known: readonly string[] }>(
    (f) => `No agent is called "${f.agent}".`,
    (f) => `Say it with ${list(f.known, 'or')}, or add it under plugins in bot.config.yaml.`,
  ),
})
