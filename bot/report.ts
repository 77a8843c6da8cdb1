import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { catalogue, Fault, row } from '../core/kit/fault.ts'
import { type Answer, answerText, appendRow, type ReportRow, readAnswer, waitForAnswer } from '../core/kit/mailbox.ts'

/** Where it prints: the streams of the process. */
export type Streams = { readonly out: (text: string) => void; readonly err: (text: string) => void }

export const fault = catalogue({
  NOT_IN_A_SESSION: row<object>(
    () => 'AO_FOLDER is not set: this is not the terminal of an agent that ao has started.',
    () => 'Run "ao report" in the terminal of an agent; to speak to ao from elsewhere use "ao say status".',
  ),
  REPORT_UNCLEAR: row<{ why: string }>(
    (f) => `The report was not understood: ${f.why}.`,
    () => `Write it as ${usage}`,
  ),
})

/**
 * `ao report`: an agent says what it did, how it goes, or what it needs. Appends one row to the session's mailbox (`AO_FOLDER`).
 * With `--wait` it prints the answer once there is one, and ends early when its agent ends or a signal asks it to; the
 * question then stays open for an answer by message.
 *
 * @returns The exit code: 0 done, 1 could not be done, 2 not understood, 128 + n when signal n ended the wait, 3 when its agent ended.
 */
export const report = async (
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  streams: Streams = processStreams,
): Promise<number> => {
  try {
    const words = parse(argv)
    const folder = env.AO_FOLDER
    if (!folder) throw fault('NOT_IN_A_SESSION', {})
    const row: ReportRow = {
      v: 1,
      at: Date.now(),
      report: words.kind,
      text: words.text,
      ...(words.kind === 'blocked' && {
        request: `report-${randomBytes(6).toString('hex')}`,
        options: words.options,
        waits: words.isWaiting,
      }),
    }
    if (words.isWaiting) return await answered(folder, row, streams)
    appendRow(folder, row)
    streams.out(words.kind === 'blocked' ? 'Asked. End your turn now: the answer comes as a message.\n' : 'Reported.\n')
    return 0
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    streams.err(`${error.message}\n${error.hint}\n`)
    return error.code === 'REPORT_UNCLEAR' ? 2 : 1
  }
}

type Words = { readonly kind: ReportRow['report']; readonly text: string; readonly options: readonly string[]; readonly isWaiting: boolean }

const parse = ([kind, ...rest]: readonly string[]): Words => {
  if (kind !== 'done' && kind !== 'progress' && kind !== 'blocked')
    throw fault('REPORT_UNCLEAR', { why: kind === undefined ? 'it says nothing' : `"${kind}" is none of done, progress and blocked` })
  const text: string[] = []
  const options: string[] = []
  let isWaiting = false
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? ''
    if (word === '--') {
      text.push(...rest.slice(at + 1))
      break
    }
    if (word === '--wait') isWaiting = true
    else if (word.startsWith('--option=')) options.push(word.slice('--option='.length))
    else if (word === '--option') options.push(rest[++at] ?? '')
    else if (word.startsWith('--')) throw fault('REPORT_UNCLEAR', { why: `there is no ${word}` })
    else text.push(word)
  }
  if (text.join(' ').trim() === '')
    throw fault('REPORT_UNCLEAR', { why: `it does not say what is ${kind === 'progress' ? 'going on' : kind}` })
  if (options.some((option) => option.trim() === '')) throw fault('REPORT_UNCLEAR', { why: 'an --option is empty' })
  if (kind !== 'blocked' && (isWaiting || options.length > 0))
    throw fault('REPORT_UNCLEAR', { why: `--option and --wait belong to "blocked", not to "${kind}"` })
  return { kind, text: text.join(' '), options, isWaiting }
}

/** Asks, waits, prints, and writes down how the question ended. */
const answered = async (folder: string, row: ReportRow, streams: Streams): Promise<number> => {
  const { request = '', options = [] } = row
  const leave = new AbortController()
  // Before it asks: an agent that ends right after the question has to be known by then.
  const stop = await leaving(folder, (code) => leave.abort(code))
  const take = (answer: Answer): number => {
    const text = answerText(answer, options)
    streams.out(`${text}\n`)
    appendRow(folder, { v: 1, at: Date.now(), answered: request, text, by: 'chat' })
    return 0
  }
  try {
    appendRow(folder, row)
    streams.err('Asked. Waiting for the answer…\n')
    return take(await waitForAnswer(folder, request, { signal: leave.signal }))
  } catch (reason) {
    if (typeof reason !== 'number') throw reason
    const last = readAnswer(folder, request)
    if (last !== null) return take(last)
    appendRow(folder, { v: 1, at: Date.now(), left: request })
    return reason
  } finally {
    stop()
  }
}

/** Calls `leave` with an exit code once there is no sense in waiting any more. */
const leaving = async (folder: string, leave: (code: number) => void): Promise<() => void> => {
  const onSignal = Object.entries({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }).map(([name, code]) => {
    const listener = (): void => leave(code)
    process.on(name, listener)
    return () => void process.off(name, listener)
  })
  const isAgentAlive = await watchAgent(folder)
  const look = async (): Promise<void> => {
    // A look that failed says nothing.
    if (!(await isAgentAlive().catch(() => true))) leave(3)
  }
  const timer = setInterval(look, 1_000)
  return () => {
    clearInterval(timer)
    for (const off of onSignal) off()
  }
}

/** Looks whether parent and agent live. The agent is the topmost ancestor that carries our session; where the system does not show that, the parent stands for it. */
const watchAgent = async (folder: string): Promise<() => Promise<boolean>> => {
  // Only whoever waits pays for loading it.
  const { descendsFrom, processes, processRow } = await import('../core/kit/tree.ts')
  const all = await processes()
  const byPid = new Map(all.map((each) => [each.pid, each]))
  const mark = new RegExp(`(?:^|\\0)AO_FOLDER=${folder.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:\\0|$)`)
  const parent = process.ppid
  let agent = byPid.get(parent)
  for (let next = agent; next && next.pid > 1 && descendsFrom(all, next.pid, mark); next = byPid.get(next.parent)) agent = next
  return async () => {
    // Who removed the folder has removed the session.
    if (process.ppid !== parent || !existsSync(folder)) return false
    const now = agent && (await processRow(agent.pid))
    return now === undefined || (now !== null && !now.isZombie && now.startedAt === agent?.startedAt)
  }
}

const usage = [
  'one of',
  '  ao report done "what was done"',
  '  ao report progress "how far it is"',
  '  ao report blocked "what is asked?" [--option "yes" --option "no"] [--wait]',
].join('\n')

const processStreams: Streams = { out: (text) => void process.stdout.write(text), err: (text) => void process.stderr.write(text) }
