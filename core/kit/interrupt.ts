import type { AgentReach } from '../contracts/plugins.ts'
import { sleep } from './time.ts'
import { fault } from './wrap.ts'

/** Terminals say below everything else how a turn is broken off, as long as one runs. */
const hint = /\besc(?:ape)? to (?:interrupt|cancel)\b/i
const hintLines = 15
const screenLines = 60
/** A screen is drawn anew many times a second while a turn runs; in between the hint may be missing. */
const looks = 5
const lookMs = 100

/**
 * Breaks off a turn by Escape, for agents with no other means: only while the end of the screen says that this is what the key does.
 * Otherwise nothing is pressed, because Escape means other things to an agent at rest.
 *
 * @throws {Fault} TERMINAL_NEEDED
 */
export const interruptByKey = async (agent: string, { terminal, signal }: AgentReach): Promise<'handed' | 'idle'> => {
  if (terminal === null) throw fault('TERMINAL_NEEDED', { agent })
  for (let look = 1; look <= looks; look += 1) {
    const end = (await terminal.screen(screenLines)).trimEnd().split('\n').slice(-hintLines)
    signal.throwIfAborted()
    if (end.some((line) => hint.test(line))) {
      await terminal.press(['Escape'])
      return 'handed'
    }
    await sleep(lookMs, signal)
  }
  return 'idle'
}
