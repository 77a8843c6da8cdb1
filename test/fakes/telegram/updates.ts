import type { Refusal } from './world.ts'

type Pending = {
  readonly id: number
  readonly update: Record<string, unknown>
  /** How often it is delivered before a confirmation counts. */
  left: number
  isOut: boolean
  isAgain: boolean
  readonly arrived: () => void
}

/** The updates of the bot: kept until they are confirmed, handed out by long polling or sent to a webhook. */
export type Updates = {
  /** Resolves once the bot confirmed it. `deliveries`: so often it comes, as when a confirmation is lost. */
  push(update: Record<string, unknown>, deliveries?: number): Promise<void>
  poll(
    request: {
      readonly offset?: number | undefined
      readonly limit?: number | undefined
      readonly timeout?: number | undefined
      readonly allowed_updates?: readonly string[] | undefined
    },
    whenGone: (stop: () => void) => void,
  ): Promise<readonly unknown[]>
  setWebhook(
    hook: { readonly url: string; readonly secret: string | undefined; readonly allowed: readonly string[] | undefined } | null,
  ): void
  readonly webhook: { readonly url: string; readonly lastError: string | null } | null
  readonly pending: number
  /** Is somebody polling at this moment? */
  readonly isPolled: boolean
  close(): void
}

/** How soon a webhook that refused an update gets it again. Telegram takes its time; a test does not. */
const againMs = 60

const always = ['message', 'edited_message', 'channel_post', 'callback_query', 'my_chat_member']

export const makeUpdates = (firstId: number): Updates => {
  let lastId = firstId
  let allowed: readonly string[] = always
  let queue: Pending[] = []
  let waiting: { readonly answer: () => void; readonly fail: (why: Refusal) => void } | null = null
  let hook: { url: string; secret: string | undefined; lastError: string | null } | null = null
  let sending: Promise<void> = Promise.resolve()
  let isClosed = false

  /** As with Telegram, whatever is below the offset is over, also what nobody has seen. */
  const confirm = (offset: number): void => {
    for (const one of queue.filter(({ id }) => id < offset)) {
      if (!one.isOut) one.left = 0
      else {
        one.left -= 1
        one.isOut = false
        one.isAgain = true
        if (one.left === 0) one.arrived()
      }
    }
    queue = queue.filter(({ left }) => left > 0)
  }

  const send = async (one: Pending): Promise<void> => {
    while (!isClosed && hook && one.left > 0) {
      try {
        const response = await fetch(hook.url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(hook.secret !== undefined && { 'x-telegram-bot-api-secret-token': hook.secret }),
          },
          body: JSON.stringify(one.update),
        })
        if (response.ok) {
          one.left -= 1
          continue
        }
        hook.lastError = `Wrong response from the webhook: ${response.status}`
      } catch (error) {
        if (hook) hook.lastError = String(error)
      }
      await new Promise((resolve) => setTimeout(resolve, againMs))
    }
    if (one.left > 0) return
    queue = queue.filter((other) => other !== one)
    one.arrived()
  }

  const sendAll = (): void => {
    for (const one of queue) sending = sending.then(() => send(one))
  }

  return {
    push: (update, deliveries = 1) => {
      const [kind = ''] = Object.keys(update)
      if (!allowed.includes(kind)) return Promise.resolve()
      lastId += 1
      const id = lastId
      return new Promise((resolve) => {
        const one = { id, update: { update_id: id, ...update }, left: deliveries, isOut: false, isAgain: false, arrived: resolve }
        queue.push(one)
        if (hook) sending = sending.then(() => send(one))
        else waiting?.answer()
      })
    },
    poll: async ({ offset = 0, limit = 100, timeout = 0, allowed_updates }, whenGone) => {
      if (hook) throw conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
      if (allowed_updates) allowed = allowed_updates.length === 0 ? always : allowed_updates
      // The newer request wins.
      waiting?.fail(conflict('terminated by other getUpdates request; make sure that only one bot instance is running'))
      confirm(offset)
      const ready = (): readonly Pending[] => queue.filter(({ id, isAgain }) => id >= offset || isAgain).slice(0, limit)
      if (ready().length === 0 && timeout > 0)
        await new Promise<void>((resolve, reject) => {
          const end = (): void => {
            clearTimeout(timer)
            if (waiting === mine) waiting = null
          }
          const answer = (): void => {
            end()
            resolve()
          }
          const mine = {
            answer,
            fail: (why: Refusal) => {
              end()
              reject(why)
            },
          }
          const timer = setTimeout(answer, timeout * 1000)
          waiting = mine
          whenGone(answer)
        })
      const batch = ready()
      for (const one of batch) one.isOut = true
      return batch.map(({ update }) => update)
    },
    setWebhook: (next) => {
      waiting?.fail(conflict('terminated by setWebhook request'))
      hook = next && { url: next.url, secret: next.secret, lastError: null }
      if (next?.allowed) allowed = next.allowed
      if (hook) sendAll()
    },
    get webhook() {
      return hook
    },
    get pending() {
      return queue.length
    },
    get isPolled() {
      return waiting !== null
    },
    close: () => {
      isClosed = true
      waiting?.answer()
    },
  }
}

const conflict = (description: string): Refusal => ({ error_code: 409, description: `Conflict: ${description}`, isFault: true })
