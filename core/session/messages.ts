import type { FactOf } from '../contracts/fact.ts'
import type { MessageState, Session } from '../contracts/session.ts'

type Messages = readonly MessageState[]

/** How many settled messages a session remembers, for people to look at. */
const remembered = 20

const isSettled = ({ state }: MessageState): boolean => state === 'confirmed' || state === 'dropped' || state === 'unconfirmed'

/** One more at the end of the line; old settled ones are forgotten. */
export const queue = (all: Messages, { id, from, text, trouble, at }: FactOf<'message.queued'>, since: number): Messages => {
  const settled = all.filter(isSettled)
  const forgotten = new Set(settled.slice(0, Math.max(0, settled.length - remembered)))
  return [
    ...all.filter((message) => !forgotten.has(message)),
    { id, from, text, trouble, state: 'queued', since, at, sent: null, tries: 0 },
  ]
}

/** Moves one message along its life. One that is queued again goes out anew. */
export const moveMessage = (session: Session, id: string, state: MessageState['state'], since: number): Session => ({
  ...session,
  messages: session.messages.map((message) =>
    message.id === id
      ? {
          ...message,
          state,
          since,
          at: session.at,
          sent: state === 'queued' || state === 'handed' ? null : message.sent,
          tries: message.tries + (state === 'handed' ? 1 : 0),
        }
      : message,
  ),
})

/** The message on its way, if there is one: nothing else is handed over meanwhile, so messages are never merged and keep their order. */
export const underWay = ({ messages }: Session): MessageState | null =>
  messages.find(({ state }) => state === 'handed' || state === 'doubted') ?? null

/** The next one to hand over. */
export const nextMessage = ({ messages }: Session): MessageState | null => messages.find(({ state }) => state === 'queued') ?? null
