import type { ChatHost } from '../../../bot/contracts/chat.ts'
import { fault } from '../../../bot/contracts/faults.ts'
import type { SentFile } from '../../../bot/contracts/inbound.ts'
import { explain, isFault } from '../../../core/kit/fault.ts'
import type { SlackOptions } from '../options.ts'
import type { Upload } from '../render.ts'
import { platform } from '../translate.ts'
import { calling, type Web } from './web.ts'

/** Files that are at Slack, and that nobody sees yet. */
export type Stored = readonly { readonly id: string; readonly title: string }[]

const withinMs = 8_000

/**
 * Brings files to Slack. Nobody sees them before `share`, so what went wrong is never uncertain. A bot that may not send
 * files shows its card without.
 *
 * @throws {Fault} CHAT_BUSY or CHAT_UNREACHABLE
 */
export const store = async (web: Web, files: readonly Upload[], log: ChatHost['log']): Promise<Stored> => {
  const stored: { id: string; title: string }[] = []
  for (const { name, bytes, alt } of files) {
    try {
      await calling({ channel: '' }, async () => {
        const { file_id, upload_url } = await web.files.getUploadURLExternal({
          filename: name,
          length: bytes.length,
          ...(alt && { alt_text: alt }),
        })
        if (!file_id || !upload_url) throw new Error('Slack gave no address for the file')
        const sent = await fetch(upload_url, {
          method: 'POST',
          body: new Uint8Array(bytes),
          redirect: 'error',
          signal: AbortSignal.timeout(withinMs),
        })
        if (!sent.ok) throw new Error(`the upload was answered with ${sent.status}`)
        stored.push({ id: file_id, title: name })
      })
    } catch (error) {
      if (isFault(error, 'CHAT_BUSY')) throw error
      if (!isFault(error, 'CHAT_REFUSED')) throw fault('CHAT_UNREACHABLE', { platform, problem: explain(error) }, { cause: error })
      log.warn('slack.file', { name, problem: explain(error) })
    }
  }
  return stored
}

/** Shows stored files in a thread, or at the top of a private chat. @throws {Fault} CHAT_UNCERTAIN: the card they belong to is there already */
export const share = async (web: Web, stored: Stored, channel: string, thread: string | null, log: ChatHost['log']): Promise<void> => {
  const [first, ...rest] = stored
  if (!first) return
  try {
    await calling({ channel }, () =>
      web.files.completeUploadExternal({ files: [first, ...rest], channel_id: channel, ...(thread !== null && { thread_ts: thread }) }),
    )
  } catch (error) {
    if (!isFault(error, 'CHAT_REFUSED'))
      throw fault('CHAT_UNCERTAIN', { platform, problem: `its files: ${explain(error)}` }, { cause: error })
    log.warn('slack.file', { name: first.title, problem: explain(error) })
  }
}

/**
 * What is in a file. The token goes to Slack alone: a file that lives elsewhere is refused.
 *
 * @throws {Fault} CHAT_REFUSED when it is gone, elsewhere or too large, CHAT_UNREACHABLE
 */
export const fetchFile = async (web: Web, { apiUrl, botToken }: SlackOptions, file: SentFile, mostBytes: number): Promise<Uint8Array> => {
  const refused = (problem: string) => fault('CHAT_REFUSED', { platform, problem: `the file "${file.name}" ${problem}` })
  const unreachable = (error: unknown) => fault('CHAT_UNREACHABLE', { platform, problem: explain(error) }, { cause: error })
  if ((file.sizeBytes ?? 0) > mostBytes) throw refused(`has more than ${mostBytes} bytes`)
  const { file: found } = await calling({ channel: '' }, () => web.files.info({ file: file.id })).catch((error: unknown) => {
    throw isFault(error, 'CHAT_REFUSED') ? error : unreachable(error)
  })
  const url = found?.url_private_download ?? found?.url_private
  if (!url || !isOwnHost(url, apiUrl)) throw refused('is not kept by Slack')
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${botToken}` },
      redirect: 'error', // to its page for signing in
      signal: AbortSignal.timeout(60_000),
    })
    if (!response.ok || !response.body)
      throw response.status >= 500 ? new Error(`Slack answered ${response.status}`) : refused(`cannot be had (${response.status})`)
    const parts: Uint8Array[] = []
    let size = 0
    for await (const part of response.body) {
      size += part.length
      if (size > mostBytes) throw refused(`has more than ${mostBytes} bytes`)
      parts.push(part)
    }
    return Buffer.concat(parts)
  } catch (error) {
    throw isFault(error) ? error : unreachable(error)
  }
}

/** May the token be sent there? */
export const isOwnHost = (url: string, apiUrl: string): boolean => {
  if (!URL.canParse(url)) return false
  const there = new URL(url)
  if (there.origin === new URL(apiUrl).origin) return true
  return (
    new URL(apiUrl).hostname === 'slack.com' &&
    there.protocol === 'https:' &&
    there.port === '' &&
    /(?:^|\.)slack\.com$/.test(there.hostname)
  )
}
