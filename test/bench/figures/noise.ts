import type { Fact } from '../../../core/contracts/fact.ts'
import { town } from '../../fakes/town.ts'
import { type Bench, type Figure, type Row, rowOf } from '../figure.ts'
import { randomFrom } from '../github-world.ts'

const names = {
  messages: 'noise: a simulated week, new messages for each needed decision and rung, beyond one for each finished task',
  purpose: 'noise: a simulated week, alerts for what people did themselves',
  reach: 'noise: a simulated week, a decision is needed → on show to people, the longest',
}

const [minuteMs, hourMs] = [60_000, 3_600_000]
const days = 7
const sessionsADay = 30
const seed = 20_260_105

/** The whole bot in memory with a clock of its own: a week of 30 sessions a day, of which some go wrong as they do. */
export const noise: Figure = {
  name: 'noise',
  rows: Object.values(names),
  measure: async (bench) => {
    const ends: (() => Promise<void>)[] = []
    try {
      return rowsOf(await week(bench, (end) => void ends.push(end)), bench)
    } finally {
      for (const end of ends) await end()
    }
  },
}

/** What happens in the life of a session, and how often in a hundred. */
const shares = { red: 25, stubborn: 5, asks: 20, conflict: 5, exits: 3, stuck: 3, review: 10, stopped: 4, mergedElsewhere: 6 }

type Town = Awaited<ReturnType<typeof town>>
type Doing = { readonly at: number; readonly name: string; readonly work: () => Promise<unknown> }

/** What was measured. */
type Week = {
  readonly sessions: number
  readonly finished: number
  readonly decisions: number
  readonly rungs: number
  /** Messages that call people or tell a result, by what they are. */
  readonly posted: Readonly<Record<string, number>>
  readonly onPurpose: number
  readonly waitsMs: readonly number[]
}

const week = async ({ tell }: Bench, onFinished: (end: () => Promise<void>) => void): Promise<Week> => {
  const all = await town({
    onFinished,
    hasThreads: true,
    limits: { running: 200, review: 1_000 },
    people: {
      ana: { roles: ['admin'] },
      bob: { roles: ['maintainer'], zone: 'UTC', quiet: '22:00-07:00' },
      cyn: { roles: ['operator'] },
      dan: { roles: ['viewer'] },
    },
    accounts: [{ person: 'bob', platform: 'slack', account: 'U1' }],
    escalation: { onCall: ['cyn'] },
  })
  const random = randomFrom(seed)
  const begin = all.now()
  const plan: Doing[] = []
  const later = (at: number, name: string, work: () => Promise<unknown>): void => {
    plan.push({ at, name, work })
    plan.sort((a, b) => a.at - b.at)
  }
  const seen = { posts: 0, firstShown: new Map<string, number>(), onPurpose: new Set<string>() }
  for (let day = 0; day < days; day += 1)
    for (let n = 0; n < sessionsADay; n += 1) {
      const id = `app-${day * sessionsADay + n + 1}`
      // Tasks come from nine in the morning to eleven at night; the day of the town begins at nine.
      const at = begin + day * 24 * hourMs + Math.floor((n * 14 * hourMs) / sessionsADay + random() * 10 * minuteMs)
      later(at, id, () => life({ all, id, random, later, begin, purpose: seen.onPurpose }))
    }
  const until = begin + days * 24 * hourMs
  const passTo = async (at: number): Promise<void> => {
    // Minute by minute, so that what comes on show is noted when it does.
    for (; all.now() < at; note(all, seen.firstShown)) await all.clock.passes(`${Math.min(minuteMs, at - all.now())}ms`)
  }
  for (let next = plan.shift(); next && next.at <= until; next = plan.shift()) {
    await passTo(next.at)
    await next.work()
    note(all, seen.firstShown)
  }
  await passTo(until)
  tell(`${all.chat.cards().length} messages in a week`)
  return counted(all, seen)
}

/** When each call was first on show. */
const note = (all: Town, firstShown: Map<string, number>): void => {
  for (const { key } of all.chat.cards()) if (key.startsWith('alert:') && !firstShown.has(key)) firstShown.set(key, all.now())
}

type Life = {
  readonly all: Town
  readonly id: string
  readonly random: () => number
  readonly later: (at: number, name: string, work: () => Promise<unknown>) => void
  readonly begin: number
  readonly purpose: Set<string>
}

/** A session as they go: it works, may ask, is proposed, may be red, is merged by a person when that one is there. */
const life = async ({ all, id, random, later, begin, purpose }: Life): Promise<void> => {
  const happens = (share: number): boolean => random() * 100 < share
  const soon = (minutes: number): number => all.now() + Math.max(1, Math.round(minutes * (0.5 + random()))) * minuteMs
  /** People answer within minutes while they work, and what comes later in the morning. */
  const whenThere = (minutes: number): number => {
    const at = soon(minutes)
    const hour = ((at - begin) / hourMs + 9) % 24
    return hour >= 9 && hour < 19 ? at : at + ((33 - hour) % 24) * hourMs
  }
  const agent = all.agentOf(id)
  const alive = async (): Promise<boolean> => !(await facts(all, id)).some(({ type }) => type === 'session.ended')
  const doing = (at: number, work: () => Promise<unknown>): void => later(at, id, async () => ((await alive()) ? work() : undefined))
  await all.bob.says(`start "task of ${id}"`)

  const merges = (number: number): void =>
    doing(whenThere(25), async () => {
      if (happens(shares.mergedElsewhere)) {
        purpose.add(id)
        await all.scm.becomes({ state: 'merged' }, number)
      } else await all.bob.says(`merge ${id}`)
    })
  const proposes = async (): Promise<void> => {
    await agent.finishes()
    const { number } = all.scm.change()
    const green = async (): Promise<void> => {
      await all.scm.checksOf(number, 'passing')
      if (happens(shares.review)) {
        await all.scm.becomes({ review: 'changes-requested', openThreads: { people: 1, bots: 0 } }, number)
        doing(soon(15), async () => {
          await agent.works()
          await all.scm.becomes({ review: 'none', openThreads: { people: 0, bots: 0 } }, number)
          await agent.ends('I have answered the comment.')
        })
      }
      merges(number)
    }
    const red = async (times: number): Promise<void> => {
      await all.scm.checksOf(number, 'failing', 'test')
      doing(soon(12), async () => {
        await agent.works()
        await all.scm.push({ checks: 'pending' }).catch(() => {})
        if (times > 1) await red(times - 1)
        else await green()
        await agent.ends('I have pushed a fix.')
      })
    }
    if (happens(shares.conflict)) {
      await all.scm.becomes({ conflict: 'conflicting', conflictFiles: ['calc.ts'] }, number)
      doing(soon(10), async () => {
        await agent.works()
        await all.scm.becomes({ conflict: 'none', conflictFiles: [] }, number)
        await agent.ends('I have rebased it.')
        await green()
      })
    } else if (happens(shares.red)) await red(happens((shares.stubborn * 100) / shares.red) ? 4 : 1)
    else doing(soon(8), green)
  }
  const works = (): void =>
    doing(soon(30), async () => {
      if (happens(shares.stopped)) {
        purpose.add(id)
        return all.bob.says(`stop ${id}`)
      }
      if (happens(shares.exits)) {
        await agent.exits(1, 'it crashed')
        return doing(whenThere(20), () => all.bob.says(`restart ${id}`).then(() => doing(soon(30), proposes)))
      }
      if (happens(shares.stuck)) return doing(whenThere(60), () => all.bob.says(`stop ${id}`))
      return proposes()
    })
  if (happens(shares.asks))
    doing(soon(10), async () => {
      await agent.asks({ text: `Which way, ${id}?`, options: ['This', 'That'] })
      doing(whenThere(12), async () => {
        await all.bob.says(`answer ${id} 1`)
        await agent.works()
        works()
      })
    })
  else {
    // It shows signs of life while it works.
    for (let minutes = 5; minutes < 25; minutes += 5) doing(all.now() + minutes * minuteMs, agent.works)
    works()
  }
}

const facts = (all: Town, id: string): Promise<readonly Fact[]> => all.factsOf(id)

const counted = async (
  all: Town,
  seen: { readonly firstShown: ReadonlyMap<string, number>; readonly onPurpose: ReadonlySet<string> },
): Promise<Week> => {
  const ids = Array.from({ length: days * sessionsADay }, (_, n) => `app-${n + 1}`)
  const journals = await Promise.all(ids.map(async (id) => ({ id, facts: await facts(all, id) })))
  const needed = journals.flatMap(({ id, facts: of }) =>
    of.flatMap((fact, index) => (fact.type === 'trouble.escalated' ? [{ id, key: fact.key, at: fact.at, seq: index + 1 }] : [])),
  )
  const kinds = ['alert', 'call', 'waited', 'result'] as const
  const keys = all.chat.cards().map(({ key }) => key)
  const posted = Object.fromEntries(kinds.map((kind) => [kind, keys.filter((key) => key.startsWith(`${kind}:`)).length]))
  const ended = new Map(
    journals.flatMap(({ id, facts: of }) => of.flatMap((fact) => (fact.type === 'session.ended' ? [[id, fact.at] as const] : []))),
  )
  return {
    sessions: ids.length,
    finished: ended.size,
    decisions: needed.length,
    rungs: (await all.callFacts()).filter(({ type }) => type === 'rung.climbed' || type === 'rest.ended').length,
    posted,
    onPurpose: [...seen.firstShown].filter(([key, at]) => {
      const id = key.split(':')[1] ?? ''
      return seen.onPurpose.has(id) && at >= (ended.get(id) ?? Number.POSITIVE_INFINITY)
    }).length,
    // What was settled before the next look at the chat was called for nobody.
    waitsMs: needed.flatMap(({ id, key, at, seq }) => {
      const shown = seen.firstShown.get(`alert:${id}:${key}:${seq}`)
      return shown === undefined ? [] : [shown - at]
    }),
  }
}

const rowsOf = ({ sessions, finished, decisions, rungs, posted, onPurpose, waitsMs }: Week, { ground }: Bench): readonly Row[] => {
  const { alert = 0, call = 0, waited = 0, result = 0 } = posted
  const note = [
    `${sessions} sessions, ${finished} ended; ${decisions} decisions needed, ${rungs} rungs climbed`,
    `messages: ${alert} alerts, ${call} calls, ${waited} in one after quiet hours, ${result} results`,
    ground.note,
  ].join('; ')
  const beyond = (alert + call + waited + Math.max(0, result - finished)) / (decisions + rungs)
  const longest = waitsMs.reduce((most, one) => Math.max(most, one), 0)
  return [
    rowOf({ name: names.messages, unit: 'messages', target: 1, runs: [beyond], note }),
    rowOf({ name: names.purpose, unit: 'alerts', target: 0, runs: [onPurpose], note }),
    rowOf({
      name: names.reach,
      unit: 'min',
      target: 10,
      runs: [longest / minuteMs],
      note: `${waitsMs.length} decisions that were on show; ${note}`,
    }),
  ]
}
