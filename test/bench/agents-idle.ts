import { readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kit } from '../agents/kits.ts'
import { openEars, type Shown } from './agents-ears.ts'
import { makeAgentsWorld } from './agents-world.ts'
import { startBot } from './bot.ts'
import type { Bench } from './figure.ts'
import { marked, pssKib, until } from './proc.ts'

/** A process that is there because of a session. */
export type Beside = { readonly program: string; readonly command: string; readonly pssKib: number }

/** What runs for an agent that rests: its own program, and what stands beside it. */
export type Resting = { readonly own: readonly Beside[]; readonly helpers: readonly Beside[] }

/** So long after its turn nothing is on its way any more. */
const restMs = 5_000

/** One session whose turn has ended, with the bot beside it. */
export const lookAtResting = async ({ ground, tell }: Bench, kit: Kit): Promise<Resting> => {
  const world = await makeAgentsWorld(ground, kit)
  const bot = await startBot(ground, world)
  const ears = await openEars(world.data)
  const story = `${kit.name}-rests`
  world.model.script(story, { say: 'There is nothing to do.' })
  await ears.says(`start "Say hello. STORY=${story}"`)
  const isLast = ({ text, message }: Shown): boolean => message.thread !== null && text.includes('There is nothing to do.')
  await ears.sees('its last words', isLast, 0, 120_000)
  await sleep(restMs)
  const all = await until('its processes', 5_000, () => {
    const seen = marked(`AO_FOLDER=${world.sessionFolder('shop-1')}\0`).flatMap((pid) => besideOf(pid) ?? [])
    return seen.length > 0 ? seen : null
  })
  ears.close()
  await bot.stop()
  const isOwn = ({ program, command }: Beside): boolean =>
    `${program} ${command}`.includes(programs[kit.name] ?? kit.name) && !isShell(program)
  const resting = { own: all.filter(isOwn), helpers: all.filter((one) => !isOwn(one)) }
  tell(`${kit.name}: ${resting.own.length} of its own, beside it ${resting.helpers.map(({ command }) => command).join(' | ')}`)
  return resting
}

/** What its program is called, where that is not its name. */
const programs: Readonly<Record<string, string>> = { 'claude-code': 'claude' }
const isShell = (program: string): boolean => /^(?:ba|da|z)?sh$|^busybox$/.test(program)

const besideOf = (pid: number): Beside | null => {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return { program: basename(readlinkSync(`/proc/${pid}/exe`)), command: command.slice(0, 120), pssKib: pssKib(pid) }
  } catch {
    return null // it has ended meanwhile
  }
}
