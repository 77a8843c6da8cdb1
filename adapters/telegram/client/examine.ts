import type { ChatKind, Finding } from '../../../bot/contracts/chat.ts'
import { sayDuration } from '../../../core/kit/time.ts'
import type { Options } from '../options.ts'
import { refusedIn, troubleOf } from '../trouble.ts'
import { openApi, type Raw } from './api.ts'

/** Clocks may differ so much before it matters to what is old and what is not. */
const mostSkewMs = 30_000
/** Somebody else who polls shows within so long: Telegram ends the older of two requests, and theirs is newer again after a while. */
const usualLookSeconds = 4

/** Token, hearing in groups, webhook, a second process, clock, home, and where asked for a message there and away again. */
export const examine = async (
  options: Options,
  { now, isRoundTrip, isBotRunning }: Parameters<ChatKind['examine']>[1],
  lookSeconds = usualLookSeconds,
): Promise<readonly Finding[]> => {
  const { raw } = openApi({ ...options, pollSeconds: 1 })
  try {
    const me = await raw.getMe()
    return [
      pass(`the token is that of @${me.username}`),
      hearing(me.can_read_all_group_messages),
      ...(await delivery(raw, options, isBotRunning ? null : lookSeconds)),
      ...(await clock(options, now)),
      ...(await home(raw, options, isRoundTrip)),
      ...(await signs(raw, options, me.id)),
    ]
  } catch (error) {
    return [failed(error)]
  }
}

const pass = (what: string): Finding => ({ level: 'PASS', what: `telegram: ${what}` })
const warn = (what: string, cure: string): Finding => ({ level: 'WARN', what: `telegram: ${what}`, cure })
const fail = (what: string, cure: string): Finding => ({ level: 'FAIL', what: `telegram: ${what}`, cure })

const failed = (error: unknown): Finding => {
  const { code, facts } = troubleOf(error, '')
  return fail(
    String(facts.problem),
    code === 'CHAT_REFUSED'
      ? 'Ask @BotFather for the token with /token, and put it into the variable that "chats.telegram.token" names.'
      : 'Look at the network, at a proxy, and at "chats.telegram.apiRoot".',
  )
}

const hearing = (hearsAll: boolean): Finding =>
  hearsAll
    ? pass('privacy mode is off; it hears everything in its groups, and takes in only what is said to it')
    : warn(
        'privacy mode is on; in groups it hears commands, its name and replies to it, but not plain words in a topic',
        'Make the bot an administrator of the group, or turn privacy off with /setprivacy at @BotFather and add it to the group anew.',
      )

const delivery = async (raw: Raw, { mode, url }: Options, lookSeconds: number | null): Promise<readonly Finding[]> => {
  const { url: hook = '', pending_update_count: waiting, last_error_message: says } = await raw.getWebhookInfo()
  const queue = waiting > 0 ? [pass(`${waiting} ${waiting === 1 ? 'update waits' : 'updates wait'} to be fetched`)] : []
  // To ask would end the request of our own bot, if it runs.
  if (mode === 'polling' && !hook) return [...queue, ...(lookSeconds === null ? [] : await rivals(raw, lookSeconds))]
  if (mode === 'polling')
    return [...queue, warn(`a webhook is set, at ${hostOf(hook)}`, 'Stop the process that set it; "ao start" removes it.')]
  if (hook && hook !== url)
    return [...queue, warn(`the webhook is ${hostOf(hook)}, not yours`, 'Stop the process that set it; "ao start" takes it over.')]
  return [
    ...queue,
    ...(url?.startsWith('http://')
      ? [fail('a webhook needs https', 'Put a proxy with a certificate before it, or use "mode: polling".')]
      : []),
    ...(says ? [warn(`of the webhook it says: ${says}`, 'See that "url" leads to "host" and "port" from outside.')] : []),
  ]
}

/** Without an offset it confirms nothing: whatever waits goes on waiting. */
const rivals = async (raw: Raw, lookSeconds: number): Promise<readonly Finding[]> => {
  try {
    const updates = await raw.getUpdates({ timeout: lookSeconds, limit: 1 })
    // Where something waits it comes back at once, and nothing can be told of others.
    return updates.length > 0 ? [] : [pass('nobody else is asking with this token')]
  } catch (error) {
    if (refusedIn(error)?.error_code !== 409) throw error
    return [warn('another process polls with this token', 'Stop it, or make a bot of its own for it with /newbot at @BotFather.')]
  }
}

const clock = async ({ apiRoot }: Options, now: () => number): Promise<readonly Finding[]> => {
  const signal = AbortSignal.timeout(9_000)
  const response = await fetch(apiRoot, { method: 'HEAD', redirect: 'manual', signal }).catch(() => null) // no date is no finding
  const offMs = Math.abs(Date.parse(response?.headers.get('date') ?? '') - now())
  if (Number.isNaN(offMs)) return []
  return offMs <= mostSkewMs
    ? [pass('the clocks agree')]
    : [warn(`this machine's clock is off by ${sayDuration(offMs)}`, 'Switch on time synchronisation, as with "timedatectl set-ntp true".')]
}

const home = async (raw: Raw, { home: chat }: Options, isRoundTrip: boolean): Promise<readonly Finding[]> => {
  if (chat === null) return []
  try {
    const { type, is_forum: isForum } = await raw.getChat({ chat_id: chat })
    if (isRoundTrip) {
      const text = 'ao doctor: it works. This message goes away again.'
      const { message_id } = await raw.sendMessage({ chat_id: chat, text, disable_notification: true })
      await raw.deleteMessage({ chat_id: chat, message_id })
    }
    return [pass(`home is a ${isForum ? 'forum' : type} chat${isRoundTrip ? ', and a message went there and away again' : ''}`)]
  } catch (error) {
    return [
      fail(
        `home ${chat}: ${troubleOf(error, chat).facts.problem}`,
        'Add the bot to that chat, or say /start to it, and write the number of the chat as "home".',
      ),
    ]
  }
}

/** Of signs on messages Telegram tells a bot in a group only when that is an administrator. https://core.telegram.org/bots/api#update */
const signs = async (raw: Raw, { home: chat, channels }: Options, me: number): Promise<readonly Finding[]> => {
  const groups = [...new Set([...(chat === null ? [] : [chat]), ...Object.keys(channels)])].filter((id) => id.startsWith('-'))
  const findings: Finding[] = []
  for (const group of groups) {
    try {
      const { status } = await raw.getChatMember({ chat_id: group, user_id: me })
      if (status !== 'administrator')
        findings.push(
          warn(
            `the bot is no admin in the group ${group}: it does not hear of 👍 and other signs on its messages there`,
            'Make the bot an admin of that group; it needs no right for that.',
          ),
        )
    } catch (error) {
      // Of the home it has been told already.
      if (group !== chat)
        findings.push(
          fail(
            `the group ${group}: ${troubleOf(error, group).facts.problem}`,
            'Add the bot to that group, and write its number under "channels".',
          ),
        )
    }
  }
  return findings
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'an address that cannot be read')
