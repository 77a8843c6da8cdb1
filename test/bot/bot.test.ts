import { describe, expect, test } from 'vitest'
import { createBot } from '../../bot/bot.ts'
import type { ChatAdapter } from '../../bot/contracts/adapter.ts'
import type { DrawnCard } from '../../bot/contracts/card.ts'
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
import type { Authorised, Person } from '../../core/contracts/access.ts'
import type { Fact } from '../../core/contracts/fact.ts'
import type { Session } from '../../core/contracts/session.ts'
import { catalogue, row } from '../../core/kit/fault.ts'
import { silent } from '../../core/kit/log.ts'
import { decide } from '../../core/session/decide.ts'
import { evolve, unborn } from '../../core/session/evolve.ts'
import { openMemoryDocuments, openMemoryJournal } from '../../core/store/memory.ts'
import { callingParts } from '../fakes/calls.ts'
import { channel, openChat, threadOf } from './chat.ts'
import { noDigests } from './digest/none.ts'
import { asked, later, live, requested, seen, sessionOf, setting, standing } from './sessions.ts'

const fault = catalogue({
  TASK_UNKNOWN: row<{ key: string }>(
    (f) => `There is no issue "${f.key}".`,
    () => 'Name another one.',
  ),
  PLUGIN_LACKS: row<{ agent: string }>(
    (f) => `The agent "${f.agent}" cannot work on this machine yet.`,
    () => 'To mend it: install it.',
  ),
})

const people: Readonly<Record<string, Person>> = {
  ada: { name: 'ada', roles: { '*': ['admin'] } },
  vic: { name: 'vic', roles: { '*': ['viewer'] } },
  cem: { name: 'cem', roles: { web: ['maintainer'] } },
}

/** What outlives a bot. */
const openDisk = () => ({
  documents: openMemoryDocuments(),
  journal: openMemoryJournal<InboxFact>(),
  chat: openChat(),
  sessions: new Map<string, Session>(),
  wishes: [] as Authorised[],
})

const loaded = async () => ({ intents, createHearing })
const startBot = async (disk = openDisk(), projects: readonly string[] = ['app'], language = loaded) => {
  const { chat, sessions, wishes } = disk
  const memory = createMemory(await disk.documents.open('chats', emptyMemory()))
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
    agents: () => ['codex', 'aider'],
    people: () => Object.values(people),
    task: async (_project, key) => {
      if (key === '#404') throw fault('TASK_UNKNOWN', { key })
      return { key, title: `Task ${key}`, body: '', url: null, author: null }
    },
    ready: async (_project, agent) => {
      if (agent === 'aider') throw fault('PLUGIN_LACKS', { agent })
    },
    screen: async () => 'the last line',
    picture: async () => null,
    diff: async () => ({ text: '+1', isCut: false, stat: 'a.ts | 1 +\n1 file changed' }),
    unsaved: async () => ({ dirty: [], commits: 0 }),
    attach: async () => null,
  }
  const know = (id: string, facts: readonly Fact[]): void => {
    const session = facts.reduce(evolve, sessions.get(id) ?? unborn(id))
    sessions.set(id, session)
    bot.news(session, facts)
  }
  const accept = async (authorised: Authorised): Promise<readonly Fact[]> => {
    wishes.push(authorised)
    const { wish, by, cause } = authorised
    if (wish.name === 'pause' || wish.name === 'resume' || wish.name === 'issue' || wish.name === 'adopt') return []
    const id = wish.name === 'start' ? `${wish.project}-${sessions.size + 1}` : wish.session
    const facts: readonly Fact[] =
      wish.name === 'start'
        ? [{ ...requested, task: wish.task, project: wish.project, by, cause } as Fact]
        : decide(sessions.get(id) ?? unborn(id), { at: 100_000, wish: authorised }, setting)
    know(id, facts)
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
    language,
    reads,
    memory,
    talk: createTalk(await disk.documents.open('talk', emptyTalk())),
    inbox: await openInbox(disk.journal, { now: () => 0 }),
    outbox: createOutbox({
      adapterOf: () => adapter,
      memory,
      accountOf: () => null,
      log: silent,
      now: () => 0,
      sleep: () => new Promise(() => {}),
    }),
    people: createPeople(await disk.documents.open('people', emptyPeople())),
    ...directory({ accounts: Object.values(people).map((person) => ({ platform: 'chat', account: person.name, person })) }),
    homesOf: () => [channel],
    files: { take: async () => ({ kind: 'words', text: '' }) },
    ...callingParts(() => 0),
    hasThreads: () => false,
    privateOf: async () => null,
    adapterOf: () => adapter,
    platforms: () => ['chat'],
    accept,
    propose: null,
    wakeAt: () => () => {},
    home: channel,
    sleep: async () => {},
    now: () => 0,
    log: silent,
  })
  let count = 0
  const hear = async (said: Inbound['said'], { by = 'ada', at = channel as Place, id = '', isDirect = true } = {}): Promise<void> => {
    count += 1
    await bot.door.receive({ id: id || `said-${count}`, account: by, place: at, at: 0, isDirect, said })
    await bot.quiet()
  }
  return {
    bot,
    chat,
    memory,
    /** A session as it is after these facts, drawn where it lives. */
    know: async (id: string, facts: readonly Fact[]): Promise<void> => {
      know(id, facts)
      await bot.quiet()
    },
    say: (text: string, more: { by?: string; at?: Place; id?: string; isDirect?: boolean } = {}) => hear({ how: 'typed', text }, more),
    press: (button: string, more: { by?: string; at?: Place } = {}) => hear({ how: 'pressed', button }, more),
    wishes: () => wishes.map(({ wish }) => wish),
    newest: (place: Place = channel): DrawnCard | undefined => chat.at(place).at(-1),
  }
}

const buttonOf = (cards: readonly DrawnCard[], label: string): string =>
  cards.flatMap(({ buttons }) => buttons.filter((button) => button.label === label).map(({ id }) => id)).at(-1) ?? 'no such button'

describe('what is said becomes a wish', () => {
  test('with the person, the role, the rule and the words it came from', async () => {
    const disk = openDisk()
    const { say, know } = await startBot(disk)
    await know('app-3', live)
    await say('stop app-3', { id: 'said-by-ada' })
    expect(disk.wishes).toEqual([
      { wish: { name: 'stop', session: 'app-3' }, by: 'ada', role: 'operator', rule: 'operator may stop', cause: 'said-by-ada' },
    ])
  })

  test('several tasks are several wishes, each with a cause of its own, and each gets its own thread', async () => {
    const disk = openDisk()
    const { say, chat } = await startBot(disk)
    await say('fix #1, #2 and #3', { id: 'said-x' })
    expect(disk.wishes.map(({ wish, cause }) => [wish.name === 'start' && wish.task.title, cause])).toEqual([
      ['Task #1', 'said-x#1'],
      ['Task #2', 'said-x#2'],
      ['Task #3', 'said-x#3'],
    ])
    expect(['app-1', 'app-2', 'app-3'].map((session) => chat.titles(threadOf(session)))).toEqual([
      ['app-1 · queued · #1 Task #1'],
      ['app-2 · queued · #2 Task #2'],
      ['app-3 · queued · #3 Task #3'],
    ])
  })

  test('one that is refused does not stop the others', async () => {
    const { say, chat, wishes } = await startBot()
    await say('fix #1, #404 and #3')
    expect(wishes()).toHaveLength(2)
    expect(chat.titles(channel)).toEqual(['There is no issue "#404".'])
  })

  test('a sentence is a task of its own, the same however it is spelled', async () => {
    const { say, wishes } = await startBot()
    await say('fix "the   Login bug"')
    await say('please FIX "the login bug".')
    const [first, second] = wishes().map((wish) => wish.name === 'start' && wish.task.key)
    expect(first).toMatch(/^say-[0-9a-f]{8}$/)
    expect(second).toBe(first)
  })

  test('words in the thread of a session go to its agent, as they were said', async () => {
    const { say, know, wishes, newest } = await startBot()
    await know('app-3', live)
    await say('  fix the failing test, please!  ', { at: threadOf('app-3') })
    expect(wishes()).toEqual([{ name: 'tell', session: 'app-3', text: 'fix the failing test, please!' }])
    expect(newest(threadOf('app-3'))?.title).toBe('app-3 · ada to the agent: “ada: fix the failing test, please!”')
  })

  test('while its agent asks, "2" and "yes" in its thread answer the question that was on show', async () => {
    const { say, know, wishes } = await startBot()
    await know('app-3', [...live, asked('r1')])
    await say('2', { at: threadOf('app-3') })
    expect(wishes()).toEqual([{ name: 'answer', session: 'app-3', request: 'r1', choice: 2, text: '' }])
  })

  test('"ok" is an answer where something is asked: the choice that says so; where none does it is asked back', async () => {
    const { say, know, wishes } = await startBot()
    const [question] = [asked('r2')]
    await know('app-3', [...live, asked('r1')])
    await say('ok', { at: threadOf('app-3') })
    await know('app-4', [
      ...live,
      question.type === 'question.asked' ? { ...question, question: { ...question.question, options: ['No', 'Yes'] } } : question,
    ])
    await say('ok', { at: threadOf('app-4') })
    expect(wishes()).toEqual([{ name: 'answer', session: 'app-4', request: 'r2', choice: 2, text: '' }])
  })
})

test('where what understands words could not be loaded, that is said, and the next words try again', async () => {
  let tries = 0
  const { say, newest } = await startBot(openDisk(), ['app'], async () => {
    tries += 1
    if (tries === 1) throw new Error('The file cannot be read.')
    return loaded()
  })
  await say('status')
  expect(newest()).toMatchObject({ title: 'Something went wrong here, and it was not your words.' })
  await say('status')
  expect(newest()).toMatchObject({ title: 'Nothing is at work.' })
})

describe('nothing is done and nothing is said', () => {
  test.each(['thanks!', '👍'])('for %j', async (text) => {
    const { say, know, wishes, chat } = await startBot()
    await know('app-3', live)
    const before = chat.log.length
    await say(text)
    await say(text, { at: threadOf('app-3') })
    expect([wishes(), chat.log.length]).toEqual([[], before])
  })

  test.each(['   ', ''])('for %j in a thread; said to the bot alone it asks for help', async (text) => {
    const { say, know, wishes, chat, newest } = await startBot()
    await know('app-3', live)
    const before = chat.log.length
    await say(text, { at: threadOf('app-3') })
    expect([wishes(), chat.log.length]).toEqual([[], before])
    await say(text)
    expect([wishes(), newest()?.title]).toEqual([[], 'What I understand'])
  })

  test('for talk between people', async () => {
    const { say, wishes, chat } = await startBot()
    await say('fix #1', { isDirect: false })
    expect([wishes(), chat.log]).toEqual([[], []])
  })
})

describe('a refusal says why and what to do, where it was asked', () => {
  test.each([
    ['fix #404', 'ada', 'There is no issue "#404".', 'Name another one.'],
    [
      'fix #1 agent=nobody',
      'ada',
      'No agent is called "nobody".',
      'Say it with codex or aider, or add it under plugins in bot.config.yaml.',
    ],
    ['fix #1 agent=aider', 'ada', 'The agent "aider" cannot work on this machine yet.', 'To mend it: install it.'],
    [
      'retry app-3 agent=nobody',
      'ada',
      'No agent is called "nobody".',
      'Say it with codex or aider, or add it under plugins in bot.config.yaml.',
    ],
    [
      'merge app-3',
      'ada',
      'app-3 has no open change yet.',
      'Say "show app-3" to see how far it is, or "tell app-3 please open the change now".',
    ],
    ['stop app-99', 'ada', 'Which session?', 'There is no app-99 yet. At work are app-3.'],
    ['show app-99', 'ada', 'Which session?', 'There is no app-99 yet. At work are app-3.'],
    ['stop app-2', 'ada', 'No session is called "app-2".', 'At work are app-3.'],
    ['show app-2', 'ada', 'No session is called "app-2".', 'At work are app-3.'],
    [
      'stop app-3',
      'vic',
      'vic may not stop in app: the rule is "operator may stop".',
      'Ask an admin to give vic the operator role under people.vic in bot.config.yaml.',
    ],
    ['stop app-2', 'cem', 'No session is called "app-2".', 'At work are app-3.'],
    [
      'status',
      'eve',
      'Nobody is known by the account chat:eve, and nobody unknown is obeyed.',
      'Ask an admin to write accounts: {chat: "eve"} under your name in bot.config.yaml.',
      'Or, where you are known or in the console, say "link", and then here what you are told there.',
    ],
    ['show #999', 'ada', 'No session works on #999.', 'Say "status" for the sessions there are, or start one, as in "fix #1".'],
    ['xyzzy', 'ada', 'I did not get that, and did nothing.', 'Say "help" for what I understand.'],
  ])('%j by %s', async (text, by, title, ...hints) => {
    const { say, know, newest, chat } = await startBot(openDisk(), ['app'])
    await know('app-3', live)
    await know('app-4', live)
    await know('app-4', [{ type: 'session.ended', at: 5, why: 'done', by: 'ao', note: null }])
    await say(text, { by })
    expect(chat.at(channel)).toHaveLength(1)
    expect(newest()).toMatchObject({ kind: 'reply', title, lines: hints })
  })

  test('and is remembered for whoever asks why', async () => {
    const { say, know, newest } = await startBot()
    await know('app-3', live)
    await say('stop app-3', { by: 'vic' })
    await say('why was I refused?', { by: 'vic' })
    expect(newest()).toMatchObject({ title: 'vic may not stop in app: the rule is "operator may stop".' })
    await say('why was I refused?')
    expect(newest()?.title).toBe('You were not refused anything that I remember.')
  })

  test('a bug of ours says that it is one, and nothing of itself', async () => {
    const disk = openDisk()
    const { say, know, newest } = await startBot(disk)
    await know('app-3', live)
    disk.sessions.get = () => {
      throw new Error('secret path /w')
    }
    await say('show app-3')
    expect(newest()).toMatchObject({ title: 'Something went wrong here, and it was not your words.' })
    expect(JSON.stringify(newest())).not.toContain('secret')
  })
})

describe('buttons', () => {
  test('do what their words do', async () => {
    const { press, know, wishes, chat } = await startBot()
    await know('app-3', [...live, asked('r1')])
    await press(buttonOf(chat.at(threadOf('app-3')), 'Postgres'), { at: threadOf('app-3') })
    expect(wishes()).toEqual([{ name: 'answer', session: 'app-3', request: 'r1', choice: 2, text: '' }])
  })

  test('of which nothing is known any more are answered with the truth', async () => {
    const { press, newest, wishes } = await startBot()
    await press('0123456789abcdef')
    expect(newest()).toMatchObject({ title: 'That button is too old: I no longer know what it stood for.' })
    expect(wishes()).toEqual([])
  })

  test('are about what their card showed, words about what was shown last', async () => {
    const { press, say, know, wishes, chat } = await startBot()
    await know('app-3', [...live, seen({ head: 'aaaa', patchId: 'p1' })])
    const old = buttonOf(chat.at(threadOf('app-3')), 'Merge')
    await know('app-3', [seen({ head: 'bbbb', patchId: 'p2' })])
    await press(old, { at: threadOf('app-3') })
    await say('merge it', { at: threadOf('app-3') })
    await say('merge app-3')
    expect(wishes()).toMatchObject([
      { name: 'merge', about: { change: { head: 'aaaa', patchId: 'p1' } } },
      { name: 'merge', about: { change: { head: 'bbbb', patchId: 'p2' } } },
      { name: 'merge', about: { change: { head: 'bbbb', patchId: 'p2' } } },
    ])
    expect(chat.titles(threadOf('app-3'))).toContain('Not done: new commits have come to #7 (bbbb) since that card was shown.')
  })

  test('under one card mean the same as the same words under it', async () => {
    const { press, say, know, wishes, chat } = await startBot()
    await know('app-3', [...live, seen()])
    await know('app-3', [{ type: 'approval.given', at: 1, by: 'bob', number: 7, base: 'main', head: 'c0ffee11', patchId: 'p1' }])
    const button = buttonOf(chat.at(threadOf('app-3')), 'Merge')
    await say('merge app-3', { by: 'vic', at: threadOf('app-3') })
    await press(button, { at: threadOf('app-3') })
    await say('merge app-3', { at: threadOf('app-3') })
    const [pressed, typed] = wishes()
    expect(pressed).toEqual(typed)
  })

  test('work after a restart', async () => {
    const disk = openDisk()
    const before = await startBot(disk)
    await before.know('app-3', live)
    await before.know('app-3', [{ type: 'session.suspended', at: 1, by: 'ada' }])
    const after = await startBot(disk)
    await after.press(buttonOf(disk.chat.at(threadOf('app-3')), 'Resume'), { at: threadOf('app-3') })
    expect(after.wishes()).toEqual([{ name: 'continue', session: 'app-3' }])
  })
})

describe('nothing is handled twice and nothing is lost', () => {
  test('what is delivered twice is one wish', async () => {
    const { say, know, wishes } = await startBot()
    await know('app-3', live)
    await say('tell app-3 use zod', { id: 'same' })
    await say('tell app-3 use zod', { id: 'same' })
    expect(wishes()).toHaveLength(1)
  })

  test('what was said just before a crash is dealt with after it, once', async () => {
    const disk = openDisk()
    const inbound: Inbound = {
      id: 'said-1',
      account: 'ada',
      place: channel,
      at: 0,
      isDirect: true,
      said: { how: 'typed', text: 'fix #1' },
    }
    await (await openInbox(disk.journal, { now: () => 0 })).receive(inbound)
    const { bot, wishes } = await startBot(disk)
    await bot.wake([])
    await bot.quiet()
    expect(wishes()).toHaveLength(1)
    const again = await startBot(disk)
    await again.bot.wake([])
    await again.bot.quiet()
    expect(again.wishes()).toHaveLength(1)
  })

  test('a restart posts nothing twice', async () => {
    const disk = openDisk()
    const { know } = await startBot(disk)
    await know('app-3', [...live, asked()])
    const before = [...disk.chat.log]
    const { bot } = await startBot(disk)
    await bot.wake([])
    await bot.quiet()
    expect(disk.chat.log).toEqual(before)
  })

  test('what is said in one channel is dealt with in the order it came', async () => {
    const { bot, know, wishes } = await startBot()
    await know('app-3', live)
    const say = (n: number) =>
      bot.door.receive({
        id: `said-${n}`,
        account: 'ada',
        place: n % 2 === 0 ? channel : threadOf('app-3'),
        at: 0,
        isDirect: true,
        said: { how: 'typed', text: `tell app-3 ${n}` },
      })
    await Promise.all([1, 2, 3, 4, 5, 6].map(say))
    await bot.quiet()
    expect(wishes().map((wish) => wish.name === 'tell' && wish.text)).toEqual(['1', '2', '3', '4', '5', '6'])
  })

  test('who waits for the answer hears it once everything is on show', async () => {
    const { bot, chat } = await startBot()
    await bot.door.receive({ id: 'w', account: 'ada', place: channel, at: 0, isDirect: true, said: { how: 'typed', text: 'fix #1' } })
    await bot.door.settled('w')
    expect(chat.titles(threadOf('app-1'))).toEqual(['app-1 · queued · #1 Task #1'])
  })
})

describe('people are called', () => {
  test('in the thread of the session, and the call is resolved once it is on show', async () => {
    const disk = openDisk()
    const { bot, know, chat } = await startBot(disk)
    await know('app-3', [...live, seen({ checks: 'failing', failing: ['lint'] })])
    disk.sessions.set('app-3', later(disk.sessions.get('app-3') ?? sessionOf(live)))
    await bot.call({ session: 'app-3', key: 'ci-failed', priority: 'action', text: 'lint failed', of: 6 })
    expect(chat.titles(threadOf('app-3')).toSorted()).toEqual([
      'app-3 · checks are red · #1 Fix the sum',
      'app-3 · ci failed · #1 Fix the sum',
    ])
    await know('app-3', [{ type: 'trouble.eased', at: 1, key: 'ci-failed' }])
    expect(chat.titles(threadOf('app-3')).toSorted()).toEqual(['app-3 · ci failed · #1 Fix the sum', 'app-3 · settled: checks are red'])
  })

  test('what cannot be read after a start is told at home', async () => {
    const { bot, newest } = await startBot()
    await bot.wake([{ session: 'app-9', error: fault('TASK_UNKNOWN', { key: '#9' }) }])
    await bot.quiet()
    expect(newest()).toMatchObject({
      title: 'app-9 cannot be read and is left alone.',
      lines: ['There is no issue "#9".', 'Name another one.'],
    })
  })
})

test.each([
  ['status', '1 session', 'vic'],
  ['show app-3', 'app-3 · working · #1 Fix the sum', 'vic'],
  ['logs app-3', 'app-3 · the last lines', 'vic'],
  ['diff app-3', 'app-3 · 1 file changed', 'vic'],
  ['why app-3', 'app-3 is working, because:', 'vic'],
  ['queue', 'Nothing waits.', 'vic'],
  ['cleanup', 'There is nothing to clean up.', 'ada'],
  ['projects', 'One project.', 'vic'],
  ['whoami', 'You are vic (vic).', 'vic'],
  ['who', '3 people.', 'vic'],
  ['help', 'What I understand', 'vic'],
])('%j is answered with “%s”, and nothing becomes true', async (text, title, by) => {
  const { say, know, newest, wishes } = await startBot()
  await know('app-3', live)
  await say(text, { by })
  expect(newest()?.title).toBe(title)
  expect(wishes()).toEqual([])
})

test('what a project’s people do not share is not read by those of another', async () => {
  const { say, know, newest } = await startBot(openDisk(), ['app', 'web'])
  await know('app-3', live)
  await say('diff app-3', { by: 'cem' })
  expect(newest()?.title).toMatch(/^cem may not /)
})
