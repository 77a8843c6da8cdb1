import { expect, test } from 'vitest'
import { house } from '../../fakes/house.ts'

const limitMs = 90_000

test.concurrent.each(['tmux', 'process'] as const)(
  'ao demo --auto plays the story from the wish to the merge, with agents in %s',
  async (runtime) => {
    const home = house()
    const demo = home.demo('--runtime', runtime)
    expect(await demo.ended, demo.printed()).toBe(0)
    expect(demo.printed()).toMatch(/ci failed[\s\S]*ci running[\s\S]*waits for your decision[\s\S]*merged: #1 is on main/)
    expect(demo.printed()).toContain("add(2, 3) is 5 on the remote's main branch")
    expect(await home.main()).toEqual(['add() subtracts (#1)', 'calc, with two bugs'])
  },
  limitMs,
)

test.concurrent(
  'SIGTERM ends the bot and nothing else: the agent works on, and the next start takes it up',
  async () => {
    const home = house()
    await home.makesDemo()
    const bot = await home.starts()
    expect(await home.say('fix #1')).toMatchObject({ code: 0 })
    await home.sees({ file: 'transcript', shows: '"kind":"prompt"' })
    await home.sees({ file: 'journal', shows: '"type":"agent.named"' })
    bot.kill('SIGTERM')
    expect(await bot.ended).toBe(0)
    expect(bot.printed()).toContain('Stopped. One agent goes on; the next start takes it up.')

    await home.sees({ file: 'mailbox', shows: '"report":"done"' })
    expect(home.facts().map(({ type }) => type)).not.toContain('agent.reported')

    const demo = home.demo()
    expect(await demo.ended, demo.printed()).toBe(0)
    expect(home.agentStarts()).toBe(1)
    expect(home.received()).toEqual(home.facts().flatMap((fact) => (fact.type === 'message.queued' ? [fact.id] : [])))
  },
  limitMs,
)

test.concurrent(
  'a running bot is spoken to from other terminals, and a second one on its data folder is told who has it',
  async () => {
    const home = house()
    const places = await home.makesDemo('process')
    const bot = await home.starts()

    const second = home.run('start', '--no-chat', '--config', places.config)
    expect(await second.ended).toBe(1)
    expect(second.printed()).toContain(`The data folder is in use by process ${bot.pid} (ao start)`)
    expect(second.printed()).toContain(`Stop it with "kill ${bot.pid}"`)

    const help = await home.say('help')
    expect(help).toMatchObject({ code: 0, printed: expect.stringContaining('fix #1') })
    const nonsense = await home.say('statsu')
    expect(nonsense.printed).toContain('I read that as "status".')
    const unknown = await home.say('fix #99')
    expect(unknown).toMatchObject({ code: 1, printed: expect.stringContaining('There is no issue "#99"') })
    const fix = await home.say('fix #1')
    expect(fix).toMatchObject({ code: 0, printed: expect.stringContaining('calc-1') })
    const again = await home.say('fix #1')
    expect(again).toMatchObject({ code: 1, printed: expect.stringContaining('#1 is being worked on in calc-1 already.') })
    const chat = await home.chats('status', 'gibberish beyond all repair', 'stop calc-1')
    expect(chat.printed).toContain('1 session')
    expect(chat.printed).toContain('I did not get that, and did nothing.')
    expect(chat.printed).toContain('calc-1 · stopped by')

    bot.kill('SIGTERM')
    expect(await bot.ended).toBe(0)
    const late = await home.say('status')
    expect(late.code).toBe(1)
    expect(late.printed).toContain('ao start')
  },
  limitMs,
)
