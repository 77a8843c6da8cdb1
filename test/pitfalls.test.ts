import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stands } from './stories/chats/stands.ts'

const platforms = ['console', 'slack', 'telegram', 'discord'] as const
const behindNetwork = ['slack', 'telegram', 'discord'] as const
type Platform = (typeof platforms)[number]

/** Where a pitfall has to be tested. A platform that is left out has a reason; so has what is decided for all of them at once. */
type Row = {
  readonly of: string
  readonly on: readonly Platform[]
  readonly but?: string
  /** It is decided above the platforms, too: one test there is for all. */
  readonly above?: string
}

const noClicks = 'In the console a button is a number that is typed, and the line is answered like any other.'

/** Each pitfall of delivery, by its number. */
const table: Readonly<Record<number, Row>> = {
  1: { of: 'Said to be done, and not done', on: platforms, above: 'The engine stores the decision and looks at what became of it.' },
  2: { of: 'Buttons after a restart', on: platforms, above: 'What a button means is in the memory of the bot.' },
  3: { of: 'Two clicks, two people', on: platforms, above: 'One effect is the engine’s promise.' },
  4: { of: 'A push between card and click', on: platforms, above: 'The wish carries the commit of the card.' },
  5: { of: 'Another team at click time', on: ['slack'], but: 'Only Slack has teams that share a channel.' },
  6: { of: 'The answer to the click fails', on: behindNetwork, but: noClicks, above: 'The order of store and answer is the door’s.' },
  7: { of: 'A button answers another prompt', on: platforms, above: 'The answer carries the request it was shown for.' },
  8: { of: 'Merges nothing; no checks', on: platforms },
  9: {
    of: 'Two accounts, one human',
    on: behindNetwork,
    but: 'The console has one account, that of whoever runs the bot.',
    above: 'Quorums count names of the config, whatever the accounts.',
  },
  10: {
    of: 'Edited, forwarded, anonymous, bots',
    on: behindNetwork,
    but: 'In the console nothing can be edited or forwarded, and its socket is for one user alone.',
    above: 'That an edit is no order is decided where words are heard.',
  },
  11: { of: 'The same event three times', on: platforms },
  12: { of: '429', on: behindNetwork, but: 'The console keeps no rate.', above: 'The outbox waits, for all platforms alike.' },
  13: { of: 'Edited, and posted again', on: platforms, above: 'The outbox keeps the keys of its messages.' },
  14: { of: 'Half-open sockets', on: behindNetwork, but: 'The console is a socket of this machine: it is open or it is closed.' },
  15: {
    of: 'Said while the bot was down',
    on: behindNetwork,
    but: 'Where no bot listens the console keeps the line in the terminal, and says so.',
    above: 'What is too old to be done unasked is decided where words are heard.',
  },
  16: {
    of: 'Threads that are gone',
    on: behindNetwork,
    but: 'A thread of the console is a name and cannot go.',
    above: 'A channel with another id is the outbox’s business.',
  },
  17: { of: '69 bytes of callback data', on: behindNetwork, but: noClicks },
  18: { of: 'Limits inside fences and emoji', on: platforms, above: 'Texts are cut by one function for all.' },
  19: {
    of: 'Thirty agents in one group',
    on: ['telegram'],
    but: 'No other platform takes so few messages a minute.',
    above: 'Pace and folding are the outbox’s: tested with thirty in its own time.',
  },
  20: {
    of: 'Two processes with one token',
    on: ['slack', 'telegram'],
    but: 'Discord does not tell, which its page in docs says; the console is found by its socket.',
    above: 'A data folder is held by one process, whatever its chats.',
  },
  21: { of: 'Dozens of notifications', on: platforms, above: 'Cards of one key are one message in the outbox.' },
  22: {
    of: 'A hung notifier stops everything',
    on: behindNetwork,
    but: 'A terminal that does not read is dropped: test/adapters/console/protocol.test.ts.',
    above: 'Each channel has a lane of its own.',
  },
  23: { of: 'Notifications that say nothing', on: platforms, above: 'The cards are the same everywhere.' },
  24: { of: 'A question lost behind a change', on: platforms, above: 'Attention is an axis of the session.' },
}

/** A title in which pitfalls are named, and where it is tested. `null` stands for above the platforms. */
type Told = { readonly title: string; readonly numbers: readonly number[]; readonly on: readonly (Platform | null)[] }

/** Titles of tests and of groups that name pitfalls; what is only skipped, and messages of assertions, are none. */
const titlesIn = (text: string): readonly { readonly title: string; readonly call: string; readonly group: string }[] =>
  [...text.matchAll(/([^\n]*)[([]\s*(['"`])([^'"`\n]*pitfalls? \d[^\n]*?)\2\s*,/g)].flatMap(({ 1: call = '', 3: title = '', index }) =>
    /\.(?:skip|todo)$/.test(call) || !title.startsWith('pitfall')
      ? []
      : [{ title, call, group: [...text.slice(0, index).matchAll(/^describe[^\n]*/gm)].at(-1)?.[0] ?? '' }],
  )

const numbersIn = (title: string): readonly number[] =>
  [...title.matchAll(/pitfalls? (\d+)(?: and (\d+))?/g)].flatMap(([, one, other]) =>
    [one, other].flatMap((digits) => (digits ? [Number(digits)] : [])),
  )

const placesOf = (path: string, { call, group }: { readonly call: string; readonly group: string }): readonly (Platform | null)[] => {
  const folder = /^adapters\/(\w+)\//.exec(path)?.[1]
  const own = platforms.find((name) => name === folder)
  if (own) return [own]
  if (path === 'contracts/network.ts') return behindNetwork
  if (!path.startsWith('stories/chats/')) return [null]
  const named = platforms.find((name) => group.toLowerCase().startsWith(`describe('in ${name}'`))
  if (named) return [named]
  if (group.includes('.each(stands)'))
    return platforms.filter(
      (name) => !(call.includes('isConsole') && name === 'console') && !(call.includes('Telegram') && name === 'telegram'),
    )
  return group.includes('.each(platforms)') || call.includes('.for(ways)') ? behindNetwork : [null]
}

const told: readonly Told[] = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts') || path === 'contracts/network.ts')
  .filter((path) => path !== 'pitfalls.test.ts')
  .flatMap((path) =>
    titlesIn(readFileSync(join(import.meta.dirname, path), 'utf8')).map((found) => ({
      title: found.title,
      numbers: numbersIn(found.title),
      on: placesOf(path, found),
    })),
  )

const rows = Object.entries(table).map(([number, row]) => ({ number: Number(number), ...row }))

describe('each pitfall of delivery', () => {
  test('is in the table', () => expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 24 }, (_, index) => index + 1)))

  test.each(rows)('$number, $of, is tested wherever it can happen, and has a reason where it cannot', ({ number, on, but, above }) => {
    const tested = new Set(told.filter(({ numbers }) => numbers.includes(number)).flatMap((one) => one.on))
    expect([...on.filter((name) => !tested.has(name)), ...(above && !tested.has(null) ? ['above'] : [])], 'no test there').toEqual([])
    expect(on.length === platforms.length || (but ?? '').length > 20).toBe(true)
  })
})

/** Each pitfall of reactions and of GitHub, by its number. */
const ofGithub: Readonly<Record<number, string>> = {
  38: 'Escalation that never happens',
  39: 'A budget of messages that flapping fills up again',
  40: 'Details that will follow',
  41: 'A message that failed is dropped',
  42: 'News of an older commit',
  43: 'An ETag advances before its data',
  44: 'One bad pull request blanks its batch',
  45: 'The rate limit',
  46: 'Replies, comments below, resolved threads',
  47: 'No logs, no names',
  48: 'Alarms for what was done on purpose',
  49: 'Raw words of strangers',
  50: 'An issue that closes the fence',
}

describe('each pitfall of reactions and GitHub', () => {
  const folder = join(import.meta.dirname, 'stories', 'github')
  const stories = readdirSync(folder).filter((name) => name.endsWith('.test.ts'))
  const numbers = stories.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/^ *test\('(\d+): /gm)].map(([, number]) => Number(number)),
  )

  test('is in the table', () => expect(Object.keys(ofGithub).map(Number)).toEqual(Array.from({ length: 13 }, (_, index) => index + 38)))

  test.each(Object.entries(ofGithub).map(([number, of]) => ({ number: Number(number), of })))(
    '$number, $of, is told in a story over GitHub whose title begins with the number',
    ({ number }) => expect(numbers).toContain(number),
  )
})

/** Each pitfall of agents, by its number: what it is, and a file with a test that names it. */
const ofAgents: Readonly<Record<number, readonly [of: string, file: string]>> = {
  25: ['A name that begins like another', 'contracts/runtime.ts'],
  26: ['Text that is typed and not sent, split or swallowed', 'contracts/runtime.ts'],
  27: ['Words that answer a dialog', 'plugins/agent/gemini/hands.test.ts'],
  28: ['A first prompt that comes too early', 'contracts/agent.ts'],
  29: ['Permissions that look like work', 'plugins/agent/codex/corpus.test.ts'],
  30: ['An end that was read off the screen', 'contracts/agent.ts'],
  31: ['One failed look is death', 'core/engine/sensors.test.ts'],
  32: ['Agents that outlive their terminal', 'plugins/agent/codex/launch.test.ts'],
  33: ['A model that cannot be reached', 'core/session/reactions.test.ts'],
  34: ['Work that is cleared away', 'contracts/workspace.ts'],
  35: ['Thirty workspaces at once', 'contracts/workspace.ts'],
  36: ['Work in the main checkout', 'contracts/workspace.ts'],
  37: ['A restored agent without its task', 'agents/stories.ts'],
  56: ['Words that approve', 'plugins/agent/codex/tell.test.ts'],
  57: ['Words that are a command', 'contracts/agent.ts'],
  58: ['Words that end in a completion', 'contracts/agent.ts'],
  59: ['Words mixed with a draft', 'plugins/agent/gemini/hands.test.ts'],
  60: ['A waiter that outlives its agent', 'plugins/agent/claude-code/words.test.ts'],
}

describe('each pitfall of agents', () => {
  const named = (text: string): readonly number[] =>
    [...text.matchAll(/['"`]pitfalls? ((?:\d+(?:, | and )?)+): /g)].flatMap(([, numbers = '']) => (numbers.match(/\d+/g) ?? []).map(Number))

  test.each(Object.entries(ofAgents))('%s, %s, has a test whose title begins with the number', (number, [, file]) => {
    expect(named(readFileSync(join(import.meta.dirname, file), 'utf8'))).toContain(Number(number))
  })
})

test('the stories are told in every chat there is', () => {
  expect(stands.map(([name]) => name)).toEqual(['the console', 'Slack', 'Telegram', 'Telegram without topics', 'Discord'])
})

test('titles are read however they are written, with where they hold', () => {
  const text = [
    "describe.each(stands)('in %s', { concurrent: true }, (name, open) => {",
    "  test('pitfall 2: one, and pitfall 3: two', async () => {})",
    "  test.skipIf(isConsole)('pitfalls 51 and 52: there', () => {})",
    "  test.skip('pitfall 4: never', () => {})",
    "  test.each([\n    ['pitfall 17: a row', 1],\n  ])('%s', () => expect(1, 'pitfall 5: a message').toBe(1))",
    '})',
    "describe('in Slack', () => {",
    "  test(\n    'pitfall 6: on a line of its own', () => {})",
    '})',
  ].join('\n')
  const found = titlesIn(text).map((one) => [numbersIn(one.title), placesOf('stories/chats/x.test.ts', one)])
  expect(found).toEqual([
    [[2, 3], platforms],
    [[51, 52], behindNetwork],
    [[17], platforms],
    [[6], ['slack']],
  ])
})
