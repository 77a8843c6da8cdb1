import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { FakeOrders, Opening } from './figures/github-fake.ts'
import { startTaker, type Taker } from './figures/github-orders.ts'
import type { Ground } from './ground.ts'
import { environmentOf } from './world.ts'

/** The repositories, and projects, of these figures. */
export const repositories = ['shop', 'bank', 'mill', 'farm'] as const
/** Changes, and sessions, in each. */
export const each = 50
/** What an answer of the stand-in takes. */
export const delayMs = 250

/** The stand-in for GitHub in a process of its own, and a clone of each of its repositories. */
export type GithubWorld = {
  readonly folder: string
  readonly fake: Taker<FakeOrders>
  readonly projects: readonly { readonly name: string; readonly path: string }[]
  /** Options of the plugin, as a config has them. */
  readonly options: Readonly<Record<string, unknown>>
  /** For programs of ours: nothing of whoever runs the bench. */
  readonly environment: Readonly<Record<string, string>>
}

/** Makes it. See `begin` of the stand-in. */
export const makeGithubWorld = async (ground: Ground, { at, pointsAnHour }: Omit<Opening, 'names'>): Promise<GithubWorld> => {
  const folder = await ground.folder()
  const environment = { ...environmentOf(folder), TMPDIR: folder }
  await writeFile(
    join(folder, 'gitconfig'),
    '[user]\n\tname = Ada\n\temail = ada@example.com\n[maintenance]\n\tauto = false\n[gc]\n\tauto = 0\n',
  )
  const fake = await startTaker<FakeOrders>(ground, 'github-fake.ts', { env: environment })
  const { url, gitUrl, token, clones } = await fake.ask('begin', { names: repositories, at, pointsAnHour })
  const projects = await Promise.all(
    clones.map(async ({ name, url: from }) => {
      const path = join(folder, name)
      await execa('git', ['clone', '--quiet', from, path], { env: environment, extendEnv: false })
      return { name, path }
    }),
  )
  return { folder, fake, projects, options: { token, apiUrl: url, gitUrl }, environment }
}

/** Throws what the stand-in did not understand of us: then the numbers are worth nothing. */
export const mustHaveUnderstood = async ({ fake }: GithubWorld): Promise<void> => {
  const complaints = await fake.ask('complaints')
  if (complaints.length > 0) throw new Error(`GitHub would not have understood:\n${complaints.slice(0, 5).join('\n')}`)
}

/** The value below which that part of them lies. */
export const part = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** Middle, nineteen of twenty, and the most: `p50 12 ms, p95 30 ms, max 31 ms`. */
export const spread = (values: readonly number[], unit: string, digits = 0): string =>
  [
    ['p50', 0.5],
    ['p95', 0.95],
    ['max', 1],
  ]
    .map(([name, share]) => `${name} ${part(values, Number(share)).toFixed(digits)} ${unit}`)
    .join(', ')

/** The same numbers in the same order for the same seed; each is in [0, 1). https://en.wikipedia.org/wiki/Xorshift */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** All of them in an order of chance. */
export const shuffled = <T>(all: readonly T[], random: () => number): readonly T[] =>
  all
    .map((one) => ({ one, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one)
