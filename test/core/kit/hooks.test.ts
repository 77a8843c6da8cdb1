import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { hookPrelude, isWaiting, poke, putMessage, takenAt, word } from '../../../core/kit/hooks.ts'

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "ao-it's-")))
let state = ''
let mailbox = ''
beforeEach(() => {
  state = mkdtempSync(join(scratch, 's-'))
  mailbox = join(state, 'mailbox.ndjson')
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** Runs lines of a hook after the prelude, in each shell there is. */
const run = (lines: string, { input = '', shell = '/bin/sh' }: { readonly input?: string; readonly shell?: string } = {}) =>
  execa(shell, ['-c', `${hookPrelude({ state, mailbox })}\n${lines}`], { input, reject: false, stripFinalNewline: false })

const shells = (
  await Promise.all(
    ['dash', 'bash', 'busybox'].map(async (name) => ((await execa('which', [name], { reject: false })).exitCode === 0 ? name : null)),
  )
)
  .filter((name) => name !== null)
  .filter((name) => name !== 'busybox')

describe.each(shells)('a hook in %s', (shell) => {
  test('appends each row whole, however many write at once', async () => {
    const text = 'ü"'.repeat(12_000)
    const all = Array.from({ length: 16 }, (_, at) =>
      run(`read_payload; row "{\\"n\\":${at},\\"t\\":\\"$payload\\"}"`, { shell, input: text.replaceAll('"', "'") }),
    )
    await Promise.all(all)
    const rows = readFileSync(mailbox, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rows.map(({ n }) => n).sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, at) => at))
    for (const { t } of rows) expect(t).toBe(text.replaceAll('"', "'"))
  })

  test('tells the time in milliseconds', async () => {
    const { stdout } = await run('now; echo "$at"', { shell })
    expect(Math.abs(Number(stdout) - Date.now())).toBeLessThan(10_000)
  })

  test('cuts a payload at a key, and never at words that only look like one', async () => {
    const payload = JSON.stringify({ a: 'x,"b":1', tool: 'T', b: { c: 2 } })
    const { stdout } = await run('read_payload; part_before b; echo "$part}"; part_from b; echo "$part"; part_before z || echo none', {
      shell,
      input: payload,
    })
    expect(stdout).toBe('{"a":"x,\\"b\\":1","tool":"T"}\n,"b":{"c":2}}\nnone\n')
  })

  test('waits without missing the poke that came before it waited', async () => {
    const fifo = join(state, 'fifo')
    const waiter = run(`open_fifo ${word(fifo)}; : >"$state/open"; while [ ! -e "$state/go" ]; do :; done; wait_poke; echo poked`, {
      shell,
    })
    while (!readdirSync(state).includes('open')) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(poke(fifo)).toBe(true)
    writeFileSync(join(state, 'go'), '')
    expect((await waiter).stdout).toBe('poked\n')
    expect(poke(fifo)).toBe(false)
  })

  test('takes messages in the order of their coming, each once, though two ask at once', async () => {
    const inbox = { folder: join(state, 'inbox') }
    for (let at = 1; at <= 10; at += 1) putMessage(inbox, { id: `m${at}`, text: `words ${at}` }, at)
    const take = 'while take_message; do cat "$message/text"; echo; done'
    const [one, two] = await Promise.all([run(take, { shell }), run(take, { shell })])
    const lines = (text: string): readonly string[] =>
      text
        .trimEnd()
        .split('\n')
        .filter((line) => line !== '')
    const number = (line: string): number => Number(/#m(\d+)\]/.exec(line)?.[1])
    for (const { stdout } of [one, two])
      expect(lines(stdout).map(number)).toEqual(
        lines(stdout)
          .map(number)
          .toSorted((a, b) => a - b),
      )
    expect([...lines(one.stdout), ...lines(two.stdout)].map(number).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })
})

test('a message is there whole, as words and inside of JSON', () => {
  const inbox = { folder: join(state, 'inbox') }
  putMessage(inbox, { id: 'shop-1-m7', text: 'a "b"\n\\c' }, 5)
  const [name = ''] = readdirSync(join(inbox.folder, 'waiting'))
  const read = (file: string): string => readFileSync(join(inbox.folder, 'waiting', name, file), 'utf8')
  expect(read('text')).toBe('[ao #shop-1-m7] a "b"\n\\c .')
  expect(JSON.parse(`"${read('json')}"`)).toBe(read('text'))
})

test('a message that waits is not put twice; one that was taken is put again', () => {
  const inbox = { folder: join(state, 'inbox') }
  putMessage(inbox, { id: 'm1', text: 'a' }, 5)
  putMessage(inbox, { id: 'm1', text: 'a' }, 6)
  const waiting = join(inbox.folder, 'waiting')
  expect(readdirSync(waiting)).toHaveLength(1)
  expect([isWaiting(inbox, 'm1'), isWaiting(inbox, '1'), takenAt(inbox, 'm1')]).toEqual([true, false, null])
  const [name = ''] = readdirSync(waiting)
  renameSync(join(waiting, name), join(inbox.folder, 'taken', name))
  expect(isWaiting(inbox, 'm1')).toBe(false)
  expect(Math.abs((takenAt(inbox, 'm1') ?? 0) - Date.now())).toBeLessThan(10_000)
  putMessage(inbox, { id: 'm1', text: 'a' }, 7)
  expect(isWaiting(inbox, 'm1')).toBe(true)
})

test('an id that is no file name is refused', () => {
  mkdirSync(join(state, 'inbox'))
  expect(() => putMessage({ folder: join(state, 'inbox') }, { id: '../m1', text: 'a' }, 1)).toThrow('file name')
})

test('nobody waits where there is no FIFO', () => {
  expect(poke(join(state, 'none'))).toBe(false)
})
