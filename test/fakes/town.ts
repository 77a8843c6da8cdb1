import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { z } from 'zod'
import { createBot } from '../../bot/bot.ts'
import { listedPrices } from '../../bot/cli/prices.ts'
import type { ChatAdapter, Door } from '../../bot/contracts/adapter.ts'
import type { Button, DrawnCard } from '../../bot/contracts/card.ts'
import { type Inbound, type Place, placeKey, type SentFile } from '../../bot/contracts/inbound.ts'
import { createOutbox } from '../../bot/deliver/outbox.ts'
import { sendLimitMs } from '../../bot/deliver/send.ts'
import { createMaking, pictureOf } from '../../bot/digest/make.ts'
import { createDigests } from '../../bot/digest/send.ts'
import type { CallFact } from '../../bot/escalate/call.ts'
import { noCalls } from '../../bot/escalate/calls.ts'
import { createFiles } from '../../bot/files.ts'
import { createHearing } from '../../bot/hear.ts'
import { intents } from '../../bot/intents/index.ts'
import { createMemory, emptyMemory } from '../../bot/memory/chat.ts'
import { createDigestMemory, emptyDigests, type FixedSchedule } from '../../bot/memory/digests.ts'
import { type InboxFact, openInbox } from '../../bot/memory/inbox.ts'
import { createPeople, emptyPeople } from '../../bot/memory/people.ts'
import { createTalk, emptyTalk } from '../../bot/memory/talk.ts'
import { directory } from '../../bot/people/directory.ts'
import { readsOf } from '../../bot/reads.ts'
import { defaultEscalation } from '../../core/config/escalation.ts'
import { readConfig } from '../../core/config/load.ts'
import { limitsOf, rulesOf } from '../../core/config/rules.ts'
import { type ModelUsage, type Question, unheard } from '../../core/contracts/agent.ts'
import type { Change, Comment } from '../../core/contracts/change.ts'
import type { StreamParts } from '../../core/contracts/engine.ts'
import type { Fact } from '../../core/contracts/fact.ts'
import type { FleetFact } from '../../core/contracts/fleet.ts'
import type { EffectName } from '../../core/contracts/names.ts'
import type { HintOf, Host, Log, Plugin, Slot } from '../../core/contracts/plugins.ts'
import type { Document, Journal } from '../../core/contracts/store.ts'
import { createEngine } from '../../core/engine/engine.ts'
import { createFilesSensor } from '../../core/engine/files-seen.ts'
import { performWith, type Tools } from '../../core/engine/hands.ts'
import { createHost, keyedLock } from '../../core/engine/host.ts'
import { createIntake, emptyIntake } from '../../core/engine/intake.ts'
import { createNumbers } from '../../core/engine/numbers.ts'
import { createRing, type Ring } from '../../core/engine/ring.ts'
import { createSensors } from '../../core/engine/sensors.ts'
import { createStrangers } from '../../core/engine/strangers.ts'
import { openToolbox } from '../../core/engine/tools.ts'
import { catalogue, explain, isFault, row } from '../../core/kit/fault.ts'
import { silent } from '../../core/kit/log.ts'
import { pricesOf } from '../../core/kit/prices.ts'
import { parseDuration } from '../../core/kit/time.ts'
import { createRegistry } from '../../core/plugins/registry.ts'
import type { OpenFile } from '../../core/store/disk.ts'
import { openFileJournal } from '../../core/store/journal.ts'
import { openMemoryDocuments, openMemoryJournal } from '../../core/store/memory.ts'
import { type Breakable, type ByHand, fault, makeWorld, questionOf } from '../stories/world.ts'
import { scanOf } from './scan.ts'

/** What a town is built with: pieces of bot.config.yaml, whether its project has checks, and, if need be, journals in files. */
export type Settings = {
  readonly app?: Readonly<Record<string, unknown>>
  readonly limits?: Readonly<Record<string, unknown>>
  readonly reactions?: Readonly<Record<string, unknown>>
  readonly people?: Readonly<Record<string, unknown>>
  readonly escalation?: Readonly<Record<string, unknown>>
  /** Accounts that people have in other chats. */
  readonly accounts?: readonly { readonly person: string; readonly platform: string; readonly account: string }[]
  /** Told what to do at the end. Default: the test does it. */
  readonly onFinished?: (end: () => Promise<void>) => void
  /** Are the threads of its chat apart from the channel? */
  readonly hasThreads?: boolean
  readonly otherProject?: Readonly<Record<string, unknown>>
  readonly hasChecks?: boolean
  /** Digests that its config names. */
  readonly digests?: readonly FixedSchedule[]
  /** Can its chat show something to one person alone? */
  readonly canWhisper?: boolean
  readonly files?: { readonly folder: string; readonly open?: OpenFile }
  /**
   * Plugins of a story's own, which `app` names. They do real things: what is under way when the bot dies ends with it.
   */
  readonly real?: {
    readonly plugins: readonly Plugin[]
    /** What variables in the config stand for. */
    readonly environment: Readonly<Record<string, string>>
    readonly sleep: Host['sleep']
    /** A listener for what comes in. */
    readonly onWebhook?: Host['onWebhook']
  }
}

/** No limit that any story reaches. */
const much = { burst: 10_000, perMinute: 100_000 }
const freely = { posts: much, edits: much, editEveryMs: 0 }

type Message = { readonly id: string; readonly place: Place; card: DrawnCard; edits: number }
type Store = 'journal' | 'fleet' | 'inbox' | 'calls'
type AnyFact = Fact | FleetFact | InboxFact | CallFact
/** Where a bot dies: just before or just after a fact is on disk. */
export type Death = {
  readonly when: 'before' | 'after'
  readonly at: (fact: AnyFact, count: number) => boolean
  /** Not only the first time. */
  readonly isEachTime?: boolean
}
type Hold = { readonly when: 'before' | 'after'; readonly opened: Promise<void>; readonly open: () => void }

const chatFault = catalogue({
  CHAT_DOWN: row<object>(
    () => 'The chat does not answer.',
    () => 'Wait.',
    { mayPass: true },
  ),
})

const everybody = {
  ana: { roles: ['admin'] },
  bob: { roles: ['operator'] },
  cyn: { roles: ['approver'] },
  dan: { roles: ['viewer'] },
}
const channel: Place = { platform: 'town', channel: 'dev', thread: null }
/** The chats there are. */
const platforms = ['town', 'slack', 'telegram']
const never = new Promise<never>(() => {})
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
/** The same without keeping the machine from what is waited for. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))

/**
 * The whole bot in memory: the real ring, bot, views, outbox, memory, inbox and config over a pretend world, a clock that
 * moves when a story says so, and a chat that can be read. The world, the chat and what is kept outlive the bot.
 */
export const town = async (settings: Settings = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'ao-town-'))
  let endLife = async (): Promise<void> => {}
  const onFinished = settings.onFinished ?? onTestFinished
  onFinished(async () => {
    await endLife()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  })

  // ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────
  let time = Date.UTC(2026, 0, 5, 9)
  const now = (): number => time
  const timers = new Set<{ readonly at: number; readonly callback: () => void; readonly life: Life }>()
  const wakeAt =
    (of: Life) =>
    (at: number, callback: () => void): (() => void) => {
      const timer = { at, callback, life: of }
      timers.add(timer)
      return () => void timers.delete(timer)
    }

  // ── what is kept ──────────────────────────────────────────────────────────────────────────────────────────────────
  const world = makeWorld({ now, hasChecks: settings.hasChecks ?? true })
  const { real } = settings
  const { config, registry } = configOf(settings, [...world.plugins, ...(real?.plugins ?? [])], folder)
  for (const [key, title] of [
    ['#1', 'add() subtracts'],
    ['#2', 'divide() by zero'],
    ['#3', 'Rename Foo'],
    ['#4', 'Write docs'],
  ] as const)
    world.tasks.set(key, { key, title, body: `${title}, it seems.`, url: null, author: 'eve', isOpen: true })
  const logged: { readonly event: string; readonly fields: Readonly<Record<string, unknown>> }[] = []
  const note = (event: string, fields: Readonly<Record<string, unknown>> = {}): void => void logged.push({ event, fields })
  const log: Log = { ...silent, warn: note, error: note }
  const { files } = settings
  const openJournal = <F>(name: Store): Journal<F> =>
    files
      ? openFileJournal<F>({
          folder: join(files.folder, name),
          version: 1,
          upcast: (fact) => fact as F, // there is one version
          log,
          fsync: false,
          ...(files.open && { open: files.open }),
        })
      : openMemoryJournal<F>()
  let journals = {
    journal: openJournal<Fact>('journal'),
    fleet: openJournal<FleetFact>('fleet'),
    inbox: openJournal<InboxFact>('inbox'),
    calls: openJournal<CallFact>('calls'),
  }
  const documents = openMemoryDocuments()
  let death: Death | null = null
  let isDigestDeadly = false
  let appends = 0
  let isMended = false
  const holds = new Map<EffectName, Hold>()

  // ── the chat ──────────────────────────────────────────────────────────────────────────────────────────────────────
  const messages: Message[] = []
  const refusals: string[] = []
  const said: { readonly inbound: Inbound; isTaken: boolean }[] = []
  let isChatDown = false
  const down = new Set<string>()
  const whispers: { readonly to: string; readonly card: DrawnCard }[] = []
  const marks: string[] = []
  const adapterFor = (of: Life, platform = 'town'): ChatAdapter => ({
    platform,
    limits: { textChars: 4_000, buttons: 20, hasPictures: true, pace: () => freely, account: freely },
    start: async () => async () => {},
    post: async (place, card) => {
      await reachable(of, platform)
      const id = `message-${messages.length + 1}`
      messages.push({ id, place, card, edits: 0 })
      return { place, id }
    },
    edit: async ({ id }, card) => {
      await reachable(of, platform)
      const message = messages.find((one) => one.id === id)
      if (message) Object.assign(message, { card, edits: message.edits + 1 })
    },
    ...(settings.canWhisper && {
      whisper: async ({ account }: Inbound, card: DrawnCard) => {
        await reachable(of)
        whispers.push({ to: account, card })
        return true
      },
    }),
    mark: async ({ id }) => void marks.push(id),
    /** Threads are called by their session. */
    open: async (at, card, { title }) => {
      await reachable(of)
      const place = { ...at, thread: title.split(' ')[0] ?? title }
      const id = `message-${messages.length + 1}`
      messages.push({ id, place, card, edits: 0 })
      return { place, ref: { place, id } }
    },
    privately: async (account) => ({ platform, channel: `with-${account}`, thread: null }),
  })
  const reachable = async (of: Life, platform = 'town'): Promise<void> => {
    if (!of.isAlive) await never
    if (isChatDown || down.has(platform)) throw chatFault('CHAT_DOWN', {})
  }

  // ── one life of the bot ───────────────────────────────────────────────────────────────────────────────────────────
  type Life = {
    isAlive: boolean
    readonly ended: Promise<void>
    readonly end: () => void
    /** Aborts with it. */
    readonly signal: AbortSignal
    /** What it is doing in the world. */
    readonly afoot: Set<Promise<unknown>>
    /** Work that will go on by itself, and work that waits for the clock or the story. */
    busy: number
    asleep: number
    dealing: number
    /** Does something wait for the chat to be there again? */
    isUnheard: boolean
  }
  const newLife = (): Life => {
    let resolve = (): void => {}
    const ended = new Promise<void>((done) => {
      resolve = done
    })
    const stopping = new AbortController()
    const of: Life = {
      isAlive: true,
      ended,
      end: () => {
        of.isAlive = false
        stopping.abort(new Error('The bot died.'))
        resolve()
      },
      signal: stopping.signal,
      afoot: new Set(),
      busy: 0,
      asleep: 0,
      dealing: 0,
      isUnheard: false,
    }
    return of
  }
  const during = async <T>(of: Life, work: () => Promise<T>): Promise<T> => {
    of.busy += 1
    try {
      return await work()
    } finally {
      of.busy -= 1
    }
  }
  const waiting = async <T>(of: Life, work: Promise<T>): Promise<T> => {
    of.busy -= 1
    of.asleep += 1
    try {
      return await work
    } finally {
      of.busy += 1
      of.asleep -= 1
    }
  }
  const sleepIn =
    (of: Life) =>
    (waitMs: number, signal?: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const cancel = wakeAt(of)(time + waitMs, resolve)
        signal?.addEventListener('abort', () => {
          cancel()
          reject(signal.reason)
        })
      })

  const guarded = <F extends AnyFact>(of: Life, journal: Journal<F>): Journal<F> => ({
    ...journal,
    read: (id) => (of.isAlive ? during(of, () => journal.read(id)) : never),
    list: () => (of.isAlive ? during(of, () => journal.list()) : never),
    append: async (id, facts, expectedSeq) => {
      if (!of.isAlive) return never
      appends += 1
      const dies = facts.some((fact) => death?.at(fact, appends)) ? death?.when : undefined
      if (dies === 'before') return die(of)
      await during(of, () => journal.append(id, facts, expectedSeq))
      if (dies === 'after' || !of.isAlive) return die(of)
    },
  })
  const die = (of: Life): Promise<never> => {
    if (!death?.isEachTime) death = null
    of.end()
    return never
  }
  const kept = <T>(of: Life, document: Document<T>): Document<T> => ({
    value: document.value,
    update: (change) => (of.isAlive ? document.update(change) : never),
  })

  const begin = async (of: Life) => {
    const onHint = (slot: Slot, about?: HintOf): void => void (slot === 'scm' && about && hints.push(about))
    const sleep = sleepIn(of)
    const made = createHost({
      dataFolder: folder,
      documents,
      log,
      signal: of.signal,
      onHint,
      now,
      ...(real?.onWebhook && { onWebhook: real.onWebhook }),
    })
    const host: Host = {
      ...made,
      ...(real && { sleep: real.sleep }),
      document: async (name, empty) => kept(of, await made.document(name, empty)),
    }
    const toolbox = await openToolbox({ config, registry, host })
    const tools: Tools = {
      ...toolbox,
      folder: (session) => join(folder, session),
      environment: () => ({}),
      reader: {
        read: async ({ id }) => world.pictures.get(id) ?? unheard,
        see: ({ id }) => world.pictures.get(id) ?? unheard,
        forget: () => {},
      },
      call: (alert) => bot.call(alert),
      now,
      sleep: (waitMs, signal) => waiting(of, sleep(waitMs, signal)),
      lock: keyedLock(),
    }
    const hands = performWith(tools)
    const reallyDoing: typeof hands = async (effect, context) => {
      const doing = hands(effect, { ...context, signal: AbortSignal.any([context.signal, of.signal]) })
      of.afoot.add(doing)
      try {
        return await doing
      } catch (error) {
        if (!of.isAlive) return never
        throw error
      } finally {
        of.afoot.delete(doing)
      }
    }
    const ring: Ring = createRing({
      sessionJournal: guarded(of, journals.journal),
      fleetJournal: guarded(of, journals.fleet),
      perform: (effect, context) =>
        during(of, async () => {
          const hold = holds.get(effect.do)
          if (hold?.when === 'before') await waiting(of, orAborted(hold.opened, context.signal))
          if (!of.isAlive) return never
          const seen = await (real && effect.do !== 'people.call' ? reallyDoing(effect, context) : hands(effect, context))
          if (hold?.when === 'after') await waiting(of, orAborted(hold.opened, context.signal))
          return of.isAlive ? seen : never
        }),
      settingOf: toolbox.settingOf,
      fleetSetting: () => ({
        limits: limitsOf(config),
        hosts: Object.keys(config.hosts),
        projectOf: (name) => ({
          agent: config.projects[name]?.agent.name ?? '',
          base: config.projects[name]?.base ?? 'main',
          model: config.projects[name]?.model ?? null,
          hosts: [config.projects[name]?.host ?? 'local'],
        }),
      }),
      clock: { now, wakeAt: wakeAt(of) },
      log,
      onNews: ({ session, facts }) => {
        numbers.heard(session)
        if (session.phase === 'ended') sensors.forget(session.id)
        bot.news(session, facts)
      },
      onFleet: (fleet, facts) => bot.fleet(fleet, facts),
      onComplete: (endings, of) => {
        const { message, includeSummary } = rulesOf(config, 'app').reactions['all-complete']
        return bot.complete(endings, of, { message, withSummary: includeSummary })
      },
      writeTask: ({ project, ...task }) => during(of, () => toolbox.tracker(project).create(task)),
    })
    const numbers = createNumbers({ scan: scanOf(guarded(of, journals.journal)), log })
    const sensors = createSensors({
      sessions: ring.sessions,
      show: ring.show,
      tools,
      reader: tools.reader,
      onBlind: (project, why) => bot.blind(project, why),
      log,
      signal: new AbortController().signal,
    })
    const adapters = new Map(platforms.map((platform) => [platform, adapterFor(of, platform)]))
    const adapterOf = (platform: string): ChatAdapter | null => adapters.get(platform) ?? null
    const memory = createMemory(kept(of, await documents.open('chats', emptyMemory())))
    const people = createPeople(kept(of, await documents.open('people', emptyPeople())))
    const known = directory({
      accounts: config.people.flatMap((person) => [
        { platform: 'town', account: person.name, person },
        ...(settings.accounts ?? []).filter((one) => one.person === person.name).map((one) => ({ ...one, person })),
      ]),
      people: config.people,
      links: people,
    })
    const outbox = createOutbox({
      adapterOf,
      memory,
      accountOf: (person, platform) => known.accountsOf(person).find((one) => one.platform === platform)?.account ?? null,
      log,
      now,
      sleep: (waitMs, signal) => (waitMs === sendLimitMs ? sleep(waitMs, signal) : asleep(of, sleep(waitMs))),
    })
    const reads = readsOf({
      ...{ config, ring, tools, toolbox, prices: pricesOf(listedPrices(), config.prices), numbers: numbers.since, now },
      strangers: createStrangers({
        tools,
        hosts: () => Object.keys(config.hosts),
        projects: () => Object.keys(config.projects),
        agents: toolbox.agents,
        sessions: ring.sessions,
      }),
    })
    const talk = createTalk(kept(of, await documents.open('talk', emptyTalk())))
    const digestMemory = createDigestMemory(kept(of, await documents.open('digests', emptyDigests())))
    const making = createMaking({ reads, talk, hasPictures: () => true, log })
    const digests = createDigests({
      memory: digestMemory,
      fixed: settings.digests ?? [],
      make: (schedule, due) => during(of, () => making(schedule, due)),
      show: async (place, card) => {
        await outbox.show(place, card)
        if (!isDigestDeadly) return
        isDigestDeadly = false
        await die(of)
      },
      mutedUntil: talk.mutedUntil,
      now,
      wakeAt: wakeAt(of),
      log,
    })
    const bot = createBot({
      language: async () => ({ intents, createHearing }),
      reads,
      digests: { memory: digestMemory, changed: digests.changed, draw: (summary) => pictureOf(summary, log) },
      memory,
      talk,
      inbox: await openInbox(guarded(of, journals.inbox), { now }),
      outbox,
      people,
      files: createFiles({
        fetch: async (_platform, { name }) => Buffer.from(`the bytes of ${name}`),
        keep: async (session, name) => `/worktrees/${session}/.ao-files/1-${name}`,
        transcribe: async () => 'please use zod',
        mostBytes: 1_000,
      }),
      ...known,
      homesOf: () => [channel],
      hasThreads: () => settings.hasThreads ?? false,
      privateOf: async (person, besides) => {
        const [other] = known.accountsOf(person).filter(({ platform }) => platform !== besides)
        return other ? { platform: other.platform, channel: `with-${other.account}`, thread: null } : null
      },
      runCalls: <State, Input extends { readonly at: number }, F, Effect>({
        tick,
        perform,
        ...parts
      }: StreamParts<State, Input, F, Effect>) =>
        createEngine<State, Input, F, Effect>(
          {
            ...parts,
            // Calls are the only streams that the bot runs.
            journal: guarded(of, journals.calls) as unknown as Journal<F>,
            perform: (effect, context) => during(of, () => (of.isAlive ? perform(effect, context) : never)),
            clock: { now, wakeAt: wakeAt(of) },
            log,
          },
          tick,
        ),
      hasPrivate: () => true,
      openCalls: kept(of, await documents.open('calls', noCalls())),
      escalationOf: (project) => config.projects[project]?.escalation ?? defaultEscalation,
      adapterOf,
      platforms: () => platforms,
      accept: ring.wish,
      propose: null,
      wakeAt: wakeAt(of),
      home: channel,
      now,
      sleep: () => new Promise((resolve) => setImmediate(resolve)),
      log,
    })
    const { signal } = new AbortController()
    const files = createFilesSensor({ sessions: ring.sessions, show: ring.show, tools, log, signal })
    const document = kept(of, await documents.open('intake', emptyIntake()))
    const intake = createIntake({
      projects: () => Object.keys(config.projects),
      tracker: toolbox.tracker,
      accept: ring.wish,
      document,
      log,
      signal,
    })
    const broken = await ring.wake()
    await bot.wake(broken)
    await digests.start()
    return { bot, ring, sensors, files, intake }
  }
  const asleep = async (of: Life, work: Promise<void>): Promise<void> => {
    of.asleep += 1
    of.isUnheard = true
    try {
      await work
    } finally {
      of.isUnheard = false
      of.asleep -= 1
    }
  }

  /** What a forge said there is news of. */
  const hints: HintOf[] = []
  let life = newLife()
  let running: Awaited<ReturnType<typeof begin>> | null = null
  let isLooking = true

  /** Resolves once nothing goes on by itself any more: what is left waits for the clock, for the story, or is dead. */
  const settle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 4 && life.isAlive; ) {
      await (real && quiet === 0 ? pause() : turn())
      const isIdle = life.busy === 0 && (life.dealing === 0 || life.asleep > 0)
      // Whoever waits for a chat that is down waits for the clock; how many they are nobody knows, so they get some more turns.
      quiet = isIdle ? quiet + 1 : life.isUnheard ? quiet + 0.2 : 0
    }
    if (!life.isAlive && isMended) await starts()
  }

  const alive = <T>(work: Promise<T>): Promise<T | undefined> => Promise.race([work, life.ended.then(() => undefined)])

  const look = async (which: 'agents' | 'all' = 'all'): Promise<void> => {
    await settle()
    if (!isLooking || !life.isAlive || !running) return
    await alive(running.sensors.lookAtAgents())
    if (which === 'all') await alive(running?.sensors.lookAtChanges() ?? Promise.resolve())
    await settle()
  }

  /** What it was doing in the world is over, too, when this resolves. */
  const dies = async (of: Life): Promise<void> => {
    of.end()
    await Promise.allSettled(of.afoot)
  }

  endLife = () => dies(life)

  const starts = async (): Promise<void> => {
    if (!life.isAlive) await dies(life)
    life = newLife()
    running = null
    const mine = life
    running = (await alive(begin(life))) ?? null
    if (!mine.isAlive) return isMended ? starts() : undefined
    for (const each of said.filter(({ isTaken }) => !isTaken)) await deliver(each)
    await look()
  }

  const deliver = async (each: (typeof said)[number]): Promise<void> => {
    const of = life
    const door: Door | undefined = of.isAlive ? running?.bot.door : undefined
    if (!door) return
    of.dealing += 1
    try {
      const isStored = await alive(door.receive(each.inbound).then(() => true))
      if (!isStored) return
      each.isTaken = true
      void door.settled(each.inbound.id).finally(() => {
        of.dealing -= 1
      })
    } catch (error) {
      of.dealing -= 1
      if (!isFault(error)) throw error
      each.isTaken = true // whoever said it was told that it was not taken
      refusals.push(`${error.message}\n${error.hint}`)
    }
  }

  const receive = async (inbound: Inbound): Promise<string> => {
    const each = { inbound, isTaken: false }
    said.push(each)
    await deliver(each)
    await look('agents')
    return inbound.id
  }

  // ── who speaks ────────────────────────────────────────────────────────────────────────────────────────────────────
  let words = 0
  const person = (account: string, platform = 'town') => {
    /** Where it happens: at the top of the channel, in the thread of a session, or in another channel. */
    const doing = (said: Inbound['said'], { in: thread = null, at, on = now(), message }: Where = {}): Promise<string> => {
      words += 1
      const place = at ?? { ...channel, platform, thread }
      return receive({
        id: `said-${words}`,
        account,
        place,
        at: on,
        isDirect: true,
        said,
        ...(said.how === 'typed' && { message: `m${words}` }),
        ...(message !== undefined && { message }),
      })
    }
    return {
      /** The chat with the bot alone. */
      inPrivate: { platform, channel: `with-${account}`, thread: null } satisfies Place,
      /** Types something. */
      says: (text: string, where?: Where): Promise<string> => doing({ how: 'typed', text }, where),
      /** Sends files, or what was spoken, perhaps with words. */
      sends: (files: readonly Partial<SentFile>[], text = '', where?: Where): Promise<string> =>
        doing(
          { how: 'typed', text, files: files.map((file) => ({ id: 'f1', name: 'notes.txt', sizeBytes: 20, kind: 'file', ...file })) },
          where,
        ),
      /** Edits what was said before. */
      edits: (of: string, text: string, where?: Where): Promise<string> => doing({ how: 'edited', of, text }, where),
      /** Puts a sign on the newest message of that title. */
      reacts: (title: string): Promise<string> => {
        const message = messages.findLast(({ card }) => card.title.includes(title))
        if (!message) throw new Error(`No message is called "${title}". The chat shows:\n${textOf(messages, refusals)}`)
        return doing({ how: 'reacted' }, { at: message.place, message: message.id })
      },
      deletes: (of: string, where?: Where): Promise<string> => doing({ how: 'deleted', of }, where),
      /** Presses the newest button of that label, or one that was remembered. */
      presses: (which: string | Pressable, { on }: Pick<Where, 'on'> = {}): Promise<string> => {
        const { place, button } = typeof which === 'string' ? buttonCalled(which) : which
        return doing({ how: 'pressed', button: button.id }, { at: place, ...(on === undefined ? {} : { on }) })
      },
      /** Presses a button with a form, and fills that in. */
      fills: (which: string | Pressable, text: string, { on }: Pick<Where, 'on'> = {}): Promise<string> => {
        const { place, button } = typeof which === 'string' ? buttonCalled(which) : which
        return doing({ how: 'pressed', button: button.id, text }, { at: place, ...(on === undefined ? {} : { on }) })
      },
    }
  }
  type Where = { readonly in?: string | null; readonly at?: Place; readonly on?: number; readonly message?: string }

  type Pressable = { readonly place: Place; readonly button: Button }
  const buttonCalled = (label: string): Pressable => {
    const found = messages
      .flatMap(({ place, card }) => card.buttons.map((button) => ({ place, button })))
      .filter(({ button }) => button.label === label)
    const last = found.at(-1)
    if (!last) throw new Error(`No button is called "${label}". The chat shows:\n${textOf(messages, refusals)}`)
    return last
  }
  const visible = (): string => textOf(messages, refusals)

  const chat = {
    /** Somewhere in the chat, as it stands now, people can read this. */
    shows: (...parts: readonly string[]): void => {
      for (const part of parts) expect(visible(), 'the chat').toContain(part)
    },
    /** Nowhere in the chat, as it stands now, can people read this. */
    hides: (...parts: readonly string[]): void => {
      for (const part of parts) expect(visible(), 'the chat').not.toContain(part)
    },
    text: visible,
    /** What stands there, and nowhere else. */
    at: (place: Place): string =>
      textOf(
        messages.filter((message) => placeKey(message.place) === placeKey(place)),
        [],
      ),
    /** What that account alone was shown. */
    whisperedTo: (account: string): string =>
      textOf(
        whispers.filter(({ to }) => to === account).map(({ card }, index) => ({ id: String(index), place: channel, card, edits: 0 })),
        [],
      ),
    /** What was said and got a sign that an agent has it. */
    marks: (): readonly string[] => marks,
    /** The message posted last, as it stands now. */
    lastCard: (): DrawnCard => {
      const last = messages.at(-1)
      if (!last) throw new Error('The chat is empty.')
      return last.card
    },
    /** The card of a session. */
    cardOf: (session = 'app-1'): DrawnCard => {
      const found = messages.find(({ card }) => card.key === `session:${session}`)
      if (!found) throw new Error(`${session} has no card. The chat shows:\n${visible()}`)
      return found.card
    },
    /** All messages as they stand now. */
    cards: (): readonly DrawnCard[] => messages.map(({ card }) => card),
    /** Titles of what was posted as a message of its own, in order. */
    posts: (): readonly string[] => messages.map(({ card }) => card.title),
    /** What was posted there as a message of its own, in order: whom it called, and its title. */
    postsAt: (place: Place): readonly string[] =>
      messages
        .filter((message) => placeKey(message.place) === placeKey(place))
        .map(({ card }) => [...card.mentions.map(({ name }) => `@${name}`), card.title].join(' ')),
    /** How many messages contain that text now. */
    count: (part: string): number => messages.filter((message) => textOf([message], []).includes(part)).length,
    /** A button as it is now, to be pressed later. */
    button: buttonCalled,
    hasButton: (label: string): boolean => messages.some(({ card }) => card.buttons.some((button) => button.label === label)),
    /** The platform delivers everything again that was ever said. */
    redelivers: async (): Promise<void> => {
      for (const { inbound } of [...said]) await deliver({ inbound, isTaken: false })
      await look()
    },
    /** All of it, or one platform. */
    breaks: (platform?: string): void => {
      if (platform === undefined) isChatDown = true
      else down.add(platform)
    },
    heals: async (): Promise<void> => {
      isChatDown = false
      down.clear()
      await settle()
    },
  }

  // ── what happens in the world ─────────────────────────────────────────────────────────────────────────────────────
  const agentOf = (session: string) => {
    const becomes = async (into: Parameters<typeof world.hear>[1]): Promise<void> => {
      world.hear(session, into)
      await look('agents')
    }
    const exits = async (code: number | null, signal: string | null, screen: string): Promise<void> => {
      for (const process of world.alive(session)) Object.assign(process, { state: 'ended', code, signal, screen })
      await look('agents')
    }
    const work = (into: (old: ReturnType<typeof world.working>['work']) => ReturnType<typeof world.working>['work']): void => {
      const working = world.working(session)
      working.work = into(working.work)
    }
    const ends = (text: string): Promise<void> =>
      becomes((picture) => ({
        ...picture,
        workedAt: now(),
        report: { mark: world.mark(), kind: 'done', text },
        turnEnded: { mark: world.mark(), message: text },
      }))
    const commits = (): void => work(({ ahead }) => ({ head: world.commit(), ahead: ahead + 1, dirty: [] }))
    return {
      commits,
      edits: (...dirty: readonly string[]): void => work((old) => ({ ...old, dirty, changed: dirty })),
      works: () => becomes((picture) => ({ ...picture, workedAt: now() })),
      uses: (name: string | null) =>
        becomes((picture) => ({ ...picture, workedAt: now(), tool: name === null ? null : { name, since: now() } })),
      reports: (kind: 'done' | 'progress' | 'blocked', text = `it is ${kind}`) =>
        becomes((picture) => ({ ...picture, workedAt: now(), report: { mark: world.mark(), kind, text } })),
      /** What it has used in all; it is told with the end of a turn. */
      spends: (...usage: readonly ModelUsage[]) => becomes((picture) => ({ ...picture, usage })),
      idles: (message: string | null = null) =>
        becomes((picture) => ({ ...picture, tool: null, turnEnded: { mark: world.mark(), message } })),
      /** Commits, reports done, and ends its turn. */
      finishes: (text = 'It adds now.'): Promise<void> => {
        commits()
        return ends(text)
      },
      /** Reports done, and ends its turn. */
      ends,
      asks: (question: Partial<Question> & Pick<Question, 'text'>) =>
        becomes((picture) => ({ ...picture, question: questionOf(question) })),
      answersAtTerminal: (choice: string) =>
        becomes((picture) => {
          const { question } = picture
          if (!question) throw new Error(`${session} asks nothing.`)
          const text = question.options[Number(choice) - 1] ?? choice
          return { ...picture, question: null, answered: { request: question.request, text, by: 'terminal' } }
        }),
      exits: (code = 1, screen = '') => exits(code, null, screen),
      dies: (signal = 'SIGKILL', screen = '') => exits(null, signal, screen),
      /** What is typed into its terminal gets lost, until it hears again. */
      goesDeaf: (): void => void world.deaf.add(session),
      hearsAgain: (): void => void world.deaf.delete(session),
      /** Everything it was told, in order, without the wrapping. */
      heard: (): readonly string[] => (world.heard.get(session) ?? []).map((text) => text.replace(/^\[ao #[^\]]*\] ([\s\S]*) \.$/, '$1')),
      /** What each of its processes was started with. */
      prompts: (): readonly string[] => world.prompts.get(session) ?? [],
      isAlive: (): boolean => world.alive(session).length > 0,
      isSuspended: (): boolean => world.alive(session).some(({ state }) => state === 'suspended'),
      processes: (): number => world.alive(session).length,
    }
  }

  const newest = (): number => {
    const number = [...world.changes.keys()].at(-1)
    if (number === undefined) throw new Error(`There is no change yet. The chat shows:\n${visible()}`)
    return number
  }
  const changeBecomes = async (into: Parameters<typeof world.alter>[1], number = newest()): Promise<void> => {
    world.alter(number, into)
    await look()
  }
  const scm = {
    /** How the checks of the newest change, or of that one, stand now. */
    checks: (checks: Change['checks'], ...failing: readonly string[]) => changeBecomes({ checks, failing }),
    checksOf: (number: number, checks: Change['checks'], ...failing: readonly string[]) => changeBecomes({ checks, failing }, number),
    /** Somebody pushes: the head moves, and with it the diff, unless it is the same. */
    push: ({ checks, isSameDiff = false }: { readonly checks?: Change['checks']; readonly isSameDiff?: boolean } = {}) => {
      const { patchId } = scm.change()
      const head = world.commit()
      world.foreign.add(head)
      return changeBecomes({ ...world.pushed(head), ...(checks && { checks }), ...(isSameDiff && { patchId }) })
    },
    reviewed: (review: Change['review'], ...comments: readonly Comment[]) =>
      changeBecomes({
        review,
        openThreads: { people: comments.filter(({ isBot }) => !isBot).length, bots: comments.filter(({ isBot }) => isBot).length },
        lastSaid: {
          people: comments.some(({ isBot }) => !isBot) ? world.mark() : 0,
          bots: comments.some(({ isBot }) => isBot) ? world.mark() : 0,
        },
        threads: comments.map((comment, index) => ({ id: `t${index}`, file: 'calc.ts', line: 3, comments: [comment] })),
      }),
    conflicts: (...conflictFiles: readonly string[]) =>
      changeBecomes(conflictFiles.length > 0 ? { conflict: 'conflicting', conflictFiles } : { conflict: 'none', conflictFiles }),
    becomes: changeBecomes,
    change: (number = newest()): Change => {
      const change = world.changes.get(number)
      if (!change) throw new Error(`There is no change ${number}.`)
      return change
    },
    main: (): readonly string[] => world.main,
    reviews: () => world.reviews,
  }

  const factsOf = async (session = 'app-1'): Promise<readonly Fact[]> => journals.journal.read(session)

  await starts()
  return {
    ana: person('ana'),
    bob: person('bob'),
    cyn: person('cyn'),
    dan: person('dan'),
    /** Nobody knows her. */
    eve: person('eve'),
    chat,
    agent: agentOf('app-1'),
    agentOf,
    scm,
    tracker: {
      isOpen: (key: string): boolean => world.tasks.get(key)?.isOpen ?? false,
      titles: (): readonly string[] => [...world.tasks.values()].map(({ title }) => title),
      notes: (): readonly string[] => [...world.notes.values()],
      labels: (key: string): readonly string[] => world.labels.get(key) ?? [],
      label: (key: string, ...labels: readonly string[]): void => void world.labels.set(key, labels),
    },
    forge: {
      /** It merges through a queue from now on. */
      queues: (): void => {
        world.hasQueue.is = true
      },
    },
    workspace: {
      isThere: (session = 'app-1'): boolean => world.workspaces.has(`/worktrees/${session}`) && !world.working(session).isRemoved,
    },
    hand: {
      /** Somebody starts an agent in a terminal and a folder of their own, and it ends its turn. */
      starts: (terminal = 'fix', parts: Partial<ByHand> = {}): ByHand => {
        const folder = parts.folder ?? `/home/ana/shop-${terminal}`
        const ref = { path: folder, branch: 'login', baseCommit: 'ba5e'.padEnd(40, '0') }
        if (folder.startsWith('/home/') && !world.workspaces.has(folder))
          world.workspaces.set(folder, { ref, work: { head: ref.baseCommit, ahead: 0, dirty: ['half.txt'] }, isRemoved: false })
        const one: ByHand = { terminal, folder, pid: 4711, conversation: 'talk-1', isResting: true, isAlive: true, ...parts }
        world.byHand.push(one)
        return one
      },
      /** Conversations that two agents have had at one time. */
      shared: (): readonly string[] => world.shared,
      folder: (path: string) => world.workspaces.get(path) ?? null,
      /** Its folder is on another branch, or on none. */
      moves: ({ folder }: ByHand, branch: string | null): void => void world.heads.set(folder, branch),
    },
    /** Somebody by an account of theirs elsewhere. */
    account: person,
    /** The top of the channel. */
    channel,
    /** The time, epoch ms. */
    now,
    clock: {
      passes: async (duration: string): Promise<void> => {
        const until = time + (parseDuration(duration) ?? Number.NaN)
        for (;;) {
          const next = [...timers].filter(({ at, life: of }) => of === life && at <= until).sort((a, b) => a.at - b.at)[0]
          if (!next) break
          timers.delete(next)
          time = Math.max(time, next.at)
          next.callback()
          await settle()
        }
        time = until
        await look()
      },
    },
    eyes: {
      /** The sensors see nothing new, until they open again. */
      close: (): void => {
        isLooking = false
      },
      open: async (): Promise<void> => {
        isLooking = true
        await look()
      },
      look: () => look(),
      lookAtAgents: () => look('agents'),
      /** Only what a forge has hinted at is looked at, at once. */
      lookAtHints: async (): Promise<void> => {
        await settle()
        await alive(running?.sensors.lookAtChanges(hints.splice(0)) ?? Promise.resolve())
        await look('agents')
      },
      /** The files that agents change are looked at. */
      lookAtFiles: async (): Promise<void> => {
        await settle()
        await running?.files.look()
        await settle()
      },
      /** The trackers are asked for tasks that start by themselves. */
      lookAtTasks: async (): Promise<void> => {
        await settle()
        await alive(running?.intake.look(null) ?? Promise.resolve())
        await look()
      },
    },
    bot: {
      /** It is gone from one moment to the next: nothing it was about to do happens any more. */
      crashes: (): void => {
        life.end()
        running = null
      },
      /** It will die just before or after a fact is kept. */
      willCrash: (when: Death['when'], at: FactName | Death['at'], isEachTime = false): void => {
        death = { when, at: typeof at === 'function' ? at : (fact) => fact.type === at, isEachTime }
      },
      /** It will die when the next digest that comes by itself is on show, before that is kept. */
      diesAtDigest: (): void => {
        isDigestDeadly = true
      },
      isAlive: (): boolean => life.isAlive,
      /** From now on somebody starts it again whenever it died. */
      isMended: (): void => {
        isMended = true
      },
      starts,
      /** Looks the journals up anew, as a new process does. */
      forgetsFiles: async (): Promise<void> => {
        journals = {
          journal: openJournal('journal'),
          fleet: openJournal('fleet'),
          inbox: openJournal('inbox'),
          calls: openJournal('calls'),
        }
      },
      appends: (): number => appends,
    },
    /** That effect stands still before or after it is done; the function it gives lets it go on. */
    holds: (effect: EffectName, when: Hold['when'] = 'before'): (() => Promise<void>) => {
      let open = (): void => {}
      const opened = new Promise<void>((resolve) => {
        open = resolve
      })
      holds.set(effect, { when, opened, open })
      return async () => {
        holds.delete(effect)
        open()
        await look()
      }
    },
    /** That fails from now on, until it is mended. */
    breaks: (what: Breakable, error = fault('FORGE_DOWN', {})): void => void world.broken.set(what, error),
    mends: (what: Breakable): void => void world.broken.delete(what),
    facts: async (session = 'app-1'): Promise<readonly string[]> => (await factsOf(session)).map(({ type }) => type),
    factsOf,
    /** What became true of all calls. */
    callFacts: async (): Promise<readonly CallFact[]> =>
      (await Promise.all((await journals.calls.list()).map((id) => journals.calls.read(id)))).flat(),
    sessions: () => running?.ring.sessions() ?? [],
    /** Everything that was logged as wrong. */
    logged: (): readonly string[] => logged.map(({ event, fields }) => `${event} ${fields.why ?? explain(fields.error)}`),
  }
}

type FactName = AnyFact['type']
export type Town = Awaited<ReturnType<typeof town>>

const orAborted = (opened: Promise<void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    opened.then(resolve, reject)
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

const textOf = (messages: readonly Message[], refusals: readonly string[]): string =>
  [
    ...messages.map(({ place, card }) =>
      [
        `${place.thread === null ? '' : `(${place.thread}) `}${card.mentions.map(({ name }) => `@${name} `).join('')}${card.title}`,
        ...card.lines,
        ...(card.body === '' ? [] : [card.body]),
        ...card.blocks.flatMap(({ title, text }) => [title, text]),
        ...(card.buttons.length > 0 ? [card.buttons.map(({ label }) => `[${label}]`).join(' ')] : []),
      ].join('\n'),
    ),
    ...refusals,
  ].join('\n\n')

/** The config as bot.config.yaml would say it. JSON is YAML. */
const configOf = (
  { app, limits, reactions, escalation, people = everybody, otherProject, real }: Settings,
  plugins: Parameters<typeof createRegistry>[0],
  folder: string,
) => {
  const registry = createRegistry(plugins)
  const read = readConfig(
    JSON.stringify({
      data: folder,
      projects: {
        app: { path: '/app', agent: 'ant', ...app },
        ...(otherProject && { lib: { path: '/lib', agent: 'ant', ...otherProject } }),
      },
      people,
      ...(limits && { limits }),
      ...(reactions && { reactions }),
      ...(escalation && { escalation }),
    }),
    real?.environment ?? {},
    {
      plugins: registry.schemas(),
      defaults: { runtime: 'pretend', workspace: 'pretend', tracker: 'pretend', scm: 'pretend', terminal: 'pretend' },
      chats: { console: z.strictObject({}) },
      folder,
      home: folder,
      user: 'ana',
    },
  )
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return { config: read.config, registry }
}
