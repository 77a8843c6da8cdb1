import { describe, expect, test } from 'vitest'
import { consoleStand } from '../../adapters/console/stand.ts'
import { eventually } from '../../contracts/adapter.ts'
import { discordStand } from '../../fakes/discord/stand.ts'
import { slackStand } from '../../fakes/slack/stand.ts'
import type { Stand } from '../../fakes/stand.ts'
import { telegramStand } from '../../fakes/telegram/stand.ts'
import { scene } from './scene.ts'

/** Every chat there is. The same stories are told in each. */
const stands: readonly (readonly [string, () => Promise<Stand>])[] = [
  ['the console', consoleStand],
  ['Slack', () => slackStand()],
  ['Telegram', () => telegramStand('topics')],
  ['Telegram without topics', () => telegramStand('chains')],
  ['Discord', () => discordStand()],
]
const limitMs = 60_000

describe.each(stands)('in %s', (name, open) => {
  const isConsole = name === 'the console'
  /** A session whose change only waits for a person. */
  const green = async () => {
    const all = await scene(await open())
    await all.says('ana', 'fix #1')
    await all.knows('agent.started')
    await all.finishes()
    await all.checks('passing')
    return all
  }

  test(
    'from a sentence to the merge: one thread, one live card, one call, one tap, one result',
    async () => {
      const stand = await open()
      const { says, knows, finishes, checks, presses, sees, world, all } = await scene(stand)
      await says('ana', 'fix #1')
      const card = await sees('app-1', '#1 add() subtracts')
      await knows('agent.started')
      await finishes()
      await checks('passing')
      const call = await sees('waits for your decision')
      expect(call.place.thread, 'in its thread').not.toBeNull()
      expect(call.text, 'pitfall 23: what is to be decided is there').toMatch(/#7[\s\S]*c0ffee01/)
      await presses('ana', 'Merge')

      const result = await sees('app-1 · merged: #7 is on main')
      expect(world.main).toHaveLength(1)
      expect(result.place).toEqual(call.place)
      const settled = await sees('settled: waits for your decision')
      expect(settled.buttons, 'its buttons are gone').toEqual([])
      await eventually(all, (seen) => seen.filter(({ text }) => text.includes('app-1 · merged ·')).length === 1)
      expect((await all()).filter(({ buttons }) => buttons.includes('Merge'))).toEqual([])
      expect(card.place.platform).toBe(stand.chat)
      expect(stand.sent().messages, 'pitfall 21: people are not flooded').toBeLessThanOrEqual(8)
      expect(stand.sent().edits).toBeLessThanOrEqual(60)
      expect(stand.network?.complaints() ?? []).toEqual([])
    },
    limitMs,
  )

  test(
    'the agent asks, and a tap in the thread answers it; words in the thread reach it',
    async () => {
      const { says, knows, asks, presses, sees, world, heard, finishes } = await scene(await open())
      await says('ana', 'fix #1')
      await knows('agent.started')
      await asks({ text: 'May I delete the old parser?', options: ['Yes, delete it', 'No'] })
      const call = await sees('May I delete the old parser?')
      expect(call.buttons).toEqual(expect.arrayContaining(['Yes, delete it', 'No']))
      await presses('ana', 'Yes, delete it')
      await knows('question.decided')
      await eventually(
        () => world.pictures.get('app-1')?.answered?.text ?? '',
        (text) => text === 'Yes, delete it',
      )
      await sees('settled', 'May I delete the old parser?', 'ana said Yes, delete it')

      await says('ana', 'and keep the tests', call.place)
      await eventually(heard, (all) => all.some((text) => text.includes('and keep the tests')), 15_000)
      await finishes()
    },
    limitMs,
  )

  test(
    'pitfall 2: a button works after a restart, and pitfall 3: twice is once',
    async () => {
      const all = await green()
      await all.sees('waits for your decision')
      await all.stops()
      await all.starts()
      await all.presses('ana', 'Merge')
      await all.presses('ana', 'Merge').catch(() => {}) // it may be gone by now, as it should
      await all.sees('app-1 · merged: #7 is on main')
      expect(all.world.main).toHaveLength(1)
      expect((await all.facts()).filter((type) => type === 'merge.requested')).toHaveLength(1)
    },
    limitMs,
  )

  test.skipIf(isConsole)(
    'pitfall 3: who may not is told so, and nothing is done',
    async () => {
      const stand = await open()
      const all = await scene(stand)
      await all.says('ana', 'fix #1')
      await all.knows('agent.started')
      await all.finishes()
      await all.checks('passing')
      await all.presses('bob', 'Merge')
      await eventually(
        async () => [...stand.whispers(), ...(await stand.sees()).map(({ text }) => text)].join('\n'),
        (seen) => /bob/.test(seen) && /maintainer|may not|needs/.test(seen),
        15_000,
      )
      expect(all.world.main).toEqual([])
    },
    limitMs,
  )

  test.skipIf(isConsole)(
    'nobody unknown is obeyed, and learns how to become known',
    async () => {
      const stand = await open()
      const { says, sees, world } = await scene(stand)
      await says('eve', 'fix #1')
      const refusal = await sees(stand.accounts.eve)
      expect(refusal.text).toMatch(/link/)
      expect(world.processes.size).toBe(0)
    },
    limitMs,
  )

  test(
    'pitfall 4: a push between card and click makes the button stale, and the new card merges what it shows',
    async () => {
      const all = await green()
      await all.sees('waits for your decision')
      await all.pushes('passing')
      await all.sees('waits for your decision', 'c0ffee02')
      await all.presses('ana', 'Merge')
      await all.sees('app-1 · merged: #7 is on main')
      expect(all.world.main).toEqual([all.world.changes.get(7)?.head])
    },
    limitMs,
  )

  test.skipIf(isConsole)(
    'pitfall 12: what the platform is too busy for comes later, once',
    async () => {
      const stand = await open()
      const all = await scene(stand)
      await all.says('ana', 'fix #1')
      await all.knows('agent.started')
      stand.network?.busy(1_000)
      await all.finishes()
      await all.checks('passing')
      await all.presses('ana', 'Merge')
      await all.sees('app-1 · merged: #7 is on main')
      const results = (await all.all()).filter(({ text }) => text.includes('app-1 · merged: #7'))
      expect(results).toHaveLength(1)
      expect(stand.network?.complaints() ?? []).toEqual([])
    },
    limitMs,
  )

  test.skipIf(isConsole).each(['losesAnswer', 'failsAfter'] as const)(
    'pitfall 13: a result whose sending is uncertain (%s) is there once, or says that it may be a repeat',
    async (trouble) => {
      const stand = await open()
      const all = await scene(stand)
      await all.says('ana', 'fix #1')
      await all.knows('agent.started')
      await all.sees('app-1')
      await eventually(
        () => stand.sent().messages,
        (count) => count > 0,
      )
      stand.network?.[trouble]()
      await all.says('ana', 'stop app-1')
      await all.sees('app-1 · stopped by ana')
      const results = (await all.all()).filter(({ text }) => text.includes('app-1 · stopped by ana'))
      expect(results.filter(({ text }) => !text.includes('may be a repeat'))).toHaveLength(1)
    },
    limitMs,
  )

  test.skipIf(isConsole)(
    'pitfall 15: what was said while the bot was down is dealt with',
    async () => {
      const stand = await open()
      const all = await scene(stand)
      await all.says('ana', 'fix #1')
      await all.knows('agent.started')
      const { place } = await all.sees('app-1', 'add() subtracts').then(async (card) => {
        await all.asks({ text: 'Which name?', options: ['sum', 'add'] })
        const call = await all.sees('Which name?')
        return { place: call.place, card }
      })
      await all.stops()
      await all.says('ana', '2', place)
      await all.starts()
      await all.knows('question.decided')
      await eventually(
        () => all.world.pictures.get('app-1')?.answered?.text ?? '',
        (text) => text === 'add',
        15_000,
      )
    },
    limitMs,
  )

  test.skipIf(isConsole)(
    'pitfall 16: a thread that is gone is made anew, and nothing of it lands elsewhere',
    async () => {
      const stand = await open()
      const all = await scene(stand)
      await all.says('ana', 'fix #1')
      await all.knows('agent.started')
      await all.asks({ text: 'Which name?', options: ['sum', 'add'] })
      const call = await all.sees('Which name?')
      await all.presses('ana', 'sum')
      await all.sees('settled', 'Which name?')
      await stand.network?.removes(call.place)
      await all.finishes()
      await all.checks('passing')
      const next = await all.sees('waits for your decision')
      expect(next.place.thread).not.toBe(call.place.thread)
      expect(next.place.thread).not.toBeNull()
      await all.presses('ana', 'Merge')
      await all.sees('app-1 · merged: #7 is on main')
    },
    limitMs,
  )

  test.skipIf(isConsole)(
    'pitfall 22: a platform that hangs keeps only itself waiting',
    async () => {
      const stand = await open()
      const all = await scene(stand)
      await all.says('ana', 'fix #1')
      await all.knows('agent.started')
      await stand.network?.freezes()
      await all.finishes()
      await all.checks('passing')
      await eventually(
        () => all.sessions()[0]?.changes[0]?.checks,
        (checks) => checks === 'passing',
      )
    },
    limitMs,
  )
})
