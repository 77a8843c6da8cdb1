import { z } from 'zod'
import type { Decision } from '../../../core/contracts/agent.ts'
import type { AgentReach } from '../../../core/contracts/plugins.ts'
import { definePlugin } from '../../../core/contracts/plugins.ts'
import { answerReport, answerText } from '../../../core/kit/mailbox.ts'
import { isRunnable, versionOf } from '../../../core/kit/program.ts'
import { answerByKeys, partsOf, seeDialog } from '../../../core/kit/screen-question.ts'
import { found } from './found.ts'
import { launchWith } from './launch.ts'
import { chatsIn } from './places.ts'
import { profile } from './profile.ts'
import { notesOf, readChat, readRow } from './read.ts'
import { findDialog } from './screen.ts'
import { typeMessage } from './type.ts'

const options = z.strictObject({
  program: z.string().min(1).default('gemini').describe('The program: a name on the PATH, or a whole path.'),
  args: z.array(z.string()).default([]).describe('Arguments for every start.'),
})

/** Google's gemini: heard by its hooks and its conversation file, answered at its dialogs, told by typing between its turns. */
export const gemini = definePlugin({
  slot: 'agent',
  name: 'gemini',
  summary: 'Gemini CLI: heard by its hooks, answered and told at its terminal.',
  options,
  profile,
  missing: async ({ program }) => ((await isRunnable(program)) ? null : 'npm install -g @google/gemini-cli'),
  version: ({ program }) => versionOf(program),
  create: (chosen, { signal }) => ({
    // What is typed while it works is put together with what else is typed, and sent as one: words wait for the end of the turn.
    can: { endsWithTurn: false, resumes: true, receipts: { absenceProvesAfterMs: 15_000 }, hearsWhileWorking: false, interrupts: false },
    launch: (request) => launchWith(chosen, request),
    sources: ({ folder, conversation }) =>
      conversation === null ? [] : [{ name: 'chat', path: `${chatsIn(folder)}/${conversation}.jsonl` }],
    read: (picture, line) =>
      line.source === 'mailbox' ? readRow(picture, line) : line.source === 'chat' ? readChat(picture, line) : picture,
    see: (picture, screen, at) => {
      const found = findDialog(screen)
      const { asked, about } = notesOf(picture)
      if (found === null) {
        const next = seeDialog(picture, null, asked)
        // A tool is announced before its dialog: it runs from when the dialog went away.
        return next.question !== picture.question && next.tool ? { ...next, tool: { ...next.tool, since: at } } : next
      }
      const { keys: _, ...dialog } = found
      return seeDialog(picture, { ...dialog, detail: dialog.kind === 'permission' ? about : null }, asked)
    },
    found,
    tell: typeMessage,
    answer: (decision, reach) => answer(decision, reach, signal),
  }),
})

const answer = async (decision: Decision, reach: AgentReach, life: AbortSignal): Promise<'handed' | 'gone'> => {
  if (partsOf(decision.request) === null) return answerReport(reach.folder, decision)
  const shown = findDialog((await reach.terminal?.screen(60)) ?? '')
  const reason = reasonIn(decision, shown?.options ?? [])
  let isRefused = false
  const outcome = await answerByKeys(reach, {
    request: decision.request,
    text: answerText({ ...decision, text: reason }, shown?.options ?? []),
    find: findDialog,
    step: ({ keys, refusal }) => {
      const choice = decision.choice ?? refusal ?? 0
      isRefused = choice === refusal
      return { press: [keys[choice - 1] ?? 'Escape'], isFinal: true }
    },
  })
  // A refusal breaks the turn off; the words that go with it begin the next. That the question is settled by now must not cut them off.
  const rest = { ...reach, signal: life }
  if (outcome === 'handed' && isRefused) await typeMessage({ id: decision.request, text: `No. ${reason || 'Do not do this.'}` }, rest)
  return outcome
}

/** What was said besides the choice, which may stand before it. */
const reasonIn = ({ text, choice }: Decision, options: readonly string[]): string => {
  const option = choice === null ? undefined : options[choice - 1]
  const words = text.trim()
  if (option === undefined || !words.startsWith(`${option}:`)) return [option, String(choice)].includes(words) ? '' : words
  return words.slice(option.length + 1).trim()
}
