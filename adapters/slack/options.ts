import { z } from 'zod'

const channelId = z
  .string()
  .regex(/^[CDG][A-Z0-9]{2,}$/, 'Write the id of the channel as in "C0123456789": it stands at the end of the channel’s details.')

/** What the config says under `chats.slack`. */
export const slackOptions = z
  .strictObject({
    botToken: z
      .string()
      .regex(/^xoxb-\S+$/, 'The bot token begins with "xoxb-"; it is on the page "OAuth & Permissions" of the app.')
      .describe('The bot token of the app, from its page "OAuth & Permissions".'),
    appToken: z
      .string()
      .regex(/^xapp-\S+$/, 'The app-level token begins with "xapp-"; it is on the page "Basic Information" of the app.')
      .nullable()
      .default(null)
      .describe('The app-level token with the scope connections:write; needed for `mode: socket`.'),
    mode: z
      .enum(['socket', 'http'])
      .default('socket')
      .describe('How events come: over a connection the bot opens, or by signed requests to `host` and `port`.'),
    signingSecret: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe('The signing secret of the app; needed for `mode: http`, where unsigned requests are refused.'),
    host: z.string().min(1).default('127.0.0.1').describe('The address on which `mode: http` listens.'),
    port: z.int().min(1).max(65_535).default(3_000).describe('The port on which `mode: http` listens, at the path /slack/events.'),
    apiUrl: z
      .url({ protocol: /^https?$/ })
      .default('https://slack.com/api/')
      .describe('Where the Web API is. Another address is for tests and proxies.'),
    heartbeatMs: z
      .int()
      .min(200)
      .default(5_000)
      .describe('After so long without a sign of life a connection counts as dead and is made anew. Milliseconds.'),
    home: channelId
      .nullable()
      .default(null)
      .describe('The channel where sessions that nobody asked for in a chat are shown; null: the console.'),
    channels: z.record(channelId, z.string().min(1)).default({}).describe('Channels that belong to a project: channel id to project.'),
  })
  .superRefine(({ mode, appToken, signingSecret }, context) => {
    if (mode === 'socket' && appToken === null)
      context.addIssue({
        code: 'custom',
        path: ['appToken'],
        message: 'The mode "socket" needs the app-level token, which begins with "xapp-".',
      })
    if (mode === 'http' && signingSecret === null)
      context.addIssue({
        code: 'custom',
        path: ['signingSecret'],
        message: 'The mode "http" needs the signing secret: requests that are not signed are refused.',
      })
  })
export type SlackOptions = z.infer<typeof slackOptions>
