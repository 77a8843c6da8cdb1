import type { Place } from '../../../bot/contracts/inbound.ts'
import { newestWith, type Stand } from '../stand.ts'
import { type FakeDiscord, type FakeDiscordOptions, startFakeDiscord } from './index.ts'

/** Discord with a channel of the bot's, as the stories need it. */
export const discordStand = async (given: FakeDiscordOptions = {}): Promise<Stand & { readonly fake: FakeDiscord }> => {
  const fake = await startFakeDiscord({ hasRates: true, ...given })
  const { world, people } = fake
  const channel: Place = { platform: 'discord', channel: world.general.id, thread: null }
  const places = (): readonly Place[] =>
    [...world.channels.values()]
      .filter(({ isGone }) => !isGone)
      .map(({ id, parent_id }) => ({ ...channel, channel: parent_id ?? id, thread: parent_id === null ? null : id }))
  const count = (call: RegExp): number => fake.calls.filter((made) => call.test(made)).length
  return {
    fake,
    name: 'Discord',
    chat: 'discord',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how a config names a variable
    options: { token: '${DISCORD_TOKEN}', apiUrl: fake.apiUrl() },
    environment: { DISCORD_TOKEN: fake.state.token },
    accounts: { ana: world.people.ana.id, bob: world.people.bob.id, eve: world.people.eve.id },
    channel,
    says: async (who, text, place = channel, deliveries = 1) => {
      const isChannel = place.thread === null && world.channels.get(place.channel)?.type === 0
      people.speaks(place, isChannel ? `<@${world.bot.id}> ${text}` : text, { as: world.people[who], deliveries })
    },
    presses: async (who, label, place) => void (await people.presses(place, label, { as: world.people[who] })),
    reacts: async (who, words, place) => {
      const { id } = newestWith(people.sees(place), words)
      void people.reacts(place, id, '👍', world.people[who])
    },
    sees: async () =>
      places().flatMap((place) =>
        people
          .sees(place)
          .filter(({ id }) => id !== place.thread)
          .map((seen) => ({ ...seen, place })),
      ),
    whispers: () => Object.values(world.people).flatMap((person) => people.whispers(person)),
    sent: () => ({
      messages: count(/^POST \/channels\/\d+\/messages$/) + count(/^POST \/webhooks\//),
      edits: count(/^PATCH \/channels\/\d+\/messages\//),
    }),
    network: {
      complaints: () => fake.complaints,
      busy: fake.busy,
      losesAnswer: fake.losesAnswer,
      failsAfter: fake.failsAfter,
      removes: people.removes,
      losesClick: fake.interactions.endsEarly,
      drops: async () => fake.gateway.drop(),
      freezes: async () => fake.gateway.freeze(),
    },
    close: fake.close,
  }
}
