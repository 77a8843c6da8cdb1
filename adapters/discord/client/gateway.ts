import type { REST } from 'discord.js'
import type { Health } from '../../../bot/contracts/adapter.ts'
import type { ChatHost } from '../../../bot/contracts/chat.ts'
import { fault } from '../../../bot/contracts/faults.ts'
import { explain, type Fault, isFault } from '../../../core/kit/fault.ts'
import { sleep } from '../../../core/kit/time.ts'
import { platform } from '../places.ts'
import { makeBook } from './book.ts'
import { type Dispatch, type Line, openLine, type Times } from './line.ts'
import { toFault } from './rest.ts'

/**
 * Listens until it is closed. What `onDispatch` has not finished is not counted as arrived: the numbers in heartbeats and
 * resumes leave it out, so Discord says it again after a cut. A connection that is lost or only half open is replaced by
 * another that takes the session up where it stood; `onNew` is called when that was not possible and things may have been missed.
 *
 * @throws {Fault} CHAT_REFUSED or CHAT_UNREACHABLE when the first connection does not come about
 */
export const openGateway = async (use: {
  readonly rest: REST
  readonly token: string
  readonly times: Times
  readonly log: ChatHost['log']
  readonly now: () => number
  readonly onDispatch: (event: Dispatch) => Promise<void>
  readonly onNew: () => void
  readonly onHealth: (health: Health) => void
}): Promise<() => Promise<void>> => {
  const { times, log, now } = use
  const stopping = new AbortController()
  const book = makeBook()
  let health: Health = { state: 'starting', since: now(), heardAt: null, detail: null }
  const tell = (change: Partial<Health>): void => {
    health = { ...health, ...change }
    use.onHealth(health)
  }
  const turn = (state: Health['state'], detail: string | null): void => {
    if (health.state !== state) log[state === 'down' ? 'warn' : 'info'](`discord.${state}`, { detail })
    tell({ state, detail, since: health.state === state ? health.since : now() })
  }
  const heard = (): void => {
    const isWorthTelling = now() - (health.heardAt ?? 0) > 30_000
    health = { ...health, heardAt: now() }
    if (isWorthTelling) tell({})
  }
  const connect = (): Promise<Line> => openLine({ ...use, stopping: stopping.signal, book, heard, heardAt: () => health.heardAt ?? 0 })

  turn('starting', null)
  let line: Line
  try {
    line = await connect()
  } catch (error) {
    const problem = asFault(error)
    turn('stopped', problem.message)
    throw problem
  }
  const keepUp = async (): Promise<void> => {
    for (;;) {
      turn('up', null)
      if (line.isNew) use.onNew()
      let { why, isFatal } = await line.lost
      for (let failures = 0; ; failures += 1) {
        if (stopping.signal.aborted) return
        turn('down', why)
        // Where the session is to be taken up may itself be gone.
        if (failures === resumesTried) book.keep(null)
        await sleep(waitBefore(times, isFatal ? times.againMs.length : failures), stopping.signal)
        try {
          line = await connect()
          break
        } catch (error) {
          const problem = asFault(error)
          why = problem.message
          isFatal = problem.code === 'CHAT_REFUSED'
        }
      }
    }
  }
  const kept = keepUp().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error
  })
  return async () => {
    stopping.abort()
    await line.close()
    await kept
    turn('stopped', null)
  }
}

const resumesTried = 4

const waitBefore = ({ againMs }: Times, failures: number): number => {
  const wait = againMs[Math.min(failures, againMs.length - 1)] ?? 60_000
  return wait * (0.75 + Math.random() / 2) // not all bots of a broken server at once
}

const asFault = (error: unknown): Fault => {
  const problem = toFault(error, null)
  return isFault(problem, 'CHAT_REFUSED') ? problem : fault('CHAT_UNREACHABLE', { platform, problem: explain(error) }, { cause: error })
}
