import { randomUUID } from 'node:crypto'
import { appendFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { describe, it, type TestContext } from 'vitest'
import type { MessageRef } from '../../../bot/contracts/adapter.ts'
import type { DrawnCard } from '../../../bot/contracts/card.ts'
import { drawnCard, eventually, type FakeDoor, fakeDoor, newly, wordsOf } from '../../contracts/adapter.ts'
import { type ConsoleWorld, main, makeConsole, openWire } from './world.ts'

/** For what a terminal comes to show: it is a process of its own, and five of them start at once on a machine that may be busy. */
const limitMs = 30_000

/** A real terminal: a window of a tmux server of its own. */
const openTerminal = async (world: ConsoleWorld, columns = 80, rows = 24) => {
  const socket = ['-S', `${world.folder}/tmux-${randomUUID()}`, '-f', '/dev/null']
  const tmux = async (...rest: readonly string[]): Promise<string> => (await execa('tmux', [...socket, ...rest], { input: '' })).stdout
  const program = fileURLToPath(new URL('terminal.mjs', import.meta.url))
  const command = [process.execPath, program, world.socketPath, `${world.folder}/typed`]
  await tmux('new-session', '-d', '-s', 'chat', '-x', `${columns}`, '-y', `${rows}`, `${command.join(' ')}; cat`)
  const screen = async (): Promise<string> => (await tmux('capture-pane', '-p', '-t', '=chat:')).trimEnd()
  return {
    screen,
    tmux,
    keys: (...keys: readonly string[]) => tmux('send-keys', '-t', '=chat:', ...keys),
    type: (text: string) => tmux('send-keys', '-t', '=chat:', '-l', text),
    paste: async (text: string) => {
      await execa('tmux', [...socket, 'load-buffer', '-'], { input: text })
      await tmux('paste-buffer', '-p', '-t', '=chat:')
    },
    shows: (...parts: readonly string[]) => eventually(screen, (seen) => parts.every((part) => seen.includes(part)), limitMs),
    endsWith: (end: string) => eventually(screen, (seen) => seen.endsWith(end), limitMs),
    close: () => tmux('kill-server').catch(() => ''), // gone already
  }
}

/** A bot, a room and a terminal on it, all gone after the test. `before` is done while nobody looks. */
const open = async (
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  { columns = 80, before = async () => {} }: { columns?: number; before?: (scene: Scene) => Promise<unknown> } = {},
) => {
  const world = await makeConsole()
  const door = fakeDoor(['status', 'stop app-3'])
  const scene: Scene = { world, door, stop: await world.adapter.start(door) }
  await before(scene)
  const openOne = async () => {
    const terminal = await openTerminal(world, columns)
    onTestFinished(() => terminal.close().then(() => {}))
    return terminal
  }
  onTestFinished(async () => {
    await scene.stop()
    await world.close()
  })
  const typed = () => door.received.map(({ said, place }) => [wordsOf(said), place.thread])
  const post = (title: string, parts: Partial<DrawnCard> = {}): Promise<MessageRef> =>
    world.adapter.post(main(), drawnCard({ title, ...parts }), newly())
  return { ...scene, scene, terminal: await openOne(), openOne, typed, post }
}
type Scene = { readonly world: ConsoleWorld; readonly door: FakeDoor; stop: () => Promise<void> }

const lines = (...rows: readonly string[]): string => rows.join('\n')
describe.concurrent('a chat in a terminal', () => {
  it('keeps the line being typed whole, cursor included, while cards arrive and change', async ({ expect, ...test }) => {
    const { terminal, world, typed, post } = await open(test, { columns: 40 })
    await terminal.endsWith('ao>')
    await terminal.type('a sentence that is longer than the terminal is wide')
    await terminal.keys('C-a')
    const ref = await post('Working', { kind: 'status', tone: 'busy', lines: ['1 file'] })
    await terminal.shows('Working')
    await world.adapter.edit(ref, drawnCard({ kind: 'status', tone: 'busy', title: 'Working', lines: ['2 files', '1 commit'] }))
    await terminal.shows('1 commit')
    await post('Hello')
    await terminal.shows('Hello')
    await terminal.type('X')

    const seen = await terminal.shows('Xa sentence')
    expect(
      seen
        .split('\n')
        .slice(2)
        .map((row) => row.trimEnd()),
    ).toEqual(['▲ Working', '  2 files', '  1 commit', '', '● Hello', 'ao> Xa sentence that is longer than the', 'terminal is wide'])
    await terminal.keys('C-e')
    await post('Cursor below')
    await terminal.endsWith(lines('● Hello', '● Cursor below', 'ao> Xa sentence that is longer than the', 'terminal is wide'))
    await terminal.keys('Enter')
    await eventually(typed, (said) => said.length === 1)
    expect(typed()).toEqual([['Xa sentence that is longer than the terminal is wide', null]])
  })

  it('redraws a card in place while it is the last thing, else prints one line, or nothing when nothing is new', async ({
    expect,
    ...test
  }) => {
    const { terminal, world, post } = await open(test)
    await terminal.endsWith('ao>')
    const ref = await post('Step one', { kind: 'status', tone: 'busy', lines: ['x'] })
    await terminal.shows('Step one')
    await world.adapter.edit(ref, drawnCard({ kind: 'status', tone: 'busy', title: 'Step two', lines: ['x'] }))
    await terminal.shows('Step two')
    expect(await terminal.screen()).not.toContain('Step one')

    await post('Between')
    await world.adapter.edit(ref, drawnCard({ kind: 'status', tone: 'busy', title: 'Step two', lines: ['y'] }))
    await world.adapter.edit(ref, drawnCard({ kind: 'status', tone: 'good', title: 'Step three', lines: ['z'] }))
    const seen = await terminal.endsWith(lines('✓ Step three', 'ao>'))
    expect(seen.split('\n').slice(1)).toEqual(['▲ Step two', '  x', '', '● Between', '✓ Step three', 'ao>'])
  })

  it('says a paste of several lines as one message, where the cursor is, and waits for Enter', async ({ expect, ...test }) => {
    const { terminal, door, typed } = await open(test)
    await terminal.endsWith('ao>')
    await terminal.type('tell app-3  now')
    await terminal.keys('Left', 'Left', 'Left', 'Left')
    await terminal.paste('use zod\n\tand not joi\nplease')
    await terminal.endsWith('ao> tell app-3 use zod⏎⇥and not joi⏎please now')
    expect(door.received).toEqual([])
    await terminal.keys('Enter')
    await terminal.paste(Array.from({ length: 300 }, (_, index) => `line ${index} of a long log`).join('\n'))
    await terminal.endsWith('ao> ⟦paste 1: 300 lines⟧')
    await terminal.keys('Enter')

    await eventually(typed, (said) => said.length === 2)
    expect(typed()[0]).toEqual(['tell app-3 use zod\n\tand not joi\nplease now', null])
    expect(typed()[1]?.[0]?.split('\n')).toHaveLength(300)
  })

  it('goes on in the next line after a backslash', async ({ expect, ...test }) => {
    const { terminal, typed } = await open(test)
    await terminal.endsWith('ao>')
    await terminal.type('one \\')
    await terminal.keys('Enter')
    await terminal.endsWith('…>')
    await terminal.type('two')
    await terminal.keys('Enter')
    await eventually(typed, (said) => said.length === 1)
    expect(typed()).toEqual([['one \ntwo', null]])
    await terminal.endsWith('ao>')
  })

  it('enters a thread, presses its buttons by number, and takes those of others for words', async ({ expect, ...test }) => {
    const merge = (id: string) =>
      drawnCard({ title: `Merge ${id}?`, kind: 'approval', tone: 'ask', buttons: [{ id, label: 'Merge', isRisky: false }] })
    const { terminal, typed } = await open(test, {
      before: async ({ world }) => {
        await world.adapter.post(main('app-3'), merge('m3'), newly())
        await world.adapter.post(main('web-1'), merge('m4'), newly())
      },
    })
    await terminal.shows('? app-3  Merge m3?', '› [11] Merge', '? web-1  Merge m4?', '› [12] Merge')
    await terminal.type('/in a')
    await terminal.keys('Tab')
    await terminal.endsWith('ao> /in app-3')
    await terminal.keys('Enter')
    await terminal.endsWith(lines('? Merge m3?', '› [11] Merge', 'ao app-3>'))
    for (const words of ['11', '12', '@web-1 12', '/out']) {
      await terminal.type(words)
      await terminal.keys('Enter')
    }
    await terminal.endsWith('ao>')
    await eventually(typed, (said) => said.length === 3)
    expect(typed()).toEqual([
      ['[m3]', 'app-3'],
      ['12', 'app-3'],
      ['[m4]', 'web-1'],
    ])
  })

  it('completes what the bot knows, and lists what is possible', async (test) => {
    const { terminal } = await open(test)
    await terminal.endsWith('ao>')
    await terminal.type('sta')
    await terminal.keys('Tab')
    await terminal.endsWith('ao> status')
    await terminal.keys('C-u')
    await terminal.type('st')
    await terminal.keys('Tab', 'Tab')
    await eventually(terminal.screen, (seen) => /status +stop app-3/.test(seen) && seen.endsWith('ao> st'))
  })

  it('clears a begun line with Ctrl-C, and leaves with Ctrl-C on an empty one', async ({ expect, ...test }) => {
    const { terminal, door } = await open(test)
    await terminal.endsWith('ao>')
    await terminal.type('half')
    await terminal.keys('C-c')
    await terminal.endsWith(lines('ao> half^C', 'ao>'))
    await terminal.keys('C-c')
    await terminal.shows('left with 0')
    expect(door.received).toEqual([])
  })

  it('remembers typed lines for the next time, and leaves with Ctrl-D', async (test) => {
    const { terminal, openOne, typed } = await open(test, { before: ({ world }) => appendFile(`${world.folder}/typed`, 'fix #41\n') })
    await terminal.endsWith('ao>')
    await terminal.type('fix #42')
    await terminal.keys('Enter')
    await eventually(typed, (said) => said.length === 1)
    await terminal.keys('C-d')
    await terminal.shows('left with 0')

    const next = await openOne()
    await next.endsWith('ao>')
    await next.keys('Up')
    await next.endsWith('ao> fix #42')
    await next.keys('Up')
    await next.endsWith('ao> fix #41')
  })

  it('waits for a bot that went away, keeps what is said meanwhile, and goes on', async ({ expect, ...test }) => {
    const { terminal, scene, door, world, typed } = await open(test, {
      before: ({ world: { adapter } }) => adapter.post(main(), drawnCard({ title: 'Before' }), newly()),
    })
    await terminal.endsWith('ao>')
    await terminal.type('half ')
    await scene.stop()
    await terminal.endsWith(lines('The bot is gone; waiting for it (Ctrl-D quits).', 'ao> half'))
    await terminal.type('said')
    await terminal.keys('Enter')
    await terminal.shows('Kept; it is said when the bot is back.')

    const again = world.again()
    door.answer(async ({ place, id }) => void (await again.post(place, drawnCard({ title: 'Answer', tone: 'good', replyTo: id }), newly())))
    scene.stop = await again.start(door)
    const seen = await terminal.endsWith(lines('The bot is back.', '✓ Answer', 'ao>'))
    expect(typed()).toEqual([['half said', null]])
    expect(seen.match(/Before/g)).toHaveLength(1)
  })

  it('wraps at the width the terminal has now', async (test) => {
    const { terminal, post } = await open(test)
    await terminal.endsWith('ao>')
    await terminal.type('typing')
    await terminal.tmux('resize-window', '-t', '=chat:', '-x', '40', '-y', '24')
    await eventually(
      () => terminal.tmux('display-message', '-p', '-t', '=chat:', '#{pane_width}'),
      (width) => width === '40',
    )
    // The size reaches the program by a signal of its own, so a card is posted until one is drawn for the new width.
    await eventually(
      async () => {
        await post('words that do not fit into a single line of forty columns')
        return terminal.screen()
      },
      (seen) => seen.endsWith(lines('● words that do not fit into a single', '  line of forty columns', '', 'ao> typing')),
    )
  })

  it('shows what is said in other terminals', async (test) => {
    const { terminal, world } = await open(test)
    await terminal.endsWith('ao>')
    const other = await openWire(world.socketPath)
    await other.hears('ready')
    other.send({ is: 'say', id: randomUUID(), text: 'fix #42', thread: 'app-3', at: Date.now() })
    await terminal.endsWith(lines('» app-3 fix #42', 'ao>'))
    other.close()
  })

  it('says why it leaves when no bot listens', async (test) => {
    const { terminal } = await open(test, { before: (scene) => scene.stop() })
    await terminal.shows('No bot listens at', 'start".', 'left with 1') // how it is wrapped depends on the path
  })

  it('explains itself, and a slip of the finger', async (test) => {
    const { terminal } = await open(test)
    await terminal.endsWith('ao>')
    await terminal.type('/help')
    await terminal.keys('Enter')
    await terminal.shows("/in     enter a session's thread: /in app-3", 'press the button [12]')
    await terminal.type('/hlep')
    await terminal.keys('Enter')
    await terminal.shows('There is no /hlep; did you mean /help?')
  })
})
