import { describe, expect, test } from 'vitest'
import { type Death, town } from '../fakes/town.ts'
import { fault } from './world.ts'

test('ana leaves her terminal, and goes on from the chat with the same conversation in the same folder, up to the merge', async () => {
  const { ana, hand, agent, scm, chat, clock, facts } = await town()
  const fix = hand.starts('fix')
  await ana.says('adopt')
  chat.shows('ant in tmux session "fix" · /home/ana/shop-fix on login, of app · rests')
  await ana.says('adopt fix')
  chat.shows('shall I adopt it?', 'goes on here as app-1 with the same conversation', 'Nothing in the folder is touched')
  expect([fix.isAlive, agent.isAlive()], 'nothing is done unasked').toEqual([true, false])

  await ana.presses('Adopt it')
  expect([fix.isAlive, agent.isAlive()]).toEqual([false, true])
  expect(agent.prompts().join()).toContain('Your user has left this terminal')
  await ana.says('tell app-1 use zod')
  expect(agent.heard()).toEqual(['ana: use zod'])
  await agent.finishes()
  await clock.passes('10s')
  await scm.checks('passing')
  await clock.passes('10s')
  await ana.says('merge app-1')
  await clock.passes('1m')
  chat.shows('app-1 · merged')
  expect(scm.main()).toHaveLength(1)
  expect(hand.folder(fix.folder)?.isRemoved, 'her folder is hers').toBe(false)
  expect(await facts()).not.toContain('workspace.removed')
  await ana.says('cleanup')
  chat.shows('There is nothing to clean up.')
})

test('after a crash at any moment hers is ended, one goes on, and never two have one conversation', async () => {
  const whole = await tell()
  for (let count = 1; count <= whole.appends; count += 1)
    for (const when of ['before', 'after'] as const) {
      const { isAlive, starts, shared, hears } = await tell({ when, at: (_fact, append) => append === count })
      expect({ isAlive, starts, shared, hears }, `crashed ${when} append ${count}`).toEqual({
        isAlive: false,
        starts: 1,
        shared: [],
        hears: ['ana: use zod'],
      })
    }
}, 60_000)

const tell = async (death?: Death) => {
  const { ana, hand, agent, clock, bot } = await town()
  const fix = hand.starts('fix')
  await ana.says('adopt fix')
  bot.isMended()
  if (death) bot.willCrash(death.when, death.at)
  await ana.presses('Adopt it')
  await clock.passes('10s')
  await ana.says('tell app-1 use zod')
  await clock.passes('10s')
  return { appends: bot.appends(), isAlive: fix.isAlive, starts: agent.prompts().length, shared: hand.shared(), hears: agent.heard() }
}

describe('her agent goes on, and she is told why', () => {
  test('when it cannot be ended', async () => {
    const { ana, hand, agent, breaks, chat } = await town()
    const fix = hand.starts('fix')
    breaks('runtime.endStranger', fault('SETUP_FAILED', { output: 'it does not let go' }))
    await ana.says('adopt fix')
    await ana.presses('Adopt it')
    chat.shows('app-1 · failed', 'it does not let go')
    expect([fix.isAlive, agent.isAlive()]).toEqual([true, false])
  })

  test('when a turn has begun since the card was shown: what would be broken off was not agreed to', async () => {
    const { ana, hand, agent, chat } = await town()
    const fix = hand.starts('fix')
    await ana.says('adopt fix')
    fix.isResting = false
    await ana.presses('Adopt it')
    chat.shows('no longer as the card showed it')
    expect([fix.isAlive, agent.isAlive()]).toEqual([true, false])
    await ana.says('adopt fix')
    chat.shows('what it is doing now is broken off')
  })

  test('when she has begun another conversation while it waited for a slot', async () => {
    const { ana, hand, agentOf, chat } = await town({ limits: { running: 1 } })
    await ana.says('fix #1')
    const fix = hand.starts('fix')
    await ana.says('adopt fix')
    await ana.presses('Adopt it')
    chat.shows('1 of 1 agents are running')
    expect(fix.isAlive, 'it works on until there is a slot').toBe(true)
    fix.conversation = 'talk-2'
    await ana.says('stop app-1')
    chat.shows('app-2 · failed', 'it is in another conversation now')
    expect([fix.isAlive, agentOf('app-2').isAlive()]).toEqual([true, false])
  })

  test('when its folder has come to another branch while it waited for a slot', async () => {
    const { ana, hand, agentOf, chat } = await town({ limits: { running: 1 } })
    await ana.says('fix #1')
    const fix = hand.starts('fix')
    await ana.says('adopt fix')
    await ana.presses('Adopt it')
    hand.moves(fix, 'other')
    await ana.says('stop app-1')
    chat.shows('app-2 · failed', 'its folder is on other now')
    expect([fix.isAlive, agentOf('app-2').isAlive()]).toEqual([true, false])
  })

  test('when it ended by itself and she goes on with the conversation elsewhere', async () => {
    const { ana, hand, agentOf, chat } = await town({ limits: { running: 1 } })
    await ana.says('fix #1')
    const fix = hand.starts('fix')
    await ana.says('adopt fix')
    await ana.presses('Adopt it')
    fix.isAlive = false
    const other = hand.starts('other', { folder: fix.folder, pid: 5000 })
    await ana.says('stop app-1')
    chat.shows('app-2 · failed', 'taken up by another process')
    expect([other.isAlive, agentOf('app-2').isAlive()]).toEqual([true, false])
  })
})

test('one that she took back by hand after the session had ended is not started a second time', async () => {
  const { ana, hand, agent, chat } = await town()
  hand.starts('fix')
  await ana.says('adopt fix')
  await ana.presses('Adopt it')
  await ana.says('stop app-1')
  const again = hand.starts('again', { folder: '/home/ana/shop-fix', pid: 6000 })
  await ana.says('restore app-1')
  chat.shows('goes on with its conversation by hand')
  expect([again.isAlive, agent.isAlive(), hand.shared()]).toEqual([true, false, []])
})

describe('what cannot be adopted is said with what helps', () => {
  test('on the branch that work goes back to', async () => {
    const { ana, hand, chat } = await town()
    const fix = hand.starts('fix')
    hand.moves(fix, 'main')
    await ana.says('adopt fix')
    chat.shows('cannot be adopted: it works on main, where work goes back to', 'git -C /home/ana/shop-fix switch -c <branch>')
  })

  test('on no branch, and in no project', async () => {
    const { ana, hand, chat } = await town()
    hand.moves(hand.starts('fix'), null)
    await ana.says('adopt fix')
    chat.shows('it works on no branch')
    hand.starts('stray', { folder: '/tmp/elsewhere', pid: 7000 })
    await ana.says('adopt stray')
    chat.shows('it works in a folder of no project', 'Projects are app')
  })

  test('in the folder of a session, which has its conversation by now', async () => {
    const { ana, hand, chat } = await town()
    hand.starts('fix')
    await ana.says('adopt fix')
    await ana.presses('Adopt it')
    hand.starts('second', { folder: '/home/ana/shop-fix', pid: 8000, conversation: 'talk-9' })
    await ana.says('adopt second')
    chat.shows('cannot be adopted: it works in the folder of app-1', 'stop app-1')
  })

  test('what does not run', async () => {
    const { ana, hand, chat } = await town()
    await ana.says('adopt')
    chat.shows('No agent was started by hand')
    hand.starts('fix')
    await ana.says('adopt fixx')
    chat.shows('No agent that I know runs in a tmux session "fixx".', 'There is ant in tmux session "fix".')
  })
})

test('what runs in terminals of that machine is told to operators only', async () => {
  const { dan, hand, chat } = await town()
  hand.starts('fix')
  await dan.says('adopt')
  chat.hides('tmux session')
  chat.shows('operator')
})
