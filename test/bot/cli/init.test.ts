import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { type InitOptions, init } from '../../../bot/cli/init.ts'
import type { Finding } from '../../../bot/contracts/chat.ts'
import { makeRepo } from '../../fakes/repo.ts'
import { fakeTokens, kindOf } from './kinds.ts'

const fine: Finding = { level: 'PASS', what: 'the token is one of "ao"' }

/** A repository, and somebody at a terminal who answers one question after the other; without answers nobody is there. */
const worldOf = async (answers: readonly string[] | null = null, environment: Readonly<Record<string, string>> = {}) => {
  const repo = await makeRepo()
  onTestFinished(() => repo.remove())
  const [slack, telegram, discord] = ['slack', 'telegram', 'discord'].map((name) => kindOf(name, async () => [fine])) as [Kind, Kind, Kind]
  const kinds = { slack: slack.kind, telegram: telegram.kind, discord: discord.kind }
  const printed: string[] = []
  const input = new PassThrough()
  const output = new PassThrough()
  const left = [...(answers ?? [])]
  let screen = ''
  output.on('data', (bytes) => {
    screen += String(bytes)
    const answer = /: $/.test(String(bytes)) ? left.shift() : undefined
    if (answer !== undefined) setImmediate(() => input.write(answer))
  })
  return {
    repo,
    kinds: { slack, telegram, discord },
    printed: () => printed.join('\n'),
    screen: () => screen,
    file: (name: string) => readFile(join(repo.path, name), 'utf8'),
    run: (options: InitOptions = {}) =>
      init(options, {
        folder: repo.path,
        environment: { PATH: process.env.PATH, HOME: repo.path, ...environment },
        kinds,
        agents: async () => agents,
        terminal: answers === null ? null : { input, output },
        print: (line) => void printed.push(line),
        now: () => 0,
        limitMs: 1000,
      }),
  }
}
type Kind = ReturnType<typeof kindOf>

const agents = [
  { name: 'claude-code', lacks: 'npm install -g @anthropic-ai/claude-code' },
  { name: 'codex', lacks: null },
  { name: 'pi', lacks: null },
]

const { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, TELEGRAM_TOKEN: telegramToken, DISCORD_TOKEN: discordToken } = fakeTokens
const variable = (name: string): string => `\${${name}}`
const chatsOf = async (text: Promise<string>): Promise<unknown> => parse(await text).chats

describe('without chats', () => {
  test.each<[string, readonly string[] | null, InitOptions]>([
    ['nobody is there', null, {}],
    ['none is wanted', ['\r'], {}],
    ['--no-chats asks nothing', [], { chats: false }],
  ])('%s: a config, a first issue, and nothing else is touched', async (_, answers, options) => {
    const { repo, run, file, printed } = await worldOf(answers)
    expect(await run(options)).toBe(0)
    expect(parse(await file('bot.config.yaml'))).toMatchObject({ projects: { shop: { path: '.', base: 'main' } } })
    expect(await chatsOf(file('bot.config.yaml'))).toBeUndefined()
    expect((await readdir(repo.path)).sort()).toEqual(['.ao', '.git', 'bot.config.yaml', 'src'])
    expect(printed()).toContain('ao doctor')
  })
})

describe('the agent of a new config', () => {
  const agentIn = async (text: Promise<string>): Promise<unknown> => parse(await text).projects.shop.agent

  test('is the first that is installed', async () => {
    const { run, file, printed } = await worldOf()
    await run()
    expect(await agentIn(file('bot.config.yaml'))).toBe('codex')
    expect(printed()).toContain('agent codex')
  })
  test('is the one that was named, with what is to be done where it is not there', async () => {
    const { run, file, printed } = await worldOf()
    await run({ agent: 'claude-code' })
    expect(await agentIn(file('bot.config.yaml'))).toBe('claude-code')
    expect(printed()).toContain('! claude-code cannot be started yet. To mend it: npm install -g @anthropic-ai/claude-code')
  })
  test('must be one there is', async () => {
    await expect((await worldOf()).run({ agent: 'clod' })).rejects.toMatchObject({
      code: 'AGENT_NOT_KNOWN',
      hint: expect.stringContaining('claude-code, codex or pi'),
    })
  })
})

describe('with chats named, and nobody there', () => {
  test('the config takes tokens from variables, and .env has their names, for its owner alone and out of commits', async () => {
    const { repo, run, file, printed } = await worldOf()
    expect(await run({ chats: 'telegram, slack' })).toBe(0)
    expect(await chatsOf(file('bot.config.yaml'))).toEqual({
      slack: { botToken: variable('SLACK_BOT_TOKEN'), appToken: variable('SLACK_APP_TOKEN') },
      telegram: { token: variable('TELEGRAM_TOKEN') },
    })
    expect((await file('.env')).split('\n').filter((line) => line.includes('='))).toEqual([
      'SLACK_BOT_TOKEN=',
      'SLACK_APP_TOKEN=',
      'TELEGRAM_TOKEN=',
    ])
    expect((await stat(join(repo.path, '.env'))).mode & 0o777).toBe(0o600)
    expect(await file('.gitignore')).toBe('.env\n')
    expect(await repo.git(['status', '--porcelain'])).not.toContain('?? .env')
    for (const words of ['Put SLACK_BOT_TOKEN and SLACK_APP_TOKEN into .env', 'ao slack manifest', '@BotFather', 'docs/slack.md', 'link'])
      expect(printed()).toContain(words)
  })

  test.each([
    ['a name nobody knows', 'slack,irc', 'CHAT_NOT_KNOWN'],
    ['a number', '1', 'CHAT_NOT_KNOWN'],
  ])('%s is refused, and nothing is written', async (_, chats, code) => {
    const { repo, run } = await worldOf()
    await expect(run({ chats })).rejects.toMatchObject({ code })
    expect((await readdir(repo.path)).sort()).toEqual(['.git', 'src'])
  })

  test('a .env that is there keeps every line and its mode, and only what is missing is added', async () => {
    const { repo, run, file, printed, kinds } = await worldOf()
    await writeFile(join(repo.path, '.env'), `MINE=1\nTELEGRAM_TOKEN=${telegramToken}`)
    await chmod(join(repo.path, '.env'), 0o644)
    await run({ chats: 'telegram,discord' })
    expect(await file('.env')).toBe(`MINE=1\nTELEGRAM_TOKEN=${telegramToken}\n\n# Discord: docs/discord.md\nDISCORD_TOKEN=\n`)
    expect((await stat(join(repo.path, '.env'))).mode & 0o777).toBe(0o644)
    expect(printed()).toContain('chmod 600 .env')
    expect(printed()).toContain('TELEGRAM_TOKEN was there already')
    expect([kinds.telegram.asked.length, kinds.discord.asked.length]).toEqual([1, 0])
  })

  test('what the shell has needs no line in .env', async () => {
    const { repo, run, kinds } = await worldOf(null, { DISCORD_TOKEN: discordToken })
    await run({ chats: 'discord' })
    expect(existsSync(join(repo.path, '.env'))).toBe(false)
    expect(kinds.discord.asked).toEqual([{ options: { token: discordToken, home: null }, isRoundTrip: false, isBotRunning: false }])
  })

  test.each([
    ['lists it', '.env\n'],
    ['lists it by a pattern', '.env*\nnode_modules'],
    ['lists it for the whole tree', '**/.env\n'],
  ])('a .gitignore that %s stays as it is', async (_, text) => {
    const { repo, run, file } = await worldOf()
    await writeFile(join(repo.path, '.gitignore'), text)
    await run({ chats: 'discord' })
    expect(await file('.gitignore')).toBe(text)
  })

  test('a .gitignore that lists something else gets one line more', async () => {
    const { repo, run, file } = await worldOf()
    await writeFile(join(repo.path, '.gitignore'), 'node_modules\n!.env')
    await run({ chats: 'discord' })
    expect(await file('.gitignore')).toBe('node_modules\n!.env\n.env\n')
  })

  test('a .env that was committed is told, with what to do', async () => {
    const { repo, run, printed } = await worldOf()
    await repo.commit('oh no', { '.env': 'A=1\n' })
    await run({ chats: 'discord' })
    expect(printed()).toContain('git rm --cached .env')
  })
})

describe('for GitHub, in a repository', () => {
  const forGithub: InitOptions = { forge: 'github', chats: false }

  test('without a remote: what will not work, and what to do', async () => {
    const { run, printed } = await worldOf()
    await run(forGithub)
    expect(printed()).toContain('This repository has no remote')
    expect(printed()).toContain('no issue is found, nothing is pushed, and no pull request is opened')
    expect(printed()).toContain('git remote add origin https://github.com/OWNER/NAME.git')
    expect(printed()).toContain('ao init --force --forge local')
  })

  test('whose remote is elsewhere: where it is, without what else stands in its address', async () => {
    const { repo, run, printed } = await worldOf()
    await repo.git(['remote', 'add', 'origin', 'https://oauth2:fake-token@gitlab.com/acme/shop.git'])
    await run(forGithub)
    expect(printed()).toContain('The remote "origin" is at gitlab.com, and no other is on github.com')
    expect(printed()).toContain('"apiUrl"')
    expect(printed()).not.toContain('fake-token')
  })

  test('that is on GitHub: no word of it', async () => {
    const { repo, run, printed } = await worldOf()
    await repo.git(['remote', 'add', 'upstream', 'git@github.com:acme/shop.git'])
    await run(forGithub)
    expect(printed()).not.toContain('pull request is opened')
  })
})

describe('at a terminal', () => {
  test('chats by number, tokens that are never shown, and each chat with all its tokens is looked at', async () => {
    const { run, file, screen, printed, kinds } = await worldOf(['1 telegram\r', `${bot}\r`, `${app}\r`, '\r'])
    expect(await run()).toBe(0)
    expect(await file('.env')).toContain(`SLACK_BOT_TOKEN=${bot}\nSLACK_APP_TOKEN=${app}\n`)
    expect(await file('.env')).toContain('TELEGRAM_TOKEN=\n')
    expect(screen()).toContain(`${bot.length} characters`)
    for (const token of [bot, app]) expect(screen() + printed() + (await file('bot.config.yaml'))).not.toContain(token)
    expect(kinds.slack.asked).toEqual([{ options: { botToken: bot, appToken: app, home: null }, isRoundTrip: false, isBotRunning: false }])
    expect(kinds.telegram.asked).toEqual([])
    expect(printed()).toContain('PASS  slack: the token is one of "ao"')
  })

  test('a token of the wrong shape is asked for again, with what it seems to be, and is not shown', async () => {
    const { run, screen, file } = await worldOf([`${app}\r`, 'hunter2-hunter2\r', `${bot}\r`, `${app}\r`])
    await run({ chats: 'slack' })
    expect(screen()).toContain('That is the app token')
    expect(screen()).toContain('begins with xoxb-')
    expect(screen()).not.toContain('hunter2')
    expect(await file('.env')).toContain(`SLACK_BOT_TOKEN=${bot}\n`)
  })

  test('two tokens pasted at once are two answers', async () => {
    const { run, file, screen } = await worldOf([`${bot}\r${app}\r`])
    await run({ chats: 'slack' })
    expect(await file('.env')).toContain(`SLACK_BOT_TOKEN=${bot}\nSLACK_APP_TOKEN=${app}\n`)
    expect(screen()).not.toContain(app)
  })

  test('an answer that is no chat is asked for again', async () => {
    const { run, file, screen } = await worldOf(['7\r', 'irc\r', '3\r', '\r'])
    await run()
    expect(screen().match(/That is none of them/g)).toHaveLength(2)
    expect(await chatsOf(file('bot.config.yaml'))).toEqual({ discord: { token: variable('DISCORD_TOKEN') } })
  })

  test.each([
    ['Ctrl-C at the first question', ['\u0003']],
    ['Ctrl-C at a token', ['1\r', '\u0003']],
    ['Ctrl-C in the middle of a token', ['1\r', 'xoxb-half\u0003']],
    ['Ctrl-C after one token', ['1\r', `${bot}\r`, '\u0003']],
    ['Ctrl-D', ['1\r', '\u0004']],
  ])('%s leaves nothing behind', async (_, answers) => {
    const { repo, run, screen } = await worldOf(answers)
    await expect(run()).rejects.toMatchObject({ code: 'ASKING_STOPPED' })
    expect((await readdir(repo.path)).sort()).toEqual(['.git', 'src'])
    expect(screen()).not.toContain('xoxb-half')
  })
})

describe('a config that is there', () => {
  const old = '# mine\nprojects:\n  shop: {path: ., agent: {use: command, run: "true {prompt}"}} # stays\n'

  test('is not replaced without --force', async () => {
    const { repo, run, file } = await worldOf([])
    await writeFile(join(repo.path, 'bot.config.yaml'), old)
    await expect(run()).rejects.toMatchObject({ code: 'CONFIG_THERE', hint: expect.stringContaining('--chats slack') })
    expect(await file('bot.config.yaml')).toBe(old)
  })

  test('gets the chats that are named, and keeps every letter', async () => {
    const { repo, run, file } = await worldOf()
    await writeFile(join(repo.path, 'bot.config.yaml'), old)
    await run({ chats: 'telegram' })
    const text = await file('bot.config.yaml')
    expect(text.startsWith(old)).toBe(true)
    expect(parse(text)).toMatchObject({ chats: { telegram: { token: variable('TELEGRAM_TOKEN') } } })
    expect(existsSync(join(repo.path, '.ao'))).toBe(false)
  })

  test('with chats in it is left alone, and the lines to add are told', async () => {
    const { repo, run, file } = await worldOf()
    await writeFile(join(repo.path, 'bot.config.yaml'), `${old}chats: {console: {}}\n`)
    await expect(run({ chats: 'telegram' })).rejects.toMatchObject({
      code: 'CHATS_THERE',
      message: expect.stringContaining(variable('TELEGRAM_TOKEN')),
    })
    expect(await file('bot.config.yaml')).toBe(`${old}chats: {console: {}}\n`)
    expect(existsSync(join(repo.path, '.env'))).toBe(false)
  })

  test('that would not be one any more is left alone, and nothing is written', async () => {
    const { repo, run, file } = await worldOf()
    const flow = '{projects: {shop: {path: ., agent: {use: command, run: "true {prompt}"}}}}\n'
    await writeFile(join(repo.path, 'bot.config.yaml'), flow)
    await expect(run({ chats: 'telegram' })).rejects.toMatchObject({ code: 'CONFIG_REFUSED' })
    expect(await file('bot.config.yaml')).toBe(flow)
    expect(existsSync(join(repo.path, '.env'))).toBe(false)
  })
})

test('a file that cannot be written is told by its name, and no half of it is left', async () => {
  const { repo, run } = await worldOf()
  await mkdir(join(repo.path, '.env'))
  await expect(run({ chats: 'discord' })).rejects.toMatchObject({ code: 'FILE_NOT_WRITTEN', message: expect.stringContaining('.env') })
  expect((await readdir(repo.path)).sort()).toEqual(['.env', '.git', 'src'])
})
