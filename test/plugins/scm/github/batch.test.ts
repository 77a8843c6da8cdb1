import { describe, expect, test } from 'vitest'
import { fault } from '../../../../plugins/github/faults.ts'
import { openLoader } from '../../../../plugins/scm/github/batch.ts'

const { signal } = new AbortController()
const down = () => fault('GITHUB_DOWN', { host: 'github.com', status: 502, says: 'Bad Gateway' })

/** A loader of squares; a request with one of `bad` in it fails whole. */
const squares = ({ most = 50, bad = [] as readonly number[], failure = down as () => Error } = {}) => {
  const requests: (readonly number[])[] = []
  const load = openLoader<number, number>({
    name: String,
    most,
    ask: async (keys) => {
      requests.push(keys)
      if (keys.some((key) => bad.includes(key))) throw failure()
      return keys.map((key) => (key < 0 ? new Error(`no root of ${key}`) : key * key))
    },
  })
  const all = (keys: readonly number[]) => Promise.all(keys.map((key) => load(key, signal).catch((error: Error) => error)))
  return { requests, load, all }
}
const upTo = (count: number): readonly number[] => [...Array(count).keys()]

describe('gathering', () => {
  test('what is asked in one turn is one request, each thing once', async () => {
    const { all, requests } = squares()
    expect(await all([1, 2, 2, 3])).toEqual([1, 4, 4, 9])
    expect(requests).toEqual([[1, 2, 3]])
  })

  test('more than fits goes into several at once', async () => {
    const { all, requests } = squares({ most: 50 })
    await all(upTo(120))
    expect(requests.map((keys) => keys.length)).toEqual([50, 50, 20])
  })

  test('a patient one has a single request under way, and gathers meanwhile', async () => {
    const requests: (readonly number[])[] = []
    const ends: (() => void)[] = []
    const load = openLoader<number, number>({
      name: String,
      most: 4,
      isPatient: true,
      ask: async (keys) => {
        requests.push(keys)
        await new Promise<void>((resolve) => ends.push(resolve))
        return keys
      },
    })
    const turn = () => new Promise((resolve) => setTimeout(resolve, 5))
    const all = [load(1, signal)]
    await turn()
    for (const key of [2, 3, 4, 5, 6]) {
      all.push(load(key, signal))
      await turn()
    }
    expect(requests).toEqual([[1], [2, 3, 4, 5]]) // a full one goes out
    for (const end of ends.splice(0)) end()
    await turn()
    expect(requests).toEqual([[1], [2, 3, 4, 5], [6]])
    ends[0]?.()
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('an Error in the answer is about its own key alone', async () => {
    const { all } = squares()
    expect(await all([2, -1])).toEqual([4, new Error('no root of -1')])
  })
})

describe('44: what spoils a request spoils only itself', () => {
  test('a request that fails whole is asked again in halves until the bad one stands alone', async () => {
    const { all, requests } = squares({ bad: [37] })
    const found = await all(upTo(50))
    expect(found.filter((one) => one instanceof Error)).toHaveLength(1)
    expect(found[37]).toBeInstanceOf(Error)
    expect(requests.length).toBeLessThanOrEqual(13)
  })

  test('two bad ones in different halves are found, too', async () => {
    const { all } = squares({ bad: [3, 40] })
    const found = await all(upTo(50))
    expect(found.flatMap((one, key) => (one instanceof Error ? [key] : []))).toEqual([3, 40])
  })

  test('when the forge itself fails it is not asked for each one', async () => {
    const { all, requests } = squares({ bad: upTo(50) })
    const found = await all(upTo(50))
    expect(found.every((one) => one instanceof Error)).toBe(true)
    expect(requests).toHaveLength(7)
  })

  test('a used-up limit is not asked around', async () => {
    const limited = () => fault('GITHUB_LIMITED', { host: 'github.com', why: 'x', when: '12:00 UTC', untilMs: 0 })
    const { all, requests } = squares({ bad: [1], failure: limited })
    await all([1, 2])
    expect(requests).toHaveLength(1)
  })
})

describe('leaving', () => {
  test('however many wait, a signal has one listener', async () => {
    const warnings: string[] = []
    const note = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', note)
    const { load } = squares()
    const own = new AbortController()
    await Promise.all(upTo(100).map((key) => load(key, own.signal)))
    await new Promise(setImmediate)
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  test('a caller that aborts has its reason at once, and spoils nobody else', async () => {
    const stopped = new AbortController()
    const { load } = squares()
    const [mine, theirs] = [load(2, stopped.signal), load(2, signal)]
    stopped.abort(new Error('enough'))
    await expect(mine).rejects.toThrow('enough')
    expect(await theirs).toBe(4)
  })

  test('what nobody waits for any more is not sent, and given up when it was', async () => {
    const given: AbortSignal[] = []
    const load = openLoader<number, number>({
      name: String,
      most: 10,
      ask: async (_, asked) => {
        given.push(asked)
        return new Promise((_resolve, reject) => asked.addEventListener('abort', () => reject(asked.reason)))
      },
    })
    const early = new AbortController()
    const unsent = load(1, early.signal)
    early.abort(new Error('early'))
    await expect(unsent).rejects.toThrow('early')
    await new Promise(setImmediate)
    expect(given).toEqual([])

    const late = new AbortController()
    const sent = load(1, late.signal)
    await new Promise(setImmediate)
    expect(given).toHaveLength(1)
    late.abort(new Error('late'))
    await expect(sent).rejects.toThrow('late')
    expect(given[0]?.aborted).toBe(true)
  })
})
