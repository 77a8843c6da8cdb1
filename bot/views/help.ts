import type { Card } from '../contracts/card.ts'
import type { Intent } from '../contracts/intent.ts'
import { isBuilt } from '../understand/context.ts'
import { reply } from './answers.ts'
import { formBlocks } from './forms.ts'

/** All that can be said, or everything about one thing. */
export const help = (to: string, topic: string | null, intents: readonly Intent[]): Card => {
  const one = topic === null ? undefined : intents.find(({ name }) => name === topic)
  if (one) {
    return reply(to, 'help', {
      tone: 'calm',
      title: `${one.name}: ${one.summary}`,
      lines: isBuilt(one)
        ? [...one.examples.map(({ say }) => `  ${say}`), otherWords(one), `Takes the ${one.role} role.`]
        : ['I understand it when it is said, but it is not part of this version yet.', 'Say "help" for what is.'],
      blocks: isBuilt(one) ? formBlocks(one.forms) : [],
    })
  }
  return reply(to, 'help', {
    tone: topic === null ? 'calm' : 'ask',
    title: topic === null ? 'What I understand' : `I know nothing called "${topic}". This is what I understand:`,
    lines: [
      ...intents.filter(isBuilt).map(({ examples, summary }) => `${(examples[0]?.say ?? '').padEnd(30)} ${summary}`),
      'Say "help merge" for all about one of them. In the thread of a session, plain words go to its agent.',
    ],
  })
}

/** What becomes of it when it is said in words of one's own. */
const otherWords = ({ phrases, risk }: Intent): string => {
  if (phrases.length === 0) return 'Only the forms below do it.'
  if (risk === 'read') return 'Other words will do, too.'
  return risk === 'change'
    ? 'Other words will do, too; then I ask before I do it.'
    : 'Only the forms below do it; for other words I say which.'
}
