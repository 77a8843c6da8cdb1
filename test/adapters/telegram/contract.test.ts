import type { Place } from '../../../bot/contracts/inbound.ts'
import { type AdapterWorld, adapterContract, type Seen } from '../../contracts/adapter.ts'
import { deleted, makeTelegram } from './world.ts'

/** Names that Telegram would call, and commands that a tap would say, stand out; what is invisible does not. */
const world = async (kind: 'topics' | 'chains' | 'private'): Promise<AdapterWorld> => {
  const { fake, host, adapter, bob, place, close } = await makeTelegram(kind)
  const isNamed = kind !== 'private'
  let lastSaid: number | null = null
  const seesIn = (where: Place): readonly Seen[] =>
    fake.people.sees(where).map(({ text, pings, links, buttons, files, hasPicture, calls, isSilent }) => ({
      text: [text, ...pings.map((name) => `PING ${name}`), ...links.map((link) => `LINK ${link}`)].join('\n'),
      buttons,
      files,
      hasPicture,
      calls,
      isSilent,
    }))
  return {
    adapter,
    place,
    account: String(bob.id),
    person: {
      says: async (text, deliveries = 1) => {
        await fake.people.says(bob, place, isNamed ? `@${fake.bot.username} ${text}` : text, { deliveries })
      },
      saysIn: async (where, text, files = []) => {
        const [file] = files
        if (file) void fake.people.sends(bob, where, { name: file.name, bytes: Buffer.from(file.text), caption: text })
        else void fake.people.says(bob, where, text)
      },
      edits: async (where, text) => {
        lastSaid = fake.people.sees(where).findLast(({ isFromBot }) => !isFromBot)?.id ?? null
        if (lastSaid === null) throw new Error('Nothing was said.')
        await fake.people.edits(where.channel, lastSaid, text)
      },
      presses: (label) => fake.people.presses(bob, place, label),
      reacts: async (ref, deliveries) => void fake.people.reacts(bob, ref.place.channel, Number(ref.id), '👍', deliveries),
      sees: async (where = place) => seesIn(where),
      deletes: async (ref) => deleted(fake, ref),
    },
    hostile: [
      { words: '@bob_builds look', mustNotShow: /PING/ },
      { words: '/@bob_builds', mustNotShow: /PING/ },
      { words: '/merge', mustNotShow: /LINK/ },
      { words: '(/stop@ao_test_bot)', mustNotShow: /LINK|PING/ },
      { words: '\u202egnihton sevas', mustNotShow: '\u202e' },
      { words: '\u0000\u001b[31m', mustNotShow: '\u001b' },
    ],
    network: {
      complaints: () => fake.complaints,
      busy: (retryAfterMs) => fake.next({ is: 'busy', retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }),
      losesAnswer: () => fake.next({ is: 'losesAnswer' }),
      failsAfter: () => fake.next({ is: 'failsAfter' }),
      removes: async (where) => {
        if (where.thread === null) await fake.putsOut(where.channel)
        else if (where.thread.startsWith('m')) fake.people.deletes(where.channel, Number(where.thread.slice(1)))
        else fake.deletesTopic(where.channel, where.thread)
      },
      drops: async () => fake.drops(),
      freezes: async () => fake.freezes(),
      health: () => host.healths.at(-1) ?? { state: 'starting', since: 0, heardAt: null, detail: null },
    },
    close,
  }
}

const has = ['edits', 'files', 'whispers', 'privately', 'reactions'] as const
adapterContract('Telegram in a group with topics', () => world('topics'), { has, again: 'marked', overhears: true })
adapterContract('Telegram in a group without topics', () => world('chains'), { has, again: 'marked', overhears: true })
adapterContract('Telegram in private', () => world('private'), { has, again: 'marked', overhears: false })
