import type { Machine } from '../contracts/engine.ts'
import type { Fleet, FleetEffect, FleetFact, FleetInput } from '../contracts/fleet.ts'
import { decide, type FleetSetting } from './decide.ts'
import { evolve, noFleet } from './evolve.ts'

/** All sessions together as a machine. `setting` gives limits and defaults as they are now. */
export const fleetMachine = (setting: () => FleetSetting): Machine<Fleet, FleetInput, FleetFact, FleetEffect> => ({
  unborn: noFleet,
  decide: (fleet, input) => decide(fleet, input, setting()),
  evolve,
  wants,
  due: () => null,
  isOver: () => false,
  keyOf: ({ since, do: name, subject }) => `${since}/${name}/${subject}`,
})

/** Sessions whose journal has not begun are opened; who was given a slot is told so until it shows that it holds one. */
const wants = ({ entries, completeSince, endings, issues }: Fleet): readonly FleetEffect[] => [
  ...Object.values(entries).flatMap(({ session, request, since, slotSince, slot, isOpened, cause }): readonly FleetEffect[] => {
    if (!isOpened) return [{ do: 'session.open', request, cause: cause ?? '', since, subject: session }]
    return slot === 'given' ? [{ do: 'session.admit', since: slotSince, subject: session }] : []
  }),
  ...Object.entries(issues).map(
    ([id, { since, project, title, body, by }]): FleetEffect => ({ do: 'tracker.create', project, title, body, by, since, subject: id }),
  ),
  ...(completeSince === null ? [] : [{ do: 'people.tell', endings, since: completeSince, subject: 'all-complete' } as const]),
]
