import { expect, test } from 'vitest'
import { town } from '../fakes/town.ts'

const working = async (settings: Parameters<typeof town>[0] = {}) => {
  const all = await town(settings)
  await all.bob.says('fix #1')
  return all
}
/** Bob, by an account on another chat that he has joined to himself. */
const bobOn = async ({ bob, chat, account }: Awaited<ReturnType<typeof town>>, platform: string) => {
  await bob.says('link', { at: bob.inPrivate })
  const codes = [...chat.at(bob.inPrivate).matchAll(/link ([A-Z0-9]{8})$/gm)]
  const there = account('B1', platform)
  await there.says(`link ${codes.at(-1)?.[1]}`, { at: there.inPrivate })
  return there
}
const elsewhere = { platform: 'town', channel: 'ops', thread: null } as const

test('who follows a session sees, in private, when it needs somebody, and how it ends', async () => {
  const { dan, bob, agent, chat } = await working()
  await dan.says('follow app-1', { at: dan.inPrivate })
  expect(chat.at(dan.inPrivate)).toContain('Here I show, too, when app-1 needs somebody and how it ends.')
  await agent.asks({ text: 'Which one?', options: ['This', 'That'] })
  expect(chat.at(dan.inPrivate)).toContain('app-1 asks: Which one?')
  await bob.says('stop app-1')
  expect(chat.at(dan.inPrivate)).toContain('app-1 · stopped by bob')
})

test('what is asked already is shown to whoever follows from now on', async () => {
  const { dan, agent, chat } = await working()
  await agent.asks({ text: 'Which one?', options: ['This', 'That'] })
  await dan.says('follow app-1', { at: elsewhere })
  expect(chat.at(elsewhere)).toContain('app-1 asks: Which one?')
})

test('followed in its own thread it is shown in private', async () => {
  const { dan, agent, chat } = await working()
  await dan.says('follow this', { in: 'app-1' })
  chat.shows('In private I show, too, when app-1 needs somebody and how it ends.')
  await agent.asks({ text: 'Which one?', options: ['This', 'That'] })
  expect(chat.at(dan.inPrivate)).toContain('app-1 asks: Which one?')
})

test('who has had enough unfollows', async () => {
  const { dan, agent, chat } = await working()
  await dan.says('follow app-1', { at: dan.inPrivate })
  await dan.says('unfollow app-1', { at: dan.inPrivate })
  await agent.asks({ text: 'Which one?', options: ['This', 'That'] })
  expect(chat.at(dan.inPrivate)).not.toContain('Which one?')
})

test('a muted session posts nothing new in its channel until then, and its card lives', async () => {
  const { bob, agent, chat, clock } = await working()
  await bob.says('mute app-1 2h')
  chat.shows('Nothing new of app-1 is posted here until')
  await agent.asks({ text: 'Which one?', options: ['This', 'That'] })
  chat.hides('app-1 asks: Which one?')
  expect(chat.cardOf().title).toContain('needs input')
  await clock.passes('121m')
  chat.shows('app-1 asks: Which one?')
})

test('unmuted, it says at once what was held back', async () => {
  const { bob, agent, chat } = await working()
  await bob.says('mute', { in: 'app-1' })
  chat.shows('Nothing new of app-1 is posted here until somebody says "unmute app-1".')
  await agent.asks({ text: 'Which one?', options: ['This', 'That'] })
  chat.hides('app-1 asks: Which one?')
  await bob.says('unmute app-1')
  chat.shows('app-1 asks: Which one?')
})

test('in a channel muting takes the role that steers; in private everybody may have it quiet', async () => {
  const { dan, agent, chat } = await working()
  await dan.says('mute app-1 2h')
  chat.shows('dan may not mute in app: the rule is "operator may mute".')
  await dan.says('follow app-1', { at: dan.inPrivate })
  await dan.says('mute app-1 2h', { at: dan.inPrivate })
  expect(chat.at(dan.inPrivate)).toContain('That is for you alone')
  await agent.asks({ text: 'Which one?', options: ['This', 'That'] })
  expect(chat.at(dan.inPrivate)).not.toContain('Which one?')
  chat.shows('app-1 asks: Which one?')
})

test('at the top of a channel all of it is muted, and says so to whoever unmutes only a part', async () => {
  const { bob, agent, chat } = await working()
  await bob.says('mute until tomorrow 9am')
  chat.shows('Nothing new is posted here until tomorrow 09:00.')
  await bob.says('unmute app-1')
  chat.shows('But the whole place is quiet until tomorrow 09:00 still')
  await agent.asks({ text: 'Which one?', options: ['This', 'That'] })
  chat.hides('app-1 asks: Which one?')
  await bob.says('unmute')
  chat.shows('app-1 asks: Which one?')
})

test('a time that nobody can tell mutes nothing', async () => {
  const { bob, chat, agent } = await working()
  await bob.says('mute app-1 until the end')
  await bob.says('mute app-1 until later')
  chat.shows('I do not know which time to come')
  await agent.asks({ text: 'Which one?', options: ['This', 'That'] })
  chat.shows('app-1 asks: Which one?')
})

test('a session goes on in another chat, in the channel of its project there', async () => {
  const all = await working()
  const { bob, agent, chat } = all
  const there = { platform: 'telegram', channel: 'team', thread: null }
  await (await bobOn(all, 'telegram')).says('use app', { at: there })
  await bob.says('continue on telegram', { in: 'app-1' })
  await agent.asks({ text: 'Which one?', options: ['This', 'That'] })
  expect(chat.at({ ...there, thread: 'app-1' })).toContain('app-1 asks: Which one?')
  await bob.says('here app-1')
  expect(chat.at({ platform: 'town', channel: 'dev', thread: 'app-1' })).toContain('app-1 asks: Which one?')
})

test('words in the thread it has left are told where to go, and reach nobody; a command is one there, too', async () => {
  const all = await working()
  const { bob, agent, chat } = all
  await (await bobOn(all, 'telegram')).says('use app', { at: { platform: 'telegram', channel: 'team', thread: null } })
  await bob.says('continue on telegram', { in: 'app-1' })
  await bob.says('please keep the tests', { in: 'app-1' })
  chat.shows('app-1 goes on in telegram.', 'Say it there: here it reaches nobody.')
  expect(agent.heard()).toEqual([])
  await bob.says('status', { in: 'app-1' })
  chat.shows('1 session')
})

test('without a channel there it goes to the private chat of whoever said it, and without that it is refused with the cure', async () => {
  const all = await working()
  const { bob, chat } = all
  await bob.says('move app-1 to slack')
  chat.shows('I know no place for app-1 on slack.', 'Say "use app" in a channel there, or join your account there')
  await bobOn(all, 'slack')
  await bob.says('move app-1 to slack')
  expect(chat.at({ platform: 'slack', channel: 'with-B1', thread: 'app-1' })).toContain('app-1')
})

test('what cannot be moved says why', async () => {
  const { bob, dan, chat } = await working()
  await bob.says('move app-1 to discord')
  chat.shows('There is no discord here.', 'There is town, slack, telegram.')
  await bob.says('here app-1')
  chat.shows('app-1 is there already.')
  await dan.says('here app-1', { at: elsewhere })
  chat.shows('dan may not here in app')
})

test('a private chat is never taken for the channel of a project', async () => {
  const all = await working()
  const { ana, chat } = all
  const there = await bobOn(all, 'telegram')
  await there.says('use app', { at: there.inPrivate })
  await ana.says('move app-1 to telegram')
  chat.shows('I know no place for app-1 on telegram.')
})

const twoProjects = { hasThreads: true, reactions: { 'ci-failed': { auto: false, action: 'notify' } } } as const

test('a muted project posts nothing new until then', async () => {
  const { bob, agent, chat, clock } = await working()
  await bob.says('mute app 2h')
  chat.shows('Nothing new of app is posted here until')
  await agent.asks({ text: 'Which one?', options: ['This', 'That'] })
  await clock.passes('119m')
  chat.hides('app-1 asks: Which one?')
  await clock.passes('2m')
  chat.shows('app-1 asks: Which one?')
})

test('a project that is unmuted says at once what was held back', async () => {
  const { bob, agent, chat } = await working()
  await bob.says('mute app')
  chat.shows('Nothing new of app is posted here until somebody says "unmute app".')
  await agent.asks({ text: 'Which one?', options: ['This', 'That'] })
  chat.hides('app-1 asks: Which one?')
  await bob.says('unmute app')
  chat.shows('app is not muted here any more.', 'app-1 asks: Which one?')
})

test('of a muted kind nothing comes, of the others all; when its time is over it is told', async () => {
  const { bob, agent, scm, chat, clock } = await working(twoProjects)
  await agent.finishes()
  await bob.says('mute red checks 2h')
  chat.shows('Nobody is called here about “checks are red” until')
  await scm.checks('failing', 'lint')
  chat.hides('app-1 · checks are red')
  await agent.asks({ text: 'Which one?', options: ['This', 'That'] })
  chat.shows('app-1 asks: Which one?')
  await clock.passes('121m')
  chat.shows('app-1 · checks are red')
})

test('a kind that is unmuted is told at once', async () => {
  const { bob, agent, scm, chat } = await working(twoProjects)
  await agent.finishes()
  await bob.says('mute checks')
  await scm.checks('failing', 'lint')
  chat.hides('app-1 · checks are red')
  await bob.says('unmute checks')
  chat.shows('app-1 · checks are red')
})

test('muting a kind takes the role that steers, too', async () => {
  const { dan, agent, scm, chat } = await working(twoProjects)
  await agent.finishes()
  await dan.says('mute checks 2h')
  chat.shows('dan may not mute in app')
  await scm.checks('failing', 'lint')
  chat.shows('app-1 · checks are red')
})
