import type { Authorised } from './access.ts'
import type { SessionRequest } from './input.ts'
import type { Ending } from './names.ts'

/** A fact about all sessions together. `cause` is the inbound that led to it. */
export type FleetFact = { readonly at: number; readonly cause?: string } & (
  | { readonly type: 'task.queued'; readonly session: string; readonly request: SessionRequest }
  | { readonly type: 'session.opened'; readonly session: string }
  /** One that had left is to be reckoned with again: restored, or its workspace is to be cleared. */
  | { readonly type: 'session.expected'; readonly session: string; readonly request: SessionRequest; readonly isOver: boolean }
  /** It waits for a slot again: after a restart, for words to an agent that had ended, or restored. */
  | { readonly type: 'slot.wanted'; readonly session: string; readonly isFirst: boolean }
  | { readonly type: 'slot.given'; readonly session: string; readonly host: string }
  | { readonly type: 'slot.freed'; readonly session: string }
  | { readonly type: 'person.needed'; readonly session: string; readonly is: boolean }
  | { readonly type: 'session.over'; readonly session: string; readonly why: Ending }
  /** Nothing is left to be done for it; it is forgotten. */
  | { readonly type: 'session.left'; readonly session: string; readonly why: Ending }
  | { readonly type: 'project.paused'; readonly project: string; readonly by: string }
  | { readonly type: 'project.resumed'; readonly project: string; readonly by: string }
  /** A new task is wanted in a tracker; it was made; or it could not be. `id` names it, so that making it twice is once. */
  | {
      readonly type: 'issue.wanted'
      readonly id: string
      readonly project: string
      readonly title: string
      readonly body: string
      readonly by: string
    }
  | { readonly type: 'issue.made'; readonly id: string; readonly project: string; readonly key: string; readonly url: string | null }
  | { readonly type: 'issue.failed'; readonly id: string; readonly project: string; readonly why: string; readonly hint: string | null }
  | { readonly type: 'all.complete'; readonly endings: Readonly<Partial<Record<Ending, readonly string[]>>> }
  | { readonly type: 'all.told' }
)

/** What the fleet knows of one session. */
export type FleetEntry = {
  readonly session: string
  readonly request: SessionRequest
  /** `seq` at which it joined, and at which it came into `slot`. */
  readonly since: number
  readonly slotSince: number
  readonly slot: 'none' | 'wanted' | 'given'
  /** Its first start; restarts and fixes go before, and pass the review limit. */
  readonly isFirst: boolean
  /** Has the session's own journal begun? */
  readonly isOpened: boolean
  /** Does its change wait for a person and for nothing else? */
  readonly isPersonNeeded: boolean
  /** It has ended; what it leaves behind is being put in order. Its task may be started anew. */
  readonly isOver: boolean
  readonly cause: string | null
}

/** All we know of all sessions together: what has been admitted, not what was seen. */
export type Fleet = {
  readonly id: string
  readonly seq: number
  readonly entries: Readonly<Record<string, FleetEntry>>
  /** The last number given out in each project. */
  readonly names: Readonly<Record<string, number>>
  readonly paused: readonly string[]
  /** Sessions that ended since all were complete last. */
  readonly endings: Readonly<Partial<Record<Ending, readonly string[]>>>
  readonly completeSince: number | null
  readonly causes: Readonly<Record<string, string>>
  /** Tasks that are being written into a tracker. */
  readonly issues: Readonly<
    Record<
      string,
      {
        readonly since: number
        readonly project: string
        readonly title: string
        readonly body: string
        readonly by: string
        readonly cause: string | null
      }
    >
  >
}

/** What the fleet is shown of one session: where it stands now, as a whole. */
export type SessionStanding = {
  readonly session: string
  readonly request: SessionRequest
  readonly slot: 'none' | 'wanted' | 'held'
  readonly isFirst: boolean
  readonly isPersonNeeded: boolean
  readonly ended: Ending | null
  /** Ended, and nothing is wanted of it any more. */
  readonly isSettled: boolean
}

export type FleetInput = { readonly at: number } & (
  | { readonly wish: Authorised }
  | {
      readonly seen:
        | { readonly kind: 'standing'; readonly standing: SessionStanding }
        | { readonly kind: 'told' }
        | { readonly kind: 'issue'; readonly id: string; readonly key: string; readonly url: string | null }
        | { readonly kind: 'no-issue'; readonly id: string; readonly why: string; readonly hint: string | null }
    }
  | { readonly tick: true }
  | { readonly woke: true }
)

export type FleetEffect = { readonly since: number; readonly subject: string } & (
  | { readonly do: 'session.open'; readonly request: SessionRequest; readonly cause: string }
  | { readonly do: 'session.admit' }
  | { readonly do: 'people.tell'; readonly endings: Fleet['endings'] }
  | { readonly do: 'tracker.create'; readonly project: string; readonly title: string; readonly body: string; readonly by: string }
)

/** A place in the queue: the number counts from 1, the reason is why it is not running yet. */
export type QueuePlace = { readonly session: string; readonly number: number; readonly reason: string }
