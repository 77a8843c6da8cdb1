import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Ears, openEars, type Shown } from './agents-ears.ts'
import type { AgentsWorld, MailRow } from './agents-world.ts'
import { startBot } from './bot.ts'
import type { Bench } from './figure.ts'
import { marked, until } from './proc.ts'

/** One session, from its first words to its last. Milliseconds; what is its agent's own part is null where nothing tells it. */
export type Turn = {
  /** From the moment at which its words were on disk to the first request at the model. */
  readonly startMs: number
  /** The same program without the bot: from the call of tmux to its first request at the model. */
  readonly aloneMs: number
  /** The facts in between, from the same moment on: asked for, its workspace made, its agent started. */
  readonly steps: readonly number[]
  /** From the model's word to the buttons on show, and to the sign that the agent gave of it. */
  readonly askMs: number
  readonly askOwnMs: number | null
  /** From the press to what was allowed having run, and from the agent's word that it has the answer. */
  readonly tapMs: number
  readonly tapOwnMs: number | null
  /** From the model's last word to the same on show in the thread, and to the sign that the agent gave of it. */
  readonly endMs: number
  readonly endOwnMs: number | null
}

/** What each agent puts into its mailbox at a moment: the row that says so, by a look at it. */
type Signs = { readonly [sign in 'asked' | 'taken' | 'ended']: (row: MailRow) => boolean }
const signsOf: Readonly<Record<string, Signs>> = {
  'claude-code': {
    asked: ({ claude }) => claude === 'PermissionRequest',
    taken: ({ claude }) => claude === 'Answered',
    ended: ({ claude }) => claude === 'Stop',
  },
  codex: {
    asked: ({ codex }) => codex === 'asked',
    taken: ({ answered }) => answered !== undefined,
    ended: ({ codex, is }) => codex === 'turn' && is === 'over',
  },
}

const quietMs = 400
const isYes = (label: string): boolean => /^(?:yes|allow)\b(?!.*(?:don.?t ask|always|session))/i.test(label)

/** Sessions one after the other, each beside the same program started without the bot, on a bot that was just started. */
export const playTurns = async ({ ground, tell }: Bench, world: AgentsWorld, runs: number): Promise<readonly Turn[]> => {
  const bot = await startBot(ground, world)
  const ears = await openEars(world.data)
  const turns: Turn[] = []
  await once(world, ears, 0) // what is loaded and compiled once, by us or by the agent, is no part of it
  for (let run = 1; run <= runs; run += 1) {
    turns.push(await once(world, ears, run))
    const { startMs, aloneMs, askMs, tapMs, endMs } = turns.at(-1) ?? turns[0] ?? never()
    const all = [startMs, aloneMs, askMs, tapMs, endMs].map((ms) => Math.round(ms)).join(', ')
    tell(`${world.kit.name} ${run}: start, start alone, asks, tap, end in ms: ${all}`)
  }
  ears.close()
  await bot.stop()
  if (world.model.complaints().length > 0) throw new Error(`the model complains:\n${world.model.complaints().slice(0, 5).join('\n')}`)
  return turns
}

const never = (): never => {
  throw new Error('a run was just added')
}

const once = async (world: AgentsWorld, ears: Ears, run: number): Promise<Turn> => {
  const { model, kit } = world
  const [session, story, mark] = [`shop-${run + 1}`, `${kit.name}-${run}`, join(world.marks, `run-${run}`)]
  const words = `Touch one file and say so. STORY=${story}`
  const aloneMs = await startAlone(world, `alone-${run}`, run)
  model.script(story, {
    hold: `${story}-asks`,
    next: { run: `touch ${mark}`, escalates: true },
  })
  model.script(story, { hold: `${story}-ends`, next: { say: `The file of run ${run} is there.` } })

  const storedAt = await ears.says(`start "${words}"`)
  const firstAt = await until(`the first request of ${session}`, 40_000, () => model.asked(story)[0]?.at ?? null)
  await ears.rests(quietMs)

  const askedAt = Date.now()
  model.go(`${story}-asks`)
  const question = await ears.sees(`the question of ${session}`, ({ text, message }) => hasYes(message) && text.includes(mark), askedAt)
  await ears.rests(quietMs)

  const pressedAt = Date.now()
  await ears.says(String(yesOf(question)))
  await until(`the file of ${session}`, 20_000, () => (existsSync(mark) ? true : null))
  await until(`the second request of ${session}`, 20_000, () => model.asked(story)[1] ?? null)
  await ears.rests(quietMs)

  const endedAt = Date.now()
  model.go(`${story}-ends`)
  const last = await ears.sees(
    `the last words of ${session}`,
    ({ text, message }) => message.thread !== null && text.includes(`The file of run ${run} is there.`),
    endedAt,
  )
  const sign = (name: keyof Signs, since: number): number | null => signAt(world, session, signsOf[kit.name]?.[name], since)
  await until(`the sign of the end of ${session}`, 3_000, () => sign('ended', endedAt) ?? (signsOf[kit.name] ? null : 0)).catch(() => {})
  const [askSign, tapSign, endSign] = [sign('asked', askedAt), sign('taken', pressedAt), sign('ended', endedAt)]
  await ears.says(`stop ${session}`)
  await until(`the end of ${session}`, 20_000, () => (marked(`AO_FOLDER=${world.sessionFolder(session)}\0`).length === 0 ? true : null))
  await ears.rests(quietMs)
  const ranAt = statSync(mark).mtimeMs
  return {
    startMs: firstAt - storedAt,
    aloneMs,
    steps: startFacts.map((type) => factAt(world, session, type) - storedAt),
    askMs: question.at - askedAt,
    askOwnMs: askSign === null ? null : askSign - askedAt,
    tapMs: ranAt - pressedAt,
    tapOwnMs: tapSign === null ? null : ranAt - tapSign,
    endMs: last.at - endedAt,
    endOwnMs: endSign === null ? null : endSign - endedAt,
  }
}

/** The facts of a start, in their order. */
export const startFacts = ['session.requested', 'workspace.ready', 'agent.started'] as const

const factAt = (world: AgentsWorld, session: string, type: (typeof startFacts)[number]): number => {
  const at = world.facts(session).find((fact) => fact.type === type)?.at
  if (typeof at !== 'number') throw new Error(`the journal of ${session} has no ${type}`)
  return at
}

const startAlone = async (world: AgentsWorld, story: string, run: number): Promise<number> => {
  world.model.script(story, { hold: `${story}-asks`, next: { say: 'Nothing.' } })
  const alone = await world.startsAlone(`${story}-${run}`, `Touch one file and say so. STORY=${story}`)
  const at = await until(`the first request of ${story}`, 40_000, () => world.model.asked(story)[0]?.at ?? null)
  await alone.end()
  return at - alone.startedAt
}

const signAt = (world: AgentsWorld, session: string, fits: Signs['asked'] | undefined, since: number): number | null => {
  if (fits === undefined) return null
  const row = world.mail(session).find((one) => typeof one.at === 'number' && one.at >= since && fits(one))
  return typeof row?.at === 'number' ? row.at : null
}

const hasYes = ({ card }: Shown['message']): boolean => card.buttons.some(({ label }) => isYes(label))
const yesOf = ({ message: { card, numbers } }: Shown): number => {
  const button = card.buttons.find(({ label }) => isYes(label))
  const number = button && numbers[button.id]
  if (number === undefined) throw new Error(`the button has no number: ${JSON.stringify(numbers)}`)
  return number
}
