import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { idsIn } from '../../../../core/kit/wrap.ts'
import { type LaunchFile, launchVariable, placesIn } from '../places.ts'
import type { Context, Pi, Refusal } from './api.ts'
import { askFor } from './ask.ts'
import { openInbox } from './inbox.ts'
import { cut, mailTo } from './mail.ts'
import { endingOf, kindOfError, roleOf, wordsIn } from './messages.ts'
import { isCovered, needOf } from './permit.ts'

/** Streaming is work; it is written down this often. */
const workingEveryMs = 20_000
/** After an error pi tries again by itself, unless its settings say otherwise: so often, and 8 s after the last time at the latest. */
const retries = { times: 3, ms: 12_000 } as const
const loginEveryMs = 2_000
/** While pi sums up a long conversation it takes no messages; whether that was called off it does not say. */
const compactingMs = 120_000

/**
 * Runs inside of pi (`pi --extension`): begins with the task, adds the instructions to the words of the system, asks a person before what
 * needs one, brings messages, and writes into the mailbox what pi does. Without it pi would ask nobody; so the task comes from here, and a pi
 * that could not load it does nothing at all.
 */
const extension = (pi: Pi): void => {
  const file = process.env[launchVariable]
  if (file === undefined) return
  const launch = JSON.parse(readFileSync(file, 'utf8')) as LaunchFile // written by `launch`
  const { folder, run, resume } = launch
  // pi would begin another conversation in its place, in which nobody has said what to do.
  if (resume !== null && !existsSync(resume)) {
    process.stderr.write(`There is no conversation ${resume} any more.\n`)
    process.exit(1)
  }
  const places = placesIn(folder)
  const given = new Set<string>()
  let now: Context | null = null
  const mail = mailTo(folder, (words) => now?.ui.notify(words, 'error'))
  let asked = 0
  let named: string | null = null
  let worked = 0
  let ending: NodeJS.Timeout | null = null
  let trouble: string | null = null
  let failures = 0
  let compactingUntil = 0

  const inbox = openInbox(places.inbox, {
    send: (text) => (now?.isIdle() ? pi.sendUserMessage(text) : pi.sendUserMessage(text, { deliverAs: 'steer' })),
    breakOff: () => now?.abort(),
    isReady: () => Date.now() > compactingUntil,
    isUnderWay: (id) => now !== null && (!now.isIdle() || now.hasPendingMessages() || now.ui.getEditorText().includes(`#${id}]`)),
  })
  const newRequest = (): string => {
    asked += 1
    return `pi-${run.replace(/[^\w.-]/g, '-').slice(0, 80)}-${Date.now().toString(36)}-${asked}`
  }

  /** Its file comes with the first words of the model, and only then can it be taken up. */
  const name = ({ sessionManager }: Context): void => {
    const path = sessionManager.getSessionFile()
    if (path === undefined || path === named || !existsSync(path)) return
    named = path
    mail.write({ pi: 'named', conversation: path })
  }
  const settle = (): void => {
    if (ending) clearTimeout(ending)
    ending = null
    if (trouble !== null) mail.write({ pi: 'withdrawn', request: trouble })
    trouble = null
  }
  const complain = (kind: 'login' | 'limit', text: string): void => {
    trouble = newRequest()
    mail.write({ pi: 'asked', request: trouble, kind, text: cut(text), detail: null, options: [], refusal: null, reply: 'message' })
  }
  const begin = (context: Context): void => {
    if (context.model === undefined || !context.modelRegistry.hasConfiguredAuth(context.model)) {
      if (trouble === null)
        complain('login', 'pi has no key for its model. Give it one at its terminal with /login, or in the environment.')
      setTimeout(() => now === context && begin(context), loginEveryMs).unref()
      return
    }
    settle()
    pi.sendUserMessage(readFileSync(places.prompt, 'utf8'))
  }

  pi.on('session_start', ({ reason }, context) => {
    now = context
    mail.write({ pi: 'started', run })
    name(context)
    for (const entry of context.sessionManager.getEntries())
      if (entry.type === 'message' && roleOf(entry.message) === 'user') inbox.shows(idsIn(wordsIn(entry.message)))
    if (reason === 'startup') begin(context)
    else inbox.open()
  })
  pi.on('session_shutdown', () => {
    now = null
    settle()
    inbox.close()
    mail.write({ pi: 'ended' })
  })
  pi.on('session_before_compact', () => {
    compactingUntil = Date.now() + compactingMs
  })
  pi.on('session_compact', () => {
    compactingUntil = 0
  })
  pi.on('before_agent_start', ({ systemPrompt }) => {
    const instructions = readFileSync(places.instructions, 'utf8')
    return instructions === '' ? undefined : { systemPrompt: `${systemPrompt}\n\n${instructions}` }
  })
  pi.on('agent_start', () => {
    compactingUntil = 0
    settle()
    mail.write({ pi: 'turn-started' })
  })
  pi.on('message_start', ({ message }) => {
    if (roleOf(message) !== 'user') return
    inbox.shows(idsIn(wordsIn(message)))
    inbox.open()
  })
  pi.on('message_update', () => {
    if (Date.now() - worked < workingEveryMs) return
    worked = Date.now()
    mail.write({ pi: 'working' })
  })
  pi.on('tool_execution_start', ({ toolCallId, toolName }, context) => {
    name(context)
    mail.write({ pi: 'tool', call: toolCallId, name: toolName })
  })
  pi.on('tool_execution_end', ({ toolCallId }) => mail.write({ pi: 'tool-ended', call: toolCallId }))
  pi.on('tool_call', async (call, context): Promise<Refusal | undefined> => {
    const need = needOf(call, launch, realPath)
    if (need === null || isCovered(need, given)) return undefined
    const word = await askFor(need, { request: newRequest(), folder, mail, context })
    if (word.isKept && need.likes) given.add(need.likes.key)
    if (word.isYes) return undefined
    return { block: true, reason: word.reason === null ? 'A person said no.' : `A person said no: ${word.reason}` }
  })
  pi.on('agent_end', ({ messages }, context) => {
    name(context)
    const { text, error, isBrokenOff } = endingOf(messages)
    failures = error === null ? 0 : failures + 1
    if (error === null)
      return mail.write({ pi: 'turn-ended', message: text.trim() === '' ? null : cut(text), ...(isBrokenOff && { isBrokenOff }) })
    const kind = kindOfError(error)
    const isFinal = kind === 'login' || failures > retries.times
    ending = setTimeout(
      () => {
        if (kind !== null) complain(kind, `The model refuses: ${error}`)
        mail.write({ pi: 'turn-ended', message: cut(`The model failed: ${error}`) })
      },
      isFinal ? 0 : retries.ms,
    )
  })
}

/** Without links, as far as it exists. */
const realPath = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(realPath(parent), path.slice(parent.length).replace(/^\//, ''))
  }
}

export default extension
