import { setTimeout as sleep } from 'node:timers/promises'
import type { Card } from '../../../bot/contracts/card.ts'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { silent } from '../../../core/kit/log.ts'
import { sleep as sleepWith } from '../../../core/kit/time.ts'
import { telegramStand } from '../../fakes/telegram/stand.ts'
import { built } from '../bot.ts'
import { type Bench, type Figure, type Row, rowOf } from '../figure.ts'

const sessions = 30
const windowMs = 60_000
/** A state that changes, somewhere. */
const statusEveryMs = 100
const replyEveryMs = 6_000
const resultEveryMs = 15_000
/** In each window, what waits for people: the moments at which so many sessions need them. */
const windows: readonly (readonly (readonly [atMs: number, count: number])[])[] = [
  [5_000, 15_000, 25_000, 40_000, 55_000].map((atMs) => [atMs, 1] as const),
  [[20_000, 5]],
  [[20_000, 8]],
]
const names = {
  wait: '30 sessions in one Telegram group: longest wait of an approval',
  complaints: '30 sessions in one Telegram group: refused because of us',
}

/** A busy group, through the outbox and the adapter of the product: does a decision wait for the noise? */
export const chatsCrowd: Figure = {
  name: 'chats-crowd',
  rows: Object.values(names),
  measure: async (bench) => {
    const { stand, clock, outbox, card } = await open(bench)
    const at = await threadsIn(stand.channel, outbox, card)
    await clock.passes(2 * windowMs)
    clock.runsAt(1)
    bench.tell(`${at.length} threads are there`)
    const seen: Window[] = []
    const refused = (): number => stand.network?.complaints().length ?? 0
    for (const approvals of windows) {
      const [before, sent] = [refused(), stand.sent()]
      const waits = await underNoise({ channel: stand.channel, at, outbox, card, window: seen.length }, approvals)
      const { messages, edits } = stand.sent()
      seen.push({ waitMs: Math.max(...waits), refused: refused() - before, messages: messages - sent.messages, edits: edits - sent.edits })
      bench.tell(`longest wait ${Math.round(seen.at(-1)?.waitMs ?? 0)} ms, ${seen.at(-1)?.refused} refused`)
    }
    outbox.stop()
    return rowsOf(bench, seen)
  },
}

type Window = { readonly waitMs: number; readonly refused: number; readonly messages: number; readonly edits: number }

const rowsOf = ({ ground }: Bench, seen: readonly Window[]): readonly Row[] => {
  const sent = seen.map(({ messages, edits }) => `${messages} and ${edits}`).join(', ')
  const how = [
    `windows of ${windowMs / 1_000} s: five approvals one by one, five at once, eight at once`,
    `meanwhile ${1_000 / statusEveryMs} changes of state a second, a reply every ${replyEveryMs / 1_000} s, a result every ${resultEveryMs / 1_000} s`,
    `messages and edits sent: ${sent}`,
    'the real adapter, outbox and memory in this process',
    ground.note,
  ].join('; ')
  const [waits, refused] = [seen.map(({ waitMs }) => waitMs), seen.map((one) => one.refused)]
  // The worst counts, not what is usual.
  return [
    { ...rowOf({ name: names.wait, unit: 'ms', target: 5_000, runs: waits, note: how }), value: Math.round(Math.max(...waits)) },
    { ...rowOf({ name: names.complaints, unit: 'requests', target: 0, runs: refused, note: how }), value: Math.max(...refused) },
  ]
}

/** A clock for what comes before: thirty threads take a group minutes. */
const makeClock = (speed: number) => {
  let [pace, base, since] = [speed, Date.now(), performance.now()]
  const now = (): number => Math.floor(base + (performance.now() - since) * pace)
  return {
    now,
    sleep: (waitMs: number, signal?: AbortSignal): Promise<void> => sleepWith(waitMs / pace, signal),
    passes: (waitMs: number): Promise<void> => sleep(waitMs / pace),
    runsAt: (next: number): void => {
      base = now()
      since = performance.now()
      pace = next
    },
  }
}

const open = async ({ ground }: Bench) => {
  const clock = makeClock(10)
  const stand = await telegramStand('topics', { isRateLimited: true, now: clock.now })
  await ground.onEnd(() => stand.close())
  const { telegram } = await built<typeof import('../../../adapters/telegram/index.ts')>('adapters/telegram/index.js')
  const { createOutbox } = await built<typeof import('../../../bot/deliver/outbox.ts')>('bot/deliver/outbox.js')
  const { createMemory, emptyMemory } = await built<typeof import('../../../bot/memory/chat.ts')>('bot/memory/chat.js')
  const { card } = await built<typeof import('../../../bot/views/words.ts')>('bot/views/words.js')
  const { openMemoryDocuments } = await built<typeof import('../../../core/store/memory.ts')>('core/store/memory.js')
  const documents = openMemoryDocuments()
  const options = { ...stand.options, token: stand.environment.TELEGRAM_TOKEN }
  const adapter = await telegram.create(options, {
    log: silent,
    now: clock.now,
    document: (empty) => documents.open<Record<string, unknown>>('chat-telegram', { ...empty }),
    commands: async () => [],
    onHealth: () => {},
  })
  const memory = createMemory(await documents.open('chats', emptyMemory()))
  const outbox = createOutbox({ adapterOf: () => adapter, memory, accountOf: () => null, log: silent, now: clock.now, sleep: clock.sleep })
  return { stand, clock, outbox, card }
}

type Opened = Awaited<ReturnType<typeof open>>
type Make = Opened['card']

const stateOf = (card: Make, session: number, state: string): Card =>
  card({
    key: `session:app-${session}`,
    kind: 'status',
    tone: 'busy',
    title: `app-${session} · ${state}`,
    lines: ['codex on ao/7-the-sum'],
  })

const threadsIn = (channel: Place, outbox: Opened['outbox'], card: Make): Promise<readonly Place[]> =>
  Promise.all(
    Array.from({ length: sessions }, (_, n) =>
      outbox.open(channel, stateOf(card, n + 1, 'working'), `app-${n + 1} The sum of file ${n + 1}`),
    ),
  )

/** One window. Gives how long each approval took until it was on show, in ms. */
const underNoise = async (
  {
    channel,
    at,
    outbox,
    card,
    window,
  }: {
    readonly channel: Place
    readonly at: readonly Place[]
    readonly outbox: Opened['outbox']
    readonly card: Make
    readonly window: number
  },
  approvals: (typeof windows)[number],
): Promise<readonly number[]> => {
  const from = performance.now()
  const waits: Promise<number>[] = []
  let asked = 0
  /** What is news only waits its time, and may be let go when the outbox stops. */
  const news = (place: Place, shown: Card): void => void outbox.show(place, shown).catch(() => {})
  const asks = async (): Promise<number> => {
    asked += 1
    const session = asked
    const say = (label: string, words: string) => ({ label, say: `${words} app-${session}`, isRisky: false })
    const call = card({
      key: `alert:app-${session}:${window}`,
      kind: 'approval',
      tone: 'ask',
      title: `app-${session} · waits for your decision`,
      actions: [say('Merge', 'merge'), say('Diff', 'diff')],
      about: { session: `app-${session}`, change: null, request: null },
    })
    const askedAt = performance.now()
    await outbox.show(at[session - 1] ?? channel, call)
    return performance.now() - askedAt
  }
  for (let tick = 1; tick * statusEveryMs <= windowMs; tick += 1) {
    const passed = tick * statusEveryMs
    await sleep(Math.max(0, from + passed - performance.now()))
    const session = ((tick * 7) % sessions) + 1
    news(at[session - 1] ?? channel, stateOf(card, session, `working, step ${window}.${tick}`))
    news(channel, card({ key: 'board', kind: 'status', tone: 'calm', title: `30 sessions, step ${window}.${tick}` }))
    if (passed % replyEveryMs === 0)
      news(channel, card({ key: `answer:${window}:${tick}`, kind: 'reply', tone: 'calm', title: 'as you asked' }))
    if (passed % resultEveryMs === 0)
      news(
        at[session - 1] ?? channel,
        card({ key: `result:${window}:${tick}`, kind: 'result', tone: 'good', title: `app-${session} · done` }),
      )
    for (const [atMs, count] of approvals) if (atMs === passed) for (let n = 1; n <= count; n += 1) waits.push(asks())
  }
  return Promise.all(waits)
}
