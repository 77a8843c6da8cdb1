import type { ChatAdapter, Rate } from '../../bot/contracts/adapter.ts'
import type { ChatHost } from '../../bot/contracts/chat.ts'
import { fault } from '../../bot/contracts/faults.ts'
import { explain, isFault } from '../../core/kit/fault.ts'
import { registerCommands } from './client/commands.ts'
import { openGateway } from './client/gateway.ts'
import { openInteractions } from './client/interactions.ts'
import { type Times, usualTimes } from './client/line.ts'
import { listen } from './client/listen.ts'
import { openMessages } from './client/messages.ts'
import { openApi, toFault } from './client/rest.ts'
import type { DiscordOptions } from './options.ts'
import { platform } from './places.ts'
import { mostButtons, textChars } from './render.ts'

/** Five at once and 45 a minute in a channel: a little less than Discord takes. It takes 50 requests a second of an account. */
const inChannel: Rate = { burst: 5, perMinute: 45 }
const everywhere: Rate = { burst: 40, perMinute: 2_000 }

/** The adapter over the real library. */
export const openDiscord = (options: DiscordOptions, host: ChatHost, times: Times = usualTimes): ChatAdapter => {
  const { log, now } = host
  const api = openApi(options, now, times.answerMs)
  const messages = openMessages(api, options.apiUrl)
  const interactions = openInteractions(api, log, now)

  const register = async (): Promise<void> => {
    try {
      const { id: app } = (await api.call('get', '/applications/@me')) as { id: string }
      const kept = await host.document({})
      if (await registerCommands(api, { app, guild: options.guild, listed: await host.commands(), kept }))
        log.info('discord.commands.registered')
    } catch (error) {
      log.warn('discord.commands.failed', { problem: toFault(error, null).message })
    }
  }

  return {
    platform,
    limits: {
      textChars,
      hasPictures: true,
      buttons: mostButtons,
      pace: () => ({ posts: inChannel, edits: inChannel, editEveryMs: 1_100 }),
      account: { posts: everywhere, edits: everywhere },
    },
    start: async (door) => {
      const me = await whoAmI(api)
      const listener = listen({ api, log, now, me, door, interactions })
      let isStopped = false
      const close = await openGateway({
        rest: api.rest,
        token: options.token,
        times,
        log,
        now,
        onDispatch: (event) => (isStopped ? Promise.resolve() : listener.on(event)),
        onNew: listener.catchUp,
        onHealth: host.onHealth,
      })
      const registering = register()
      let stopping: Promise<void> | null = null
      return () => {
        isStopped = true
        stopping ??= close().then(async () => {
          await listener.stop()
          await registering
        })
        return stopping
      }
    },
    ...messages,
    whisper: interactions.whisper,
  }
}

const whoAmI = async (api: ReturnType<typeof openApi>): Promise<string> => {
  try {
    return ((await api.call('get', '/users/@me')) as { id: string }).id
  } catch (error) {
    const problem = toFault(error, null)
    throw isFault(problem, 'CHAT_REFUSED') ? problem : fault('CHAT_UNREACHABLE', { platform, problem: explain(error) }, { cause: error })
  }
}
