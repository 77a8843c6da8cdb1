import { afterEach, describe, expect, test } from 'vitest'
import { examine } from '../../../adapters/telegram/client/examine.ts'
import { telegram } from '../../../adapters/telegram/index.ts'
import { optionsShape } from '../../../adapters/telegram/options.ts'
import { eventually } from '../../contracts/adapter.ts'
import { startFakeTelegram } from '../../fakes/telegram/index.ts'
import { optionsFor } from './world.ts'

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

const makeFake = async (...given: Parameters<typeof startFakeTelegram>) => {
  const fake = await startFakeTelegram(...given)
  endings.push(fake.close)
  return fake
}
const look = (options: Parameters<typeof examine>[0], isRoundTrip = false, isBotRunning = false) =>
  examine(options, { now: Date.now, isRoundTrip, isBotRunning }, 1)
const worst = async (...given: Parameters<typeof look>) => (await look(...given)).filter(({ level }) => level !== 'PASS')

describe('the doctor on Telegram', () => {
  test('finds nothing wrong where nothing is, and confirms no update by looking', async () => {
    const fake = await makeFake()
    const bob = fake.user('Bob')
    void fake.people.says(bob, { channel: String(bob.id), thread: null }, 'waiting')
    const findings = await look(optionsFor(fake))
    expect(findings.filter(({ level }) => level !== 'PASS')).toEqual([])
    expect(findings.map(({ what }) => what).join('\n')).toContain('1 update waits')
    expect(fake.pending).toBe(1)
    expect(fake.complaints).toEqual([])
  })

  test('says that privacy mode is on, and what helps', async () => {
    const [finding] = await worst(optionsFor(await makeFake({ isPrivate: true })))
    expect(finding).toMatchObject({
      level: 'WARN',
      what: expect.stringContaining('privacy mode is on'),
      cure: expect.stringContaining('/setprivacy'),
    })
  })

  test('says that a token is wrong without saying the token', async () => {
    const fake = await makeFake()
    const [finding] = await worst({ ...optionsFor(fake), token: '123456:wrong-token-for-tests' })
    expect(finding).toMatchObject({
      level: 'FAIL',
      what: expect.stringContaining('token is not valid'),
      cure: expect.stringContaining('@BotFather'),
    })
    expect(JSON.stringify(finding)).not.toContain('wrong-token')
  })

  test('says that Telegram cannot be reached', async () => {
    const fake = await startFakeTelegram()
    await fake.close()
    expect(await look(optionsFor(fake))).toMatchObject([
      { level: 'FAIL', what: expect.stringContaining('ECONNREFUSED'), cure: expect.any(String) },
    ])
  })

  test('says that a webhook is set where it should poll', async () => {
    const fake = await makeFake()
    fake.setWebhook('https://elsewhere.example/hook')
    expect(await worst(optionsFor(fake))).toMatchObject([
      { level: 'WARN', what: expect.stringContaining('elsewhere.example'), cure: expect.any(String) },
    ])
  })

  test('pitfall 20: finds another process that polls with the token', async () => {
    const fake = await makeFake()
    const ask = async (): Promise<void> => {
      await fetch(`${fake.url}/bot${fake.token}/getUpdates`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ timeout: 20 }),
      }).catch(() => null) // it is cut when the stand-in closes
    }
    let isOver = false
    const other = (async () => {
      while (!isOver) await ask()
    })()
    await eventually(() => fake.isPolled, Boolean)
    expect(await worst(optionsFor(fake))).toMatchObject([
      { level: 'WARN', what: expect.stringContaining('another process polls'), cure: expect.any(String) },
    ])
    expect(await worst(optionsFor(fake), false, true), 'where that is our own').toEqual([])
    isOver = true
    fake.drops()
    await other
  })

  test.each([
    [29_000, 0],
    [-29_000, 0],
    [32_000, 1],
    [-32_000, 1],
  ])('a clock that is off by %i ms is %i warnings', async (offMs, warnings) => {
    const fake = await makeFake({ now: () => Date.now() + offMs })
    expect(await worst(optionsFor(fake))).toHaveLength(warnings)
  })

  test('a message goes home and away again, but only if that is asked for', async () => {
    const fake = await makeFake()
    const home = fake.group({ isForum: true })
    expect(await worst(optionsFor(fake, { home }))).toEqual([])
    expect(fake.calls.some(({ method }) => method === 'sendMessage')).toBe(false)
    expect(await worst(optionsFor(fake, { home }), true)).toEqual([])
    expect(fake.calls.some(({ method }) => method === 'sendMessage')).toBe(true)
    expect(fake.people.sees({ channel: home, thread: null })).toEqual([])
  })

  test('says in which groups it does not hear of signs on its messages', async () => {
    const fake = await makeFake()
    const [deaf, other, heard] = [fake.group({ bot: 'member' }), fake.group({ bot: 'member' }), fake.group()]
    const findings = await worst(optionsFor(fake, { home: deaf, channels: { [deaf]: 'app', [other]: 'app', [heard]: 'app' } }))
    expect(findings.map(({ what }) => /no admin in the group (-\d+)/.exec(what)?.[1])).toEqual([deaf, other])
    for (const finding of findings) expect(finding).toMatchObject({ level: 'WARN', cure: expect.stringContaining('admin') })
    expect(fake.complaints).toEqual([])
  })

  test('says that the group of a project is not there', async () => {
    const findings = await worst(optionsFor(await makeFake(), { channels: { '-100404': 'app' } }))
    expect(findings).toMatchObject([{ level: 'FAIL', what: expect.stringContaining('the group -100404') }])
  })

  test('says that home is not there', async () => {
    const fake = await makeFake()
    expect(await worst(optionsFor(fake, { home: '-100404' }))).toMatchObject([
      { level: 'FAIL', what: expect.stringContaining('chat not found') },
    ])
  })

  test('every trouble has a cure', async () => {
    const fake = await makeFake({ isPrivate: true, now: () => Date.now() + 90_000 })
    fake.setWebhook('https://elsewhere.example/hook')
    const hooked = optionsFor(fake, { home: '-100404', mode: 'webhook', url: 'http://mine.example', secret: 'a-visibly-fake-secret' })
    const findings = [...(await worst(hooked)), ...(await worst(optionsFor(fake, { home: '-100404' })))]
    expect(findings.length).toBeGreaterThan(6)
    for (const { cure } of findings) expect(cure).toMatch(/\w{3,}.*\.$/s)
  })
})

describe('the options', () => {
  const token = '123456:visibly-fake-token'

  test('need a token and nothing else', () => {
    expect(optionsShape.parse({ token })).toEqual({
      token,
      mode: 'polling',
      pollSeconds: 25,
      port: 8_443,
      host: '127.0.0.1',
      apiRoot: 'https://api.telegram.org',
      home: null,
      channels: {},
    })
  })

  test('an address loses the slash that the library would refuse', () => {
    expect(optionsShape.parse({ token, apiRoot: 'http://127.0.0.1:81/' }).apiRoot).toBe('http://127.0.0.1:81')
  })

  test.each([
    ['no token', {}],
    ['a token that is none', { token: 'abc' }],
    ['a key that is not known', { token, tokn: 'x' }],
    ['pitfall 55: a webhook without a secret', { token, mode: 'webhook', url: 'https://a.example' }],
    ['a webhook without an address', { token, mode: 'webhook', secret: 'a-visibly-fake-secret' }],
    ['a short secret', { token, mode: 'webhook', url: 'https://a.example', secret: 'short' }],
    ['a home that is a name', { token, home: '@team' }],
    ['a channel that is a name', { token, channels: { team: 'app' } }],
    ['a number as home', { token, home: -100 }],
  ])('refuse %s', (_, options) => {
    expect(optionsShape.safeParse(options).success).toBe(false)
  })

  test('the kind is light: it names itself and its options without the library', () => {
    expect(telegram).toMatchObject({ name: 'telegram', summary: expect.any(String), options: optionsShape })
  })
})
