import type { Document } from '../../core/contracts/store.ts'
import { renew } from './renew.ts'

/** Words that agents were told. */
export type Told = {
  readonly sessions: readonly string[]
  readonly by: string
  /** How they began. */
  readonly text: string
}

export type Telling = {
  /** By the inbound that said it; the newest last. */
  told: Record<string, Told>
}

export const emptyTelling = (): Telling => ({ told: {} })

const mostTold = 1_000
const mostChars = 200

/** What agents were told from which words, so that whoever takes them back can say so. */
export const createTelling = (document: Document<Telling>) => {
  const { value } = document
  return {
    /** What that inbound has told to whom; null when it told nobody anything, or long ago. */
    toldBy: (inbound: string): Told | null => (Object.hasOwn(value.told, inbound) ? (value.told[inbound] ?? null) : null), // the id comes from outside
    told: (
      inbound: string,
      { session, by, text }: { readonly session: string; readonly by: string; readonly text: string },
    ): Promise<void> =>
      document.update(({ told }) => {
        const before = Object.hasOwn(told, inbound) ? (told[inbound]?.sessions ?? []) : []
        renew(told, inbound, { sessions: [...new Set([...before, session])], by, text: [...text].slice(0, mostChars).join('') }, mostTold)
      }),
    /** It was taken back: nothing more comes of it. */
    untold: (inbound: string): Promise<void> =>
      document.update(({ told }) => {
        delete told[inbound]
      }),
  }
}
