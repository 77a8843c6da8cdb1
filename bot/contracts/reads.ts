import type { Person } from '../../core/contracts/access.ts'
import type { Candidate } from '../../core/contracts/adoption.ts'
import type { Prices } from '../../core/contracts/cost.ts'
import type { Fact } from '../../core/contracts/fact.ts'
import type { Fleet, QueuePlace } from '../../core/contracts/fleet.ts'
import type { SessionNumbers } from '../../core/contracts/numbers.ts'
import type { Setting } from '../../core/contracts/rules.ts'
import type { Headline, Session } from '../../core/contracts/session.ts'
import type { Task } from '../../core/contracts/task.ts'
import type { Picture } from './card.ts'

/** A project as people are told of it. */
export type ProjectFacts = {
  readonly name: string
  readonly path: string
  readonly base: string
  readonly agent: string
  readonly isPaused: boolean
  /** How its repository is called in addresses, in small letters; null while nobody knows. */
  readonly repository?: string | null
}

/** All that the bot may ask of the world without changing it. Given to it by `main`. */
export type Reads = {
  /** Sessions at work, oldest first. */
  sessions(): readonly Session[]
  /** Ended ones that are still at hand, oldest first. */
  ended(): readonly Session[]
  find(session: string): Promise<Session | null>
  facts(session: string): Promise<readonly Fact[]>
  queue(): readonly QueuePlace[]
  /** Agents that people started by hand, in terminals of this bot's hosts. */
  strangers(): Promise<readonly Candidate[]>
  fleet(): Fleet | null
  settingOf(session: Session): Setting
  headline(session: Session): Headline
  projects(): readonly ProjectFacts[]
  agents(): readonly string[]
  /** Everybody who is known, with the roles they hold. */
  people(): readonly Person[]
  /** @throws {Fault} TASK_UNKNOWN */
  task(project: string, key: string): Promise<Task>
  /** Open tasks of a project as they were a short while ago, oldest first; what is new is there the next time. */
  openTasks(project: string): readonly Task[]
  /** Can that agent (null: the project's own) work on this machine? @throws {Fault} PLUGIN_LACKS, naming what to install */
  ready(project: string, agent: string | null): Promise<void>
  /**
   * What sessions came to: those that changed at or after `since` (epoch ms; 0: all there have ever been), and all that have not ended;
   * oldest request first. One whose journal cannot be read is left out. Soon after a start it may take seconds.
   */
  numbers(since: number): Promise<readonly SessionNumbers[]>
  /** What models cost. */
  prices(): Prices
  /** The end of what its terminal shows; of an ended one, what it showed last. */
  screen(session: Session, lines: number): Promise<string>
  /** A picture of what its terminal shows; null where there is none, where it has no colours, and where a secret stands on it. */
  picture(session: Session): Promise<Picture | null>
  diff(session: Session): Promise<{ readonly text: string; readonly isCut: boolean; readonly stat: string }>
  unsaved(session: Session): Promise<{ readonly dirty: readonly string[]; readonly commits: number }>
  /** How to look into its terminal, in words; null where there is none. */
  attach(session: Session): Promise<string | null>
}
