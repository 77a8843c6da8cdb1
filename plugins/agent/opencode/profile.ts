import type { AgentProfile } from '../../../core/contracts/plugins.ts'

/** What was seen with the real opencode, and what it cannot do here. */
export const profile: AgentProfile = {
  verified: '1.18.33',
  permissions: ['default', 'auto-edit', 'plan', 'permissionless'],
  asks: { permission: 'own', question: 'own', plan: 'own', login: 'own', limit: 'own', trust: 'none' },
  tells: 'own',
  usage: 'cost',
  lacks: [
    'What opencode did while the bot was down is heard when it is listened to again; what agents below it used in that time is not counted.',
    '"Allow always" holds until opencode ends.',
    'Words that arrive in the second in which a turn fails stand in the conversation, but are looked at with the next words only.',
    'Its terminal does not show a conversation that begins with a prompt of more than 120 kB; it goes on all the same.',
    'A provider that has no login yet is asked about on the terminal only.',
  ],
}
