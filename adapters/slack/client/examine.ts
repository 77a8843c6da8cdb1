import { webApi } from '@slack/bolt'
import type { Finding } from '../../../bot/contracts/chat.ts'
import { explain } from '../../../core/kit/fault.ts'
import { botScopes } from '../manifest.ts'
import type { SlackOptions } from '../options.ts'
import { calling, slackCode, type Web, webOptions } from './web.ts'

const mostClockOffMs = 30_000
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Looks whether Slack is set up as it must be. Never rejects; people see nothing of it but the round trip, which is deleted at once. */
export const examineSlack = async (
  options: SlackOptions,
  ask: { readonly now: () => number; readonly isRoundTrip: boolean },
): Promise<readonly Finding[]> => {
  let clockOffMs: number | null = null
  const web = new webApi.WebClient(options.botToken, {
    ...webOptions(options, silent),
    fetch: async (url, init) => {
      const response = await fetch(url, init)
      const date = Date.parse(response.headers.get('date') ?? '')
      if (Number.isFinite(date)) clockOffMs = date - ask.now()
      return response
    },
  })
  const token = await look(
    'the bot token',
    'Copy the bot token again from "OAuth & Permissions"; install the app to the workspace if there is none.',
    async () => {
      const { user, team, response_metadata } = await web.auth.test()
      return [pass(`the bot is @${user} in ${team}`), ...scopeFindings(response_metadata?.scopes ?? [])]
    },
  )
  if (token.some(({ level }) => level === 'FAIL') && !token.some(({ level }) => level === 'PASS')) return token
  return [
    ...token,
    ...clockFindings(clockOffMs),
    ...(await lineFindings(options)),
    ...(await channelFindings(web, options)),
    ...(ask.isRoundTrip && options.home !== null ? await roundTrip(web, options.home) : []),
  ]
}

const pass = (what: string): Finding => ({ level: 'PASS', what: `slack: ${what}` })
const fail = (what: string, cure: string): Finding => ({ level: 'FAIL', what: `slack: ${what}`, cure })
const warn = (what: string, cure: string): Finding => ({ level: 'WARN', what: `slack: ${what}`, cure })

const look = async (name: string, cure: string, work: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> => {
  try {
    return await calling({ channel: '' }, work)
  } catch (error) {
    return [
      fail(`${name}: ${slackCode(error) ?? explain(error)}`, slackCode(error) === null ? 'Look at the network and at "apiUrl".' : cure),
    ]
  }
}

/** Slack names the scopes in a header of each answer; where it names none, nothing can be said. */
const scopeFindings = (scopes: readonly string[]): readonly Finding[] => {
  if (scopes.length === 0) return []
  const missing = botScopes.filter(({ name }) => !scopes.includes(name))
  if (missing.length === 0) return [pass('all scopes are there')]
  return missing.map(({ name, why }) =>
    fail(`the scope ${name} is missing (${why})`, 'Add it on "OAuth & Permissions" and install the app again.'),
  )
}

const clockFindings = (offMs: number | null): readonly Finding[] => {
  if (offMs === null) return []
  if (Math.abs(offMs) <= mostClockOffMs) return [pass('the clock is right')]
  return [
    warn(
      `the clock of this machine is ${Math.round(Math.abs(offMs) / 1_000)} s off`,
      'Let the machine set its clock over the network (NTP): signed requests are refused otherwise.',
    ),
  ]
}

const lineFindings = async (options: SlackOptions): Promise<readonly Finding[]> => {
  if (options.mode === 'http')
    return [
      ...(['127.0.0.1', 'localhost', '::1'].includes(options.host)
        ? [pass(`signed requests are taken on ${options.host}:${options.port}`)]
        : [
            warn(
              `"host" is ${options.host}: whoever reaches this machine reaches the port`,
              'Listen on 127.0.0.1, behind a proxy that speaks https.',
            ),
          ]),
    ]
  const app = new webApi.WebClient(options.appToken ?? '', webOptions(options, silent))
  return look(
    'the app-level token',
    'Make an app-level token with the scope connections:write on "Basic Information", and switch Socket Mode on.',
    async () => {
      await app.apps.connections.open({})
      return [pass('Socket Mode is on')]
    },
  )
}

const channelFindings = async (web: Web, { home, channels }: SlackOptions): Promise<readonly Finding[]> => {
  const findings: Finding[] = []
  for (const id of new Set([...(home === null ? [] : [home]), ...Object.keys(channels)]))
    findings.push(
      ...(await look(`the channel ${id}`, 'Look whether the id is right, and invite the bot: "/invite @ao" in that channel.', async () => {
        const { channel } = await web.conversations.info({ channel: id })
        if (channel?.is_archived) return [fail(`the channel ${id} is archived`, 'Name another channel, or take it out of the archive.')]
        if (channel?.is_member === false && !channel.is_im)
          return [fail(`the bot is not in the channel ${id}`, 'Invite it: "/invite @ao" in that channel.')]
        return [pass(`the channel #${channel?.name ?? id} is there`)]
      })),
    )
  return findings
}

const roundTrip = (web: Web, channel: string): Promise<readonly Finding[]> =>
  look('the round trip', 'Invite the bot to the channel named as "home", and give it the scope chat:write.', async () => {
    const { ts } = await web.chat.postMessage({ channel, text: 'A test message, deleted at once.' })
    await web.chat.delete({ channel, ts: ts ?? '' })
    return [pass('a message was posted and deleted again')]
  })
