import { Agent as PlainAgent } from 'node:http'
import { Agent } from 'node:https'
import { Api } from 'grammy'
import { fault } from '../../../bot/contracts/faults.ts'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { type Fault, isFault } from '../../../core/kit/fault.ts'
import { type Options, silenceSeconds } from '../options.ts'
import { platform } from '../translate.ts'
import { troubleOf } from '../trouble.ts'

/** The Bot API by its raw methods. */
export type Raw = Api['raw']

/** What is sent has so long; then nobody knows whether it arrived. */
const sendSeconds = 9

/** Two channels to Telegram: one for what is sent, one on which it is listened. Neither tries anything again. */
export const openApi = (options: Pick<Options, 'token' | 'apiRoot' | 'pollSeconds'>) => {
  const { token, apiRoot } = options
  const open = (timeoutSeconds: number) => {
    const agent = new (apiRoot.startsWith('https:') ? Agent : PlainAgent)({ keepAlive: true })
    return { agent, raw: new Api(token, { apiRoot, timeoutSeconds, baseFetchConfig: { agent, compress: true } }).raw }
  }
  const { raw, agent } = open(sendSeconds)
  const { raw: polling } = open(silenceSeconds(options))
  let lastBusy: { readonly channel: string; readonly until: number } | null = null

  /** Telegram sometimes makes the whole bot wait, and says so chat by chat: two at once are taken for all. */
  const widened = (trouble: Fault, channel: string, now: number): Fault => {
    if (!isFault(trouble, 'CHAT_BUSY')) return trouble
    const retryAfterMs = Number(trouble.facts.retryAfterMs)
    const isEverywhere = lastBusy !== null && lastBusy.channel !== channel && now < lastBusy.until
    lastBusy = { channel, until: now + retryAfterMs }
    return fault('CHAT_BUSY', { platform, retryAfterMs, isEverywhere })
  }

  return {
    raw,
    polling,
    /** Lets go of connections that wait to be used again: one of them was found dead, so they may all be. */
    renew: (): void => {
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy()
    },
    /** Does something in that chat. @throws {Fault} as the chat contracts have them */
    ask: async <T>({ channel }: Pick<Place, 'channel'>, work: (raw: Raw) => Promise<T>): Promise<T> => {
      try {
        return await work(raw)
      } catch (error) {
        throw widened(troubleOf(error, channel), channel, Date.now())
      }
    },
  }
}
export type Telegram = ReturnType<typeof openApi>
