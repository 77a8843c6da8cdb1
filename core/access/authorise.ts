import type { Authorised, Person } from '../contracts/access.ts'
import { type Role, roles } from '../contracts/names.ts'
import type { Wish, WishName } from '../contracts/wish.ts'
import { fault } from './faults.ts'

/** Which role a wish takes. Read it aloud: it is the whole policy. */
export const needs: Readonly<Record<WishName, Role>> = {
  start: 'operator',
  adopt: 'operator',
  tell: 'operator',
  answer: 'operator',
  resend: 'operator',
  stop: 'operator',
  suspend: 'operator',
  continue: 'operator',
  interrupt: 'operator',
  restart: 'operator',
  retry: 'operator',
  restore: 'operator',
  clear: 'operator',
  pause: 'operator',
  resume: 'operator',
  approve: 'approver',
  reject: 'approver',
  merge: 'maintainer',
  revert: 'maintainer',
  issue: 'operator',
}

/** What a person may also do without the role, because they asked for the task; `decide` holds them to it. */
const forRequesters: ReadonlySet<WishName> = new Set(['answer'])

/** The highest role somebody has in a project; null for nobody known. */
export const roleIn = ({ roles: given }: Person, project: string): Role | null => {
  const held = [...(given['*'] ?? []), ...(given[project] ?? [])]
  return roles.findLast((role) => held.includes(role)) ?? null
}

/** Does that role include the other? */
export const covers = (held: Role | null, needed: Role): boolean => held !== null && roles.indexOf(held) >= roles.indexOf(needed)

/**
 * A wish that this person may have in this project, or a refusal that names its rule.
 *
 * @throws {Fault} ACCESS_DENIED
 */
export const authorise = (
  wish: Wish,
  who: Person,
  { project, cause }: { readonly project: string; readonly cause: string },
): Authorised => {
  const needed = needs[wish.name]
  const held = roleIn(who, project)
  if (covers(held, needed)) return authorised({ wish, by: who.name, role: needed, rule: `${needed} may ${wish.name}`, cause })
  if (held !== null && forRequesters.has(wish.name)) return authorised({ wish, by: who.name, role: held, rule: 'requester', cause })
  throw fault('ACCESS_DENIED', { who: who.name, wish: wish.name, needs: needed, project })
}

/** A start that nobody said: the project's tracker is set to start such tasks by themselves. */
export const authoriseIntake = (wish: Extract<Wish, { name: 'start' }>, { cause }: { readonly cause: string }): Authorised =>
  authorised({ wish, by: 'ao', role: 'operator', rule: `projects.${wish.project}.tracker: intake`, cause })

/** The only place where the proof is made. */
const authorised = (parts: Pick<Authorised, 'wish' | 'by' | 'role' | 'rule' | 'cause'>): Authorised => parts as Authorised
