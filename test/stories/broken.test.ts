import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { smallDisk } from '../core/store/full-disk.ts'
import { town } from '../fakes/town.ts'
import { fault } from './world.ts'

const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ao-journals-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('when nothing works it says so once, and rests', async () => {
  const { ana, breaks, chat, clock, facts } = await town()
  for (const what of ['workspace.create', 'workspace.look', 'scm.look', 'runtime.look', 'runtime.start'] as const)
    breaks(what, fault('SETUP_FAILED', { output: 'no such command' }))
  await ana.says('fix #1')
  const posts = chat.posts().length
  const known = await facts()
  await clock.passes('1h')
  await clock.passes('1d')
  expect(chat.posts()).toHaveLength(posts)
  expect(await facts()).toEqual(known)
})

test('a session that failed is told of by its card and its result, and by no alert beside them', async () => {
  const { ana, breaks, chat } = await town()
  breaks('workspace.create', fault('SETUP_FAILED', { output: 'no such command' }))
  await ana.says('fix #1')
  expect(chat.posts().filter((title) => title.includes('failed'))).toHaveLength(2)
})

test('what may pass is tried again by itself, later and later, and then people are called, once', async () => {
  const { ana, breaks, mends, agent, chat, clock } = await town()
  await ana.says('fix #1')
  breaks('scm.open')
  await agent.finishes()
  chat.shows('opening the change failed: The forge does not answer. It is tried again.')
  await clock.passes('5m')
  chat.shows('app-1 · opening the change failed 4 times')
  expect(chat.count('opening the change failed 4 times')).toBe(1)
  mends('scm.open')
  await ana.presses('Retry')
  chat.shows('app-1 · ci running', 'settled: opening the change failed')
})

test('a look that failed shows nothing: it is not a death', async () => {
  const { ana, breaks, chat, clock, facts } = await town()
  await ana.says('fix #1')
  const known = await facts()
  breaks('runtime.look')
  await clock.passes('5m')
  expect(await facts()).toEqual(known)
  chat.shows('app-1 · working')
})

test('a chat that is down delays what it should show, and is caught up with', async () => {
  const { ana, agent, scm, chat, clock } = await town()
  await ana.says('fix #1')
  await agent.finishes()
  chat.breaks()
  await scm.checks('passing')
  await chat.heals()
  await clock.passes('1m')
  chat.shows('app-1 · mergeable', 'app-1 · waits for your decision')
  expect(chat.count('waits for your decision')).toBe(1)
})

test('people count as called when the call is on show, and not before', async () => {
  const { ana, agent, scm, chat, clock, facts } = await town()
  await ana.says('fix #1')
  await agent.finishes()
  chat.breaks()
  await scm.checks('passing')
  await clock.passes('1m')
  expect(await facts()).not.toContain('people.called')
  await chat.heals()
  await clock.passes('2m')
  expect(await facts()).toContain('people.called')
  expect(chat.count('waits for your decision')).toBe(1)
})

test('a call that could not be shown for hours is shown once the chat is back', async () => {
  const { ana, agent, scm, chat, clock } = await town()
  await ana.says('fix #1')
  await agent.finishes()
  chat.breaks()
  await scm.checks('passing')
  await clock.passes('2h')
  await chat.heals()
  await clock.passes('5m')
  chat.shows('app-1 · waits for your decision')
})

test('a full disk is told where it was met, takes nothing in, and is over when there is space again', async () => {
  const disk = smallDisk(Number.POSITIVE_INFINITY)
  const { ana, agent, chat, facts, clock } = await town({ files: { folder: makeFolder(), open: disk.open } })
  await ana.says('fix #1')
  const known = await facts()
  disk.freeBytes = 10
  await ana.says('tell app-1 use zod')
  chat.shows('could not be written', 'Nothing of it was kept.', 'Free some space on the disk')
  expect(await facts()).toEqual(known)
  expect(agent.heard()).toEqual([])

  disk.freeBytes = Number.POSITIVE_INFINITY
  await ana.says('tell app-1 use zod')
  await clock.passes('1m')
  expect(agent.heard()).toEqual(['ana: use zod'])
})

test('what an effect brought while the disk was full waits until it can be kept', async () => {
  const disk = smallDisk(Number.POSITIVE_INFINITY)
  const { ana, agent, scm, holds, chat, clock } = await town({ files: { folder: makeFolder(), open: disk.open } })
  await ana.says('fix #1')
  await agent.finishes()
  await scm.checks('passing')
  const release = holds('scm.merge', 'after')
  await ana.presses('Merge')
  disk.freeBytes = 0
  await release()
  chat.hides('app-1 · merged')
  disk.freeBytes = Number.POSITIVE_INFINITY
  await clock.passes('1m')
  chat.shows('app-1 · merged: #7 is on main as')
  expect(scm.main()).toHaveLength(1)
})

test('a session whose journal is damaged is left alone and told of; the others go on', async () => {
  const folder = makeFolder()
  const { ana, agentOf, bot, chat } = await town({ files: { folder } })
  await ana.says('fix #1 #2')
  bot.crashes()
  appendFileSync(join(folder, 'journal', 'app-1', 'journal.ndjson'), 'this is no fact\n{"seq":99,"v":1,"fact":{}}\n')
  await bot.forgetsFiles()
  await bot.starts()
  chat.shows('app-1 cannot be read and is left alone.', 'journal.ndjson cannot be read: line')
  await agentOf('app-2').finishes()
  chat.shows('app-2 · ci running')
  await ana.says('tell app-1 are you there')
  chat.shows('mend line')
  expect(agentOf('app-1').heard()).toEqual([])
  expect(agentOf('app-1').isAlive()).toBe(true)
})

test('a line that a crash tore in two is forgiven', async () => {
  const folder = makeFolder()
  const { ana, agent, bot, chat, logged } = await town({ files: { folder } })
  await ana.says('fix #1')
  bot.crashes()
  appendFileSync(join(folder, 'journal', 'app-1', 'journal.ndjson'), '{"seq":7,"v":1,"fa')
  await bot.forgetsFiles()
  await bot.starts()
  await agent.finishes()
  chat.shows('app-1 · ci running')
  expect(logged().some((line) => line.startsWith('journal.torn'))).toBe(true)
})
