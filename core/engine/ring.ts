import type { Authorised } from '../contracts/access.ts'
import type { Effect } from '../contracts/effect.ts'
import type { Fact } from '../contracts/fact.ts'
import type { Fleet, FleetEffect, FleetFact, FleetInput, QueuePlace, SessionStanding } from '../contracts/fleet.ts'
import type { Input, Picture } from '../contracts/input.ts'
import type { Log } from '../contracts/plugins.ts'
import type { Setting } from '../contracts/rules.ts'
import type { Session } from '../contracts/session.ts'
import type { Journal } from '../contracts/store.ts'
import type { Task } from '../contracts/task.ts'
import { admit } from '../fleet/admit.ts'
import type { FleetSetting } from '../fleet/decide.ts'
import { fleetMachine } from '../fleet/machine.ts'
import { explain, isFault } from '../kit/fault.ts'
import { evolve, unborn } from '../session/evolve.ts'
import { isPersonNext } from '../session/headline.ts'
import { sessionMachine } from '../session/machine.ts'
import { wantsSlot } from '../session/views.ts'
import { wants } from '../session/wants.ts'
import { type Clock, createEngine, type Perform } from './engine.ts'

/** Something became true. The bot draws it. */
export type News = { readonly session: Session; readonly facts: readonly Fact[] }

/** All the ring needs of the world. */
export type RingParts = {
  readonly sessionJournal: Journal<Fact>
  readonly fleetJournal: Journal<FleetFact>
  readonly perform: Perform<Effect, Input>
  readonly settingOf: (session: Session) => Setting
  readonly fleetSetting: () => FleetSetting
  readonly clock: Clock
  readonly log: Log
  /** Told of what became true, after it is kept. Must not throw. */
  readonly onNews: (news: News) => void
  /** Told when the queue, a pause or the number of sessions has changed. Must not throw. */
  readonly onFleet: (fleet: Fleet, facts: readonly FleetFact[]) => void
  /** Tells people that all work is done. */
  readonly onComplete: (endings: Fleet['endings'], of: number) => Promise<void>
  /** Writes a new task into a project's tracker. */
  readonly writeTask: (task: NewTask) => Promise<Pick<Task, 'key' | 'url'>>
}

type NewTask = { readonly id: string; readonly project: string; readonly title: string; readonly body: string; readonly by: string }

/** The one fleet of this bot. */
const fleetId = 'fleet'
/** How long to wait before writing a task is tried again. */
const writeAgainMs = [2_000, 15_000, 60_000]
/** Nobody waits longer for a limit to pass. */
const mostWaitMs = 2 * 3_600_000
/** How many ended sessions stay in memory for whoever asks about them. */
const rememberedEnds = 50

/**
 * The fleet's engine and the sessions' engine, joined in both directions by whole pictures: after its facts a session shows
 * the fleet where it stands, and the fleet tells a session that it has a slot until the session shows that it holds one.
 * Nothing has to be remembered about who was told what, so a restart needs nothing but showing everything once.
 */
export const createRing = ({
  sessionJournal,
  fleetJournal,
  perform,
  settingOf,
  fleetSetting,
  clock,
  log,
  onNews,
  onFleet,
  onComplete,
  writeTask,
}: RingParts) => {
  const live = new Map<string, Session>()
  const ended = new Map<string, Session>()
  const stood = new Map<string, string>()
  let fleet: Fleet | null = null
  const stopped = new AbortController()

  const sessions = createEngine<Session, Input, Fact, Effect>(
    {
      machine: sessionMachine(settingOf),
      journal: sessionJournal,
      perform,
      clock,
      log,
      publish: (session, facts) => {
        take(session)
        onNews({ session, facts })
      },
    },
    (at) => ({ at, tick: true }),
  )

  const fleets = createEngine<Fleet, FleetInput, FleetFact, FleetEffect>(
    {
      machine: fleetMachine(fleetSetting),
      journal: fleetJournal,
      clock,
      log,
      publish: (next, facts) => {
        fleet = next
        onFleet(next, facts)
      },
      perform: async (effect) => {
        if (effect.do === 'session.open') {
          await sessions.accept(effect.subject, {
            at: clock.now(),
            seen: { kind: 'requested', request: effect.request, cause: effect.cause },
          })
          // One that was opened just before a crash has nothing new to tell, and must be shown all the same.
          take(await sessions.state(effect.subject))
        } else if (effect.do === 'session.admit') await reach(effect.subject, { at: clock.now(), seen: { kind: 'admitted' } })
        else if (effect.do === 'tracker.create') {
          const { subject: id, project, title, body, by } = effect
          return { at: clock.now(), seen: await written({ id, project, title, body, by }) }
        } else {
          await onComplete(effect.endings, effect.since)
          return { at: clock.now(), seen: { kind: 'told' } }
        }
        return null
      },
    },
    (at) => ({ at, tick: true }),
  )

  /** @throws when the bot stops: what was asked for is in the journal, and the next start goes on with it. */
  const unlessStopped = (at: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const cancel = clock.wakeAt(at, resolve)
      stopped.signal.addEventListener('abort', () => {
        cancel()
        reject(new Error('The bot is stopping.'))
      })
    })

  /** Who waits for it hears how it went; what may pass by itself is tried again for a while. */
  const written = async (task: NewTask): Promise<Extract<FleetInput, { seen: unknown }>['seen']> => {
    const { id } = task
    for (const waitMs of [...writeAgainMs, null]) {
      try {
        const { key, url } = await writeTask(task)
        return { kind: 'issue', id, key, url }
      } catch (error) {
        if (waitMs === null || !isFault(error) || !error.mayPass)
          return { kind: 'no-issue', id, why: explain(error), hint: isFault(error) ? error.hint : null }
        log.warn('ring.task.unwritten', { id, why: explain(error), waitMs })
        const until = typeof error.facts.untilMs === 'number' ? error.facts.untilMs : 0
        await unlessStopped(Math.max(clock.now() + waitMs, Math.min(until, clock.now() + mostWaitMs)))
      }
    }
    throw new Error('A task is written, or it is said why not.')
  }

  const woken = new Map<string, Promise<unknown>>()

  /** Once for each session and process, however many ask. */
  const wakeUp = (id: string): Promise<unknown> => {
    const known = woken.get(id)
    if (known) return known
    const waking = sessions.accept(id, { at: clock.now(), woke: true })
    woken.set(id, waking)
    waking.catch(() => woken.delete(id)) // it wakes when its journal can be read and written again
    return waking
  }

  /** A session wakes before anything else reaches it: what it was in the middle of is looked up, not begun again. */
  const reach = async (id: string, input: Input): Promise<readonly Fact[]> => {
    await wakeUp(id)
    return sessions.accept(id, input)
  }

  const remember = (session: Session): void => {
    if (session.phase !== 'ended') {
      ended.delete(session.id)
      live.set(session.id, session)
      return
    }
    live.delete(session.id)
    ended.delete(session.id)
    ended.set(session.id, session)
    for (const id of [...ended.keys()].slice(0, -rememberedEnds)) ended.delete(id)
  }

  const take = (session: Session): void => {
    remember(session)
    stand(session)
  }

  /** Shows the fleet where a session stands, if that is anything new. */
  const stand = (session: Session): void => {
    const standing = standingOf(session, settingOf(session))
    const text = JSON.stringify(standing)
    if (stood.get(session.id) === text) return
    stood.set(session.id, text)
    if (standing.isSettled) stood.delete(session.id)
    fleets.accept(fleetId, { at: clock.now(), seen: { kind: 'standing', standing } }).catch((error) => {
      stood.delete(session.id) // it is shown again with its next fact
      log.error('ring.standing.failed', { session: session.id, why: explain(error) })
    })
  }

  /**
   * A wish may bring an ended session back. The fleet reckons with it before it is granted, so that a crash in between
   * leaves a session that is looked at again, and not one that nobody knows of.
   */
  const expect = async (id: string): Promise<void> => {
    if (live.has(id)) return
    const session = ended.get(id) ?? (await sessions.state(id))
    if (session.seq === 0) return
    ended.set(id, session)
    const standing: SessionStanding = { ...standingOf(session, settingOf(session)), isSettled: false }
    await fleets.accept(fleetId, { at: clock.now(), seen: { kind: 'standing', standing } })
  }

  /** Shows the fleet where a session stands after a wish that may have been refused. */
  const settle = (id: string): void => {
    const session = live.get(id) ?? ended.get(id)
    if (!session) return
    stood.delete(id)
    stand(session)
  }

  return {
    /** Grants a person's wish, or throws the fault that says why not. Resolves with the facts it made once they are kept. */
    wish: async (authorised: Authorised): Promise<readonly (Fact | FleetFact)[]> => {
      const { wish } = authorised
      if ('session' in wish) {
        await expect(wish.session)
        return reach(wish.session, { at: clock.now(), wish: authorised }).finally(() => settle(wish.session))
      }
      return fleets.accept(fleetId, { at: clock.now(), wish: authorised })
    },

    /** Takes in what a sensor saw. */
    show: async (session: string, seen: Picture): Promise<void> => {
      await reach(session, { at: clock.now(), seen })
    },

    /** All sessions that have not ended, and those that still leave something to do, oldest first. */
    sessions: (): readonly Session[] => [...live.values()],
    /** Ended sessions that are still in memory, oldest first. */
    ended: (): readonly Session[] => [...ended.values()],
    /** Any session, read from its journal if need be; null when there is none of that name. */
    find: async (id: string): Promise<Session | null> => {
      const known = live.get(id) ?? ended.get(id)
      if (known) return known
      const facts = await sessionJournal.read(id)
      return facts.length === 0 ? null : facts.reduce(evolve, unborn(id))
    },
    facts: (id: string): Promise<readonly Fact[]> => sessionJournal.read(id),
    queue: (): readonly QueuePlace[] => (fleet === null ? [] : admit(fleet, fleetSetting().limits).waiting),
    fleet: (): Fleet | null => fleet,

    /** Takes up everything that is alive: after this each session wants what it wants, and messages in doubt are looked up. */
    wake: async (): Promise<readonly { readonly session: string; readonly error: unknown }[]> => {
      await fleets.accept(fleetId, { at: clock.now(), woke: true })
      fleet = await fleets.state(fleetId)
      const broken: { session: string; error: unknown }[] = []
      await Promise.all(
        Object.values(fleet.entries)
          .filter(({ isOpened }) => isOpened)
          .map(async ({ session: id }) => {
            try {
              await wakeUp(id)
              const session = await sessions.state(id)
              if (session.seq === 0) return
              take(session)
            } catch (error) {
              broken.push({ session: id, error })
            }
          }),
      )
      onFleet(fleet, [])
      return broken
    },

    /** Resolves once nothing is afoot: between the lines of a test. */
    drain: async (): Promise<void> => {
      await sessions.drain()
      await fleets.drain()
      await sessions.drain()
    },
    stop: async (): Promise<void> => {
      stopped.abort()
      await fleets.stop()
      await sessions.stop()
    },
  }
}

export type Ring = ReturnType<typeof createRing>

/** Where a session stands, for the fleet. */
const standingOf = (session: Session, setting: Setting): SessionStanding => {
  const { id, task, project, agent, host, base, branch, model, requester: by, phase, ending } = session
  const isEnded = phase === 'ended'
  return {
    session: id,
    request: { task, project, agent, host, base, branch, model, by },
    slot: session.hasSlot ? 'held' : wantsSlot(session) ? 'wanted' : 'none',
    isFirst: session.starts === 0,
    isPersonNeeded: !isEnded && isPersonNext(session, setting.rules),
    ended: isEnded ? (ending?.why ?? 'stopped') : null,
    isSettled: isEnded && !session.hasSlot && wants(session, setting).length === 0,
  }
}
