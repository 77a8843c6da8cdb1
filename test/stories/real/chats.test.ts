import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, type TestContext, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { eventually } from '../../contracts/adapter.ts'
import { discordStand } from '../../fakes/discord/stand.ts'
import { type House, house } from '../../fakes/house.ts'
import { slackStand } from '../../fakes/slack/stand.ts'
import type { Found, Stand } from '../../fakes/stand.ts'
import { telegramStand } from '../../fakes/telegram/stand.ts'

const stands: readonly (readonly [string, () => Promise<Stand>])[] = [
  ['Slack', () => slackStand()],
  ['Telegram', () => telegramStand('topics', { isRateLimited: true })],
  ['Telegram without topics', () => telegramStand('chains', { isRateLimited: true })],
  ['Discord', () => discordStand()],
]
const limitMs = 120_000

/** The project of the demo, spoken to from a chat: the built product as a process, with real terminals, git and sockets. */
const livesIn = async (
  open: () => Promise<Stand>,
  { onTestFinished }: TestContext, // several are told at once: each ends its own
): Promise<{ readonly home: House; readonly stand: Stand }> => {
  const home = house()
  const stand = await open()
  onTestFinished(() => stand.close())
  const { config } = await home.makesDemo()
  const written: unknown = parse(await readFile(config, 'utf8'))
  const people = { ana: { roles: ['admin'], console: true, accounts: { [stand.chat]: stand.accounts.ana } } }
  await writeFile(config, stringify(Object.assign({}, written, { people, chats: { [stand.chat]: stand.options } })))
  const variables = Object.entries(stand.environment).map(([name, value]) => `${name}=${value}\n`)
  await writeFile(join(dirname(config), '.env'), variables.join(''))
  return { home, stand }
}

const finds = async (stand: Stand, home: House, fits: (found: Found) => boolean, what: string): Promise<Found> => {
  let seen: readonly Found[] = []
  const found = await eventually(
    async () => {
      seen = await stand.sees()
      return seen.findLast(fits) ?? null
    },
    (one) => one !== null,
    60_000,
  ).catch(() =>
    expect.fail(
      `Nobody sees ${what}:\n${seen.map(({ text, buttons }) => `${text} [${buttons}]`).join('\n\n')}\n${home.log().slice(-4_000)}`,
    ),
  )
  if (!found) throw new Error('It was there a moment ago.')
  return found
}
const shows =
  (...parts: readonly string[]) =>
  ({ text }: Found): boolean =>
    parts.every((part) => text.includes(part))

test.concurrent.for(stands)(
  'the story of the demo is told in %s: from "fix #1" to the merge by a button in the thread',
  { timeout: limitMs },
  async ([, open], context) => {
    const { home, stand } = await livesIn(open, context)
    const bot = await home.starts()
    await stand.says('ana', 'fix #1')
    const call = await finds(stand, home, ({ buttons }) => buttons.includes('Merge'), 'a button to merge with')
    expect(call.place.thread).not.toBeNull()
    await stand.presses('ana', 'Merge', call.place)
    await finds(stand, home, shows('calc-1 · merged: #1 is on main'), 'that it is merged')
    expect(await home.main()).toEqual(['add() subtracts (#1)', 'calc, with two bugs'])
    expect(stand.sent().messages).toBeLessThanOrEqual(8)
    expect(stand.sent().edits).toBeLessThanOrEqual(60)
    expect(stand.network?.complaints()).toEqual([])
    bot.kill('SIGTERM')
    expect(await bot.ended).toBe(0)
  },
)

/** Killed as soon as a file shows it: when a card is on its way, or was just shown. */
const moments = ['"type":"session.requested"', '"type":"trouble.escalated"', '"type":"merge.requested"', '"type":"session.ended"']

test.concurrent.for(stands)(
  'killed in the middle of what it says in %s, the bot goes on, and no result is lost or told twice',
  { timeout: limitMs },
  async ([, open], context) => {
    const { home, stand } = await livesIn(open, context)
    let bot = await home.starts()
    const dies = async (shown: string): Promise<void> => {
      await home.sees({ file: 'journal', shows: shown }, 60_000)
      bot.kill('SIGKILL')
      await bot.ended
      bot = await home.starts()
    }
    await stand.says('ana', 'fix #1')
    for (const moment of moments.slice(0, 2)) await dies(moment)
    const call = await finds(stand, home, ({ buttons }) => buttons.includes('Merge'), 'a button to merge with')
    await stand.presses('ana', 'Merge', call.place).catch(() => {}) // the platform may say that the bot is not there to answer
    for (const moment of moments.slice(2)) await dies(moment)

    await finds(stand, home, shows('calc-1 · merged: #1 is on main'), 'that it is merged')
    await finds(stand, home, shows('calc-1 · settled: waits for your decision'), 'that its call is settled')
    const cards = (await stand.sees()).filter(({ text }) => !text.includes('may be a repeat'))
    expect(cards.filter(shows('calc-1 · merged: #1 is on main'))).toHaveLength(1)
    expect(cards.filter(shows('calc-1 · settled: waits for your decision'))).toHaveLength(1)
    expect(await home.main()).toEqual(['add() subtracts (#1)', 'calc, with two bugs'])
    expect(stand.network?.complaints()).toEqual([])
  },
)
