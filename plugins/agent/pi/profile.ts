import type { AgentProfile } from '../../../core/contracts/plugins.ts'

/** What was seen with the real pi, and what it cannot do here. */
export const profile: AgentProfile = {
  verified: '0.73.1',
  permissions: ['default', 'auto-edit', 'permissionless'],
  asks: { permission: 'own', question: 'none', plan: 'none', login: 'own', limit: 'own', trust: 'none' },
  tells: 'own',
  usage: 'cost',
  lacks: [
    'pi has no mode that plans first.',
    'pi has no questions of its own; it asks by "ao report blocked".',
    'Agents that a pi extension starts by itself are asked about as one tool, and ask nobody afterwards.',
    'For a model without a price in its models.json pi says no cost.',
  ],
}
