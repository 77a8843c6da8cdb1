import { describe, expect, test } from 'vitest'
import { town } from '../fakes/town.ts'

type Town = Awaited<ReturnType<typeof town>>

/** Sooner than by default, so that a day is enough for all of it. */
const ladder = { requester: '10m', elsewhere: '30m', onCall: '1h', channel: '2h' }
const question = { text: 'Which library?', options: ['zod', 'joi'] }
const thread = { platform: 'town', channel: 'dev', thread: 'app-1' } as const
const onSlack = { platform: 'slack', channel: 'with-U1', thread: null } as const

/** Bob asked for it, and its agent asks. */
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

/** Who was called about the question in messages of their own, oldest first. */
const calls = ({ chat }: Town): readonly string[] =>
  chat
    .cards()
    .filter(({ key }) => key.startsWith('call:app-1.agent-needs-input.') || key.startsWith('waited:'))
    .map(({ mentions, lines }) => `${mentions.map(({ name }) => name).join(' ') || 'the channel'}: ${lines[0]}`)

describe('while nobody answers', () => {
  test('whoever asked is mentioned, then called elsewhere, then who is on call, then the channel; each message has the buttons', async () => {
    const all = await asking()
    const { chat, clock } = all
    await clock.passes('9m')
    expect(calls(all)).toEqual([])
    await clock.passes('1m')
    expect(chat.postsAt(thread).at(-1)).toBe('@bob app-1 asks: Which library?')
    await clock.passes('20m')
    expect(chat.postsAt(onSlack)).toEqual(['@bob app-1 asks: Which library?'])
    await clock.passes('30m')
    expect(chat.postsAt({ platform: 'town', channel: 'with-cyn', thread: null })).toEqual(['@cyn app-1 asks: Which library?'])
    await clock.passes('60m')
    expect(chat.postsAt({ ...thread, thread: null }).at(-1)).toBe('app-1 asks: Which library?')
    await clock.passes('48h')
    expect(calls(all)).toEqual([
      'bob: It has waited for an answer for 10 min.',
      'bob: It has waited for an answer for 30 min.',
      'cyn: Nobody has answered for 1 h, and cyn is on call.',
      'the channel: Nobody has answered for 2 h: whoever can, please do.',
    ])
    for (const { buttons } of chat.cards().filter(({ key }) => key.startsWith('call:')))
      expect(buttons.map(({ label }) => label)).toEqual(['zod', 'joi', 'Seen', 'Snooze 1 h', 'Mine'])
  })

  test('an answer anywhere settles it everywhere, and says who gave it', async () => {
    const all = await asking()
    const { chat, clock, agent, account } = all
    await clock.passes('31m')
    await account('U1', 'slack').presses(chat.button('joi'))
    await agent.works()
    for (const place of [thread, onSlack]) expect(chat.at(place)).toContain('“Which library?”: bob said joi')
    await clock.passes('24h')
    expect(calls(all)).toHaveLength(2)
  })

  test('two who answer at once: the first counts, the second hears the truth', async () => {
    const all = await asking()
    const { chat, clock, ana, bob } = all
    await clock.passes('11m')
    const [mine, theirs] = [chat.button('zod'), chat.button('joi')]
    await Promise.all([bob.presses(mine), ana.presses(theirs)])
    expect(chat.count('bob said zod')).toBeGreaterThan(0)
    expect(chat.count('ana said joi')).toBe(0)
    await clock.passes('24h')
    expect(calls(all)).toHaveLength(1)
  })

  test('a cause that vanishes calls nobody any more', async () => {
    const all = await asking()
    await all.clock.passes('11m')
    await all.agent.answersAtTerminal('1')
    all.chat.shows('“Which library?” was answered at the terminal first: zod')
    await all.clock.passes('24h')
    expect(calls(all)).toHaveLength(1)
  })

  test('a platform that is down holds up no other step, and has its message once it is back', async () => {
    const all = await asking()
    const { chat, clock } = all
    chat.breaks('slack')
    await clock.passes('61m')
    expect(chat.postsAt(onSlack)).toEqual([])
    expect(calls(all).map((one) => one.split(':')[0])).toEqual(['bob', 'cyn'])
    await chat.heals()
    await clock.passes('15m')
    expect(chat.postsAt(onSlack)).toEqual(['@bob app-1 asks: Which library?'])
  })

  test('a step on which nobody stands is passed over', async () => {
    const all = await asking({ accounts: [], escalation: {}, hasThreads: false })
    await all.clock.passes('24h')
    expect(calls(all)).toEqual(['bob: It has waited for an answer for 10 min.'])
  })
})

describe('a restart', () => {
  test.each([['5m'], ['25m'], ['59m']])('in the middle of the wait, after %s, repeats no step and forgets none', async (wait) => {
    const all = await asking()
    await all.clock.passes(wait)
    const before = calls(all)
    all.bot.crashes()
    await all.bot.starts()
    expect(calls(all)).toEqual(before)
    await all.clock.passes('24h')
    expect(calls(all).map((one) => one.split(':')[0])).toEqual(['bob', 'bob', 'cyn', 'the channel'])
  })

  test.each(['call.raised', 'alert.joined', 'rung.climbed', 'step.reached', 'alert.left', 'call.redrawn'] as const)(
    'before or after "%s" is kept changes nothing for people',
    async (fact) => {
      for (const when of ['before', 'after'] as const) {
        const all = await town({ hasThreads: true, escalation: { action: ladder, onCall: ['cyn'] } })
        all.bot.isMended()
        await all.bob.says('fix #1')
        all.bot.willCrash(when, (one) => one.type === fact)
        await all.agent.asks(question)
        await all.clock.passes('65m')
        expect(calls(all).map((one) => one.split(':')[0])).toEqual(['bob', 'cyn'])
        await all.agent.answersAtTerminal('1')
        await all.clock.passes('5h')
        expect(calls(all)).toHaveLength(2)
        expect(all.chat.count('was answered at the terminal first')).toBeGreaterThanOrEqual(3)
      }
    },
  )

  test('that comes hours late calls once, and leaves the time to answer', async () => {
    const all = await asking()
    all.bot.crashes()
    await all.clock.passes('7h')
    await all.bot.starts()
    expect(calls(all)).toHaveLength(1)
    await all.clock.passes('19m')
    expect(calls(all)).toHaveLength(1)
    await all.clock.passes('2m')
    expect(calls(all)).toHaveLength(2)
  })
})

describe('what people say to being called', () => {
  test('seen: nobody else is called for an hour, and all cards say who has', async () => {
    const all = await asking()
    await all.clock.passes('11m')
    await all.dan.says('seen app-1')
    all.chat.shows('dan may not acknowledge in app: the rule is "operator may acknowledge".')
    await all.bob.presses('Seen')
    all.chat.shows('bob has seen it; nobody else is called before')
    await all.clock.passes('59m')
    expect(calls(all)).toHaveLength(1)
    await all.clock.passes('2m')
    expect(calls(all)[1]).toContain('bob had an eye on it, and it still waits: for')
    await all.clock.passes('21m')
    expect(calls(all)).toHaveLength(3)
  })

  test('a sign on the alert is as good as "seen"; on anything else it is a nod', async () => {
    const all = await asking()
    await all.bob.reacts('app-1 asks')
    all.chat.shows('bob has seen it; nobody else is called before')
    const before = all.chat.text()
    await all.bob.reacts('needs input')
    await all.eve.reacts('app-1 asks')
    expect(all.chat.text()).toBe(before)
    await all.clock.passes('55m')
    expect(calls(all)).toEqual([])
  })

  test('snoozed until a time of the day: whoever did is reminded then', async () => {
    const all = await asking()
    await all.bob.says('snooze until 11:00', { in: 'app-1' })
    all.chat.shows('bob put it off until')
    await all.clock.passes('100m')
    expect(calls(all)).toEqual([])
    await all.clock.passes('24h')
    expect(calls(all)[0]).toContain('bob had an eye on it')
  })

  test('taken: the others are told, and nobody else is called', async () => {
    const all = await asking()
    await all.clock.passes('11m')
    await all.ana.says('mine', { in: 'app-1' })
    all.chat.shows('ana has taken it; nobody else is called before', 'app-1 is yours: nobody else is called about it before')
    await all.clock.passes('3h')
    expect(calls(all)).toHaveLength(1)
  })

  test('where nothing waits that is said', async () => {
    const all = await town()
    await all.bob.says('fix #1')
    await all.bob.says('seen app-1')
    all.chat.shows('app-1 waits for nobody now.')
    await all.bob.says('snooze app-1 until someday')
    expect(calls(all)).toEqual([])
  })
})

describe('quiet hours', () => {
  const people = {
    ana: { roles: ['admin'] },
    bob: { roles: ['operator'], zone: 'Europe/Berlin', quiet: '22:00-07:00' },
    cyn: { roles: ['operator'] },
  }
  /** The town's clock begins on 5 January 2026 at 10:00 in Berlin. */
  const night = async (tasks: readonly string[], settings: Parameters<typeof town>[0] = {}, days = '0d'): Promise<Town> => {
    const all = await town({ hasThreads: true, people, escalation: { action: ladder, onCall: ['cyn'] }, ...settings })
    await all.clock.passes(days)
    await all.clock.passes('13h')
    for (const task of tasks) await all.bob.says(`fix ${task}`)
    return all
  }
  const waited = ({ chat }: Town): readonly string[] =>
    chat
      .cards()
      .filter(({ key }) => key.startsWith('waited:'))
      .map(({ mentions, title }) => `@${mentions.map(({ name }) => name).join()} ${title}`)

  test('over midnight: what waited comes in one message when they end, with a button for each; who is on call was called meanwhile', async () => {
    const all = await night(['#1', '#2'])
    await all.agentOf('app-1').asks(question)
    await all.clock.passes('5m')
    await all.agentOf('app-2').asks({ ...question, text: 'Which port?' })
    await all.clock.passes('7h')
    expect(calls(all).map((one) => one.split(':')[0])).toContain('cyn')
    expect(waited(all)).toEqual([])
    await all.clock.passes('61m')
    expect(waited(all)).toEqual(['@bob 2 things waited for you in your quiet hours'])
    const [card] = all.chat.cards().filter(({ key }) => key.startsWith('waited:'))
    expect(card?.lines).toEqual(['app-1 asks: Which library?', 'app-2 asks: Which port?'])
    expect(card?.buttons.map(({ label }) => label)).toEqual(['app-1: zod', 'app-2: zod'])
    await all.bob.presses('app-2: zod')
    await all.agentOf('app-2').works()
    expect(waited(all)).toEqual(['@bob 1 thing waited for you in your quiet hours'])
    await all.bob.presses('app-1: zod')
    await all.agentOf('app-1').works()
    expect(waited(all)).toEqual(['@bob All that waited for you is settled.'])
  })

  test('over the night in which the clocks are set forward they end an hour sooner', async () => {
    const all = await night(['#1'], {}, '82d')
    await all.agentOf('app-1').asks(question)
    await all.clock.passes('6h')
    expect(waited(all)).toEqual([])
    await all.clock.passes('61m')
    expect(waited(all)).toHaveLength(1)
  })

  test('a restart in the night changes nothing', async () => {
    const all = await night(['#1'])
    await all.agentOf('app-1').asks(question)
    await all.clock.passes('3h')
    all.bot.crashes()
    await all.clock.passes('1h')
    await all.bot.starts()
    await all.clock.passes('241m')
    expect(waited(all)).toHaveLength(1)
  })

  test('what is urgent does not wait, and what was settled in the night is told to nobody', async () => {
    const urgent = await night(['#1'], { reactions: { 'agent-needs-input': { priority: 'urgent' } } })
    await urgent.agentOf('app-1').asks(question)
    await urgent.clock.passes('3m')
    expect(calls(urgent)).toEqual(['bob: It has waited for an answer for 2 min.'])
    const settled = await night(['#1'])
    await settled.agentOf('app-1').asks(question)
    await settled.clock.passes('2h')
    await settled.agentOf('app-1').answersAtTerminal('1')
    await settled.bob.says('stop app-1')
    await settled.clock.passes('6h')
    expect(waited(settled)).toEqual([])
  })
})

describe('bursts', () => {
  const red = async (count: number): Promise<Town & { readonly changes: readonly number[] }> => {
    const all = await town({
      hasThreads: true,
      limits: { running: 10 },
      reactions: { 'ci-failed': { auto: false, action: 'notify' } },
    })
    const changes: number[] = []
    for (let n = 1; n <= count; n += 1) {
      await all.bob.says(`start "task ${n}"`)
      await all.agentOf(`app-${n}`).finishes()
      changes.push(all.scm.change().number)
    }
    for (const number of changes) await all.scm.checksOf(number, 'failing', 'lint')
    return { ...all, changes }
  }
  const alerts = ({ chat }: Town): readonly string[] =>
    chat
      .cards()
      .filter(({ key }) => key.startsWith('alert:') && key.includes(':ci-failed:'))
      .map(({ title, lines }) => `${title} | ${lines.find((line) => line.startsWith('The same')) ?? ''}`)

  test('sessions that fail for one cause are one alert that names them, and it lasts until the last of them is put right', async () => {
    const all = await red(4)
    expect(alerts(all)).toEqual([expect.stringContaining('| The same in app-2, app-3 and app-4: this is for all of them.')])
    await all.clock.passes('11m')
    expect(all.chat.cards().filter(({ key }) => key.startsWith('call:'))).toHaveLength(1)
    for (let twice = 0; twice < 2; twice += 1) await all.scm.checksOf(all.changes[1] ?? 0, 'passing')
    expect(alerts(all)[0]).toContain('The same in app-3 and app-4')
  })

  test('where the first one is put right another takes its place', async () => {
    const all = await red(2)
    for (let twice = 0; twice < 2; twice += 1) await all.scm.checksOf(all.changes[0] ?? 0, 'passing')
    expect(alerts(all)).toEqual([expect.stringContaining('app-1 · settled'), expect.stringContaining('app-2 · checks are red')])
  })

  test('what came long after is told by itself', async () => {
    const all = await red(1)
    await all.bob.says('start "task 2"')
    await all.agentOf('app-2').finishes()
    await all.clock.passes('31m')
    await all.scm.checks('failing', 'lint')
    expect(alerts(all)).toHaveLength(2)
  })
})

test('a muted session calls nobody until it may speak again', async () => {
  const all = await asking()
  await all.bob.says('mute app-1 2h')
  await all.clock.passes('119m')
  expect(calls(all)).toEqual([])
  await all.clock.passes('2m')
  expect(calls(all)).toHaveLength(1)
})

test('unmuted, it calls at once who would have been called', async () => {
  const all = await asking()
  await all.bob.says('mute app-1')
  await all.clock.passes('3h')
  expect(calls(all)).toEqual([])
  await all.bob.says('unmute app-1')
  expect(calls(all)).toHaveLength(1)
})
