import { createHmac, randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { CheckRun, Log, World } from './state.ts'

/** The path under which logs are found, without GitHub's own authentication. */
export const blobPath = '/_blobs/'

const key = randomBytes(16)
const validMs = 60_000

const signed = (id: number, until: number): string => createHmac('sha256', key).update(`${id} ${until}`).digest('base64url')

/** The address of a log, good for a minute. */
export const logAddress = (world: World, run: CheckRun): string => {
  const until = world.now() + validMs
  return `${new URL(world.addresses.api).origin}${blobPath}job-logs/${run.id}.txt?sv=2025-11-05&se=${until}&sig=${signed(run.id, until)}`
}

type Ranged = { readonly from: number; readonly to: number }

/** `bytes=a-b` and `bytes=a-`; null for anything else, also for `bytes=-n`, of which Azure's storage takes no notice. */
const rangeOf = (header: string | undefined, size: number): Ranged | null => {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? []
  return from === undefined ? null : { from: Number(from), to: to ? Math.min(Number(to), size - 1) : size - 1 }
}

const problem = (response: ServerResponse, status: number, code: string): void => {
  response.writeHead(status, { 'content-type': 'application/xml', 'x-ms-error-code': code })
  response.end(`<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code></Error>`)
}

/** Answers as Azure's blob storage does, and counts what goes out. A log that is only a size is made while it is sent. */
export const serveBlob = async (
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  count: (bytes: number) => void,
): Promise<void> => {
  const url = new URL(request.url ?? '/', 'http://blobs')
  const id = Number(/job-logs\/(\d+)\.txt$/.exec(url.pathname)?.[1])
  const until = Number(url.searchParams.get('se'))
  const log = world.jobs.get(id)?.log ?? null
  // A token that was meant for GitHub does not belong here, and the storage does not understand it.
  if (request.headers.authorization !== undefined) return problem(response, 401, 'InvalidAuthenticationInfo')
  if (url.searchParams.get('sig') !== signed(id, until) || until < world.now()) return problem(response, 403, 'AuthenticationFailed')
  if (log === null || log === 'expired') return problem(response, 404, 'BlobNotFound')
  const size = typeof log === 'string' ? Buffer.byteLength(log) : log.bytes
  const range = rangeOf(request.headers.range, size)
  if (range && range.from >= size) return problem(response, 416, 'InvalidRange')
  const { from, to } = range ?? { from: 0, to: size - 1 }
  response.writeHead(range ? 206 : 200, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': to - from + 1,
    'accept-ranges': 'bytes',
    'x-ms-blob-type': 'AppendBlob',
    etag: `"0x${id.toString(16).toUpperCase()}"`,
    ...(range && { 'content-range': `bytes ${from}-${to}/${size}` }),
  })
  if (request.method === 'HEAD') return void response.end()
  try {
    await pipeline(Readable.from(chunks(log, from, to + 1, count)), response)
  } catch (error) {
    if (!response.destroyed) throw error // otherwise whoever asked has seen enough and hung up
  }
}

const lineBytes = 100
const filler = Buffer.from(
  `2024-01-01T00:00:00.0000000Z ${'work goes on, nothing is worth reading here; '.repeat(2)}`
    .slice(0, lineBytes - 1)
    .padEnd(lineBytes - 1, '.')
    .concat('\n')
    .repeat(656),
)

async function* chunks(log: Exclude<Log, 'expired'>, from: number, to: number, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  const ends = Buffer.from(typeof log === 'string' ? log : log.ends)
  const endsAt = typeof log === 'string' ? 0 : log.bytes - ends.length
  for (let at = from; at < to; ) {
    const inFiller = at % filler.length
    const chunk = at < endsAt ? filler.subarray(inFiller, inFiller + Math.min(endsAt, to) - at) : ends.subarray(at - endsAt, to - endsAt)
    yield chunk
    count(chunk.length)
    at += chunk.length
  }
}
