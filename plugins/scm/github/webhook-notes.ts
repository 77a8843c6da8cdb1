import { z } from 'zod'
import type { Finding } from '../../../core/contracts/plugins.ts'
import { sayDuration } from '../../../core/kit/time.ts'

/** The document that webhooks are remembered in. */
export const notesDocument = 'github-webhooks'

/** What is remembered over restarts. Times are epoch ms. */
export type Notes = {
  /** Ids of the newest deliveries, oldest first. */
  deliveries: readonly string[]
  /** The newest delivery that was rightly signed. */
  last: { readonly at: number; readonly event: string } | null
  pingedAt: number | null
  /** The newest request whose signature was missing or wrong. */
  refusedAt: number | null
}

export const emptyNotes = (): Notes => ({ deliveries: [], last: null, pingedAt: null, refusedAt: null })

const shape = z.object({
  deliveries: z.array(z.string()),
  last: z.object({ at: z.number(), event: z.string() }).nullable(),
  pingedAt: z.number().nullable(),
  refusedAt: z.number().nullable(),
})

/** What the text of that document says; null where there is none, or it is not what is written there. */
export const parseNotes = (text: string | null): Notes | null => {
  try {
    return text === null ? null : shape.parse(JSON.parse(text))
  } catch {
    return null // the bot writes it anew
  }
}

/** How it goes with webhooks, for `ao doctor`. */
export const webhookFindings = ({
  isListening,
  hasSecret,
  notes,
  now,
}: {
  /** Does the config have a listener? */
  readonly isListening: boolean
  readonly hasSecret: boolean
  readonly notes: Notes | null
  readonly now: number
}): readonly Finding[] => {
  const steps = 'Say "ao webhook" for the steps.'
  const warn = (what: string, cure: string): readonly Finding[] => [{ level: 'WARN', what: `GitHub webhooks: ${what}`, cure }]
  if (!isListening && !hasSecret) return []
  if (!hasSecret) return warn('none is taken, because no project has a webhookSecret.', steps)
  if (!isListening)
    return warn('there is a secret, but nothing listens.', 'Write "webhooks: {port: 8484}" into the config, and start the bot again.')
  const { last, refusedAt } = notes ?? emptyNotes()
  const ago = (at: number): string => `${sayDuration(now - at)} ago`
  if (refusedAt !== null && refusedAt > (last?.at ?? 0))
    return warn(
      `a request came ${ago(refusedAt)} without the right signature, and was refused.`,
      'If it was GitHub: the secret on its page for webhooks and "webhookSecret" must be the same text. Write it there again.',
    )
  if (!last) return warn('none has come yet; looks are made at their usual pace.', steps)
  return [{ level: 'PASS', what: `GitHub webhooks: the last one came ${ago(last.at)} (${last.event})` }]
}
