import type { Decision, Question } from '../../../core/contracts/agent.ts'
import type { AgentReach } from '../../../core/contracts/plugins.ts'
import { answerReport, answerText } from '../../../core/kit/mailbox.ts'
import { pictureIn, put } from './mail.ts'
import { isOwn, type Open, requestOf } from './open.ts'
import { notesOf } from './read.ts'
import { ask, readServer, unreachable } from './server.ts'
import { send } from './tell.ts'

/** Hands a decision to exactly the question it answers; a question of `ao report` is answered as everywhere. @throws {Fault} AGENT_UNREACHABLE */
export const answerServer = async (decision: Decision, { folder, signal }: AgentReach): Promise<'handed' | 'gone'> => {
  const picture = pictureIn(folder)
  const { question } = picture
  const notes = notesOf(picture)
  const [open] = notes.open
  if (question?.request !== decision.request || !isOwn(question)) return answerReport(folder, decision)
  const server = readServer(folder)
  if (server === null) throw unreachable('it has no server yet')
  const text = answerText({ ...decision, text: reason(decision, question) }, question.options)

  if (question.kind === 'plan') {
    const isRefused = decision.choice !== 1
    const session = picture.conversation
    if (session === null) return 'gone'
    put(folder, { opencode: 'answering', request: question.request, part: 1, reply: isRefused ? 'reject' : 'approve', text })
    const words = isRefused
      ? `The plan is not approved. ${reason(decision, question)}`
      : ['The plan is approved. Carry it out.', reason(decision, question)].join(' ').trim()
    await send(server, { folder, session, agent: isRefused ? 'plan' : 'build', model: null, id: question.request, text: words, signal })
    return 'handed'
  }
  if (open === undefined || requestOf(open) !== question.request) return 'gone'
  const path = `/${open.kind}/${encodeURIComponent(open.request)}/reply`
  if (open.kind === 'permission') {
    const reply = (['once', 'always'] as const)[(decision.choice ?? 0) - 1] ?? 'reject'
    put(folder, { opencode: 'answering', request: open.request, part: 1, reply, text })
    // Without words a refusal would end the turn; with them the agent hears of it and goes on.
    const message = reply === 'reject' ? { message: reason(decision, question) || 'No. Do not do this.' } : {}
    return outcome(await ask(server, path, { body: { reply, ...message }, signal }))
  }
  const part = open.chosen.length + 1
  put(folder, { opencode: 'answering', request: open.request, part, reply: chosen(decision, question, open).join('\n'), text })
  const answers = [...open.chosen, chosen(decision, question, open)]
  if (answers.length < open.parts.length) return 'handed'
  return outcome(await ask(server, path, { body: { answers }, signal }))
}

const outcome = ({ status }: { readonly status: number }): 'handed' | 'gone' => {
  if (status === 404) return 'gone'
  if (status >= 300) throw unreachable(`its server answered ${status} to a decision`)
  return 'handed'
}

/** What was said besides the choice, which may stand before it. */
const reason = ({ text, choice }: Decision, { options }: Question): string => {
  const option = choice === null ? undefined : options[choice - 1]
  const words = text.trim()
  if (option === undefined || !words.startsWith(`${option}:`)) return [option, String(choice)].includes(words) ? '' : words
  return words.slice(option.length + 1).trim()
}

/** Labels as opencode wants them: those of its options that were meant, or the words themselves. */
const chosen = (decision: Decision, { options }: Question, open: Extract<Open, { kind: 'question' }>): readonly string[] => {
  const words = reason(decision, { options } as Question) // only its options are looked at
  const option = decision.choice === null ? undefined : options[decision.choice - 1]
  const isMultiple = open.parts[open.chosen.length]?.isMultiple ?? false
  const named = isMultiple
    ? options.filter((label) => words.split(/\s*[,;\n]\s*/).some((word) => word.toLowerCase() === label.toLowerCase()))
    : []
  const all = [...(option === undefined ? [] : [option]), ...(named.length > 0 ? named : words === '' ? [] : [words])]
  return all.length > 0 ? [...new Set(all)] : [decision.text]
}
