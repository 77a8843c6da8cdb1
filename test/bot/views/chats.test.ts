import { expect, test } from 'vitest'
import { chatCard } from '../../../bot/views/chats.ts'
import { asText } from '../sessions.ts'

const since = Date.UTC(2026, 0, 5, 9, 30)
const health = (state: 'up' | 'down' | 'stopped', detail: string | null) => ({ state, since, heardAt: null, detail })

test.each([
  [
    health('down', 'No network.'),
    '(bad) slack cannot be reached; it is tried again.\n  No network.\n  Since 09:30 UTC. "ao doctor" looks at it.',
  ],
  [
    health('stopped', 'The token is wrong.'),
    '(bad) slack is not listened to.\n  The token is wrong.\n  Since 09:30 UTC. "ao doctor" looks at it.',
  ],
  [health('up', null), '(good) slack is there again.'],
])('a chat that is %o is told of so', (how, text) => {
  expect(asText({ ...chatCard('slack', how) })).toBe(text)
  expect(chatCard('slack', how).key, 'one message, edited').toBe('chat:slack')
})
