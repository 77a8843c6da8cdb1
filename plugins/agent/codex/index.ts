import { z } from 'zod'
import { definePlugin } from '../../../core/contracts/plugins.ts'
import { isRunnable, versionOf } from '../../../core/kit/program.ts'
import { answer } from './answer.ts'
import { rolloutLink } from './files.ts'
import { found } from './found.ts'
import { interrupt } from './interrupt.ts'
import { launchWith } from './launch.ts'
import { listen } from './listen.ts'
import { profile } from './profile.ts'
import { readLine } from './read.ts'
import { tell } from './tell.ts'

const options = z.strictObject({
  program: z.string().min(1).default('codex').describe('The program, by its name or its whole path.'),
  config: z
    .array(z.string().regex(/^[\w.-]+=/, 'write it as key=value'))
    .default([])
    .describe('Settings of Codex for sessions of this bot, as "key=value" of its config.toml; the rest of that file stays in use.'),
})

/** OpenAI's Codex, driven through its own app-server; the terminal people see is a view of it. */
export const codex = definePlugin({
  slot: 'agent',
  name: 'codex',
  summary: "OpenAI's Codex, through its own app-server; its terminal stays in use.",
  options,
  profile,
  missing: async ({ program }) => ((await isRunnable(program)) ? null : 'npm install -g @openai/codex'),
  version: ({ program }) => versionOf(program),
  create: ({ program, config }) => ({
    can: { endsWithTurn: false, resumes: true, receipts: { absenceProvesAfterMs: 5_000 }, hearsWhileWorking: true, interrupts: true },
    launch: launchWith({ program, config }),
    sources: ({ folder, conversation }) => (conversation === null ? [] : [{ name: 'rollout', path: rolloutLink(folder, conversation) }]),
    read: readLine,
    found,
    tell,
    answer,
    interrupt,
    listen,
  }),
})
