/**
 * Where an agent's process lives, as the runtime that started it names it. Kept in facts, so it is plain data and means
 * the same after a restart of the bot. `run` differs for each start, so an old handle never speaks of a new process.
 */
export type Handle = { readonly host: string; readonly name: string; readonly run: string }

/** A process as one look saw it. */
export type ProcessPicture =
  | {
      readonly alive: true
      readonly pid: number /** Grows when the terminal shows something new; epoch ms. */
      readonly activeAt: number
      readonly title: string
    }
  | {
      readonly alive: false /** Null when a signal ended it, or nobody can say. */
      readonly code: number | null
      readonly signal: string | null
    }

/** A process that somebody else started, as the system lists it. */
export type ForeignProcess = {
  readonly pid: number
  readonly parent: number
  /** With `pid` it names no other process; its unit is the system's own. */
  readonly startedAt: string
  /** The same as a time: epoch ms, to the second at least. */
  readonly beganAt: number
  readonly argv: readonly string[]
  /** Absolute, links resolved; empty where it cannot be read. */
  readonly cwd: string
  /** Of its environment only what says where programs keep their things: `HOME`, and names that end in `_HOME` or `_DIR`. Empty where it cannot be read. */
  readonly environment: Readonly<Record<string, string>>
}

/** A terminal that a person opened by hand, and what runs in it. */
export type Stranger = {
  /** As its owner calls it. */
  readonly name: string
  /** Tells it from others of that name: `<window>.<pane>`. */
  readonly place: string
  /** All that runs in it, parents before their children; the first is what the terminal was opened with. */
  readonly processes: readonly ForeignProcess[]
  /** Processes elsewhere that work in one of the same folders. */
  readonly neighbours: readonly ForeignProcess[]
}

/** What to run, and where. */
export type ProcessSpec = {
  /** Exact; used as the name of the terminal session. Letters, digits, `-` and `_`. */
  readonly name: string
  /** Unique per start. Starting the same run twice finds the first. */
  readonly run: string
  readonly argv: readonly string[]
  readonly cwd: string
  /** The whole environment: nothing is inherited, so no secret of the bot's leaks. */
  readonly env: Readonly<Record<string, string>>
  /** Fed to standard input at the start, or null for none. */
  readonly stdin: string | null
  /** A folder of this session's for whatever the runtime must keep (output, exit status). It exists. */
  readonly folder: string
}

/**
 * A place where processes live longer than the bot: one instance for each host of `hosts:`.
 *
 * Every method is safe to call twice. A method that cannot tell throws; it never guesses "gone", because *probe failed*
 * is not *dead*. Names are matched exactly: `ao-1` never means `ao-10`.
 */
export interface Runtime {
  /** Can words be pasted and screens be read? Decides what `AgentReach.terminal` is. */
  readonly hasTerminal: boolean
  /** Starts the process, or finds it when this run was started before. Resolves once it exists. @throws {Fault} RUNTIME_FAILED */
  start(spec: ProcessSpec, signal: AbortSignal): Promise<Handle>
  /** All processes at once, by `run`, in at most two child processes whatever their number. A run that is absent from the answer is gone without a trace. */
  look(handles: readonly Handle[]): Promise<ReadonlyMap<string, ProcessPicture>>
  /** Text as one bracketed paste, then Enter. Leaves copy mode first. @throws {Fault} PROCESS_GONE */
  paste(handle: Handle, text: string): Promise<void>
  /** Keys, one after the other, by their tmux names (`Enter`, `Escape`, `Up`) or as single characters. Leaves copy mode first. @throws {Fault} PROCESS_GONE, RUNTIME_KEYLESS */
  press(handle: Handle, keys: readonly string[]): Promise<void>
  /**
   * The last `lines` lines, scrollback included, as text without escape sequences. With `isColoured` those for colours (SGR)
   * are in it where the runtime knows them, and lines are as the terminal shows them: for drawing, not for reading.
   *
   * @throws {Fault} PROCESS_GONE
   */
  screen(handle: Handle, lines: number, how?: { readonly isColoured: boolean }): Promise<string>
  /** Stops the whole process tree in its tracks, or lets it go on. @throws {Fault} PROCESS_GONE */
  suspend(handle: Handle): Promise<void>
  resume(handle: Handle): Promise<void>
  /** Ends the whole process tree and verifies that it is gone; zombies count as gone. Ending what has ended is fine. @throws {Fault} PROCESS_SURVIVED */
  end(handle: Handle): Promise<void>
  /** The exact command that lets a person look in, or null where there is nothing to attach to. */
  attach(handle: Handle): readonly string[] | null
  /**
   * Terminals that people opened by hand on this host, for adopting what runs there; none of ours, and nothing that came from an agent of
   * ours. Absent: this runtime knows of none.
   */
  strangers?(): Promise<readonly Stranger[]>
  /**
   * Ends exactly that process, with all that came from it but `keeps` and what came from those, and verifies that they are gone. One that
   * is not there any more (its number may be another's by now) is fine. The terminal stays. @throws {Fault} PROCESS_SURVIVED
   */
  endStranger?(process: Pick<ForeignProcess, 'pid' | 'startedAt'>, keeps: readonly number[]): Promise<void>
  /** Calls back when something may have ended; a look tells what. The function it gives stops it. Never required for correctness. */
  onHint?(callback: () => void): () => void
}
