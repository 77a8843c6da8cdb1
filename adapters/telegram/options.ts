import { z } from 'zod'

/** Long enough that Telegram is asked rarely, short enough that proxies keep the connection. */
const usualPollSeconds = 25

/** What `chats.telegram` of the config takes: type, default and one sentence each. */
export const optionsShape = z
  .strictObject({
    token: z
      .string()
      .regex(/^\d{3,20}:[\w-]{10,100}$/, 'A token looks like 123456:ABC-DEF; @BotFather gives it.')
      .describe(`The token that @BotFather gave, as \`\${NAME}\` of a variable.`),
    mode: z
      .enum(['polling', 'webhook'])
      .default('polling')
      .describe('How words arrive: `polling` asks for them and needs no address; `webhook` has Telegram send them to `url`.'),
    pollSeconds: z
      .int()
      .min(1)
      .max(50)
      .default(usualPollSeconds)
      .describe('How long Telegram holds a request while nobody says anything; a connection that is silent for longer is taken for dead.'),
    url: z
      .url({ protocol: /^https?$/, error: 'Write the public address, which begins with https://.' })
      .optional()
      .describe('With `webhook`: the public address that Telegram sends to; it must lead to `host` and `port`.')
      .meta({ default: 'required with `webhook`' }),
    secret: z
      .string()
      .regex(/^[\w-]{16,256}$/, 'A secret has 16 to 256 letters, digits, "_" and "-".')
      .optional()
      .describe(`With \`webhook\`: what proves that Telegram sends, as \`\${NAME}\` of a variable; what comes without it is refused.`)
      .meta({ default: 'required with `webhook`' }),
    port: z.int().min(0).max(65_535).default(8_443).describe('With `webhook`: the port that is listened on.'),
    host: z.string().min(1).default('127.0.0.1').describe('With `webhook`: the address of this machine that is listened on.'),
    apiRoot: z
      .url({ protocol: /^https?$/, error: 'Write an address that begins with https:// or http://.' })
      .default('https://api.telegram.org')
      .transform((address) => address.replace(/\/+$/, ''))
      .describe('Where the Bot API is asked; another one for a Bot API server of your own.'),
    home: z
      .string()
      .regex(/^-?\d{1,20}$/, 'A chat is named by its number, as a text: "-1001234567890".')
      .nullable()
      .default(null)
      .describe('The chat where sessions are shown that nobody asked for in a chat, by its number; null: the console.'),
    channels: z
      .record(z.string().regex(/^-?\d{1,20}$/, 'A chat is named by its number.'), z.string())
      .default({})
      .describe('Chats that belong to a project: number → project.'),
  })
  .superRefine(({ mode, url, secret }, context) => {
    if (mode === 'polling') return
    const lacks = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
    if (url === undefined) lacks('url', 'A webhook needs the public address that Telegram sends to.')
    if (secret === undefined) lacks('secret', 'A webhook without a secret would take words from anybody; it is refused.')
  })

export type Options = z.infer<typeof optionsShape>

/** A connection that has not answered for so long is dead: a little more than Telegram holds a request. */
export const silenceSeconds = ({ pollSeconds }: Pick<Options, 'pollSeconds'>): number => Math.ceil(pollSeconds * 1.4)
