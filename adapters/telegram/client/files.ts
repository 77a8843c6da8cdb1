import { InputFile } from 'grammy'
import { fault } from '../../../bot/contracts/faults.ts'
import type { Place, SentFile } from '../../../bot/contracts/inbound.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { sleep } from '../../../core/kit/time.ts'
import type { Options } from '../options.ts'
import type { Drawn } from '../render.ts'
import { platform } from '../translate.ts'
import type { Raw, Telegram } from './api.ts'

/** A file may be larger than a message, so it may take longer. */
const fetchMs = 60_000
/** How long a file waits where Telegram asks to; longer, and it is left out. */
const mostWaitMs = 5_000

/** Where something is sent, as Telegram's methods want it. */
export type Address = Pick<Parameters<Raw['sendMessage']>[0], 'chat_id' | 'message_thread_id' | 'reply_parameters' | 'disable_notification'>

/**
 * What is in a file that somebody sent. @throws {Fault} CHAT_REFUSED when it is gone, or larger than `mostBytes` or than what
 * Telegram hands out (20 MB), CHAT_UNREACHABLE
 */
export const fetchFile = async ({ ask }: Telegram, { token, apiRoot }: Options, file: SentFile, mostBytes: number): Promise<Uint8Array> => {
  const tooLarge = (): never => {
    throw fault('CHAT_REFUSED', { platform, problem: `${file.name} is larger than ${mostBytes} bytes` })
  }
  if (file.sizeBytes !== null && file.sizeBytes > mostBytes) tooLarge()
  const { file_path: path, file_size: size = 0 } = await ask({ channel: '' }, (raw) => raw.getFile({ file_id: file.id })).catch(
    (error: unknown) => {
      throw isFault(error, 'CHAT_UNCERTAIN') ? unreachable(error) : error
    },
  )
  if (size > mostBytes) tooLarge()
  if (path === undefined) throw fault('CHAT_REFUSED', { platform, problem: `${file.name} is not there any more` })
  const response = await fetch(`${apiRoot}/file/bot${token}/${path}`, { signal: AbortSignal.timeout(fetchMs) }).catch(() => {
    throw unreachable() // the error of its own would hold the token
  })
  if (!response.ok || !response.body) throw fault('CHAT_REFUSED', { platform, problem: `${file.name} is not there any more` })
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.length
    if (bytes > mostBytes) tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const unreachable = (cause?: unknown) =>
  fault('CHAT_UNREACHABLE', { platform, problem: 'the file did not come' }, cause === undefined ? {} : { cause })

/** Sends what hangs below a card, each as an answer to it. What fails is left out and told to `onLost`: the card itself is there, and must not be sent twice. */
export const sendAttachments = async (
  { ask }: Telegram,
  {
    place,
    address,
    message,
    drawn,
    onLost,
  }: {
    readonly place: Place
    readonly address: Address
    readonly message: number
    readonly drawn: Pick<Drawn, 'picture' | 'files'>
    readonly onLost: (name: string, error: unknown) => void
  },
): Promise<void> => {
  const to = { ...address, reply_parameters: { message_id: message, allow_sending_without_reply: true } }
  const send = async (name: string, work: (raw: Raw) => Promise<unknown>): Promise<void> => {
    try {
      await ask(place, work).catch(async (error: unknown) => {
        const waitMs = isFault(error, 'CHAT_BUSY') ? Number(error.facts.retryAfterMs) : Number.POSITIVE_INFINITY
        if (waitMs > mostWaitMs) throw error
        await sleep(waitMs)
        await ask(place, work)
      })
    } catch (error) {
      onLost(name, error)
    }
  }
  const { picture, files } = drawn
  if (picture) {
    const photo = (): InputFile => new InputFile(Buffer.from(picture.png, 'base64'), 'picture.png')
    await send('picture.png', (raw) => raw.sendPhoto({ ...to, photo: photo(), ...(picture.caption && { caption: picture.caption }) }))
  }
  for (const { name, text } of files) {
    if (text === '') continue // Telegram takes no empty file
    const safe = name.replace(/[^\w.-]+/g, '-')
    await send(safe, (raw) => raw.sendDocument({ ...to, document: new InputFile(Buffer.from(text), safe) }))
  }
}
