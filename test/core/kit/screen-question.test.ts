import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AgentPicture, unheard } from '../../../core/contracts/agent.ts'
import type { AgentReach } from '../../../core/contracts/plugins.ts'
import { isFault } from '../../../core/kit/fault.ts'
import {
  answerByKeys,
  findAgain,
  hashOf,
  partsOf,
  readPressed,
  requestOf,
  type ScreenDialog,
  seeDialog,
} from '../../../core/kit/screen-question.ts'

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ao-screen-')))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A menu: the line with the arrow is where the cursor stands. */
type Menu = { readonly lines: readonly string[]; readonly cursor: number }
const find = (screen: string): Menu | null => {
  const lines = screen.split('\n')
  return lines.at(-1) === 'Esc to cancel' ? { lines, cursor: lines.findIndex((line) => line.startsWith('❯')) } : null
}
const menu = (cursor: number, command = 'npm test'): string =>
  [`Run ${command}?`, ...['Yes', 'No'].map((option, at) => `${at === cursor ? '❯' : ' '} ${option}`), 'Esc to cancel'].join('\n')

/** A terminal that does what its program does with a key. */
const terminalOf = (program: (key: string, screen: string) => string, first: string) => {
  let screen = first
  const pressed: string[] = []
  const press = async (keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      pressed.push(key)
      screen = program(key, screen)
    }
  }
  const reach: AgentReach = {
    folder,
    terminal: { press, paste: async () => {}, screen: async () => screen },
    signal: new AbortController().signal,
  }
  return { reach, pressed }
}
const choose = (wanted: number) => (dialog: Menu) =>
  dialog.cursor - 1 === wanted ? { press: ['Enter'], isFinal: true } : { press: ['Down'], isFinal: false }
const moved = (key: string): string => (key === 'Down' ? menu(1) : 'done')

test('the same words have the same hash, however they are framed, wrapped or pointed at', () => {
  const hash = hashOf(['│ Run npm test? │', '│ ❯ Yes         │', '│   No          │'])
  expect(hashOf(['Run npm test?', 'Yes', '● No'])).toBe(hash)
  expect(hashOf(['Run npm', 'test?', '> Yes', 'No'])).toBe(hash)
  expect(hashOf(['Run npm test -u?', 'Yes', 'No'])).not.toBe(hash)
})

test('a dialog is found again only with the words it had', () => {
  const hash = hashOf(menu(0).split('\n'))
  expect(findAgain(menu(1), hash, find)?.cursor).toBe(2)
  expect(findAgain(menu(0, 'rm -r .'), hash, find)).toBeNull()
  expect(findAgain(`${menu(0)}\nworking`, hash, find)).toBeNull()
})

test('the id of a question names its turn and its words', () => {
  const request = requestOf(['Run npm test?'], 3)
  expect(partsOf(request)).toEqual({ turn: 3, hash: hashOf(['Run npm test?']) })
  expect(partsOf('screen.3.nonsense')).toBeNull()
})

test('an answer moves to its option, looks, chooses, and is handed when the dialog is gone (PITFALLS 7, 27)', async () => {
  const { reach, pressed } = terminalOf(moved, menu(0))
  const request = requestOf(menu(0).split('\n'), 0)
  expect(await answerByKeys(reach, { request, text: 'No', find, step: choose(1) })).toBe('handed')
  expect(pressed).toEqual(['Down', 'Enter'])
  expect(JSON.parse(await readFile(join(folder, 'mailbox.ndjson'), 'utf8'))).toMatchObject({ pressed: request, text: 'No' })
})

test.each([
  ['another question stands there', menu(0, 'rm -r .')],
  ['the question is gone', 'working'],
])('nothing is pressed when %s', async (_, screen) => {
  const { reach, pressed } = terminalOf(moved, screen)
  expect(await answerByKeys(reach, { request: requestOf(menu(0).split('\n'), 0), text: 'No', find, step: choose(1) })).toBe('gone')
  expect(pressed).toEqual([])
})

test('nothing more is pressed when the question changes under the cursor', async () => {
  const { reach, pressed } = terminalOf(() => menu(1, 'rm -r .'), menu(0))
  expect(await answerByKeys(reach, { request: requestOf(menu(0).split('\n'), 0), text: 'No', find, step: choose(1) })).toBe('gone')
  expect(pressed).toEqual(['Down'])
})

test('a dialog that stays is a failure, and no second key', async () => {
  const { reach, pressed } = terminalOf((_, screen) => screen, menu(1))
  const answered = answerByKeys(reach, { request: requestOf(menu(0).split('\n'), 0), text: 'No', find, step: choose(1), limitMs: 100 })
  await expect(answered).rejects.toSatisfy((error) => isFault(error, 'SCREEN_UNMOVED') && !error.mayPass)
  expect(pressed).toEqual(['Enter'])
})

test('without a terminal a question of the screen is gone', async () => {
  const { reach } = terminalOf(moved, menu(0))
  const request = requestOf(menu(0).split('\n'), 0)
  expect(await answerByKeys({ ...reach, terminal: null }, { request, text: 'No', find, step: choose(1) })).toBe('gone')
})

const dialog = (text: string): ScreenDialog => ({
  kind: 'permission',
  text,
  detail: null,
  options: ['Yes', 'No'],
  refusal: 2,
  lines: [text],
})

test('a dialog that is shown is a question, once', () => {
  const seen = seeDialog(unheard, dialog('Run npm test?'), 0)
  expect(seen.question).toMatchObject({ request: requestOf(['Run npm test?'], 0), text: 'Run npm test?', reply: 'own' })
  expect(seeDialog(seen, dialog('Run npm test?'), 0)).toBe(seen)
})

test('a dialog that went away was answered by whoever pressed: the chat, else somebody at the terminal', () => {
  const asked = seeDialog(unheard, dialog('Run npm test?'), 0)
  const request = asked.question?.request ?? ''
  expect(seeDialog(asked, null, 0)).toMatchObject({ question: null, answered: { request, by: 'terminal' } })
  const pressed = readPressed(asked, JSON.stringify({ v: 1, at: 1, pressed: request, text: 'Yes' })) ?? asked
  expect(seeDialog(pressed, null, 0)).toMatchObject({ question: null, answered: { request, text: 'Yes', by: 'chat' } })
})

test('another dialog in the place of the first closes that and opens its own', () => {
  const asked = seeDialog(unheard, dialog('Run npm test?'), 0)
  const next = seeDialog(asked, dialog('Create new file?'), 1)
  expect(next.question?.text).toBe('Create new file?')
  expect(next.answered?.request).toBe(asked.question?.request)
})

test('a question that came another way is left alone', () => {
  const question = { request: 'q1', kind: 'question', text: 'Which?', detail: null, options: [], refusal: null, reply: 'own' } as const
  const reported: AgentPicture = { ...unheard, question }
  expect(seeDialog(reported, dialog('Run npm test?'), 0)).toBe(reported)
  expect(seeDialog(reported, null, 0)).toBe(reported)
})
