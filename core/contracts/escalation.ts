import type { Priority } from './names.ts'

/**
 * Where people are called, one after the other, once the thread of the session has shown what is wanted: whoever asked for the task, there;
 * the same person on another platform; whoever is on call; the project's channel.
 */
export const rungs = ['requester', 'elsewhere', 'onCall', 'channel'] as const
export type Rung = (typeof rungs)[number]

/** How long after people were needed each rung is climbed, in ms; null: it is left out. */
export type Ladder = Readonly<Record<Rung, number | null>>

/** Hours of a day, as minutes since midnight by the clock on the wall: from the one until the other, which may be on the next day. */
export type Hours = { readonly from: number; readonly to: number }

/** Who is on call, and when: on those days (0 is Sunday; null: every day) at those hours (null: all day) by that person's clock. */
export type Shift = { readonly person: string; readonly days: readonly number[] | null; readonly hours: Hours | null }

/** How people are called when nobody answers. */
export type Escalation = {
  readonly ladders: Readonly<Record<Priority, Ladder>>
  /** The first one that fits counts. */
  readonly onCall: readonly Shift[]
  /** How long nobody is called after somebody said "seen", and after somebody took it, in ms. */
  readonly seenMs: number
  readonly takenMs: number
}
