import { fileURLToPath } from 'node:url'

/** A token that a chat or a forge needs, and how to tell that it is one. */
export type Secret = {
  /** The variable that holds it, and the option of the chat that takes it. */
  readonly variable: string
  readonly option: string
  readonly title: string
  readonly looksLike: RegExp
  /** How such a token looks, in words. */
  readonly shape: string
  /** What people give instead, and what it is. */
  readonly mistaken: readonly { readonly looksLike: RegExp; readonly says: string }[]
}

/** How a chat or a forge is set up by hand, for `ao init`; the whole story is on its page in docs. */
export type Setup = {
  readonly title: string
  /** From nothing to the tokens. */
  readonly make: readonly string[]
  /** From the tokens to the first word. */
  readonly next: readonly string[]
  readonly secrets: readonly Secret[]
  /** What may be set besides, as comments for the config. */
  readonly more: readonly string[]
}

/** Where a page of the docs is on this machine. */
export const docsPage = (name: string): string =>
  fileURLToPath(new URL(`${import.meta.url.endsWith('.ts') ? '../..' : '../../..'}/docs/${name}.md`, import.meta.url))

/** What is wrong with a token that was given, or null. The token is not in the answer. */
export const problemOf = (token: string, { looksLike, shape, mistaken }: Secret): string | null =>
  looksLike.test(token) ? null : (mistaken.find((one) => one.looksLike.test(token))?.says ?? `That is not one: ${shape}`)

const hex32 = /^[0-9a-f]{32}$/i

/** By the name the config has for the chat, in the order in which they are offered. */
export const setups: Readonly<Record<string, Setup>> = {
  slack: {
    title: 'Slack',
    make: [
      'Open https://api.slack.com/apps, "Create New App", "From a manifest", and paste what "ao slack manifest" prints.',
      '"Install App" gives the bot token (xoxb-…).',
      '"Basic Information", "App-Level Tokens", with the scope connections:write, gives the app token (xapp-…).',
    ],
    next: ['Write "/invite @ao" in a channel, then "/ao help".'],
    secrets: [
      {
        variable: 'SLACK_BOT_TOKEN',
        option: 'botToken',
        title: 'Bot token',
        looksLike: /^xoxb-[A-Za-z0-9-]{10,}$/,
        shape: 'a bot token begins with xoxb- and is under "Install App".',
        mistaken: [
          { looksLike: /^xapp-/, says: 'That is the app token, which is asked for next; the bot token begins with xoxb-.' },
          { looksLike: /^xox[ep]/, says: 'That is the token of a user or one that expires; the bot token begins with xoxb-.' },
          { looksLike: hex32, says: 'That looks like a secret of the app; the bot token begins with xoxb- and is under "Install App".' },
        ],
      },
      {
        variable: 'SLACK_APP_TOKEN',
        option: 'appToken',
        title: 'App token',
        looksLike: /^xapp-[A-Za-z0-9-]{10,}$/,
        shape: 'an app token begins with xapp- and is under "Basic Information", "App-Level Tokens".',
        mistaken: [{ looksLike: /^xoxb-/, says: 'That is the bot token; the app token begins with xapp-.' }],
      },
    ],
    more: [
      'home: C0123456789              # the channel for what nobody asked for in a chat',
      'channels: {C0123456789: app}   # channels of a project',
    ],
  },
  telegram: {
    title: 'Telegram',
    make: ['Write /newbot to @BotFather; it asks for two names and gives the token.'],
    next: ['Write /help to your bot. For a group with topics: add it, and make it an admin that may manage topics.'],
    secrets: [
      {
        variable: 'TELEGRAM_TOKEN',
        option: 'token',
        title: 'Token',
        looksLike: /^\d{6,16}:[A-Za-z0-9_-]{35}$/,
        shape: 'a token is a number, a colon and 35 characters, as BotFather wrote it.',
        mistaken: [{ looksLike: /^\d+$/, says: 'That is a number alone; the token goes on after it, with a colon and 35 characters.' }],
      },
    ],
    more: [
      'home: "-1001234567890"              # the group for what nobody asked for in a chat',
      'channels: {"-1001234567890": app}   # groups of a project',
    ],
  },
  discord: {
    title: 'Discord',
    make: [
      'Open https://discord.com/developers/applications, "New Application", then "Bot".',
      'Switch on "Message Content Intent" there; "Reset Token" gives the token.',
      'Invite it with this link, and the Application ID of "General Information" in it: https://discord.com/oauth2/authorize?client_id=APPLICATION_ID&scope=bot+applications.commands&permissions=309237763136',
    ],
    next: ['Write "/ao help" in a channel of that server.'],
    secrets: [
      {
        variable: 'DISCORD_TOKEN',
        option: 'token',
        title: 'Token',
        looksLike: /^[\w-]{18,}\.[\w-]{5,}\.[\w-]{25,}$/,
        shape: 'a token has three parts with dots between them; "Bot", "Reset Token" shows it once.',
        mistaken: [
          { looksLike: /^\d{17,20}$/, says: 'That is the id of the application; the token is under "Bot", "Reset Token".' },
          { looksLike: /^[0-9a-f]{64}$/i, says: 'That is the public key; the token is under "Bot", "Reset Token".' },
          { looksLike: /^[\w-]{32}$/, says: 'That is the client secret; the token is under "Bot", "Reset Token".' },
        ],
      },
    ],
    more: [
      'home: "112233445566778899"              # the channel for what nobody asked for in a chat',
      'channels: {"112233445566778899": app}   # channels of a project',
    ],
  },
}

/** Where changes can be opened besides this machine. */
export const forges: Readonly<Record<string, Setup>> = {
  github: {
    title: 'GitHub',
    make: [
      'Open https://github.com/settings/personal-access-tokens/new and choose the repository under "Only select repositories".',
      'Repository permissions: Contents, Issues and Pull requests "Read and write"; Actions, Checks, Commit statuses "Read-only".',
      '"Generate token" shows it once (github_pat_…). A classic token with the scope "repo" will do, too.',
    ],
    next: [],
    secrets: [
      {
        variable: 'GITHUB_TOKEN',
        option: 'token',
        title: 'Token',
        looksLike: /^(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|[0-9a-f]{40})$/,
        shape: 'a token begins with github_pat_ or ghp_.',
        mistaken: [
          { looksLike: /^(?:Iv|Ov)[\w.]+$/, says: 'That is the client id of an app; a token begins with github_pat_ or ghp_.' },
          { looksLike: /^SHA256:/, says: 'That is the fingerprint of a key; a token begins with github_pat_ or ghp_.' },
        ],
      },
    ],
    more: [],
  },
}
