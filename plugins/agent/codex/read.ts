import type { AgentPicture, Question } from '../../../core/contracts/agent.ts'
import { readRollout, withReceived } from './rollout.ts'
import { parseCodexRow, type Row } from './rows.ts'

/**
 * Folds a line of the mailbox, or of Codex's own record, into the picture. Pure and total. Each sign comes from one of the two: questions,
 * troubles with the account and the name of the conversation from the mailbox; work, tools, the end of a turn and tokens from the record,
 * which is also written while the bot is down. That a message arrived is in both, and the same in both.
 */
export const readLine = (
  picture: AgentPicture,
  line: { readonly source: string; readonly text: string; readonly mark: number; readonly at: number },
): AgentPicture => {
  if (line.source === 'rollout') return readRollout(picture, line)
  const row = line.source === 'mailbox' ? parseCodexRow(line.text) : null
  return row === null ? picture : readRow(picture, row)
}

const readRow = (picture: AgentPicture, row: Row): AgentPicture => {
  const { question } = picture
  switch (row.codex) {
    case 'thread':
      return { ...picture, conversation: row.thread }
    case 'asked': {
      const { request, kind, text, detail, options, refusal } = row
      return { ...picture, question: { request, kind, text, detail, options, refusal, reply: 'own' } }
    }
    case 'void':
      return question?.request === row.request ? { ...picture, question: null } : picture
    case 'heard':
      return withReceived(picture, [row.message])
    case 'turn':
      if (row.is === 'started') return isTrouble(question) ? { ...picture, question: null } : picture
      return row.failed === null ? picture : troubled(picture, row.turn, row.failed)
  }
}

/** What a person must put right at the vendor. Everything else that makes a turn fail (the network, a busy server) is no question. */
const troubles: Readonly<Record<string, { readonly kind: Question['kind']; readonly hint: string }>> = {
  unauthorized: { kind: 'login', hint: 'Log in on that machine with "codex login", then say that it may go on.' },
  usageLimitExceeded: { kind: 'limit', hint: 'Say when it may go on.' },
  sessionBudgetExceeded: { kind: 'limit', hint: 'Say when it may go on.' },
  rateLimitExceeded: { kind: 'limit', hint: 'Say when it may go on.' },
}

const isTrouble = (question: Question | null): boolean => question?.kind === 'login' || question?.kind === 'limit'

const troubled = (
  picture: AgentPicture,
  turn: string,
  { message, code }: { readonly message: string; readonly code: string | null },
): AgentPicture => {
  const trouble = troubles[(code ?? '').endsWith(' 401') ? 'unauthorized' : (code ?? '')]
  if (trouble === undefined) return picture
  const text = `${message.trim()}\n${trouble.hint}`
  return {
    ...picture,
    question: { request: `turn-${turn}`, kind: trouble.kind, text, detail: null, options: [], refusal: null, reply: 'message' },
  }
}
