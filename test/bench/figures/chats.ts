import { rm } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Place } from '../../../bot/contracts/inbound.ts'
import type { Found } from '../../fakes/stand.ts'
import { openVoice, startBot } from '../bot.ts'
import { type Act, type Chat, openChat, type Platform, platforms, seen, talksIn } from '../chat-world.ts'
import { type Bench, type Figure, type Row, rowOf } from '../figure.ts'
import { lookAt, until } from '../proc.ts'
import { makeWorld, type World } from '../world.ts'

const sessions = 200
/** Sessions of the chat's own: in their threads words are said, and buttons pressed. */
const threads = 3
const perSecond = 30
const seconds = 20
/** Nobody waits longer to be told; it counts as so much. */
const neverMs = 10_000

const names = Object.fromEntries(
  platforms.map((platform) => [
    platform,
    {
      median: `chat, ${platform}: acknowledged, 30 events a second, 200 live sessions`,
      p99: `chat, ${platform}: acknowledged, 30 events a second, 200 live sessions, p99`,
      complaints: `chat, ${platform}: refused because of us meanwhile`,
    },
  ]),
) as Readonly<Record<Platform, { readonly median: string; readonly p99: string; readonly complaints: string }>> // of exactly these platforms

/** How soon a platform is told that something arrived, while much is said. The 200 sessions are started once for all platforms. */
export const chats: Figure = {
  name: 'chats',
  rows: platforms.flatMap((platform) => Object.values(names[platform])),
  measure: async (bench, wanted) => {
    const world = await makeWorld(bench.ground, { agent: 'command', issues: sessions, running: sessions + threads * platforms.length })
    const bot = await startBot(bench.ground, world)
    await fill(bench, world)
    await bot.stop()
    const rows: Row[] = []
    for (const platform of platforms)
      if (Object.values(names[platform]).some((name) => wanted.has(name))) rows.push(...(await measure(bench, world, platform)))
    return rows
  },
}

/** Fifty at a time: a range of issues is no longer than that. */
const fill = async ({ tell }: Bench, world: World): Promise<void> => {
  const voice = await openVoice(world)
  for (let first = 1; first <= sessions; first += 50) {
    await voice.say(`fix ${first}-${first + 49}`)
    await until(`${first + 49} agents`, 60_000, () => (world.told().length === first + 49 ? true : null))
    tell(`${first + 49} sessions are live`)
  }
  voice.close()
}

const measure = async ({ ground, tell }: Bench, world: World, platform: Platform): Promise<readonly Row[]> => {
  await rm(join(world.data, 'inbox'), { recursive: true, force: true }) // what another platform's people said and never saw answered
  const chat = await openChat(ground, platform)
  await talksIn(world, chat.stand)
  const bot = await startBot(ground, world)
  const places = await threadsIn(chat, world, platform)
  tell(`${platform}: ${places.length} threads are there`)
  const spent = (): number => lookAt(bot.pid)?.ownMs ?? 0
  const [begunAt, before, load] = [performance.now(), spent(), loadavg()[0] ?? 0]
  const times = await underLoad(chat, places)
  const busy = (100 * (spent() - before)) / (performance.now() - begunAt)
  const refused = chat.stand.network?.complaints() ?? []
  await bot.stop()
  const sorted = [...times].sort((a, b) => a - b)
  const at = (part: number): number => sorted[Math.ceil(part * sorted.length) - 1] ?? neverMs
  tell(
    `${platform}: p50 ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms, at most ${at(1).toFixed(1)} ms, ${refused.length} refused`,
  )
  const note = [
    `${sorted.length} of ${perSecond * seconds} events within ${seconds} s, each from its sending ${chat.told}`,
    `the slowest ${at(1).toFixed(0)} ms, ${times.filter((ms) => ms >= neverMs).length} never`,
    `the bot took ${busy.toFixed(0)} % of a core, load ${load.toFixed(1)}`,
    ground.note,
  ].join('; ')
  return [
    rowOf({ name: names[platform].median, unit: 'ms', target: 100, runs: [at(0.5)], note }),
    rowOf({ name: names[platform].p99, unit: 'ms', target: 500, runs: [at(0.99)], note }),
    rowOf({
      name: names[platform].complaints,
      unit: 'requests',
      target: 0,
      runs: [refused.length],
      note: `${refused.slice(0, 3).join('; ') || 'nothing'}; its rates are on; ${ground.note}`,
    }),
  ]
}

/** Starts sessions from the chat, and takes their agents away: a session whose agent is gone offers buttons that only show something. */
const threadsIn = async ({ stand }: Chat, world: World, platform: Platform): Promise<readonly Place[]> => {
  const begun = Array.from({ length: threads }, (_, n) => `look at part ${n + 1} for ${platform}`)
  const places: Place[] = []
  for (const words of begun) {
    const known = new Set(world.told().map(({ session }) => session))
    await stand.says('ana', `start "${words}"`)
    const { session, pid } = await until(
      `the agent for "${words}"`,
      20_000,
      () => world.told().find((one) => !known.has(one.session)) ?? null,
    )
    if (pid !== null) process.kill(pid, 'SIGKILL')
    const offers = ({ text, buttons, place }: Found): boolean => place.thread !== null && text.includes(session) && buttons.includes('Logs')
    places.push((await seen(stand, `what ${session} offers`, offers)).place)
  }
  return places
}

const channelWords = ['status', 'thanks', 'help merge', 'who am i', 'help'] as const
const threadWords = ['status', 'thanks', 'help', 'why'] as const

/** Whatever comes next, comes at its time: nobody waits for an answer before they speak. Gives how long each took, in ms. */
const underLoad = async (chat: Chat, places: readonly Place[]): Promise<readonly number[]> => {
  const [times, waiting]: [number[], Promise<void>[]] = [[], []]
  const from = performance.now()
  for (let index = 0; index < perSecond * seconds; index += 1) {
    await sleep(Math.max(0, from + (index * 1_000) / perSecond - performance.now()))
    const { act, isTold } = eventOf(index, chat, places)
    waiting.push(timed(act).then((ms) => void (isTold && times.push(ms))))
  }
  await Promise.all(waiting)
  return times
}

/** By turns: words in the channel (where there are commands, every other time by one), words in a thread, a button. */
const eventOf = (index: number, chat: Chat, places: readonly Place[]): { readonly act: Act; readonly isTold: boolean } => {
  const turn = Math.floor(index / 3)
  const place = places[turn % places.length] ?? chat.stand.channel
  const words = channelWords[turn % channelWords.length] ?? 'status'
  if (index % 3 === 1) return chat.wordsIn(place, threadWords[turn % threadWords.length] ?? 'status')
  if (index % 3 === 2) return { act: chat.press(place, 'Logs'), isTold: true }
  return chat.command !== null && turn % 2 === 1 ? { act: chat.command(words), isTold: true } : chat.words(words)
}

const timed = async (act: Act): Promise<number> => {
  const from = performance.now()
  const isTold = await Promise.race([
    act().then(
      () => true,
      () => false, // the platform gave up waiting for us: nobody was told
    ),
    sleep(neverMs, false, { ref: false }),
  ])
  return isTold ? performance.now() - from : neverMs
}
