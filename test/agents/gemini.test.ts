import { kits } from './kits.ts'
import { agentStories } from './stories.ts'

agentStories(kits.gemini)
