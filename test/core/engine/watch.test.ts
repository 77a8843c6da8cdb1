import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keepLooking } from '../../../core/engine/watch.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const second = 1_000
const rests = async (): Promise<void> => {}

/** When looks at changes begin, seconds after the first, while each takes so long. */
const beginnings = async (takesMs: number, forMs: number): Promise<readonly number[]> => {
  const [from, begun] = [Date.now(), [] as number[]]
  const looking = keepLooking({
    sensors: {
      lookAtAgents: rests,
      lookAtChanges: async () => {
        begun.push((Date.now() - from) / second)
        await new Promise((resolve) => setTimeout(resolve, takesMs)) // so long a look takes: nothing is waited for
      },
    },
    toolbox: { runtimes: () => [] },
    sessions: () => [],
    folderOf: () => '/nowhere',
    files: { look: rests },
    intake: { look: rests },
    listeners: { session: () => {}, stop: rests },
    pace: { agentsMs: 2 * second, changesMs: 30 * second, filesMs: 60 * second, tasksMs: 60 * second },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  } as never) // no more is asked of them
  void looking.start()
  await vi.advanceTimersByTimeAsync(forMs)
  const stopped = looking.stop()
  await vi.advanceTimersByTimeAsync(takesMs)
  await stopped
  return begun
}

test('looks every so often from begin to begin, however long a look takes', async () => {
  expect(await beginnings(4 * second, 95 * second)).toEqual([0, 30, 60, 90])
})

test('rests half of that at least, where a look takes longer', async () => {
  expect(await beginnings(40 * second, 120 * second)).toEqual([0, 55, 110])
})
