import { expect, test } from 'vitest'
import { town } from '../fakes/town.ts'

/** A town whose first task is one tap away from its merge. */
const green = async (settings: Parameters<typeof town>[0] = {}) => {
  const all = await town(settings)
  await all.ana.says('fix #1')
  await all.agent.finishes()
  if (settings.hasChecks ?? true) await all.scm.checks('passing')
  return all
}

test('pitfall 4: a push that was seen makes the button of the old card stale', async () => {
  const { ana, scm, chat, facts } = await green()
  const old = chat.button('Merge')
  await scm.push({ checks: 'passing' })
  await ana.presses(old)
  chat.shows('Not done: new commits have come to #7 (c0ffee02) since that card was shown.', 'say "show app-1"')
  expect(await facts()).not.toContain('merge.requested')
  expect(scm.main()).toEqual([])

  await ana.presses('Merge')
  expect(scm.main()).toEqual([scm.change().head])
})

test('pitfall 4: a push that nobody has seen yet is seen by the merge itself, which names its commit', async () => {
  const { ana, eyes, scm, facts } = await green()
  eyes.close()
  await scm.push({ checks: 'passing' })
  await ana.presses('Merge')
  expect(scm.main()).toEqual([])
  expect(await facts()).toContain('merge.refused')
  await eyes.open()
  await ana.presses('Merge')
  expect(scm.main()).toEqual([scm.change().head])
})

test("somebody else's push is news and no failure", async () => {
  const { scm, chat } = await green()
  await scm.push({ checks: 'passing' })
  chat.shows('app-1 · mergeable', '#7 at c0ffee02')
  chat.hides('the push failed')
})

test('pitfall 4: a push of the same diff leaves the button good', async () => {
  const { ana, scm, chat } = await green()
  const old = chat.button('Merge')
  await scm.push({ checks: 'passing', isSameDiff: true })
  await ana.presses(old)
  expect(scm.main()).toEqual([scm.change().head])
})

test('pitfall 1: whoever wanted a merge that the forge refused is told why', async () => {
  const { ana, eyes, scm, chat } = await green()
  eyes.close()
  await scm.push({ checks: 'passing' })
  await ana.presses('Merge')
  chat.shows('#7 is at c0ffee02 now.')
})

test('typed words mean the card that was shown, as a button does', async () => {
  const { ana, eyes, scm, chat } = await green()
  eyes.close()
  await scm.push({ checks: 'passing' })
  await ana.says('merge it')
  expect(scm.main()).toEqual([])
  await eyes.open()
  chat.shows('app-1 · mergeable', '#7 at c0ffee02')
  await ana.says('ship it!')
  expect(scm.main()).toEqual([scm.change().head])
})

test('pitfall 3: a double click is one merge', async () => {
  const { ana, holds, scm, chat, facts } = await green()
  const release = holds('scm.merge')
  const merge = chat.button('Merge')
  await ana.presses(merge)
  await ana.presses(merge)
  chat.shows('app-1 · merging', '#7 is being merged for ana already.')
  await release()
  expect(scm.main()).toHaveLength(1)
  expect((await facts()).filter((type) => type === 'merge.requested')).toHaveLength(1)
})

test('stopped before the merge happened, it ends by looking and says stopped', async () => {
  const { ana, holds, scm, chat, tracker, factsOf } = await green()
  const release = holds('scm.merge', 'before')
  await ana.presses('Merge')
  chat.shows('app-1 · merging')
  await ana.says('stop app-1')
  await release()
  chat.shows('app-1 · stopped by ana', '#7 stays open.')
  chat.hides('app-1 · merged')
  expect(scm.main()).toEqual([])
  expect(tracker.isOpen('#1')).toBe(true)
  expect((await factsOf()).filter(({ type }) => type === 'session.ended')).toHaveLength(1)
})

test('stopped after the merge had happened, it ends by looking and says merged', async () => {
  const { ana, holds, scm, chat, tracker } = await green()
  const release = holds('scm.merge', 'after')
  await ana.presses('Merge')
  await ana.says('stop app-1')
  await release()
  chat.shows('app-1 · merged: #7 is on main as')
  chat.hides('#7 stays open')
  expect(scm.main()).toHaveLength(1)
  expect(tracker.isOpen('#1')).toBe(false)
})

test('a merge while checks run waits for them if that is said, and binds to the commit of then', async () => {
  const { ana, agent, scm, chat, facts } = await town()
  await ana.says('fix #1')
  await agent.finishes()
  await ana.says('merge it')
  chat.shows('The checks of #7 are still running.', 'Say "merge app-1 when green".')
  await ana.says('merge app-1 when green')
  chat.shows('ana wants #7 at c0ffee01 merged once it is green')

  await scm.push()
  expect(await facts()).toContain('merge.disarmed')
  await scm.checks('passing')
  expect(scm.main()).toEqual([])

  await ana.says('merge app-1 when green')
  expect(scm.main()).toEqual([scm.change().head])
})

test('merge when green merges once it is green', async () => {
  const { ana, agent, scm } = await town()
  await ana.says('fix #1')
  await agent.finishes()
  await ana.presses('Merge when green')
  expect(scm.main()).toEqual([])
  await scm.checks('passing')
  expect(scm.main()).toEqual([scm.change().head])
})

test('a change without checks waits, because that is no pass', async () => {
  const { ana, scm, chat } = await green({ hasChecks: false })
  chat.shows('app-1 · pr open', 'checks none')
  await ana.says('merge it')
  chat.shows('#7 has no checks, and this project waits for some.', 'Set "noChecks: mergeable"')
  expect(scm.main()).toEqual([])
})

test('a change without checks is mergeable where the project says so', async () => {
  const { ana, scm, chat } = await green({ hasChecks: false, app: { noChecks: 'mergeable' } })
  chat.shows('app-1 · mergeable', 'the project has no checks; ready to merge')
  await ana.presses('Merge')
  expect(scm.main()).toHaveLength(1)
})

test('a red change, and one in conflict, are not merged, and it is said why', async () => {
  const { ana, scm, chat } = await green()
  await scm.checks('failing', 'lint', 'test')
  await ana.says('merge it')
  chat.shows('#7 is red: lint and test failed.')
  await scm.checks('passing')
  await scm.conflicts('calc.ts')
  await ana.says('merge it')
  chat.shows('#7 conflicts with main in calc.ts.', 'please merge main and resolve the conflict')
  expect(scm.main()).toEqual([])
})

test('two approvals take two people, and whoever asked counts where that is said', async () => {
  const { ana, bob, cyn, scm, chat } = await green({
    app: { approvals: 2, requesterCounts: false },
    people: { ana: { roles: ['admin'] }, bob: { roles: ['maintainer'] }, cyn: { roles: ['approver'] } },
  })
  chat.shows('app-1 · review pending', 'one approval is missing')
  await bob.says('merge app-1')
  chat.shows('#7 has 1 of 2 approvals for this diff.')
  await ana.presses('Approve')
  chat.shows('ana asked for this task, and in this project whoever asked does not vote.')
  await cyn.presses('Approve')
  chat.shows('cyn approved #7 at c0ffee01', 'app-1 · mergeable')
  expect(scm.reviews()).toEqual([{ by: 'cyn', verdict: 'approve', head: scm.change().head }])
  await ana.says('merge app-1')
  chat.shows('#7 has 1 of 2 approvals')
  await bob.presses('Merge')
  expect(scm.main()).toHaveLength(1)
})

test('a vote is for a diff: new commits need it again', async () => {
  const { ana, cyn, scm, chat } = await green({ app: { approvals: 2 } })
  await cyn.presses('Approve')
  chat.shows('app-1 · mergeable')
  await scm.push({ checks: 'passing' })
  chat.shows('app-1 · review pending')
  await ana.says('merge app-1')
  chat.shows('#7 has 1 of 2 approvals')
  expect(scm.main()).toEqual([])
})

test('changes asked for by a person reach the agent and stop the merge', async () => {
  const { ana, cyn, agent, scm, chat } = await green()
  await cyn.says('reject app-1 the name is wrong')
  expect(scm.reviews()).toEqual([{ by: 'cyn', verdict: 'request-changes', head: scm.change().head }])
  await scm.reviewed('changes-requested', { author: 'cyn', isBot: false, text: 'the name is wrong' })
  expect(agent.heard().at(-1)).toContain('cyn: the name is wrong')
  await ana.says('merge app-1')
  chat.shows('Changes were requested on #7.')
})

test('the call that was answered says who did what, and on which commit', async () => {
  const { ana, scm, chat } = await green()
  const { head } = scm.change()
  await ana.presses('Merge')
  chat.shows('app-1 · settled: waits for your decision', `ana merged #7 at ${head.slice(0, 8)}.`)
})
