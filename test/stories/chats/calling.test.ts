import { describe, expect, type TestContext, test, vi } from 'vitest'
import { eventually } from '../../contracts/adapter.ts'
import { discordStand } from '../../fakes/discord/stand.ts'
import { slackStand } from '../../fakes/slack/stand.ts'
import type { Found, Stand } from '../../fakes/stand.ts'
import { telegramStand } from '../../fakes/telegram/stand.ts'
import { type Given, type Scene, working } from './scene.ts'
import { stands } from './stands.ts'

vi.setConfig({ maxConcurrency: 45 }) // all of them: they wait for the ladder, which is of seconds here

const timeout = 60_000
const question = { text: 'Which library?', options: ['zod', 'joi'] }
const rungs = { requester: 'It has waited for an answer for', onCall: 'and bob is on call', channel: 'whoever can, please do' }
type Heights = Readonly<Partial<Record<'requester' | 'elsewhere' | 'onCall' | 'channel', string>>>
type Asking = Scene & {
  /** Where the session's thread is. */
  readonly thread: Found['place']
  /** Every message about the question, wherever it is. */
  about(): Promise<readonly Found[]>
  /** Those in which people are called. */
  calls(): Promise<readonly Found[]>
  /** Waits until the ladder is so high above the question, and all that was said before is dealt with. */
  climbs(ms: number): Promise<void>
}

/** Ana asked for it, bob is on call, and its agent asks. A rung without a height is left out. Only where it is the one chat there is ana at the console. */
const asking = async (
  context: TestContext,
  stand: Stand,
  heights: Heights,
  { priority = 'action', people = {}, ...given }: Given & { readonly priority?: 'action' | 'urgent' } = {},
): Promise<Asking> => {
  const ladder = { requester: null, elsewhere: null, onCall: null, channel: null, ...heights }
  const all = await working(context, stand, {
    roles: { bob: ['operator'] },
    config: { escalation: { [priority]: ladder, onCall: ['bob'] } },
    project: { reactions: { 'agent-needs-input': { priority } } },
    people: { ...people, ana: { console: stand.options === null, ...people.ana } },
    ...given,
  })
  if (heights.channel !== undefined && stand.options !== null) {
    await all.says('ana', 'use app')
    await all.sees('From now on I take app here')
  }
  await all.asks(question)
  const { place: thread } = await all.sees('Which library?')
  const seenAt = Date.now()
  const chats = [stand, ...(given.others ?? [])]
  const about = async () => (await Promise.all(chats.map((one) => one.sees()))).flat().filter(({ text }) => text.includes('Which library?'))
  return {
    ...all,
    thread,
    about,
    calls: async () => (await about()).filter(({ text }) => /It has waited for|Nobody has answered for/.test(text)),
    climbs: async (ms) => {
      await eventually(
        () => Date.now() - seenAt,
        (passedMs) => passedMs > ms,
        ms + 5_000,
      )
      await all.says('ana', 'whoami')
      await all.sees('You are ana')
    },
  }
}

/** Waits until each message about it says that, and has no buttons any more. */
const settles = async (all: Asking, words: string): Promise<readonly Found[]> => {
  const seen = await eventually(
    all.about,
    (some) => some.every(({ text, buttons }) => text.includes(words) && buttons.length === 0),
    20_000,
  )
  for (const { text, buttons } of seen) expect({ text, buttons }).toEqual({ text: expect.stringContaining(words), buttons: [] })
  return seen
}

/** Hours that began a while ago, and end in a while, by a clock in Greenwich. */
const hoursNow = (): string => {
  const hour = new Date().getUTCHours()
  return `${(hour + 21) % 24}:00-${(hour + 3) % 24}:00`
}

describe.each(stands)('in %s', { concurrent: true, timeout }, (name, open) => {
  const isConsole = name === 'the console'
  /** At the console everybody is ana, and its threads are not apart from its channel. */
  const bob = isConsole ? 'ana' : 'bob'

  test('while nobody answers, whoever asked is called in the thread, then who is on call in private, then the channel, once each', async (context) => {
    const stand = await open()
    const all = await asking(context, stand, { requester: '1s', elsewhere: '2s', onCall: '3s', channel: '4s' })
    const asker = await all.sees(rungs.requester)
    expect(asker.place).toEqual(all.thread)
    expect(asker.calls).toEqual([stand.accounts.ana])
    const onCall = await all.sees(rungs.onCall)
    expect(onCall.calls).toEqual(isConsole ? [] : [stand.accounts.bob])
    if (!isConsole) {
      expect(onCall.place.channel).not.toBe(stand.channel.channel)
      const channel = await all.sees(rungs.channel)
      expect(channel.place).toEqual(stand.channel)
      expect(channel.calls).toEqual([])
    }
    const calls = await all.calls()
    expect(calls).toHaveLength(isConsole ? 2 : 3)
    for (const { buttons } of calls) expect(buttons).toEqual(['zod', 'joi', 'Seen', 'Snooze 1 h', 'Mine'])
    expect(stand.network?.complaints() ?? []).toEqual([])
  })

  test('an answer to who is on call is the answer: the thread says who gave it, and the channel is not called any more', async (context) => {
    const stand = await open()
    const all = await asking(context, stand, { requester: '1s', onCall: '2s', channel: '9s' })
    const { place } = await all.sees(rungs.onCall)
    await stand.presses(bob, 'zod', place)
    await all.knows('question.decided')
    await all.climbs(9_500)
    expect(await settles(all, `${bob} said zod`)).toHaveLength(3)
  })

  test('seen by a button: the alert says by whom, and nobody else is called', async (context) => {
    const all = await asking(context, await open(), { requester: '1s', onCall: '8s' })
    await all.sees(rungs.requester)
    await all.presses('ana', 'Seen')
    const isSeen = ({ text, buttons }: Found): boolean =>
      text.includes('ana has seen it; nobody else is called before') && !buttons.includes('Seen')
    await eventually(all.about, (some) => some.length === 2 && some.every(isSeen), 20_000)
    await all.climbs(8_500)
    expect(await all.calls()).toHaveLength(1)
    expect((await all.about()).filter((one) => !isSeen(one))).toEqual([])
  })

  test.skipIf(isConsole)('seen by a sign on the alert: it says by whom, and nobody is called', async (context) => {
    const stand = await open()
    const all = await asking(context, stand, { requester: '8s' })
    await stand.reacts?.('eve', 'Which library?', all.thread)
    await stand.reacts?.('bob', 'Which library?', all.thread)
    await all.sees('Which library?', 'bob has seen it; nobody else is called before')
    await all.climbs(8_500)
    expect(await all.calls()).toEqual([])
    expect(stand.network?.complaints() ?? []).toEqual([])
  })

  test('put off by words in the channel, then taken by a word in the thread: the alert says so, and nobody is called', async (context) => {
    const all = await asking(context, await open(), { requester: '8s' })
    await all.says('ana', 'snooze app-1 1h')
    await all.sees('Which library?', 'ana put it off until')
    await all.says(bob, 'mine', all.thread)
    await all.sees('Which library?', `${bob} has taken it; nobody else is called before`)
    await all.climbs(8_500)
    expect(await all.calls()).toEqual([])
  })

  test('in the quiet hours of whoever asked no message calls them, and others are called meanwhile', async (context) => {
    const stand = await open()
    const all = await asking(
      context,
      stand,
      { requester: '1s', onCall: '2s', channel: '3s' },
      { people: { ana: { zone: 'UTC', quiet: hoursNow() } } },
    )
    await all.sees(rungs.onCall)
    if (!isConsole) expect((await all.sees(rungs.channel)).isSilent ?? true).toBe(true)
    expect((await all.all()).flatMap(({ calls }) => calls)).toEqual(isConsole ? [] : [stand.accounts.bob])
  })

  test('what is urgent calls them in their quiet hours', async (context) => {
    const stand = await open()
    const people = { ana: { zone: 'UTC', quiet: hoursNow() } }
    const all = await asking(context, stand, { requester: '1s' }, { priority: 'urgent', people })
    expect((await all.sees(rungs.requester)).calls).toEqual([stand.accounts.ana])
  })

  test('a restart in the middle of a wait repeats no step and forgets none', async (context) => {
    const all = await asking(context, await open(), { requester: '1s', onCall: '4s', channel: '5s' })
    await all.sees(rungs.requester)
    await all.stops()
    await all.starts()
    await all.sees(isConsole ? rungs.onCall : rungs.channel)
    await all.stops()
    await all.starts()
    await all.climbs(0) // what came with the second start is on show
    const steps = isConsole ? [rungs.requester, rungs.onCall] : Object.values(rungs)
    for (const words of steps) expect((await all.calls()).filter(({ text }) => text.includes(words))).toHaveLength(1)
    await all.presses('ana', 'zod')
    expect(await settles(all, 'ana said zod')).toHaveLength(isConsole ? 3 : 4)
  })
})

const ways: readonly (readonly [string, () => Promise<Stand>, () => Promise<Stand>])[] = [
  ['Slack to Telegram', slackStand, () => telegramStand('topics')],
  ['Telegram to Discord', () => telegramStand('topics'), discordStand],
  ['Discord to Telegram without topics', discordStand, () => telegramStand('chains')],
  ['Telegram without topics to Slack', () => telegramStand('chains'), slackStand],
]

test.concurrent.for(ways)(
  'whoever asked is called in private on their other chat, too (%s), and an answer there settles all there is in both',
  { timeout },
  async ([, from, to], context) => {
    const [here, there] = [await from(), await to()]
    const all = await asking(context, here, { requester: '1s', elsewhere: '2s', onCall: '3s' }, { others: [there] })
    const elsewhere = await all.within(there).sees(rungs.requester)
    expect(elsewhere.calls).toEqual([there.accounts.ana])
    expect(elsewhere.place.channel).not.toBe(there.channel.channel)
    expect((await all.sees(rungs.requester)).place).toEqual(all.thread)
    await all.sees(rungs.onCall)
    expect(await all.calls()).toHaveLength(3)
    await there.presses('ana', 'joi', elsewhere.place)
    expect(await settles(all, 'ana said joi')).toHaveLength(4)
    for (const stand of [here, there]) expect(stand.network?.complaints()).toEqual([])
  },
)
