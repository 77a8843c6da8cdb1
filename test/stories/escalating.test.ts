import { describe, expect, test } from 'vitest'
import { town } from '../fakes/town.ts'

type Town = Awaited<ReturnType<typeof town>>

const ladder = { requester: '10m', elsewhere: '30m', onCall: '1h', channel: '2h' }
const question = { text: 'Which library?', options: ['zod', 'joi'] }
const thread = { platform: 'town', channel: 'dev', thread: 'app-1' } as const
const onSlack = { platform: 'slack', channel: 'with-U1', thread: null } as const
const withCyn = { platform: 'town', channel: 'with-cyn', thread: null } as const
const withBob = { platform: 'town', channel: 'with-bob', thread: null } as const

const asking = async (settings: Parameters<typeof town>[0] = {}): Promise<Town> => {
  const all = await town({
    hasThreads: true,
    accounts: [{ person: 'bob', platform: 'slack', account: 'U1' }],
    escalation: { action: ladder, onCall: ['cyn'] },
    ...settings,
  })
  await all.bob.says('fix #1')
  await all.agent.asks(question)
  return all
}
const called = ({ chat }: Town): readonly string[] =>
  chat
    .cards()
    .filter(({ key }) => key.startsWith('call:') || key.startsWith('waited:'))
    .map(({ mentions }) => mentions.map(({ name }) => name).join() || 'the channel')

describe('what is settled while one platform is down', () => {
  test('is said at once on all the others, and there once it is back', async () => {
    const all = await asking()
    await all.clock.passes('61m')
    all.chat.breaks('slack')
    await all.bob.presses('joi')
    await all.agent.works()
    expect(all.chat.at(withCyn)).toContain('“Which library?”: bob said joi')
    expect(all.chat.at(onSlack)).not.toContain('bob said joi')
    await all.chat.heals()
    await all.clock.passes('15m')
    expect(all.chat.at(onSlack)).toContain('“Which library?”: bob said joi')
  })
})

describe('a ladder of one’s own', () => {
  test('who is on call may come first', async () => {
    const all = await asking({ escalation: { action: { onCall: '5m' }, onCall: ['cyn'] } })
    await all.clock.passes('6m')
    expect(called(all)).toEqual(['cyn'])
    await all.clock.passes('5m')
    expect(called(all)).toEqual(['cyn', 'bob'])
  })

  test('two steps at one time are both taken, each once', async () => {
    const all = await asking({ escalation: { action: { ...ladder, onCall: '10m', elsewhere: '10m' }, onCall: ['cyn'] } })
    await all.clock.passes('10m')
    expect(called(all)).toEqual(['bob', 'bob', 'cyn'])
    await all.clock.passes('48h')
    expect(called(all)).toEqual(['bob', 'bob', 'cyn', 'the channel'])
  })
})

describe('what several have in common', () => {
  const failing = { reactions: { 'ci-failed': { auto: false, action: 'notify' } }, limits: { running: 10 } } as const
  const red = async (all: Town, first: Parameters<Town['bob']['says']>[1], mutes = false): Promise<void> => {
    const numbers: number[] = []
    for (const [session, where] of [
      ['app-1', first],
      ['app-2', {}],
    ] as const) {
      await all.bob.says(`start "task ${session}" in app`, where)
      await all.agentOf(session).finishes()
      numbers.push(all.scm.change().number)
    }
    if (mutes) await all.bob.says('mute app-1 2h')
    for (const number of numbers) await all.scm.checksOf(number, 'failing', 'lint')
  }

  test('is told once in each channel: who sees the one does not see the other', async () => {
    const all = await town({ hasThreads: true, ...failing })
    await red(all, { at: withBob })
    all.chat.shows('app-1 · checks are red', 'app-2 · checks are red')
    expect(all.chat.at({ ...thread, thread: 'app-2' })).toContain('app-2 · checks are red')
  })

  test('is not kept from the others where one of them is muted', async () => {
    const all = await town({ hasThreads: true, ...failing })
    await red(all, {}, true)
    all.chat.hides('app-1 · checks are red')
    all.chat.shows('app-2 · checks are red')
    await all.clock.passes('121m')
    all.chat.shows('app-1 · checks are red')
  })
})

describe('in the night', () => {
  const people = { ana: { roles: ['admin'] }, bob: { roles: ['operator'], zone: 'Europe/Berlin', quiet: '22:00-07:00' } }
  const night = async (): Promise<Town> => {
    const all = await town({ hasThreads: true, people, escalation: { action: ladder } })
    await all.clock.passes('13h') // 23:00 there
    await all.bob.says('fix #1')
    await all.agent.asks(question)
    await all.clock.passes('1h')
    return all
  }

  test('what is put off from bed until nine is told at nine, once', async () => {
    const all = await night()
    await all.bob.says('snooze app-1 until 9:00')
    await all.clock.passes('8h')
    expect(called(all).filter((name) => name === 'bob')).toEqual([])
    await all.clock.passes('61m')
    expect(called(all).filter((name) => name === 'bob')).toEqual(['bob'])
  })

  test('the one thing that waited has all its buttons, and a sign on it says that it was seen', async () => {
    const all = await night()
    await all.clock.passes('8h')
    const card = (): { readonly buttons: readonly { readonly label: string }[]; readonly lines: readonly string[] } | undefined =>
      all.chat.cards().find(({ key }) => key.startsWith('waited:'))
    expect(card()?.buttons.map(({ label }) => label)).toEqual(['zod', 'joi', 'Seen', 'Snooze 1 h', 'Mine'])
    await all.bob.reacts('app-1 asks')
    expect(card()?.lines.at(-1)).toContain('bob has seen it; nobody else is called before')
    expect(card()?.buttons.map(({ label }) => label)).toEqual(['zod', 'joi', 'Mine'])
  })
})

test('a thread that moved to another chat is where the next step is, and all steps say how it came out', async () => {
  const all = await asking({ accounts: [{ person: 'bob', platform: 'telegram', account: 'B1' }] })
  const there = { platform: 'telegram', channel: 'team', thread: null } as const
  await all.account('B1', 'telegram').says('use app', { at: there })
  await all.clock.passes('11m')
  await all.bob.says('continue on telegram', { in: 'app-1' })
  await all.clock.passes('20m')
  // Elsewhere is now where it began.
  expect(called(all)).toEqual(['bob', 'bob'])
  expect(all.chat.postsAt(withBob).at(-1)).toBe('@bob app-1 asks: Which library?')
  await all.account('B1', 'telegram').says('joi', { at: { ...there, thread: 'app-1' } })
  await all.agent.works()
  for (const place of [thread, withBob]) expect(all.chat.at(place)).toContain('bob said joi')
  expect(called(all)).toHaveLength(2)
})

test('a nod takes nothing from whoever has taken it', async () => {
  const all = await asking()
  await all.clock.passes('11m')
  await all.ana.says('mine', { in: 'app-1' })
  await all.bob.says('seen app-1')
  all.chat.shows('ana has taken it; nobody else is called before')
  await all.clock.passes('3h')
  expect(called(all)).toHaveLength(1)
})

test('a bot that was away while its session was brought to an end calls nobody about it', async () => {
  const all = await asking()
  await all.clock.passes('11m')
  await all.bob.says('stop app-1')
  all.bot.crashes()
  await all.clock.passes('1h')
  await all.bot.starts()
  await all.clock.passes('24h')
  expect(called(all)).toHaveLength(1)
})
