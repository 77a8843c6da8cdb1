import type { Writable } from 'node:stream'
import { isFault } from '../../core/kit/fault.ts'
import { fault } from './faults.ts'
import { type LinkEvent, openLink, type Trouble, troubleOf } from './link.ts'
import type { Message } from './protocol.ts'
import { isUtf8, render } from './render.ts'
import { inboundId } from './translate.ts'

/**
 * Says one thing to the running bot, prints the cards that answer it as they finally stand, and gives the exit code: 1 when an
 * answer's tone is bad, when it was refused, when no bot listens, or when the answer is not complete after `timeoutMs`.
 */
export const sayOnce = ({
  socketPath,
  text,
  output,
  thread = null,
  timeoutMs,
  isColoured,
  columns = 80,
  isUnicode = isUtf8(process.env, process.platform),
}: {
  readonly socketPath: string
  readonly text: string
  readonly output: Writable
  readonly thread?: string | null
  readonly timeoutMs: number
  readonly isColoured: boolean
  readonly columns?: number
  readonly isUnicode?: boolean
}): Promise<number> =>
  new Promise((resolve) => {
    const answers = new Map<string, Message>()
    let id: string | null = null

    const end = (trouble: Trouble | null): void => {
      clearTimeout(timer)
      link.close()
      const texts = [...answers.values()].map((message) =>
        render(message.card, {
          columns,
          isColoured,
          isUnicode,
          numberOf: (button) => message.numbers[button] ?? null,
          thread: message.thread,
        }),
      )
      if (trouble) texts.push(`${trouble.what}\n${trouble.hint}`)
      else if (texts.length === 0) texts.push('It was taken; there is no answer to show.')
      output.write(`${texts.join('\n\n')}\n`, () =>
        resolve(trouble || [...answers.values()].some(({ card }) => card.tone === 'bad') ? 1 : 0),
      )
    }
    const see = (message: Message): void => {
      if (id !== null && message.card.replyTo === inboundId(id)) answers.set(message.id, message)
    }
    const on = (event: LinkEvent): void => {
      if (event.is === 'shown') see(event.message)
      else if (event.is === 'ended' || (event.is === 'failed' && event.id === id)) end(event)
      else if (event.is === 'done' && event.id === id) end(null)
    }

    const timer = setTimeout(() => {
      end(troubleOf(fault('ANSWER_LATE', { timeoutMs })))
    }, timeoutMs)
    const link = openLink(socketPath, on)
    try {
      id = link.say(text, thread)
    } catch (error) {
      if (!isFault(error)) throw error
      end(troubleOf(error))
    }
  })
