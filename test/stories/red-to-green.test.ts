import { expect, test } from 'vitest'
import { town } from '../fakes/town.ts'

test('from a wish to a merge, by way of a failing check', async () => {
  const { ana, agent, scm, chat, tracker, workspace, facts } = await town()

  await ana.says('fix #1')
  chat.shows('app-1 · working · #1 add() subtracts')
  await agent.finishes('It adds now.')
  chat.shows('app-1 · ci running', 'says: It adds now.')

  await scm.checks('failing', 'lint')
  chat.shows('app-1 · ci failed', 'checks failing (lint)')
  expect(agent.heard()).toEqual([expect.stringContaining('the log of lint: line 3 is wrong')])

  await agent.finishes('Lint is happy.')
  await scm.checks('passing')
  chat.shows('app-1 · waits for your decision', '#7: checks passed; ready to merge')

  await ana.presses('Merge')
  chat.shows('app-1 · merged: #7 is on main as', 'ana merges #7')
  expect(scm.main()).toEqual([scm.change().head])
  expect(tracker.isOpen('#1')).toBe(false)
  expect(workspace.isThere()).toBe(false)
  expect(agent.isAlive()).toBe(false)
  expect((await facts()).filter((type) => type === 'message.queued' || type === 'merge.requested')).toEqual([
    'message.queued',
    'merge.requested',
  ])
})
