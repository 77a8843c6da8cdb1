import { createHmac, randomUUID } from 'node:crypto'
import { accountJson, repositoryJson } from './shapes/accounts.ts'
import type { Happening, Repository, World } from './state.ts'

/** One try to tell a hook something. `status` is null until it is answered, and for ever when nobody was there. */
export type Delivery = {
  readonly id: string
  readonly event: string
  readonly action: string | null
  readonly text: string
  status: number | null
}

export type Hook = {
  readonly id: number
  readonly url: string
  readonly secret: string
  readonly deliveries: readonly Delivery[]
  /** Sends the last ones again, oldest first, with the ids they had. */
  redelivers(count: number): Promise<void>
  /** Sends something that never happened; signed with this secret unless told otherwise (null: not signed at all). Gives the status. */
  forges(
    event: string,
    payload: unknown,
    how?: { readonly secret?: string | null; readonly id?: string; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<number>
  /** From now on what happens is not told: deliveries that got lost. */
  loses(): void
  recovers(): void
  remove(): void
}

export type Hooks = {
  add(repository: Repository, parts: { readonly url: string; readonly secret: string; readonly events?: readonly string[] }): Hook
  emit(happening: Happening): void
  /** Resolves when nothing is on its way any more. */
  idle(): Promise<void>
  close(): void
}

/** After this long GitHub hangs up. https://docs.github.com/webhooks/using-webhooks/best-practices-for-using-webhooks */
const patienceMs = 10_000

type Kept = {
  readonly repository: Repository
  readonly events: readonly string[]
  readonly deliver: (event: string, action: string | null, text: string) => Promise<void>
}

export const makeHooks = (worldOf: () => World): Hooks => {
  const kept = new Set<Kept>()
  const underWay = new Set<Promise<void>>()
  const over = new AbortController()

  const follow = (work: Promise<void>): Promise<void> => {
    underWay.add(work)
    return work.finally(() => underWay.delete(work))
  }

  const post = async (
    hook: { readonly url: string; readonly id: number },
    delivery: Delivery,
    more: Readonly<Record<string, string>>,
  ): Promise<void> => {
    try {
      const response = await fetch(hook.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'GitHub-Hookshot/044aadd',
          accept: '*/*',
          'x-github-delivery': delivery.id,
          'x-github-event': delivery.event,
          'x-github-hook-id': String(hook.id),
          'x-github-hook-installation-target-type': 'repository',
          ...more,
        },
        body: delivery.text,
        signal: AbortSignal.any([over.signal, AbortSignal.timeout(patienceMs)]),
      })
      await response.arrayBuffer()
      delivery.status = response.status
    } catch {
      delivery.status = null // nobody was there, or nobody answered in time: GitHub does not try again by itself either
    }
  }

  const payloadText = async ({ action, repository, sender, payload }: Happening): Promise<string> => {
    const world = worldOf()
    const about = { repository: repositoryJson(world, repository), sender: accountJson(world, sender) }
    return JSON.stringify({ ...(action !== null && { action }), ...(await payload()), ...about })
  }

  return {
    add: (repository, { url, secret, events = ['*'] }) => {
      const world = worldOf()
      const id = world.nextId()
      const deliveries: Delivery[] = []
      let isLost = false
      const send = async (delivery: Delivery): Promise<void> => {
        deliveries.push(delivery)
        if (!isLost) await post({ url, id }, delivery, signatures(secret, delivery.text))
      }
      const one: Kept = {
        repository,
        events,
        deliver: (event, action, text) => send({ id: randomUUID(), event, action, text, status: null }),
      }
      kept.add(one)
      const hook: Hook = {
        id,
        url,
        secret,
        deliveries,
        redelivers: async (count) => {
          for (const { event, action, text, id: same } of deliveries.slice(-count))
            await follow(send({ id: same, event, action, text, status: null }))
        },
        forges: async (event, payload, { secret: with_ = secret, id: said = randomUUID(), headers = {} } = {}) => {
          const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
          const delivery: Delivery = { id: said, event, action: null, text, status: null }
          await follow(post({ url, id }, delivery, { ...(with_ !== null && signatures(with_, text)), ...headers }))
          return delivery.status ?? 0
        },
        loses: () => {
          isLost = true
        },
        recovers: () => {
          isLost = false
        },
        remove: () => kept.delete(one),
      }
      const config = { url, content_type: 'json', insecure_ssl: '0', secret: '********' }
      const ping = {
        zen: 'Keep it logically awesome.',
        hook_id: id,
        hook: { type: 'Repository', id, name: 'web', active: true, events, config },
      }
      void follow(one.deliver('ping', null, JSON.stringify({ ...ping, repository: repositoryJson(world, repository) })))
      return hook
    },
    emit: (happening) => {
      const told = [...kept].filter(
        ({ repository, events }) => repository === happening.repository && (events.includes('*') || events.includes(happening.event)),
      )
      if (told.length === 0) return
      const text = payloadText(happening) // begun at once, so that it tells how things are now
      for (const { deliver } of told) void follow(text.then((made) => deliver(happening.event, happening.action, made)))
    },
    idle: async () => {
      while (underWay.size > 0) await Promise.all(underWay)
    },
    close: () => over.abort(),
  }
}

const signatures = (secret: string, text: string): Record<string, string> => ({
  'x-hub-signature': `sha1=${createHmac('sha1', secret).update(text).digest('hex')}`,
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`,
})
