import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { ChatHost } from '../../../bot/contracts/chat.ts'
import { fault } from '../../../bot/contracts/faults.ts'
import { sleep } from '../../../core/kit/time.ts'
import type { Options } from '../options.ts'
import { chatIn, platform } from '../translate.ts'
import { troubleOf } from '../trouble.ts'
import type { Telegram } from './api.ts'
import type { HealthKeeper } from './health.ts'
import { updateKinds } from './poll.ts'
import type { Update } from './types.ts'

/** No update of the Bot API comes near this. */
const mostBytes = 1024 * 1024
/** How often Telegram is asked whether all goes well on its side. */
const lookEveryMs = 60_000

/**
 * Listens where Telegram sends. An update is answered with 200 only once `take` resolved for it; anything else makes Telegram
 * send it again. What does not carry the secret is refused unread. @throws {Fault} CHAT_REFUSED where the port cannot be had
 */
export const hook = async (
  { raw }: Pick<Telegram, 'raw'>,
  {
    take,
    options,
    health,
    host,
  }: {
    readonly take: (update: Update) => Promise<void>
    readonly options: Options
    readonly health: HealthKeeper
    readonly host: Pick<ChatHost, 'log'>
  },
): Promise<{ stop(): Promise<void>; readonly port: number }> => {
  const { url = '', secret = '', port, host: address } = options
  if (secret === '') throw fault('CHAT_REFUSED', { platform, problem: 'a webhook without a secret would take words from anybody' })
  const stopping = new AbortController()
  const chains = new Map<string, Promise<void>>()
  const open = new Set<Promise<void>>()

  const inTurn = (update: Update): Promise<void> => {
    const chat = chatIn(update)
    const turn = (chains.get(chat) ?? Promise.resolve()).catch(() => {}).then(() => take(update)) // the one before was answered for itself
    chains.set(chat, turn)
    const end = (): void => {
      if (chains.get(chat) === turn) chains.delete(chat)
    }
    turn.then(end, end)
    return turn
  }

  const answer = async (request: IncomingMessage): Promise<number> => {
    if (stopping.signal.aborted) return 503
    if (request.method !== 'POST') return 405
    if (!isSame(String(request.headers['x-telegram-bot-api-secret-token'] ?? ''), secret)) return 401
    const update = await read(request)
    if (update === null) return 400
    health.up()
    try {
      await inTurn(update)
      return 200
    } catch (error) {
      host.log.error('telegram.unstored', { error })
      return 500 // it comes again
    }
  }

  const server = createServer((request, response) => {
    const done = answer(request).then(
      (status) => void response.writeHead(status).end(),
      () => void response.destroy(), // it was cut while it was read
    )
    open.add(done)
    void done.finally(() => open.delete(done))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(fault('CHAT_REFUSED', { platform, problem: `the port ${port} cannot be had` }, { cause: error })),
    )
    server.listen(port, address, resolve)
  })

  const look = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await sleep(lookEveryMs, stopping.signal).catch(() => {}) // stopped meanwhile
      if (stopping.signal.aborted) return
      try {
        const info = await raw.getWebhookInfo()
        if (info.url !== url) health.is('stopped', 'another process took the webhook of this bot; restart this one to take it back')
        else health.up(info.pending_update_count > 0 && info.last_error_message ? `Telegram says: ${info.last_error_message}` : null)
      } catch (error) {
        const { facts, message } = troubleOf(error, '')
        health.is('down', String(facts.problem ?? message))
      }
    }
  }

  try {
    await raw.setWebhook({ url, secret_token: secret, allowed_updates: updateKinds })
  } catch (error) {
    server.close()
    throw error
  }
  health.up()
  const looking = look()
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound ? bound.port : port,
    stop: async () => {
      stopping.abort()
      server.close()
      await Promise.all([...open, looking])
      server.closeAllConnections()
    },
  }
}

const isSame = (given: string, secret: string): boolean => timingSafeEqual(digest(given), digest(secret))
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const read = async (request: IncomingMessage): Promise<Update | null> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > mostBytes) return null
    chunks.push(chunk as Buffer)
  }
  try {
    const update: unknown = JSON.parse(Buffer.concat(chunks).toString())
    const isUpdate = typeof update === 'object' && update !== null && 'update_id' in update && typeof update.update_id === 'number'
    return isUpdate ? (update as Update) : null
  } catch {
    return null // no JSON
  }
}
