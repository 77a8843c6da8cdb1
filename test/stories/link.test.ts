import { expect, test } from 'vitest'
import { town } from '../fakes/town.ts'

type Town = Awaited<ReturnType<typeof town>>

const codeOf = (text: string): string => [...text.matchAll(/link ([A-HJKMNP-Z2-9]{8})$/gm)].at(-1)?.[1] ?? 'no code'
const privateCode = async ({ bob, chat }: Town): Promise<string> => {
  await bob.says('link', { at: bob.inPrivate })
  return codeOf(chat.at(bob.inPrivate))
}

test('a code that somebody got in private makes their other account theirs, once', async () => {
  const all = await town()
  const { chat, account, sessions, bob } = all
  const [phone, other] = [account('U123', 'slack'), account('U666', 'slack')]
  await phone.says('fix #1')
  expect(sessions()).toEqual([])
  const code = await privateCode(all)
  await phone.says(`link ${code.toLowerCase()}`, { at: phone.inPrivate })
  expect(chat.at(phone.inPrivate)).toContain("This account is bob's from now on.")
  expect(chat.at(bob.inPrivate)).toContain('slack:U123 has joined the accounts of bob')
  await phone.says('fix #1')
  expect(sessions().map(({ requester }) => requester)).toEqual(['bob'])
  await other.says(`link ${code}`)
  chat.shows('That code is not good, or not any more.')
  await other.says('fix #2')
  expect(sessions()).toHaveLength(1)
})

test('whoever is unknown hears by which account, and both cures, and gets no further', async () => {
  const { account, chat, sessions } = await town()
  const stranger = account('U123', 'slack')
  await stranger.says('whoami')
  chat.shows(
    'You are slack:U123, and nobody is known by that account.',
    'Ask an admin to write accounts: {slack: "U123"} under your name in bot.config.yaml.',
    'Or, where you are known or in the console, say "link", and then here what you are told there.',
  )
  for (const words of ['status', 'help', 'link', 'please link ABCD2345 and fix #1', 'unlink slack:U123']) await stranger.says(words)
  expect(chat.count('nobody unknown is obeyed')).toBe(5)
  chat.hides('Nothing is at work', 'What I understand')
  expect(sessions()).toEqual([])
})

test('where everybody could read it no code is given, unless it can be whispered', async () => {
  const loud = await town()
  await loud.bob.says('link')
  loud.chat.shows('Everybody could read the code here.', 'Say "link" to me in private, or in the console.')
  expect(codeOf(loud.chat.text())).toBe('no code')
  const quiet = await town({ canWhisper: true })
  await quiet.bob.says('link')
  expect(codeOf(quiet.chat.text())).toBe('no code')
  const phone = quiet.account('7', 'telegram')
  await phone.says(`link ${codeOf(quiet.chat.whisperedTo('bob'))}`)
  quiet.chat.shows("This account is bob's from now on.")
})

test('a code is good for ten minutes, after a restart as well', async () => {
  const all = await town()
  const { chat, account, clock, bot } = all
  const phone = account('7', 'telegram')
  const late = await privateCode(all)
  await clock.passes('601s')
  await phone.says(`link ${late}`)
  chat.shows('That code is not good, or not any more.')
  const code = await privateCode(all)
  bot.crashes()
  await bot.starts()
  await phone.says(`link ${code}`)
  chat.shows("This account is bob's from now on.")
})

test('who guesses is not listened to after five, even when the sixth is right', async () => {
  const all = await town()
  const { chat, account, clock } = all
  const thief = account('7', 'telegram')
  const code = await privateCode(all)
  for (const digit of '23456') await thief.says(`link ABCDEFG${digit}`)
  await thief.says(`link ${code}`)
  chat.shows('That was wrong too often')
  chat.hides("This account is bob's")
  await clock.passes('11m')
  await thief.says(`link ${await privateCode(all)}`)
  chat.shows("This account is bob's from now on.")
})

test('accounts part again: by their person or by an admin, and by nobody else', async () => {
  const all = await town()
  const { bob, cyn, ana, chat, account, sessions } = all
  const phone = account('7', 'telegram')
  await phone.says(`link ${await privateCode(all)}`)
  await cyn.says('unlink telegram:7')
  chat.shows('cyn may not unlink the account of somebody else in any project')
  await cyn.says('unlink telegram')
  chat.shows('No account that was joined by a code is telegram.')
  await bob.says('unlink telegram')
  chat.shows("telegram:7 is no longer bob's.")
  await phone.says('fix #1')
  expect(sessions()).toEqual([])
  await phone.says(`link ${await privateCode(all)}`)
  await ana.says('unlink telegram:7')
  expect(chat.count("telegram:7 is no longer bob's.")).toBe(2)
  await bob.says('unlink town')
  chat.shows('What an admin has written under people in bot.config.yaml is changed there.')
})

test('pitfall 9: two accounts of one person are one voice', async () => {
  const all = await town({ app: { approvals: 2 } })
  const { ana, cyn, bob, agent, eyes, scm, chat, account } = all
  await bob.says('fix #1')
  await agent.finishes()
  await eyes.look()
  await scm.checks('passing')
  await scm.checks('passing')
  await cyn.says('link', { at: cyn.inPrivate })
  const phone = account('7', 'telegram')
  await phone.says(`link ${codeOf(chat.at(cyn.inPrivate))}`)
  await cyn.says('approve app-1')
  await phone.says('approve app-1')
  await cyn.says('merge app-1')
  expect(scm.main()).toEqual([])
  await ana.says('merge app-1')
  expect(scm.main()).toHaveLength(1)
})

test('what an account could be is no order in between: words with a code in them are words', async () => {
  const { bob, agent } = await town()
  await bob.says('fix #1')
  await bob.says('the link ABCD2345 is dead', { in: 'app-1' })
  expect(agent.heard()).toEqual(['bob: the link ABCD2345 is dead'])
})
