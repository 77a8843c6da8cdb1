import { setTimeout as sleep } from 'node:timers/promises'
import type { Message } from '../../../core/contracts/agent.ts'
import type { AgentReach } from '../../../core/contracts/plugins.ts'
import { catalogue, row } from '../../../core/kit/fault.ts'
import { typeInto, wrap } from '../../../core/kit/wrap.ts'
import { draftIn, findDialog } from './screen.ts'

export const fault = catalogue({
  COMPOSER_TAKEN: row<{ what: string }>(
    (f) => `Nothing can be typed to the gemini agent now: ${f.what}.`,
    () => 'Answer or clear it at its terminal ("open"); the message is tried again.',
    { mayPass: true },
  ),
})

/**
 * Types a message into an empty line, with no dialog open, and sees that it leaves the line: gemini takes an Enter that comes while it
 * still takes in a paste for a part of it. A message that stands there from before is only sent.
 *
 * @throws {Fault} TERMINAL_NEEDED without a terminal; COMPOSER_TAKEN when a dialog or somebody's words are in the way, and nothing was typed
 */
export const typeMessage = async (message: Message, reach: AgentReach): Promise<'typed'> => {
  const { terminal, signal } = reach
  const screen = (await terminal?.screen(screenLines)) ?? ''
  const draft = draftIn(screen)
  if (findDialog(screen) !== null) throw fault('COMPOSER_TAKEN', { what: 'it asks something' })
  const isOurs = draft?.includes(`[ao #${message.id}]`) === true || draft?.includes(`[Pasted Text: ${wrap(message).length} chars]`) === true
  if (draft !== null && !isOurs) throw fault('COMPOSER_TAKEN', { what: 'somebody’s words stand in its line' })
  if (!isOurs || terminal === null) await typeInto('gemini', message, reach)
  // The longer it is, the later it shows.
  const quietLooks = 3 + Math.ceil(message.text.length / 20_000)
  let enters = 0
  for (let quiet = 0; terminal !== null && quiet < quietLooks && enters < maxEnters; quiet += 1) {
    await sleep(lookMs, undefined, { signal })
    const now = await terminal.screen(screenLines)
    if (draftIn(now) === null || findDialog(now) !== null) continue
    await terminal.press(['Enter'])
    enters += 1
    quiet = 0
  }
  return 'typed'
}

const screenLines = 60
const lookMs = 250
const maxEnters = 8
