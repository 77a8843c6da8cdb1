import { isUtf8 } from 'node:buffer'
import { z } from 'zod'
import type { HintOf, Host, WebhookAnswer } from '../../../core/contracts/plugins.ts'
import type { Document } from '../../../core/contracts/store.ts'
import { explain } from '../../../core/kit/fault.ts'
import { emptyNotes, type Notes, notesDocument } from './webhook-notes.ts'
import { contentTypeOf, type Delivered, isOfInterest, payloadIn, type RepositoryRef, readDelivery } from './webhook-read.ts'

/** So many ids of deliveries are remembered. */
const mostDeliveries = 1_000
/** Anybody can send what is wrongly signed: it is written down at most this often. */
const refusedEveryMs = 60_000

/** The option of a plugin that takes webhooks, to be spread into its strict object. */
export const webhookFields = {
  webhookSecret: z.string().trim().min(16, 'A secret for webhooks has at least 16 characters; "ao webhook" makes one.').optional().meta({
    description: `What GitHub signs webhooks with, as \`\${NAME}\` of a variable. Default: none is taken. "ao webhook" prints the steps.`,
    isSecret: true,
  }),
} as const

/** Who takes webhooks. */
export type Listening = {
  /** What they are signed with. Null: none is taken, and nothing is registered. */
  readonly secret: string | null
  readonly host: Pick<Host, 'onWebhook' | 'hint' | 'document' | 'shared' | 'log' | 'now'>
  /** The projects that use a repository. Best told by `id`: it outlives a new name, and a node id has two spellings. */
  readonly projectsOf: (repository: RepositoryRef) => readonly string[]
  /** Do changes of the project go onto that branch? Absent: onto the repository's default branch. */
  readonly isBase?: (project: string, branch: string) => boolean
}

type Listener = Omit<Listening, 'host' | 'secret'> & { readonly secret: string }

/**
 * Takes GitHub's webhooks at `/github`, and makes looks come sooner by them: they tell where something happened, never what. May
 * be called once for each project; each is told only of what its own secret signed. Answers 401 without the right
 * `x-hub-signature-256` (https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries); of what is rightly signed
 * 400 and 415 what GitHub would not send, 200 what was taken, came before or is of no interest, 202 what nothing follows from.
 */
export const listen = ({ secret, host, ...of }: Listening): void => {
  if (secret === null || secret === '') return
  const listeners = host.shared<Listener[]>('github.webhooks', () => {
    const all: Listener[] = []
    host.onWebhook('github', answerFor(all, host))
    return all
  })
  listeners.push({ secret, ...of })
}

const answerFor = (listeners: readonly Listener[], host: Listening['host']): WebhookAnswer => {
  const memory = remembering(host)

  const take = async (delivery: string, event: string, read: () => unknown, signedFor: readonly Listener[]): Promise<Answer> => {
    const { seen, note } = await memory.open()
    if (seen.has(delivery)) return answers.before
    if (event !== 'ping' && !isOfInterest(event)) {
      note(delivery, event)
      return answers.ignored
    }
    const payload = read()
    if (payload === undefined) return answers.unreadable
    const delivered = event === 'ping' ? null : readDelivery(event, payload)
    const hints = delivered ? hintsOf(delivered, signedFor) : []
    for (const [slot, about] of hints) host.hint(slot, about)
    note(delivery, event)
    host.log.debug('github.webhook', { event, delivery, hints: hints.map(([slot, about]) => ({ slot, ...about })) })
    return event === 'ping' ? answers.pong : hints.length > 0 ? answers.taken : answers.nothing
  }

  return async ({ headers, body }) => {
    const signedFor = await signersOf(body, headers['x-hub-signature-256'] ?? '', listeners)
    if (signedFor.length === 0) {
      if (headers['x-github-event'] !== undefined) memory.refused() // others are passers-by
      return answers.unsigned
    }
    const { 'x-github-delivery': delivery = '', 'x-github-event': event = '', 'content-type': type = '' } = headers
    if (!/^[\w-]{1,100}$/.test(delivery) || !/^\w{1,100}$/.test(event)) return answers.unnamed
    const contentType = contentTypeOf(type)
    if (contentType === null) return answers.strange
    return take(delivery, event, () => payloadIn(contentType, body.toString()), signedFor)
  }
}

type Answer = { readonly status: number; readonly text: string }
const answers = {
  taken: { status: 200, text: 'Taken.' },
  pong: { status: 200, text: 'Pong: the address, the secret and the signature are right.' },
  before: { status: 200, text: 'This delivery came before; nothing more is done about it.' },
  ignored: { status: 200, text: 'Nothing is made of events of this kind.' },
  nothing: { status: 202, text: 'There is nothing to look at because of it, or no project uses this repository.' },
  unsigned: { status: 401, text: 'X-Hub-Signature-256 is missing or wrong.' },
  unnamed: { status: 400, text: 'X-GitHub-Delivery or X-GitHub-Event is missing.' },
  unreadable: { status: 400, text: 'The payload cannot be read.' },
  strange: { status: 415, text: 'Send application/json or application/x-www-form-urlencoded.' },
} as const satisfies Record<string, Answer>

/** Those whose secret signed exactly these bytes. */
const signersOf = async (body: Buffer, signature: string, listeners: readonly Listener[]): Promise<readonly Listener[]> => {
  if (!/^sha256=[0-9a-f]{64}$/.test(signature) || body.length === 0) return []
  if (!isUtf8(body)) return [] // GitHub signs UTF-8; other bytes would be changed on their way to the text that is verified
  const { Webhooks } = await import('@octokit/webhooks')
  const text = body.toString()
  const secrets = [...new Set(listeners.map(({ secret }) => secret))]
  const right = await Promise.all(secrets.map((secret) => new Webhooks({ secret }).verify(text, signature)))
  return listeners.filter(({ secret }) => right[secrets.indexOf(secret)])
}

type Hint = readonly [slot: 'scm' | 'tracker', of: HintOf]

/** Once each. */
const hintsOf = ({ repositories, defaultBranch, about }: Delivered, listeners: readonly Listener[]): readonly Hint[] => {
  const hints = listeners.flatMap(({ projectsOf, isBase = (_, branch) => branch === defaultBranch }) =>
    [...new Set(repositories.flatMap(projectsOf))].flatMap((project) =>
      about.map((one): Hint => {
        if (one.slot === 'tracker') return ['tracker', { project }]
        const { slot, isPushed, ...of } = one
        return isPushed && of.branch !== undefined && isBase(project, of.branch) ? [slot, { project }] : [slot, { project, ...of }]
      }),
    ),
  )
  return [...new Map(hints.map((hint) => [JSON.stringify(hint), hint])).values()]
}

/** What came, over restarts. Where it cannot be kept it is remembered until the end: a look too many is all that comes of it. */
const remembering = ({ document, log, now }: Listening['host']) => {
  const open = async () => {
    const notes = await document<Notes>(notesDocument, emptyNotes()).catch((error: unknown): Document<Notes> => {
      log.error('github.webhook.unremembered', { why: explain(error) })
      const value = emptyNotes()
      return { value, update: async (change) => change(value) }
    })
    const seen = new Set(notes.value.deliveries)
    const update = (change: (notes: Notes) => void): void => {
      notes.update(change).catch((error: unknown) => log.warn('github.webhook.unremembered', { why: explain(error) }))
    }
    return {
      seen: seen as ReadonlySet<string>,
      update,
      /** Nobody waits for the disk: what a crash forgets comes again at worst. */
      note: (delivery: string, event: string): void => {
        seen.add(delivery)
        for (const oldest of seen) {
          if (seen.size <= mostDeliveries) break
          seen.delete(oldest)
        }
        update((value) => {
          value.deliveries = [...seen]
          value.last = { at: now(), event }
          if (event === 'ping') value.pingedAt = now()
        })
      },
    }
  }
  let opened: ReturnType<typeof open> | null = null
  const openOnce = () => (opened ??= open())
  let refusedAt = Number.NEGATIVE_INFINITY
  return {
    open: openOnce,
    refused: (): void => {
      if (now() - refusedAt < refusedEveryMs) return
      refusedAt = now()
      log.warn('github.webhook.refused', { why: 'the signature is missing or wrong' })
      void openOnce().then(({ update }) => update((value) => Object.assign(value, { refusedAt })))
    },
  }
}
