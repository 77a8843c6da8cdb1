import { currentChange, type Session } from '../../core/contracts/session.ts'
import type { Place } from '../contracts/inbound.ts'
import { type Context, type Intent, type KnownSession, statusFilters } from '../contracts/intent.ts'
import type { Reads } from '../contracts/reads.ts'
import type { Memory } from '../memory/chat.ts'
import type { Talk } from '../memory/talk.ts'

/** How long "it" may mean what somebody spoke of last. */
const recentMs = 10 * 60_000

/** What is known where something was said. `now` is the time of the words, epoch ms; `who` is null where nobody known speaks. */
export const contextOf = (
  place: Place,
  {
    memory,
    talk,
    reads,
    who,
    now,
  }: {
    readonly memory: Pick<Memory, 'sessionAt' | 'placeOf'>
    readonly talk: Pick<Talk, 'projectAt' | 'spokenOf'>
    readonly reads: Pick<Reads, 'sessions' | 'ended' | 'projects' | 'agents' | 'people' | 'fleet'>
    readonly who: string | null
    readonly now: number
  },
): Context => {
  const thread = memory.sessionAt(place)
  const live = reads.sessions()
  const here = live.filter(({ id }) => {
    const home = memory.placeOf(id)
    return home?.channel === place.channel && home.platform === place.platform
  })
  const only = thread ?? (here.length === 1 ? (here[0]?.id ?? null) : null)
  const own = reads.projects()
  const projects = own.map(({ name }) => name)
  const session = live.find(({ id }) => id === only)
  const spoken = who === null ? null : talk.spokenOf(who, place)
  const used = talk.projectAt(place)
  return {
    thread,
    only,
    recent: spoken !== null && now - spoken.at < recentMs && live.some(({ id }) => id === spoken.session) ? spoken.session : null,
    asked: session?.asked?.state === 'asked' ? session.asked.question.options : null,
    isPaused: session !== undefined && session.suspended !== null,
    project:
      thread !== null
        ? thread.slice(0, thread.lastIndexOf('-'))
        : used !== null && projects.includes(used)
          ? used
          : projects.length === 1
            ? (projects[0] ?? null)
            : null,
    projects,
    repositories: Object.fromEntries(
      own.flatMap(({ name, path, repository }) =>
        [path.split(/[\\/]/).at(-1)?.toLowerCase() ?? name, ...(repository ? [repository] : [])].map((one) => [one, name]),
      ),
    ),
    agents: reads.agents(),
    people: reads.people().map(({ name }) => name),
    sessions: [...reads.ended().map((one) => known(one, true)), ...live.map((one) => known(one, false))],
    newest: reads.fleet()?.names ?? {},
  }
}

const known = (session: Session, isEnded: boolean): KnownSession => ({
  id: session.id,
  project: session.project,
  task: session.task.key,
  change: currentChange(session)?.number ?? null,
  isEnded,
})

/** Is it part of this version? What is not is understood all the same, so that it can be said. */
export const isBuilt = ({ examples }: Intent): boolean => examples.length > 0

/** What may be typed next: commands, and what fills the first blank of the one that was typed. `tasks`: the keys of those that are open. */
export const complete = (
  text: string,
  intents: readonly Intent[],
  { sessions, projects, thread }: Context,
  tasks: readonly string[] = [],
): readonly string[] => {
  const built = intents.filter(isBuilt)
  const commands = [...new Set(built.flatMap(({ name }) => (name === 'start' ? ['fix', 'start'] : [name])))]
  const space = text.lastIndexOf(' ')
  if (space === -1) return thread === null || text !== '' ? commands.filter((name) => name.startsWith(text.toLowerCase())) : []
  const head = text.slice(0, space + 1)
  const last = text.slice(space + 1).toLowerCase()
  const [command = ''] = head.toLowerCase().split(' ')
  const forms = (built.find(({ name }) => name === command)?.forms ?? []).map((form) => (typeof form === 'string' ? form : form.form))
  const takes = (blank: string): boolean => forms.some((form) => form.includes(blank))
  const starts = command === 'fix' || command === 'start'
  const words =
    head.trim().length === command.length
      ? [
          ...(starts ? tasks : []),
          ...(takes('{session}') || takes('{reference}') || takes('{change}') ? sessions.map(({ id }) => id) : []),
          ...(forms.some((form) => / \{project\}$/.test(form) && !form.includes(' in {')) ? projects : []),
          ...(takes('{filter}') ? statusFilters : []),
          ...(takes('{about}') ? commands : []),
        ]
      : head.endsWith(' in ') && takes('in {project}')
        ? projects
        : []
  return words.filter((word) => word.startsWith(last)).map((word) => head + word)
}
