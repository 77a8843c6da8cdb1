import { randomUUID } from 'node:crypto'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createConsole } from '../../../adapters/console/index.ts'
import { lineReader } from '../../../adapters/console/protocol.ts'
import { silent } from '../../../core/kit/log.ts'
import { drawnCard, eventually, type FakeDoor, fakeDoor, newly } from '../../contracts/adapter.ts'
import { type ConsoleWorld, lookIn, main, makeConsole, openWire, type Wire } from './world.ts'

let world: ConsoleWorld
let door: FakeDoor
let stop: () => Promise<void>
const wires: Wire[] = []
const wire = async (...rest: Parameters<typeof openWire> extends [string, ...infer Rest] ? Rest : never): Promise<Wire> => {
  const opened = await openWire(world.socketPath, ...rest)
  wires.push(opened)
  return opened
}
const say = (text: string, thread: string | null = null) => ({ is: 'say' as const, id: randomUUID(), text, thread, at: Date.now() })

beforeEach(async () => {
  world = await makeConsole(async (pid) => {
    if (pid === 5) throw new Error('no such process')
    return pid === 4
  })
  door = fakeDoor(['fix #42', 'fix #43'])
  stop = await world.adapter.start(door)
})
afterEach(async () => {
  for (const opened of wires.splice(0)) opened.close()
  await stop()
  await world.close()
})

describe('a terminal', () => {
  it('is told that what it said is stored, then that it is done, with the answer before', async () => {
    door.answer(async ({ id, place }) => void (await world.adapter.post(place, drawnCard({ title: 'Started', replyTo: id }), newly())))
    const terminal = await wire()
    await terminal.hears('ready')
    const said = say('fix #42', 'app-3')
    terminal.send(said)

    await terminal.hears('done', ({ id }) => id === said.id)
    expect(terminal.heard.map(({ is }) => is)).toEqual(['welcome', 'ready', 'stored', 'shown', 'done'])
    expect(door.received).toMatchObject([{ id: `console:${said.id}`, place: main('app-3'), account: 'console', isDirect: true }])
  })

  it('hears what the others say and see', async () => {
    const [one, two] = [await wire(), await wire()]
    await Promise.all([one.hears('ready'), two.hears('ready')])
    one.send(say('fix #42', 'app-3'))
    await world.adapter.post(main(), drawnCard({ title: 'For all' }), newly())

    expect(await two.hears('heard')).toEqual({ is: 'heard', text: 'fix #42', thread: 'app-3' })
    expect((await two.hears('shown')).message.card.title).toBe('For all')
    await one.hears('shown')
    expect(one.heard.some(({ is }) => is === 'heard')).toBe(false)
  })

  it('is told when the bot could not keep what it said', async () => {
    door.receive = async () => {
      throw new Error('disk full')
    }
    const terminal = await wire()
    await terminal.hears('ready')
    terminal.send(say('fix #42'))

    expect(await terminal.hears('failed')).toMatchObject({ what: 'The bot could not keep what you said: disk full.' })
    expect(terminal.heard.some(({ is }) => is === 'stored' || is === 'done')).toBe(false)
  })

  it('keeps a stop waiting until what it said is stored', async () => {
    let store: () => void = () => {}
    door.hold(
      new Promise((resolve) => {
        store = resolve
      }),
    )
    const terminal = await wire()
    await terminal.hears('ready')
    terminal.send(say('fix #42'))
    terminal.send({ is: 'complete', id: 1, text: '', thread: null })
    await terminal.hears('completions') // so the line before it has been read
    let isStopped = false
    const stopping = stop().then(() => {
      isStopped = true
    })
    await eventually(terminal.isClosed, (isClosed) => isClosed)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(isStopped).toBe(false)

    store()
    await stopping
    expect(door.received).toHaveLength(1)
  })

  it('gets completions', async () => {
    const terminal = await wire()
    await terminal.hears('ready')
    terminal.send({ is: 'complete', id: 7, text: 'fix', thread: null })
    expect(await terminal.hears('completions')).toEqual({ is: 'completions', id: 7, texts: ['fix #42', 'fix #43'] })
  })
})

describe('a caller that is not welcome is told why and hung up on', () => {
  it.each([
    ['an agent', { v: 1, pid: 4 }, 'CALLER_IS_AGENT', 'Say it from your own terminal.'],
    ['one that cannot be looked up', { v: 1, pid: 5 }, 'CALLER_UNKNOWN', 'Say it again from your own terminal'],
    ['another version', { v: 2, pid: 1 }, 'VERSION_MISMATCH', 'with the same "ao"'],
  ])('%s', async (_name, hello, code, hint) => {
    const terminal = await wire(hello)
    const refused = await terminal.hears('refused')
    expect(refused).toMatchObject({ code, mayPass: false })
    expect(refused.hint).toContain(hint)
    await eventually(terminal.isClosed, (isClosed) => isClosed)
    expect(terminal.heard.map(({ is }) => is)).toEqual(['refused'])
  })

  const hello = `${JSON.stringify({ is: 'hello', v: 1, pid: 1 })}\n`
  it.each([
    ['rubbish', 'GET / HTTP/1.1\r\n', 'LINE_UNREADABLE'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x0a]), 'LINE_UNREADABLE'],
    ['words before hello', `${JSON.stringify(say('fix #42'))}\n`, 'LINE_UNREADABLE'],
    ['hello twice', hello + hello, 'LINE_UNREADABLE'],
    ['a line of the bot', `${hello}${JSON.stringify({ is: 'ready' })}\n`, 'LINE_UNREADABLE'],
    ['a line that never ends', Buffer.alloc(1024 * 1024 + 1, 97), 'LINE_TOO_LONG'],
    [
      'lines before it was let in',
      hello + `${JSON.stringify({ is: 'complete', id: 1, text: '', thread: null })}\n`.repeat(600),
      'LINE_UNREADABLE',
    ],
  ])('%s', async (_name, bytes, code) => {
    const [good, bad] = [await wire(), await wire(null)]
    await good.hears('ready')
    bad.raw(bytes)

    expect(await bad.hears('refused')).toMatchObject({ code })
    await eventually(bad.isClosed, (isClosed) => isClosed)
    const said = say('still here')
    good.send(said)
    await good.hears('done', ({ id }) => id === said.id)
    expect(door.received).toHaveLength(1)
  })

  it('one that says too much at once', async () => {
    const terminal = await wire()
    await terminal.hears('ready')
    terminal.raw(`${JSON.stringify({ is: 'complete', id: 1, text: '', thread: null })}\n`.repeat(600))
    expect(await terminal.hears('refused')).toMatchObject({ code: 'TOO_MUCH' })
  })

  it('one that does not read, without holding up the bot or the others', async () => {
    const [slow, good] = [await wire(), await wire()]
    await Promise.all([slow.hears('ready'), good.hears('ready')])
    slow.socket.pause()
    const blocks = [{ title: '', text: 'x'.repeat(15_000) }]
    const startedAt = Date.now()
    for (let count = 0; count < 700; count += 1) {
      await world.adapter.post(main(), drawnCard({ title: `card ${count}`, blocks }), newly())
      await new Promise((resolve) => setImmediate(resolve)) // the terminals live in this process, too
    }
    expect(Date.now() - startedAt).toBeLessThan(5_000)

    await good.hears('shown', ({ message }) => message.card.title === 'card 699')
    slow.socket.resume()
    expect(await slow.hears('refused')).toMatchObject({ code: 'READ_TOO_SLOWLY', mayPass: true })
    expect(slow.heard.filter(({ is }) => is === 'shown').length).toBeLessThan(700)
  })
})

describe('the room after a restart', () => {
  it('shows what was there, under the same numbers, and gives none twice', async () => {
    const button = (id: string) => [{ id, label: id, isRisky: false }]
    const ref = await world.adapter.post(main('app-3'), drawnCard({ title: 'Merge?', buttons: button('m1') }), newly())
    const before = await lookIn(world.socketPath)
    await stop()

    const again = world.again()
    stop = await again.start(door)
    expect(await lookIn(world.socketPath)).toEqual(before)
    await again.edit(ref, drawnCard({ title: 'Merge now?', buttons: button('m1') }))
    await again.post(main(), drawnCard({ title: 'Other', buttons: button('o1') }), newly())

    expect((await lookIn(world.socketPath)).map(({ card, numbers }) => [card.title, numbers])).toEqual([
      ['Merge now?', { m1: 11 }],
      ['Other', { o1: 12 }],
    ])
  })

  it('is believed to show nothing that came after its last write: whoever posts then is told so', async () => {
    await stop()
    const late = world.adapter.post(main('app-3'), drawnCard({ title: 'Allow?' }), newly())
    await expect(late).rejects.toMatchObject({ code: 'CHAT_UNREACHABLE' })

    const again = world.again()
    await again.post(main('app-3'), drawnCard({ title: 'Allow?' }), newly()) // before it starts is soon enough
    stop = await again.start(door)
    expect((await lookIn(world.socketPath)).map(({ card }) => card.title)).toEqual(['Allow?'])
  })

  it('gives no number twice even when the last writes were lost in a crash', async () => {
    await world.adapter.post(main(), drawnCard({ buttons: [{ id: 'a', label: 'A', isRisky: false }] }), newly())
    const kept = await eventually(
      () => readFile(world.historyFile, 'utf8').catch(() => ''),
      (text) => text !== '',
    )
    for (let count = 0; count < 120; count += 1)
      await world.adapter.post(main(), drawnCard({ buttons: [{ id: `b${count}`, label: 'B', isRisky: false }] }), newly())
    const crashed = await readFile(world.historyFile, 'utf8') // what a crash would have left at the worst
    const shown = (await lookIn(world.socketPath)).flatMap(({ numbers }) => Object.values(numbers))
    await stop()
    await writeFile(world.historyFile, crashed)

    const again = world.again()
    stop = await again.start(door)
    await again.post(main(), drawnCard({ title: 'Fresh', buttons: [{ id: 'c', label: 'C', isRisky: false }] }), newly())
    const fresh = (await lookIn(world.socketPath)).find(({ card }) => card.title === 'Fresh')?.numbers.c
    expect(shown).not.toContain(fresh)
    expect(kept).not.toBe(crashed)
  })

  it('begins empty, and keeps the file, when the history cannot be read', async () => {
    await world.adapter.post(main(), drawnCard({ buttons: [{ id: 'a', label: 'A', isRisky: false }] }), newly())
    await stop()
    const whole = await readFile(world.historyFile, 'utf8')
    await writeFile(world.historyFile, whole.slice(0, -20))

    stop = await world.again().start(door)
    expect(await lookIn(world.socketPath)).toEqual([])
    expect(await readFile(`${world.historyFile}.damaged`, 'utf8')).toBe(whole.slice(0, -20))
  })

  it('is kept for this user alone', async () => {
    await world.adapter.post(main(), drawnCard({}), newly())
    await stop()
    expect((await stat(world.historyFile)).mode & 0o777).toBe(0o600)
  })
})

describe('the socket', () => {
  it('is for this user alone', async () => expect((await stat(world.socketPath)).mode & 0o777).toBe(0o600))

  it('of a living bot is left alone', async () => {
    await expect(world.again().start(door)).rejects.toMatchObject({ code: 'SOCKET_BUSY' })
    expect(await lookIn(world.socketPath)).toEqual([])
  })

  it('of a dead bot is replaced', async () => {
    await stop()
    const script = `require('net').createServer().listen(${JSON.stringify(world.socketPath)}, () => process.kill(process.pid, 'SIGKILL'))`
    await execa(process.execPath, ['-e', script], { reject: false })
    expect((await stat(world.socketPath)).isSocket()).toBe(true)

    stop = await world.again().start(door)
    expect(await lookIn(world.socketPath)).toEqual([])
  })

  it('does not take the place of a file', async () => {
    await stop()
    await writeFile(world.socketPath, 'precious')
    await expect(world.again().start(door)).rejects.toMatchObject({ code: 'SOCKET_BLOCKED' })
    expect(await readFile(world.socketPath, 'utf8')).toBe('precious')
  })

  it('is gone after a stop, unless it is another bot’s by then', async () => {
    await rm(world.socketPath)
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(world.socketPath, () => resolve()))
    await stop()
    expect((await stat(world.socketPath)).isSocket()).toBe(true)
    await new Promise((resolve) => other.close(resolve))
  })

  it('is found where the path is longer than the system allows', async () => {
    const socketPath = join(world.folder, 'a-folder-with-a-very-long-name'.repeat(4), 'chat.sock')
    const make = () => createConsole({ socketPath, historyFile: `${world.historyFile}.2`, log: silent, isAgent: async () => false })
    const stopLong = await make().start(door)

    await expect(make().start(door)).rejects.toMatchObject({ code: 'SOCKET_BUSY' })
    const real = await execa('readlink', [socketPath])
    expect((await stat(real.stdout)).mode & 0o777).toBe(0o600)
    expect((await stat(join(real.stdout, '..'))).mode & 0o777).toBe(0o700)
    expect(await lookIn(real.stdout)).toEqual([])
    await stopLong()
    await expect(stat(real.stdout)).rejects.toMatchObject({ code: 'ENOENT' })
    await rm(join(real.stdout, '..'), { recursive: true })
  })

  it('takes cards for its one channel only', async () => {
    await expect(world.adapter.post({ platform: 'console', channel: 'other', thread: null }, drawnCard({}), newly())).rejects.toMatchObject(
      {
        code: 'PLACE_GONE',
      },
    )
  })
})

it('cuts bytes into lines wherever they were split, and stops at one that is too long', () => {
  const bytes = Buffer.from('one\nzwölf 🎉\n\nlast')
  for (let size = 1; size <= bytes.length; size += 1) {
    const lines: string[] = []
    const read = lineReader(
      (line) => lines.push(line),
      () => lines.push('TOO LONG'),
      20,
    )
    for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size))
    expect(lines).toEqual(['one', 'zwölf 🎉', ''])
    read(Buffer.from('x'.repeat(20)))
    read(Buffer.from('\nafter\n'))
    expect(lines.slice(3)).toEqual(['TOO LONG'])
    lines.length = 0
    lineReader(
      (line) => lines.push(line),
      () => lines.push('TOO LONG'),
      5,
    )(Buffer.from('fits\ntoo long\nafter\n'))
    expect(lines).toEqual(['fits', 'TOO LONG'])
  }
})
