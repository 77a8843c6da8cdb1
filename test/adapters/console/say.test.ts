import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runChat, sayOnce } from '../../../adapters/console/index.ts'
import type { Tone } from '../../../bot/contracts/card.ts'
import { drawnCard, eventually, type FakeDoor, fakeDoor, newly, wordsOf } from '../../contracts/adapter.ts'
import { type ConsoleWorld, main, makeConsole } from './world.ts'

let world: ConsoleWorld
let door: FakeDoor
let stop: () => Promise<void>
beforeEach(async () => {
  world = await makeConsole(async (pid) => pid === 0)
  door = fakeDoor()
  stop = await world.adapter.start(door)
})
afterEach(async () => {
  await stop()
  await world.close()
})

const answering = (tone: Tone, adapter = world.adapter): void =>
  door.answer(async ({ id, place, said }) => {
    const title = said.how === 'pressed' ? `You pressed ${said.button}` : `You said ${wordsOf(said)}`
    const ref = await adapter.post(place, drawnCard({ title: 'Starting', tone: 'busy', replyTo: id }), newly())
    await adapter.post(main(), drawnCard({ title: 'Something else' }), newly())
    await adapter.edit(ref, drawnCard({ title, tone, replyTo: id }))
  })

const say = async (words: string, timeoutMs = 5_000) => {
  const output = new PassThrough()
  const printed = text(output)
  const code = await sayOnce({ socketPath: world.socketPath, text: words, output, timeoutMs, isColoured: false, isUnicode: true })
  output.end()
  return { code, printed: await printed }
}

describe('saying one thing', () => {
  it('prints the cards that answer it as they finally stand, and nothing else', async () => {
    answering('good')
    expect(await say('fix #42')).toEqual({ code: 0, printed: '✓ You said fix #42\n' })
  })

  it('exits with 1 when the answer is bad', async () => {
    answering('bad')
    expect(await say('fix #42')).toEqual({ code: 1, printed: '✗ You said fix #42\n' })
  })

  it('presses a button by its number', async () => {
    answering('good')
    await world.adapter.post(main('app-3'), drawnCard({ title: 'Merge?', buttons: [{ id: 'm1', label: 'Merge', isRisky: true }] }), newly())
    expect(await say('11')).toEqual({ code: 0, printed: '✓ app-3  You pressed m1\n' })
  })

  it('tells what came so far when the answer is late', async () => {
    door.answer(async ({ id, place }) => {
      await world.adapter.post(place, drawnCard({ title: 'Starting', tone: 'busy', replyTo: id }), newly())
      await new Promise(() => {})
    })
    const { code, printed } = await say('fix #42', 300)
    expect(code).toBe(1)
    expect(printed).toBe('▲ Starting\n\nNo full answer within 300 ms.\nLook at what became of it with "ao chat".\n')
  })

  it('says so when no bot listens', async () => {
    await stop()
    expect(await say('fix #42')).toEqual({ code: 1, printed: `No bot listens at ${world.socketPath}.\nStart it with "ao start".\n` })
  })

  it('is refused when it is too long for one message', async () => {
    const { code, printed } = await say('x'.repeat(100_001))
    expect(code).toBe(1)
    expect(printed).toContain('100001 characters are too many')
    expect(door.received).toEqual([])
  })

  it('is said again under the same id when the bot went away before it was stored', async () => {
    let store: () => void = () => {}
    door.hold(new Promise((resolve) => (store = resolve)))
    const receive = door.receive
    const asked = new Promise<void>((resolve) => {
      door.receive = (inbound) => {
        resolve()
        return receive(inbound)
      }
    })
    const saying = say('fix #42', 15_000)
    await asked
    const stopping = stop()
    store()
    await stopping
    const before = door.received.map(({ id }) => id)
    door.hold(Promise.resolve())

    stop = await world.again().start(door)

    // The same id twice is one thing to the bot, so the bot, which had taken it before, only says that it is done.
    expect((await saying).code).toBe(0)
    const ids = door.received.map(({ id }) => id)
    expect(new Set(ids).size).toBe(1)
    expect(before).toHaveLength(1)
    expect(ids.length).toBe(2)
  })
})

describe('a chat without a terminal', () => {
  const pipe = async (lines: string) => {
    const [input, output] = [new PassThrough(), new PassThrough()]
    const printed = text(output)
    input.end(lines)
    const code = await runChat({
      socketPath: world.socketPath,
      input,
      output,
      columns: () => 80,
      isColoured: false,
      isUnicode: true,
      historyFile: `${world.folder}/typed`,
    })
    output.end()
    return { code, printed: await printed }
  }

  it('says line after line, each once the one before is answered', async () => {
    let open = 0
    let most = 0
    door.answer(async ({ id, place, said }) => {
      open += 1
      most = Math.max(most, open)
      await new Promise((resolve) => setTimeout(resolve, 20))
      open -= 1
      await world.adapter.post(place, drawnCard({ title: said.how === 'typed' ? said.text : '', replyTo: id }), newly())
    })

    expect(await pipe('one\n\n/in app-3\ntwo \\\nlines\n@web-1 three\n/out\nfour')).toEqual({
      code: 0,
      printed: '● one\n● two lines\n● web-1  three\n● four\n',
    })
    expect(door.received.map(({ said, place }) => [said, place.thread])).toEqual([
      [{ how: 'typed', text: 'one' }, null],
      [{ how: 'typed', text: 'two \nlines' }, 'app-3'],
      [{ how: 'typed', text: 'three' }, 'web-1'],
      [{ how: 'typed', text: 'four' }, null],
    ])
    expect(most).toBe(1)
  })

  it('shows nothing of what was there before, and exits with 1 when an answer is bad', async () => {
    await world.adapter.post(main(), drawnCard({ title: 'Old' }), newly())
    answering('bad')
    const { code, printed } = await pipe('fix #42\n')
    expect(code).toBe(1)
    expect(printed).toContain('✗ You said fix #42')
    expect(printed).not.toContain('Old')
  })

  it('exits with 1 when no bot listens', async () => {
    await stop()
    const { code, printed } = await pipe('fix #42\n')
    expect(code).toBe(1)
    expect(printed.replace(/\s+/g, ' ')).toContain('Start it with "ao start".') // how it is wrapped depends on the path
  })

  it('stops waiting when it is told to', async () => {
    door.answer(() => new Promise(() => {}))
    const stopping = new AbortController()
    const input = new PassThrough()
    const running = runChat({
      socketPath: world.socketPath,
      input,
      output: new PassThrough(),
      columns: () => 80,
      isColoured: false,
      historyFile: '',
      signal: stopping.signal,
    })
    input.write('fix #42\n')
    await eventually(
      () => door.received.length,
      (count) => count === 1,
    )
    stopping.abort()
    expect(await running).toBe(0)
  })
})
