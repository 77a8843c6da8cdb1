import type { Finding } from '../../../bot/contracts/chat.ts'
import { explain } from '../../../core/kit/fault.ts'
import type { DiscordOptions } from '../options.ts'
import { platform } from '../places.ts'
import { type Api, badToken, codeOf, openApi, toFault } from './rest.ts'

type Ask = { readonly now: () => number; readonly isRoundTrip: boolean }
type Role = { readonly id: string; readonly permissions: string }
type Overwrite = { readonly id: string; readonly allow: string; readonly deny: string }
type Home = {
  readonly id: string
  readonly name?: string
  readonly guild_id?: string
  readonly permission_overwrites?: readonly Overwrite[]
}

/** What the bot must be allowed to do where its sessions are shown, as Discord names it. */
const needed: readonly (readonly [name: string, bit: bigint])[] = [
  ['View Channel', 1n << 10n],
  ['Send Messages', 1n << 11n],
  ['Create Public Threads', 1n << 35n],
  ['Send Messages in Threads', 1n << 38n],
  ['Embed Links', 1n << 14n],
  ['Attach Files', 1n << 15n],
  ['Read Message History', 1n << 16n],
  ['Add Reactions', 1n << 6n],
]
const administrator = 1n << 3n
const contentIntent = (1 << 18) | (1 << 19)

/** Looks at the token, the intents, the servers, the permissions and the clock. Never rejects. */
export const examineDiscord = async (options: DiscordOptions, ask: Ask): Promise<readonly Finding[]> => {
  const api = openApi(options, ask.now)
  const findings: Finding[] = []
  const look = async (what: string, cure: string, work: () => Promise<readonly Finding[]>): Promise<boolean> => {
    try {
      findings.push(...(await work()))
      return true
    } catch (error) {
      const { message, mayPass } = toFault(error, null)
      findings.push({
        level: 'FAIL',
        what: `${what}: ${message}`,
        cure: mayPass ? 'Look at the network, and at chats.discord.apiUrl.' : cure,
      })
      return false
    }
  }
  let me = ''
  const isKnown = await look('Discord', `Look at chats.discord.token: ${badToken}.`, async () => {
    const user = (await api.call('get', '/users/@me')) as { id: string; username: string }
    me = user.id
    return [{ level: 'PASS', what: `Discord knows the token: it is the bot ${user.username}.` }]
  })
  if (!isKnown) return findings
  await look('Intents', 'Try again.', async () => [intent((await api.call('get', '/applications/@me')) as { flags?: number })])
  await look('Gateway', 'Try again.', async () => [starts((await api.call('get', '/gateway/bot')) as Gateway)])
  findings.push(clock(api.clockOffMs()))
  if (options.guild !== null) {
    const { guild } = options
    const cure = 'Invite the bot into that server (see the docs for the link), or correct chats.discord.guild.'
    await look(`The server ${guild}`, cure, async () => {
      const { name } = (await api.call('get', `/guilds/${guild}`)) as { name: string }
      return [{ level: 'PASS', what: `The bot is in the server ${name}.` }]
    })
  }
  if (options.home !== null) {
    const { home } = options
    const isThere = await look(`The channel ${home}`, 'Invite the bot into that channel, or correct chats.discord.home.', () =>
      permissions(api, home, me),
    )
    if (isThere && ask.isRoundTrip)
      await look('The round trip', 'Look at the permissions of the bot in that channel.', () => roundTrip(api, home, ask.now))
  }
  return findings
}

const intent = ({ flags = 0 }: { readonly flags?: number }): Finding =>
  (flags & contentIntent) !== 0
    ? { level: 'PASS', what: 'The bot may read messages (Message Content Intent).' }
    : {
        level: 'FAIL',
        what: 'The bot may not read what is said in threads.',
        cure: 'Switch on "Message Content Intent" on the page "Bot" of the application at discord.com/developers.',
      }

type Gateway = { readonly session_start_limit: { readonly total: number; readonly remaining: number } }
const starts = ({ session_start_limit: { total, remaining } }: Gateway): Finding =>
  remaining > 50
    ? { level: 'PASS', what: `The gateway takes ${remaining} of ${total} starts today.` }
    : {
        level: 'WARN',
        what: `The gateway takes only ${remaining} of ${total} more starts today.`,
        cure: 'Find out what starts again and again; at zero Discord resets the token.',
      }

const clock = (offMs: number | null): Finding => {
  if (offMs === null)
    return { level: 'WARN', what: 'Discord did not say what time it is.', cure: 'Look at the proxy in between, if there is one.' }
  const seconds = Math.round(Math.abs(offMs) / 1000)
  return seconds <= 30
    ? { level: 'PASS', what: 'The clock agrees with that of Discord.' }
    : {
        level: 'WARN',
        what: `The clock is ${seconds} s ${offMs > 0 ? 'behind' : 'ahead of'} that of Discord.`,
        cure: 'Let the clock be set from the network (NTP).',
      }
}

const permissions = async (api: Api, home: string, me: string): Promise<readonly Finding[]> => {
  const channel = (await api.call('get', `/channels/${home}`)) as Home
  if (channel.guild_id === undefined) return [{ level: 'PASS', what: 'The home is a private chat.' }]
  const { roles, owner_id } = (await api.call('get', `/guilds/${channel.guild_id}`)) as { roles: readonly Role[]; owner_id: string }
  const member = (await api.call('get', `/guilds/${channel.guild_id}/members/${me}`)) as { roles: readonly string[] }
  const has = owner_id === me ? administrator : allowed(roles, new Set(member.roles), channel, channel.guild_id, me)
  const missing = (has & administrator) !== 0n ? [] : needed.filter(([, bit]) => (has & bit) === 0n).map(([name]) => name)
  const name = channel.name ?? home
  return missing.length === 0
    ? [{ level: 'PASS', what: `The bot has every permission it needs in #${name}.` }]
    : [
        {
          level: 'FAIL',
          what: `In #${name} the bot lacks: ${missing.join(', ')}.`,
          cure: 'Give these permissions to the role of the bot, in the server or in that channel.',
        },
      ]
}

/** As Discord computes it: the roles together, then what the channel says to everybody, to the roles, to the bot. */
const allowed = (
  roles: readonly Role[],
  mine: ReadonlySet<string>,
  { permission_overwrites: overwrites = [] }: Home,
  guild: string,
  me: string,
): bigint => {
  const base = roles.filter(({ id }) => id === guild || mine.has(id)).reduce((bits, { permissions: more }) => bits | BigInt(more), 0n)
  const steps = [
    overwrites.filter(({ id }) => id === guild),
    overwrites.filter(({ id }) => mine.has(id)),
    overwrites.filter(({ id }) => id === me),
  ]
  return steps.reduce((bits, step) => {
    const deny = step.reduce((all, one) => all | BigInt(one.deny), 0n)
    const allow = step.reduce((all, one) => all | BigInt(one.allow), 0n)
    return (bits & ~deny) | allow
  }, base)
}

const roundTrip = async (api: Api, home: string, now: () => number): Promise<readonly Finding[]> => {
  const from = now()
  const body = { content: 'A test of "ao doctor"; it goes away by itself.', allowed_mentions: { parse: [] } }
  const { id } = (await api.call('post', `/channels/${home}/messages`, { body })) as { id: string }
  try {
    await api.call('delete', `/channels/${home}/messages/${id}`)
  } catch (error) {
    return [
      {
        level: 'WARN',
        what: `A message was posted and could not be deleted (${codeOf(error) ?? explain(error)}).`,
        cure: `Delete it by hand in the channel ${home} of ${platform}.`,
      },
    ]
  }
  return [{ level: 'PASS', what: `A message went to the home channel and away again in ${now() - from} ms.` }]
}
