import { interruptStories } from './interrupts.ts'
import { kits } from './kits.ts'
import { agentStories } from './stories.ts'

agentStories(kits.opencode)
interruptStories(kits.opencode)
