import pino from 'pino'
import type { Log } from '../contracts/plugins.ts'
import type { Redact } from './redact.ts'

/** Swallows everything: for tests, and where a log is optional. */
export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** A log of one JSON object a line, redacted on the way out. `path` null means standard error. */
export const openLog = ({
  path,
  level,
  redact,
}: {
  readonly path: string | null
  readonly level: string
  readonly redact: Redact
}): Log => {
  const file = pino.destination({ dest: path ?? 2, mkdir: true, sync: true })
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => void file.write(redact(line)) },
  )
  const write =
    (name: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      logger[name]({ event, ...readable(fields) })
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

const readable = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? pino.stdSerializers.err(value) : value]))
