import { z } from 'zod'
import { definePlugin } from '../../../core/contracts/plugins.ts'
import { isRunnable, versionOf } from '../../../core/kit/program.ts'
import { answerServer } from './answer.ts'
import { found } from './found.ts'
import { interrupt } from './interrupt.ts'
import { launchWith } from './launch.ts'
import { listenTo } from './listen.ts'
import { profile } from './profile.ts'
import { readRow } from './read.ts'
import { tellServer } from './tell.ts'

const options = z.strictObject({
  program: z.string().min(1).default('opencode').describe('The program: a name on the PATH, or a whole path.'),
  args: z.array(z.string()).default([]).describe('Arguments for every start.'),
})

/** The coding agent opencode: its terminal is a server, too, which is listened to, told and answered. */
export const opencode = definePlugin({
  slot: 'agent',
  name: 'opencode',
  summary: 'opencode: heard, told and answered by its own server.',
  options,
  profile,
  missing: async ({ program }) => ((await isRunnable(program)) ? null : 'npm install -g opencode-ai'),
  version: ({ program }) => versionOf(program),
  create: (chosen) => ({
    // A message stands in its conversation as soon as its server has taken it, also while it works.
    can: { endsWithTurn: false, resumes: true, receipts: { absenceProvesAfterMs: 10_000 }, hearsWhileWorking: true, interrupts: true },
    launch: (request) => launchWith(chosen, request),
    sources: () => [],
    read: (picture, line) => (line.source === 'mailbox' ? readRow(picture, line) : picture),
    found,
    tell: tellServer,
    answer: answerServer,
    interrupt,
    listen: listenTo,
  }),
})
