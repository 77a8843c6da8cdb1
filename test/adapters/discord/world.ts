import { onTestFinished } from 'vitest'
import { openDiscord } from '../../../adapters/discord/client.ts'
import { discordOptions } from '../../../adapters/discord/options.ts'
import { platform } from '../../../adapters/discord/places.ts'
import type { Health, MessageRef } from '../../../bot/contracts/adapter.ts'
import type { ListedCommand } from '../../../bot/contracts/chat.ts'
import type { Place } from '../../../bot/contracts/inbound.ts'
import type { Abilities, AdapterWorld } from '../../contracts/adapter.ts'
import { type FakeDiscordOptions, startFakeDiscord } from '../../fakes/discord/index.ts'

/** The waits of a connection, in a hurry: as Discord's, divided by some hundred. */
const quick = { beatMs: 40, deafMs: 400, connectMs: 3_000, answerMs: 8_000, againMs: [20, 50, 100] }

export type Made = Awaited<ReturnType<typeof makeDiscord>>

/** The adapter with its stand-in of Discord, in the channel `general`. */
export const makeDiscord = async (
  given: {
    readonly fake?: FakeDiscordOptions
    readonly options?: Readonly<Record<string, unknown>>
    readonly now?: () => number
    readonly times?: Partial<typeof quick>
  } = {},
) => {
  const fake = await startFakeDiscord(given.fake)
  const options = discordOptions.parse({ token: fake.state.token, apiUrl: fake.apiUrl(), ...given.options })
  const kept: Record<string, unknown> = {}
  const healths: Health[] = []
  const logged: { readonly level: string; readonly event: string; readonly fields: unknown }[] = []
  const log = (level: string) => (event: string, fields?: unknown) => void logged.push({ level, event, fields })
  const commands: ListedCommand[] = [{ name: 'fix', summary: 'Starts a session.' }]
  const make = () =>
    openDiscord(
      options,
      {
        log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
        now: given.now ?? Date.now,
        document: async () => ({ value: kept, update: async (change) => change(kept) }),
        commands: async () => commands,
        onHealth: (health) => void healths.push(health),
      },
      { ...quick, ...given.times },
    )
  const place: Place = { platform, channel: fake.world.general.id, thread: null }
  return {
    fake,
    options,
    adapter: make(),
    /** The same bot in another process. */
    again: make,
    place,
    commands,
    healths,
    health: (): Health => healths.at(-1) ?? { state: 'starting', since: 0, heardAt: null, detail: null },
    logged,
    close: fake.close,
  }
}

/** The same, closed when the test is over. */
export const aDiscord = async (given?: Parameters<typeof makeDiscord>[0]): Promise<Made> => {
  const made = await makeDiscord(given)
  onTestFinished(made.close)
  return made
}

/** In a channel the bot is named; in a private chat, where threads are chains of answers, all is said to it. */
export const contractWorld = async (isPrivate: boolean): Promise<AdapterWorld> => {
  const made = await makeDiscord()
  const { world } = made.fake
  const place = isPrivate ? { ...made.place, channel: world.privateWith(world.people.bob.id).id } : made.place
  const { people, gateway } = made.fake
  return {
    adapter: made.adapter,
    place,
    account: world.people.bob.id,
    person: {
      says: (text: string, deliveries = 1) => (isPrivate ? people.says : people.mentions)(place, text, { deliveries }),
      saysIn: async (at: Place, text: string, files: readonly { readonly name: string; readonly text: string }[] = []) => {
        people.speaks(at, text, { files })
      },
      presses: async (label: string) => void (await people.presses(place, label)),
      fills: async (label: string, text: string) => void (await people.fills(place, label, text)),
      edits: people.edits,
      takesBack: people.takesBack,
      reacts: async (ref: MessageRef, deliveries?: number) => void people.reacts(ref.place, ref.id, '👍', undefined, deliveries),
      sees: async (at: Place = place) => people.sees(at),
      deletes: async ({ id }: MessageRef) => people.deletes(id),
    },
    hostile: [
      { words: '@everyone @here <@123456789012345678> <@&123456789012345678>', mustNotShow: '⟦' },
      { words: '[your bank](https://evil.example/login)', mustNotShow: '⟦' },
      { words: 'https://evil.example/?secret=1 <https://evil.example>', mustNotShow: '⟦' },
      { words: 'discord.gg/evil discord.com/invite/evil', mustNotShow: '⟦' },
      { words: '# heading\n-# small\n> quoted\n- item', mustNotShow: /⟦|│|•/ },
      { words: '<t:1700000000:R> <:smile:123456789012345678> <#123456789012345678> </ao:1234>', mustNotShow: '⟦' },
      { words: '||hidden|| _slanted_', mustNotShow: '⟦' },
      { words: '```\n```@everyone', mustNotShow: '⟦' },
      { words: '\u001b[31mred\u001b[0m', mustNotShow: '\u001b' },
      { words: '\u202egnihton sevas', mustNotShow: '\u202e' },
    ],
    network: {
      complaints: () => made.fake.complaints,
      busy: made.fake.busy,
      losesAnswer: made.fake.losesAnswer,
      failsAfter: made.fake.failsAfter,
      removes: async (at: Place) => people.removes(at),
      drops: async () => gateway.drop(),
      freezes: async () => gateway.freeze(),
      health: made.health,
    },
    close: made.close,
  }
}

export const abilities = {
  has: ['forms', 'edits', 'deletes', 'files', 'whispers', 'privately', 'reactions'],
  again: 'found',
} satisfies Omit<Abilities, 'overhears'>
