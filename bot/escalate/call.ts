import type { Rung } from '../../core/contracts/escalation.ts'
import type { Priority } from '../../core/contracts/names.ts'
import type { Place } from '../contracts/inbound.ts'

/** Something that a session's thread shows and that waits for people, by the key of its card. */
export type AlertRef = { readonly alert: string; readonly session: string }

/** One step of a call: somebody is called, or is to be. */
export type Step = {
  /** `seq` of the fact that made it. */
  readonly since: number
  readonly at: number
  /** How long people had been needed by then. */
  readonly waitedMs: number
  /** `again`: whoever had seen, put off or taken it is reminded. */
  readonly rung: Rung | 'again'
  /** Null: nobody in particular. */
  readonly person: string | null
  /** It waits until the quiet hours of that person end, epoch ms; null: it did not have to. */
  readonly heldUntil: number | null
  readonly state: 'held' | 'wanted' | 'reached' | 'lost'
  /** Where it is on show. */
  readonly place: Place | null
}

/** What somebody said to being called. `until` (epoch ms) nobody is called. */
export type Answer = { readonly how: 'seen' | 'snoozed' | 'taken'; readonly by: string; readonly at: number; readonly until: number }

/**
 * One call: what people are needed for and whom it has reached. Several sessions that need them for one cause are one call. `seq` counts its facts;
 * every `since` is the `seq` of one. Nothing climbs while an answer holds, and nothing after its last alert is gone.
 */
export type Call = {
  readonly id: string
  readonly seq: number
  readonly project: string
  /** Whoever asked for the task of its first alert. */
  readonly requester: string
  readonly priority: Priority
  /** What several sessions may have in common; null: it stands alone. */
  readonly cause: string | null
  /** Since when people are needed: when it came back, where it was settled before. */
  readonly raisedAt: number
  /** All it is about, oldest first; those that are gone stay, for telling what became of them. */
  readonly alerts: readonly (AlertRef & { readonly isOpen: boolean })[]
  /** From when the wait for the next rung counts (epoch ms), and how far up the ladder that was (ms). */
  readonly climb: { readonly at: number; readonly afterMs: number }
  /** The rungs that are behind it. */
  readonly climbed: readonly Rung[]
  readonly steps: readonly Step[]
  readonly answer: Answer | null
  /** The answer's time is over, and whoever gave it has been reminded. */
  readonly isRestOver: boolean
  /** `seq` at which its last alert went; null while one is open. */
  readonly settled: number | null
  /** The settling that all its cards show. */
  readonly redrawn: number | null
}

/** How an alert stands: what was said to it, and which other sessions it is for, too. One that is told together with another's is not shown by itself. */
export type AlertStanding = {
  readonly isTold: boolean
  readonly answer: Answer | null
  readonly others: readonly string[]
  /** There are others who could take it. */
  readonly isShared: boolean
}

/** What became true of a call. Stored: a field is added, never renamed. */
export type CallFact = { readonly at: number } & (
  | {
      readonly type: 'call.raised'
      readonly project: string
      readonly requester: string
      readonly priority: Priority
      readonly cause: string | null
    }
  | ({ readonly type: 'alert.joined' } & AlertRef)
  | { readonly type: 'alert.left'; readonly alert: string }
  | {
      readonly type: 'rung.climbed'
      readonly rung: Rung
      readonly afterMs: number
      readonly person: string | null
      readonly heldUntil: number | null
    }
  /** Nobody stands there: the next one, `upToMs` up the ladder, is climbed at once. */
  | { readonly type: 'rung.passed'; readonly rung: Rung; readonly upToMs: number; readonly why: string }
  /** Quiet hours are over: what was held may go out. */
  | { readonly type: 'hold.ended'; readonly of: number }
  | { readonly type: 'step.reached'; readonly of: number; readonly place: Place }
  /** It could be shown nowhere. */
  | { readonly type: 'step.lost'; readonly of: number; readonly why: string }
  | ({ readonly type: 'call.answered' } & Omit<Answer, 'at'>)
  | { readonly type: 'rest.ended'; readonly heldUntil: number | null }
  /** All its cards say that it is settled. */
  | { readonly type: 'call.redrawn'; readonly of: number }
)

/** What comes to a call. */
export type CallInput = { readonly at: number } & (
  | {
      readonly seen: {
        readonly kind: 'alert'
        readonly alert: string
        readonly session: string
        readonly project: string
        readonly requester: string
        readonly priority: Priority
        readonly cause: string | null
      }
    }
  | { readonly seen: { readonly kind: 'gone'; readonly alert: string } }
  | { readonly seen: { readonly kind: 'reached'; readonly of: number; readonly place: Place } }
  | { readonly seen: { readonly kind: 'lost'; readonly of: number; readonly why: string } }
  | { readonly seen: { readonly kind: 'redrawn'; readonly of: number } }
  | { readonly answer: Omit<Answer, 'at'> }
  | { readonly tick: true }
)

/** What a call wants done. */
export type CallEffect =
  | { readonly do: 'call.show'; readonly step: Step }
  /** All its cards are edited to say what became of it. */
  | { readonly do: 'call.redraw'; readonly since: number }

/** What a call's decisions depend on besides its facts. */
export type CallSetting = {
  /** How long after it was raised that rung is climbed, in ms; null: never. */
  readonly afterMs: (rung: Rung) => number | null
  /** Who stands on that rung at that moment: somebody, or nobody in particular (null), or why nobody does. */
  readonly standing: (rung: Rung, at: number) => { readonly person: string | null } | { readonly nobody: string }
  /** Until when that person wants to hear only what is urgent; null: they may hear all. */
  readonly quietUntil: (person: string, at: number) => number | null
  /** Until when its thread was muted; null: it is not. */
  readonly mutedUntil: (at: number) => number | null
}

export const isOpen = ({ alerts }: Pick<Call, 'alerts'>): boolean => alerts.some((one) => one.isOpen)

/** Until when an answer keeps everybody from being called; null: none does. */
export const restsUntil = ({ answer, isRestOver }: Call): number | null => (answer === null || isRestOver ? null : answer.until)
