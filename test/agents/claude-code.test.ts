import { adoptStories } from './adopt.ts'
import { interruptStories } from './interrupts.ts'
import { kits } from './kits.ts'
import { agentStories } from './stories.ts'

agentStories(kits['claude-code'])
interruptStories(kits['claude-code'])
adoptStories(kits['claude-code'], { program: 'claude', ready: /\? for shortcuts/ })
