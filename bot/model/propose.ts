import type { Log } from '../../core/contracts/plugins.ts'
import { explain, isFault } from '../../core/kit/fault.ts'
import type { Intent, Propose } from '../contracts/intent.ts'
import type { AskModel } from '../contracts/model.ts'
import { instructions, judge } from '../understand/propose.ts'
import { wordsOf } from '../understand/words.ts'

/** How much of what went wrong is written to the log. */
const mostLogChars = 200

/**
 * The second opinion of a language model. Never rejects: where the model fails or answers something that cannot be used, the log
 * says so and there is no opinion. What can be no command, because it is too long, holds what cannot be
 * seen, or is quoted or crossed out, is not sent.
 */
export const createPropose =
  ({ ask, intents, log }: { readonly ask: AskModel; readonly intents: readonly Intent[]; readonly log: Log }): Propose =>
  async (said, context) => {
    const words = wordsOf(said)
    if (words === null || words.isCrossedOut) return null
    try {
      const answer = await ask({ instructions: instructions(intents, context), words: said })
      const verdict = judge(answer, { said, intents, context })
      if (verdict.reading === null && verdict.refused !== null)
        log.warn('understand.model.failed', { why: verdict.refused, came: answer.slice(0, mostLogChars) })
      return verdict.reading
    } catch (error) {
      log.warn('understand.model.failed', { code: isFault(error) ? error.code : null, why: explain(error).slice(0, mostLogChars) })
      return null
    }
  }
