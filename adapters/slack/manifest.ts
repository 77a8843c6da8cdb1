import { catalogue, row } from '../../core/kit/fault.ts'

export const fault = catalogue({
  MANIFEST_REFUSED: row<{ given: string; says: string }>(
    (f) => `The manifest cannot be made with "${f.given}": ${f.says}`,
    () => 'Give another one; docs/slack.md shows the whole command.',
  ),
})

/** Something the bot asks Slack for, and what would not work without it. */
export type Need = { readonly name: string; readonly why: string }

/** What the bot may do. Each is used; none is asked for in advance. */
export const botScopes: readonly Need[] = [
  { name: 'app_mentions:read', why: 'to hear "@ao fix #42" in a channel' },
  {
    name: 'channels:history',
    why: 'to hear what is said in the threads of its sessions in public channels, and to read what was said while it was away',
  },
  { name: 'channels:read', why: 'to look whether a channel is there and the bot is in it' },
  { name: 'chat:write', why: 'to post cards, to edit them, and to say something to one person alone' },
  { name: 'commands', why: 'for the slash command' },
  { name: 'files:read', why: 'to fetch files and voice notes that are sent to a session' },
  { name: 'files:write', why: 'to send long output as a file, and pictures of a terminal' },
  { name: 'groups:history', why: 'the same as channels:history, in private channels' },
  { name: 'groups:read', why: 'the same as channels:read, for private channels' },
  { name: 'im:history', why: 'to hear what is said to it in private, and to read what was said while it was away' },
  { name: 'im:read', why: 'to look whether a private chat that is named as "home" is there' },
  { name: 'im:write', why: 'to begin a private chat with somebody who is called' },
  { name: 'mpim:history', why: 'the same as im:history, in private chats of several people' },
  { name: 'reactions:read', why: 'a 🛑 on a card stops its session; any other sign says that somebody has seen it' },
  { name: 'reactions:write', why: '👀 on what it has taken in' },
  { name: 'users:read', why: 'to write other people’s names where they are mentioned' },
]

/** What Slack tells the bot. */
export const botEvents: readonly Need[] = [
  { name: 'app_mention', why: 'somebody names the bot in a channel' },
  { name: 'message.channels', why: 'words in the threads of its sessions, their edits and their deletions, in public channels' },
  { name: 'message.groups', why: 'the same in private channels' },
  { name: 'message.im', why: 'private chats with the bot' },
  { name: 'message.mpim', why: 'private chats of several people' },
  { name: 'reaction_added', why: 'a 🛑 or any other sign on a card' },
]

/** The name and the command of the bot, and where Slack sends events; `url` null is Socket Mode, which needs no address. */
export type ManifestAsk = { readonly name: string; readonly command: string; readonly url: string | null }

/**
 * What Slack makes an app from: https://docs.slack.dev/reference/app-manifest
 *
 * @throws {Fault} MANIFEST_REFUSED when Slack would refuse the name, the command or the address
 */
export const manifestOf = ({ name, command, url }: ManifestAsk) => {
  const app = checkName(name)
  const endpoint = url === null ? null : checkUrl(url)
  return {
    _metadata: { major_version: 1, minor_version: 1 },
    display_information: {
      name: app,
      description: 'Runs a fleet of coding agents: say "fix #42" and follow it to the merge.',
      background_color: '#1f2937',
    },
    features: {
      app_home: { home_tab_enabled: false, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: botNameOf(app), always_online: false },
      slash_commands: [
        {
          command: checkCommand(command),
          description: 'Gives work to agents, and shows how it goes.',
          usage_hint: 'fix #42 · status · help',
          should_escape: false,
          ...(endpoint !== null && { url: endpoint }),
        },
      ],
    },
    oauth_config: { scopes: { bot: botScopes.map((scope) => scope.name) } },
    settings: {
      event_subscriptions: { ...(endpoint !== null && { request_url: endpoint }), bot_events: botEvents.map((event) => event.name) },
      interactivity: { is_enabled: true, ...(endpoint !== null && { request_url: endpoint }) },
      org_deploy_enabled: false,
      socket_mode_enabled: endpoint === null,
      token_rotation_enabled: false,
    },
  }
}

const refuse = (given: string, says: string) => fault('MANIFEST_REFUSED', { given, says })

const checkName = (name: string): string => {
  const app = name.trim()
  if (app === '') throw refuse(name, 'a bot needs a name.')
  if ([...app].length > 35) throw refuse(name, `a name has at most 35 characters, this one has ${[...app].length}.`)
  if (/[\p{Cc}\p{Cf}]/u.test(app)) throw refuse(name, 'a name has no control characters.')
  if (botNameOf(app) === '') throw refuse(name, 'a name needs at least one letter a-z or a digit.')
  return app
}

/** How people mention it: Slack takes a-z, 0-9, -, _ and . there. */
const botNameOf = (app: string): string =>
  app
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-._]+|[-._]+$/g, '')

const checkCommand = (command: string): string => {
  if (!command.startsWith('/'))
    throw refuse(command, `a command begins with a slash, as in "/${command.toLowerCase().replace(/[^a-z0-9_-]/g, '') || 'ao'}".`)
  if (!/^\/[a-z0-9_-]+$/.test(command)) throw refuse(command, 'after the slash a command has a-z, 0-9, - and _ only, and no capitals.')
  if (command.length > 32) throw refuse(command, `a command has at most 32 characters with its slash, this one has ${command.length}.`)
  return command
}

/** Events, commands and buttons all go to one address. */
const checkUrl = (text: string): string => {
  const url = parsed(text)
  if (url === null) throw refuse(text, 'it is no address, as in "https://ao.example.com".')
  if (url.protocol !== 'https:') throw refuse(text, 'Slack sends events to https addresses only.')
  if (url.username !== '' || url.password !== '')
    throw refuse(url.host, 'an address with a password in it would be shown to everybody who may see the app.')
  if (url.search !== '' || url.hash !== '') throw refuse(text, 'an address has nothing after "?" or "#".')
  return url.pathname === '/' ? `${url.origin}${eventsPath}` : url.href
}

const parsed = (text: string): URL | null => {
  try {
    return new URL(text)
  } catch {
    return null // no address: told by whoever asked
  }
}

/** Where an address without a path leads. */
const eventsPath = '/slack/events'
