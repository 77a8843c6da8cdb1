import { z } from 'zod'
import type { Decision } from '../../../core/contracts/agent.ts'
import { unheard } from '../../../core/contracts/agent.ts'
import { type AgentReach, definePlugin, type LaunchRequest } from '../../../core/contracts/plugins.ts'
import { catalogue, row } from '../../../core/kit/fault.ts'
import { answerReport, readOrEmpty } from '../../../core/kit/mailbox.ts'
import { isRunnable, versionOf } from '../../../core/kit/program.ts'
import { answerByKeys, partsOf, seeDialog } from '../../../core/kit/screen-question.ts'
import { type AiderDialog, findDialog, press } from './dialog.ts'
import { placesIn } from './places.ts'
import { profile } from './profile.ts'
import { notesOf, readLine } from './read.ts'

export const fault = catalogue({
  AIDER_IN_TURN: row<object>(
    () => 'aider takes no words while it works; they are its next turn.',
    () => 'Wait until it has ended its turn, or say "restart".',
  ),
  ANSWER_IN_HAND: row<{ text: string }>(
    (f) => `Somebody is typing an answer to "${f.text}" at the terminal of aider.`,
    () => 'Let them, or answer again when that line is empty.',
    { mayPass: true },
  ),
})

const options = z.strictObject({
  program: z.string().min(1).default('aider').describe('The program, by its name or its whole path.'),
  args: z
    .array(z.string())
    .default([])
    .describe('Arguments for every start, such as "--map-tokens" with a number, or files to begin with.'),
  env: z
    .record(z.string(), z.string())
    .default({})
    .describe('Environment variables on top of what every agent gets, such as the key of a model.'),
})

/** aider, one turn at a time: it ends with its turn and takes up its chat history with the next. */
export const aider = definePlugin({
  slot: 'agent',
  name: 'aider',
  summary: 'aider, a turn at a time. Built from its documentation: unverified.',
  options,
  profile,
  missing: async ({ program }) => ((await isRunnable(program)) ? null : 'pipx install aider-chat'),
  version: ({ program }) => versionOf(program),
  create: ({ program, args, env }) => ({
    can: { endsWithTurn: true, resumes: true, receipts: { absenceProvesAfterMs: 120_000 }, hearsWhileWorking: false, interrupts: false },
    launch: (request) => {
      const { instructions, prompt } = placesIn(request.folder)
      return {
        argv: [program, ...argumentsFor(request), ...args],
        env,
        stdin: null,
        files: { [instructions]: request.instructions, [prompt]: request.prompt },
      }
    },
    // The history first: what it said last is known when its end is read.
    sources: ({ folder, conversation }) => [
      { name: 'chat', path: placesIn(folder, conversation).chat },
      { name: 'events', path: placesIn(folder).events },
    ],
    read: readLine,
    tell: async (_, { signal }) => {
      signal.throwIfAborted()
      throw fault('AIDER_IN_TURN', {})
    },
    answer,
    see: (picture, screen) => {
      const { shown, said, saying, closed } = notesOf(picture)
      const dialog = findDialog(screen, shown, saying.join('\n').trim() || said)
      return dialog?.isDrafted ? picture : seeDialog(picture, dialog && asShown(dialog), closed)
    },
  }),
})

// https://aider.chat/docs/config/options.html
const argumentsFor = ({ folder, resume, model, permissions }: LaunchRequest): readonly string[] => {
  const { chat, events, input, instructions, prompt } = placesIn(folder, resume)
  return [
    ...['--chat-history-file', chat, '--input-history-file', input],
    ...(resume === null ? [] : ['--restore-chat-history']),
    // Events go into the file and nowhere else.
    ...['--analytics-log', events, '--no-analytics'],
    // Offers that would stand there as questions, and a file of the repository that nobody asked to change.
    ...['--no-check-update', '--no-show-release-notes', '--no-show-model-warnings', '--no-detect-urls', '--no-gitignore'],
    ...(permissions === 'plan' ? ['--architect', '--no-auto-accept-architect'] : []),
    ...(permissions === 'permissionless' ? ['--yes-always'] : []),
    ...(model === null ? [] : ['--model', model]),
    ...['--read', instructions, '--message-file', prompt],
  ]
}

const answer = async (decision: Decision, reach: AgentReach): Promise<'handed' | 'gone'> => {
  const { request } = decision
  const asked = partsOf(request)
  if (asked === null) return answerReport(reach.folder, decision)
  const { chat } = placesIn(reach.folder)
  return answerByKeys(reach, {
    request,
    text: decision.text,
    // Its history knows first that it was answered; the screen may still show the line with the answer in it.
    find: (screen) => (closedIn(chat) === asked.turn ? findDialog(screen) : null),
    step: (dialog) => {
      if (dialog.isDrafted) throw fault('ANSWER_IN_HAND', { text: dialog.text })
      return press(decision.choice ?? dialog.refusal ?? 2)(dialog)
    },
  })
}

/** How many of its questions are answered by now. */
const closedIn = (chat: string): number =>
  notesOf(
    readOrEmpty(chat)
      .split('\n')
      .reduce((picture, text, mark) => readLine(picture, { source: 'chat', text, mark, at: 0 }), unheard),
  ).closed

const asShown = ({ letters: _, isDrafted: __, ...dialog }: AiderDialog) => dialog
