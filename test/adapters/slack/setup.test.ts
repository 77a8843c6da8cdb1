import { afterEach, describe, expect, test } from 'vitest'
import { slack as kind } from '../../../adapters/slack/index.ts'
import { botScopes } from '../../../adapters/slack/manifest.ts'
import { makeSlack } from './world.ts'

const tokens = { botToken: 'xoxb-fake', appToken: 'xapp-fake' }
const problems = (given: unknown): readonly string[] => {
  const read = kind.options.safeParse(given)
  return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('the options', () => {
  test('two tokens are enough; everything else has a default', () => {
    expect(kind.options.parse(tokens)).toEqual({
      ...tokens,
      mode: 'socket',
      signingSecret: null,
      host: '127.0.0.1',
      port: 3_000,
      apiUrl: 'https://slack.com/api/',
      heartbeatMs: 5_000,
      home: null,
      channels: {},
    })
  })

  test.each([
    [{ ...tokens, botToken: 'xapp-fake' }, 'botToken: The bot token begins with "xoxb-"'],
    [{ ...tokens, appToken: 'xoxb-fake' }, 'appToken: The app-level token begins with "xapp-"'],
    [{ botToken: 'xoxb-fake' }, 'appToken: The mode "socket" needs'],
    [{ ...tokens, mode: 'http' }, 'signingSecret: The mode "http" needs the signing secret'],
    [{ ...tokens, home: '#general' }, 'home: Write the id of the channel'],
    [{ ...tokens, channels: { general: 'app' } }, 'channels.general: '],
    [{ ...tokens, hom: 'C0HOME' }, ': Unrecognized key: "hom"'],
    [{ ...tokens, apiUrl: 'ftp://slack.com' }, 'apiUrl: '],
    [{ ...tokens, port: 0 }, 'port: '],
  ])('%j is refused: %s', (given, problem) => {
    expect(problems(given)).toEqual([expect.stringContaining(problem)])
  })

  test('a refused option never shows a token', () => {
    expect(problems({ botToken: 'xoxp-secret-token', appToken: 'secret-app' }).join()).not.toContain('secret-')
  })
})

describe('examine', () => {
  const endings: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const end of endings.splice(0)) await end()
  })
  const scopes = botScopes.map(({ name }) => name)
  const examined = async (given: Parameters<typeof makeSlack>[0] = {}, isRoundTrip = false) => {
    const world = await makeSlack({ ...given, fake: { scopes, ...given.fake } })
    endings.push(world.close)
    const look = () => kind.examine(world.options, { now: Date.now, isRoundTrip, isBotRunning: false })
    return { ...world, look }
  }

  test('all is well, and nobody has seen anything', async () => {
    const { look, slack } = await examined({ options: { home: 'C0HOME' } })
    expect((await look()).map(({ level, what }) => `${level} ${what}`)).toEqual([
      'PASS slack: the bot is @ao in Example',
      'PASS slack: all scopes are there',
      'PASS slack: the clock is right',
      'PASS slack: Socket Mode is on',
      'PASS slack: the channel #c0home is there',
    ])
    expect(slack.calls.map(({ method }) => method)).not.toContain('chat.postMessage')
  })

  test('a round trip posts and deletes', async () => {
    const { look, slack } = await examined({ options: { home: 'C0HOME' } }, true)
    expect(await look()).toContainEqual({ level: 'PASS', what: 'slack: a message was posted and deleted again' })
    expect(slack.sees({ channel: 'C0HOME', thread: null })).toEqual([])
  })

  test.each([
    ['a wrong bot token', { options: { botToken: 'xoxb-wrong' } }, 'FAIL slack: the bot token: invalid_auth'],
    ['a wrong app-level token', { options: { appToken: 'xapp-wrong' } }, 'FAIL slack: the app-level token: invalid_auth'],
    [
      'a missing scope',
      { fake: { scopes: scopes.filter((name) => name !== 'files:write') } },
      'FAIL slack: the scope files:write is missing',
    ],
    ['a clock that is off', { fake: { clockOffMs: 90_000 } }, 'WARN slack: the clock of this machine is'],
    ['an unknown home', { options: { home: 'C0NOWHERE' } }, 'FAIL slack: the channel C0NOWHERE: channel_not_found'],
    [
      'an unknown channel of a project',
      { options: { channels: { C0NOWHERE: 'app' } } },
      'FAIL slack: the channel C0NOWHERE: channel_not_found',
    ],
    ['a port open to all', { options: { mode: 'http', signingSecret: 'fake', host: '0.0.0.0' } }, 'WARN slack: "host" is 0.0.0.0'],
  ])('%s is found, with a cure', async (_, given, what) => {
    const { look } = await examined(given)
    const found = (await look()).filter(({ level }) => level !== 'PASS')
    expect(found.map((one) => `${one.level} ${one.what}`)).toEqual([expect.stringContaining(what)])
    expect(found[0]?.cure).toMatch(/\w{3}/)
  })

  test.each([
    ['archived', 'is archived'],
    ['kicked', 'is not in the channel'],
  ])('a home from which the bot was %s is found', async (how, what) => {
    const { look, slack } = await examined({ options: { home: 'C0HOME' } })
    if (how === 'archived') slack.archive('C0HOME')
    else slack.kick('C0HOME')
    expect((await look()).filter(({ level }) => level === 'FAIL').map((one) => one.what)).toEqual([expect.stringContaining(what)])
  })

  test('where there is no network it says so, and does not reject', async () => {
    const { look, close } = await examined()
    await close()
    endings.length = 0
    expect(await look()).toEqual([
      { level: 'FAIL', what: expect.stringContaining('ECONNREFUSED'), cure: 'Look at the network and at "apiUrl".' },
    ])
  })
})
