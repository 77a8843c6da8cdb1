import type { AgentProfile } from '../../../core/contracts/plugins.ts'
import { permissions } from './launch.ts'

/** What was seen with the real program, and what cannot be had. */
export const profile: AgentProfile = {
  verified: '0.169.0',
  permissions,
  asks: { permission: 'own', question: 'own', plan: 'none', login: 'own', limit: 'own', trust: 'none' },
  tells: 'own',
  usage: 'tokens',
  lacks: [
    'Its plan mode cannot be begun from outside; a person can switch to it in its terminal, and approves the plan there.',
    '"Always" is kept by Codex itself, in ~/.codex/rules, and counts in every project of that user.',
    'Questions of sub-agents and of tool servers (MCP), and what it calls secret, are answered in its terminal.',
    'Its own writable_roots and developer_instructions of config.toml are not in use in sessions of the bot; AGENTS.md is.',
    'A change to files that waited while the bot was down is shown without its text.',
  ],
}
