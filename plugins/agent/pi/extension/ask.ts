import { type Answer, waitForAnswer } from '../../../../core/kit/mailbox.ts'
import type { Context } from './api.ts'
import { cut, type Mail } from './mail.ts'
import type { Need } from './permit.ts'

/** What was decided. `isKept`: for all that is like it, too. */
export type Word = { readonly isYes: boolean; readonly isKept: boolean; readonly reason: string | null }

/**
 * Asks for permission in the chat and at the terminal at once; whoever is first decides, and the other is told. Nobody answers: it waits.
 * Resolves with a no when the turn is broken off meanwhile.
 */
export const askFor = async (
  need: Need,
  { request, folder, mail, context }: { readonly request: string; readonly folder: string; readonly mail: Mail; readonly context: Context },
): Promise<Word> => {
  const options = ['Yes', ...(need.likes === null ? [] : [`Yes, and don't ask again for ${need.likes.says}`]), 'No']
  const refusal = options.length
  mail.write({
    pi: 'asked',
    request,
    kind: 'permission',
    text: need.text,
    detail: need.detail === null ? null : cut(need.detail),
    options,
    refusal,
    reply: 'own',
  })
  const over = new AbortController()
  const brokenOff = context.signal
  const signal = brokenOff ? AbortSignal.any([over.signal, brokenOff]) : over.signal
  const never = new Promise<never>(() => {})
  const inChat = waitForAnswer(folder, request, { signal }).then(
    (answer) => ({ by: 'chat' as const, answer }),
    () => never, // it is over, or the folder is gone: then only the terminal is left
  )
  const atTerminal = context.hasUI
    ? context.ui
        .select([need.text, need.detail ?? ''].join('\n\n').trim(), options, { signal })
        .then((label) => (over.signal.aborted ? never : { by: 'terminal' as const, answer: chosen(options, label) }))
    : never
  const isBrokenOff = new Promise<null>((resolve) => brokenOff?.addEventListener('abort', () => resolve(null), { once: true }))
  const first = await Promise.race([inChat, atTerminal, isBrokenOff])
  over.abort()
  if (first === null || brokenOff?.aborted) {
    mail.write({ pi: 'withdrawn', request })
    return { isYes: false, isKept: false, reason: null }
  }
  const { choice, text } = first.answer
  mail.answered(request, choice === null ? text : (options[choice - 1] ?? text), first.by)
  if (choice !== null && choice >= 1 && choice < refusal) return { isYes: true, isKept: choice === 2, reason: null }
  const reason = text.trim()
  return { isYes: false, isKept: false, reason: reason === '' || reason === 'No' || reason === String(refusal) ? null : reason }
}

/** Left without a choice is a no: nothing may run that nobody wanted. */
const chosen = (options: readonly string[], label: string | undefined): Answer => ({
  choice: label === undefined ? options.length : options.indexOf(label) + 1,
  text: '',
  by: 'terminal',
})
