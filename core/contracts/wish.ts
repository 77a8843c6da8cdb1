import type { Adoption } from './adoption.ts'
import type { MergeMethod } from './names.ts'
import type { Task } from './task.ts'

/**
 * What the card showed that a wish answers. For a button it comes from the stored card, for typed words from the card
 * last confirmed shown in that place, so both mean the same. `decide` refuses with STALE when the world has moved.
 */
export type About = {
  readonly session: string
  readonly change: { readonly number: number; readonly base: string; readonly head: string; readonly patchId: string } | null
  /** The agent's question that was open on the card. */
  readonly request: string | null
}

/** A wish about one session, with every blank filled in. Named in the imperative. */
export type SessionWish =
  | { readonly name: 'tell'; readonly session: string; readonly text: string }
  /** `request` null means the question that is open now. `choice` counts from 1; null when only words were given. */
  | {
      readonly name: 'answer'
      readonly session: string
      readonly request: string | null
      readonly choice: number | null
      readonly text: string
    }
  | { readonly name: 'approve'; readonly session: string; readonly about: About | null }
  | {
      readonly name: 'merge'
      readonly session: string
      readonly when: 'now' | 'green'
      readonly method: MergeMethod | null
      readonly about: About | null
    }
  | { readonly name: 'reject'; readonly session: string; readonly text: string; readonly about: About | null }
  | { readonly name: 'stop'; readonly session: string }
  | { readonly name: 'suspend'; readonly session: string }
  | { readonly name: 'continue'; readonly session: string }
  /** Breaks off the turn that is under way; with `text`, those words come next. */
  | { readonly name: 'interrupt'; readonly session: string; readonly text: string | null }
  | { readonly name: 'restart'; readonly session: string }
  | { readonly name: 'retry'; readonly session: string; readonly agent: string | null }
  | { readonly name: 'restore'; readonly session: string }
  /** Hands an unconfirmed message over once more. */
  | { readonly name: 'resend'; readonly session: string; readonly message: string }
  /** Opens a change that takes back what this session merged. */
  | { readonly name: 'revert'; readonly session: string }
  /** Removes the workspace of an ended session; what is not on the remote is saved to a ref first. */
  | { readonly name: 'clear'; readonly session: string }

/** A wish about all sessions together, decided by the fleet. */
export type FleetWish =
  | {
      readonly name: 'start'
      readonly project: string
      readonly task: Task
      /** Null means what the project is set to. */
      readonly agent: string | null
      readonly base: string | null
      /** The branch to work on; one that exists is gone on with. Null: a new one, named after the session and the task. */
      readonly branch: string | null
      readonly model: string | null
    }
  /** Goes on with what a person began by hand. Everything was looked up; `decide` and the effect look again. */
  | {
      readonly name: 'adopt'
      readonly project: string
      readonly task: Task
      readonly agent: string
      readonly host: string
      readonly adopts: Adoption
    }
  /** Writes a new task into the project's tracker; nobody starts on it. */
  | { readonly name: 'issue'; readonly project: string; readonly title: string; readonly body: string }
  | { readonly name: 'pause'; readonly project: string }
  | { readonly name: 'resume'; readonly project: string }

/** A person's wish. */
export type Wish = SessionWish | FleetWish
export type WishName = Wish['name']
