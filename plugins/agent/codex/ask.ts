import { z } from 'zod'
import type { Decision, Question } from '../../../core/contracts/agent.ts'
import { changesSchema, commandSchema, inputSchema } from './shapes.ts'
import type { Said } from './wire.ts'
import { described, labelOf, plainCommand, withReason } from './words.ts'

/** A question of the server, as people are asked it, and how a decision of theirs is put into Codex's words. */
export type Asked = {
  readonly question: Question
  /** What is replied; null: it cannot be answered from here. A reason for a refusal is told apart from it, in words. */
  readonly reply: ((decision: Decision) => unknown) | null
}

type Option = { readonly label: string; readonly result: unknown }

const common = z.object({ threadId: z.string(), turnId: z.string().nullable().default(null), itemId: z.string().default('') })

/** Never so long that the row does not fit into the mailbox, whatever its letters are when written down. */
const detailChars = 10_000

/**
 * A request of the server as a question, or null when it is about something else. The name of the question is made of the turn and the
 * item it is about, so that the same question has the same name on every connection. `about` shows the item it is about, if it is known.
 */
export const readAsked = ({ method, params }: Said, about: (itemId: string) => unknown): Asked | null => {
  const asks = asked[method]
  const found = common.safeParse(params)
  if (asks === undefined || !found.success) return null
  const { turnId, itemId } = found.data
  const request = [turnId ?? 'none', itemId, params.approvalId].filter((part) => typeof part === 'string' && part !== '').join('.')
  const made = asks(params, about(itemId))
  if (made === null) return null
  const { detail, ...question } = made.question
  return {
    reply: made.reply,
    question: {
      request: request.replace(/[^\w.-]/g, '_').slice(0, 128),
      ...question,
      detail:
        detail !== null && detail.length > detailChars
          ? `${detail.slice(0, detailChars)}\n… (shortened; the whole is in its terminal)`
          : detail,
    },
  }
}

type Made = { readonly question: Omit<Question, 'request'>; readonly reply: Asked['reply'] }

const asked: Readonly<Record<string, (params: unknown, item: unknown) => Made | null>> = {
  'item/commandExecution/requestApproval': (params) => {
    const given = commandSchema.safeParse(params).data
    if (given === undefined) return null
    const isInput = given.kind === 'writeStdin'
    const what = given.networkApprovalContext
      ? `Codex wants to reach ${given.networkApprovalContext.host} (${given.networkApprovalContext.protocol})`
      : isInput
        ? 'Codex wants to type into a command that runs'
        : 'Codex wants to run a command'
    const offered = (given.availableDecisions ?? ['accept']).flatMap((decision): readonly Option[] => {
      const label = labelOf(decision)
      return label === null ? [] : [{ label, result: { decision } }]
    })
    return permission(withReason(what, given.reason), plainCommand(given.command ?? null), offered)
  },

  'item/fileChange/requestApproval': (params, item) => {
    const given = z.object({ reason: z.string().nullish() }).safeParse(params).data
    if (given === undefined) return null
    const changes = changesSchema.safeParse(item).data?.changes ?? []
    const paths = changes.map(({ path }) => path)
    const what = paths.length === 0 ? 'Codex wants to change files outside of its sandbox' : `Codex wants to change ${paths.join(', ')}`
    const detail = changes.map(({ path, kind, diff }) => `${kind.type} ${path}\n${diff}`).join('\n')
    return permission(withReason(what.slice(0, 2_000), given.reason), detail === '' ? null : detail, [
      { label: 'Yes, once', result: { decision: 'accept' } },
      { label: 'Yes, and these files for this session', result: { decision: 'acceptForSession' } },
    ])
  },

  'item/tool/requestUserInput': (params) => {
    const questions = inputSchema.safeParse(params).data?.questions ?? []
    if (questions.length === 0) return null
    if (questions.some(({ isSecret }) => isSecret)) return onlyThere('Codex asks for something secret.')
    const [only] = questions
    const isSingle = questions.length === 1 && only !== undefined
    const labels = isSingle ? (only.options ?? []) : []
    return {
      question: {
        kind: 'question',
        text: isSingle
          ? only.question
          : `${questions.map(({ question }, at) => `${at + 1}. ${question}`).join('\n')}\nAnswer each in a line of its own.`,
        detail: questions.every(({ options }) => (options ?? []).length === 0) ? null : questions.map(described).join('\n\n'),
        options: labels.map(({ label }) => label),
        refusal: null,
        reply: 'own',
      },
      reply: ({ choice, text: words }) => {
        if (isSingle) {
          const label = choice === null ? undefined : labels[choice - 1]?.label
          return {
            answers: {
              [only.id]: { answers: [label, words === label ? undefined : words].filter((word) => word !== undefined && word !== '') },
            },
          }
        }
        const lines = words.split('\n').filter((line) => line.trim() !== '')
        return { answers: Object.fromEntries(questions.map(({ id }, at) => [id, { answers: [lines[at] ?? lines.at(-1) ?? ''] }])) }
      },
    }
  },

  'item/permissions/requestApproval': () => onlyThere('Codex asks for more rights for its sandbox.'),
  'mcpServer/elicitation/request': () => onlyThere('A tool server of Codex asks for something.'),
}

/** What only its terminal can show and answer; people are told that it waits there. */
const onlyThere = (what: string): Made => ({
  question: { kind: 'question', text: `${what} Answer it in its terminal.`, detail: null, options: [], refusal: null, reply: 'own' },
  reply: null,
})

const permission = (what: string, detail: string | null, offered: readonly Option[]): Made => {
  // Refused in a way that lets the turn go on; `cancel`, which the terminal offers, would end it.
  const options = [...offered, { label: 'No', result: { decision: 'decline' } }]
  return {
    question: {
      kind: 'permission',
      text: what,
      detail,
      options: options.map(({ label }) => label),
      refusal: options.length,
      reply: 'own',
    },
    reply: ({ choice }) => (options[(choice ?? options.length) - 1] ?? options.at(-1))?.result,
  }
}
