import { z } from 'zod'

const snowflake = z.string().regex(/^\d{15,22}$/, 'Write the id as Discord shows it with "Copy ID": digits in quotes.')

/** What the config says under `chats.discord`. */
export const discordOptions = z.strictObject({
  token: z.string().min(1, 'Write the token of the bot.').describe('The token of the bot, from the page "Bot" of the application.'),
  apiUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://discord.com/api')
    .describe('Where the API is. Another address is for tests and proxies.'),
  guild: snowflake
    .nullable()
    .default(null)
    .describe('The server in which `/ao` is registered, which takes effect at once; null registers it everywhere.'),
  home: snowflake
    .nullable()
    .default(null)
    .describe('The channel where sessions that nobody asked for in a chat are shown; null: the console.'),
  channels: z.record(snowflake, z.string().min(1)).default({}).describe('Channels that belong to a project: channel id to project.'),
})
export type DiscordOptions = z.infer<typeof discordOptions>
