import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chatKinds } from '../../../bot/chats.ts'
import { readConfig } from '../../../core/config/load.ts'
import { sayProblem } from '../../../core/config/problems.ts'
import { configReference } from '../../../core/config/reference.ts'
import { createRegistry } from '../../../core/plugins/registry.ts'
import { defaultPlugins, plugins } from '../../../plugins/index.ts'
import { known as invented } from './known.ts'

/** The plugins there really are: the example must work with them. */
const chats = Object.fromEntries(Object.values(chatKinds).map(({ name, options }) => [name, options]))
const known = { ...invented, plugins: createRegistry(plugins).schemas(), defaults: defaultPlugins, chats: { ...invented.chats, ...chats } }

const root = join(import.meta.dirname, '../../..')
const example = () => readFile(join(root, 'bot.config.yaml'), 'utf8')

test('the example config is valid', async () => {
  const read = readConfig(await example(), {}, known)
  expect('problems' in read ? read.problems.map(sayProblem) : []).toEqual([])
})

test('the example config is valid with every comment that holds settings taken in', async () => {
  const whole = (await example()).replace(/^( *)# ?( *[\w-]+:(?: .*)?| {2,}.*)$/gm, '$1$2')
  const read = readConfig(
    whole,
    {
      SLACK_BOT_TOKEN: 'xoxb-0',
      GITHUB_TOKEN: 'ghp_0',
      ANA_GITHUB_TOKEN: 'ghp_1',
      SLACK_APP_TOKEN: 'xapp-0',
      TELEGRAM_TOKEN: '1234567:fake-token-for-tests',
      DISCORD_TOKEN: 'fake',
      AO_MODEL_KEY: 'k',
    },
    known,
  )
  expect('problems' in read ? read.problems.map(sayProblem) : []).toEqual([])
})

test('every variable the example config names is in .env.example', async () => {
  const environment = await readFile(join(root, '.env.example'), 'utf8')
  for (const [, name] of (await example()).matchAll(/\$\{(\w+)/g)) expect(environment).toContain(`${name}=`)
})

// UPDATE=1 writes the page anew.
test('docs/config.md is what the schema says', async () => {
  const path = join(root, 'docs/config.md')
  if (process.env.UPDATE === '1') await writeFile(path, configReference(known.defaults, chats))
  expect(await readFile(path, 'utf8')).toBe(configReference(known.defaults, chats))
})

test('every setting has a sentence, and a default or the word that it is required', () => {
  const rows = configReference(known.defaults, chats)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  expect(rows.length).toBeGreaterThan(60)
  for (const row of rows) expect(row).not.toMatch(/\| *\||undefined|\[object/)
})
