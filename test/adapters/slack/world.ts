import { onTestFinished } from 'vitest'
import { slack } from '../../../adapters/slack/index.ts'
import { placeAt } from '../../../adapters/slack/translate.ts'
import type { ChatAdapter, Health } from '../../../bot/contracts/adapter.ts'
import type { ChatHost } from '../../../bot/contracts/chat.ts'
import type { Inbound } from '../../../bot/contracts/inbound.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { drawnCard, eventually, type FakeDoor, fakeDoor, newly, wordsOf } from '../../contracts/adapter.ts'
import { type FakeSlack, startFakeSlack } from '../../fakes/slack/index.ts'

/** An adapter of Slack with a stand-in for Slack, and what it tells of itself. */
export type SlackWorld = {
  readonly slack: FakeSlack
  readonly adapter: ChatAdapter
  readonly options: Readonly<Record<string, unknown>>
  readonly health: () => Health
  readonly healths: readonly Health[]
  /** What it wrote into the log, as `event {fields}`. */
  readonly log: readonly string[]
  readonly close: () => Promise<void>
}

/** Rates are off unless a test is about them: tests are faster than people. */
export const makeSlack = async ({
  fake = {},
  options: given = {},
}: {
  readonly fake?: Parameters<typeof startFakeSlack>[0]
  readonly options?: Readonly<Record<string, unknown>>
} = {}): Promise<SlackWorld> => {
  const server = await startFakeSlack({ rates: null, ackWithinMs: 1_500, redeliverAfterMs: [20, 300, 1_000, 2_000, 4_000, 8_000], ...fake })
  const options = slack.options.parse({
    botToken: server.tokens.bot,
    appToken: server.tokens.app,
    apiUrl: server.apiUrl,
    heartbeatMs: 600,
    ...given,
  })
  const healths: Health[] = [{ state: 'starting', since: 0, heardAt: null, detail: null }]
  const log: string[] = []
  const adapter = await slack.create(options, fakeHost(log, healths))
  return {
    slack: server,
    adapter,
    options: options as Readonly<Record<string, unknown>>,
    health: () => healths.at(-1) as Health, // there is one from the beginning
    healths,
    log,
    close: server.close,
  }
}

const fakeHost = (log: string[], healths: Health[]): ChatHost => {
  const note = (event: string, fields: Readonly<Record<string, unknown>> = {}) => void log.push(`${event} ${JSON.stringify(fields)}`)
  return {
    log: { debug: note, info: note, warn: note, error: note },
    now: () => Date.now(),
    document: async () => {
      throw new Error('Slack keeps nothing of its own.')
    },
    commands: async () => [],
    onHealth: (health) => void healths.push(health),
  }
}

/** The channel of the bot. */
export const home = placeAt('C0HOME', null)

/** Done when the test is over, the last first. */
export const ends = (work: () => Promise<unknown>): void =>
  onTestFinished(async () => {
    await work()
  })

/** A world whose adapter listens; it ends with the test. */
export const begin = async (
  given: Parameters<typeof makeSlack>[0] = {},
): Promise<SlackWorld & { readonly door: FakeDoor; readonly stop: () => Promise<void> }> => {
  const world = await makeSlack(given)
  ends(world.close)
  const door = fakeDoor()
  const stop = await world.adapter.start(door)
  ends(stop)
  return { ...world, door, stop }
}
/** The thread of a session, known to the door. */
export const opened = async ({ adapter, door }: Awaited<ReturnType<typeof begin>>) => {
  const made = await adapter.open?.(home, drawnCard({ title: 'app-1 · working' }), { ...newly(), title: 'app-1' })
  if (!made) throw new Error('It opens no threads.')
  door.knows(made.ref, made.place)
  return made
}
/** The code of the fault, or "nothing". */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: unknown) => (isFault(error) ? error.code : `${error}`),
  )
/** What a door waits for that can keep nothing. */
export const fullDisk = (): Promise<never> => {
  const failing = Promise.reject(new Error('The disk is full.'))
  failing.catch(() => {}) // whoever waits for it hears of it
  return failing
}
/** What the door was given, in short. */
export const wordsIn = (door: FakeDoor) => door.received.map(({ said }: Inbound) => wordsOf(said))
/** Resolves once the door was given that. */
export const hears = (door: FakeDoor, words: string, limitMs?: number) =>
  eventually(
    () => wordsIn(door),
    (all) => all.includes(words),
    limitMs,
  )
/** Resolves once the connection is there. */
export const isUp = ({ health }: SlackWorld) =>
  eventually(
    () => health().state,
    (state) => state === 'up',
  )
