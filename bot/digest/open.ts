import type { Log } from '../../core/contracts/plugins.ts'
import type { Reads } from '../contracts/reads.ts'
import type { DigestMemory, FixedSchedule } from '../memory/digests.ts'
import type { Talk } from '../memory/talk.ts'
import type { DigestDesk } from './ask.ts'
import type { createDigests, Digests } from './send.ts'

/** Digests of a bot. What makes them, and what knows when, is loaded when it starts to send them: before that there is no time for it. */
export const openDigests = ({
  reads,
  talk,
  hasPictures,
  ...parts
}: Omit<Parameters<typeof createDigests>[0], 'make' | 'mutedUntil'> & {
  readonly memory: DigestMemory
  readonly fixed: readonly FixedSchedule[]
  readonly reads: Reads
  readonly talk: Pick<Talk, 'projectAt' | 'mutedUntil'>
  /** Do pictures show on that platform? */
  readonly hasPictures: (platform: string) => boolean
  readonly log: Log
}) => {
  const { memory, log } = parts
  let running: Digests | null = null
  let isStopped = false
  const desk: DigestDesk = {
    memory,
    changed: () => running?.changed(),
    draw: async (summary) => (await import('./make.ts')).pictureOf(summary, log),
  }
  return {
    desk,
    /** From now on they come at their times; what was missed is caught up. */
    start: async (): Promise<void> => {
      const [{ createDigests }, { createMaking }] = await Promise.all([import('./send.ts'), import('./make.ts')])
      if (isStopped) return
      running = createDigests({ ...parts, mutedUntil: talk.mutedUntil, make: createMaking({ reads, talk, hasPictures, log }) })
      await running.start()
    },
    /** Nothing new is sent after this. */
    stop: (): void => {
      isStopped = true
      running?.stop()
    },
    /** Resolves once everything that was begun is on show, or has failed. */
    quiet: async (): Promise<void> => running?.quiet(),
  }
}
