import { z } from 'zod'

/*
 * The parts of the server's questions that are used here, as `codex app-server generate-ts --experimental` of 0.169.0 writes them.
 */

const text = z.string().nullish()

export const decisionSchema = z.union([
  z.string(),
  z.object({ acceptWithExecpolicyAmendment: z.object({ execpolicy_amendment: z.array(z.string()) }) }),
  z.object({ applyNetworkPolicyAmendment: z.object({ network_policy_amendment: z.object({ host: z.string(), action: z.string() }) }) }),
])
export const commandSchema = z.object({
  kind: z.string().nullish(),
  reason: text,
  command: text,
  networkApprovalContext: z.object({ host: z.string(), protocol: z.string() }).nullish(),
  availableDecisions: z.array(decisionSchema).nullish(),
})
export const changesSchema = z.object({
  changes: z.array(z.object({ path: z.string(), kind: z.object({ type: z.string() }), diff: z.string() })),
})
export const inputSchema = z.object({
  questions: z.array(
    z.object({
      id: z.string(),
      question: z.string(),
      isSecret: z.boolean().default(false),
      options: z.array(z.object({ label: z.string(), description: z.string().default('') })).nullish(),
    }),
  ),
})
