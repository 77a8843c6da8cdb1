import type { Person } from '../../core/contracts/access.ts'
import type { Escalation, Rung, Shift } from '../../core/contracts/escalation.ts'
import { endOf, isWithin, ownZone } from '../../core/kit/zone.ts'
import { channelKey, type Place } from '../contracts/inbound.ts'
import type { Call, CallSetting } from './call.ts'

/** Who there is, and where they can be reached. */
export type Surroundings = {
  readonly people: () => readonly Person[]
  readonly accountsOf: (person: string) => readonly { readonly platform: string; readonly account: string }[]
  /** Can the bot begin a private chat there? */
  readonly hasPrivate: (platform: string) => boolean
  /** Are the threads of that platform apart from its channel? */
  readonly hasThreads: (platform: string) => boolean
  readonly escalationOf: (project: string) => Escalation
  /** Where the call's session has its thread; null while it has none. */
  readonly threadOf: (call: Call) => Place | null
  /** The project's channel. */
  readonly channelOf: (project: string) => Place
  /** Until when the threads of all its sessions are muted; null: one may speak. */
  readonly mutedUntil: (call: Call, at: number) => number | null
}

/** What the config and the people's clocks mean for one call. */
export const ladderOf = (call: Call, around: Surroundings): CallSetting => {
  const { people, escalationOf, mutedUntil } = around
  const escalation = escalationOf(call.project)
  const personOf = (name: string): Person | null => people().find((one) => one.name === name) ?? null
  return {
    afterMs: (rung) => escalation.ladders[call.priority][rung],
    standing: (rung, at) => standingOn(rung, at, call, { ...around, onCall: escalation.onCall, personOf }),
    quietUntil: (name, at) => {
      const person = personOf(name)
      if (!person?.quiet) return null
      const end = endOf(person.quiet, at, person.zone ?? ownZone())
      return end > at ? end : null
    },
    mutedUntil: (at) => mutedUntil(call, at),
  }
}

type Desk = Surroundings & { readonly onCall: readonly Shift[]; readonly personOf: (name: string) => Person | null }

const standingOn = (rung: Rung, at: number, call: Call, desk: Desk): { readonly person: string | null } | { readonly nobody: string } => {
  const { requester, project } = call
  const { accountsOf, hasPrivate, hasThreads, channelOf, threadOf } = desk
  const thread = threadOf(call)
  const asker = desk.personOf(requester)
  if (rung === 'requester') return asker ? { person: asker.name } : { nobody: `nobody known asked for it: ${requester}` }
  if (rung === 'elsewhere') {
    if (!asker) return { nobody: `nobody known asked for it: ${requester}` }
    const others = accountsOf(asker.name).filter(({ platform }) => platform !== thread?.platform && hasPrivate(platform))
    return others.length > 0 ? { person: asker.name } : { nobody: `${asker.name} has no other chat with the bot` }
  }
  if (rung === 'onCall') {
    const name = onCallAt(at, desk)
    if (name === null) return { nobody: 'nobody is on call' }
    return name === requester ? { nobody: `${name}, who asked for it, is on call` } : { person: name }
  }
  const channel = channelOf(project)
  const isSame = thread !== null && channelKey(thread) === channelKey(channel) && !hasThreads(channel.platform)
  return isSame ? { nobody: 'the channel is where it is on show already' } : { person: null }
}

/** Whose shift it is: the first one that fits, of somebody who is known. */
export const onCallAt = (at: number, { onCall, personOf }: Pick<Desk, 'onCall' | 'personOf'>): string | null => {
  for (const { person: name, days, hours } of onCall) {
    const person = personOf(name)
    if (!person) continue
    const zone = person.zone ?? ownZone()
    if (isWithin(hours ?? allDay, at, { zone, days })) return name
  }
  return null
}

const allDay = { from: 0, to: 24 * 60 }
