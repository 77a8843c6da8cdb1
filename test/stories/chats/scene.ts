import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type TestContext } from 'vitest'
import { chatKinds } from '../../../bot/chats.ts'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { type RunningBot, startBot } from '../../../bot/main.ts'
import { readConfig } from '../../../core/config/load.ts'
import { sayProblem } from '../../../core/config/problems.ts'
import type { Question } from '../../../core/contracts/agent.ts'
import type { Change } from '../../../core/contracts/change.ts'
import type { Fact } from '../../../core/contracts/fact.ts'
import type { Log } from '../../../core/contracts/plugins.ts'
import { silent } from '../../../core/kit/log.ts'
import { createRegistry } from '../../../core/plugins/registry.ts'
import { eventually } from '../../contracts/adapter.ts'
import type { Found, Name, Stand } from '../../fakes/stand.ts'
import { makeWorld, questionOf } from '../world.ts'

export type Given = {
  /** Other chats that the same bot is in. */
  readonly others?: readonly Stand[]
  /** What the project is besides. */
  readonly project?: Readonly<Record<string, unknown>>
  readonly roles?: Readonly<Partial<Record<Exclude<Name, 'eve'>, readonly string[]>>>
  /** What it says of people besides. */
  readonly people?: Readonly<Partial<Record<Exclude<Name, 'eve'>, Readonly<Record<string, unknown>>>>>
  /** What the config says besides. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Does the forge run checks? Default yes. */
  readonly hasChecks?: boolean
}

/**
 * The real bot, started as `ao start` does, over a pretend world of tasks, agents and changes, in a chat that is reached by the
 * platform's own library over real sockets. What is said arrives as the platform brings it, and what is seen is what the
 * platform shows.
 */
export const scene = async (
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>, // many are told at once: each ends its own
  stand: Stand,
  { others = [], project = {}, roles = {}, people = {}, config: more = {}, hasChecks = true }: Given = {},
) => {
  const folder = mkdtempSync(join(tmpdir(), 'ao-scene-'))
  const world = makeWorld({ now: Date.now, hasChecks, pages: folder })
  for (const [key, title] of tasks)
    world.tasks.set(key, { key, title, body: `${title}, it seems.`, url: null, author: 'eve', isOpen: true })
  const stands = [stand, ...others]
  const registry = createRegistry(world.plugins)
  const accountsOf = (name: Name) =>
    Object.fromEntries(stands.filter(({ options }) => options).map(({ chat, accounts }) => [chat, accounts[name]]))
  const environment = Object.assign({}, ...stands.map((each) => each.environment))
  const read = readConfig(
    JSON.stringify({
      data: folder,
      projects: { app: { path: '/app', agent: 'ant', ...project } },
      people: Object.fromEntries(
        Object.entries({ ana: ['admin'], bob: ['viewer'], ...roles }).map(([name, held]) => [
          name,
          { roles: held, console: name === 'ana', accounts: accountsOf(name as Name), ...people[name as 'ana' | 'bob'] }, // its keys are names
        ]),
      ),
      chats: Object.fromEntries(stands.flatMap(({ chat, options }) => (options ? [[chat, options]] : []))),
      watch: { agents: '250ms', changes: '1s' },
      ...more,
    }),
    environment,
    {
      plugins: registry.schemas(),
      defaults: { runtime: 'pretend', workspace: 'pretend', tracker: 'pretend', scm: 'pretend', terminal: 'pretend' },
      chats: Object.fromEntries(Object.values(chatKinds).map(({ name, options }) => [name, options])),
      folder,
      home: folder,
      user: 'ana',
    },
  )
  if ('problems' in read) throw new Error(read.problems.map(sayProblem).join('\n'))
  const { config, secrets } = read
  const logged: string[] = []
  const note = (event: string, fields: Readonly<Record<string, unknown>> = {}): void =>
    void logged.push(`${event} ${JSON.stringify(fields)}`)
  const log: Log = { ...silent, info: note, warn: note, error: note }

  let bot: RunningBot | null = null
  const starts = async (): Promise<void> => {
    bot = await startBot({ config, secrets, secretNames: Object.keys(environment), log, environment: {}, plugins: world.plugins })
  }
  const stops = async (): Promise<void> => {
    await bot?.stop()
    bot = null
  }
  onTestFinished(async () => {
    await stops()
    for (const each of stands) await each.close()
    rmSync(folder, { recursive: true, force: true })
  }, 60_000) // a bot waits for what is on its way
  for (const each of stands) each.attach?.(folder)
  await starts()

  const look = async (): Promise<void> => {
    await bot?.sensors.lookAtAgents()
    await bot?.sensors.lookAtChanges()
  }
  const shown = (all: readonly Found[]): string =>
    [
      ...all.map(({ place, text, buttons }) => `(${place.thread ?? 'top'}) ${text} ${buttons.map((label) => `[${label}]`).join(' ')}`),
      '— log —',
      ...logged,
    ].join('\n')
  /** What is done and seen in one of the chats. */
  const within = (chat: Stand) => {
    /** Waits until one message is such, and gives the newest of them. */
    const finds = async (fits: (found: Found) => boolean, what: string): Promise<Found> => {
      const found = await eventually(
        async () => (await chat.sees()).findLast(fits) ?? null,
        (one) => one !== null,
        20_000,
      ).catch(async () => expect.fail(`Nobody sees ${what}. ${chat.name} shows:\n${shown(await chat.sees())}`))
      if (!found) throw new Error('It was there a moment ago.')
      return found
    }
    return {
      /** Waits until one message shows all these words, and gives the newest such. */
      sees: (...parts: readonly string[]) => finds(({ text }) => parts.every((part) => text.includes(part)), parts.join(' … ')),
      presses: async (who: Name, label: string): Promise<void> => {
        const { place } = await finds(({ buttons }) => buttons.includes(label), `a button "${label}"`)
        await chat.presses(who, label, place)
      },
      says: (who: Name, text: string, place?: Place, deliveries?: number) => chat.says(who, text, place, deliveries),
      all: () => chat.sees(),
      /** Waits until somebody was told that, in the open or alone. */
      tells: (words: RegExp) =>
        eventually(
          async () => [...chat.whispers(), ...(await chat.sees()).map(({ text }) => text)].join('\n'),
          (seen) => words.test(seen),
          20_000,
        ),
    }
  }
  const hear = async (session: string, into: Parameters<typeof world.hear>[1]): Promise<void> => {
    world.hear(session, into)
    await look()
  }

  return {
    world,
    starts,
    stops,
    look,
    logged,
    stand,
    ...within(stand),
    within,
    /** Another bot in the same data folder. */
    startsAnother: () => startBot({ config, secrets, secretNames: [], log, environment: {}, plugins: world.plugins }),
    sessions: () => bot?.ring.sessions() ?? [],
    facts: (session = 'app-1') => bot?.ring.facts(session).then((facts) => facts.map(({ type }) => type)) ?? Promise.resolve([]),
    /** Waits until that became true of the session. */
    knows: (fact: Fact['type'], session = 'app-1') =>
      eventually(
        async () => (await bot?.ring.facts(session))?.map(({ type }) => type) ?? [],
        (facts) => facts.includes(fact),
        20_000,
      ),
    /** The agent commits, reports done and ends its turn. */
    finishes: async (session = 'app-1', text = 'It adds now.'): Promise<void> => {
      const working = world.working(session)
      working.work = { head: world.commit(), ahead: working.work.ahead + 1, dirty: [] }
      await hear(session, (picture) => ({
        ...picture,
        workedAt: Date.now(),
        report: { mark: world.mark(), kind: 'done', text },
        turnEnded: { mark: world.mark(), message: text },
      }))
    },
    asks: (question: Partial<Question> & Pick<Question, 'text'>, session = 'app-1') =>
      hear(session, (picture) => ({ ...picture, question: questionOf(question) })),
    heard: (session = 'app-1'): readonly string[] => world.heard.get(session) ?? [],
    /** How the checks of a change stand now. */
    checks: async (checks: Change['checks'], number = 7): Promise<void> => {
      await eventually(
        () => world.changes.has(number),
        (isThere) => isThere,
      )
      world.alter(number, { checks, failing: checks === 'failing' ? ['lint'] : [] })
      await look()
    },
    /** Somebody pushes to it. */
    pushes: async (checks: Change['checks'], number = 7): Promise<void> => {
      const head = world.commit()
      world.foreign.add(head)
      world.alter(number, { ...world.pushed(head), checks })
      await look()
    },
  }
}

const tasks = [
  ['#1', 'add() subtracts'],
  ['#2', 'divide() by zero'],
  ['#3', 'Rename Foo'],
  ...Array.from({ length: 30 }, (_, index) => [`#${index + 4}`, `Task ${index + 4}`] as const),
] as const

export type Scene = Awaited<ReturnType<typeof scene>>

/** A session whose agent is at work. */
export const working = async (...given: Parameters<typeof scene>): Promise<Scene> => {
  const all = await scene(...given)
  await all.says('ana', 'fix #1')
  await all.knows('agent.started')
  return all
}

/** A session whose change only waits for a person. */
export const green = async (...given: Parameters<typeof scene>): Promise<Scene> => {
  const all = await working(...given)
  await all.finishes()
  await all.checks('passing')
  return all
}
