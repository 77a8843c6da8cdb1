import type { Hours } from './escalation.ts'
import type { Role } from './names.ts'
import type { Wish } from './wish.ts'

/** A person, whichever chat they speak in. Roles under a project's name hold there only; `roles['*']` holds everywhere. */
export type Person = {
  readonly name: string
  readonly roles: Readonly<Record<string, readonly Role[]>>
  /** Where their clock is, as `Europe/Berlin`. Default: where this machine's is. */
  readonly zone?: string
  /** When only what is urgent may make a sound for them. Default: never. */
  readonly quiet?: Hours
}

declare const proof: unique symbol

/**
 * A wish somebody was allowed to have. Only `authorise` makes one, and the engine takes no other.
 *
 * `rule` is the sentence of the policy that allowed it. What depends on the session as it is *when the wish is
 * carried out* (who asked for the task, votes, the state of the change) is judged again by `decide`, which is why
 * the roles that held travel along.
 */
export type Authorised = {
  readonly wish: Wish
  readonly by: string
  readonly role: Role
  readonly rule: string
  /** The id of the inbound that caused it; the same id twice is one wish. */
  readonly cause: string
  readonly [proof]: true
}
