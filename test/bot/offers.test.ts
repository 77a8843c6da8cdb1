import { afterEach, describe, expect, test } from 'vitest'
import { createBot } from '../../bot/bot.ts'
import type { ChatAdapter } from '../../bot/contracts/adapter.ts'
import type { DrawnCard } from '../../bot/contracts/card.ts'
import type { Inbound, Place } from '../../bot/contracts/inbound.ts'
import type { Propose } from '../../bot/contracts/intent.ts'
import type { Reads } from '../../bot/contracts/reads.ts'
import { createOutbox } from '../../bot/deliver/outbox.ts'
import { createHearing } from '../../bot/hear.ts'
import { intents } from '../../bot/intents/index.ts'
import { createMemory, emptyMemory } from '../../bot/memory/chat.ts'
import { type InboxFact, openInbox } from '../../bot/memory/inbox.ts'
import { createPeople, emptyPeople } from '../../bot/memory/people.ts'
import { createTalk, emptyTalk } from '../../bot/memory/talk.ts'
import { directory } from '../../bot/people/directory.ts'
import { parse } from '../../bot/understand/parse.ts'
import type { Authorised, Person } from '../../core/contracts/access.ts'
import type { Fact } from '../../core/contracts/fact.ts'
import type { Session } from '../../core/contracts/session.ts'
import type { Wish } from '../../core/contracts/wish.ts'
import { silent } from '../../core/kit/log.ts'
import { decide } from '../../core/session/decide.ts'
import { evolve, unborn } from '../../core/session/evolve.ts'
import { openMemoryDocuments, openMemoryJournal } from '../../core/store/memory.ts'
import { callingParts } from '../fakes/calls.ts'
import { channel, openChat, threadOf } from './chat.ts'
import { noDigests } from './digest/none.ts'
import { asked, ended, live, requested, seen, setting, standing } from './sessions.ts'

const people: readonly Person[] = [
  { name: 'ada', roles: { '*': ['admin'] } },
  { name: 'bob', roles: { '*': ['admin'] } },
  { name: 'opa', roles: { app: ['operator'], api: ['viewer'] } },
  { name: 'vic', roles: { '*': ['viewer'] } },
]

const minutes = (count: number): number => count * 60_000

/** What outlives a bot: what it remembers, the chat, the world, and the time. */
const openDisk = () => ({
  documents: openMemoryDocuments(),
  journal: openMemoryJournal<InboxFact>(),
  chat: openChat(),
  sessions: new Map<string, Session>(),
  /** What the engine has granted; the same cause twice is one wish. */
  wishes: [] as Authorised[],
  now: 0,
  count: 0,
})
type Disk = ReturnType<typeof openDisk>

/** How the engine takes the next wish: as ever, or the bot is gone just before or just after it is kept, or it throws. */
type Engine = 'works' | 'dies before' | 'dies after' | 'throws'

const running: { stop: () => void }[] = []
afterEach(() => {
  for (const bot of running.splice(0)) bot.stop()
})

const startBot = async (disk: Disk = openDisk(), { propose = null as Propose | null, projects = ['app', 'api'] } = {}) => {
  const { chat, sessions, wishes } = disk
  const memory = createMemory(await disk.documents.open('chats', emptyMemory()))
  const talk = createTalk(await disk.documents.open('talk', emptyTalk()))
  const alarms = new Set<{ readonly at: number; readonly ring: () => void }>()
  let engine: Engine = 'works'
  let died: () => void = () => {}
  const death = new Promise<void>((resolve) => {
    died = resolve
  })
  const all = (isEnded: boolean): readonly Session[] => [...sessions.values()].filter(({ phase }) => (phase === 'ended') === isEnded)
  const reads: Reads = {
    sessions: () => all(false),
    ended: () => all(true),
    find: async (id) => sessions.get(id) ?? null,
    facts: async () => [],
    numbers: async () => [],
    strangers: async () => [],
    prices: () => ({ readOn: null, models: new Map() }),
    openTasks: () => [],
    queue: () => [],
    fleet: () => null,
    settingOf: () => setting,
    headline: (session) => standing(session).headline,
    projects: () => projects.map((name) => ({ name, path: `/${name}`, base: 'main', agent: 'codex', isPaused: false })),
    agents: () => ['codex'],
    people: () => people,
    task: async (_project, key) => ({ key, title: `Task ${key}`, body: '', url: null, author: null }),
    ready: async () => {},
    screen: async () => 'the last line',
    picture: async () => null,
    diff: async () => ({ text: '+1', isCut: false, stat: '1 file changed' }),
    unsaved: async () => ({ dirty: [], commits: 0 }),
    attach: async () => null,
  }
  const know = (id: string, facts: readonly Fact[]): void => {
    const session = facts.reduce(evolve, sessions.get(id) ?? unborn(id))
    sessions.set(id, session)
    bot.news(session, facts)
  }
  const accept = async (authorised: Authorised): Promise<readonly Fact[]> => {
    const { wish, by, cause } = authorised
    const how = engine
    engine = 'works'
    const gone = (): Promise<never> => {
      died()
      return new Promise(() => {})
    }
    if (how === 'throws') throw new Error('a bug')
    if (how === 'dies before') return gone()
    if (wishes.some((known) => known.cause === cause)) return []
    const facts: readonly Fact[] =
      wish.name === 'start'
        ? [{ ...requested, task: wish.task, project: wish.project, by, cause } as Fact]
        : !('session' in wish)
          ? []
          : decide(sessions.get(wish.session) ?? unborn(wish.session), { at: 100_000, wish: authorised }, setting)
    wishes.push(authorised)
    if (how === 'dies after') return gone()
    if (wish.name === 'start' || 'session' in wish)
      know(wish.name === 'start' ? `${wish.project}-${sessions.size + 1}` : wish.session, facts)
    return facts
  }
  const adapter: ChatAdapter = {
    ...chat.adapter,
    /** Threads are called by their session. */
    open: async (at, card, { title, ...sending }) => {
      const place = { ...at, thread: title.split(' ')[0] ?? title }
      return { place, ref: await chat.adapter.post(place, card, sending) }
    },
  }
  const bot = createBot({
    digests: noDigests(),
    language: async () => ({ intents, createHearing }),
    reads,
    memory,
    talk,
    inbox: await openInbox(disk.journal, { now: () => 0 }),
    outbox: createOutbox({
      adapterOf: () => adapter,
      memory,
      accountOf: () => null,
      log: silent,
      now: () => disk.now,
      sleep: () => new Promise(() => {}),
    }),
    people: createPeople(await disk.documents.open('people', emptyPeople())),
    ...directory({ accounts: people.map((person) => ({ platform: 'chat', account: person.name, person })) }),
    homesOf: () => [channel],
    files: { take: async () => ({ kind: 'words', text: '' }) },
    ...callingParts(() => disk.now),
    hasThreads: () => false,
    privateOf: async () => null,
    adapterOf: () => adapter,
    platforms: () => ['chat'],
    accept,
    propose,
    home: channel,
    sleep: async () => {},
    now: () => disk.now,
    wakeAt: (at, ring) => {
      const alarm = { at, ring }
      alarms.add(alarm)
      return () => void alarms.delete(alarm)
    },
    log: silent,
  })
  running.push(bot)

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    await bot.quiet()
  }
  const ring = async (): Promise<void> => {
    for (const alarm of [...alarms]) if (alarm.at <= disk.now && alarms.delete(alarm)) alarm.ring()
    await settle()
  }
  type How = { readonly at?: Place; readonly id?: string; readonly isDirect?: boolean; readonly on?: number }
  const receive = async (who: string, said: Inbound['said'], { at = channel, id, isDirect = true, on = disk.now }: How): Promise<void> => {
    disk.count += 1
    const inbound: Inbound = { id: id ?? `said-${disk.count}`, account: who, place: at, at: on, isDirect, said }
    await bot.door.receive(inbound)
    await Promise.race([bot.door.settled(inbound.id), death])
    if (engine === 'works') await Promise.race([settle(), death])
  }
  const buttonOf = (label: string, at: Place): string =>
    disk.chat
      .at(at)
      .flatMap(({ buttons }) => buttons.filter((button) => button.label === label))
      .at(-1)?.id ?? 'no such button'
  return {
    disk,
    talk,
    /** The next wish meets an engine like that. */
    engine: (how: Engine): void => {
      engine = how
    },
    know: async (id: string, facts: readonly Fact[]): Promise<void> => {
      know(id, facts)
      await settle()
    },
    says: (who: string, text: string, how: How = {}) => receive(who, { how: 'typed', text }, how),
    buttonOf: (label: string, at: Place = channel): string => buttonOf(label, at),
    /** Taps the newest button of that name, or the one with that id. */
    taps: (who: string, label: string, how: How & { readonly button?: string } = {}) =>
      receive(who, { how: 'pressed', button: how.button ?? buttonOf(label, how.at ?? channel) }, how),
    /** Time passes, and whatever waited for it happens. */
    pass: async (ms: number): Promise<void> => {
      disk.now += ms
      await ring()
    },
    ring,
    /** The bot is gone. Nothing of it is left that could wake up. */
    stop: (): void => {
      bot.stop()
      expect([...alarms]).toEqual([])
    },
    /** How many alarms are set. */
    alarms: (): number => alarms.size,
    wake: async (): Promise<void> => {
      await bot.wake([])
      await settle()
      await ring()
    },
    /** What was done, in the order it was. */
    done: (): readonly Wish[] => wishes.map(({ wish }) => wish),
    /** The newest message there, as one reads it. */
    reads: (at: Place = channel): string => asRead(chat.at(at).at(-1)),
    /** Every message there that answers somebody. */
    all: (at: Place = channel): readonly string[] => chat.at(at).filter(isReply).map(asRead),
  }
}

/** The bot is gone, and a new one begins where it was. */
const restart = async (before: { readonly stop: () => void; readonly disk: Disk }, options: Parameters<typeof startBot>[1] = {}) => {
  before.stop()
  const next = await startBot(before.disk, options)
  await next.wake()
  return next
}

/** Answers of the bot itself; that something became true of a session is told by facts. */
const isReply = ({ key, title }: DrawnCard): boolean => /^(?:offer|answer):/.test(key) && !/^[a-z]+-\d+ · ada /.test(title)

const asRead = (card: DrawnCard | undefined): string =>
  card === undefined
    ? ''
    : [card.title, ...card.lines, ...card.blocks.map(({ text }) => `| ${text}`), card.buttons.map(({ label }) => `[${label}]`).join(' ')]
        .filter((line) => line !== '')
        .join('\n')

/** Two sessions with a change each, so that "it" is nobody in the channel. */
const startWithTwo = async (options: Parameters<typeof startBot>[1] = {}, disk = openDisk()) => {
  const bot = await startBot(disk, options)
  await bot.know('app-3', [...live, seen({ head: 'aaaa', patchId: 'p1' })])
  await bot.know('app-4', [...live, seen({ number: 8, head: 'dddd', patchId: 'p4' })])
  return bot
}

const merged = (session: string, head: string) => ({
  name: 'merge',
  session,
  when: 'now',
  method: null,
  about: expect.objectContaining({ session, change: expect.objectContaining({ head }) }),
})

const offered = 'Did you mean "merge app-3"?\nNothing is done yet. ada, tap Yes within 10 minutes, or say "yes" next.\n[Yes] [No]'

describe('what is certain is done, and reading is done anyway', () => {
  test('an exact change is done at once, politeness and all', async () => {
    const { says, done, all } = await startWithTwo()
    await says('ada', 'hey, can you merge app-3 please?')
    expect(done()).toEqual([merged('app-3', 'aaaa')])
    expect(all().join()).not.toContain('Did you mean')
  })

  test('reading that was guessed is answered at once, and shows the command it was read as', async () => {
    const { says, done, reads } = await startWithTwo()
    await says('vic', 'is there anything stuck?')
    expect(reads().split('\n').at(-1)).toBe('I read that as "status stuck".')
    await says('vic', 'show me the diff of app-3 please')
    expect(reads()).toContain('1 file changed')
    expect(done()).toEqual([])
  })

  test('reading that is exact says nothing of how it was read', async () => {
    const { says, reads } = await startWithTwo()
    await says('ada', 'diff app-3')
    expect(reads()).not.toContain('I read that')
  })

  test('a typo of something to read is answered, one of a change is offered', async () => {
    const { says, reads, done } = await startWithTwo()
    await says('ada', 'stauts')
    expect(reads()).toMatch(/^2 sessions\n.*I read that as "status"\.$/s)
    await says('ada', 'mrege app-3')
    expect(reads()).toBe(offered)
    expect(done()).toEqual([])
  })
})

describe('a guessed change', () => {
  test('shows the exact command with two buttons, and does nothing', async () => {
    const { says, reads, done } = await startWithTwo()
    await says('ada', 'could someone get #7 merged')
    expect(reads()).toBe(offered)
    expect(done()).toEqual([])
  })

  test('is done by a tap on Yes, once, and the card says who said so', async () => {
    const { says, taps, buttonOf, all, done } = await startWithTwo()
    await says('ada', 'get app-3 merged')
    const yes = buttonOf('Yes')
    await taps('ada', 'Yes')
    expect(all()[0]).toBe('ada said yes to "merge app-3".')
    await taps('ada', 'Yes', { button: yes })
    expect(all().at(-1)).toBe('You have said yes to "merge app-3" already.\nSay it again to do it once more.')
    expect(done()).toEqual([merged('app-3', 'aaaa')])
  })

  test.each(['yes', 'go ahead', 'Yes please!', 'ok', 'do it'])('is done by a typed %j', async (words) => {
    const { says, all, done } = await startWithTwo()
    await says('ada', 'get app-3 merged')
    await says('ada', words)
    expect(done()).toEqual([merged('app-3', 'aaaa')])
    expect(all()).toEqual(['ada said yes to "merge app-3".'])
  })

  test.each(['no', 'nah', 'no thanks', 'cancel', 'cancel that', 'never mind'])('is not done after a typed %j', async (words) => {
    const { says, all, done } = await startWithTwo()
    await says('ada', 'get app-3 merged')
    await says('ada', words)
    await says('ada', 'yes')
    expect(done()).toEqual([])
    expect(all()[0]).toBe('ada said no to "merge app-3". Nothing was done.')
  })

  test('is not done after a tap on No, whatever is tapped then', async () => {
    const { says, taps, buttonOf, all, done } = await startWithTwo()
    await says('ada', 'get app-3 merged')
    const [yes, no] = [buttonOf('Yes'), buttonOf('No')]
    await taps('ada', 'No')
    await taps('ada', 'Yes', { button: yes })
    await taps('ada', 'No', { button: no })
    expect(done()).toEqual([])
    expect(all()).toEqual([
      'ada said no to "merge app-3". Nothing was done.',
      'You have said no to "merge app-3", so nothing was done.\nIf you want it after all, say it again.',
      'You have said no to "merge app-3", so nothing was done.\nIf you want it after all, say it again.',
    ])
  })

  test('is about what the card showed when it was offered, not about what has come since', async () => {
    const { says, taps, know, all, done } = await startWithTwo()
    await says('ada', 'get app-3 merged')
    await know('app-3', [seen({ head: 'bbbb', patchId: 'p2' })])
    await taps('ada', 'Yes')
    expect(done()).toEqual([])
    expect(all().at(-1)).toContain('Not done: new commits have come to #7 (bbbb) since that card was shown.')
    await says('ada', 'merge app-3')
    expect(done()).toEqual([merged('app-3', 'bbbb')])
  })

  test('is bound to what there is, too, where no card of the session was shown', async () => {
    const { says, taps, know, all, done } = await startWithTwo()
    const other: Place = { platform: 'chat', channel: 'other', thread: null }
    await says('ada', 'get app-3 merged', { at: other })
    await know('app-3', [seen({ head: 'bbbb', patchId: 'p2' })])
    await taps('ada', 'Yes', { at: other })
    expect(done()).toEqual([])
    expect(all(other).at(-1)).toContain('Not done: new commits have come to #7 (bbbb)')
  })

  test('that cannot be now is refused at once, and not after a tap', async () => {
    const { says, know, all, done } = await startWithTwo()
    await know('app-5', live)
    await says('ada', 'get app-5 merged')
    expect(all().at(-1)).toBe('That cannot be done with app-5 now: it has no open change.\nSay "show app-5" to see how it stands.')
    await know('app-5', [seen({ number: 9 })])
    expect(done()).toEqual([])
  })

  test('in a thread may have been meant for the agent: one tap tells it, and nothing else is done', async () => {
    const { says, taps, all, done } = await startWithTwo()
    await says('ada', 'get app-3 merged', { at: threadOf('app-3') })
    await taps('ada', 'Tell the agent', { at: threadOf('app-3') })
    expect(done()).toEqual([{ name: 'tell', session: 'app-3', text: 'get app-3 merged' }])
    expect(all(threadOf('app-3'))[0]).toBe('ada said no to "merge app-3". Nothing was done.')
  })

  test('names the session, so that a number that means another one by now changes nothing', async () => {
    const { says, taps, know, done, reads } = await startWithTwo()
    await says('ada', 'please get PR 8 merged')
    expect(reads()).toContain('"merge app-4"')
    await know('app-5', [...live, seen({ number: 8, head: 'eeee' })])
    await taps('ada', 'Yes')
    expect(done()).toEqual([merged('app-4', 'dddd')])
  })

  test('names the project where there are several, so that "use" in between changes nothing', async () => {
    const { says, taps, done, reads } = await startWithTwo()
    await says('ada', 'use app')
    await says('ada', 'could someone look into #9')
    expect(reads()).toMatch(/^Did you mean ".* #9 in app/)
    await says('ada', 'use api')
    await taps('ada', 'Yes')
    expect(done()).toMatchObject([{ name: 'start', project: 'app', task: { key: '#9' } }])
  })

  test('names the project, too, where nothing starts any more', async () => {
    const { says, taps, reads, done } = await startBot(openDisk(), { projects: ['app'] })
    await says('ada', 'do not start anything new')
    expect(reads()).toContain('Did you mean "pause app"?')
    await taps('ada', 'Yes')
    expect(done()).toEqual([{ name: 'pause', project: 'app' }])
  })

  test('in a thread is written so that it is for the bot there, and the tap does it', async () => {
    const { says, taps, reads, done, talk } = await startWithTwo()
    await says('ada', 'ao switch to api', { at: threadOf('app-3') })
    expect(reads(threadOf('app-3'))).toContain('Did you mean "ao use api"?')
    await taps('ada', 'Yes', { at: threadOf('app-3') })
    expect([talk.projectAt(channel), done()]).toEqual(['api', []])
    await says('ada', 'ao fxi #9 in api', { at: threadOf('app-3') })
    expect(reads(threadOf('app-3'))).toMatch(/^Did you mean "ao .* #9 in api/)
  })

  test('that is long is shown whole', async () => {
    const { says, reads } = await startWithTwo()
    const words = `it should ${'really '.repeat(30)}use zod`
    await says('ada', `let app-3 know that ${words}`)
    expect(reads()).toContain(`…"?\nNothing is done yet.`)
    expect(reads()).toContain(`| tell app-3 ${words}`)
  })
})

describe('"yes" is an answer only where nothing else was said in between', () => {
  test.each(['status', 'thanks!', '👍', 'show app-4', '@bob what do you think?', 'what?'])(
    'not after %j; the button still works',
    async (words) => {
      const { says, taps, done } = await startWithTwo()
      await says('ada', 'get app-3 merged')
      await says('ada', words)
      await says('ada', 'yes')
      expect(done()).toEqual([])
      await taps('ada', 'Yes')
      expect(done()).toEqual([merged('app-3', 'aaaa')])
    },
  )

  test('a newer offer takes the place of an older one, whose button still works', async () => {
    const { says, taps, buttonOf, done } = await startWithTwo()
    await says('ada', 'get app-3 merged')
    const older = buttonOf('Yes')
    await says('ada', 'get app-4 merged')
    await says('ada', 'yes')
    expect(done()).toEqual([merged('app-4', 'dddd')])
    await taps('ada', 'Yes', { button: older })
    expect(done()).toEqual([merged('app-4', 'dddd'), merged('app-3', 'aaaa')])
  })

  test('words that are a command of their own are that command', async () => {
    const { says, done, reads } = await startWithTwo()
    await says('ada', 'get app-3 merged', { at: threadOf('app-3') })
    await says('ada', 'approve', { at: threadOf('app-3') })
    expect(done()).toMatchObject([{ name: 'approve', session: 'app-3' }])
    await says('ada', 'get app-3 merged', { at: threadOf('app-3') })
    expect(reads(threadOf('app-3'))).toContain('Did you mean')
    await says('ada', 'cancel', { at: threadOf('app-3') })
    expect(done()).toHaveLength(1)
  })

  test('nor in another place', async () => {
    const { says, done } = await startWithTwo()
    await says('ada', 'get app-3 merged')
    await says('ada', 'yes', { at: { ...channel, channel: 'other' } })
    expect(done()).toEqual([])
  })

  test('nor where the bot was not spoken to', async () => {
    const { says, done } = await startWithTwo()
    await says('ada', 'get app-3 merged')
    await says('ada', 'yes', { isDirect: false })
    expect(done()).toEqual([])
  })
})

describe('only who was asked can answer', () => {
  test.each(['Yes', 'No'])('the tap of another person on %s does nothing and is told so', async (label) => {
    const { says, taps, all, done } = await startWithTwo()
    await says('ada', 'get app-3 merged')
    await taps('bob', label)
    expect(all()).toEqual([offered, 'I asked ada about "merge app-3", and only ada can answer.\nIf you want it, say it yourself.'])
    expect(done()).toEqual([])
    await taps('ada', 'Yes')
    expect(done()).toEqual([merged('app-3', 'aaaa')])
  })

  test.each(['yes', 'no'])('so does the %s of another person, and it is no answer to the agent either', async (words) => {
    const { says, all, done } = await startWithTwo()
    await says('ada', 'get app-3 merged', { at: threadOf('app-3') })
    await says('bob', words, { at: threadOf('app-3') })
    expect(all(threadOf('app-3'))).toEqual([
      `${offered} [Tell the agent]`,
      'I asked ada about "merge app-3", and only ada can answer.\nIf you want it, say it yourself.',
    ])
    await says('ada', 'yes', { at: threadOf('app-3') })
    expect(done()).toEqual([merged('app-3', 'aaaa')])
  })

  test('whoever comes after it is told how it came out', async () => {
    const { says, taps, buttonOf, all } = await startWithTwo()
    await says('ada', 'get app-3 merged')
    const yes = buttonOf('Yes')
    await taps('ada', 'No')
    await taps('bob', 'Yes', { button: yes })
    expect(all().at(-1)).toBe('I asked ada about "merge app-3", and only ada can answer.\nada said no to "merge app-3". Nothing was done.')
  })

  test('each of two people has an offer of their own', async () => {
    const { says, all, done } = await startWithTwo()
    await says('ada', 'get app-3 merged')
    await says('bob', 'get app-4 merged')
    await says('ada', 'yes')
    await says('bob', 'no')
    expect(done()).toEqual([merged('app-3', 'aaaa')])
    expect(all().slice(0, 2)).toEqual(['ada said yes to "merge app-3".', 'bob said no to "merge app-4". Nothing was done.'])
  })
})

describe('an offer has its time', () => {
  const over = 'ada did not say yes to "merge app-3" in time. Nothing was done.'
  const late = 'Too late: "merge app-3" could be answered for 10 minutes. Nothing was done.\nIf you want it after all, say it again.'

  test('when it is over the card says so, and a tap or a "yes" is too late', async () => {
    const { says, taps, pass, buttonOf, all, done } = await startWithTwo()
    await says('ada', 'get app-3 merged')
    const yes = buttonOf('Yes')
    await pass(minutes(10))
    expect(all()).toEqual([offered])
    await pass(1)
    expect(all()).toEqual([over])
    await taps('ada', 'Yes', { button: yes })
    await says('ada', 'yes')
    expect(all()).toEqual([over, late, late])
    expect(done()).toEqual([])
  })

  test('long after it a "yes" is for whoever else it is for', async () => {
    const { says, pass, done } = await startWithTwo()
    await says('ada', 'get app-3 merged', { at: threadOf('app-3') })
    await pass(minutes(21))
    await says('ada', 'yes', { at: threadOf('app-3') })
    expect(done()).toEqual([{ name: 'tell', session: 'app-3', text: 'yes' }])
  })

  test('the card says so, too, where the bot was not there when it ended', async () => {
    const first = await startWithTwo()
    await first.says('ada', 'get app-3 merged')
    const yes = first.buttonOf('Yes')
    first.disk.now += minutes(60)
    const { all, taps, done } = await restart(first)
    expect(all()).toEqual([over])
    await taps('ada', 'Yes', { button: yes })
    expect(all()).toEqual([over, late])
    expect(done()).toEqual([])
  })

  test('a tap that is late is late, even before anybody has noticed', async () => {
    const { says, taps, all, done, disk } = await startWithTwo()
    await says('ada', 'get app-3 merged')
    disk.now += minutes(11)
    await taps('ada', 'Yes')
    expect(all()).toEqual([over, late])
    expect(done()).toEqual([])
  })

  test('an answer that was given in time counts, though it is heard after it', async () => {
    const { says, taps, pass, buttonOf, all, done } = await startWithTwo()
    await says('ada', 'get app-3 merged')
    const yes = buttonOf('Yes')
    await pass(minutes(11))
    await taps('ada', 'Yes', { button: yes, on: minutes(9) })
    expect(all()).toEqual(['ada said yes to "merge app-3".'])
    expect(done()).toEqual([merged('app-3', 'aaaa')])
  })

  test('words that were heard late are offered for the whole time', async () => {
    const { says, taps, pass, done } = await startWithTwo()
    await pass(minutes(60))
    await says('ada', 'get app-3 merged', { on: 0 })
    await pass(minutes(9))
    await taps('ada', 'Yes')
    expect(done()).toEqual([merged('app-3', 'aaaa')])
  })

  test('one that was answered leaves nothing that waits', async () => {
    const { says, taps, pass, alarms, all } = await startWithTwo()
    await says('ada', 'get app-3 merged')
    expect(alarms()).toBe(1)
    await taps('ada', 'No')
    expect(alarms()).toBe(0)
    await pass(minutes(20))
    expect(all()).toEqual(['ada said no to "merge app-3". Nothing was done.'])
  })
})

describe('nothing is lost and nothing is done twice', () => {
  test('after a restart the button and the "yes" work as before', async () => {
    const first = await startWithTwo()
    await first.says('ada', 'get app-3 merged')
    const second = await restart(first)
    await second.taps('ada', 'Yes')
    await second.says('ada', 'get app-4 merged')
    const third = await restart(second)
    await third.says('ada', 'yes')
    expect(third.done()).toEqual([merged('app-3', 'aaaa'), merged('app-4', 'dddd')])
  })

  test.each(['dies before', 'dies after'] as const)('a tap is done once where the bot %s the wish is kept', async (how) => {
    const first = await startWithTwo()
    await first.says('ada', 'get app-3 merged')
    first.engine(how)
    await first.taps('ada', 'Yes')
    const { done, all } = await restart(first)
    expect(done()).toEqual([merged('app-3', 'aaaa')])
    expect(all()[0]).toBe('ada said yes to "merge app-3".')
  })

  test.each([
    ['dies before', channel],
    ['dies after', channel],
    ['dies before', threadOf('app-3')],
  ] as const)('so is a "yes" where the bot %s it, in %j', async (how, at) => {
    const first = await startWithTwo()
    await first.says('ada', 'get app-3 merged', { at })
    first.engine(how)
    await first.says('ada', 'yes', { at })
    const { done, all } = await restart(first)
    expect(done()).toEqual([merged('app-3', 'aaaa')])
    expect(all(at)[0]).toBe('ada said yes to "merge app-3".')
    expect(all(at).join()).not.toContain('already')
  })

  test('the same tap or "yes" delivered twice is one', async () => {
    const { says, taps, buttonOf, done, all } = await startWithTwo()
    await says('ada', 'get app-3 merged', { id: 'guess' })
    await says('ada', 'get app-3 merged', { id: 'guess' })
    const yes = buttonOf('Yes')
    await taps('ada', 'Yes', { id: 'tap' })
    await taps('ada', 'Yes', { id: 'tap', button: yes })
    expect(done()).toHaveLength(1)
    expect(all()).toEqual(['ada said yes to "merge app-3".'])
  })

  test('words that were offered for and are heard again are the same offer, though they are certain by now', async () => {
    const first = await startWithTwo()
    await first.says('ada', 'diff app-3')
    await first.says('ada', 'merge it', { id: 'guess' })
    await first.know('app-4', [ended('stopped')])
    await forget(first.disk, { ...typed('merge it'), id: 'guess' })
    const second = await restart(first)
    expect([second.done(), second.all().at(-1)]).toEqual([[], offered])
    await second.says('ada', 'yes')
    expect(second.done()).toEqual([merged('app-3', 'aaaa')])
  })

  test('an engine that fails is told of, and the words can be said again', async () => {
    const { says, taps, engine, buttonOf, all, done } = await startWithTwo()
    await says('ada', 'get app-3 merged')
    const yes = buttonOf('Yes')
    engine('throws')
    await taps('ada', 'Yes')
    expect(all().at(-1)).toContain('Something went wrong here')
    await taps('ada', 'Yes', { button: yes })
    expect(all().at(-1)).toBe('You have said yes to "merge app-3" already.\nSay it again to do it once more.')
    expect(done()).toEqual([])
    await says('ada', 'merge app-3')
    expect(done()).toEqual([merged('app-3', 'aaaa')])
  })
})

const typed = (text: string): Inbound => ({
  id: 'typed',
  account: 'ada',
  place: channel,
  at: 0,
  isDirect: true,
  said: { how: 'typed', text },
})

/** As if the bot had died before it could note that this was dealt with. */
const forget = async (disk: Disk, inbound: Inbound): Promise<void> => {
  disk.journal = openMemoryJournal<InboxFact>()
  await (await openInbox(disk.journal, { now: () => 0 })).receive(inbound)
}

describe('who may not is refused at once, and offered nothing', () => {
  test('what the role does not cover', async () => {
    const { says, reads, buttonOf } = await startWithTwo()
    await says('vic', 'get app-3 merged')
    expect(reads()).toContain('vic may not merge in app: the rule is "maintainer may merge".')
    expect(buttonOf('Yes')).toBe('no such button')
    await says('vic', 'why was I refused?')
    expect(reads()).toContain('vic may not merge in app')
  })

  test('one of several sessions that is not theirs', async () => {
    const { says, know, reads, buttonOf } = await startWithTwo()
    await know('api-5', [{ ...requested, project: 'api' } as Fact, ...live.slice(1)])
    await says('opa', 'stop app-3 and api-5')
    expect(reads()).toContain('opa may not stop in api')
    expect(buttonOf('Yes')).toBe('no such button')
  })

  test('somebody who lost the role between the offer and the tap is refused then', async () => {
    const first = await startWithTwo()
    const opa = people.find(({ name }) => name === 'opa')
    await first.says('opa', 'could someone restart app-3')
    expect(first.reads()).toContain('Did you mean "restart app-3"?')
    const roles = opa?.roles as Record<string, readonly string[]>
    const before = { ...roles }
    roles.app = ['viewer']
    try {
      await first.taps('opa', 'Yes')
    } finally {
      Object.assign(roles, before)
    }
    expect(first.done()).toEqual([])
    expect(first.all().at(-1)).toContain('opa may not restart in app')
  })
})

describe('nothing is destroyed by a guess', () => {
  test.each([
    ['nuke app-3', 'stop app-3'],
    ['stpo app-3', 'stop app-3'],
    ['stop app-3?', 'stop app-3'],
    ['shut down all agents', 'stop app-3 app-4'],
  ])('%j names the words %j and has no button; a "yes" is nothing', async (words, exact) => {
    const { says, reads, done } = await startWithTwo()
    await says('ada', words)
    expect(reads()).toBe(
      `Did you mean "${exact}"?\nNothing is done: that ends or removes something, so I do not guess. If you mean it, type exactly that.`,
    )
    await says('ada', 'yes')
    expect(done()).toEqual([])
  })

  test('and the exact words do it', async () => {
    const { says, done } = await startWithTwo()
    await says('ada', 'nuke app-3')
    await says('ada', 'stop app-3')
    expect(done()).toEqual([{ name: 'stop', session: 'app-3' }])
  })
})

describe('more than one session at once', () => {
  const several =
    '"stop app-3 app-4" is for 2 sessions at once. Shall I?\nNothing is done yet. ada, tap Yes within 10 minutes, or say "yes" next.\n[Yes] [No]'

  test.each(['stop app-3 and app-4', 'stop everything', 'stop all agents'])('is asked about first: %j', async (words) => {
    const { says, taps, reads, done } = await startWithTwo()
    await says('ada', words)
    expect(reads()).toBe(several)
    expect(done()).toEqual([])
    await taps('ada', 'Yes')
    expect(done()).toEqual([
      { name: 'stop', session: 'app-3' },
      { name: 'stop', session: 'app-4' },
    ])
  })

  test('and whoever comes up between the offer and the tap is not touched', async () => {
    const { says, know, taps, done } = await startWithTwo()
    await says('ada', 'stop everything')
    await know('app-5', live)
    await taps('ada', 'Yes')
    expect(done().map((wish) => 'session' in wish && wish.session)).toEqual(['app-3', 'app-4'])
  })

  test('is a risky button', async () => {
    const { says, disk } = await startWithTwo()
    await says('ada', 'stop everything')
    expect(
      disk.chat
        .at(channel)
        .at(-1)
        ?.buttons.map(({ isRisky }) => isRisky),
    ).toEqual([true, false])
  })

  test('is done once for each where the bot dies in the middle of it', async () => {
    const first = await startWithTwo()
    await first.says('ada', 'stop everything')
    first.engine('dies after')
    await first.taps('ada', 'Yes')
    const { done } = await restart(first)
    expect(done()).toEqual([
      { name: 'stop', session: 'app-3' },
      { name: 'stop', session: 'app-4' },
    ])
  })

  test('is not where "everything" is one, or where several tasks are started', async () => {
    const bot = await startBot(openDisk(), { projects: ['app'] })
    await bot.know('app-3', live)
    await bot.says('ada', 'stop everything')
    await bot.says('ada', 'fix #1, #2')
    expect(bot.done().map(({ name }) => name)).toEqual(['stop', 'start', 'start'])
  })
})

describe('while the agent of a thread asks something', () => {
  const who =
    'Who is that for? The agent of app-3 asks something, and I asked ada about "merge app-4".\nNothing is done. Tap the button you mean, or say "answer app-3 1" for the agent\'s first choice.'

  test.each([
    ['ada', 'yes'],
    ['ada', 'no'],
    ['bob', 'yes'],
  ])('and something is offered there, the bare words of %s, %j, do neither', async (by, words) => {
    const { says, know, reads, done } = await startWithTwo()
    await know('app-3', [asked('r1')])
    await says('ada', 'get app-4 merged', { at: threadOf('app-3') })
    await says(by, words, { at: threadOf('app-3') })
    expect(reads(threadOf('app-3'))).toBe(who)
    expect(done()).toEqual([])
  })

  test('what it says to do does it, for the one and for the other', async () => {
    const { says, taps, know, done } = await startWithTwo()
    await know('app-3', [asked('r1')])
    await says('ada', 'get app-4 merged', { at: threadOf('app-3') })
    await says('ada', 'yes', { at: threadOf('app-3') })
    await says('ada', 'answer app-3 1', { at: threadOf('app-3') })
    await taps('ada', 'Yes', { at: threadOf('app-3') })
    expect(done()).toEqual([{ name: 'answer', session: 'app-3', request: 'r1', choice: 1, text: '' }, merged('app-4', 'dddd')])
  })

  test('"yes" is the agent’s where the time of the offer is over', async () => {
    const { says, know, pass, done, reads } = await startWithTwo()
    await know('app-3', [asked('r1')])
    await says('ada', 'get app-4 merged', { at: threadOf('app-3') })
    await pass(minutes(11))
    await says('ada', 'yes', { at: threadOf('app-3') })
    expect(done()).toEqual([])
    expect(reads(threadOf('app-3'))).toMatch(/^Which choice\?/)
  })
})

describe('"it" in a channel is the session that somebody spoke of last', () => {
  test('reading runs and says which it took', async () => {
    const { says, reads } = await startWithTwo()
    await says('ada', 'show app-4')
    await says('ada', 'show it')
    expect(reads()).toMatch(/^app-4 · .*\nI read that as "show app-4"\.\n/s)
  })

  test('a change is offered', async () => {
    const { says, taps, reads, done } = await startWithTwo()
    await says('ada', 'diff app-3')
    await says('ada', 'merge it')
    expect(reads()).toBe(offered)
    await taps('ada', 'Yes')
    expect(done()).toEqual([merged('app-3', 'aaaa')])
  })

  test.each(['stop it', 'kill it', 'clear it'])('%j asks which', async (words) => {
    const { says, reads, done } = await startWithTwo()
    await says('ada', 'diff app-3')
    await says('ada', words)
    expect(reads()).not.toContain('app-3"?')
    expect([reads().includes('[Yes]'), done()]).toEqual([false, []])
  })

  test('not after ten minutes, not for another person, not in another place', async () => {
    const { says, pass, reads } = await startWithTwo()
    await says('ada', 'diff app-3')
    await says('bob', 'merge it')
    expect(reads()).toContain('Which session?')
    const other: Place = { platform: 'chat', channel: 'other', thread: null }
    await says('ada', 'merge it', { at: other })
    expect(reads(other)).toContain('Which session?')
    await pass(minutes(10))
    await says('ada', 'merge it')
    expect(reads()).toContain('Which session?')
  })

  test('and is remembered over a restart', async () => {
    const first = await startWithTwo()
    await first.says('ada', 'diff app-3')
    const { says, reads } = await restart(first)
    await says('ada', 'merge it')
    expect(reads()).toBe(offered)
  })
})

describe('the project of a place', () => {
  test('is changed by "use", for that place only, and over restarts', async () => {
    const other: Place = { platform: 'chat', channel: 'other', thread: null }
    const first = await startBot()
    await first.says('ada', 'fix #1')
    expect(first.reads()).toContain('Which project?')
    await first.says('ada', 'use api')
    expect(first.reads()).toBe('From now on I take api here when you name no project.')
    const { says, done, reads } = await restart(first)
    await says('ada', 'fix #1')
    expect(done()).toMatchObject([{ name: 'start', project: 'api' }])
    await says('ada', 'fix #2', { at: other })
    expect(reads(other)).toContain('Which project?')
  })

  test('is offered where it was guessed, and changed by the tap', async () => {
    const { says, taps, reads, talk } = await startBot()
    await says('ada', 'switch to api')
    expect(reads()).toContain('Did you mean "use api"?')
    expect(talk.projectAt(channel)).toBeNull()
    await taps('ada', 'Yes')
    expect(talk.projectAt(channel)).toBe('api')
    expect(reads()).toBe('From now on I take api here when you name no project.')
  })

  test.each(['use api', 'switch to api'])('is nothing a viewer changes: %j', async (words) => {
    const { says, reads, talk, buttonOf } = await startBot()
    await says('vic', words)
    expect(reads()).toContain('vic may not use in api')
    await says('opa', words)
    expect(reads()).toContain('opa may not use in api')
    expect([talk.projectAt(channel), buttonOf('Yes')]).toEqual([null, 'no such button'])
    await says('opa', 'use app')
    expect(talk.projectAt(channel)).toBe('app')
  })
})

describe('a language model', () => {
  const unsure = 'app three is good to be let in now I would say'
  const saying =
    (words: string | null, heard: string[] = []): Propose =>
    async (text, context) => {
      heard.push(text)
      return words === null ? null : parse(words, intents, context)
    }

  test('that says "merge" leads to an offer and to nothing else', async () => {
    const heard: string[] = []
    const { says, taps, reads, done } = await startWithTwo({ propose: saying('merge app-3', heard) })
    await says('ada', unsure)
    expect([heard, reads(), done()]).toEqual([[unsure], offered, []])
    await taps('ada', 'Yes')
    expect(done()).toEqual([merged('app-3', 'aaaa')])
  })

  test('is bound to the roles of whoever speaks', async () => {
    const { says, reads, buttonOf } = await startWithTwo({ propose: saying('merge app-3') })
    await says('vic', unsure)
    expect(reads()).toContain('vic may not merge in app')
    expect(buttonOf('Yes')).toBe('no such button')
  })

  test('that says "stop" names the words, without a button', async () => {
    const { says, reads, done } = await startWithTwo({ propose: saying('stop app-3') })
    await says('ada', unsure)
    expect([reads().startsWith('Did you mean "stop app-3"?'), reads().includes('[Yes]'), done()]).toEqual([true, false, []])
  })

  test('that says what to read is answered with it', async () => {
    const { says, reads } = await startWithTwo({ propose: saying('diff app-3') })
    await says('ada', unsure)
    expect(reads()).toContain('app-3 · 1 file changed\nI read that as "diff app-3".')
  })

  test('that knows nothing changes nothing', async () => {
    const { says, reads, done } = await startWithTwo({ propose: saying(null) })
    await says('ada', unsure)
    expect([reads(), done()]).toEqual(['I did not get that, and did nothing.\nSay "help" for what I understand.', []])
  })

  test('is not asked where the rules are sure, nor about what is said in a thread, nor about what was not said to the bot', async () => {
    const heard: string[] = []
    const { says, taps, done } = await startWithTwo({ propose: saying('merge app-3', heard) })
    await says('ada', 'diff app-3')
    await says('ada', 'get app-4 merged')
    await taps('ada', 'No')
    await says('ada', 'stpo app-3')
    await says('ada', 'thanks!')
    await says('ada', unsure, { isDirect: false })
    await says('ada', unsure, { at: threadOf('app-3') })
    expect(heard).toEqual([])
    expect(done()).toEqual([{ name: 'tell', session: 'app-3', text: unsure }])
  })

  test('is not asked a second time about words that were offered for', async () => {
    const heard: string[] = []
    const first = await startWithTwo({ propose: saying('merge app-3', heard) })
    await first.says('ada', unsure, { id: 'guess' })
    await forget(first.disk, { ...typed(unsure), id: 'guess' })
    const { all } = await restart(first, { propose: saying('merge app-4', heard) })
    expect([heard, all()]).toEqual([[unsure], [offered]])
  })
})

test.each(['audit', 'show me the audit log'])('what is not part of this version is said truthfully: %j', async (words) => {
  const { says, reads, done } = await startWithTwo()
  await says('ada', words)
  expect(reads()).toContain('is not part of this version yet.')
  await says('ada', 'yes')
  expect(done()).toEqual([])
})
