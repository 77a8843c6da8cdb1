import { expect, test } from 'vitest'
import type { Reads } from '../../bot/contracts/reads.ts'
import { type Asker, answerTo } from '../../bot/questions.ts'
import type { Session } from '../../core/contracts/session.ts'
import { asText, change, ended, live, requested, seen, sessionOf, standing } from './sessions.ts'

const merged = (id: string, at: number): Session =>
  sessionOf([...live, seen({ state: 'merged', mergeCommit: 'abcdef01' }), { ...ended('merged', 'ada'), at }], id)

/** A bot that was started again: whatever ended before is in journals alone. */
const readsOf = (journals: readonly Session[], { atHand = [] }: { readonly atHand?: readonly Session[] } = {}): Reads =>
  ({
    sessions: () => journals.filter(({ phase }) => phase !== 'ended'),
    ended: () => atHand,
    numbers: async () =>
      journals.map(({ id: session, project, ending }) => ({
        session,
        project,
        ended: ending && { at: ending.at, why: ending.why, by: ending.by },
      })),
    find: async (id: string) => journals.find((one) => one.id === id) ?? null,
    queue: () => [],
    fleet: () => ({ names: { app: journals.length } }),
    settingOf: () => ({ rules: { approvals: 0 } }),
    headline: (session: Session) => standing(session).headline,
    projects: () => [{ name: 'app' }],
  }) as unknown as Reads // the rest is not asked for

const who = { name: 'ada', roles: { '*': ['admin'] } }
const asker = { to: 'm1', who, account: 'ada', refusal: null, intents: [], hasPictures: false, now: 0 }
const status = async (reads: Reads, filter: 'ended' | null = 'ended') =>
  asText(await answerTo({ name: 'status', filter, project: null }, reads, asker as unknown as Asker)) // the rest is not looked at

test('what was merged before a restart is listed, by its end, newest first, and no session that is at work', async () => {
  const working = sessionOf(live, 'app-3')
  const all = [merged('app-1', 900_000), merged('app-2', 500_000), working]
  const lines = (await status(readsOf(all))).split('\n')
  expect(lines).toEqual(['(calm) 2 sessions ended', '  ✓ app-1  merged  #1 Fix the sum', '  ✓ app-2  merged  #1 Fix the sum'])
  expect(await status(readsOf(all), null)).toContain('2 ended: say "status ended".')
})

test('one that ended last is the first, however long ago it began', async () => {
  const all = Array.from({ length: 60 }, (_, index) => merged(`app-${index + 1}`, index === 0 ? 999_000 : 120_000 + index * 1_000))
  const lines = (await status(readsOf(all))).split('\n')
  expect(lines.slice(1, 3).map((line) => /app-\d+/.exec(line)?.[0])).toEqual(['app-1', 'app-60'])
})

test('no more than twenty are listed, and that there are more is said, with the way to them', async () => {
  const all = Array.from({ length: 30 }, (_, index) => merged(`app-${index + 1}`, 120_000 + index * 1_000))
  const text = await status(readsOf(all, { atHand: all.slice(25) }))
  expect(text).toContain('The last 20 of 30 sessions that ended')
  expect(text.split('\n')[1]).toContain('app-30')
  expect(text).toContain('Older ones by their name, as in "show app-11".')
  expect(text).not.toContain('app-10 ')
})

test('nothing that ended is said as such, also where a journal cannot be read', async () => {
  const reads = readsOf([requested].map((fact) => sessionOf([fact], 'app-1')))
  expect(await status({ ...reads, sessions: () => [], find: () => Promise.reject(new Error(change.title)) })).toBe(
    '(calm) Nothing has ended yet.',
  )
})
