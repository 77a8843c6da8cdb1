/**
 * What Discord says, as far as it is read here. The gateway and the history give messages in one shape, so what was said
 * while nobody listened is read like what is said now.
 */
export type WireUser = {
  readonly id: string
  readonly username: string
  readonly global_name?: string | null
  readonly bot?: boolean
  readonly system?: boolean
  readonly member?: { readonly nick?: string | null }
}

export type WireAttachment = {
  readonly id: string
  readonly filename: string
  readonly size: number
  readonly url: string
  readonly content_type?: string
  readonly duration_secs?: number
  readonly waveform?: string
}

export type WireMessage = {
  readonly id: string
  readonly channel_id: string
  readonly author: WireUser
  readonly content: string
  readonly timestamp: string
  readonly edited_timestamp: string | null
  readonly type: number
  readonly flags?: number
  readonly nonce?: string | number
  readonly webhook_id?: string
  readonly mentions: readonly WireUser[]
  readonly mention_roles: readonly string[]
  readonly attachments: readonly WireAttachment[]
  readonly embeds: readonly { readonly url?: string }[]
  readonly components?: readonly { readonly id?: number }[]
  /** Type 0 is an answer, type 1 a forwarded message. */
  readonly message_reference?: { readonly type?: number; readonly message_id?: string }
}

export type WireChannel = { readonly id: string; readonly type: number; readonly parent_id?: string | null; readonly name?: string | null }

export type WireInteraction = {
  readonly id: string
  readonly application_id: string
  readonly token: string
  /** 2 command, 3 button or select, 4 completion, 5 modal. */
  readonly type: number
  readonly channel_id?: string
  readonly channel?: WireChannel
  readonly member?: { readonly user: WireUser }
  readonly user?: WireUser
  readonly message?: WireMessage
  readonly data?: {
    readonly name?: string
    readonly custom_id?: string
    readonly values?: readonly string[]
    readonly options?: readonly { readonly name: string; readonly value?: string | number | boolean; readonly focused?: boolean }[]
    readonly components?: readonly { readonly components?: readonly { readonly custom_id?: string; readonly value?: string }[] }[]
  }
}

export type WireReaction = {
  readonly user_id: string
  readonly channel_id: string
  readonly message_id: string
  /** Who wrote the message. */
  readonly message_author_id?: string
  readonly emoji: { readonly id: string | null; readonly name: string | null }
  readonly member?: { readonly user?: WireUser }
}

/** Discord's clock begins here; the upper 42 bits of an id are milliseconds since then. */
const epochMs = 1_420_070_400_000

/** When a thing with that id was made: epoch ms. */
export const madeAt = (id: string): number => Number(BigInt(id) >> 22n) + epochMs

/** The least id of anything made at that time or later. */
export const idAt = (atMs: number): string => String(BigInt(Math.max(0, Math.floor(atMs) - epochMs)) << 22n)
