import type { Place } from '../../../bot/contracts/inbound.ts'
import { type Name, newestWith, type Stand } from '../stand.ts'
import { type FakeTelegram, startFakeTelegram } from './index.ts'

/** A group on Telegram with the bot in it: one with topics, or one where a thread is a chain of replies. */
export const telegramStand = async (
  kind: 'topics' | 'chains',
  given?: Parameters<typeof startFakeTelegram>[0],
): Promise<Stand & { readonly fake: FakeTelegram }> => {
  const fake = await startFakeTelegram({ isRateLimited: true, ...given })
  const group = fake.group({ title: 'Team', isForum: kind === 'topics', bot: 'admin', canManageTopics: true })
  const channel: Place = { platform: 'telegram', channel: group, thread: null }
  const users = { ana: fake.user('Ana'), bob: fake.user('Bob'), eve: fake.user('Eve') }
  const accounts = Object.fromEntries(Object.entries(users).map(([name, { id }]) => [name, String(id)])) as Record<Name, string> // the same names
  const count = (method: RegExp): number => fake.calls.filter((call) => method.test(call.method)).length
  /** Where the bot has written: topics by their number, chains of replies by that of their root. */
  const threads = (): readonly (string | null)[] => [
    null,
    ...new Set(
      fake.calls.flatMap(({ fields }) => {
        const { chat_id: chat, message_thread_id: topic, reply_parameters: reply } = fields
        if (String(chat) !== group) return []
        if (topic !== undefined) return [String(topic)]
        const root = typeof reply === 'object' && reply !== null && 'message_id' in reply ? Number(reply.message_id) : null
        return kind === 'chains' && root !== null ? [`m${root}`] : []
      }),
    ),
  ]
  return {
    fake,
    name: kind === 'topics' ? 'Telegram' : 'Telegram without topics',
    chat: 'telegram',
    options: { token: '${TELEGRAM_TOKEN}', apiRoot: fake.url },
    environment: { TELEGRAM_TOKEN: fake.token },
    accounts,
    channel,
    says: async (who, text, place = channel, deliveries = 1) => {
      const words = place.thread === null ? `@${fake.bot.username} ${text}` : text
      void fake.people.says(users[who], place, words, { deliveries }).catch(() => {}) // it is confirmed when the bot has it, which may be after a restart
    },
    presses: (who, label, place) => fake.people.presses(users[who], place, label),
    reacts: async (who, words, place) => {
      const { id } = newestWith(fake.people.sees(place), words)
      void fake.people.reacts(users[who], place.channel, id, '👍').catch(() => {}) // as what is said
    },
    sees: async () => {
      const [tops = [], ...below] = threads().map((thread) => {
        const place = { ...channel, thread }
        return fake.people.sees(place).map((seen) => ({ ...seen, place }))
      })
      const chained = below.flat().filter(({ id, place }) => place.thread !== `m${id}`)
      const alone = Object.values(accounts).flatMap((account) => {
        const place = { ...channel, channel: account }
        return fake.people.sees(place).map((seen) => ({ ...seen, place }))
      })
      return [...tops.filter(({ id }) => !chained.some((one) => one.id === id)), ...chained, ...alone]
    },
    whispers: () => fake.answers.flatMap(({ text }) => text ?? []),
    sent: () => ({
      messages: count(/^send(?:Message|Document|Photo)$/),
      edits: count(/^editMessage/),
    }),
    network: {
      complaints: () => fake.complaints,
      busy: (retryAfterMs) => fake.next({ is: 'busy', retryAfterSeconds: Math.ceil(retryAfterMs / 1_000) }),
      losesAnswer: () => fake.next({ is: 'losesAnswer' }),
      failsAfter: () => fake.next({ is: 'failsAfter' }),
      removes: async (place) => {
        if (place.thread === null) await fake.putsOut(place.channel)
        else if (kind === 'topics') fake.deletesTopic(place.channel, place.thread)
        else fake.people.deletes(place.channel, Number(place.thread.slice(1)))
      },
      losesClick: () => fake.next({ is: 'fails' }, 'answerCallbackQuery'),
      drops: async () => fake.drops(),
      freezes: async () => fake.freezes(),
    },
    close: fake.close,
  }
}
