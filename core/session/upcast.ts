import type { Question } from '../contracts/agent.ts'
import type { Change } from '../contracts/change.ts'
import type { Fact } from '../contracts/fact.ts'

/** The version of the facts that are written now. */
export const factVersion = 2

/** What a change of version 1 knew nothing of. */
const changeSince2: Pick<Change, 'optional' | 'lastSaid' | 'baseHead' | 'mustBeUpToDate' | 'queued'> = {
  optional: [],
  lastSaid: { people: 0, bots: 0 },
  baseHead: null,
  mustBeUpToDate: false,
  queued: null,
}

/** And what a question knew nothing of. */
const questionSince2: Pick<Question, 'detail' | 'refusal'> = { detail: null, refusal: null }

/** Turns a fact of an older version into one of today's. Pure. */
export const upcast = (stored: unknown, version: number): Fact => {
  const fact = stored as Fact // it was written by this program, in that version
  if (version < 2 && fact.type === 'change.seen') return { ...fact, change: { ...changeSince2, ...fact.change } }
  if (version < 2 && fact.type === 'question.asked') return { ...fact, question: { ...questionSince2, ...fact.question } }
  return fact
}
