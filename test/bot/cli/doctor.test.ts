import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { doctor } from '../../../bot/cli/doctor.ts'
import { type ChatKinds, examineChats } from '../../../bot/cli/examine.ts'
import { healthFindings } from '../../../bot/cli/health.ts'
import { loadSettings } from '../../../bot/cli/settings.ts'
import type { Finding } from '../../../bot/contracts/chat.ts'
import { lockFolder } from '../../../core/store/lock.ts'
import { makeRepo } from '../../fakes/repo.ts'
import { fakeTokens, kindOf } from './kinds.ts'

const now = Date.parse('2030-01-01T12:00:00Z')
const look = { now: () => now, isRoundTrip: false, isBotRunning: false, limitMs: 40 }
const never = new Promise<never>(() => {})
const fine: Finding = { level: 'PASS', what: 'the token is one of "ao"' }

const folderOf = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'ao-doctor-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

describe('every chat of the config is looked at', () => {
  const kinds: ChatKinds = {
    slack: kindOf('slack', async () => [fine]).kind,
    telegram: kindOf('telegram', async () => [{ level: 'FAIL', what: 'the token is refused', cure: 'Ask BotFather for another.' }]).kind,
    discord: kindOf('discord', () => never).kind,
    broken: kindOf('broken', () => Promise.reject(new Error('a slip of ours'))).kind,
    thrown: kindOf('thrown', () => {
      throw new Error('at once')
    }).kind,
  }

  test.each<[keyof typeof kinds, Finding]>([
    ['slack', { level: 'PASS', what: 'slack: the token is one of "ao"' }],
    ['telegram', { level: 'FAIL', what: 'telegram: the token is refused', cure: 'Ask BotFather for another.' }],
    ['discord', { level: 'FAIL', what: 'discord: it did not answer within 0 s.', cure: expect.stringContaining('firewall') }],
    [
      'broken',
      { level: 'FAIL', what: 'broken: it could not be looked at: a slip of ours', cure: expect.stringContaining('docs/broken.md') },
    ],
    ['thrown', { level: 'FAIL', what: 'thrown: it could not be looked at: at once', cure: expect.any(String) }],
  ])('%s', async (name, finding) => {
    expect(await examineChats({ [name]: {} }, kinds, look)).toEqual([finding])
  })

  test('side by side: one that hangs takes nothing from the others, and the order is that of the config', async () => {
    const chats = { discord: {}, slack: {}, console: {}, broken: {}, telegram: {} }
    const found = await examineChats(chats, kinds, look)
    expect(found.map(({ what }) => what.split(':')[0])).toEqual(['discord', 'slack', 'broken', 'telegram'])
  })

  test('with the options of the config, and with a round trip only where it is asked for', async () => {
    const { kind, asked } = kindOf('slack')
    await examineChats({ slack: { home: 'C1' } }, { slack: kind }, look)
    await examineChats({ slack: { home: 'C1' } }, { slack: kind }, { ...look, isRoundTrip: true })
    expect(asked).toEqual([
      { options: { home: 'C1' }, isRoundTrip: false, isBotRunning: false },
      { options: { home: 'C1' }, isRoundTrip: true, isBotRunning: false },
    ])
  })

  test('a round trip that has nowhere to go is told', async () => {
    const found = await examineChats({ slack: { home: null } }, { slack: kindOf('slack').kind }, { ...look, isRoundTrip: true })
    expect(found).toMatchObject([{ level: 'WARN', cure: expect.stringContaining('chats.slack.home') }])
  })

  test('a name that is said already is not said twice', async () => {
    const { kind } = kindOf('slack', async () => [{ level: 'PASS', what: 'Slack: all is well' }])
    expect(await examineChats({ slack: {} }, { slack: kind }, look)).toEqual([{ level: 'PASS', what: 'Slack: all is well' }])
  })
})

describe('how the running bot is connected', () => {
  const ago = (ms: number): number => now - ms
  const healthOf = async (health: unknown, chats: Readonly<Record<string, unknown>> = { telegram: {} }): Promise<readonly Finding[]> => {
    const path = join(await folderOf(), 'health.json')
    if (health !== undefined) await writeFile(path, typeof health === 'string' ? health : JSON.stringify(health))
    return healthFindings(path, { chats, now, log: '/data/ao.log' })
  }

  test.each<[string, Record<string, unknown>, Finding['level'], string]>([
    ['up', { state: 'up', since: ago(3_600_000), heardAt: ago(4000), detail: null }, 'PASS', 'connected for 1 h, last heard 4 s ago'],
    ['up, heard at the limit', { state: 'up', since: ago(3_600_000), heardAt: ago(300_000), detail: null }, 'PASS', 'last heard 5 min ago'],
    [
      'up and silent',
      { state: 'up', since: ago(3_600_000), heardAt: ago(301_000), detail: null },
      'WARN',
      'nothing came over that connection for 5 min',
    ],
    [
      'up and never heard',
      { state: 'up', since: ago(600_000), heardAt: null, detail: null },
      'WARN',
      'nothing came over that connection for 10 min',
    ],
    ['down', { state: 'down', since: ago(90_000), heardAt: null, detail: 'no route' }, 'WARN', 'not connected for 2 min: no route'],
    [
      'stopped',
      { state: 'stopped', since: ago(60_000), heardAt: null, detail: 'token revoked' },
      'WARN',
      'does not listen any more for 1 min: token revoked',
    ],
    ['starting', { state: 'starting', since: ago(10_000), heardAt: null, detail: null }, 'PASS', 'is connecting'],
    ['starting for long', { state: 'starting', since: ago(120_000), heardAt: null, detail: null }, 'WARN', 'has been connecting for 2 min'],
    ['with what a later version adds', { state: 'up', since: ago(1000), heardAt: ago(1000), shard: 3 }, 'PASS', 'connected for 1 s'],
  ])('%s', async (_, health, level, says) => {
    const [finding] = await healthOf({ telegram: health })
    expect(finding).toMatchObject({ level, what: expect.stringContaining(says) })
    expect(finding?.what).toMatch(/^telegram: /)
    expect(level === 'PASS' || finding?.cure?.includes('/data/ao.log')).toBe(true)
  })

  test.each<[string, unknown, number, Finding['level']]>([
    ['Slack is silent while nobody speaks', {}, 11 * 3_600_000, 'PASS'],
    ['but makes each connection anew within hours', {}, 13 * 3_600_000, 'WARN'],
    ['and where it sends requests silence says nothing', { mode: 'http' }, 999 * 3_600_000, 'PASS'],
  ])('%s', async (_, options, silentForMs, level) => {
    const health = { slack: { state: 'up', since: ago(silentForMs), heardAt: ago(silentForMs), detail: null } }
    expect(await healthOf(health, { slack: options })).toMatchObject([{ level }])
  })

  test.each([
    ['it is not there', undefined, 'the bot that runs has no such chat'],
    ['it is about other chats', { discord: { state: 'up', since: now, heardAt: now, detail: null } }, 'the bot that runs has no such chat'],
    ['it is no JSON', '{', 'it is not what a bot writes there'],
    ['it is something else', { slack: 'up' }, 'it is not what a bot writes there'],
    ['it is a list', [], 'it is not what a bot writes there'],
  ])('a document that says nothing is told: %s', async (_, health, says) => {
    expect(await healthOf(health)).toMatchObject([{ level: 'WARN', what: expect.stringContaining(says), cure: expect.any(String) }])
  })

  test('without chats there is nothing to tell', async () => {
    expect(await healthOf(undefined, {})).toEqual([])
  })
})

describe('ao doctor', () => {
  const worldOf = async (options: { readonly chats?: Record<string, unknown>; readonly kinds?: ChatKinds } = {}) => {
    const repo = await makeRepo()
    onTestFinished(() => repo.remove())
    const data = await folderOf()
    const file = join(data, 'bot.config.yaml')
    await writeFile(file, JSON.stringify({ data, projects: { app: { path: repo.path, agent: { use: 'command', run: 'true {prompt}' } } } }))
    const printed: string[] = []
    const run = (roundTrip = false): Promise<number> =>
      doctor(
        { config: file, roundTrip },
        {
          kinds: options.kinds ?? {},
          load: async (path) => {
            const settings = await loadSettings(path)
            return { ...settings, secrets: Object.values(fakeTokens), config: { ...settings.config, chats: options.chats ?? {} } }
          },
          print: (line) => void printed.push(line),
          now: () => now,
          limitMs: 40,
        },
      )
    return { run, printed, data, file }
  }

  test('a chat that fails is one of the things that must be mended, and no secret is printed', async () => {
    const { kind } = kindOf('slack', async () => [
      { level: 'FAIL', what: `refused ${fakeTokens.SLACK_BOT_TOKEN} \u001b[2J`, cure: `Not ${fakeTokens.TELEGRAM_TOKEN}.` },
    ])
    const { run, printed } = await worldOf({ chats: { slack: {} }, kinds: { slack: kind } })
    expect(await run()).toBe(1)
    const text = printed.join('\n')
    expect(text).toContain('FAIL  slack: refused [secret] \n      Not [secret].')
    expect(text).toContain('One thing must be mended first.')
    for (const token of Object.values(fakeTokens)) expect(text).not.toContain(token)
  })

  test('a round trip is made where it is asked for', async () => {
    const { kind, asked } = kindOf('slack', async () => [fine])
    const { run } = await worldOf({ chats: { slack: {} }, kinds: { slack: kind } })
    expect([await run(), await run(true)]).toEqual([0, 0])
    expect(asked.map(({ isRoundTrip }) => isRoundTrip)).toEqual([false, true])
  })

  test('what a bot wrote about its connections is told only while it runs, and is no reason to fail', async () => {
    const { kind, asked } = kindOf('slack', async () => [fine])
    const { run, printed, data } = await worldOf({ chats: { slack: {}, console: {} }, kinds: { slack: kind } })
    await mkdir(join(data, 'documents'))
    const health = { slack: { state: 'down', since: now - 60_000, heardAt: null, detail: 'no route' } }
    await writeFile(join(data, 'documents', 'health.json'), JSON.stringify(health))
    expect(await run()).toBe(0)
    expect(printed.join('\n')).not.toContain('no route')
    const lock = await lockFolder(data, { purpose: 'ao start' })
    onTestFinished(() => lock.release())
    expect(await run()).toBe(0)
    expect(printed.join('\n')).toContain('WARN  slack: the bot is not connected for 1 min: no route')
    expect(printed.join('\n')).not.toContain('console:')
    expect(asked.map(({ isBotRunning }) => isBotRunning)).toEqual([false, true])
  })

  test('where a token is missing it names the page that says where tokens come from', async () => {
    const { run, printed, file } = await worldOf({ kinds: { slack: kindOf('slack').kind } })
    await writeFile(file, `projects: {}\nchats: {slack: {botToken: "\${NO_SUCH_TOKEN}"}}\n`)
    expect(await run()).toBe(1)
    const text = printed.join('\n')
    expect(text).toContain('NO_SUCH_TOKEN is not set')
    expect(text).toMatch(/From nothing to the tokens: \/.*docs\/slack\.md/)
  })
})
