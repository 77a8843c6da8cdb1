import { explain } from '../../core/kit/fault.ts'
import { sayDuration, sleep } from '../../core/kit/time.ts'
import type { ChatKind, Finding } from '../contracts/chat.ts'

/** The chats there are, by the name the config has for them. */
export type ChatKinds = Readonly<Record<string, ChatKind>>

/**
 * How chats are looked at. `limitMs`: the most that one may take. `isBotRunning`: a bot of ours listens with the same tokens, so
 * a look that would listen too must not disturb it, nor take it for somebody else.
 */
export type Look = {
  readonly now: () => number
  readonly isRoundTrip: boolean
  readonly isBotRunning: boolean
  readonly limitMs: number
}

/** How long `ao doctor` waits for one chat. */
export const examineLimitMs = 15_000

/**
 * Looks at every chat of a config side by side, so that one that hangs costs the others nothing. `chats` are the options that
 * the config settled. The console is not looked at: it needs nothing. Never rejects.
 */
export const examineChats = async (chats: Readonly<Record<string, unknown>>, kinds: ChatKinds, look: Look): Promise<readonly Finding[]> => {
  const found = await Promise.all(
    Object.entries(chats).map(async ([name, options]) => {
      const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
      return kind ? examineChat(kind, options, look) : []
    }),
  )
  return found.flat()
}

const examineChat = async (kind: ChatKind, options: unknown, { limitMs, ...ask }: Look): Promise<readonly Finding[]> => {
  const done = new AbortController()
  const findings = await Promise.race([asked(kind, options, ask), tooLong(kind, limitMs, done.signal)])
  done.abort()
  return [...findings, ...(ask.isRoundTrip && !hasHome(options) ? [homeless(kind)] : [])].map((finding) => ({
    ...finding,
    what: named(kind.name, finding.what),
  }))
}

const asked = async (kind: ChatKind, options: unknown, ask: Omit<Look, 'limitMs'>): Promise<readonly Finding[]> => {
  try {
    return await kind.examine(options, ask)
  } catch (error) {
    return [{ level: 'FAIL', what: `it could not be looked at: ${explain(error)}`, cure: `See docs/${kind.name}.md, and try again.` }]
  }
}

const tooLong = async (kind: ChatKind, limitMs: number, signal: AbortSignal): Promise<readonly Finding[]> => {
  await sleep(limitMs, signal).catch(() => {}) // it answered in time, so nobody waits for this any more
  return [
    {
      level: 'FAIL',
      what: `it did not answer within ${sayDuration(limitMs)}.`,
      cure: `Look whether this machine reaches it (proxy, firewall, the address under chats.${kind.name}), and try again.`,
    },
  ]
}

const hasHome = (options: unknown): boolean => typeof options === 'object' && options !== null && 'home' in options && options.home !== null

const homeless = ({ name }: ChatKind): Finding => ({
  level: 'WARN',
  what: 'no message was sent there and back: it has no home.',
  cure: `Write the id of a channel under chats.${name}.home.`,
})

const named = (name: string, what: string): string => (what.toLowerCase().startsWith(`${name}:`) ? what : `${name}: ${what}`)
