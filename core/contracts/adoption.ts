import type { WorkspaceRef } from './plugins.ts'

/** A process that a person started. `pid` and `startedAt` together name no other, also after its end. */
export type ProcessRef = { readonly pid: number; readonly startedAt: string }

/**
 * How an agent that a person started by hand comes under the bot's care: its process is ended, and the same conversation goes on in a
 * session, in the same folder.
 */
export type Adoption = {
  /** The person's own folder (`isForeign`). */
  readonly workspace: WorkspaceRef
  /** As the agent names it for taking it up. */
  readonly conversation: string
  /** What is ended before anything is started. */
  readonly process: ProcessRef
  /** The terminal it was found in, as its owner calls it. */
  readonly terminal: string
}

/** An agent that runs in a terminal which a person opened by hand. */
export type Candidate = {
  readonly host: string
  /** As its owner calls it; with `:<window>.<pane>` where several agents run in one of that name. */
  readonly terminal: string
  readonly agent: string
  /** Where it works. */
  readonly folder: string
  readonly project: string | null
  readonly branch: string | null
} & (
  | {
      /** Names exactly this, as it is now: another process, conversation, branch or turn has another. */
      readonly code: string
      readonly project: string
      readonly adopts: Adoption
      readonly isResting: boolean
      /** Was the terminal opened with nothing but the agent? Then it closes with it. */
      readonly isAlone: boolean
      readonly refused: null
    }
  /** Why it cannot be adopted, as a part of a sentence ("it …"), and what helps, as a sentence. */
  | { readonly refused: string; readonly cure: string }
)
