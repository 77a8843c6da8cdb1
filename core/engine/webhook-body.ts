import type { IncomingMessage } from 'node:http'

/** Why there is no body: it is too large, too much is held already, or the sender went away. */
export type NoBody = 'too-large' | 'busy' | 'cut'

/**
 * The whole body of a request. `hold` is asked before each part is kept. What is refused is left unread; the request is not
 * destroyed, so that it can still be answered. Whoever asks listens for its errors: that it broke off is told here.
 */
export const readBody = (
  request: IncomingMessage,
  { mostBytes, hold }: { readonly mostBytes: number; readonly hold: (bytes: number) => boolean },
): Promise<Buffer | NoBody> =>
  new Promise((resolve) => {
    if (Number(request.headers['content-length'] ?? 0) > mostBytes) return resolve('too-large')
    if (request.destroyed) return resolve('cut')
    const parts: Buffer[] = []
    let bytes = 0
    const take = (part: Buffer): void => {
      bytes += part.length
      if (bytes > mostBytes) settle('too-large')
      else if (!hold(part.length)) settle('busy')
      else parts.push(part)
    }
    const finish = (): void => settle(Buffer.concat(parts, bytes))
    const cut = (): void => settle('cut')
    const settle = (result: Buffer | NoBody): void => {
      request.off('data', take).off('end', finish).off('close', cut)
      resolve(result)
    }
    request.on('data', take).on('end', finish).on('close', cut)
  })

/** The path of a request, without what follows it and without a slash at its end. Never decoded: `/%67ithub` is not `/github`. */
export const pathOf = (url: string | undefined): string => {
  const [path = ''] = (url ?? '').split(/[?#]/, 1)
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
