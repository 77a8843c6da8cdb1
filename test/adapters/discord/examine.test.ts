import { describe, expect, test } from 'vitest'
import { discord } from '../../../adapters/discord/index.ts'
import { discordOptions } from '../../../adapters/discord/options.ts'
import type { Finding } from '../../../bot/contracts/chat.ts'
import { aDiscord, type Made } from './world.ts'

const examine = async (world: Made, isRoundTrip = false, more: Readonly<Record<string, unknown>> = {}): Promise<readonly Finding[]> => {
  const options = discordOptions.parse({ ...world.options, home: world.place.channel, guild: world.fake.world.guild, ...more })
  return discord.examine(options, { now: Date.now, isRoundTrip, isBotRunning: false })
}
const bad = (findings: readonly Finding[]) => findings.filter(({ level }) => level !== 'PASS')

describe('ao doctor looks at Discord', () => {
  test('and finds nothing wrong where nothing is, without a trace', async () => {
    const world = await aDiscord()
    const findings = await examine(world)
    expect(bad(findings)).toEqual([])
    expect(findings).toHaveLength(6)
    expect(world.fake.calls.filter((call) => !call.startsWith('GET'))).toEqual([])
  })

  test('a round trip leaves nothing behind', async () => {
    const world = await aDiscord()
    expect(bad(await examine(world, true))).toEqual([])
    expect(world.fake.calls.filter((call) => !call.startsWith('GET')).map((call) => call.split(' ')[0])).toEqual(['POST', 'DELETE'])
    expect(world.fake.people.sees(world.place)).toEqual([])
  })

  test.each<[string, (world: Made) => unknown, Partial<Finding>]>([
    [
      'a wrong token',
      ({ fake }) => Object.assign(fake.state, { token: 'other' }),
      { level: 'FAIL', cure: expect.stringContaining('chats.discord.token') },
    ],
    [
      'the intent that is off',
      ({ fake }) => Object.assign(fake.state, { mayReadContent: false }),
      { level: 'FAIL', cure: expect.stringContaining('Message Content Intent') },
    ],
    [
      'two permissions that are missing',
      ({ fake }) => Object.assign(fake.state, { permissions: fake.state.permissions & ~((1n << 35n) | (1n << 14n) | (1n << 3n)) }),
      { level: 'FAIL', what: 'In #general the bot lacks: Create Public Threads, Embed Links.' },
    ],
    [
      'a clock that is off by 31 s',
      ({ fake }) => Object.assign(fake.state, { clockOffMs: 31_500 }),
      { level: 'WARN', what: expect.stringMatching(/3[12] s behind/) },
    ],
    [
      'a home that is gone',
      ({ fake, place }) => fake.people.removes(place),
      { level: 'FAIL', cure: expect.stringContaining('chats.discord.home') },
    ],
    ['nobody at that address', ({ fake }) => fake.close(), { level: 'FAIL', cure: expect.stringContaining('chats.discord.apiUrl') }],
  ])('%s is told, with the cure', async (_what, spoil, expected) => {
    const world = await aDiscord()
    await spoil(world)
    const findings = bad(await examine(world))
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({ cure: expect.any(String), ...expected })
  })

  test('an administrator needs no other permission', async () => {
    const world = await aDiscord()
    world.fake.state.permissions = 1n << 3n
    expect(bad(await examine(world))).toEqual([])
  })

  test('a server that the bot is not in is told', async () => {
    expect(bad(await examine(await aDiscord(), false, { guild: '123456789012345678' }))).toMatchObject([
      { level: 'FAIL', cure: expect.stringContaining('Invite') },
    ])
  })
})

describe('the options', () => {
  test.each([
    [{}, 'token'],
    [{ token: 'x', guild: 12345 }, 'guild'],
    [{ token: 'x', home: 'general' }, 'home'],
    [{ token: 'x', channels: { general: 'app' } }, 'channels'],
    [{ token: 'x', apiUrl: 'ftp://discord.com' }, 'apiUrl'],
    [{ token: 'x', intents: 3 }, 'intents'],
  ])('%j is refused because of %s', (options, what) => {
    const { error } = discordOptions.safeParse(options)
    expect(JSON.stringify(error?.issues)).toContain(what)
  })
})
