import { describe, expect, test } from 'vitest'
import type { Place } from '../../bot/contracts/inbound.ts'
import type { Reads } from '../../bot/contracts/reads.ts'
import { createOutbox } from '../../bot/deliver/outbox.ts'
import { createMemory, emptyMemory } from '../../bot/memory/chat.ts'
import { forEver } from '../../bot/memory/heeding.ts'
import { createTalk, emptyTalk } from '../../bot/memory/talk.ts'
import { createStage } from '../../bot/stage.ts'
import type { Fact } from '../../core/contracts/fact.ts'
import type { Session } from '../../core/contracts/session.ts'
import { silent } from '../../core/kit/log.ts'
import { openMemoryDocuments } from '../../core/store/memory.ts'
import { gate } from './chat.ts'
import { type Call, type Fate, openPlatform } from './deliver/platform.ts'
import { makeTime, turn } from './deliver/time.ts'
import { asked, ended, later, live, sessionOf, setting, standing } from './sessions.ts'

const dev: Place = { platform: 'slack', channel: 'dev', thread: null }
const group: Place = { platform: 'telegram', channel: 'group', thread: null }
const home: Place = { platform: 'slack', channel: 'home', thread: null }

const working = sessionOf(live)
const asking = later(sessionOf([...live, asked()]))
const stopped = sessionOf([...live, ended('stopped', 'ada')])
const question = 'app-3 asks: Which database?'

const turns = async (): Promise<void> => {
  for (let count = 0; count < 20; count += 1) await turn()
}

/** The stage over two platforms, each of which can be made to wait or to refuse. */
const world = async (facts: readonly Fact[] = []) => {
  const time = makeTime(1_000_000)
  const during = new Map<string, (call: Call) => Promise<void>>()
  const fates = new Map<string, (call: Call) => Fate>()
  const platformOf = (platform: string) =>
    openPlatform({
      platform,
      during: (call) => during.get(platform)?.(call) ?? Promise.resolve(),
      fate: (call) => fates.get(platform)?.(call),
    })
  const platforms = { slack: platformOf('slack'), telegram: platformOf('telegram') }
  const adapterOf = (platform: string) => (platform === 'slack' || platform === 'telegram' ? platforms[platform].adapter : null)
  const documents = openMemoryDocuments()
  const sessions = new Map<string, Session>()
  const begin = async () => {
    const memory = createMemory(await documents.open('chats', emptyMemory()))
    const talk = createTalk(await documents.open('talk', emptyTalk()))
    const outbox = createOutbox({ adapterOf, memory, accountOf: () => null, log: silent, now: time.now, sleep: time.sleep })
    const reads = {
      sessions: () => [...sessions.values()].filter(({ phase }) => phase !== 'ended'),
      ended: () => [],
      find: async (id: string) => sessions.get(id) ?? null,
      facts: async () => facts,
      queue: () => [],
      settingOf: () => setting,
      headline: (session: Session) => standing(session).headline,
    } as unknown as Reads // the rest is not asked for
    const stage = createStage({
      reads,
      memory,
      talk,
      outbox,
      calls: { look: async () => {}, standing: () => null },
      homesOf: () => [home],
      hasThreads: (platform) => adapterOf(platform)?.open !== undefined,
      platforms: () => ['slack', 'telegram'],
      privateOf: async () => null,
      now: time.now,
      wakeAt: (at, callback) => {
        const cancelling = new AbortController()
        void time.sleep(at - time.now(), cancelling.signal).then(callback, () => {})
        return () => cancelling.abort()
      },
      log: silent,
    })
    return { memory, talk, outbox, stage }
  }
  const parts = await begin()
  const becomes = (session: Session): Promise<void> => {
    sessions.set(session.id, session)
    return parts.stage.redraw(session, dev)
  }
  return { ...parts, time, during, fates, platforms, sessions, becomes, begin }
}

describe('a session that goes on elsewhere', () => {
  test('shows there what became of it while the new thread was being made', async () => {
    const { stage, becomes, during, platforms } = await world()
    await becomes(working)
    const slow = gate()
    during.set('telegram', () => slow.opened)
    const moving = stage.move('app-3', group)
    await turns()
    await becomes(asking)
    slow.open()
    await moving
    const [there] = platforms.telegram.threads()
    expect(there && platforms.telegram.titles(there)).toEqual(expect.arrayContaining([question]))
  })

  test('moved while its first thread is being made, that one says where it goes on', async () => {
    const { stage, becomes, during, platforms, memory, sessions } = await world()
    const slow = gate()
    during.set('slack', (call) => (call.what === 'open' ? slow.opened : Promise.resolve()))
    sessions.set('app-3', working)
    const drawing = becomes(working)
    await turns()
    await stage.move('app-3', group)
    slow.open()
    await drawing
    await turns()
    expect(memory.placeOf('app-3')?.platform).toBe('telegram')
    const [old] = platforms.slack.threads()
    const cards = platforms.slack.messages.filter(({ ref }) => ref.place.channel === 'dev').map(({ card }) => card)
    expect(old).toBeDefined()
    expect(cards.map(({ title, buttons }) => [title, buttons.length])).toEqual([['app-3 goes on in telegram.', 0]])
  })

  test('a call that waits in the old place does not go out there any more', async () => {
    const { stage, becomes, during, platforms } = await world()
    await becomes(working)
    const slow = gate()
    during.set('slack', (call) => (call.what === 'edit' ? slow.opened : Promise.resolve())) // the place is busy with its card
    const drawing = becomes(sessionOf([...live, { type: 'session.suspended', at: 60_000, by: 'ada' }]))
    await turns()
    const asks = becomes(asking)
    await turns()
    await stage.move('app-3', group)
    slow.open()
    await Promise.all([drawing, asks])
    await turns()
    expect(platforms.slack.messages.map(({ card }) => card.title)).toEqual(['app-3 goes on in telegram.'])
  })
})

describe('a thread that is gone', () => {
  test('what became of it while the new one was made is shown', async () => {
    const { becomes, during, fates, platforms, memory } = await world()
    await becomes(working)
    const { fault } = await import('../../bot/contracts/faults.ts')
    const old = memory.placeOf('app-3')
    fates.set('slack', ({ place, what }) =>
      what !== 'open' && place.thread === old?.thread
        ? { before: fault('PLACE_GONE', { platform: 'slack', channel: 'dev', what: 'thread', problem: 'deleted' }) }
        : undefined,
    )
    const slow = gate()
    during.set('slack', (call) => (call.what === 'open' ? slow.opened : Promise.resolve()))
    const first = becomes(sessionOf([...live, { type: 'session.suspended', at: 60_000, by: 'ada' }]))
    await turns()
    const second = becomes(asking)
    await turns()
    slow.open()
    await Promise.all([first, second])
    const there = memory.placeOf('app-3')
    expect(there && platforms.slack.titles(there)).toContain(question)
  })
})

describe('a channel where no thread stays', () => {
  test('is no place for the session: threads are not made for ever', async () => {
    const { becomes, fates, platforms, memory } = await world()
    const { fault } = await import('../../bot/contracts/faults.ts')
    fates.set('slack', ({ place, what }) =>
      what !== 'open' && place.channel === 'dev'
        ? { before: fault('PLACE_GONE', { platform: 'slack', channel: 'dev', what: 'thread', problem: 'locked' }) }
        : undefined,
    )
    await becomes(asking)
    expect(memory.placeOf('app-3')?.channel).toBe('home')
    expect(platforms.slack.threads().filter(({ channel }) => channel === 'dev').length).toBeLessThan(10)
  })
})

describe('a session that was moved while the channel where it began was lost', () => {
  test('stays where it was moved to', async () => {
    const { stage, becomes, during, fates, memory, sessions } = await world()
    const { fault } = await import('../../bot/contracts/faults.ts')
    const slow = gate()
    during.set('slack', (call) => (call.what === 'open' ? slow.opened : Promise.resolve()))
    fates.set('slack', ({ what }) =>
      what === 'open'
        ? { before: fault('PLACE_GONE', { platform: 'slack', channel: 'dev', what: 'channel', problem: 'archived' }) }
        : undefined,
    )
    sessions.set('app-3', working)
    const drawing = becomes(working)
    await turns()
    await stage.move('app-3', group)
    slow.open()
    await drawing
    expect(memory.placeOf('app-3')?.platform).toBe('telegram')
  })
})

describe('a call that is settled before it is on show', () => {
  test('while it was on its way it is edited afterwards', async () => {
    const { becomes, during, platforms } = await world()
    await becomes(working)
    const slow = gate()
    during.set('slack', (call) => (call.what === 'post' ? slow.opened : Promise.resolve()))
    const asks = becomes(asking)
    await turns()
    const settled = becomes(working)
    await turns()
    slow.open()
    await Promise.all([asks, settled])
    await turns()
    expect(platforms.slack.messages.filter(({ card }) => card.kind === 'question').map(({ card }) => card.title)).toEqual([])
  })

  test('where somebody follows it, it does not go out any more', async () => {
    const { becomes, during, platforms, talk, outbox } = await world()
    await becomes(working)
    await talk.follow('app-3', group)
    const slow = gate()
    during.set('telegram', () => slow.opened)
    const busy = outbox.show(group, (await import('./deliver/platform.ts')).card('x'))
    await turns()
    void becomes(asking)
    await turns()
    void becomes(working)
    await turns()
    slow.open()
    await busy
    await turns()
    expect(platforms.telegram.titles(group)).toEqual(['x'])
  })
})

describe('a chat that does not answer', () => {
  test('where somebody follows a session, keeps nobody waiting who is called in its own place', async () => {
    const { becomes, during, talk, platforms } = await world()
    await becomes(working)
    await talk.follow('app-3', group)
    during.set('telegram', () => new Promise(() => {}))
    let isCalled = false
    void becomes(asking).then(() => {
      isCalled = true
    })
    await turns()
    expect(platforms.slack.messages.map(({ card }) => card.title)).toContain(question)
    expect(isCalled).toBe(true)
  })

  test('a result is outstanding until it was seen where somebody follows, too', async () => {
    const { becomes, during, talk, memory } = await world()
    await becomes(working)
    await talk.follow('app-3', group)
    const slow = gate()
    during.set('telegram', () => slow.opened)
    await becomes(stopped)
    await turns()
    expect(memory.unfinished()).toEqual(['app-3'])
    slow.open()
    await turns()
    expect(memory.unfinished()).toEqual([])
  })
})

describe('quiet for a while', () => {
  test('each place speaks again when its own time is over, whatever was said elsewhere', async () => {
    const { becomes, talk, platforms, time, memory } = await world()
    await becomes(working)
    await talk.follow('app-3', group)
    await talk.mute({ place: dev, what: 'app-3' }, time.now() + 60_000)
    await talk.mute({ place: group, what: 'app-3' }, forEver)
    await becomes(asking)
    const thread = memory.placeOf('app-3')
    expect(thread && platforms.slack.titles(thread)).not.toContain(question)
    await time.passes(60_100)
    expect(thread && platforms.slack.titles(thread)).toContain(question)
  })
})

describe('where a session is shown first', () => {
  test('what lived in a chat that is no longer configured goes on at home', async () => {
    const { becomes, memory, platforms } = await world()
    await memory.live('app-3', { platform: 'gone', channel: 'dev', thread: '7' })
    await becomes(asking)
    expect(memory.placeOf('app-3')?.channel).toBe('home')
    expect(platforms.slack.messages.map(({ card }) => card.title)).toContain(question)
  })

  test('after a crash before its place was known it is where it was asked for', async () => {
    const { stage, memory, sessions, platforms } = await world([{ ...live[0], cause: 'said-1' } as Fact])
    await memory.saidAt('said-1', dev)
    sessions.set('app-3', working)
    await stage.redraw(working, null)
    expect(platforms.slack.threads().map(({ channel }) => channel)).toEqual(['dev'])
  })
})
