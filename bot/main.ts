import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createConsole } from '../adapters/console/index.ts'
import type { Config } from '../core/config/config.ts'
import { defaultEscalation } from '../core/config/escalation.ts'
import { limitsOf } from '../core/config/rules.ts'
import type { StreamParts } from '../core/contracts/engine.ts'
import type { Fact } from '../core/contracts/fact.ts'
import type { FleetFact } from '../core/contracts/fleet.ts'
import type { Alert, HintOf, Log, Plugin, Slot } from '../core/contracts/plugins.ts'
import type { Journal } from '../core/contracts/store.ts'
import { createEngine } from '../core/engine/engine.ts'
import { createFilesSensor } from '../core/engine/files-seen.ts'
import { performWith, type Tools } from '../core/engine/hands.ts'
import { createHost, keyedLock } from '../core/engine/host.ts'
import { createIntake, emptyIntake } from '../core/engine/intake.ts'
import { createListeners } from '../core/engine/listeners.ts'
import { createNumbers } from '../core/engine/numbers.ts'
import { openKeptNumbers } from '../core/engine/numbers-kept.ts'
import { createReader } from '../core/engine/reader.ts'
import { repositoryNames } from '../core/engine/repository-names.ts'
import { createRing } from '../core/engine/ring.ts'
import { createSensors } from '../core/engine/sensors.ts'
import { keepSentFile } from '../core/engine/sent-files.ts'
import { createStrangers } from '../core/engine/strangers.ts'
import { agentEnvironment, writeShim } from '../core/engine/surroundings.ts'
import { openToolbox, sessionFolder } from '../core/engine/tools.ts'
import { createTranscribe } from '../core/engine/transcribe.ts'
import { keepLooking } from '../core/engine/watch.ts'
import { openWebhooks } from '../core/engine/webhooks.ts'
import { explain, isFault } from '../core/kit/fault.ts'
import { pricesOf } from '../core/kit/prices.ts'
import { redactDeep, redacting } from '../core/kit/redact.ts'
import { sleep } from '../core/kit/time.ts'
import { descendsFrom, processes } from '../core/kit/tree.ts'
import { ownZone } from '../core/kit/zone.ts'
import { createRegistry } from '../core/plugins/registry.ts'
import { numbersFacts } from '../core/session/numbers.ts'
import { factVersion, upcast } from '../core/session/upcast.ts'
import type { OpenFile } from '../core/store/disk.ts'
import { openFileDocuments } from '../core/store/document.ts'
import { openFileJournal } from '../core/store/journal.ts'
import { lockFolder } from '../core/store/lock.ts'
import { openFileScan } from '../core/store/scan.ts'
import { plugins as builtIn } from '../plugins/index.ts'
import { createBot, type Language } from './bot.ts'
import { openChats, withoutSecrets } from './chats.ts'
import { listedPrices } from './cli/prices.ts'
import type { ChatAdapter, Health } from './contracts/adapter.ts'
import type { ListedCommand } from './contracts/chat.ts'
import type { Place } from './contracts/inbound.ts'
import type { Propose } from './contracts/intent.ts'
import { createOutbox } from './deliver/outbox.ts'
import { openDigests } from './digest/open.ts'
import { noCalls } from './escalate/calls.ts'
import { createFiles } from './files.ts'
import { createMemory, emptyMemory } from './memory/chat.ts'
import { createDigestMemory, emptyDigests } from './memory/digests.ts'
import { type InboxFact, openInbox } from './memory/inbox.ts'
import { createPeople, emptyPeople } from './memory/people.ts'
import { createTalk, emptyTalk } from './memory/talk.ts'
import { directory } from './people/directory.ts'
import { readsOf } from './reads.ts'
import { isBuilt } from './understand/context.ts'
import { chatCard } from './views/chats.ts'

/** What a bot is started with. */
export type Start = {
  readonly config: Config
  /** The bot's secrets: taken out of every picture before it becomes a fact, and of every card before it leaves. */
  readonly secrets: readonly string[]
  /** Names of the variables that hold the bot's secrets; agents do not get them. */
  readonly secretNames: readonly string[]
  readonly log: Log
  readonly environment: Readonly<Record<string, string | undefined>>
  /** How files of the store are opened; the disk, unless a test wants a full one. */
  readonly open?: OpenFile
  /** What fills the slots; those that are built in, unless a test has a world of its own. */
  readonly plugins?: readonly Plugin[]
}

/** Where the bot itself runs is no business of its agents: these would lead them into the user's own terminals. */
const notOurs = ['TMUX', 'TMUX_PANE']

/** No platform hands out larger files to every bot: Telegram's are the smallest. */
const mostFileBytes = 20_000_000

/** Where the pieces of a data folder are. */
export const placesIn = (data: string) => ({
  socket: join(data, 'ao.sock'),
  room: join(data, 'console.json'),
  typed: join(data, 'typed.txt'),
  bin: join(data, 'bin'),
  log: join(data, 'ao.log'),
})

/**
 * Puts everything together and starts it. Resolves once the bot hears what is said and has looked at all that is alive.
 *
 * @throws {Fault} DATA_FOLDER_BUSY when another bot has that data folder, JOURNAL_DAMAGED, or what a plugin's `create` throws
 */
export const startBot = async ({ config, secrets, secretNames, log, environment, open, plugins = builtIn }: Start) => {
  const { data } = config
  const places = placesIn(data)
  const lock = await lockFolder(data, { purpose: 'ao start' })
  const stopping = new AbortController()
  const now = Date.now
  const redact = redacting(secrets)
  try {
    const files = open ? { open } : {}
    const closing: (() => Promise<void>)[] = []
    // Only the facts of sessions have had another shape.
    const journal = <F>(name: string, version = 1, upcast: (fact: unknown, v: number) => F = (fact) => fact as F): Journal<F> => {
      const made = openFileJournal<F>({ folder: join(data, name), version, upcast, log, ...files })
      closing.push(made.close)
      return made
    }
    const [sessionJournal, fleetJournal, inboxJournal] = [
      journal<Fact>('journal', factVersion, upcast),
      journal<FleetFact>('fleet'),
      journal<InboxFact>('inbox'),
    ]
    const documents = openFileDocuments({ folder: join(data, 'documents'), log, ...files })
    let hint: (slot: Slot, of?: HintOf) => void = () => {}
    const webhooks = config.webhooks && openWebhooks({ ...config.webhooks, log, signal: stopping.signal })
    const host = createHost({
      dataFolder: data,
      documents,
      log,
      signal: stopping.signal,
      now,
      onHint: (slot, of) => hint(slot, of),
      ...(webhooks && { onWebhook: webhooks.on }),
    })
    const toolbox = await openToolbox({ config, registry: createRegistry(plugins), host })
    await writeShim(places.bin, [process.execPath, cliPath()])

    const folderOf = (session: string): string => sessionFolder(data, session)
    const environmentOf = agentEnvironment({ own: environment, secretNames: [...secretNames, ...notOurs], binFolder: places.bin })
    const reader = createReader({ agentOf: toolbox.agent, folderOf, now })
    const tools: Tools = {
      ...toolbox,
      folder: folderOf,
      environment: (session) => environmentOf(session, folderOf(session)),
      reader,
      call: (alert) => call(alert),
      now,
      sleep,
      lock: keyedLock(),
    }
    let call: (alert: Alert) => Promise<void> = async () => {}

    const perform = performWith(tools)
    const ring = createRing({
      sessionJournal,
      fleetJournal,
      perform: async (effect, context) => redactDeep(await perform(effect, context), redact),
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
      clock: { now, wakeAt },
      log,
      onNews: ({ session, facts }) => {
        numbers.heard(session)
        looking.session(session)
        if (facts.some(({ type }) => type === 'change.seen' || type === 'work.seen'))
          hint('scm', { project: session.project, branch: session.branch })
        bot.news(session, facts)
      },
      onFleet: (fleet, facts) => bot.fleet(fleet, facts),
      onComplete: (endings, of) => bot.complete(endings, of, completion(config)),
      writeTask: ({ project, ...task }) => toolbox.tracker(project).create(task),
    })

    const numbers = createNumbers({
      scan: openFileScan<Fact>({ folder: join(data, 'journal'), version: factVersion, upcast, types: numbersFacts }),
      kept: openKeptNumbers({ folder: join(data, 'numbers'), log, ...files }),
      log,
    })
    // A merge that was under way when its session was stopped is looked after until the world has said how it went.
    const watched = () => [...ring.sessions(), ...ring.ended().filter(({ merging }) => merging !== null)]
    const sensors = createSensors({
      sessions: watched,
      show: (session, seen) => ring.show(session, redactDeep(seen, redact)),
      tools,
      reader,
      onBlind: (project, why) => bot.blind(project, why),
      log,
      signal: stopping.signal,
    })
    const looking = keepLooking({
      sensors,
      toolbox,
      sessions: ring.sessions,
      folderOf,
      files: createFilesSensor({ sessions: ring.sessions, show: ring.show, tools, log, signal: stopping.signal }),
      intake: createIntake({
        projects: () => Object.keys(config.projects),
        tracker: toolbox.tracker,
        accept: ring.wish,
        document: await documents.open('intake', emptyIntake()),
        log,
        signal: stopping.signal,
      }),
      listeners: createListeners({ agentOf: toolbox.agent, folderOf, sleep, log }),
      pace: config.watch,
      log,
    })
    hint = looking.hint

    let tellOfChat: (name: string, health: Health) => void = () => {} // before there is a bot there is nobody to tell
    const onTrouble = (name: string, health: Health): void => tellOfChat(name, health)
    const chats = await openChats({ config, documents, redact, commands: listedCommands, onTrouble, now, log })
    const adapters = new Map<string, ChatAdapter>(chats.adapters)
    const console = createConsole({
      socketPath: places.socket,
      historyFile: places.room,
      log,
      isAgent: async (pid) => descendsFrom(await processes(), pid, /(?:^|\0)AO_SESSION=/),
    })
    adapters.set(console.platform, withoutSecrets(console, redact))
    const adapterOf = (platform: string): ChatAdapter | null => adapters.get(platform) ?? null
    const memory = createMemory(await documents.open('chats', emptyMemory()))
    const home: Place = { platform: console.platform, channel: 'main', thread: null }
    const talk = createTalk(await documents.open('talk', emptyTalk()))
    for (const { place, project } of chats.channels) if (talk.projectAt(place) !== project) await talk.use(place, project)
    const homesOf = (project: string): readonly Place[] => [
      ...chats.channels.filter((one) => one.project === project).map(({ place }) => place),
      ...[...chats.adapters.keys()].flatMap((platform) => talk.channelOf(platform, project) ?? []),
      ...chats.homes,
      home,
    ]
    const transcriberEnvironment = Object.fromEntries(
      Object.entries(environment).flatMap(([name, value]) => (value === undefined || secretNames.includes(name) ? [] : [[name, value]])),
    )
    const people = createPeople(await documents.open('people', emptyPeople()))
    const accounts = [
      ...(config.console === null ? [] : [{ platform: console.platform, account: console.platform, person: config.console }]),
      ...config.accounts,
    ]
    const known = directory({
      accounts: accounts.flatMap(({ person: name, ...account }) => {
        const person = config.people.find((one) => one.name === name)
        return person ? [{ ...account, person }] : []
      }),
      people: config.people,
      links: people,
    })
    const accountOf = (person: string, platform: string): string | null =>
      known.accountsOf(person).find((one) => one.platform === platform)?.account ?? null
    const outbox = createOutbox({ adapterOf, memory, accountOf, log, now, sleep })
    const stopCalls: (() => Promise<void>)[] = []
    const runCalls = <State, Input extends { readonly at: number }, Fact, Effect>({
      tick,
      ...parts
    }: StreamParts<State, Input, Fact, Effect>) => {
      const engine = createEngine<State, Input, Fact, Effect>(
        { ...parts, journal: journal<Fact>('calls'), clock: { now, wakeAt }, log },
        tick,
      )
      stopCalls.push(engine.stop)
      return engine
    }
    const reads = readsOf({
      config,
      ring,
      tools,
      toolbox,
      redact,
      repositoryOf: await repositoryNames(Object.values(config.projects)),
      strangers: createStrangers({
        tools,
        hosts: () => Object.keys(config.hosts),
        projects: () => Object.keys(config.projects),
        agents: toolbox.agents,
        sessions: ring.sessions,
      }),
      prices: pricesOf(listedPrices(), config.prices),
      numbers: numbers.since,
      now,
    })
    const digests = openDigests({
      memory: createDigestMemory(await documents.open('digests', emptyDigests())),
      fixed: config.digests.map(({ platform, channel, cron, zone, isAlways }) => ({
        place: { platform, channel, thread: null },
        cron,
        zone: zone ?? ownZone(),
        isAlways,
      })),
      reads,
      talk,
      hasPictures: (platform) => adapterOf(platform)?.limits.hasPictures ?? false,
      show: outbox.show,
      now,
      wakeAt,
      log,
    })
    const bot = createBot({
      language,
      reads,
      digests: digests.desk,
      memory,
      talk,
      inbox: await openInbox(inboxJournal, { now }),
      outbox,
      people,
      files: createFiles({
        fetch: async (platform, file, mostBytes) => (await adapterOf(platform)?.fetch?.(file, mostBytes)) ?? null,
        keep: async (id, name, bytes) => {
          const session = await ring.find(id)
          return keepSentFile(session?.workspace?.path ?? join(folderOf(id), 'workspace'), { name, bytes, at: now() })
        },
        transcribe: config.voice && createTranscribe({ ...config.voice, env: transcriberEnvironment, signal: stopping.signal }),
        mostBytes: mostFileBytes,
      }),
      ...known,
      accept: ring.wish,
      propose: config.understand.model && secondOpinion(config.understand.model, { redact, log }),
      wakeAt,
      home: chats.homes[0] ?? home,
      homesOf,
      hasThreads: (platform) => adapterOf(platform)?.open !== undefined,
      runCalls,
      openCalls: await documents.open('calls', noCalls()),
      escalationOf: (project) => config.projects[project]?.escalation ?? defaultEscalation,
      privateOf: async (person, besides) => {
        // The console is a home for everything already, and nobody may sit there.
        const others = known.accountsOf(person).filter(({ platform }) => platform !== console.platform && platform !== besides)
        for (const { platform, account } of others) {
          try {
            const place = await adapterOf(platform)?.privately?.(account)
            if (place) return place
          } catch (error) {
            // Whoever never wrote to the bot, or has shut it out, may have another account.
            if (!isFault(error, 'CHAT_REFUSED') && !isFault(error, 'PLACE_GONE')) throw error
            log.warn('bot.private.refused', { person, platform, why: explain(error) })
          }
        }
        return null
      },
      hasPrivate: (platform) => platform !== console.platform && adapterOf(platform)?.privately !== undefined,
      adapterOf,
      platforms: () => [...adapters.keys()],
      now,
      sleep,
      log,
    })
    call = bot.call
    tellOfChat = (name, health) => void outbox.show(home, chatCard(name, health)).catch(() => {}) // the log has it, too

    const broken = await ring.wake()
    for (const { session, error } of broken) log.error('session.unreadable', { session, why: explain(error) })
    for (const session of ring.sessions()) looking.session(session)
    const stopConsole = await console.start(bot.door)
    const starting = chats.start(bot.door)
    await bot.wake(broken)
    await looking.start()
    await webhooks?.start()
    const stopChats = await starting
    log.info('bot.ready', { sessions: ring.sessions().length })
    numbers.start()
    void digests.start().catch((error) => log.error('bot.digests.failed', { why: explain(error) })) // nothing else waits for them
    void bot.warm().catch((error) => log.error('bot.language.failed', { why: explain(error) })) // the next words try again

    return {
      ring,
      bot,
      sensors,
      socketPath: places.socket,
      /** Ends the bot and nothing else: agents go on, and the next start takes them up. */
      stop: async (): Promise<void> => {
        await Promise.all([stopConsole(), stopChats(), webhooks?.stop()])
        stopping.abort(new Error('The bot is stopping.'))
        await looking.stop()
        const callsEnd = Promise.all(stopCalls.map((stop) => stop()))
        digests.stop()
        outbox.stop() // the ring and the calls wait for it
        await Promise.all([ring.stop(), callsEnd])
        bot.stop()
        await bot.quiet()
        await outbox.quiet()
        await digests.quiet()
        await numbers.stop()
        await documents.flush()
        await Promise.all(closing.map((close) => close()))
        await lock.release()
      },
    }
  } catch (error) {
    stopping.abort(error)
    await lock.release()
    throw error
  }
}

export type RunningBot = Awaited<ReturnType<typeof startBot>>

/** The commands as a platform lists them: what people want first comes first. */
const listedCommands = async (): Promise<readonly ListedCommand[]> => {
  const { intents } = await language()
  const built = intents.filter(isBuilt)
  return [
    ...built.filter(({ name }) => name === 'start').map(({ summary }) => ({ name: 'fix', summary })),
    ...built.filter(({ name }) => name !== 'start').map(({ name, summary }) => ({ name, summary })),
  ]
}

/** What understands words: many small files, which a start has no time for. */
const language = async (): Promise<Language> => {
  const [{ createHearing }, { intents }] = await Promise.all([import('./hear.ts'), import('./intents/index.ts')])
  return { createHearing, intents }
}

/** The language model, loaded when it is asked first. No secret of the config reaches it. */
const secondOpinion = (
  options: NonNullable<Config['understand']['model']>,
  { redact, log }: { readonly redact: (text: string) => string; readonly log: Log },
): Propose => {
  let made: Promise<Propose> | null = null
  const make = async (): Promise<Propose> => {
    const [{ openModel }, { createPropose }, { intents }] = await Promise.all([
      import('./model/client.ts'),
      import('./model/propose.ts'),
      language(),
    ])
    const model = openModel(options)
    return createPropose({ ask: (question) => model(redactDeep(question, redact)), intents, log })
  }
  return async (text, context) => {
    try {
      made ??= make()
      return await (await made)(text, context)
    } catch (error) {
      made = null // the next words try again
      log.warn('understand.model.failed', { code: null, why: explain(error) })
      return null
    }
  }
}

const completion = (config: Config): { readonly message: string | null; readonly withSummary: boolean } => {
  const reaction = Object.values(config.projects)[0]?.reactions['all-complete']
  return { message: reaction?.message ?? null, withSummary: reaction?.includeSummary ?? true }
}

const wakeAt = (at: number, callback: () => void): (() => void) => {
  // Longer than setTimeout can: it is asked again then.
  const timer = setTimeout(callback, Math.min(Math.max(0, at - Date.now()), 2_000_000_000))
  return () => clearTimeout(timer)
}

/** The built `ao`; sources that a test runs find it in `dist`. */
const cliPath = (): string => fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../dist/bot/cli.js' : './cli.js', import.meta.url))
