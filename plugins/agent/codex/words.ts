import type { z } from 'zod'
import type { decisionSchema, inputSchema } from './shapes.ts'

/** A decision that Codex offers, as a button; null for one that is not offered to people. */
export const labelOf = (decision: z.infer<typeof decisionSchema>): string | null => {
  if (decision === 'accept') return 'Yes, once'
  if (decision === 'acceptForSession') return 'Yes, for this session'
  if (typeof decision === 'string') return null
  if ('acceptWithExecpolicyAmendment' in decision) {
    const words = decision.acceptWithExecpolicyAmendment.execpolicy_amendment
    const command = words.length === 3 && /^-l?c$/.test(words[1] ?? '') ? (words[2] ?? '') : words.join(' ')
    return `Always, in every project: what begins with "${command.length > 80 ? `${command.slice(0, 80)}…` : command}"`
  }
  const { host, action } = decision.applyNetworkPolicyAmendment.network_policy_amendment
  return action === 'allow' ? `Always, in every project: ${host}` : `Never ${host}`
}

/** As it would be typed: without the shell that Codex puts around it, where that can be told for sure. */
export const plainCommand = (command: string | null): string | null => /^\S+ -l?c '([^']*)'$/s.exec(command ?? '')?.[1] ?? command

export const withReason = (what: string, reason: string | null | undefined): string => (reason ? `${what}: ${reason}` : `${what}.`)

export const described = ({ question, options }: z.infer<typeof inputSchema>['questions'][number]): string =>
  [question, ...(options ?? []).map(({ label, description }) => `- ${label}${description ? `: ${description}` : ''}`)].join('\n')
