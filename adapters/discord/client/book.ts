import type { SessionInfo } from '@discordjs/ws'

/** The session with Discord, and how far of what it said has been dealt with. */
export const makeBook = () => {
  let session: SessionInfo | null = null
  let newest = 0
  const open = new Set<number>()
  return {
    session: (): SessionInfo | null => session && { ...session, sequence: open.size === 0 ? newest : Math.min(...open) - 1 },
    keep: (info: SessionInfo | null): void => {
      if (info === null || info.sessionId !== session?.sessionId) open.clear()
      newest = info === null ? 0 : info.sessionId === session?.sessionId ? Math.max(newest, info.sequence) : info.sequence
      session = info
    },
    begin: (sequence: number): void => void open.add(sequence),
    end: (sequence: number): void => void open.delete(sequence),
  }
}
