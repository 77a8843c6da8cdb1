import type { AgentPicture, Question } from '../contracts/agent.ts'
import type { AgentReach } from '../contracts/plugins.ts'
import { catalogue, row } from './fault.ts'
import { appendRow, parseObject } from './mailbox.ts'
import { fingerprint } from './text.ts'
import { sleep } from './time.ts'

/*
 * For agents whose questions are on their screen and nowhere else. A question is bound to a hash of the words that were shown; a
 * key is pressed only while those very words stand on the screen, and what was handed is known by their going away.
 */

/** A dialog as a screen shows it, open and the last thing on it. */
export type ScreenDialog = Pick<Question, 'kind' | 'text' | 'detail' | 'options' | 'refusal'> & {
  /** Every line that makes it this question and no other: what is asked, what about, the options. Nothing that ticks or moves by itself. */
  readonly lines: readonly string[]
}

/** What to press now. `isFinal`: it decides; what is not final (moving to an option) is followed by another look. */
export type KeyStep = { readonly press: readonly string[]; readonly isFinal: boolean }

export const fault = catalogue({
  SCREEN_UNMOVED: row<{ text: string; keys: string }>(
    (f) => `"${f.text}" was answered with the keys ${f.keys}, and the same question still stands on the agent's screen.`,
    () => 'Look at its terminal with "open": answer there, or see whether it asks the same once more.',
  ),
})

/** The name of a dialog: the same words, the same hash, however they are wrapped, framed or marked with a cursor. */
export const hashOf = (lines: readonly string[]): string =>
  // Frames, the dots and arrows of a menu, and spaces change when a person moves the cursor or the terminal is resized.
  fingerprint(lines.map((line) => line.replace(/^\s*[>*]\s|[\u2500-\u257f\u25a0-\u25ff\u276f\u203a\s]/gu, '')).join(''), 16)

/** The id of the question that a dialog is. `turn` tells one asking from the next in the same words: how many were closed before it, say. */
export const requestOf = (lines: readonly string[], turn: number): string => `screen.${turn}.${hashOf(lines)}`

/** What a request names, or null when it is no question of a screen. */
export const partsOf = (request: string): { readonly turn: number; readonly hash: string } | null => {
  const [, turn, hash] = /^screen\.(\d+)\.([0-9a-f]{16})$/.exec(request) ?? []
  return turn === undefined || hash === undefined ? null : { turn: Number(turn), hash }
}

/** The dialog of that hash, if the screen still shows it; `find` gives the one that is open now. */
export const findAgain = <D extends { readonly lines: readonly string[] }>(
  screen: string,
  hash: string,
  find: (screen: string) => D | null,
): D | null => {
  const dialog = find(screen)
  return dialog !== null && hashOf(dialog.lines) === hash ? dialog : null
}

/**
 * Folds what the screen shows: a dialog opens its question, its absence closes one that a screen had opened. A dialog of the agent's
 * other means, or a question of `ao report`, stays as it is.
 */
export const seeDialog = (picture: AgentPicture, dialog: ScreenDialog | null, turn: number): AgentPicture => {
  const { question } = picture
  const isOurs = question !== null && partsOf(question.request) !== null
  if (dialog === null) return isOurs ? closedOnScreen(picture, question.request) : picture
  const request = requestOf(dialog.lines, turn)
  if (question?.request === request || (question !== null && !isOurs)) return picture
  // It was closed in words already, and the screen is a moment late.
  if (picture.answered?.request === request) return picture
  const { lines: _, ...asked } = dialog
  const before = isOurs ? closedOnScreen(picture, question.request) : picture
  return { ...before, question: { request, ...asked, reply: 'own' } }
}

/** Folds a row that `answerByKeys` left; null when the line is none of them. */
export const readPressed = (picture: AgentPicture, text: string): AgentPicture | null => {
  const line = parseObject(text)
  if (typeof line?.pressed !== 'string' || typeof line.text !== 'string' || partsOf(line.pressed) === null) return null
  return { ...picture, notes: { ...picture.notes, pressed: { request: line.pressed, text: line.text } } }
}

/** Who closed a question whose dialog went away: the chat if it had pressed the keys, else somebody at the terminal. */
export const closedOnScreen = (picture: AgentPicture, request: string, text: string | null = null): AgentPicture => {
  const pressed = picture.notes.pressed as { readonly request: string; readonly text: string } | undefined // written by `readPressed` alone
  const isOurs = pressed?.request === request
  return {
    ...picture,
    question: picture.question?.request === request ? null : picture.question,
    answered: { request, text: isOurs ? pressed.text : (text ?? 'something'), by: isOurs ? 'chat' : 'terminal' },
  }
}

/**
 * Answers a question of the screen. The pane is read again first; `gone`, and nothing pressed, when it does not show exactly that
 * question. `handed` when its dialog went away after the last key. It leaves a row in the mailbox before that key, for `readPressed`.
 *
 * @throws {Fault} SCREEN_UNMOVED when the same words still stand there `limitMs` after the last key: nothing more is pressed, because
 * they may be asked anew. MAILBOX_UNWRITABLE, PROCESS_GONE
 */
export const answerByKeys = async <D extends { readonly lines: readonly string[] }>(
  { folder, terminal, signal }: AgentReach,
  {
    request,
    text,
    find,
    step,
    limitMs = 5_000,
  }: {
    readonly request: string
    /** The answer in words, for whoever is told who answered. */
    readonly text: string
    readonly find: (screen: string) => D | null
    /** Pure: what to press, given the dialog as it stands there now. */
    readonly step: (dialog: D) => KeyStep
    readonly limitMs?: number
  },
): Promise<'handed' | 'gone'> => {
  const parts = partsOf(request)
  if (parts === null || terminal === null) return 'gone'
  let pressed: KeyStep | null = null
  let before = ''
  let until = Date.now() + limitMs
  for (;;) {
    signal.throwIfAborted()
    const screen = await terminal.screen(screenLines)
    const dialog = findAgain(screen, parts.hash, find)
    if (dialog === null) return pressed?.isFinal ? 'handed' : 'gone'
    // A menu that has not been drawn again since the last key would be moved twice.
    if (pressed === null || (!pressed.isFinal && screen !== before)) {
      pressed = step(dialog)
      if (pressed.isFinal) appendRow(folder, { v: 1, at: Date.now(), pressed: request, text })
      await terminal.press(pressed.press)
      before = screen
      until = Date.now() + limitMs
    } else if (Date.now() > until) throw fault('SCREEN_UNMOVED', { text, keys: pressed.press.join(' ') })
    await sleep(pollMs, signal)
  }
}

const screenLines = 60
const pollMs = 40
