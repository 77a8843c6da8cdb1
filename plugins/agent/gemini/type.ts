import type { Message } from '../../../core/contracts/agent.ts'
import type { AgentReach } from '../../../core/contracts/plugins.ts'
import { catalogue, row } from '../../../core/kit/fault.ts'
import { readOrEmpty } from '../../../core/kit/mailbox.ts'
import { sleep } from '../../../core/kit/time.ts'
import { typeInto, wrap } from '../../../core/kit/wrap.ts'
import { placesIn } from './places.ts'
import { draftIn, findDialog, hasLine } from './screen.ts'

export const fault = catalogue({
  COMPOSER_TAKEN: row<{ what: string }>(
    (f) => `Nothing can be typed to the gemini agent now: ${f.what}.`,
    () => 'Answer or clear it at its terminal ("open"); the message is tried again.',
    { mayPass: true },
  ),
})

/**
 * Types a message into an empty line, with no dialog open, and sees that it is sent: gemini takes an Enter that comes while it still takes
 * in a paste for a part of it, and a busy machine shows both late. A message that stands there from before is only sent.
 *
 * @throws {Fault} TERMINAL_NEEDED without a terminal; COMPOSER_TAKEN when a dialog or somebody's words are in the way, and nothing was typed
 */
export const typeMessage = async (message: Message, reach: AgentReach): Promise<'typed'> => {
  const { terminal, folder, signal } = reach
  if (terminal === null) return typeInto('gemini', message, reach)
  const screen = await readyScreen(terminal, signal)
  const draft = draftIn(screen)
  if (findDialog(screen) !== null) throw fault('COMPOSER_TAKEN', { what: 'it asks something' })
  if (!hasLine(screen) && !isBlank(screen)) throw fault('COMPOSER_TAKEN', { what: 'its terminal shows no line to type into' })
  const isOurs = draft?.includes(`[ao #${message.id}]`) === true || draft?.includes(`[Pasted Text: ${wrap(message).length} chars]`) === true
  if (draft !== null && !isOurs) throw fault('COMPOSER_TAKEN', { what: 'somebody’s words stand in its line' })
  const before = turnsIn(folder)
  if (!isOurs) await typeInto('gemini', message, reach)
  let isSeen = isOurs
  let blankLooks = 0
  let enters = 0
  for (const until = Date.now() + sentMs; Date.now() < until && enters < maxEnters; ) {
    await sleep(lookMs, signal)
    const now = await terminal.screen(screenLines)
    if (turnsIn(folder) > before || findDialog(now) !== null) break
    if (draftIn(now) !== null) {
      isSeen = true
      await terminal.press(['Enter'])
      enters += 1
      await sleep(lookMs, signal)
    } else if (hasLine(now) && isSeen) break
    else if (isBlank(now) && ++blankLooks > maxBlankLooks) break
  }
  return 'typed'
}

/** Its screen, as soon as it has a line to type into: when a dialog has just closed, that comes a moment later. */
const readyScreen = async (terminal: NonNullable<AgentReach['terminal']>, signal: AbortSignal): Promise<string> => {
  for (const until = Date.now() + readyMs; ; await sleep(lookMs, signal)) {
    signal.throwIfAborted()
    const screen = await terminal.screen(screenLines)
    if (hasLine(screen) || isBlank(screen) || findDialog(screen) !== null || Date.now() > until) return screen
  }
}

/** There is nothing to see, not even a gemini. */
const isBlank = (screen: string): boolean => screen.trim() === ''

/** How many turns have begun: gemini itself says so, as soon as words have left its line. */
const turnsIn = (folder: string): number => readOrEmpty(placesIn(folder, '').mailbox).split('"gemini":"BeforeAgent"').length

const screenLines = 60
const lookMs = 250
const maxBlankLooks = 3
const maxEnters = 20
const sentMs = 15_000
const readyMs = 8_000
