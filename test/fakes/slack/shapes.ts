import { z } from 'zod'

/** Texts of Slack are counted as JavaScript counts them. */
const text = (most: number) => z.string().min(1).max(most)
const plainText = (most: number) => z.strictObject({ type: z.literal('plain_text'), text: text(most), emoji: z.boolean().optional() })
const markedText = (most: number) =>
  z.discriminatedUnion('type', [
    plainText(most),
    z.strictObject({ type: z.literal('mrkdwn'), text: text(most), verbatim: z.boolean().optional() }),
  ])

const style = z
  .strictObject({
    bold: z.boolean().optional(),
    italic: z.boolean().optional(),
    strike: z.boolean().optional(),
    code: z.boolean().optional(),
  })
  .optional()

const richWord = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string().min(1), style }),
  z.strictObject({ type: z.literal('link'), url: text(3_000), text: z.string().optional(), style }),
  z.strictObject({ type: z.literal('emoji'), name: text(100), style }),
  z.strictObject({ type: z.literal('user'), user_id: z.string().regex(/^[UW][A-Z0-9]{2,20}$/), style }),
  z.strictObject({ type: z.literal('broadcast'), range: z.enum(['here', 'channel', 'everyone']), style }),
])
const richPart = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(richWord).min(1) }),
  z.strictObject({ type: z.literal('rich_text_preformatted'), elements: z.array(richWord).min(1), border: z.int().optional() }),
  z.strictObject({ type: z.literal('rich_text_quote'), elements: z.array(richWord).min(1), border: z.int().optional() }),
  z.strictObject({
    type: z.literal('rich_text_list'),
    style: z.enum(['bullet', 'ordered']),
    indent: z.int().min(0).max(8).optional(),
    offset: z.int().optional(),
    elements: z.array(z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(richWord).min(1) })).min(1),
  }),
])

const button = z.strictObject({
  type: z.literal('button'),
  text: plainText(75),
  action_id: text(255),
  value: text(2_000).optional(),
  url: text(3_000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
})

const blockId = { block_id: text(255).optional() }
export const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('rich_text'), elements: z.array(richPart).min(1), ...blockId }),
  z.strictObject({ type: z.literal('section'), text: markedText(3_000), ...blockId }),
  z.strictObject({ type: z.literal('header'), text: plainText(150), ...blockId }),
  z.strictObject({ type: z.literal('context'), elements: z.array(markedText(3_000)).min(1).max(10), ...blockId }),
  z.strictObject({ type: z.literal('divider'), ...blockId }),
  z.strictObject({ type: z.literal('actions'), elements: z.array(button).min(1).max(25), ...blockId }),
])
export type Block = z.infer<typeof block>
export type RichWord = z.infer<typeof richWord>

/** A message: 50 blocks, no action id twice, and no more than was seen to be taken (bolt-js#2509). */
export const blocks = z
  .array(block)
  .max(50)
  .refine((all) => {
    const ids = all.flatMap((one) => (one.type === 'actions' ? one.elements.map(({ action_id }) => action_id) : []))
    return new Set(ids).size === ids.length
  }, 'an action_id stands twice')
  .refine((all) => JSON.stringify(all).length <= 13_200, 'msg_blocks_too_long')

const input = z.strictObject({
  type: z.literal('input'),
  block_id: text(255).optional(),
  label: plainText(2_000),
  element: z.strictObject({
    type: z.literal('plain_text_input'),
    action_id: text(255),
    multiline: z.boolean().optional(),
    min_length: z.int().min(0).max(3_000).optional(),
    max_length: z.int().min(1).max(3_000).optional(),
    focus_on_load: z.boolean().optional(),
  }),
})
/** A modal with inputs. */
export const modal = z.strictObject({
  type: z.literal('modal'),
  title: plainText(24),
  submit: plainText(24).optional(),
  close: plainText(24).optional(),
  callback_id: text(255).optional(),
  private_metadata: z.string().max(3_000).optional(),
  blocks: z.array(input).min(1).max(100),
})
export type Modal = z.infer<typeof modal>

const json = <T extends z.ZodType>(shape: T) =>
  z
    .string()
    .transform((words, context) => {
      try {
        return JSON.parse(words) as unknown
      } catch {
        context.addIssue({ code: 'custom', message: 'no JSON' })
        return z.NEVER
      }
    })
    .pipe(shape)
const flag = z.enum(['true', 'false', '1', '0']).transform((word) => word === 'true' || word === '1')
const stamp = z.string().regex(/^\d{10}\.\d{6}$/)
const metadata = json(
  z.strictObject({ event_type: text(255), event_payload: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])) }),
)

const message = {
  channel: z.string(),
  text: z.string().max(40_000),
  blocks: json(blocks).optional(),
  link_names: flag.optional(),
  parse: z.enum(['none', 'full']).optional(),
}
const page = { limit: z.coerce.number().min(1).max(999).optional(), cursor: z.string().optional() }
const span = {
  oldest: z.string().optional(),
  latest: z.string().optional(),
  inclusive: flag.optional(),
  include_all_metadata: flag.optional(),
}

/** What each method takes; whatever is not here is refused. `team_id` is what the library adds by itself. */
export const methodArguments = {
  'auth.test': z.strictObject({}),
  'apps.connections.open': z.strictObject({}),
  'chat.postMessage': z.strictObject({
    ...message,
    thread_ts: stamp.optional(),
    metadata: metadata.optional(),
    unfurl_links: flag.optional(),
    unfurl_media: flag.optional(),
    mrkdwn: flag.optional(),
    reply_broadcast: flag.optional(),
  }),
  'chat.postEphemeral': z.strictObject({ ...message, user: z.string(), thread_ts: stamp.optional() }),
  'chat.update': z.strictObject({ ...message, ts: stamp, metadata: metadata.optional() }),
  'chat.delete': z.strictObject({ channel: z.string(), ts: stamp }),
  'conversations.history': z.strictObject({ channel: z.string(), ...span, ...page }),
  'conversations.replies': z.strictObject({ channel: z.string(), ts: stamp, ...span, ...page }),
  'conversations.info': z.strictObject({ channel: z.string() }),
  'conversations.open': z.strictObject({ users: z.string() }),
  'reactions.add': z.strictObject({ channel: z.string(), timestamp: stamp, name: z.string() }),
  'users.info': z.strictObject({ user: z.string() }),
  'views.open': z.strictObject({ trigger_id: z.string(), view: json(modal) }),
  'files.getUploadURLExternal': z.strictObject({
    filename: text(255),
    length: z.coerce.number().int().min(1),
    alt_text: z.string().max(1_000).optional(),
    snippet_type: z.string().optional(),
  }),
  'files.completeUploadExternal': z.strictObject({
    files: json(z.array(z.strictObject({ id: z.string(), title: z.string().optional() })).min(1)),
    channel_id: z.string().optional(),
    thread_ts: stamp.optional(),
  }),
  'files.info': z.strictObject({ file: z.string() }),
} as const
export type Method = keyof typeof methodArguments
export type Arguments<M extends Method> = z.infer<(typeof methodArguments)[M]>
