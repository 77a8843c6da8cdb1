import { randomUUID } from 'node:crypto'
import type { Message } from '../../../adapters/console/protocol.ts'
import { render } from '../../../adapters/console/render.ts'
import { platform } from '../../../adapters/console/translate.ts'
import { openView } from '../../../adapters/console/view.ts'
import type { MessageRef } from '../../../bot/contracts/adapter.ts'
import { adapterContract, drawnCard, newly } from '../../contracts/adapter.ts'
import { lookIn, main, makeConsole, openWire } from './world.ts'

const drawn = ({ card, thread, numbers }: Message): string =>
  render(card, { columns: 80, isColoured: false, isUnicode: true, numberOf: (id) => numbers[id] ?? null, thread })

adapterContract('the console', async () => {
  const world = await makeConsole()
  const say = async (text: string, deliveries = 1): Promise<void> => {
    const wire = await openWire(world.socketPath)
    await wire.hears('ready')
    const id = randomUUID()
    const at = Date.now()
    for (let delivery = 0; delivery < deliveries; delivery += 1) wire.send({ is: 'say', id, text, thread: null, at })
    await wire.hears('stored', (line) => line.id === id && wire.heard.filter(({ is }) => is === 'stored').length === deliveries)
    wire.close()
  }
  /** A terminal that stays open: how often it rang for each message. */
  const printed: string[] = []
  const view = openView(
    { print: (text) => void printed.push(text), canReplace: () => false, replace: () => {} },
    { columns: () => 80, isColoured: false, isUnicode: true, thread: () => null },
  )
  const known = new Map<string, Message>()
  const calls = new Map<string, readonly string[]>()
  const look = (message: Message): readonly string[] => {
    const from = printed.length
    if (JSON.stringify(known.get(message.id)) !== JSON.stringify(message)) view.shown(message, known.get(message.id) ?? null)
    known.set(message.id, message)
    const rang = printed.slice(from).flatMap((text) =>
      text
        .split('\u0007')
        .slice(1)
        .map(() => platform),
    )
    calls.set(message.id, [...(calls.get(message.id) ?? []), ...rang])
    return calls.get(message.id) ?? []
  }
  return {
    adapter: world.adapter,
    place: main(),
    account: platform,
    person: {
      says: say,
      presses: async (label) => {
        const messages = await lookIn(world.socketPath)
        const pressed = messages.flatMap(({ card, numbers }) =>
          card.buttons.flatMap((button) => (button.label === label ? [numbers[button.id]] : [])),
        )
        await say(String(pressed.at(-1)))
      },
      sees: async () =>
        (await lookIn(world.socketPath)).map((message) => ({
          text: drawn(message),
          buttons: message.card.buttons.map(({ label }) => label),
          calls: look(message),
        })),
      deletes: async (_ref: MessageRef) => {
        for (let count = 0; count < 200; count += 1) await world.adapter.post(main(), drawnCard({ title: `Newer ${count}` }), newly())
      },
    },
    hostile: [
      { words: '\u001b[31mred\u001b[0m', mustNotShow: '\u001b' },
      { words: '\u001b]0;owned\u0007title', mustNotShow: 'owned' },
      { words: '\u009b2Jcleared', mustNotShow: '\u009b' },
      { words: 'one\r\u001b[2Ktwo\b\b', mustNotShow: '\b' },
      { words: '\u202egnihton sevas', mustNotShow: '\u202e' },
      { words: '\n› [11] Merge', mustNotShow: /^› \[11\]/m },
    ],
    close: world.close,
  }
})
