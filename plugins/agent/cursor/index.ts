import { z } from 'zod'
import { type AgentProfile, definePlugin } from '../../../core/contracts/plugins.ts'
import { acpListen } from '../../../core/kit/acp/listen.ts'
import { readAcp } from '../../../core/kit/acp/read.ts'
import { acpAnswer, acpInterrupt, acpLaunch, acpSources, acpTell } from '../../../core/kit/acp/session.ts'
import { isRunnable, versionOf } from '../../../core/kit/program.ts'
import { wholePrompt } from '../../../core/kit/wrap.ts'

/** From its documentation (https://cursor.com/docs/cli/acp, https://cursor.com/docs/cli/reference/configuration); it was never run here. */
const profile: AgentProfile = {
  verified: null,
  permissions: ['default', 'permissionless'],
  asks: { permission: 'own', question: 'none', plan: 'none', login: 'none', limit: 'none', trust: 'none' },
  tells: 'own',
  usage: 'none',
  lacks: [
    'Words reach it only between its turns; the arrival of a message is known when its turn ends.',
    'With "default" it asks before commands and not before changes to files: it has no mode that asks for those.',
    'Its own questions and plans (cursor/ask_question, cursor/create_plan) are declined; it asks by "ao report blocked".',
    'A reason given with a refusal does not reach it; say it as the next message.',
    'Its terminal shows nothing to answer or to type into: it speaks with ao alone.',
    'Each session has settings of its own, so the rules of ~/.cursor/cli-config.json do not count, and a login by "cursor-agent login" may not be found: set CURSOR_API_KEY in "env".',
    'Its hooks belong to the user or the repository, so none are used.',
    'It does not say here what it used.',
  ],
}

const options = z.strictObject({
  program: z.string().min(1).default('cursor-agent').describe('The program, by its name or its whole path.'),
  args: z.array(z.string()).default([]).describe('Arguments for every start, before "acp".'),
  env: z
    .record(z.string(), z.string())
    .default({})
    .describe('Environment variables on top of what every agent gets, such as CURSOR_API_KEY.'),
})

/** Cursor's agent on the command line, over the Agent Client Protocol. */
export const cursor = definePlugin({
  slot: 'agent',
  name: 'cursor',
  summary: "Cursor's agent, over the Agent Client Protocol. Built from its documentation: unverified.",
  options,
  profile,
  missing: async ({ program }) => ((await isRunnable(program)) ? null : 'curl https://cursor.com/install -fsS | bash'),
  version: ({ program }) => versionOf(program),
  create: ({ program, args, env }) => ({
    can: { endsWithTurn: false, resumes: true, receipts: null, hearsWhileWorking: false, interrupts: true },
    launch: (request) => {
      const settings = `${request.folder}/cursor`
      const model = request.model === null ? [] : ['--model', request.model]
      return acpLaunch(request, {
        argv: [program, '--trust', ...model, ...args, 'acp'],
        env: { ...env, CURSOR_CONFIG_DIR: settings },
        prompt: wholePrompt(request),
        authenticate: 'cursor_login',
        files: { [`${settings}/cli-config.json`]: JSON.stringify(settingsFor(request.permissions === 'permissionless')) },
      })
    },
    sources: ({ folder }) => acpSources(folder),
    read: readAcp,
    listen: (wire) => acpListen('cursor', wire),
    tell: (message, reach) => acpTell('cursor', message, reach),
    answer: (decision, reach) => acpAnswer('cursor', decision, reach),
    interrupt: (reach) => acpInterrupt('cursor', reach),
  }),
})

/** Whether it asks depends on its settings alone, whatever its flags say, so a session has its own. */
const settingsFor = (isPermissionless: boolean) => ({
  version: 1,
  editor: { vimMode: false },
  permissions: { allow: [], deny: [] },
  approvalMode: isPermissionless ? 'unrestricted' : 'allowlist',
})
