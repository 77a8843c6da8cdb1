import type { IncomingMessage, ServerResponse } from 'node:http'
import { sleep } from '../kit/time.ts'

/** So long a refused sender may go on sending before the connection is cut, so that it can read why. */
const lingerMs = 1_000

/** What a sender is answered. */
export type Said = { readonly status: number; readonly text: string }

/** Writes an answer; whoever calls ends it. */
export const write = (response: ServerResponse, { status, text }: Said, headers: Readonly<Record<string, string>>): void => {
  const body = Buffer.from(text)
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-length': String(body.length),
    ...headers,
  })
  response.write(body)
}

/** Says no and closes the connection. What is still being sent is thrown away for a moment: a connection cut at once loses the answer. */
export const refuseWith = async (
  request: IncomingMessage,
  response: ServerResponse,
  { headers, ...said }: Said & { readonly headers: Readonly<Record<string, string>> },
): Promise<void> => {
  write(response, said, { ...headers, connection: 'close' })
  if (!request.complete) {
    const gone = new Promise<void>((resolve) => request.once('end', resolve).once('close', resolve))
    request.resume()
    await Promise.race([gone, sleep(lingerMs)])
  }
  response.end()
}

/** What `work` gives, or null when it takes longer; how it ends then is told to `onLateFailure` alone. */
export const within = async <T>(
  limitMs: number,
  work: () => Promise<T>,
  { onSlow, onLateFailure }: { readonly onSlow: () => void; readonly onLateFailure: (error: unknown) => void },
): Promise<T | null> => {
  const waited = new AbortController()
  const working = (async () => work())() // what throws before it waits rejects, too
  const late = sleep(limitMs, waited.signal).then(
    () => null,
    () => null, // it was in time
  )
  try {
    const first = await Promise.race([working.then((value) => ({ value })), late])
    if (first) return first.value
    onSlow()
    working.catch(onLateFailure)
    return null
  } finally {
    waited.abort()
  }
}
