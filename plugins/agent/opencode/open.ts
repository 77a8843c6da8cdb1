import type { Question } from '../../../core/contracts/agent.ts'
import type { QuestionPart } from './rows.ts'

/** A question of opencode's that is open, with the answers that its first parts have. */
export type Open =
  | {
      readonly kind: 'permission'
      readonly request: string
      readonly text: string
      readonly detail: string | null
      readonly always: string
    }
  | {
      readonly kind: 'question'
      readonly request: string
      readonly parts: readonly QuestionPart[]
      readonly chosen: readonly (readonly string[])[]
    }

/** What the picture calls a question: one that is asked together with others has its number. */
export const requestOf = (open: Open): string =>
  open.kind === 'question' && open.parts.length > 1 ? `${open.request}.${open.chosen.length + 1}` : open.request

/** An open question as people see it. */
export const questionOf = (open: Open): Question => {
  const request = requestOf(open)
  if (open.kind === 'permission') {
    const options = ['Allow once', open.always === '' ? 'Allow always' : `Allow always: ${open.always}`, 'Reject']
    return { request, kind: 'permission', text: open.text, detail: open.detail, options, refusal: 3, reply: 'own' }
  }
  const part = open.parts[open.chosen.length]
  return {
    request,
    kind: 'question',
    text: part?.text ?? '',
    detail: part?.detail ?? null,
    options: part?.options ?? [],
    refusal: null,
    reply: 'own',
  }
}

/** What is asked when a plan stands at the end of a turn: opencode itself only waits. */
export const planQuestion = (message: string, plan: string): Question => ({
  request: `plan.${message}`,
  kind: 'plan',
  text: 'This is the plan. Shall it be carried out?',
  detail: plan,
  options: ['Yes, carry it out', 'No, plan again'],
  refusal: 2,
  reply: 'own',
})

/** What a vendor wants before anything goes on. Words are the answer: they begin the next try. */
export const vendorQuestion = (kind: 'login' | 'limit', mark: number, text: string): Question => ({
  request: `${kind}.${mark}`,
  kind,
  text,
  detail: null,
  options: [],
  refusal: null,
  reply: 'message',
})

/** Is it one of these, and none of `ao report`? */
export const isOwn = ({ request }: Question): boolean => /^(?:per_|que_|plan\.|login\.|limit\.)/.test(request)
