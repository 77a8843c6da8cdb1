import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse, stringify } from 'yaml'
import type { Place } from '../../bot/contracts/inbound.ts'
import { discordStand } from '../fakes/discord/stand.ts'
import { slackStand } from '../fakes/slack/stand.ts'
import type { Found, Stand } from '../fakes/stand.ts'
import { telegramStand } from '../fakes/telegram/stand.ts'
import { built } from './bot.ts'
import type { Ground } from './ground.ts'
import { endWorld, environmentOf, type World } from './world.ts'

export const platforms = ['Slack', 'Telegram', 'Discord'] as const
export type Platform = (typeof platforms)[number]

/** A thing somebody does. Resolves once the platform has been told that it arrived. */
export type Act = () => Promise<unknown>

/** A platform with its rates on, and what ana does there while it is measured. */
export type Chat = {
  readonly stand: Stand
  /** Names the bot at the top of the channel; null where the platform is never told that such words arrived. */
  readonly words: (text: string) => { readonly act: Act; readonly isTold: boolean }
  /** The same without naming it, in the thread of a session. */
  readonly wordsIn: (thread: Place, text: string) => { readonly act: Act; readonly isTold: boolean }
  /** `/ao …`; null where that is but words. */
  readonly command: ((text: string) => Act) | null
  /** Presses the newest button of that label there. */
  readonly press: (thread: Place, label: string) => Act
  /** What counts as told, in so many words. */
  readonly told: string
}

const open: { readonly [platform in Platform]: () => Promise<Chat> } = {
  Slack: async () => {
    const stand = await slackStand()
    const ana = stand.fake.person(stand.accounts.ana, 'ana')
    return {
      stand,
      words: (text) => ({ act: () => ana.mentions(text, { channel: stand.channel.channel, thread: null }).delivered, isTold: true }),
      wordsIn: ({ channel, thread }, text) => ({ act: () => ana.says(text, { channel, thread }).delivered, isTold: true }),
      command: (text) => () => ana.commands(text, stand.channel.channel),
      press:
        ({ channel, thread }, label) =>
        () =>
          ana.presses(label, { channel, thread }),
      told: 'until its envelope is acknowledged (where the bot is named Slack sends two, and both count)',
    }
  },
  Telegram: async () => {
    const stand = await telegramStand('topics', { isRateLimited: true })
    const { fake, channel } = stand
    const ana = { id: Number(stand.accounts.ana), name: 'Ana', username: null }
    return {
      stand,
      words: (text) => ({ act: () => fake.people.says(ana, channel, `@${fake.bot.username} ${text}`), isTold: true }),
      wordsIn: (thread, text) => ({ act: () => fake.people.says(ana, thread, text), isTold: true }),
      command: null,
      press: (thread, label) => () => fake.people.presses(ana, thread, label),
      told: 'until the next getUpdates confirms it',
    }
  },
  Discord: async () => {
    const stand = await discordStand()
    const { people, world } = stand.fake
    const ana = { as: world.people.ana }
    const saying = (place: Place, text: string) => ({ act: async () => people.speaks(place, text, ana), isTold: false })
    return {
      stand,
      words: (text) => saying(stand.channel, `<@${world.bot.id}> ${text}`),
      wordsIn: saying,
      command: (text) => () => people.commands(stand.channel, text, ana),
      press: (thread, label) => () => people.presses(thread, label, ana),
      told: 'until the first answer to the interaction (commands and buttons; words come over the gateway, which has no acknowledgement, and are but load)',
    }
  },
}

/** A platform of its own, which ends with the ground. */
export const openChat = async (ground: Ground, platform: Platform): Promise<Chat> => {
  const chat = await open[platform]()
  await ground.onEnd(() => chat.stand.close())
  return chat
}

/** Gives a world that platform, and nothing of what another one said. */
export const talksIn = async ({ config }: Pick<World, 'config'>, stand: Stand): Promise<void> => {
  const written: unknown = parse(await readFile(config, 'utf8'))
  const people = { ana: { roles: ['admin'], console: true, accounts: { [stand.chat]: stand.accounts.ana } } }
  await writeFile(config, stringify(Object.assign({}, written, { people, chats: { [stand.chat]: stand.options } })))
  await writeFile(
    join(dirname(config), '.env'),
    Object.entries(stand.environment)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )
}

/** The project of the demo, whose agent follows the script of the story. */
export const makeDemoWorld = async (ground: Ground): Promise<Pick<World, 'config' | 'data' | 'environment'>> => {
  const [{ makeDemo }, { fingerprint }] = await Promise.all([
    built<typeof import('../../bot/cli/demo-project.ts')>('bot/cli/demo-project.js'),
    built<typeof import('../../core/kit/text.ts')>('core/kit/text.js'),
  ])
  const folder = await ground.folder()
  const home = join(folder, basename(folder))
  await mkdir(home)
  await writeFile(join(folder, 'gitconfig'), '[user]\n\tname = Ada\n\temail = ada@example.com\n')
  const environment = environmentOf(folder)
  const { config, data } = await makeDemo(home, { runtime: 'tmux', agent: null })
  await ground.onEnd(() => endWorld({ data, label: `ao-${fingerprint(data)}`, environment }))
  return { config, data, environment }
}

/** Looks every few milliseconds until somebody sees it there. @throws {Error} with what is there instead, after `limitMs` */
export const seen = async (
  stand: Stand,
  what: string,
  fits: (found: Found) => boolean,
  { limitMs = 60_000, everyMs = 5 }: { readonly limitMs?: number; readonly everyMs?: number } = {},
): Promise<Found> => {
  for (const giveUpAt = Date.now() + limitMs; ; await sleep(everyMs)) {
    const all = await stand.sees()
    const found = all.findLast(fits)
    if (found) return found
    if (Date.now() > giveUpAt) {
      const shown = all.map(({ text, buttons }) => `${text} [${buttons.join(', ')}]`).slice(-20)
      throw new Error(`nobody sees ${what} within ${limitMs / 1000} s; there is:\n${shown.join('\n\n')}`)
    }
  }
}

/** Waits until a platform was asked for nothing new for a while: what was to be shown is on show. */
export const atRest = async ({ sent }: Stand, quietMs: number, limitMs: number): Promise<void> => {
  const count = (): number => sent().messages + sent().edits
  let [last, since] = [count(), Date.now()]
  for (const giveUpAt = Date.now() + limitMs; Date.now() - since < quietMs; await sleep(50)) {
    if (count() !== last) [last, since] = [count(), Date.now()]
    if (Date.now() > giveUpAt) throw new Error(`the chat did not come to rest within ${limitMs / 1000} s`)
  }
}
