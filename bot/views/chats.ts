import type { Health } from '../contracts/adapter.ts'
import type { Card } from '../contracts/card.ts'
import { card } from './words.ts'

/** How it goes with a chat, told in another: one message for each trouble, which says when it is over. */
export const chatCard = (name: string, { state, since, detail }: Health): Card =>
  state === 'up'
    ? card({ key: `chat:${name}`, kind: 'status', tone: 'good', title: `${name} is there again.` })
    : card({
        key: `chat:${name}`,
        kind: 'status',
        tone: 'bad',
        title: state === 'down' ? `${name} cannot be reached; it is tried again.` : `${name} is not listened to.`,
        lines: [...(detail === null ? [] : [detail]), `Since ${new Date(since).toISOString().slice(11, 16)} UTC. "ao doctor" looks at it.`],
      })
