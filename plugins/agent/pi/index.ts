import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type AgentPicture, unheard } from '../../../core/contracts/agent.ts'
import { definePlugin } from '../../../core/contracts/plugins.ts'
import { answerReport, readReport, writeAnswer } from '../../../core/kit/mailbox.ts'
import { isRunnable, versionOf } from '../../../core/kit/program.ts'
import { found } from './found.ts'
import { drop, dropStop, linesOf } from './letters.ts'
import type { LaunchFile } from './places.ts'
import { launchVariable, placesIn } from './places.ts'
import { profile } from './profile.ts'
import { readEntry, readRow } from './read.ts'

const options = z.strictObject({
  program: z.string().min(1).default('pi').describe('The program: a name on the PATH, or a whole path.'),
  args: z.array(z.string()).default([]).describe('Arguments for every start, such as `--provider` with its name.'),
})

/** The coding agent pi, with an extension of ours that asks, hears and tells for it. */
export const pi = definePlugin({
  slot: 'agent',
  name: 'pi',
  summary: 'pi: asks before it runs commands, by an extension of ours.',
  options,
  profile,
  missing: async ({ program }) => ((await isRunnable(program)) ? null : 'npm install -g @mariozechner/pi-coding-agent'),
  version: ({ program }) => versionOf(program),
  create: ({ program, args }) => ({
    can: { endsWithTurn: false, resumes: true, receipts: { absenceProvesAfterMs: 600_000 }, hearsWhileWorking: true, interrupts: true },
    launch: ({ folder, run, workspace, prompt, instructions, resume, model, permissions }) => {
      const places = placesIn(folder)
      const told: LaunchFile = {
        ...{ run, folder, workspace: workspace.path, resume },
        permissions: permissions === 'plan' ? 'default' : permissions,
      }
      return {
        argv: [
          ...[program, '--extension', extension, ...args],
          ...(resume === null ? [] : ['--session', resume]),
          ...(model === null ? [] : ['--model', model]),
        ],
        // What is new is nothing for an agent's screen; everything else that pi does at its start is its user's business.
        env: { [launchVariable]: places.launch, PI_SKIP_VERSION_CHECK: '1' },
        stdin: null,
        files: { [places.launch]: JSON.stringify(told), [places.prompt]: prompt, [places.instructions]: instructions },
      }
    },
    // Where it keeps a conversation is what it calls it.
    sources: ({ conversation }) => (conversation === null ? [] : [{ name: 'conversation', path: conversation }]),
    read: (picture, line) =>
      line.source === 'mailbox' ? readRow(picture, line) : line.source === 'conversation' ? readEntry(picture, line) : picture,
    found,
    tell: async (message, { folder, signal }) => {
      signal.throwIfAborted()
      drop(placesIn(folder).inbox, message)
      return 'own'
    },
    interrupt: async ({ folder, signal }) => {
      signal.throwIfAborted()
      const lines = linesOf(`${folder}/mailbox.ndjson`)
      if (lines.length === 0 || pictureOf(lines).turnEnded !== null) return 'idle'
      dropStop(placesIn(folder).inbox)
      return 'handed'
    },
    answer: async (decision, { folder }) => {
      const { question } = pictureOf(linesOf(`${folder}/mailbox.ndjson`))
      if (question?.request !== decision.request || question.reply !== 'own') return answerReport(folder, decision)
      writeAnswer(folder, decision)
      return 'handed'
    },
  }),
})

/** pi loads sources as well as what was built of them. */
const extension = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './extension/index.ts' : './extension/index.js', import.meta.url))

const pictureOf = (lines: readonly string[]): AgentPicture =>
  lines.reduce((picture, text) => {
    const line = { text, mark: 0, at: Number.MAX_SAFE_INTEGER }
    return readRow(readShared(picture, line), line)
  }, unheard)

const readShared = (picture: AgentPicture, line: { readonly text: string; readonly mark: number; readonly at: number }): AgentPicture =>
  readReport(picture, line) ?? picture
