import type { Question } from '../contracts/agent.ts'
import type { FactOf } from '../contracts/fact.ts'
import type { Asked } from '../contracts/session.ts'

type QuestionFact = FactOf<'question.decided' | 'question.handed' | 'question.confirmed' | 'question.overtaken' | 'question.gone'>

/** A question nobody has answered. */
export const ask = (question: Question, since: number, at: number): Asked => ({
  question,
  since,
  at,
  state: 'asked',
  decision: null,
  outcome: null,
})

/** Moves a question along its life; facts about another one change nothing. */
export const moveQuestion = (asked: Asked | null, fact: QuestionFact): Asked | null => {
  if (!asked || asked.question.request !== (fact.type === 'question.decided' ? fact.decision.request : fact.request)) return asked
  switch (fact.type) {
    case 'question.decided':
      return { ...asked, state: 'decided', decision: fact.decision, outcome: fact.decision.text }
    case 'question.handed':
      return { ...asked, state: 'handed' }
    case 'question.confirmed':
      return { ...asked, state: 'confirmed' }
    case 'question.overtaken':
      return { ...asked, state: 'overtaken', outcome: fact.text }
    case 'question.gone':
      return { ...asked, state: 'gone' }
  }
}

/** Its process is gone: nobody asks it any more, unless the answer is on its way as words. */
export const unheardOf = (asked: Asked): Asked =>
  asked.state === 'asked' || (asked.question.reply === 'own' && (asked.state === 'decided' || asked.state === 'handed'))
    ? { ...asked, state: 'gone' }
    : asked

/** How a question ended, in a few words. */
export const outcomeOf = ({ state, outcome, decision }: Asked): string =>
  state === 'overtaken'
    ? `somebody at the terminal chose "${outcome ?? 'something'}" first`
    : state === 'gone'
      ? 'the agent no longer asks it'
      : `${decision?.by ?? 'somebody'} answered "${outcome ?? ''}"`
