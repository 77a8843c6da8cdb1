import { telegram } from '../../../adapters/telegram/index.ts'
import { optionsShape } from '../../../adapters/telegram/options.ts'
import type { ChatAdapter, Health, MessageRef } from '../../../bot/contracts/adapter.ts'
import type { ChatHost, ListedCommand } from '../../../bot/contracts/chat.ts'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { silent } from '../../../core/kit/log.ts'
import { type FakeTelegram, startFakeTelegram } from '../../fakes/telegram/index.ts'
import type { FakeUser } from '../../fakes/telegram/world.ts'

/** A place on Telegram. */
export const at = (channel: string, thread: string | null = null): Place => ({ platform: 'telegram', channel, thread })

/** What an adapter is made with, with a document in memory that another adapter can be given, as after a restart. */
export type TestHost = ChatHost & { readonly healths: Health[]; readonly logged: string[] }
export const testHost = (commands: readonly ListedCommand[] = [], kept: Record<string, unknown> = {}): TestHost => {
  const healths: Health[] = []
  const logged: string[] = []
  const note = (event: string): void => void logged.push(event)
  return {
    log: { ...silent, info: note, warn: note, error: note, debug: note },
    now: Date.now,
    document: async () => ({
      value: kept,
      update: async (change) => change(kept),
    }),
    commands: async () => commands,
    onHealth: (health) => void healths.push(health),
    healths,
    logged,
  }
}

/** Telegram's options against a stand-in, quick to find out that a connection is dead. */
export const optionsFor = (fake: Pick<FakeTelegram, 'url' | 'token'>, more: Readonly<Record<string, unknown>> = {}) =>
  optionsShape.parse({ token: fake.token, apiRoot: fake.url, pollSeconds: 1, ...more })

/** Bob with the bot, in a group with topics, in one without, or in private. */
export type TelegramWorld = {
  readonly fake: FakeTelegram
  readonly host: TestHost
  readonly adapter: ChatAdapter
  readonly bob: FakeUser
  readonly place: Place
  close(): Promise<void>
}

export const makeTelegram = async (
  kind: 'topics' | 'chains' | 'private',
  more: {
    readonly options?: Readonly<Record<string, unknown>>
    readonly fake?: Parameters<typeof startFakeTelegram>[0]
    readonly commands?: readonly ListedCommand[]
  } = {},
): Promise<TelegramWorld> => {
  const fake = await startFakeTelegram(more.fake)
  const bob = fake.user('Bob', 'bob_builds')
  const place = at(kind === 'private' ? String(bob.id) : fake.group({ isForum: kind === 'topics' }))
  const host = testHost(more.commands)
  const adapter = await telegram.create(optionsFor(fake, more.options), host)
  return { fake, host, adapter, bob, place, close: fake.close }
}

export const deleted = (fake: FakeTelegram, ref: MessageRef): void => fake.people.deletes(ref.place.channel, Number(ref.id))
