import { describe, expect, test } from 'vitest'
import { town } from '../fakes/town.ts'

const people = {
  ana: { roles: ['admin'], zone: 'UTC' },
  bob: { roles: ['operator'], zone: 'UTC' },
  cyn: { roles: ['approver'], zone: 'Europe/Berlin' },
  dan: { roles: ['viewer'], zone: 'UTC' },
}
/** It is Monday, nine o'clock in Greenwich. */
const place = (settings: Parameters<typeof town>[0] = {}) => town({ people, ...settings })
type Town = Awaited<ReturnType<typeof place>>

/** A task goes all the way to its merge. */
const merges = async ({ ana, agentOf, scm, clock }: Town, task = '#1', session = 'app-1'): Promise<void> => {
  await ana.says(`fix ${task}`)
  await clock.passes('30m')
  await agentOf(session).finishes()
  await scm.checks('passing')
  await ana.says(`merge ${session}`)
  await clock.passes('1m')
}
const digests = ({ chat }: Town): readonly string[] => chat.posts().filter((title) => title.startsWith('Digest'))

describe('asked for', () => {
  test('"digest" says what was merged, what waits, and what the last day cost', async () => {
    const all = await place()
    const { ana, agentOf, chat } = all
    await merges(all)
    await ana.says('fix #2')
    await agentOf('app-2').asks({ text: 'Which one?', options: ['This', 'That'] })
    await ana.says('digest')
    expect(digests(all)).toEqual(['Digest of app: 1 waits for you and 1 merged'])
    chat.shows('Sun 4 Jan', 'Waiting for you:', '❓ app-2 asks: Which one?', 'Merged:', ' · 30 min', 'Last 7 days: 1 merged')
  })

  test('"what happened overnight?" goes back to the evening, and shows which command it was taken for', async () => {
    const all = await place()
    await merges(all)
    await all.dan.says('what happened overnight?')
    all.chat.shows('Sun 4 Jan 20:00 to Mon 5 Jan', 'Merged:')
  })

  test('its buttons work, and stand for what it showed', async () => {
    const { ana, agent, scm, chat, facts } = await place()
    await ana.says('fix #1')
    await agent.finishes()
    await scm.checks('passing')
    await ana.says('digest', { at: ana.inPrivate })
    const button = chat.button('app-1: Merge')
    await scm.push({ checks: 'passing' })
    await ana.presses(button)
    chat.shows('new commits have come to #')
    await ana.says('digest', { at: ana.inPrivate })
    await ana.presses('app-1: Merge')
    expect(await facts()).toContain('merge.requested')
  })

  test('in private it knows what somebody may decide', async () => {
    const { ana, dan, bob, agent, scm, chat } = await place()
    await ana.says('fix #1')
    await agent.finishes()
    await scm.checks('passing')
    await dan.says('digest', { at: dan.inPrivate })
    expect(chat.at(dan.inPrivate)).toContain('Waiting for others: app-1 mergeable')
    expect(chat.at(dan.inPrivate)).not.toContain('[app-1: Merge]')
    await bob.says('digest')
    chat.shows('❓ app-1 · mergeable · #')
  })

  test('nobody is told of projects they may not see', async () => {
    const all = await place({ otherProject: {}, people: { ...people, dan: { roles: [], projects: { lib: ['viewer'] }, zone: 'UTC' } } })
    const { dan, chat } = all
    await all.ana.says('use app')
    await merges(all)
    await dan.says('digest', { at: dan.inPrivate })
    expect(chat.at(dan.inPrivate)).toContain('nothing happened')
  })

  test('has a picture once there are two days to compare', async () => {
    const all = await place()
    await merges(all)
    await all.ana.says('digest')
    expect(all.chat.lastCard().picture).toBeNull()
    await all.clock.passes('1d')
    await merges(all, '#2', 'app-2')
    await all.ana.says('digest')
    expect(all.chat.lastCard().picture).toMatchObject({ alt: '14 days to Tue 6 Jan: 2 merged. Mon 5 Jan: 1 merged; Tue 6 Jan: 1 merged.' })
  })
})

describe('every weekday at nine', () => {
  test('it comes on weekdays, by itself, and on Monday tells of the weekend', async () => {
    const all = await place()
    const { bob, chat, clock } = all
    await bob.says('digest every weekday at 9')
    chat.shows('A digest comes here every weekday at 09:00 (UTC).', 'next Tue 6 Jan 09:00')
    await clock.passes('4d')
    expect(digests(all)).toEqual([])
    await clock.passes('1d')
    await merges(all)
    await clock.passes('2d')
    expect(digests(all)).toEqual(['Digest of app: 1 merged'])
    chat.shows('Fri 9 Jan 09:00 to Mon 12 Jan 09:00')
  })

  test('an empty day is silent, unless it was wanted always', async () => {
    const all = await place()
    await all.bob.says('digest every day at 9')
    await all.clock.passes('1d')
    expect(digests(all)).toEqual([])
    await all.bob.says('digest every day at 9 always')
    all.chat.shows('It comes also when nothing happened.')
    await all.clock.passes('1d')
    expect(digests(all)).toEqual(['Digest of app: nothing happened'])
  })

  test('a bot that dies when it is on show shows no second one', async () => {
    const all = await place()
    const { bob, bot, clock } = all
    await merges(all)
    await bob.says('digest every day at 9')
    bot.diesAtDigest()
    await clock.passes('1d')
    expect(bot.isAlive()).toBe(false)
    expect(digests(all)).toHaveLength(1)
    await bot.starts()
    await clock.passes('1h')
    expect(digests(all)).toHaveLength(1)
  })

  test('down over three mornings, it comes once and tells of all three', async () => {
    const all = await place()
    const { bob, bot, chat, clock } = all
    await bob.says('digest every day at 9')
    await merges(all)
    bot.crashes()
    await clock.passes('3d')
    await bot.starts()
    await clock.passes('1m')
    expect(digests(all)).toEqual(['Digest of app: 1 merged'])
    chat.shows('Mon 5 Jan 09:00 to Thu 8 Jan 09:00')
  })

  test('a chat that is down gets it late, and each of them once', async () => {
    const all = await place()
    const { bob, chat, clock } = all
    await bob.says('digest every day at 9 always')
    chat.breaks()
    await clock.passes('2d')
    expect(digests(all)).toEqual([])
    await chat.heals()
    await clock.passes('1h')
    expect(digests(all)).toHaveLength(2)
  })

  test('a muted channel gets it when it may speak again', async () => {
    const all = await place()
    const { bob, clock } = all
    await bob.says('digest every day at 9 always')
    await bob.says('mute 26h')
    await clock.passes('25h')
    expect(digests(all)).toEqual([])
    await clock.passes('1h')
    expect(digests(all)).toHaveLength(1)
  })

  test('what is asked for then tells of the time since the last one', async () => {
    const all = await place()
    const { bob, chat, clock } = all
    await bob.says('digest every day at 9 always')
    await clock.passes('25h')
    await bob.says('digest')
    chat.shows('Tue 6 Jan 09:00 to Tue 6 Jan 10:00')
  })
})

describe('digests', () => {
  test('are listed with when each comes next, and a button removes each', async () => {
    const all = await place()
    const { bob, cyn, chat, clock } = all
    await bob.says('digests')
    chat.shows('No digest comes here by itself.', 'Say "digest every weekday at 9" for one.')
    await bob.says('digest every weekday at 9')
    await bob.says('digest every monday at 8:30')
    await bob.says('digests')
    expect(chat.lastCard()).toMatchObject({
      title: '2 digests come here:',
      lines: [
        '1. every weekday at 09:00 (UTC) · next Tue 6 Jan 09:00 · for bob',
        '2. every Monday at 08:30 (UTC) · next Mon 12 Jan 08:30 · for bob',
      ],
    })
    await bob.presses('Remove 1')
    chat.shows('No digest comes here any more every weekday at 09:00 (UTC).')
    await cyn.says('digest off')
    chat.shows('No digest comes here any more every Monday at 08:30 (UTC).')
    await bob.says('digest off')
    await merges(all)
    await clock.passes('8d')
    expect(digests(all)).toEqual([])
  })

  test('in a channel take the role that steers; in private everybody has their own, by their own clock', async () => {
    const all = await place()
    const { dan, cyn, chat, clock } = all
    await dan.says('digest every day at 9')
    chat.shows('dan may not schedule in app: the rule is "operator may schedule".')
    await dan.says('digest every day at 9', { at: dan.inPrivate })
    await cyn.says('digest every day at 9', { at: cyn.inPrivate })
    expect(chat.at(cyn.inPrivate)).toContain('every day at 09:00 (Europe/Berlin)')
    await merges(all)
    await clock.passes('23h')
    expect(chat.at(cyn.inPrivate)).toContain('Digest of app: 1 merged')
    expect(chat.at(dan.inPrivate)).not.toContain('Digest of app')
    await clock.passes('1h')
    expect(chat.at(dan.inPrivate)).toContain('Digest of app: 1 merged')
    await dan.says('digests')
    chat.shows('No digest comes here by itself.')
  })

  test('of the config come as well, and nobody removes them in a chat', async () => {
    const channel = { platform: 'town', channel: 'dev', thread: null }
    const all = await place({ digests: [{ place: channel, cron: '0 9 * * *', zone: 'UTC', isAlways: true }] })
    await all.bob.says('digests')
    all.chat.shows('every day at 09:00 (UTC) · next Tue 6 Jan 09:00 · always · by the config')
    await all.bob.says('digest off')
    all.chat.shows('That digest stands in the config.')
    await all.clock.passes('1d')
    expect(digests(all)).toHaveLength(1)
  })

  test('that never come, or come all the time, are refused with the cure', async () => {
    const { bob, chat } = await place()
    await bob.says('digest "0 9 31 2 *"')
    chat.shows('"0 9 31 2 *" never comes.')
    await bob.says('digest "* * * * *"')
    chat.shows('That is more often than every 15 minutes.')
    await bob.says('digest "61 9 * * *"')
    chat.shows('is no schedule:')
  })

  test('guessed at are offered first', async () => {
    const { bob, chat } = await place()
    await bob.says('could you send us a summary every weekday at 9?')
    chat.hides('A digest comes here')
    await bob.says('yes')
    chat.shows('A digest comes here every weekday at 09:00 (UTC).')
  })
})
