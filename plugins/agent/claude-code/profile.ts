import type { AgentProfile } from '../../../core/contracts/plugins.ts'

/** What was seen with a real one, against a scripted model. */
export const profile: AgentProfile = {
  verified: '2.1.197',
  permissions: ['default', 'auto-edit', 'plan', 'permissionless'],
  asks: { permission: 'own', question: 'own', plan: 'own', login: 'own', limit: 'own', trust: 'none' },
  tells: 'own',
  usage: 'tokens',
  lacks: [
    'It is not asked whether the workspace is trusted: CLAUDE_CODE_SANDBOXED=1 says so for this start, and with it hooks and servers of the project itself run.',
    'The first login is done by a person, once, with "claude" in a terminal; an API key is given in "env" of its options.',
    'Permissionless means that nothing is asked at all; IS_SANDBOX=1 is set, because it refuses that for root otherwise.',
    'Words of more than 8 kB reach it at the end of its turn, not in its middle.',
    'What a person allows at the terminal is known when that tool has ended.',
    'What agents below the main one use is not counted.',
    'Questions of MCP servers (elicitation) are answered at the terminal only.',
  ],
}
