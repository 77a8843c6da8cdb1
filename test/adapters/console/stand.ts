import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { isHeard, render } from '../../../adapters/console/render.ts'
import type { Stand } from '../../fakes/stand.ts'
import { lookIn, main, openWire } from './world.ts'

/** The console, as the stories need it: one person, on a socket in the data folder of whichever bot runs. */
export const consoleStand = async (): Promise<Stand> => {
  let socketPath = ''
  const say = async (text: string, thread: string | null, deliveries = 1): Promise<void> => {
    const wire = await openWire(socketPath)
    await wire.hears('ready')
    const id = randomUUID()
    const at = Date.now()
    for (let count = 0; count < deliveries; count += 1) wire.send({ is: 'say', id, text, thread, at })
    await wire.hears('stored', (line) => line.id === id)
    wire.close()
  }
  const sees: Stand['sees'] = async () =>
    (await lookIn(socketPath)).map(({ card, thread, numbers }) => ({
      text: render(card, { columns: 200, isColoured: false, isUnicode: true, numberOf: (id) => numbers[id] ?? null, thread }),
      buttons: card.buttons.map(({ label }) => label),
      calls: isHeard(card) ? ['console'] : [],
      place: { ...main(), thread },
    }))
  return {
    name: 'the console',
    chat: 'console',
    options: null,
    environment: {},
    accounts: { ana: 'console', bob: 'console', eve: 'console' },
    channel: main(),
    attach: (data) => {
      socketPath = join(data, 'ao.sock')
    },
    says: (_who, text, place = main(), deliveries = 1) => say(text, place.thread, deliveries),
    presses: async (_who, label, place) => {
      const all = await lookIn(socketPath)
      const numbers = all
        .filter(({ thread }) => thread === place.thread)
        .flatMap(({ card, numbers: known }) => card.buttons.flatMap((button) => (button.label === label ? (known[button.id] ?? []) : [])))
      await say(String(numbers.at(-1)), null)
    },
    sees,
    whispers: () => [],
    sent: () => ({ messages: 0, edits: 0 }), // it keeps no count
    network: null,
    close: async () => {},
  }
}
