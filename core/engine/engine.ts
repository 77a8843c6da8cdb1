import type { Machine } from '../contracts/engine.ts'
import type { Log } from '../contracts/plugins.ts'
import type { Journal } from '../contracts/store.ts'
import { isFault } from '../kit/fault.ts'

/** Carries out one effect and says what was seen of it; null when a sensor will see it. It throws only when `signal` aborted. */
export type Perform<Effect, Input> = (
  effect: Effect,
  context: { readonly id: string; readonly key: string; readonly signal: AbortSignal },
) => Promise<Input | null>

/** Time as the engine needs it. */
export type Clock = {
  readonly now: () => number /** Calls back once at `at` (epoch ms) or as soon after as it can; the function it gives cancels. */
  readonly wakeAt: (at: number, callback: () => void) => () => void
}

/** All the engine needs of the world. `publish` is told of new facts after they are kept; it must not throw. */
export type Parts<State, Input, Fact, Effect> = {
  readonly machine: Machine<State, Input, Fact, Effect>
  readonly journal: Journal<Fact>
  readonly perform: Perform<Effect, Input>
  readonly clock: Clock
  readonly publish: (state: State, facts: readonly Fact[], id: string) => void
  readonly log: Log
}

type Stream<State> = {
  state: State
  seq: number
  last: Promise<unknown>
  cancelTimer: () => void
  /** It has left memory; what still waits for its turn goes to its successor. */
  hasLeft: boolean
  readonly begun: Map<string, AbortController>
}
type Timed = { readonly at: number }

/** input → decide → journal → evolve → wants → perform → input. There is no other way round. */
export const createEngine = <State, Input extends Timed, Fact, Effect>(
  { machine, journal, perform, clock, publish, log }: Parts<State, Input, Fact, Effect>,
  tick: (at: number) => Input,
) => {
  const streams = new Map<string, Promise<Stream<State>>>()
  const afoot = new Set<Promise<unknown>>()
  const quitting = new AbortController()
  let isStopped = false

  const open = (id: string): Promise<Stream<State>> => {
    const known = streams.get(id)
    if (known) return known
    const opening = journal.read(id).then((facts) => ({
      state: facts.reduce(machine.evolve, machine.unborn(id)),
      seq: facts.length,
      last: Promise.resolve(),
      cancelTimer: () => {},
      hasLeft: false,
      begun: new Map<string, AbortController>(),
    }))
    streams.set(id, opening)
    opening.catch(() => streams.delete(id)) // a damaged stream is read anew once somebody has mended it
    return opening
  }

  const step = async (id: string, stream: Stream<State>, input: Input): Promise<readonly Fact[]> => {
    if (stream.hasLeft) return accept(id, input)
    const facts = machine.decide(stream.state, input)
    if (facts.length > 0) {
      try {
        await journal.append(id, facts, stream.seq)
      } catch (error) {
        if (!isFault(error, 'JOURNAL_MOVED')) throw error
        // Somebody else wrote: read again, decide again.
        const found = await journal.read(id)
        stream.state = found.reduce(machine.evolve, machine.unborn(id))
        stream.seq = found.length
        return step(id, stream, input)
      }
      stream.state = facts.reduce(machine.evolve, stream.state)
      stream.seq += facts.length
      publish(stream.state, facts, id)
    }
    pursue(id, stream, input.at)
    return facts
  }

  /** Begins what is wanted and not begun, and aborts what was begun and is no longer wanted. */
  const pursue = (id: string, stream: Stream<State>, at: number): void => {
    if (isStopped) return
    const wanted = new Map(machine.wants(stream.state).map((effect) => [machine.keyOf(effect), effect]))
    for (const [key, controller] of stream.begun) {
      if (wanted.has(key)) continue
      controller.abort(new Error(`${id}/${key} is no longer wanted.`))
      stream.begun.delete(key)
    }
    for (const [key, effect] of wanted) {
      if (stream.begun.has(key)) continue
      const controller = new AbortController()
      stream.begun.set(key, controller)
      track(carryOut(id, stream, key, effect, controller.signal))
    }
    stream.cancelTimer()
    const due = machine.due(stream.state, at)
    if (due !== null)
      stream.cancelTimer = clock.wakeAt(due, () =>
        track(insist(id, tick(Math.max(clock.now(), due))).catch((error) => log.error('engine.tick.failed', { id, error }))),
      )
    if (machine.isOver(stream.state) && wanted.size === 0 && due === null) {
      stream.hasLeft = true
      streams.delete(id)
    }
  }

  const carryOut = async (id: string, stream: Stream<State>, key: string, effect: Effect, signal: AbortSignal): Promise<void> => {
    try {
      const seen = await perform(effect, { id, key: `${id}/${key}`, signal })
      if (seen !== null) await insist(id, seen)
    } catch (error) {
      if (signal.aborted || isStopped) return
      log.error('engine.effect.lost', { id, key, error })
      if (isFault(error) && error.mayPass) stream.begun.delete(key) // it is begun again with the next input
    }
  }

  /** What was seen of an effect, and what is due, is not lost because a journal cannot take it now: it waits until it can. */
  const insist = async (id: string, input: Input): Promise<void> => {
    for (let waitMs = 250; !isStopped; waitMs = Math.min(waitMs * 2, 10_000)) {
      try {
        await accept(id, input)
        return
      } catch (error) {
        if (!isFault(error) || !error.mayPass) throw error
        log.warn('engine.journal.waits', { id, code: error.code, waitMs })
        await pause(waitMs)
      }
    }
  }

  const pause = (waitMs: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        cancel()
        quitting.signal.removeEventListener('abort', end)
        resolve()
      }
      const cancel = clock.wakeAt(clock.now() + waitMs, end)
      quitting.signal.addEventListener('abort', end)
    })

  const track = (work: Promise<unknown>): void => {
    afoot.add(work)
    void work.catch(() => {}).finally(() => afoot.delete(work)) // whoever asked for it hears of its failure
  }

  /**
   * Takes inputs one at a time per stream, in the order they came, and resolves with the facts they made once those are kept.
   *
   * @throws what `decide` throws, or {Fault} JOURNAL_FULL, JOURNAL_DAMAGED: then nothing was taken in.
   */
  const accept = (id: string, input: Input): Promise<readonly Fact[]> => {
    if (isStopped) return Promise.reject(new Error('The engine has stopped.'))
    const turn = open(id).then((stream) => {
      const mine = stream.last.catch(() => {}).then(() => step(id, stream, input)) // a refused input does not hold up the next
      stream.last = mine
      return mine
    })
    track(turn)
    return turn
  }

  return {
    accept,
    /** The state of a stream as it is now; one that is not in memory is read from its journal and not kept. */
    state: async (id: string): Promise<State> => {
      const stream = await streams.get(id)
      return stream ? stream.state : (await journal.read(id)).reduce(machine.evolve, machine.unborn(id))
    },
    /** Resolves once nothing is afoot: between the lines of a test. Timers may still be set. */
    drain: async (): Promise<void> => {
      while (afoot.size > 0) await Promise.allSettled([...afoot])
    },
    /** Takes nothing in any more, aborts what is under way, and resolves when all is quiet. Effects are taken up by the next start. */
    stop: async (): Promise<void> => {
      isStopped = true
      quitting.abort()
      for (const opening of streams.values()) {
        const stream = await opening.catch(() => null) // a stream that could not be read has nothing under way
        stream?.cancelTimer()
        for (const controller of stream?.begun.values() ?? []) controller.abort(new Error('The bot is stopping.'))
      }
      while (afoot.size > 0) await Promise.allSettled([...afoot])
    },
  }
}

export type Engine<State, Input extends Timed, Fact> = {
  accept(id: string, input: Input): Promise<readonly Fact[]>
  state(id: string): Promise<State>
  drain(): Promise<void>
  stop(): Promise<void>
}
