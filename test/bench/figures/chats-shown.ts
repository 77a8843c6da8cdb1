import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fact } from '../../../core/contracts/fact.ts'
import { startBot } from '../bot.ts'
import { atRest, makeDemoWorld, openChat, type Platform, platforms, seen, talksIn } from '../chat-world.ts'
import { type Bench, type Figure, type Row, rowOf } from '../figure.ts'
import { median, span } from '../numbers.ts'
import { until } from '../proc.ts'
import { makeWorld } from '../world.ts'

const sessions = 7
const stories = 3
/** So long it takes until a place takes cards at once again: what is measured is us, not what the platform allows. */
const restMs: { readonly [platform in Platform]: number } = { Slack: 4_000, Telegram: 15_000, Discord: 4_000 }

const names = Object.fromEntries(
  platforms.map((platform) => [
    platform,
    {
      fact: `chat, ${platform}: from a fact to its card on show`,
      words: `chat, ${platform}: from "stop" to the result on show`,
      messages: `chat, ${platform}: messages in the demo's story`,
      edits: `chat, ${platform}: edits in the demo's story`,
      complaints: `chat, ${platform}: refused because of us in the demo's story`,
    },
  ]),
) as Readonly<Record<Platform, Readonly<Record<'fact' | 'words' | 'messages' | 'edits' | 'complaints', string>>>> // of exactly these platforms

/** How soon people see what became true, and how much is sent for it. */
export const chatsShown: Figure = {
  name: 'chats-shown',
  rows: platforms.flatMap((platform) => Object.values(names[platform])),
  measure: async (bench, wanted) => {
    const rows: Row[] = []
    for (const platform of platforms) {
      const { fact, words, messages, edits, complaints } = names[platform]
      if ([fact, words].some((name) => wanted.has(name))) rows.push(...(await shownRows(bench, platform)))
      if ([messages, edits, complaints].some((name) => wanted.has(name))) rows.push(...(await storyRows(bench, platform)))
    }
    return rows
  },
}

/** Sessions that were begun in the chat are stopped there, one after the other. */
const shownRows = async ({ ground, tell }: Bench, platform: Platform): Promise<readonly Row[]> => {
  const world = await makeWorld(ground, { agent: 'command', issues: 0, running: sessions })
  const { stand } = await openChat(ground, platform)
  await talksIn(world, stand)
  const bot = await startBot(ground, world)
  for (let number = 1; number <= sessions; number += 1) {
    await stand.says('ana', `start "look at part ${number}"`)
    await until(`agent ${number}`, 20_000, () => (world.told().length === number ? true : null))
    await seen(stand, `the thread of shop-${number}`, ({ text }) => text.includes(`shop-${number} · `))
  }
  const [fromFact, fromWords]: [number[], number[]] = [[], []]
  for (let number = 1; number <= sessions; number += 1) {
    const session = `shop-${number}`
    await atRest(stand, restMs[platform], 120_000)
    const saidAt = Date.now()
    await stand.says('ana', `stop ${session}`)
    await seen(
      stand,
      `that ${session} is stopped`,
      ({ text, buttons }) => text.includes(`${session} · stopped`) && buttons.includes('Clear workspace'),
      {
        everyMs: 1,
      },
    )
    const shownAt = Date.now()
    fromWords.push(shownAt - saidAt)
    fromFact.push(shownAt - factAt(world.data, session, 'session.ended'))
    tell(`${platform}: the result of ${session} after ${shownAt - saidAt} ms, ${fromFact.at(-1)} ms after it was a fact`)
  }
  await bot.stop()
  const note = `in a channel at rest, over real sockets, its rates on; ${ground.note}`
  return [
    rowOf({
      name: names[platform].fact,
      unit: 'ms',
      target: 500,
      runs: fromFact,
      note: `${span(fromFact)} ms from the time of session.ended in the journal to the result card in the session's thread; ${note}`,
    }),
    rowOf({
      name: names[platform].words,
      unit: 'ms',
      target: 1_000,
      runs: fromWords,
      note: `${span(fromWords)} ms from ana's "stop shop-1" in the channel to the same card; ${note}`,
    }),
  ]
}

const factAt = (data: string, session: string, type: Fact['type']): number => {
  const lines = readFileSync(join(data, 'journal', session, 'journal.ndjson'), 'utf8').split('\n')
  const facts = lines.filter((line) => line !== '').map((line) => (JSON.parse(line) as { readonly fact: Fact }).fact) // the bot's own rows
  const found = facts.findLast((fact) => fact.type === type)
  if (!found) throw new Error(`the journal of ${session} has no ${type}`)
  return found.at
}

/** From "fix #1" to the merge by a button in the thread. */
const storyRows = async ({ ground, tell }: Bench, platform: Platform): Promise<readonly Row[]> => {
  const told: { readonly messages: number; readonly edits: number; readonly complaints: readonly string[]; readonly tookMs: number }[] = []
  for (let run = 1; run <= stories; run += 1) {
    const world = await makeDemoWorld(ground)
    const { stand } = await openChat(ground, platform)
    await talksIn(world, stand)
    const bot = await startBot(ground, world)
    const from = performance.now()
    await stand.says('ana', 'fix #1')
    const call = await seen(stand, 'a button to merge with', ({ buttons }) => buttons.includes('Merge'))
    await stand.presses('ana', 'Merge', call.place)
    await seen(stand, 'that it is merged', ({ text }) => text.includes('calc-1 · merged: #1 is on main'))
    const tookMs = performance.now() - from
    await sleep(1_000)
    await atRest(stand, 4_000, 60_000)
    told.push({ ...stand.sent(), complaints: stand.network?.complaints() ?? [], tookMs })
    await bot.stop()
    tell(`${platform}: ${told.at(-1)?.messages} messages and ${told.at(-1)?.edits} edits in the demo's story`)
  }
  const complaints = told.flatMap((one) => one.complaints)
  const note = `from "fix #1" to the merge by a button, ${(median(told.map(({ tookMs }) => tookMs)) / 1_000).toFixed(1)} s; ${ground.note}`
  const row = (name: string, unit: string, target: number, runs: readonly number[], about = ''): Row =>
    rowOf({ name, unit, target, runs, note: `${about}${note}` })
  return [
    row(
      names[platform].messages,
      'messages',
      8,
      told.map((one) => one.messages),
    ),
    row(
      names[platform].edits,
      'edits',
      60,
      told.map((one) => one.edits),
    ),
    row(
      names[platform].complaints,
      'requests',
      0,
      told.map((one) => one.complaints.length),
      `${complaints.slice(0, 3).join('; ') || 'nothing'}; `,
    ),
  ]
}
