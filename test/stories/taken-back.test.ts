import { describe, expect, test } from 'vitest'
import { town } from '../fakes/town.ts'

/** A town whose first task is one tap away from its merge. */
const green = async (settings: Parameters<typeof town>[0] = {}) => {
  const all = await town(settings)
  await all.ana.says('fix #1')
  await all.agent.finishes()
  await all.scm.checks('passing')
  return all
}
/** The same where its forge merges through a queue, which has the order. */
const queued = async () => {
  const all = await green()
  all.forge.queues()
  await all.ana.says('merge app-1')
  expect(all.scm.change().queued).toBe('in the merge queue, place 2')
  return all
}
const merged = { state: 'merged', queued: null, mergeCommit: 'abcdef1234' } as const

describe('what the forge has in hand and nobody wants any more', () => {
  test('is taken back when changes are asked for, and nothing is merged', async () => {
    const { cyn, scm, chat, facts } = await queued()
    await cyn.says('reject app-1 the name is wrong')
    expect(scm.change().queued).toBeNull()
    expect((await facts()).filter((type) => type.startsWith('merge.'))).toEqual([
      'merge.requested',
      'merge.queued',
      'merge.recalled',
      'merge.withdrawn',
    ])
    expect(scm.reviews()).toEqual([{ by: 'cyn', verdict: 'request-changes', head: scm.change().head }])
    chat.hides('app-1 · merging', 'the merge was refused')
  })

  test('is taken back when its session is stopped', async () => {
    const { ana, scm, chat, facts } = await queued()
    await ana.says('stop app-1')
    expect(scm.change()).toMatchObject({ queued: null, state: 'open' })
    expect(await facts()).toEqual(expect.arrayContaining(['merge.recalled', 'session.ended', 'merge.withdrawn']))
    chat.shows('app-1 · stopped by ana')
  })

  test('is taken back by the next start, where the bot died before it could be', async () => {
    const { ana, scm, bot, facts } = await queued()
    bot.willCrash('after', 'merge.recalled')
    await ana.says('stop app-1')
    expect(scm.change().queued).not.toBeNull()
    await bot.starts()
    expect(scm.change().queued).toBeNull()
    expect((await facts()).filter((type) => type === 'merge.withdrawn')).toHaveLength(1)
  })

  test('is taken back when the forge takes the order while its session is being stopped', async () => {
    const { ana, forge, holds, scm, facts } = await green()
    forge.queues()
    const release = holds('scm.merge', 'after')
    await ana.presses('Merge')
    expect(scm.change().queued).not.toBeNull()
    await ana.says('stop app-1')
    await release()
    expect(scm.change().queued).toBeNull()
    expect(await facts()).toContain('merge.withdrawn')
  })

  test('is told as merged where it was merged before it could be taken back', async () => {
    const { cyn, holds, scm, chat, facts } = await queued()
    const release = holds('scm.withdraw')
    await cyn.says('reject app-1 the name is wrong')
    expect(await facts()).toContain('merge.recalled')
    await scm.becomes(merged)
    await release()
    chat.shows('app-1 · merged: #7 is on main as abcdef12')
  })

  test('can be ordered anew, and that order is not taken back', async () => {
    const { ana, cyn, holds, scm, facts } = await queued()
    const release = holds('scm.withdraw')
    await cyn.says('reject app-1 the name is wrong')
    await cyn.says('approve app-1')
    await ana.says('merge app-1')
    await release()
    expect(scm.change().queued).toBe('in the merge queue, place 2')
    expect((await facts()).filter((type) => type.startsWith('merge.')).slice(2)).toEqual([
      'merge.recalled',
      'merge.requested',
      'merge.queued',
    ])
  })
})

describe('a change that somebody sends to another base', () => {
  test('is not merged by the button of the old card, and its new card says where it goes', async () => {
    const { ana, scm, chat } = await green()
    const old = chat.button('Merge')
    const asked = chat.count('waits for your decision')
    await scm.becomes({ base: 'next' })
    await ana.presses(old)
    chat.shows('Not done: #7 now goes to next since that card was shown.')
    expect(scm.main()).toEqual([])

    chat.shows('#7 into next: checks passed; ready to merge')
    expect(chat.count('waits for your decision')).toBeGreaterThanOrEqual(asked)
    await ana.presses('Merge')
    expect(scm.main()).toEqual([scm.change().head])
  })

  test('between a press and the merge is not merged by its forge, and the press was for nothing', async () => {
    const { ana, eyes, scm, chat, facts } = await green()
    eyes.close()
    await scm.becomes({ base: 'next' })
    await ana.presses('Merge')
    expect(scm.main()).toEqual([])
    expect(await facts()).toContain('merge.refused')
    chat.shows('#7 now goes to next.')
    await eyes.open()
    await ana.presses('Merge')
    expect(scm.main()).toHaveLength(1)
  })

  test('needs the approvals of its people again', async () => {
    const { ana, cyn, scm, chat } = await green({ app: { approvals: 2 } })
    await cyn.says('approve app-1')
    chat.shows('app-1 · mergeable')
    await scm.becomes({ base: 'next' })
    chat.shows('app-1 · review pending')
    await ana.says('merge app-1')
    chat.shows('#7 has 1 of 2 approvals')
    await cyn.says('approve app-1')
    await ana.says('merge app-1')
    expect(scm.main()).toHaveLength(1)
  })

  test('while its forge has it in hand is said to be refused at once', async () => {
    const { scm, chat } = await queued()
    await scm.becomes({ base: 'next' })
    chat.shows('the merge was refused: it now goes to next')
    chat.hides('app-1 · merging')
  })
})

test('a push that was refused is told once, however often the change is looked at, and tried again when the branch has moved', async () => {
  const { agent, scm, chat, eyes, factsOf } = await green()
  const failures = async (): Promise<number> =>
    (await factsOf()).filter((fact) => fact.type === 'effect.failed' && fact.effect === 'scm.push').length
  await scm.push()
  await agent.finishes('Mended.')
  chat.shows('has commits that the workspace lacks')
  const alerts = (): number => chat.posts().filter((title) => title.includes('push')).length
  expect(alerts()).toBe(1)
  for (let look = 0; look < 3; look += 1) await eyes.look()
  await scm.becomes({ checks: 'passing', title: 'Another title' })
  expect(await failures()).toBe(1)
  expect(alerts()).toBe(1)
  await scm.push()
  expect(await failures()).toBe(2)
})

test('a session that is taken up again does not go on with a merge that never reached the forge', async () => {
  const { ana, holds, scm, chat } = await green()
  const release = holds('scm.merge')
  await ana.presses('Merge')
  await ana.says('stop app-1')
  await release()
  await ana.says('restore app-1')
  expect(scm.main()).toEqual([])
  chat.hides('app-1 · merging')
  await ana.presses('Merge')
  expect(scm.main()).toHaveLength(1)
})
