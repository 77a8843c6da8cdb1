import type { AgentProfile } from '../../../core/contracts/plugins.ts'

/** What was seen with the real gemini, and what it cannot do here. */
export const profile: AgentProfile = {
  verified: '0.61.0',
  permissions: ['default', 'auto-edit', 'permissionless'],
  asks: { permission: 'screen', question: 'none', plan: 'none', login: 'screen', limit: 'none', trust: 'none' },
  tells: 'typed',
  usage: 'tokens',
  lacks: [
    'Its permission dialogs are answered by keys; a refusal breaks the turn off, and its reason begins the next.',
    'It has no questions of its own here: that tool is switched off, and it asks by "ao report blocked".',
    'Words wait until its turn has ended; where they name a file with @, gemini adds what is in that file.',
    'A message of 100 kB got into its line and was sent, but no answer came within minutes; 9 kB went well.',
    'A turn that a person breaks off at its terminal (Escape) is told by nothing: the stall clock finds it.',
    'A limit is seen on its terminal only.',
    'Of a login the way is chosen from the chat; what it then wants (an address in a browser, a key) is done at its terminal.',
    'Its mode that plans first is not offered.',
  ],
}
