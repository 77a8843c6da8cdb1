import { adoptStories } from './adopt.ts'
import { interruptStories } from './interrupts.ts'
import { kits } from './kits.ts'
import { agentStories } from './stories.ts'

agentStories(kits.pi)
interruptStories(kits.pi)
adoptStories(kits.pi, { program: 'pi --provider fake', ready: /fake-model/ })
