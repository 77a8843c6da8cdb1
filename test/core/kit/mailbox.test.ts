import { existsSync } from 'node:fs'
import { appendFile, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AgentPicture, unheard } from '../../../core/contracts/agent.ts'
import {
  answerReport,
  answerText,
  appendRow,
  type MailboxRow,
  parseRow,
  readAnswer,
  readReport,
  waitForAnswer,
  writeAnswer,
} from '../../../core/kit/mailbox.ts'
import { idsIn, wrap } from '../../../core/kit/wrap.ts'

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ao-mailbox-')))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const lines = async (): Promise<string[]> => (await readFile(join(folder, 'mailbox.ndjson'), 'utf8')).trimEnd().split('\n')
const fold = (rows: readonly MailboxRow[], from: AgentPicture = unheard): AgentPicture =>
  rows.reduce((picture, row, mark) => readReport(picture, { text: JSON.stringify(row), mark, at: 1_000 }) ?? picture, from)

const asked: MailboxRow = { v: 1, at: 10, report: 'blocked', text: 'Which?', request: 'r1', options: ['a', 'b'], waits: true }
const question = {
  request: 'r1',
  kind: 'question',
  text: 'Which?',
  options: ['a', 'b'],
  detail: null,
  refusal: null,
  reply: 'own',
} as const

test('a report is a line of the mailbox, readable by its owner only', async () => {
  appendRow(folder, { v: 1, at: 5, report: 'done', text: 'one\ntwo' })
  appendRow(folder, { v: 1, at: 6, report: 'progress', text: 'three' })
  expect((await lines()).map(parseRow)).toMatchObject([
    { report: 'done', text: 'one\ntwo' },
    { report: 'progress', text: 'three' },
  ])
  expect((await stat(join(folder, 'mailbox.ndjson'))).mode & 0o777).toBe(0o600)
})

test('a line that a crash cut off costs itself and not the next one', async () => {
  await appendFile(join(folder, 'mailbox.ndjson'), '{"v":1,"at":1,"rep')
  appendRow(folder, { v: 1, at: 6, report: 'done', text: 'whole' })
  expect((await lines()).map(parseRow)).toMatchObject([null, { text: 'whole' }])
})

test('a row above 64 KiB is refused, one of exactly 64 KiB is not', async () => {
  const empty = JSON.stringify({ v: 1, at: 1, report: 'done', text: '' }).length + 1
  appendRow(folder, { v: 1, at: 1, report: 'done', text: 'x'.repeat(64 * 1024 - empty) })
  expect(() => appendRow(folder, { v: 1, at: 1, report: 'done', text: 'x'.repeat(64 * 1024 - empty + 1) })).toThrow(/longer than 65536/)
  expect(await lines()).toHaveLength(1)
})

test('a folder that is gone is a fault with a cure', () => {
  expect(() => appendRow(join(folder, 'gone'), asked)).toThrow(expect.objectContaining({ code: 'MAILBOX_UNWRITABLE' }))
})

test.each(['done', 'progress', 'blocked'] as const)('"%s" is in the picture with its place in the file and its time', (report) => {
  const picture = readReport(unheard, { text: JSON.stringify({ v: 1, at: 10, report, text: 'words' }), mark: 77, at: 1_000 })
  expect(picture).toEqual({ ...unheard, workedAt: 10, report: { mark: 77, kind: report, text: 'words' } })
})

test('work never goes back in time, and a row from the future counts as of now', () => {
  expect(fold([{ v: 1, at: 5_000, report: 'progress', text: '' }]).workedAt).toBe(1_000)
  expect(fold([{ v: 1, at: 10, report: 'progress', text: '' }], { ...unheard, workedAt: 500 }).workedAt).toBe(500)
})

test('who waits is answered by its own means, who does not by a message', () => {
  expect(fold([asked]).question).toEqual(question)
  expect(fold([{ ...asked, waits: false }]).question?.reply).toBe('message')
})

test('once nobody waits any more the answer goes by message', () => {
  expect(fold([asked, { v: 1, at: 11, left: 'r1' }]).question?.reply).toBe('message')
  expect(fold([asked, { v: 1, at: 11, left: 'r2' }]).question?.reply).toBe('own')
})

test('an answer closes the question it answers, and no other', () => {
  const answer: MailboxRow = { v: 1, at: 12, answered: 'r1', text: 'a', by: 'chat' }
  expect(fold([asked, answer])).toMatchObject({ question: null, answered: { request: 'r1', text: 'a', by: 'chat' } })
  expect(fold([{ ...asked, request: 'r2' }, answer]).question?.request).toBe('r2')
})

test.each(['done', 'progress'] as const)('a later "%s" takes the question back, unanswered', (report) => {
  expect(fold([asked, { v: 1, at: 12, report, text: 'never mind' }])).toMatchObject({ question: null, answered: null })
})

test('a report leaves a dialog of the agent itself open', () => {
  const dialog = { request: 'd1', kind: 'permission', text: 'Run it?', options: [], detail: null, refusal: null, reply: 'own' } as const
  expect(fold([{ v: 1, at: 12, report: 'done', text: 'x' }], { ...unheard, question: dialog }).question).toEqual(dialog)
  const blocked: MailboxRow = { v: 1, at: 12, report: 'blocked', text: 'Run it?' }
  expect(fold([blocked, { ...blocked, report: 'done' }], { ...unheard, question: dialog }).question).toEqual(dialog)
  const same = { ...dialog, kind: 'question', text: 'Which?' } as const
  expect(fold([{ v: 1, at: 12, report: 'done', text: 'x' }], { ...unheard, question: same }).question).toEqual(same)
})

test.each([
  '',
  'null',
  '[]',
  '{"v":1}',
  '{"v":2,"at":1,"report":"done","text":""}',
  '{"v":1,"at":1,"report":"gone","text":""}',
  '{"v":1,"at":1,"report":"done"}',
  '{"v":1,"at":"1","report":"done","text":""}',
  '{"v":1,"at":1,"report":"blocked","text":"","request":"../x"}',
  '{"v":1,"at":1,"report":"blocked","text":"","options":[1]}',
  '{"v":1,"at":1,"answered":"r","text":"","by":"me"}',
  '{"v":1,"at":1,"hook":"Stop"}',
])('%s belongs to the agent and not to us', (text) => {
  expect(readReport(unheard, { text, mark: 0, at: 1 })).toBeNull()
})

test('any line is either ours or null', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.json()),
      (text) => readReport(unheard, { text, mark: 0, at: 1 }) === null || parseRow(text) !== null,
    ),
  )
})

test('an answer is whole in its file, and the same one twice is one', async () => {
  const decision = { request: 'r1', choice: 2, text: 'b', by: 'ada' }
  writeAnswer(folder, decision)
  writeAnswer(folder, decision)
  expect(readAnswer(folder, 'r1')).toEqual({ choice: 2, text: 'b', by: 'ada' })
  expect(await readdir(join(folder, 'answers'))).toEqual(['r1.json'])
})

test.each(['../up', 'a/b', '', '.hidden', 'x'.repeat(129), 'a b'])('the request id %j never becomes a file name', (request) => {
  for (const attempt of [
    () => writeAnswer(folder, { request, choice: null, text: '', by: 'ada' }),
    () => readAnswer(folder, request),
    () => appendRow(folder, { v: 1, at: 1, report: 'blocked', text: 'x', request }),
  ])
    expect(attempt).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }))
})

test('who waits hears the answer as soon as it is written, and one that was there before', async () => {
  const { signal } = new AbortController()
  const waiting = waitForAnswer(folder, 'r1', { signal, pollMs: 60_000 })
  writeAnswer(folder, { request: 'r1', choice: 1, text: '', by: 'ada' })
  expect(await waiting).toMatchObject({ choice: 1 })
  expect(await waitForAnswer(folder, 'r1', { signal, pollMs: 60_000 })).toMatchObject({ choice: 1 })
})

test('who waits without a watch hears it by looking', async () => {
  await mkdir(join(folder, 'answers'))
  const waiting = waitForAnswer(folder, 'r1', { signal: new AbortController().signal, pollMs: 20 })
  await rm(join(folder, 'answers'), { recursive: true })
  writeAnswer(folder, { request: 'r1', choice: 1, text: '', by: 'ada' })
  expect(await waiting).toMatchObject({ choice: 1 })
})

test('nobody waits in a folder that is gone, and nobody brings it back', async () => {
  const gone = join(folder, 'gone')
  await expect(waitForAnswer(gone, 'r1', { signal: new AbortController().signal })).rejects.toMatchObject({ code: 'MAILBOX_UNWRITABLE' })
  expect(existsSync(gone)).toBe(false)
})

test('waiting ends with the reason of the signal', async () => {
  const stop = new AbortController()
  const waiting = waitForAnswer(folder, 'r1', { signal: stop.signal })
  stop.abort('enough')
  await expect(waiting).rejects.toBe('enough')
  await expect(waitForAnswer(folder, 'r1', { signal: stop.signal })).rejects.toBe('enough')
})

test.each([
  [{ choice: 2, text: '', by: '' }, 'no'],
  [{ choice: 2, text: '2', by: '' }, 'no'],
  [{ choice: 2, text: 'no', by: '' }, 'no'],
  [{ choice: 2, text: 'not today', by: '' }, 'no: not today'],
  [{ choice: null, text: 'maybe', by: '' }, 'maybe'],
  [{ choice: 9, text: '', by: '' }, '9'],
])('%j is said as "%s"', (answer, words) => {
  expect(answerText(answer, ['yes', 'no'])).toBe(words)
})

test('an answer is handed only to a question that somebody waits for', () => {
  const decision = { request: 'r1', choice: 1, text: '', by: 'ada' }
  const after = (...rows: MailboxRow[]): string => {
    for (const row of rows) appendRow(folder, row)
    return answerReport(folder, decision)
  }
  expect(after()).toBe('gone')
  expect(after({ ...asked, waits: false })).toBe('gone')
  expect(readAnswer(folder, 'r1')).toBeNull()
  expect(after(asked)).toBe('handed')
  expect(after({ v: 1, at: 2, left: 'r1' })).toBe('gone')
  expect(after(asked, { v: 1, at: 2, answered: 'r1', text: 'a', by: 'terminal' })).toBe('gone')
  expect(after(asked, { v: 1, at: 2, report: 'progress', text: 'x' })).toBe('gone')
})

test('a wrapped message carries one id, whatever it quotes', () => {
  expect(idsIn(wrap({ id: 'app-3/7', text: 'you said "[ao #99] no ."' }))).toEqual(['app-3/7'])
  expect(idsIn(`draft${wrap({ id: '1', text: 'a' })}${wrap({ id: '2', text: 'b' })}`)).toEqual(['1', '2'])
  expect(() => wrap({ id: 'a]b', text: '' })).toThrow(/id/)
})
