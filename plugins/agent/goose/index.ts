import { z } from 'zod'
import type { PermissionMode } from '../../../core/contracts/names.ts'
import { type AgentProfile, definePlugin } from '../../../core/contracts/plugins.ts'
import { acpListen } from '../../../core/kit/acp/listen.ts'
import { readAcp } from '../../../core/kit/acp/read.ts'
import { acpAnswer, acpInterrupt, acpLaunch, acpSources, acpTell } from '../../../core/kit/acp/session.ts'
import { isRunnable, versionOf } from '../../../core/kit/program.ts'
import { wholePrompt } from '../../../core/kit/wrap.ts'

/** From its documentation (https://block.github.io/goose/docs/guides/acp-clients) and its source; it was never run here. */
const profile: AgentProfile = {
  verified: null,
  permissions: ['default', 'permissionless'],
  asks: { permission: 'own', question: 'none', plan: 'none', login: 'none', limit: 'none', trust: 'none' },
  tells: 'own',
  usage: 'none',
  lacks: [
    'Words reach it only between its turns; the arrival of a message is known when its turn ends.',
    'It has no questions of its own here; it asks by "ao report blocked".',
    'It has no mode that plans first, and none that only edits without asking.',
    'A reason given with a refusal does not reach it; say it as the next message.',
    'Its terminal shows nothing to answer or to type into: it speaks with ao alone.',
    'Its provider and its login are set up once by "goose configure"; a login that is missing is its last message.',
    'It does not say here what it used.',
  ],
}

const options = z.strictObject({
  program: z.string().min(1).default('goose').describe('The program, by its name or its whole path.'),
  args: z.array(z.string()).default([]).describe('Arguments of "goose acp" for every start, such as "--with-builtin" with a name.'),
  env: z
    .record(z.string(), z.string())
    .default({})
    .describe('Environment variables on top of what every agent gets, such as GOOSE_PROVIDER.'),
})

/** goose, over the Agent Client Protocol. */
export const goose = definePlugin({
  slot: 'agent',
  name: 'goose',
  summary: 'goose, over the Agent Client Protocol. Built from its documentation: unverified.',
  options,
  profile,
  missing: async ({ program }) =>
    (await isRunnable(program)) ? null : 'curl -fsSL https://github.com/block/goose/releases/download/stable/download_cli.sh | bash',
  version: ({ program }) => versionOf(program),
  create: ({ program, args, env }) => ({
    can: { endsWithTurn: false, resumes: true, receipts: null, hearsWhileWorking: false, interrupts: true },
    launch: (request) =>
      acpLaunch(request, {
        argv: [program, 'acp', ...args],
        env: { ...env, GOOSE_MODE: modes[request.permissions], ...(request.model !== null && { GOOSE_MODEL: request.model }) },
        prompt: wholePrompt(request),
      }),
    sources: ({ folder }) => acpSources(folder),
    read: readAcp,
    listen: (wire) => acpListen('goose', wire),
    tell: (message, reach) => acpTell('goose', message, reach),
    answer: (decision, reach) => acpAnswer('goose', decision, reach),
    interrupt: (reach) => acpInterrupt('goose', reach),
  }),
})

/** https://block.github.io/goose/docs/guides/goose-permissions. What it does not have asks, as the default does. */
const modes: Readonly<Record<PermissionMode, string>> = {
  default: 'approve',
  'auto-edit': 'approve',
  plan: 'approve',
  permissionless: 'auto',
}
