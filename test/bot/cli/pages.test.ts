import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PermissionFlagsBits } from 'discord.js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { z } from 'zod'
import { discordOptions } from '../../../adapters/discord/options.ts'
import { slackOptions } from '../../../adapters/slack/options.ts'
import { optionsShape as telegramOptions } from '../../../adapters/telegram/options.ts'
import { chatsText } from '../../../bot/cli/config-text.ts'
import { docsPage, setups } from '../../../bot/cli/setups.ts'
import { fakeTokens } from './kinds.ts'

const schemas: Readonly<Record<string, z.ZodType>> = { slack: slackOptions, telegram: telegramOptions, discord: discordOptions }
const values: Readonly<Record<string, string>> = {
  ...fakeTokens,
  SLACK_SIGNING_SECRET: 'not-a-secret',
  TELEGRAM_SECRET: 'not-a-secret-at-all',
}

const root = join(import.meta.dirname, '../../..')
const pageOf = (name: string): string => readFileSync(docsPage(name), 'utf8')
const filled = (text: string): string => text.replace(/\$\{([A-Z_]+)\}/g, (_, name: string) => values[name] ?? '')
const optionsIn = (text: string, name: string): unknown => parse(filled(text))?.chats?.[name]
const examplesOn = (page: string): readonly string[] => [...page.matchAll(/^( *)```yaml\n(.*?)^ *```/gms)].map(([, , text = '']) => text)

describe.each(Object.keys(setups))('the page about %s', (name) => {
  const page = pageOf(name)
  const examples = examplesOn(page).filter((text) => optionsIn(text, name) !== undefined)

  test('is short', () => {
    expect(page.split('\n').length).toBeLessThanOrEqual(151)
  })

  test('has examples that a config may hold', () => {
    expect(examples.length).toBeGreaterThan(0)
    for (const text of examples) expect(schemas[name]?.safeParse(optionsIn(text, name)).error, text).toBeUndefined()
  })

  test('holds no token, and names every variable that "ao init" asks for', () => {
    for (const text of examples) expect(text).not.toMatch(/xox[abp]-|xapp-|\d{6,}:[A-Za-z0-9_-]{35}/)
    for (const { variable } of setups[name]?.secrets ?? []) expect(page).toContain(`\${${variable}}`)
  })

  test('leads to pages and headings that are there', () => {
    const links = [...page.matchAll(/\]\(((?!https?:)[^)]+)\)/g)].map(([, target = '']) => target)
    for (const link of links) {
      const [file, heading] = link.split('#')
      if (file) expect(existsSync(join(docsPage(name), '..', file)), link).toBe(true)
      if (heading) expect(page.toLowerCase(), link).toContain(`\n## ${heading.replaceAll('-', ' ')}\n`)
    }
  })

  test('says of troubles what the bot says of them', () => {
    const sources = ['bot/cli', 'bot/views', `adapters/${name}`].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => readFileSync(join(root, folder, file), 'utf8')),
    )
    const seen = [...page.slice(page.indexOf('## Troubles')).matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, what = '']) =>
      [...what.matchAll(/"([^"]+)"/g)].flatMap(([, words = '']) => words.split(/ ?… ?|15 s/).filter((part) => part.length > 3)),
    )
    expect(seen.length).toBeGreaterThan(5)
    expect(seen.filter((words) => !sources.some((source) => source.includes(words)))).toEqual([])
  })

  test('what "ao init" writes is a config too, also with all that stands there as a comment', () => {
    const text = chatsText([name])
    expect(schemas[name]?.safeParse(optionsIn(text, name)).error).toBeUndefined()
    const all = optionsIn(text.replace(/^( +)# /gm, '$1'), name)
    expect(schemas[name]?.safeParse(all)).toMatchObject({ success: true, data: { home: expect.any(String) } })
  })
})

test('"ao init" gives the same link as the page', () => {
  const [link = 'no link'] = /https:\/\/discord\.com\/oauth2\/\S+/.exec(pageOf('discord')) ?? []
  expect(setups.discord?.make.join(' ')).toContain(link)
})

test('the link that invites the bot to Discord asks for the permissions of the table, and for no other', () => {
  const page = pageOf('discord')
  const table = page.slice(page.indexOf('| permission |'), page.indexOf('It asks for no'))
  const named = [...table.matchAll(/^\| ([A-Z][A-Za-z ]+) \|/gm)].map(([, name = '']) => name.replaceAll(' ', ''))
  const bits = named.map((name) => Object.entries(PermissionFlagsBits).find(([flag]) => flag.toLowerCase() === name.toLowerCase())?.[1])
  expect(named.length).toBeGreaterThan(5)
  expect(page).toContain(`permissions=${bits.reduce<bigint>((sum, bit) => sum | (bit ?? -1n), 0n)}`)
})
