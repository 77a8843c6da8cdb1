import { isPrivateChat } from '../../../adapters/slack/translate.ts'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { adapterContract } from '../../contracts/adapter.ts'
import { makeSlack } from './world.ts'

/** The suite runs in a private chat, where all is said to the bot; channels have their own tests in `client.test.ts`. */
adapterContract(
  'Slack',
  async () => {
    const { slack, adapter, health, close } = await makeSlack({ fake: { channels: ['C0HOME', 'D0ANNA'] } })
    const place: Place = { platform: 'slack', channel: 'D0ANNA', thread: null }
    const anna = slack.person('U0ANNA', 'anna')
    const last = new Map<string, string>()
    return {
      adapter,
      place,
      account: anna.id,
      person: {
        says: (text, deliveries = 1) => anna.says(text, place, { deliveries }).delivered,
        saysIn: async (at, text, files = []) => {
          const { ts } = anna.says(text, at, { files: files.map(({ name, text: inside }) => ({ name, bytes: Buffer.from(inside) })) })
          last.set(`${at.channel} ${at.thread}`, ts)
        },
        presses: (label) => anna.presses(label, place),
        fills: async (label, text) => {
          await anna.presses(label, place)
          await anna.fills(text)
        },
        edits: (at, text) => anna.edits(last.get(`${at.channel} ${at.thread}`) ?? '', text, at.channel).delivered,
        takesBack: (at) => anna.deletes(last.get(`${at.channel} ${at.thread}`) ?? '', at.channel).delivered,
        reacts: async ({ place: { channel }, id }, deliveries) => void anna.reacts('thumbsup', id, channel, deliveries),
        sees: async (at = place) => slack.sees(at),
        deletes: async ({ place: { channel }, id }) => {
          const found = slack.store.channels.get(channel)
          if (found) found.messages = found.messages.filter(({ ts }) => ts !== id)
        },
      },
      hostile: [
        { words: '<!channel> <!here> <!everyone>', mustNotShow: '⟦!' },
        { words: '<@U0ANNA> @channel', mustNotShow: '⟦@' },
        { words: '<https://evil.example|https://github.com>', mustNotShow: '⟦' },
        { words: 'https://evil.example/?secret=1', mustNotShow: '⟦' },
        { words: ':rotating_light: *bold* ~gone~ `code`', mustNotShow: '⟦' },
        { words: '\u001b[31mred\u001b[0m', mustNotShow: '\u001b' },
        { words: '\u202egnihton sevas', mustNotShow: '\u202e' },
      ],
      network: {
        complaints: () => slack.complaints,
        busy: slack.busy,
        losesAnswer: slack.losesAnswer,
        failsAfter: slack.failsAfter,
        removes: async ({ channel, thread }) => {
          if (thread === null) slack.archive(channel)
          else slack.deleteThread({ channel, thread })
        },
        drops: async () => slack.drop(),
        freezes: async () => slack.freeze(),
        health,
      },
      close,
    }
  },
  {
    has: ['forms', 'edits', 'deletes', 'files', 'whispers', 'privately', 'reactions'],
    again: 'found',
    overhears: !isPrivateChat('D0ANNA'),
  },
)
