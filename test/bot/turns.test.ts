import { expect, test } from 'vitest'
import { createBot } from '../../bot/bot.ts'
import { fault } from '../../bot/contracts/faults.ts'
import type { Inbound, Place } from '../../bot/contracts/inbound.ts'
import type { Reads } from '../../bot/contracts/reads.ts'
import { createOutbox } from '../../bot/deliver/outbox.ts'
import { createHearing } from '../../bot/hear.ts'
import { intents } from '../../bot/intents/index.ts'
import { createMemory, emptyMemory } from '../../bot/memory/chat.ts'
import { type InboxFact, openInbox } from '../../bot/memory/inbox.ts'
import { createPeople, emptyPeople } from '../../bot/memory/people.ts'
import { createTalk, emptyTalk } from '../../bot/memory/talk.ts'
import { directory } from '../../bot/people/directory.ts'
import type { Person } from '../../core/contracts/access.ts'
import type { Session } from '../../core/contracts/session.ts'
import { silent } from '../../core/kit/log.ts'
import { openMemoryDocuments, openMemoryJournal } from '../../core/store/memory.ts'
import { callingParts } from '../fakes/calls.ts'
import { type Call, type Fate, openPlatform } from './deliver/platform.ts'
import { makeTime, turn } from './deliver/time.ts'
import { noDigests } from './digest/none.ts'
import { ended, live, sessionOf, setting, standing } from './sessions.ts'

const dev: Place = { platform: 'slack', channel: 'dev', thread: null }
const group: Place = { platform: 'telegram', channel: 'group', thread: null }
const ada: Person = { name: 'ada', roles: { '*': ['admin'] } }
const working = sessionOf(live)
const stopped = sessionOf([...live, ended('stopped', 'ada')])

const turns = async (): Promise<void> => {
  for (let count = 0; count < 40; count += 1) await turn()
}

/** A bot in two chats, each of which can be made to wait or to refuse; it can be started anew over what is kept. */
const world = async () => {
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
  const journal = openMemoryJournal<InboxFact>()
  const sessions = new Map<string, Session>()
  const starts = async () => {
    const memory = createMemory(await documents.open('chats', emptyMemory()))
    const talk = createTalk(await documents.open('talk', emptyTalk()))
    const outbox = createOutbox({ adapterOf, memory, accountOf: () => null, log: silent, now: time.now, sleep: time.sleep })
    const all = (isEnded: boolean) => [...sessions.values()].filter(({ phase }) => (phase === 'ended') === isEnded)
    const reads = {
      sessions: () => all(false),
      ended: () => all(true),
      find: async (id: string) => {
        await turn() // as long as a disk takes
        return sessions.get(id) ?? null
      },
      facts: async () => [],
      queue: () => [],
      fleet: () => null,
      settingOf: () => setting,
      headline: (session: Session) => standing(session).headline,
      projects: () => [{ name: 'app', path: '/app', base: 'main', agent: 'codex', isPaused: false }],
      agents: () => ['codex'],
      people: () => [ada],
    } as unknown as Reads // the rest is not asked for
    const bot = createBot({
      digests: noDigests(),
      language: async () => ({ intents, createHearing }),
      reads,
      memory,
      talk,
      inbox: await openInbox(journal, { now: time.now }),
      outbox,
      people: createPeople(await documents.open('people', emptyPeople())),
      ...directory({ accounts: ['slack', 'telegram'].map((platform) => ({ platform, account: 'ada', person: ada })) }),
      files: { take: async () => ({ kind: 'words', text: '' }) },
      homesOf: () => [dev, group],
      ...callingParts(time.now),
      hasThreads: () => true,
      privateOf: async () => null,
      adapterOf,
      platforms: () => ['slack', 'telegram'],
      accept: async () => [],
      propose: null,
      wakeAt: (at, callback) => {
        const cancelling = new AbortController()
        void time.sleep(at - time.now(), cancelling.signal).then(callback, () => {})
        return () => cancelling.abort()
      },
      home: dev,
      sleep: time.sleep,
      now: time.now,
      log: silent,
    })
    let count = 0
    const says = async (text: string, { at = dev, said = time.now(), id = '' } = {}): Promise<void> => {
      count += 1
      const inbound: Inbound = {
        id: id || `said-${count}`,
        account: 'ada',
        place: at,
        at: said,
        isDirect: true,
        said: { how: 'typed', text },
      }
      await bot.door.receive(inbound)
      await turns()
    }
    return { bot, memory, talk, outbox, says }
  }
  const titles = (): readonly string[] => platforms.slack.messages.map(({ card }) => card.title)
  const becomes = async ({ bot }: Awaited<ReturnType<typeof starts>>, session: Session): Promise<void> => {
    sessions.set(session.id, session)
    bot.news(session, [])
    await turns()
  }
  return { time, during, fates, platforms, sessions, journal, starts, titles, becomes }
}

test('a session that is moved to a chat that does not answer keeps nobody in its channel waiting, and goes there when that answers', async () => {
  const { time, fates, starts, becomes, titles } = await world()
  const life = await starts()
  await becomes(life, working)
  fates.set('telegram', () => ({ before: fault('CHAT_UNREACHABLE', { platform: 'telegram', problem: 'ETIMEDOUT' }) }))
  await life.says('move app-3 to telegram')
  await life.says('status')
  await time.passes(5_100)
  await turns()
  expect(titles()).toContain('1 session')
  expect(titles().join()).toContain('has made no thread yet')
  expect(life.memory.placeOf('app-3')?.platform).toBe('slack')
  fates.delete('telegram')
  await time.passes(120_000)
  expect(life.memory.placeOf('app-3')?.platform).toBe('telegram')
})

test('an answer that could not be given before a stop is given after it', async () => {
  const { time, fates, starts, titles } = await world()
  const life = await starts()
  fates.set('slack', () => ({ before: fault('CHAT_BUSY', { platform: 'slack', retryAfterMs: 60_000, isEverywhere: true }) }))
  await life.says('status')
  await life.says('who')
  expect(titles()).toEqual([])
  life.bot.stop()
  life.outbox.stop()
  await life.bot.quiet()
  fates.delete('slack')
  const next = await starts()
  await next.bot.wake([])
  await time.passes(1_000)
  await turns()
  expect(titles()).toContain('Nothing is at work.')
})

test('what was said before a crash is dealt with before what is said while the bot starts', async () => {
  const { starts, journal, sessions, platforms } = await world()
  sessions.set('app-3', stopped)
  const inbound: Inbound = {
    id: 'old',
    account: 'ada',
    place: dev,
    at: 999_000,
    isDirect: true,
    said: { how: 'typed', text: 'whoami' },
  }
  await journal.append('inbox-1970-01-01', [{ type: 'received', inbound }], 0)
  const life = await starts()
  await life.memory.live('app-3', dev)
  const waking = life.bot.wake([])
  const says = life.says('status', { id: 'new' })
  await Promise.all([waking, says])
  await turns()
  const answers = platforms.slack.messages.map(({ card }) => card.replyTo).filter((id) => id !== null)
  expect(answers).toEqual(['old', 'new'])
})

test('a message from a clock that is ahead does not hide what comes before it', async () => {
  const { starts, time } = await world()
  const life = await starts()
  await life.says('status', { said: time.now() + 3_600_000 })
  expect(life.bot.door.missed('slack').since).toBe(time.now())
})

test('unmuted, a session that has ended meanwhile says how', async () => {
  const { starts, becomes, titles } = await world()
  const life = await starts()
  await becomes(life, working)
  await life.says('mute app-3')
  await becomes(life, stopped)
  expect(titles()).not.toContain('app-3 · stopped by ada')
  await life.says('unmute app-3')
  expect(titles().filter((title) => title.includes('stopped')).length).toBeGreaterThan(0)
  expect(life.memory.unfinished()).toEqual([])
})

test('a private chat that cannot be found out keeps nobody waiting', async () => {
  const { starts, platforms, time, titles } = await world()
  const life = await starts()
  Object.assign(platforms.slack.adapter, { privately: () => new Promise(() => {}) })
  await life.says('link')
  await life.says('status')
  await time.passes(5_100)
  await turns()
  expect(titles()).toContain('Nothing is at work.')
})
