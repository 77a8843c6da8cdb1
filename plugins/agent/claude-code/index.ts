import { z } from 'zod'
import { definePlugin } from '../../../core/contracts/plugins.ts'
import { interruptByKey } from '../../../core/kit/interrupt.ts'
import { answerReport } from '../../../core/kit/mailbox.ts'
import { isRunnable, versionOf } from '../../../core/kit/program.ts'
import { foundWith } from './found.ts'
import { hear } from './heard.ts'
import { launchOf } from './launch.ts'
import { draw } from './picture.ts'
import { profile } from './profile.ts'
import { answerByHook, tellByHooks } from './reach.ts'
import { transcriptLink } from './script.ts'
import { signsOf } from './signs.ts'
import { readTranscript } from './transcript.ts'

const options = z.strictObject({
  run: z.string().min(1).default('claude').describe('The program: its name on the PATH, or its whole path.'),
  args: z.array(z.string()).default([]).describe('Words added to its command line: ["--add-dir", "/srv/shared"].'),
  env: z
    .record(z.string(), z.string())
    .default({})
    .describe('Environment variables on top of what every agent gets: ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL and the like.'),
})

/** Claude Code in its own terminal, listened to, told and answered by its hooks. https://code.claude.com/docs/en/hooks */
export const claudeCode = definePlugin({
  slot: 'agent',
  name: 'claude-code',
  summary: 'Claude Code, by its hooks: its questions are answered and it is told things without typing.',
  options,
  profile,
  missing: async ({ run }) =>
    (await isRunnable(run))
      ? null
      : `install Claude Code: npm install -g @anthropic-ai/claude-code${run === 'claude' ? '' : `, or correct "run: ${run}"`}`,
  version: ({ run }) => versionOf(run),
  create: async ({ run, args, env }, host, { project }) => {
    const kept = await host.document<Record<string, string[]>>('claude-code-rules', {})
    const of = project?.name ?? ''
    const keepRules = (rules: readonly string[]): void => {
      if (rules.length === 0) return
      void kept
        .update((all) => {
          all[of] = [...new Set([...(all[of] ?? []), ...rules])]
        })
        .catch((error: unknown) => host.log.error('claude-code.rule.lost', { project: of, rules, error }))
    }
    return {
      can: { endsWithTurn: false, resumes: true, receipts: { absenceProvesAfterMs: 10_000 }, hearsWhileWorking: true, interrupts: true },
      launch: (request) => launchOf(request, { run, args, env, rules: kept.value[of] ?? [] }),
      interrupt: (reach) => interruptByKey('claude-code', reach),
      sources: ({ folder, conversation }) =>
        conversation === null ? [] : [{ name: 'transcript', path: transcriptLink(folder, conversation) }],
      read: (picture, { source, text, at }) => {
        const before = signsOf(picture)
        const signs = source === 'transcript' ? readTranscript(before, text, at) : source === 'mailbox' ? hear(before, text, at) : before
        return signs === before ? picture : draw(picture, signs)
      },
      found: foundWith(env),
      tell: (message, reach) => tellByHooks(message, reach, host.now),
      answer: async (decision, reach) =>
        decision.request.startsWith('claude-') ? answerByHook(decision, reach, keepRules) : answerReport(reach.folder, decision),
    }
  },
})
