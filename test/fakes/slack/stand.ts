import type { Place } from '../../../bot/contracts/inbound.ts'
import { newestWith, type Stand } from '../stand.ts'
import { type FakeSlack, startFakeSlack } from './index.ts'
import type { Spot } from './people.ts'
import { bot } from './store.ts'

/** Slack with a channel of the bot's, as the stories need it. */
export const slackStand = async (given?: Parameters<typeof startFakeSlack>[0]): Promise<Stand & { readonly fake: FakeSlack }> => {
  const fake = await startFakeSlack(given)
  const channel: Place = { platform: 'slack', channel: 'C0HOME', thread: null }
  const accounts = { ana: 'U0ANA', bob: 'U0BOB', eve: 'U0EVE' } as const
  for (const [name, account] of Object.entries(accounts)) fake.person(account, name) // they are there before they say anything
  const spot = ({ channel: id, thread }: Place): Spot => ({ channel: id, thread })
  const count = (method: RegExp): number => fake.calls.filter((call) => method.test(call.method)).length
  return {
    fake,
    name: 'Slack',
    chat: 'slack',
    options: { botToken: '${SLACK_BOT_TOKEN}', appToken: '${SLACK_APP_TOKEN}', apiUrl: fake.apiUrl },
    environment: { SLACK_BOT_TOKEN: fake.tokens.bot, SLACK_APP_TOKEN: fake.tokens.app },
    accounts,
    channel,
    says: async (who, text, place = channel, deliveries = 1) => {
      const person = fake.person(accounts[who], who)
      person.says(place.thread === null ? `<@${bot.user}> ${text}` : text, spot(place), { deliveries })
    },
    presses: (who, label, place) => fake.person(accounts[who], who).presses(label, spot(place)),
    reacts: async (who, words, place) => {
      const { id } = newestWith(fake.sees(spot(place)), words)
      fake.person(accounts[who], who).reacts('thumbsup', id, place.channel)
    },
    sees: async () =>
      [...fake.store.channels.values()].flatMap(({ id, messages }) => {
        const tops = fake.sees({ channel: id, thread: null }).map((seen) => ({ ...seen, place: { ...channel, channel: id } }))
        const roots = new Set(messages.flatMap(({ thread }) => thread ?? []))
        const below = [...roots].flatMap((thread) =>
          fake
            .sees({ channel: id, thread })
            .filter((seen) => seen.id !== thread)
            .map((seen) => ({ ...seen, place: { ...channel, channel: id, thread } })),
        )
        return [...tops, ...below]
      }),
    whispers: () => fake.store.whispers.map(({ text }) => text),
    sent: () => ({ messages: count(/^chat\.post(?:Message|Ephemeral)$/) + count(/completeUpload/), edits: count(/^chat\.update$/) }),
    network: {
      complaints: () => fake.complaints,
      busy: (retryAfterMs) => fake.busy(retryAfterMs),
      losesAnswer: () => fake.losesAnswer(),
      failsAfter: () => fake.failsAfter(),
      removes: async ({ channel: id, thread }) => (thread === null ? fake.archive(id) : fake.deleteThread({ channel: id, thread })),
      losesClick: () => fake.losesAck(),
      drops: async () => void fake.drop(),
      freezes: async () => fake.freeze(),
    },
    close: fake.close,
  }
}
