import type { Authorised } from '../contracts/access.ts'
import type { Fleet, FleetEntry, FleetFact, FleetInput, SessionStanding } from '../contracts/fleet.ts'
import type { SessionRequest } from '../contracts/input.ts'
import type { Limits } from '../contracts/rules.ts'
import type { FleetWish } from '../contracts/wish.ts'
import { fingerprint, slug } from '../kit/text.ts'
import { admit } from './admit.ts'
import { evolve } from './evolve.ts'
import { fault } from './faults.ts'

/** What the fleet's decisions depend on besides its facts. */
export type FleetSetting = {
  readonly limits: Limits
  /** Hosts that can take a session, in the order of the config. */
  readonly hosts: readonly string[]
  /** The agent and base branch a project is set to. */
  readonly projectOf: (project: string) => {
    readonly agent: string
    readonly base: string
    readonly model: string | null
    readonly hosts: readonly string[]
  }
}

/**
 * What an input makes true for all sessions together, and who may start because of it.
 *
 * @throws {Fault} of `core/fleet/faults`, for a wish that cannot be granted.
 */
export const decide = (fleet: Fleet, input: FleetInput, setting: FleetSetting): readonly FleetFact[] => {
  const first = 'wish' in input ? wished(fleet, input.wish, input.at, setting) : 'seen' in input ? noticed(fleet, input.seen, input.at) : []
  if ('seen' in input && first.length === 0) return [] // a picture without news lets nobody start
  const known = first.reduce(evolve, fleet)
  const given = admit(known, setting.limits).admitted.map(
    (session): FleetFact => ({ type: 'slot.given', at: input.at, session, host: known.entries[session]?.request.host ?? '' }),
  )
  return [...first, ...given, ...completed([...given].reduce(evolve, known), input.at)]
}

const wished = (fleet: Fleet, { wish, by, cause }: Authorised, at: number, setting: FleetSetting): readonly FleetFact[] => {
  if (fleet.causes[cause] !== undefined) return [] // the same inbound again is the same wish
  switch (wish.name) {
    case 'start':
      return started(fleet, wish, { by, cause, at, setting })
    case 'adopt':
      return adopted(fleet, wish, { by, cause, at, setting })
    case 'pause':
      if (fleet.paused.includes(wish.project)) throw fault('PROJECT_PAUSED_ALREADY', { project: wish.project })
      return [{ type: 'project.paused', at, cause, project: wish.project, by }]
    case 'issue':
      return [
        {
          type: 'issue.wanted',
          at,
          cause,
          id: `issue-${fingerprint(cause, 12)}`,
          project: wish.project,
          title: wish.title,
          body: wish.body,
          by,
        },
      ]
    case 'resume':
      if (!fleet.paused.includes(wish.project)) throw fault('PROJECT_NOT_PAUSED', { project: wish.project })
      return [{ type: 'project.resumed', at, cause, project: wish.project, by }]
    default:
      throw new Error(`"${wish.name}" is for a session, not for the fleet.`)
  }
}

/** One session a task. An inbound that names several tasks comes as several wishes, each with a cause of its own. */
const started = (
  fleet: Fleet,
  wish: Extract<FleetWish, { name: 'start' }>,
  { by, cause, at, setting }: { readonly by: string; readonly cause: string; readonly at: number; readonly setting: FleetSetting },
): readonly FleetFact[] => {
  const { project, task } = wish
  mustBeUntaken(fleet, { project, task })
  const settled = setting.projectOf(project)
  const base = wish.base ?? settled.base
  if (wish.branch !== null) mustBeFree(fleet, { project, bases: [base, settled.base], branch: wish.branch })
  const session = `${project}-${(fleet.names[project] ?? 0) + 1}`
  const request: SessionRequest = {
    task,
    project,
    agent: wish.agent ?? settled.agent,
    host: quietest(fleet, settled.hosts.length > 0 ? settled.hosts : setting.hosts),
    base,
    branch: wish.branch ?? branchFor(session, wish),
    model: wish.model ?? settled.model,
    by,
  }
  return [{ type: 'task.queued', at, cause, session, request }]
}

/** What a person began by hand waits in the queue like any other start; its own process goes on until it has a slot. */
const adopted = (
  fleet: Fleet,
  wish: Extract<FleetWish, { name: 'adopt' }>,
  { by, cause, at, setting }: { readonly by: string; readonly cause: string; readonly at: number; readonly setting: FleetSetting },
): readonly FleetFact[] => {
  const { project, task, agent, host, adopts } = wish
  const { branch } = adopts.workspace
  mustBeUntaken(fleet, { project, task })
  const { base } = setting.projectOf(project)
  // A branch is checked out in one folder only, so this is also about who works there.
  mustBeFree(fleet, { project, bases: [base], branch })
  const session = `${project}-${(fleet.names[project] ?? 0) + 1}`
  const request: SessionRequest = { task, project, agent, host, base, branch, model: null, by, adopts }
  return [{ type: 'task.queued', at, cause, session, request }]
}

const mustBeUntaken = (fleet: Fleet, { project, task }: Pick<SessionRequest, 'project' | 'task'>): void => {
  const taken = Object.values(fleet.entries).find(
    ({ request, isOver }) => request.project === project && request.task.key === task.key && !isOver,
  )
  if (taken) throw fault('TASK_TAKEN', { task: task.key.startsWith('say-') ? `"${task.title}"` : task.key, session: taken.session })
}

/** Two agents on one branch would undo each other's work, and one on the base branch would change it with nobody's leave. */
const mustBeFree = (
  fleet: Fleet,
  { project, bases, branch }: { readonly project: string; readonly bases: readonly string[]; readonly branch: string },
): void => {
  if (bases.some((base) => base.toLowerCase() === branch.toLowerCase())) throw fault('BRANCH_IS_BASE', { branch })
  const taken = Object.values(fleet.entries).find(
    ({ request, isOver }) => request.project === project && request.branch.toLowerCase() === branch.toLowerCase() && !isOver,
  )
  if (taken) throw fault('BRANCH_TAKEN', { branch, session: taken.session })
}

/** `ao/42-fix-the-login`, or `ao/app-3-rename-foo` for a sentence. The number of the session keeps a second try apart from the first. */
const branchFor = (session: string, { task }: Extract<FleetWish, { name: 'start' }>): string =>
  `ao/${task.key.startsWith('say-') ? session : `${slug(task.key, 20)}-${session}`}-${slug(task.title, 32)}`

/** The host with the fewest sessions that have or want a slot; the first of equals. */
const quietest = ({ entries }: Fleet, hosts: readonly string[]): string => {
  const load = (host: string): number =>
    Object.values(entries).filter(({ request, slot }) => request.host === host && slot !== 'none').length
  return [...hosts].sort((a, b) => load(a) - load(b))[0] ?? 'local'
}

const noticed = (fleet: Fleet, seen: Extract<FleetInput, { seen: unknown }>['seen'], at: number): readonly FleetFact[] => {
  if (seen.kind === 'told') return fleet.completeSince === null ? [] : [{ type: 'all.told', at }]
  if (seen.kind === 'issue' || seen.kind === 'no-issue') {
    const issue = fleet.issues[seen.id]
    if (!issue) return []
    const { project, cause } = issue
    const common = { at, project, ...(cause === null ? {} : { cause }) }
    return [
      seen.kind === 'issue'
        ? { type: 'issue.made', ...common, id: seen.id, key: seen.key, url: seen.url }
        : { type: 'issue.failed', ...common, id: seen.id, why: seen.why, hint: seen.hint },
    ]
  }
  return stood(fleet, seen.standing, at)
}

/** Where one session stands, compared with what is known. Shown again and again, so nothing need be remembered about who was told. */
const stood = (fleet: Fleet, standing: SessionStanding, at: number): readonly FleetFact[] => {
  const { session, request, isPersonNeeded, ended, isSettled } = standing
  const entry = fleet.entries[session]
  // Unknown, or back from the dead: restored before it had left.
  if (!entry || (entry.isOver && ended === null)) {
    if (ended !== null && isSettled) return []
    return [
      { type: 'session.expected', at, session, request, isOver: ended !== null },
      ...(isPersonNeeded ? [{ type: 'person.needed', at, session, is: true } as const] : []),
      ...slotFacts('none', standing, at),
    ]
  }
  return [
    ...(entry.isOpened ? [] : [{ type: 'session.opened', at, session } as const]),
    ...(entry.isPersonNeeded === isPersonNeeded ? [] : [{ type: 'person.needed', at, session, is: isPersonNeeded } as const]),
    ...slotFacts(entry.slot, standing, at),
    ...(ended !== null && !entry.isOver ? [{ type: 'session.over', at, session, why: ended } as const] : []),
    ...(ended !== null && isSettled ? [{ type: 'session.left', at, session, why: ended } as const] : []),
  ]
}

/**
 * What a session's standing changes about its slot. One that was given is not taken back because an older picture still shows
 * the wish for it; one that is held is counted, whatever we believed.
 */
const slotFacts = (known: FleetEntry['slot'], { session, request, slot, isFirst }: SessionStanding, at: number): readonly FleetFact[] => {
  if (slot === 'held') return known === 'given' ? [] : [{ type: 'slot.given', at, session, host: request.host }]
  if (slot === 'none') return known === 'none' ? [] : [{ type: 'slot.freed', at, session }]
  return known === 'none' ? [{ type: 'slot.wanted', at, session, isFirst }] : []
}

/** Once, when the last of several has ended. */
const completed = ({ entries, endings, completeSince }: Fleet, at: number): readonly FleetFact[] => {
  const ended = Object.values(endings).flat().length
  return Object.values(entries).every(({ isOver }) => isOver) && ended > 1 && completeSince === null
    ? [{ type: 'all.complete', at, endings }]
    : []
}
