import { fault } from './faults.ts'
import { type Received, receive, redirectOf } from './wire.ts'

/** The last bytes of something, and whether there were more before them. */
export type End = { readonly bytes: Buffer; readonly isCut: boolean }

/** What an answer to a question for part of a text is. */
export type Part =
  | { readonly is: 'moved'; readonly to: URL }
  | { readonly is: 'refused'; readonly received: Received }
  /** So long is the whole, and what came is not its end. Null: nobody knows. */
  | { readonly is: 'longer'; readonly total: number | null }
  | { readonly is: 'end'; readonly end: End }

type Wanted = {
  readonly url: string
  readonly host: string
  /** For faults. */
  readonly route: string
  readonly bytes: number
  readonly mostBytes: number
  /** Was the beginning asked for? */
  readonly isFirst: boolean
  /** More has come. */
  readonly goOn: () => void
}

/** Reads as much of an answer as the end of the text needs. @throws {Fault} LOG_TOO_LONG */
export const readPart = async (response: Response, { url, host, route, bytes, mostBytes, isFirst, goOn }: Wanted): Promise<Part> => {
  const { status, headers } = response
  const to = redirectOf(response, url)
  if (to) return { is: 'moved', to }
  if (status === 416) return { is: 'end', end: { bytes: Buffer.alloc(0), isCut: false } } // a text of no bytes has no first one
  if (status !== 200 && status !== 206) return { is: 'refused', received: await receive(response, { url, host, method: 'GET' }) }
  if (status === 206 && isFirst) {
    const total = /\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1] ?? null
    if (total === null || Number(total) > bytes) return { is: 'longer', total: total === null ? null : Number(total) }
  }
  const most = status === 206 ? Number.POSITIVE_INFINITY : mostBytes // of a part no more comes than was asked for
  const checked = (size: number): void => {
    if (size > most) throw fault('LOG_TOO_LONG', { path: route, size: megabytes(size), most: megabytes(most) })
  }
  checked(Number(headers.get('content-length') ?? 0))
  const end = await endOf(response, bytes, (sofar) => {
    checked(sofar)
    goOn()
  })
  return { is: 'end', end }
}

/** Keeps the last `bytes` of a body while it is read. */
const endOf = async (response: Response, bytes: number, onRead: (sofar: number) => void): Promise<End> => {
  const kept: Uint8Array[] = []
  let [sofar, size] = [0, 0]
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    sofar += chunk.byteLength
    onRead(sofar)
    kept.push(chunk)
    size += chunk.byteLength
    for (let first = kept[0]; first && size - first.byteLength >= bytes; first = kept[0]) {
      size -= first.byteLength
      kept.shift()
    }
  }
  return { bytes: Buffer.concat(kept).subarray(-bytes), isCut: sofar > bytes }
}

/** From the first whole line on; a single line that is longer than all there is begins where it can. */
export const textOf = ({ bytes, isCut }: End): { readonly text: string; readonly isCut: boolean } => {
  const text = new TextDecoder().decode(bytes)
  if (!isCut) return { text, isCut }
  const line = text.indexOf('\n') + 1
  return { text: line > 0 && line < text.length ? text.slice(line) : text.replace(/^\uFFFD+/, ''), isCut }
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024)} MB`
