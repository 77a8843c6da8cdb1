/**
 * What the engine knows of a stream: the four pure functions of its life. Sessions, the fleet and calls are each one of these
 * and are run by the same engine.
 */
export type Machine<State, Input, Fact, Effect> = {
  /** A stream without a fact. */
  unborn(id: string): State
  /** What an input makes true. Nothing new: an empty list. @throws {Fault} when a wish is refused */
  decide(state: State, input: Input): readonly Fact[]
  /** Folds one fact in. Total: no clock, no throw. */
  evolve(state: State, fact: Fact): State
  /** What should be under way. The same fact always wants the same thing. */
  wants(state: State): readonly Effect[]
  /** The first moment after `after` (epoch ms) at which the clock alone may make something true. */
  due(state: State, after: number): number | null
  /** An ended stream leaves memory once nothing is wanted of it any more. */
  isOver(state: State): boolean
  /** Names an effect within its stream: the same wanted effect has the same key. A key is begun once in the life of a process. */
  keyOf(effect: Effect): string
}

/** What a kind of stream is run with. */
export type StreamParts<State, Input extends { readonly at: number }, Fact, Effect> = {
  readonly machine: Machine<State, Input, Fact, Effect>
  /** Carries out one effect and says what came of it; null when there is nothing to say. */
  readonly perform: (effect: Effect, context: { readonly id: string; readonly signal: AbortSignal }) => Promise<Input | null>
  /** Told of new facts after they are kept. Must not throw. */
  readonly publish: (state: State, facts: readonly Fact[]) => void
  readonly tick: (at: number) => Input
}

/** Streams of one kind. */
export type Streams<State, Input, Fact> = {
  /** Takes one input; resolves with the facts it made once those are kept. @throws {Fault} JOURNAL_FULL, JOURNAL_DAMAGED */
  accept(id: string, input: Input): Promise<readonly Fact[]>
  state(id: string): Promise<State>
}

/** Runs streams of one machine: they are kept, their effects are performed, their timers fire. Given to those who do not know the engine. */
export type RunStreams = <State, Input extends { readonly at: number }, Fact, Effect>(
  parts: StreamParts<State, Input, Fact, Effect>,
) => Streams<State, Input, Fact>
