import type { Fleet, FleetEntry, FleetFact } from '../contracts/fleet.ts'
import type { Ending } from '../contracts/names.ts'

/** A fleet of nobody. */
export const noFleet = (id: string): Fleet => ({
  id,
  seq: 0,
  entries: {},
  names: {},
  paused: [],
  endings: {},
  completeSince: null,
  causes: {},
  issues: {},
})

/** Folds one fact in. Total; no clock, no throw. What has left is forgotten, so it grows with what is alive. */
export const evolve = (old: Fleet, fact: FleetFact): Fleet => {
  const seq = old.seq + 1
  const next: Fleet = { ...old, seq }
  switch (fact.type) {
    case 'task.queued': {
      const { session, request, cause } = fact
      const entry: FleetEntry = {
        session,
        request,
        since: seq,
        slotSince: seq,
        slot: 'wanted',
        isFirst: true,
        isOpened: false,
        isPersonNeeded: false,
        isOver: false,
        cause: cause ?? null,
      }
      return {
        ...withEntry(next, entry),
        names: { ...old.names, [request.project]: numberIn(session) },
        causes: remember(old.causes, cause, session),
      }
    }
    case 'session.opened':
      return change(next, fact.session, () => ({ isOpened: true }))
    case 'session.expected': {
      const { session, request, isOver } = fact
      return withEntry(next, {
        session,
        request,
        since: seq,
        slotSince: seq,
        slot: 'none',
        isFirst: false,
        isOpened: true,
        isPersonNeeded: false,
        isOver,
        cause: null,
      })
    }
    case 'slot.wanted':
      return change(next, fact.session, () => ({ slot: 'wanted', slotSince: seq, isFirst: fact.isFirst }))
    case 'slot.given':
      return change(next, fact.session, () => ({ slot: 'given', slotSince: seq }))
    case 'slot.freed':
      return change(next, fact.session, () => ({ slot: 'none', slotSince: seq, isFirst: false }))
    case 'person.needed':
      return change(next, fact.session, () => ({ isPersonNeeded: fact.is }))
    case 'session.over':
      return {
        ...change(next, fact.session, () => ({ isOver: true, isPersonNeeded: false })),
        endings: ended(old.endings, fact.session, fact.why),
      }
    case 'session.left': {
      const { [fact.session]: _left, ...entries } = old.entries
      return { ...next, entries }
    }
    case 'project.paused':
      return { ...next, paused: [...old.paused, fact.project], causes: remember(old.causes, fact.cause, fact.project) }
    case 'project.resumed':
      return {
        ...next,
        paused: old.paused.filter((project) => project !== fact.project),
        causes: remember(old.causes, fact.cause, fact.project),
      }
    case 'issue.wanted': {
      const { id, project, title, body, by } = fact
      return {
        ...next,
        issues: { ...old.issues, [id]: { since: seq, project, title, body, by, cause: fact.cause ?? null } },
        causes: remember(old.causes, fact.cause, id),
      }
    }
    case 'issue.made':
    case 'issue.failed': {
      const { [fact.id]: _done, ...issues } = old.issues
      return { ...next, issues }
    }
    case 'all.complete':
      return { ...next, completeSince: seq }
    case 'all.told':
      return { ...next, completeSince: null, endings: {} }
  }
}

const withEntry = (fleet: Fleet, entry: FleetEntry): Fleet => ({ ...fleet, entries: { ...fleet.entries, [entry.session]: entry } })

const change = (fleet: Fleet, session: string, into: () => Partial<FleetEntry>): Fleet => {
  const entry = fleet.entries[session]
  return entry ? withEntry(fleet, { ...entry, ...into() }) : fleet
}

/** A session ends in one way: how it ended before it was restored no longer counts. */
const ended = (endings: Fleet['endings'], session: string, why: Ending): Fleet['endings'] => {
  const others = Object.entries(endings).map(([key, names]) => [key, names.filter((name) => name !== session)] as const)
  const left: Fleet['endings'] = Object.fromEntries(others.filter(([, names]) => names.length > 0))
  return { ...left, [why]: [...(left[why] ?? []), session] }
}

/** `app-12` → 12. */
const numberIn = (session: string): number => Number(session.slice(session.lastIndexOf('-') + 1))

/** The last hundred inbounds that were taken, and what each led to. */
const remember = (causes: Fleet['causes'], cause: string | undefined, what: string): Fleet['causes'] =>
  cause === undefined
    ? causes
    : Object.fromEntries([...Object.entries(causes).slice(-99), [cause, causes[cause] === undefined ? what : `${causes[cause]} ${what}`]])
