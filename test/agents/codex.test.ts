import { adoptStories } from './adopt.ts'
import { interruptStories } from './interrupts.ts'
import { kits } from './kits.ts'
import { agentStories } from './stories.ts'

agentStories(kits.codex)
interruptStories(kits.codex)
adoptStories(kits.codex, { program: 'codex', ready: /Ask Codex to do anything[\s\S]*fake-model/ })
