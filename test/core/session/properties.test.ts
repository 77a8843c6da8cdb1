import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Effect } from '../../../core/contracts/effect.ts'
import type { Fact } from '../../../core/contracts/fact.ts'
import type { Input } from '../../../core/contracts/input.ts'
import type { EffectName } from '../../../core/contracts/names.ts'
import type { Setting } from '../../../core/contracts/rules.ts'
import type { Session } from '../../../core/contracts/session.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { decide } from '../../../core/session/decide.ts'
import { due } from '../../../core/session/due.ts'
import { evolve, unborn } from '../../../core/session/evolve.ts'
import { headline } from '../../../core/session/headline.ts'
import { sessionMachine } from '../../../core/session/machine.ts'
import { wants } from '../../../core/session/wants.ts'
import { examples, type Happening, id, t0 } from '../../fakes/spec.ts'
import { type Life, life, outcome, settings } from './arbitrary.ts'

const { keyOf } = sessionMachine(() => {
  throw new Error('A key needs no settings.')
})

/** One moment of a random life: what was known before, what came in, what it made true. */
type Moment = { readonly before: Session; readonly input: Input; readonly facts: readonly Fact[]; readonly session: Session }

/** Lives a life, and shows each moment of it. */
const lived = ({ beginning, steps }: Life, setting: Setting, look: (moment: Moment) => void): Moment => {
  let session = unborn(id)
  let at = t0
  let last: Moment | null = null
  const take = (happening: Happening): void => {
    const input = { at, ...happening } as Input // an input is a happening with its time
    const before = session
    const facts = decideOrRefuse(before, input, setting)
    if (facts === null) return
    session = facts.reduce(evolve, before)
    last = { before, input, facts, session }
    look(last)
  }
  for (const happening of beginning) take(happening)
  for (const [{ does }, passedMs] of steps) {
    at += passedMs
    const happening = does(session, wants(session, setting), at)
    if (happening) take(happening)
  }
  if (!last) throw new Error('A life has at least its beginning.')
  return last
}

/** Null for a refused wish, which leaves everything as it was. */
const decideOrRefuse = (session: Session, input: Input, setting: Setting): readonly Fact[] | null => {
  try {
    return decide(session, input, setting)
  } catch (error) {
    if ('wish' in input && isFault(error)) return null
    throw error
  }
}

const everyLife = (look: (moment: Moment, setting: Setting) => void): void =>
  fc.assert(
    fc.property(settings, life, (setting, whole) => {
      lived(whole, setting, (moment) => look(moment, setting))
    }),
    { numRuns: 200 },
  )

test('whatever comes in, nothing but a fault is thrown, and the rules come to rest', () => everyLife(() => {}))

test('a wish yields a fact or a fault, and taken again it yields nothing', () =>
  everyLife(({ input, facts, session }, setting) => {
    if (!('wish' in input)) return
    expect(facts.length).toBeGreaterThan(0)
    expect(decide(session, input, setting)).toEqual([])
  }))

test('what is seen twice is news once; a second look may only settle', () =>
  everyLife(({ input, session }, setting) => {
    if (!('seen' in input) || input.seen.kind === 'failed') return // each failure is one more try that failed
    expect(decide(session, input, setting).filter(({ type }) => type !== 'trouble.settled')).toEqual([])
  }))

test('when everything that can follow has followed, the clock alone adds nothing before it is due', () =>
  everyLife(({ input, session }, setting) => {
    expect(decide(session, { at: input.at, tick: true }, setting)).toEqual([])
    const moment = due(session, setting, input.at)
    const until = moment === null ? input.at + 86_400_000 : moment - 1
    expect(decide(session, { at: until, tick: true }, setting)).toEqual([])
  }))

test('what is due is always later, and a tick then yields facts or moves it on', () =>
  everyLife(({ input, session }, setting) => {
    let known = session
    let after = input.at
    for (let moment = due(known, setting, after), ticks = 0; moment !== null; moment = due(known, setting, after), ticks += 1) {
      expect(moment).toBeGreaterThan(after)
      expect(ticks).toBeLessThan(50)
      known = decide(known, { at: moment, tick: true }, setting).reduce(evolve, known)
      after = moment
    }
  }))

const allowedAfterTheEnd: ReadonlySet<EffectName> = new Set([
  'agent.end',
  'workspace.remove',
  'tracker.close',
  'scm.look',
  'scm.withdraw',
  'people.call',
])

test('an ended session only wants to be put in order', () =>
  everyLife(({ session }, setting) => {
    if (session.phase !== 'ended') return
    for (const effect of wants(session, setting)) expect(allowedAfterTheEnd).toContain(effect.do)
  }))

test('nothing that the forge has in hand outlives the session that wanted it', () =>
  everyLife(({ session }, setting) => {
    if (session.phase !== 'ended' || !session.changes.some(({ state, queued }) => state === 'open' && queued !== null)) return
    if (session.merging) expect(session.merging.queued).toBeNull()
    if (session.withdrawing && session.failures.length === 0)
      expect(wants(session, setting).map((effect) => effect.do)).toContain('scm.withdraw')
  }))

test('every wanted effect has a key of its own, and comes of a fact that is known', () =>
  everyLife(({ session }, setting) => {
    const wanted = wants(session, setting)
    expect(new Set(wanted.map(keyOf)).size).toBe(wanted.length)
    for (const { since } of wanted) {
      expect(since).toBeGreaterThanOrEqual(0)
      expect(since).toBeLessThanOrEqual(session.seq)
    }
  }))

test('of the process there is one thing wanted at a time', () =>
  everyLife(({ session }, setting) => {
    const names = wants(session, setting).map((effect) => effect.do)
    expect(names.filter((name) => name === 'agent.launch' || name === 'agent.end').length).toBeLessThan(2)
    expect(names.filter((name) => name === 'agent.tell' || name === 'agent.find').length).toBeLessThan(2)
    if (session.handle) expect(names).not.toContain('agent.launch')
  }))

test('the facts alone tell the whole story', () =>
  fc.assert(
    fc.property(settings, life, (setting, whole) => {
      const facts: Fact[] = []
      const end = lived(whole, setting, (moment) => facts.push(...moment.facts))
      const told = (JSON.parse(JSON.stringify(facts)) as readonly Fact[]).reduce(evolve, unborn(id)) // through text, as in a journal
      expect(told).toEqual(end.session)
      expect(wants(told, setting)).toEqual(wants(end.session, setting))
    }),
    { numRuns: 100 },
  ))

test('any fact can follow any facts, and a headline can be read from it', () =>
  fc.assert(
    fc.property(settings, fc.array(fc.constantFrom(...Object.values(examples)), { maxLength: 30 }), (setting, facts) => {
      const session = facts.reduce(evolve, unborn(id))
      expect(session.seq).toBe(facts.length)
      expect(headline(session, setting.rules)).toEqual(expect.any(String))
      wants(session, setting)
    }),
  ))

test('hands that always succeed come to rest', () =>
  fc.assert(
    fc.property(settings, life, (setting, whole) => {
      const { session: end, input } = lived(whole, setting, () => {})
      let session = end
      const begun = new Set<string>()
      const next = (): Effect | undefined => {
        const wanted = wants(session, setting)
        const keys = new Set(wanted.map(keyOf))
        for (const key of begun) if (!keys.has(key)) begun.delete(key)
        return wanted.find((effect) => !begun.has(keyOf(effect)))
      }
      const done: string[] = []
      for (let effect = next(); effect; effect = next()) {
        begun.add(keyOf(effect))
        done.push(keyOf(effect))
        if (done.length > 60) throw new Error(`It never rests: ${done.slice(-8)}.`)
        const seen = { at: input.at, ...outcome(effect, session) } as Input // an input is a happening with its time
        session = decide(session, seen, setting).reduce(evolve, session)
      }
    }),
    { numRuns: 200 },
  ))

test('a session that has a slot and no process is on its way to one, or says what stands in the way', () =>
  everyLife(({ session }, setting) => {
    const isStarting = session.phase === 'preparing' || session.restart !== null
    if (!isStarting || !session.hasSlot || session.suspended || session.phase === 'ended') return
    const names = wants(session, setting).map((effect) => effect.do)
    const isFailing = session.failures.length > 0
    if (!isFailing) expect(names).toEqual(expect.arrayContaining([expect.stringMatching(/^(workspace.create|agent.launch|agent.end)$/)]))
  }))

test('a slot is held only by what has a process or is about to get one', () =>
  everyLife(({ session }, setting) => {
    if (!session.hasSlot) return
    const isOnItsWay = session.phase === 'preparing' || session.restart !== null || session.messages.some(({ state }) => state === 'queued')
    expect(session.handle !== null || isOnItsWay, headline(session, setting.rules)).toBe(true)
  }))
