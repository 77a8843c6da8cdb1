import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import type { Place } from '../../../bot/contracts/inbound.ts'
import type { ChatMemory } from '../../../bot/memory/chat.ts'
import type { TalkMemory } from '../../../bot/memory/talk.ts'
import type { Fact } from '../../../core/contracts/fact.ts'
import type { Session } from '../../../core/contracts/session.ts'
import type { Document } from '../../../core/contracts/store.ts'
import { hostile } from '../../bot/understand/hostile.ts'
import { built, builtPath } from '../bot.ts'
import { type Bench, type Figure, type Row, rowOf } from '../figure.ts'
import { span } from '../numbers.ts'

const known = 1_000
const rounds = 20
/** One length that is read as a command could be, and one that is none. */
const lengths = [3_900, 100_000] as const
const hostileCount = Object.keys(hostile).length * lengths.length
const names = {
  median: 'understand: one sentence, 1,000 sessions known',
  p99: 'understand: one sentence, 1,000 sessions known, p99',
  // The start does not wait for this: `ready` shows what it takes without.
  first: 'understand: loading and first sentence, once ready',
  guess: 'understand: first guess',
  worst: `understand: worst of ${hostileCount} hostile texts`,
}

/** From words to what they mean, with all that has to be looked up for it. */
export const understand: Figure = {
  name: 'understand',
  rows: Object.values(names),
  measure: async (bench, wanted) => [
    ...(wanted.has(names.median) || wanted.has(names.p99) ? await sentenceRows(bench) : []),
    ...(wanted.has(names.first) || wanted.has(names.guess) ? await firstRows(bench) : []),
    ...(wanted.has(names.worst) ? [await worstRow(bench)] : []),
  ],
}

/** Every sentence that was agreed on, each in its place and with what is known there made anew. */
const sentenceRows = async ({ ground, tell }: Bench): Promise<readonly Row[]> => {
  const { understand: read } = await built<typeof import('../../../bot/understand/understand.ts')>('bot/understand/understand.js')
  const { intents } = await built<typeof import('../../../bot/intents/index.ts')>('bot/intents/index.js')
  const { contextOf } = await built<typeof import('../../../bot/understand/context.ts')>('bot/understand/context.js')
  const [sentences, around] = [await sentencesOf(), await aroundOf()]
  const once = ({ say, place }: Sentence): number => {
    const from = performance.now()
    read(say, intents, contextOf(place, around))
    return performance.now() - from
  }
  const run = (): readonly number[] => Array.from({ length: rounds }, () => sentences.map(once)).flat()
  run() // what is compiled once is no part of a sentence
  const [medians, slowest, worst]: [number[], number[], number[]] = [[], [], []]
  for (let index = 1; index <= 5; index += 1) {
    const times = [...run()].sort((a, b) => a - b)
    const at = (part: number): number => times[Math.ceil(part * times.length) - 1] ?? 0
    medians.push(at(0.5))
    slowest.push(at(0.99))
    worst.push(at(1))
    tell(`one sentence: ${at(0.5).toFixed(2)} ms, p99 ${at(0.99).toFixed(2)} ms, at most ${at(1).toFixed(2)} ms`)
  }
  const note = `${rounds} rounds of ${sentences.length} sentences each, the context included; ${ground.note}`
  return [
    rowOf({ name: names.median, unit: 'ms', target: 1, runs: medians, note: `${span(medians)} ms; ${note}` }),
    rowOf({ name: names.p99, unit: 'ms', target: 5, runs: slowest, note: `${span(slowest)} ms, the slowest ${span(worst)} ms; ${note}` }),
  ]
}

type Sentence = { readonly say: string; readonly place: Place }

const channel: Place = { platform: 'chat', channel: 'main', thread: null }
const direct: Place = { platform: 'chat', channel: 'ana', thread: null }

const sentencesOf = async (): Promise<readonly Sentence[]> => {
  const text = await readFile(new URL('../../fixtures/utterances.jsonl', import.meta.url), 'utf8')
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => {
    const { say, in: where } = JSON.parse(line) as { readonly say: string; readonly in: string } // our own fixture
    const thread = /^thread:([\w-]+)/.exec(where)?.[1]
    return { say, place: where === 'dm' ? direct : thread === undefined ? channel : { ...channel, thread } }
  })
}

/** A memory with a thread for each of a thousand live sessions of two projects; the agent of app-5 asks something. */
const aroundOf = async () => {
  const { createMemory, emptyMemory } = await built<typeof import('../../../bot/memory/chat.ts')>('bot/memory/chat.js')
  const { createTalk, emptyTalk } = await built<typeof import('../../../bot/memory/talk.ts')>('bot/memory/talk.js')
  const sessions = await sessionsOf()
  const memory = createMemory(documentOf<ChatMemory>(emptyMemory()))
  for (const { id } of sessions) await memory.live(id, { ...channel, thread: id })
  const talk = createTalk(documentOf<TalkMemory>(emptyTalk()))
  for (const place of [channel, direct]) await talk.use(place, 'app')
  const projects = ['app', 'api'].map((name) => ({ name, path: `/${name}`, base: 'main', agent: 'codex', isPaused: false }))
  const people = ['ana', 'bob', 'cy'].map((name) => ({ name, roles: {} }))
  return {
    memory,
    talk,
    reads: {
      sessions: () => sessions,
      ended: () => [],
      projects: () => projects,
      agents: () => ['claude-code', 'codex', 'aider', 'opencode'],
      fleet: () => null,
      people: () => people,
    },
    who: 'ana' as const,
    now: 0,
  }
}

const documentOf = <T>(value: T): Document<T> => ({ value, update: async (change) => change(value) })

const sessionsOf = async (): Promise<readonly Session[]> => {
  const { evolve, unborn } = await built<typeof import('../../../core/session/evolve.ts')>('core/session/evolve.js')
  const grown = (project: string, number: number): Session => {
    const id = `${project}-${number}`
    return factsOf(project, number).reduce(evolve, unborn(id))
  }
  return Array.from({ length: known / 2 }, (_, index) => [grown('app', index + 1), grown('api', index + 1)]).flat()
}

const factsOf = (project: string, number: number): readonly Fact[] => {
  const id = `${project}-${number}`
  const branch = `ao/${number}-the-sum`
  const key = id === 'app-3' ? '#42' : `#${1_000 + number}`
  const question = {
    request: 'r1',
    kind: 'permission',
    text: 'Allow `npm install`?',
    options: ['Yes', "Yes, and don't ask again", 'No'],
    detail: null,
    refusal: null,
    reply: 'own',
  } as const
  return [
    {
      type: 'session.requested',
      at: 0,
      task: { key, title: 'The sum', body: '', url: null, author: null },
      project,
      agent: 'codex',
      host: 'local',
      base: 'main',
      branch,
      model: null,
      by: 'ana',
    },
    { type: 'session.admitted', at: 0 },
    { type: 'workspace.ready', at: 0, workspace: { path: `/w/${id}`, branch, baseCommit: 'ba5e' } },
    { type: 'agent.started', at: 0, handle: { host: 'local', name: id, run: `${id}.1` } },
    {
      type: 'change.seen',
      at: 0,
      change: {
        number: id === 'app-3' ? 87 : 10_000 + number,
        url: null,
        title: 'The sum',
        branch,
        base: 'main',
        head: 'c0ffee11',
        patchId: 'p1',
        state: 'open',
        isDraft: false,
        conflict: 'none',
        conflictFiles: [],
        isBehind: false,
        checks: 'passing',
        failing: [],
        review: 'none',
        openThreads: { people: 0, bots: 0 },
        optional: [],
        lastSaid: { people: 0, bots: 0 },
        baseHead: null,
        mustBeUpToDate: false,
        queued: null,
        mergeCommit: null,
      },
    },
    ...(id === 'app-5' ? [{ type: 'question.asked', at: 0, question } as const] : []),
  ]
}

/**
 * What the start of a bot pays for its language, in a process of its own. What Node takes to start is not counted, nor is zod,
 * which the config has loaded by then. Phrases are made ready when the first words come that are in no exact form.
 */
const firstRows = async ({ ground, tell }: Bench): Promise<readonly Row[]> => {
  const program = [
    `await import(${JSON.stringify(import.meta.resolve('zod'))})`,
    'const from = performance.now()',
    `const { intents } = await import(${JSON.stringify(builtPath('bot/intents/index.js'))})`,
    `const { understand } = await import(${JSON.stringify(builtPath('bot/understand/understand.js'))})`,
    `const nobody = { thread: null, only: null, recent: null, asked: null, isPaused: false, project: 'app' }`,
    `const channel = { ...nobody, projects: ['app'], agents: ['codex'], people: [], sessions: [], repositories: {}, newest: {} }`,
    `const exact = understand('merge app-3', intents, channel)`,
    'const between = performance.now()',
    `const guess = understand('would somebody land app-3', intents, channel)`,
    'const to = performance.now()',
    'const read = [exact, guess].map(({ reading }) => [reading?.intent.name, reading?.isExact])',
    'process.stdout.write(JSON.stringify({ first: between - from, guess: to - between, read }))',
  ].join('\n')
  const [first, guess]: [number[], number[]] = [[], []]
  for (let run = 1; run <= 15; run += 1) {
    const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', program], {
      env: { PATH: process.env.PATH },
      extendEnv: false,
    })
    const times = JSON.parse(stdout) as { readonly first: number; readonly guess: number; readonly read: unknown } // our own program
    const read = JSON.stringify(times.read)
    if (read !== '[["merge",true],["merge",false]]') throw new Error(`the first sentences were read as ${read}`)
    first.push(times.first)
    guess.push(times.guess)
  }
  tell(`${names.first}: ${span(first)} ms; ${names.guess}: ${span(guess)} ms`)
  return [
    rowOf({ name: names.first, unit: 'ms', target: 150, runs: first, note: `${span(first)} ms, zod loaded before; ${ground.note}` }),
    rowOf({ name: names.guess, unit: 'ms', target: 50, runs: guess, note: `${span(guess)} ms; ${ground.note}` }),
  ]
}

/** The slowest of all hostile texts, wherever it is said: each run reads every one of them once in each place. */
const worstRow = async ({ ground, tell }: Bench): Promise<Row> => {
  const { understand: read } = await built<typeof import('../../../bot/understand/understand.ts')>('bot/understand/understand.js')
  const { intents } = await built<typeof import('../../../bot/intents/index.ts')>('bot/intents/index.js')
  const { contextOf } = await built<typeof import('../../../bot/understand/context.ts')>('bot/understand/context.js')
  const around = await aroundOf()
  const places = [null, 'app-3', 'app-5'].map((thread) => contextOf({ ...channel, thread }, around))
  const texts = Object.entries(hostile).flatMap(([kind, make]) => lengths.map((chars) => ({ kind, chars, text: make(chars) })))
  const run = () =>
    texts
      .map(({ kind, chars, text }) => {
        const times = places.map((context) => {
          const from = performance.now()
          read(text, intents, context)
          return performance.now() - from
        })
        return { what: `${chars} characters of ${kind}`, ms: Math.max(...times) }
      })
      .reduce((worst, one) => (one.ms > worst.ms ? one : worst))
  run() // what is compiled once is no part of a text
  const worst = Array.from({ length: 9 }, run)
  for (const { what, ms } of worst) tell(`${what}: ${ms.toFixed(1)} ms`)
  const times = worst.map(({ ms }) => ms)
  const most = worst.reduce((slowest, one) => (one.ms > slowest.ms ? one : slowest))
  return rowOf({
    name: names.worst,
    unit: 'ms',
    target: 20,
    runs: times,
    note: `${span(times)} ms, the slowest ${most.what}; ${ground.note}`,
  })
}
