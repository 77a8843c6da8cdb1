import type { AgentPicture, ModelUsage } from '../../../core/contracts/agent.ts'
import { parseObject } from '../../../core/kit/mailbox.ts'
import { isOwn, type Open, planQuestion, questionOf, requestOf, vendorQuestion } from './open.ts'
import { type Row, rowSchema } from './rows.ts'

/** What is kept from row to row. */
export type Notes = {
  readonly run: string | null
  /** Questions of opencode's own, in the order they were asked. */
  readonly open: readonly Open[]
  readonly agent: string
  /** What it said last in this turn, and in which message. */
  readonly said: { readonly message: string; readonly text: string } | null
  readonly failed: { readonly text: string; readonly code: number | null; readonly isBrokenOff: boolean } | null
  readonly answering: { readonly request: string; readonly reply: string; readonly text: string } | null
}

const blank: Notes = { run: null, open: [], agent: 'build', said: null, failed: null, answering: null }

export const notesOf = ({ notes }: AgentPicture): Notes => ({ ...blank, ...(notes as Partial<Notes>) }) // written by this file alone

/** Folds one row of the mailbox into the picture. Pure and total: what it cannot read changes nothing. */
export const readRow = (
  picture: AgentPicture,
  { text, mark, at }: { readonly text: string; readonly mark: number; readonly at: number },
): AgentPicture => {
  const parsed = rowSchema.safeParse(parseObject(text))
  if (!parsed.success) return picture
  // A row from the future (the clock was set back) counts as of now: nothing may look like work that is yet to come.
  const row = { ...parsed.data, at: Math.min(parsed.data.at, at) }
  const fold = folds[row.opencode] as (picture: AgentPicture, row: Row, mark: number) => AgentPicture // the fold of that very kind
  return fold(picture, row, mark)
}

type Fold<Kind extends Row['opencode']> = (picture: AgentPicture, row: Extract<Row, { opencode: Kind }>, mark: number) => AgentPicture

const noted = (picture: AgentPicture, more: Partial<Notes>): AgentPicture => ({ ...picture, notes: { ...notesOf(picture), ...more } })
const worked = (picture: AgentPicture, at: number): AgentPicture => ({ ...picture, workedAt: Math.max(picture.workedAt ?? 0, at) })

/** Shows the first question that is open, unless one of `ao report` stands there. */
const asking = (picture: AgentPicture, open: readonly Open[]): AgentPicture => {
  const [first] = open
  const isFree = picture.question === null || isOwn(picture.question)
  return noted({ ...picture, question: isFree ? (first ? questionOf(first) : null) : picture.question }, { open })
}

const folds: { readonly [Kind in Row['opencode']]: Fold<Kind> } = {
  // With a process end its dialogs, its tools and its turn.
  started: (picture, { run }) =>
    noted(asking({ ...picture, tool: null, turnEnded: null }, []), { run, said: null, failed: null, answering: null }),
  session: (picture, { session }) => ({ ...picture, conversation: session }),
  heard: (picture, { ids, agent }) => noted({ ...picture, received: [...new Set([...picture.received, ...ids])] }, { agent }),
  step: (picture, row) => {
    const next = worked({ ...picture, usage: added(picture.usage, row) }, Math.min(row.doneAt, row.at))
    if (row.session !== picture.conversation || row.text === null) return next
    return noted(next, { said: { message: row.message, text: row.text } })
  },
  tool: (picture, { name, isRunning, since, at }) => {
    if (isRunning) return notesOf(picture).open.length > 0 ? picture : { ...picture, tool: { name, since: Math.min(since, at) } }
    return worked({ ...picture, tool: picture.tool?.name === name ? null : picture.tool }, at)
  },
  writing: (picture, { at }) => worked(picture, at),
  status: (picture, row, mark) => standing[row.status](picture, row, mark),
  failed: (picture, { name, text, code }) => noted(picture, { failed: { text, code, isBrokenOff: name === 'MessageAbortedError' } }),
  asked: (picture, { v: _, at: __, opencode: ___, ...row }) => {
    const { open } = notesOf(picture)
    return asking({ ...picture, tool: null }, [...open, row.kind === 'question' ? { ...row, chosen: [] } : row])
  },
  closed: (picture, { request, reply }) => {
    const { open, answering } = notesOf(picture)
    const found = open.find((one) => one.request === request)
    if (!found) return picture
    const isOurs = answering?.request === request && (reply === null || found.kind === 'question' || reply === answering.reply)
    const answered = {
      request: requestOf(found),
      text: isOurs ? answering.text : (reply ?? 'something'),
      by: isOurs ? ('chat' as const) : ('terminal' as const),
    }
    const rest = open.filter((one) => one !== found)
    return noted(asking({ ...picture, answered }, rest), { answering: isOurs ? null : answering })
  },
  answering: (picture, { request, part, reply, text }) => {
    const { open } = notesOf(picture)
    const { question } = picture
    if (question?.kind === 'plan' && question.request === request)
      return { ...picture, question: null, answered: { request, text, by: 'chat' } }
    const next = open.map((one) =>
      one.kind === 'question' && one.request === request && one.chosen.length === part - 1 && part < one.parts.length
        ? { ...one, chosen: [...one.chosen, reply.split('\n')] }
        : one,
    )
    const before = open.find((one, at) => one !== next[at])
    return before === undefined
      ? noted(picture, { answering: { request, reply, text } })
      : asking({ ...picture, answered: { request: requestOf(before), text, by: 'chat' } }, next)
  },
  telling: (picture) => picture,
}

type Standing = Fold<'status'>
const standing: { readonly [Status in 'busy' | 'idle' | 'retry']: Standing } = {
  busy: (picture) => {
    const { question } = picture
    const isOver = question !== null && isOwn(question) && notesOf(picture).open.length === 0
    // A plan that nobody answered here was answered there; a vendor that gives again has answered nobody.
    const answered =
      isOver && question.kind === 'plan' ? { request: question.request, text: 'something', by: 'terminal' as const } : picture.answered
    return noted({ ...picture, turnEnded: null, question: isOver ? null : question, answered }, { said: null, failed: null })
  },
  idle: (picture, _, mark) => {
    const { said, failed, agent } = notesOf(picture)
    const isBrokenOff = failed?.isBrokenOff === true
    const message = said?.text ?? (isBrokenOff ? null : (failed?.text ?? null))
    const ended = asking({ ...picture, tool: null, turnEnded: { mark, message, ...(isBrokenOff && { isBrokenOff }) } }, [])
    if (ended.question !== null) return ended
    if (failed && [401, 403].includes(failed.code ?? 0)) return { ...ended, question: vendorQuestion('login', mark, failed.text) }
    if (failed && [402, 429].includes(failed.code ?? 0)) return { ...ended, question: vendorQuestion('limit', mark, failed.text) }
    return agent === 'plan' && said !== null && !failed ? { ...ended, question: planQuestion(said.message, said.text) } : ended
  },
  // It tries again by itself, for ever; a short wait is its own business.
  retry: (picture, { text, attempt, untilMs, at }, mark) => {
    const isLong = attempt >= 3 || untilMs - at > 60_000
    const isLimit = /quota|limit|billing|credit|too many requests|overloaded/i.test(text ?? '')
    if (!isLong || !isLimit || picture.question !== null) return { ...picture, turnEnded: null }
    return { ...picture, turnEnded: null, question: vendorQuestion('limit', mark, text ?? '') }
  },
}

const added = (
  usage: readonly ModelUsage[],
  { model, input, cacheRead, cacheWrite, output, costUsd }: Extract<Row, { opencode: 'step' }>,
) => {
  const before = usage.find((one) => one.model === model) ?? { model, input: 0, cacheRead: 0, cacheWrite: 0, output: 0, costUsd: 0 }
  const sum: ModelUsage = {
    model,
    input: before.input + input,
    cacheRead: before.cacheRead + cacheRead,
    cacheWrite: before.cacheWrite + cacheWrite,
    output: before.output + output,
    costUsd: (before.costUsd ?? 0) + costUsd,
  }
  return [...usage.filter((one) => one.model !== model), sum]
}
