import { z } from 'zod'

/** A message, whichever event told of it. */
export type Message = {
  readonly channel: string
  readonly ts: string
  readonly thread: string | null
  readonly user: string | null
  readonly isBot: boolean
  readonly isMention: boolean
  readonly isEdited: boolean
  readonly editedTs: string | null
  readonly text: string
  readonly files: readonly { readonly id: string; readonly name: string; readonly size: number | null; readonly isVoice: boolean }[]
}

/** What a form carries from the button to the answer. */
export type Carried = { readonly button: string; readonly channel: string; readonly thread: string | null }

const file = z
  .object({
    id: z.string(),
    name: z.string().nullish(),
    title: z.string().nullish(),
    size: z.number().nullish(),
    subtype: z.string().optional(),
  })
  .transform(({ id, name, title, size, subtype }) => ({
    id,
    name: name || title || id,
    size: size ?? null,
    isVoice: subtype === 'slack_audio',
  }))

const message = z.object({
  ts: z.string(),
  thread_ts: z.string().optional(),
  user: z.string().optional(),
  bot_id: z.string().nullish(),
  subtype: z.string().optional(),
  text: z.string().nullish(),
  files: z.array(file).optional(),
  edited: z.object({ ts: z.string() }).optional(),
})

// Others are what Slack says by itself: somebody joined, the topic changed.
const spokenSubtypes = new Set<string | undefined>([undefined, 'file_share', 'thread_broadcast', 'me_message'])

const messageIn = (channel: string, given: z.infer<typeof message>, isMention: boolean): Message => ({
  channel,
  ts: given.ts,
  thread: given.thread_ts ?? null,
  user: given.user ?? null,
  isBot: Boolean(given.bot_id) || !spokenSubtypes.has(given.subtype),
  isMention,
  isEdited: given.edited !== undefined,
  editedTs: given.edited?.ts ?? null,
  text: given.text ?? '',
  files: given.files ?? [],
})

const callback = <T extends z.ZodType>(event: T) => z.object({ type: z.literal('event_callback'), event })

const posted = callback(message.extend({ type: z.enum(['message', 'app_mention']), channel: z.string() })).transform(({ event }) => ({
  kind: 'message' as const,
  message: messageIn(event.channel, event, event.type === 'app_mention'),
}))

const changed = callback(
  z.object({
    type: z.literal('message'),
    subtype: z.literal('message_changed'),
    channel: z.string(),
    ts: z.string(),
    message,
    previous_message: message,
  }),
).transform(({ event }) => {
  const before = messageIn(event.channel, event.previous_message, false)
  const after = messageIn(event.channel, event.message, false)
  // The first message of a thread is not taken away but emptied when it is deleted.
  if (event.message.subtype === 'tombstone') return { kind: 'deleted' as const, message: before, at: event.ts }
  return { kind: 'changed' as const, message: after, before, at: after.editedTs ?? event.ts }
})

const deleted = callback(
  z.object({
    type: z.literal('message'),
    subtype: z.literal('message_deleted'),
    channel: z.string(),
    ts: z.string(),
    previous_message: message,
  }),
).transform(({ event }) => ({ kind: 'deleted' as const, message: messageIn(event.channel, event.previous_message, false), at: event.ts }))

const reaction = callback(
  z.object({
    type: z.literal('reaction_added'),
    user: z.string(),
    reaction: z.string(),
    item_user: z.string().nullish(),
    item: z.object({ type: z.literal('message'), channel: z.string(), ts: z.string() }),
    event_ts: z.string(),
  }),
).transform(({ event }) => ({
  kind: 'reaction' as const,
  user: event.user,
  name: event.reaction,
  author: event.item_user ?? null,
  channel: event.item.channel,
  ts: event.item.ts,
  at: event.event_ts,
}))

const command = z
  .object({ command: z.string(), text: z.string().default(''), user_id: z.string(), channel_id: z.string(), trigger_id: z.string() })
  .transform((given) => ({
    kind: 'command' as const,
    channel: given.channel_id,
    user: given.user_id,
    trigger: given.trigger_id,
    text: given.text,
  }))

const press = z
  .object({
    type: z.literal('block_actions'),
    trigger_id: z.string(),
    user: z.object({ id: z.string() }),
    container: z.object({ message_ts: z.string(), channel_id: z.string(), thread_ts: z.string().optional() }),
    message: z.object({ thread_ts: z.string().optional() }).optional(),
    actions: z.array(z.object({ action_id: z.string(), action_ts: z.string() })).min(1),
  })
  .transform(({ trigger_id, user, container, message: card, actions: [action] }) => ({
    kind: 'press' as const,
    channel: container.channel_id,
    message: container.message_ts,
    thread: container.thread_ts ?? card?.thread_ts ?? null,
    user: user.id,
    trigger: trigger_id,
    button: action?.action_id ?? '',
    at: action?.action_ts ?? container.message_ts,
  }))

const form = z
  .object({
    type: z.literal('view_submission'),
    user: z.object({ id: z.string() }),
    view: z.object({
      id: z.string(),
      private_metadata: z.string(),
      state: z.object({ values: z.object({ text: z.object({ text: z.object({ value: z.string().nullish() }) }) }) }),
    }),
  })
  .transform(({ user, view }) => ({
    kind: 'form' as const,
    user: user.id,
    view: view.id,
    carried: view.private_metadata,
    text: view.state.values.text.text.value ?? '',
  }))

/** What Slack sends, each kind by what it is; anything else is refused. The order matters: an edit is a message too. */
export const payload = z.union([changed, deleted, posted, reaction, command, press, form])
export type Payload = z.infer<typeof payload>

/** The message that an event says is gone, whoever wrote it; null for all other events. */
export const goneIn = (event: unknown): { readonly channel: string; readonly ts: string } | null => gone.safeParse(event).data ?? null

const gone = callback(
  z.object({ type: z.literal('message'), subtype: z.literal('message_deleted'), channel: z.string(), deleted_ts: z.string() }),
).transform(({ event }) => ({ channel: event.channel, ts: event.deleted_ts }))

/** What a form carried, from its text. */
export const carried = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue({ code: 'custom', message: 'This is not JSON.' })
      return z.NEVER
    }
  })
  .pipe(z.object({ button: z.string(), channel: z.string(), thread: z.string().nullable() }))
