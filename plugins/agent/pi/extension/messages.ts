type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {}) // just looked at

/** Who said it: `user`, `assistant`, `toolResult`, … */
export const roleOf = (message: unknown): string => String(fieldsOf(message).role ?? '')

/** All its words, without what it thought and which tools it called. */
export const wordsIn = (message: unknown): string => {
  const { content } = fieldsOf(message)
  if (typeof content === 'string') return content
  return Array.isArray(content)
    ? content
        .map(fieldsOf)
        .flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : []))
        .join('\n')
    : ''
}

/** How a turn ended, told by the last words of the model. */
export const endingOf = (
  messages: readonly unknown[],
): { readonly text: string; readonly error: string | null; readonly isBrokenOff: boolean } => {
  const last = messages.findLast((message) => roleOf(message) === 'assistant')
  const { stopReason, errorMessage } = fieldsOf(last)
  const error = stopReason === 'error' ? String(errorMessage ?? 'The model gave an error.') : null
  return { text: wordsIn(last), error, isBrokenOff: stopReason === 'aborted' }
}

/** Whether an error of the model's maker is one that only a person can mend. */
export const kindOfError = (error: string): 'login' | 'limit' | null => {
  if (/\b401\b|\b403\b|api key|unauthori[sz]ed|authentication|credentials/i.test(error)) return 'login'
  return /\b429\b|\b402\b|rate.?limit|quota|usage limit|billing|credit/i.test(error) ? 'limit' : null
}
