import { expect } from 'vitest'
import { authorise } from '../../../core/access/authorise.ts'
import type { Fleet, FleetEffect, FleetFact, FleetInput, SessionStanding } from '../../../core/contracts/fleet.ts'
import type { Limits } from '../../../core/contracts/rules.ts'
import type { FleetWish } from '../../../core/contracts/wish.ts'
import { admit } from '../../../core/fleet/admit.ts'
import { decide, type FleetSetting } from '../../../core/fleet/decide.ts'
import { evolve, noFleet } from '../../../core/fleet/evolve.ts'
import { fleetMachine } from '../../../core/fleet/machine.ts'
import { admin, request, t0 } from '../../fakes/spec.ts'

export const noLimits: Limits = { running: 5, review: 10, perProject: {}, perAgent: {}, perHost: {} }
export const settingOf = (limits: Partial<Limits> = {}, hosts: readonly string[] = ['local']): FleetSetting => ({
  limits: { ...noLimits, ...limits },
  hosts,
  projectOf: () => ({ agent: 'coder', base: 'main', model: null, hosts: [] }),
})

export const task = (key: string) => ({ key, title: `Task ${key}`, body: '', url: null, author: null })
let inbounds = 0
export const wished = (wish: FleetWish, cause?: string) => {
  inbounds += 1
  return { wish: authorise(wish, admin(), { project: 'app', cause: cause ?? `in${inbounds}` }) }
}
export const start = (
  key: string,
  {
    cause,
    agent = null,
    project = 'app',
    base = null,
    branch = null,
  }: { cause?: string; agent?: string | null; project?: string; base?: string | null; branch?: string | null } = {},
) => wished({ name: 'start', project, task: task(key), agent, base, branch, model: null }, cause)

/** How a session stands, as it shows itself. */
export const stands = (session: string, parts: Partial<SessionStanding> = {}) => ({
  seen: {
    kind: 'standing',
    standing: { session, request, slot: 'none', isFirst: true, isPersonNeeded: false, ended: null, isSettled: false, ...parts },
  } as const,
})
export const held = (session: string, parts: Partial<SessionStanding> = {}) => stands(session, { slot: 'held', isFirst: false, ...parts })
export const over = (session: string, ended: SessionStanding['ended'] = 'merged', parts: Partial<SessionStanding> = {}) =>
  stands(session, { ended, isSettled: true, isFirst: false, ...parts })

type Bare<T> = T extends unknown ? Omit<T, 'at'> : never
export type FleetHappening = Bare<FleetInput>

export type FleetSpec = {
  readonly fleet: Fleet
  readonly facts: readonly FleetFact[]
  readonly wanted: readonly FleetEffect[]
  /** Sessions that have been given a slot. */
  readonly given: readonly string[]
  /** Who waits, in order, and why. */
  readonly waiting: readonly string[]
  with(setting: FleetSetting): FleetSpec
  and(...happenings: readonly FleetHappening[]): FleetSpec
  then(happening: FleetHappening, facts: readonly (FleetFact['type'] | Readonly<Record<string, unknown>>)[]): FleetSpec
  refuses(happening: FleetHappening, code: string): Error
}

/** All sessions together, of which there are none yet. */
export const fleetOf = (setting: FleetSetting = settingOf(), facts: readonly FleetFact[] = []): FleetSpec => {
  const fleet = facts.reduce(evolve, noFleet('fleet'))
  const decided = (happening: FleetHappening): readonly FleetFact[] => decide(fleet, { at: t0, ...happening } as FleetInput, setting) // with its time
  return {
    fleet,
    facts,
    wanted: fleetMachine(() => setting).wants(fleet),
    given: Object.values(fleet.entries)
      .filter(({ slot }) => slot === 'given')
      .map(({ session }) => session),
    waiting: admit(fleet, setting.limits).waiting.map(({ session, number, reason }) => `${number} ${session}: ${reason}`),
    with: (changed) => fleetOf(changed, facts),
    and: (...happenings) =>
      happenings.reduce<FleetSpec>(
        (spec, one) => fleetOf(setting, [...spec.facts, ...decide(spec.fleet, { at: t0, ...one } as FleetInput, setting)]),
        fleetOf(setting, facts),
      ),
    // biome-ignore lint/suspicious/noThenProperty: it reads as a sentence and is never awaited
    then: (happening, expected) => {
      const more = decided(happening)
      const whole = expected.map((one) => (typeof one === 'string' ? { type: one } : one))
      expect(more.map(({ type }) => type)).toEqual(whole.map(({ type }) => type))
      expect(more).toMatchObject(whole)
      return fleetOf(setting, [...facts, ...more])
    },
    refuses: (happening, code) => {
      try {
        decided(happening)
      } catch (error) {
        expect(error).toMatchObject({ name: 'Fault', code })
        return error as Error // a fault is one
      }
      throw new Error(`It was not refused with ${code}.`)
    },
  }
}
