import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { wrap } from '../../core/kit/wrap.ts'
import type { Kit } from '../agents/kits.ts'
import { slackStand } from '../fakes/slack/stand.ts'
import { type AgentsWorld, makeAgentsWorld } from './agents-world.ts'
import { startBot } from './bot.ts'
import type { Bench } from './figure.ts'
import { marked, until } from './proc.ts'

/** What became of the messages of one run. */
export type Crowd = {
  /** Messages that are at the model exactly once, whole, and in the place in which they were accepted. */
  readonly right: number
  /** Said by people and not accepted, not heard, heard more than once, heard but not whole, heard out of their order. */
  readonly wrong: { readonly refused: number; readonly lost: number; readonly twice: number; readonly cut: number; readonly moved: number }
  /** From the first word to the last message at the model, after the agent was let go on. */
  readonly tookMs: number
}

/** Of four people, five each. */
export const crowdSize = 20
const people = { ana: 'U0ANA', bob: 'U0BOB', cyn: 'U0CYN', dan: 'U0DAN' } as const

/** What people write to an agent, whatever it means to a shell, to a prompt or to JSON. The bot puts their names before it. */
const phrases: readonly ((who: string) => string)[] = [
  (who) => `Mind the colours of the page of ${who}`,
  (who) => `Two lines from ${who}\n/exit is the second, and $HOME costs \`nothing\``,
  (who) => `A long one from ${who}. ${'All work and no play. '.repeat(250)}End of it`,
  (who) => `"Quoted" by ${who}, 'twice', back\\slash, 100 % and [brackets] – ümlaut 🙂`,
  (who) => `!touch nothing of ${who}, look at @README.md and #3`,
]

/** Twenty messages of four people at once to one agent that is busy, in Slack; each run is a session of its own. */
export const playCrowds = async (bench: Bench, kit: Kit, runs: number): Promise<readonly Crowd[]> => {
  const { ground, tell } = bench
  const stand = await slackStand()
  await ground.onEnd(() => stand.close())
  const world = await makeAgentsWorld(ground, kit, {
    project: { permissions: 'permissionless' },
    more: {
      people: Object.fromEntries(Object.entries(people).map(([name, id]) => [name, { roles: ['admin'], accounts: { [stand.chat]: id } }])),
      chats: { [stand.chat]: stand.options },
    },
  })
  await writeFile(
    join(dirname(world.config), '.env'),
    Object.entries(stand.environment)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )
  const bot = await startBot(ground, world)
  // All runs at once: each is one agent that twenty messages wait for, and nothing here is a question of speed.
  const crowds = await Promise.all(
    Array.from({ length: runs }, async (_, run) => {
      const crowd = await once(world, stand, run + 1)
      tell(`${kit.name} ${run + 1}: ${JSON.stringify(crowd)}`)
      return crowd
    }),
  )
  await bot.stop()
  if (world.model.complaints().length > 0) throw new Error(`the model complains:\n${world.model.complaints().slice(0, 5).join('\n')}`)
  return crowds
}

/** The card of a session, below which its thread is. */
const card = /^\W*(shop-\d+) · /

const once = async (world: AgentsWorld, stand: Awaited<ReturnType<typeof slackStand>>, run: number): Promise<Crowd> => {
  const { model, kit } = world
  const story = `${kit.name}-crowd-${run}`
  model.script(story, { hold: story, next: { run: 'true' } }, ...Array.from({ length: 2 * crowdSize }, () => ({ say: 'I heard it.' })))
  await stand.says('ana', `start "Listen to what people say. STORY=${story}"`)
  await until(`the first request of ${story}`, 120_000, () => model.asked(story)[0] ?? null)
  const root = await until(`the card of ${story}`, 60_000, () => {
    const all = stand.fake.sees({ channel: stand.channel.channel, thread: null })
    return all.find(({ isOurs, text }) => isOurs && text.includes(`STORY=${story}`) && card.test(text)) ?? null
  })
  const [, session = ''] = card.exec(root.text) ?? []
  await sleep(1_000) // nobody answers to a card in the moment in which it appears

  const spot = { channel: stand.channel.channel, thread: root.id }
  const said = phrases.flatMap((phrase) =>
    Object.entries(people).map(([name, id]) => {
      stand.fake.person(id, name).says(phrase(name), spot)
      return `${name}: ${phrase(name)}`
    }),
  )
  const queued = (): readonly { readonly id: string; readonly text: string }[] =>
    world.facts(session).flatMap(({ type, id, text }) => (type === 'message.queued' ? [{ id: String(id), text: String(text) }] : []))
  await until('all of it in the journal', 90_000, () => (queued().length >= crowdSize ? true : null)).catch(() => {}) // how many are missing is the figure
  const from = performance.now()
  model.go(story)
  const isThere = (): true | null =>
    queued().length >= crowdSize && queued().every(({ id }) => model.heard(story).includes(id)) ? true : null
  await until('all of it at the model', 120_000, isThere).catch(() => {}) // the same
  const tookMs = performance.now() - from
  await sleep(1_500) // what comes twice comes now

  const accepted = queued()
  const heard = model.heard(story)
  const shown = model.asked(story).at(-1)?.asked.shown ?? []
  const countOf = (id: string): number => heard.filter((one) => one === id).length
  const isWhole = ({ id, text }: { readonly id: string; readonly text: string }): boolean =>
    said.includes(text) && shown.some((one) => one.text.includes(wrap({ id, text })))
  const inOrder = heard.filter((id, at) => heard.indexOf(id) === at)
  const once = accepted.filter(({ id }) => countOf(id) === 1)
  const wrong = {
    refused: said.filter((text) => !accepted.some((one) => one.text === text)).length,
    lost: accepted.filter(({ id }) => countOf(id) === 0).length,
    twice: accepted.filter(({ id }) => countOf(id) > 1).length,
    cut: once.filter((one) => !isWhole(one)).length,
    moved: accepted.filter(({ id }, at) => countOf(id) > 0 && inOrder[at] !== id).length,
  }
  const right = accepted.filter((one, at) => countOf(one.id) === 1 && isWhole(one) && inOrder[at] === one.id).length
  await stand.says('ana', `stop ${session}`)
  await until(`the end of ${session}`, 20_000, () => (marked(`AO_FOLDER=${world.sessionFolder(session)}\0`).length === 0 ? true : null))
  return { right, wrong, tookMs }
}
