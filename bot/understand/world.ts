import { catalogue, row } from '../../core/kit/fault.ts'
import { list } from '../../core/kit/text.ts'
import type { Context, KnownSession } from '../contracts/intent.ts'

export const fault = catalogue({
  PLACE_UNREADABLE: row<{ place: string; known: readonly string[] }>(
    (f) => `There is no place "${f.place}".`,
    (f) => `Name one of ${list(f.known, 'or')}; any session of a project has a thread, and "!" behind it lets its agent ask something.`,
  ),
})

/** All that words can be about, as a value: for trying and measuring the language where no bot runs. */
export type World = {
  readonly projects: readonly string[]
  /** The project that is meant in a channel where none is named; null where none is. */
  readonly project: string | null
  readonly agents: readonly string[]
  readonly people: readonly string[]
  /** The newest last. */
  readonly sessions: readonly WorldSession[]
}

/** `asks` are the choices its agent offers when it asks; null: the usual ones. */
type WorldSession = KnownSession & { readonly asks: readonly string[] | null }

/** What agents ask most often, as choices. */
const usualChoices: readonly string[] = ['Yes', "Yes, and don't ask again", 'No']

const sessionIn = (project: string, number: number): WorldSession => ({
  id: `${project}-${number}`,
  project,
  task: `say-${project}-${number}`,
  change: null,
  isEnded: false,
  asks: null,
})

/** The world that the sentences of `test/fixtures/utterances.jsonl` are said in. */
export const corpusWorld: World = {
  projects: ['app', 'api'],
  project: 'app',
  agents: ['claude-code', 'codex', 'aider', 'opencode'],
  people: ['ana', 'bob', 'cy'],
  sessions: [
    ...Array.from({ length: 12 }, (_, index) => sessionIn('app', index + 1)),
    ...Array.from({ length: 4 }, (_, index) => sessionIn('api', index + 1)),
  ].map((session) =>
    session.id === 'app-3'
      ? { ...session, task: '#42', change: 87 }
      : session.id === 'app-5'
        ? { ...session, asks: usualChoices }
        : session,
  ),
}

/**
 * What is known in a place of a world: `channel`, `dm`, `thread:app-3`, or `thread:app-5!`, where the agent of that session asks
 * something. A thread may be that of a session which the world does not have yet.
 *
 * @throws {Fault} PLACE_UNREADABLE
 */
export const placeIn = (world: World, place: string): Context => {
  const { projects, project, agents, people, sessions } = world
  const outside: Context = {
    thread: null,
    only: null,
    recent: null,
    asked: null,
    isPaused: false,
    project,
    projects,
    newest: Object.fromEntries(projects.map((one) => [one, sessions.filter(({ project: of }) => of === one).length])),
    repositories: Object.fromEntries(projects.map((one) => [one.toLowerCase(), one])),
    agents,
    people,
    sessions,
  }
  if (place === 'channel' || place === 'dm') return outside
  const [, owner = '', number, asking] = /^thread:(.+)-(\d{1,6})(!?)$/.exec(place) ?? []
  if (number === undefined || !projects.includes(owner))
    throw fault('PLACE_UNREADABLE', { place, known: ['channel', 'dm', ...projects.map((one) => `thread:${one}-3`)] })
  const known = sessions.find(({ id }) => id === `${owner}-${number}`)
  const session = known ?? sessionIn(owner, Number(number))
  return {
    ...outside,
    thread: session.id,
    only: session.id,
    asked: asking === '!' ? (session.asks ?? usualChoices) : null,
    project: session.project,
    sessions: known ? sessions : [...sessions, session],
  }
}
