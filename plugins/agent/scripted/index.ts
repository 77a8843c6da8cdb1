import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type AgentPicture, unheard } from '../../../core/contracts/agent.ts'
import { definePlugin } from '../../../core/contracts/plugins.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { answerReport, readOrEmpty, writeAnswer } from '../../../core/kit/mailbox.ts'
import { typeInto, wholePrompt } from '../../../core/kit/wrap.ts'
import { readRow } from './read.ts'
import { filesIn } from './rows.ts'
import { loadScript, scriptSchema, taskIn } from './script.ts'

const options = z.strictObject({
  script: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())])
    .superRefine((script, context) => {
      if (typeof script === 'string') return
      const parsed = scriptSchema.safeParse(script)
      for (const { path, message } of parsed.error?.issues ?? []) context.addIssue({ code: 'custom', path: [...path], message })
    })
    .describe(
      'A YAML file with `tasks`, `default` and `resume`, each a list of steps; or the same right here. A relative path counts from the folder the bot was started in.',
    ),
})

/** An agent that follows a script: a real program on a real terminal, for demos, tests and benches. */
export const scripted = definePlugin({
  slot: 'agent',
  name: 'scripted',
  summary: 'Follows a script instead of a model: for demos and tests.',
  options,
  missing: async ({ script }) => {
    try {
      readFileSync(program)
      loadScript(script)
      return null
    } catch (error) {
      return isFault(error) ? `${error.message} ${error.hint}` : 'npm run build'
    }
  },
  create: ({ script: source }) => {
    const script = loadScript(source)
    return {
      can: { endsWithTurn: false, resumes: true, receipts: { absenceProvesAfterMs: 3_000 }, hearsWhileWorking: true, interrupts: false },
      launch: (request) => {
        const { folder, resume, model } = request
        const files = filesIn(folder)
        const prompt = wholePrompt(request)
        const task = taskIn(request.prompt, Object.keys(script.tasks))
        return {
          argv: [
            ...[process.execPath, program, '--folder', folder, '--script', files.script, '--prompt', files.prompt],
            ...(task === null ? [] : ['--task', task]),
            ...(resume === null ? [] : ['--resume', resume]),
            ...(model === null ? [] : ['--model', model]),
          ],
          env: {},
          stdin: null,
          files: { [files.script]: JSON.stringify(script), [files.prompt]: prompt },
        }
      },
      sources: ({ folder }) => [{ name: 'transcript', path: filesIn(folder).transcript }],
      read: (picture, line) => (line.source === 'transcript' ? readRow(picture, line) : picture),
      tell: (message, reach) => typeInto('scripted', message, reach),
      answer: async (decision, { folder }) => {
        if (pictureOf(filesIn(folder).transcript).question?.request !== decision.request) return answerReport(folder, decision)
        writeAnswer(folder, decision)
        return 'handed'
      },
    }
  },
})

/** Node runs the built program only, also when the sources are run by a test. */
const program = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../../dist/plugins/agent/scripted/program.js' : './program.js', import.meta.url),
)

const pictureOf = (transcript: string): AgentPicture =>
  readOrEmpty(transcript)
    .split('\n')
    .reduce((picture, text) => readRow(picture, { text, mark: 0, at: Number.MAX_SAFE_INTEGER }), unheard)
