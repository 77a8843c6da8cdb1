import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { emptyDigests } from '../../../bot/memory/digests.ts'
import { eventually } from '../../contracts/adapter.ts'
import { green, scene } from './scene.ts'
import { platforms, stands } from './stands.ts'

vi.setConfig({ maxConcurrency: 12 }) // mostly they wait for the platform's rates

describe.each(stands)('in %s', { concurrent: true, timeout: 60_000 }, (_name, open) => {
  test('a digest says what waits, and a tap on it merges what it showed', async (context) => {
    const all = await green(context, await open())
    await all.sees('waits for your decision')
    await all.says('ana', 'digest')
    const digest = await all.sees('Digest of app: 1 waits for you', 'Waiting for you:', 'app-1 · mergeable · #7 at')
    expect(digest.buttons).toEqual(['app-1: Merge', 'app-1: Request changes'])
    await all.presses('ana', 'app-1: Merge')
    await all.sees('app-1 · merged: #7 is on main')
    expect(all.world.main).toHaveLength(1)
    expect(all.stand.network?.complaints() ?? []).toEqual([])
  })

  test('a digest at set times is confirmed, listed, and removed by its button', async (context) => {
    const all = await scene(context, await open())
    await all.says('ana', 'digest every weekday at 9')
    await all.sees('A digest comes here every weekday at 09:00')
    await all.says('ana', 'digests')
    await all.sees('One digest comes here:', '1. every weekday at 09:00')
    await all.presses('ana', 'Remove')
    await all.tells(/No digest comes here any more every weekday at 09:00/)
  })
})

describe.each(platforms)('in %s', { concurrent: true, timeout: 60_000 }, (_name, open) => {
  test('a digest that was missed while the bot was down comes once when it is there again, and not at the start after that', async (context) => {
    const data = mkdtempSync(join(tmpdir(), 'ao-digest-'))
    context.onTestFinished(() => rmSync(data, { recursive: true, force: true }))
    const all = await scene(context, await open(), { config: { data } })
    await all.says('ana', 'digest every day at 9 always')
    await all.sees('A digest comes here every day at 09:00')
    await all.stops()
    const file = join(data, 'documents', 'digests.json')
    const kept: ReturnType<typeof emptyDigests> = JSON.parse(readFileSync(file, 'utf8'))
    const schedules = Object.entries(kept.schedules).map(([id, one]) => [id, { ...one, madeAt: one.madeAt - 3 * 86_400_000 }])
    writeFileSync(file, JSON.stringify({ ...emptyDigests(), ...kept, schedules: Object.fromEntries(schedules) }))
    await all.starts()
    await all.sees('Digest of app: nothing happened')
    await eventually(
      () => readFileSync(file, 'utf8'),
      (text) => /"settled":\s*\[\s*\d/.test(text),
      20_000,
    )
    await all.stops()
    await all.starts()
    await all.says('ana', 'whoami')
    await all.sees('You are ana')
    expect((await all.all()).filter(({ text }) => text.includes('Digest of app'))).toHaveLength(1)
  })
})
