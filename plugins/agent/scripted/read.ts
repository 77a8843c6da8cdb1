import { z } from 'zod'
import type { AgentPicture } from '../../../core/contracts/agent.ts'
import { parseObject } from '../../../core/kit/mailbox.ts'
import type { Row } from './rows.ts'

/** Folds one line of a scripted agent's transcript into its picture. Pure and total: what it cannot read changes nothing. */
export const readRow = (
  picture: AgentPicture,
  { text, mark, at }: { readonly text: string; readonly mark: number; readonly at: number },
): AgentPicture => {
  const parsed = rowSchema.safeParse(parseObject(text))
  if (!parsed.success) return picture
  // A row from the future (the clock was set back) counts as of now: nothing may look like work that is yet to come.
  const row = { ...parsed.data, at: Math.min(parsed.data.at, at) }
  const fold = folds[row.kind] as (picture: AgentPicture, row: Row, mark: number) => AgentPicture // the table has the fold of that very kind
  return fold(picture, row, mark)
}

type Fold<Kind extends Row['kind']> = (picture: AgentPicture, row: Extract<Row, { kind: Kind }>, mark: number) => AgentPicture

const same = (picture: AgentPicture): AgentPicture => picture
const worked = (picture: AgentPicture, at: number): number => Math.max(picture.workedAt ?? 0, at)

/** Its own dialogs end with its process; what was asked by `ao report` does not. */
const withoutDialog = ({ question, conversation }: AgentPicture): AgentPicture['question'] =>
  question?.reply === 'own' && question.request.startsWith(`${conversation}.`) ? null : question

const folds: { readonly [Kind in Row['kind']]: Fold<Kind> } = {
  started: (picture, row) => ({
    ...picture,
    question: withoutDialog(picture),
    conversation: row.conversation,
    tool: null,
    turnEnded: null,
  }),
  prompt: same,
  received: (picture, row) => ({ ...picture, received: [...new Set([...picture.received, ...row.ids])] }),
  'turn-started': (picture, row) => {
    const { question } = picture
    if (question?.reply !== 'message') return { ...picture, turnEnded: null }
    const by = row.ids.length > 0 ? 'chat' : 'terminal'
    return { ...picture, turnEnded: null, question: null, answered: { request: question.request, text: row.text, by } }
  },
  worked: (picture, row) => ({ ...picture, workedAt: worked(picture, row.at) }),
  tool: (picture, row) => ({ ...picture, tool: { name: row.name, since: row.at } }),
  'tool-ended': (picture, row) => ({ ...picture, tool: null, workedAt: worked(picture, row.at) }),
  'turn-ended': (picture, row, mark) => ({ ...picture, tool: null, turnEnded: { mark, message: row.message } }),
  asked: (picture, { request, about, text, options }) => ({
    ...picture,
    question: { request, kind: about, text, detail: null, options, refusal: refusalOf(about, options), reply: 'own' },
  }),
  answered: (picture, { request, text, by }) => ({
    ...picture,
    question: picture.question?.request === request ? null : picture.question,
    answered: { request, text, by },
  }),
  failed: same,
  ended: (picture) => ({ ...picture, question: withoutDialog(picture), tool: null }),
}

/** Who is asked for a permission or about a plan says no with the last option. */
const refusalOf = (about: string, options: readonly string[]): number | null =>
  about === 'question' || options.length < 2 ? null : options.length

const text = z.string()
const texts = z.array(text)
const by = z.enum(['chat', 'terminal'])
const rowOf = <Kind extends Row['kind'], Fields extends z.ZodRawShape>(kind: Kind, fields: Fields) =>
  z.object({ at: z.number().min(0), kind: z.literal(kind), ...fields })

const rowSchema = z.discriminatedUnion('kind', [
  rowOf('started', { conversation: text, isResumed: z.boolean(), task: text.nullable(), model: text.nullable() }),
  rowOf('prompt', { text }),
  rowOf('received', { ids: texts, text }),
  rowOf('turn-started', { ids: texts, text }),
  rowOf('worked', { what: text }),
  rowOf('tool', { name: text }),
  rowOf('tool-ended', { name: text }),
  rowOf('turn-ended', { message: text.nullable() }),
  rowOf('asked', { request: text, about: z.enum(['permission', 'question', 'plan']), text, options: texts }),
  rowOf('answered', { request: text, text, by }),
  rowOf('failed', { text }),
  rowOf('ended', { code: z.number() }),
]) satisfies z.ZodType<Row>
