import type { AgentProfile } from '../../../core/contracts/plugins.ts'

/** From its documentation (https://aider.chat/docs/) and its source; it was never run here. */
export const profile: AgentProfile = {
  verified: null,
  permissions: ['default', 'plan', 'permissionless'],
  asks: { permission: 'screen', question: 'none', plan: 'screen', login: 'screen', limit: 'none', trust: 'none' },
  tells: 'restart',
  usage: 'cost',
  lacks: [
    'Words reach it only between its turns, as the next one.',
    'It has no questions of its own besides yes or no; it asks by "ao report blocked".',
    'A reason given with "No" does not reach it; say it as the next message.',
    'With "permissionless" it still runs no commands: aider says no to those by itself.',
    'It exits with 0 also when its model could not be reached; then its last message says so.',
    'It keeps its map of the repository in .aider.tags.cache.v4 in the workspace, which git shows unless it is ignored.',
  ],
}
