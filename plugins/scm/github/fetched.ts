import pLimit from 'p-limit'
import { explain, isFault } from '../../../core/kit/fault.ts'
import type { Facts } from '../../../core/kit/repository.ts'
import type { Ground } from './ground.ts'
import type { Status } from './status.ts'

/** Git's side of changes: their heads and bases in the project's own repository, below `refs/ao/`. */
export type Fetched = {
  /**
   * What git says of head and base of each, by node id; null where it could not be had. What is new is fetched, all in one go; a
   * fetch that takes long goes on by itself, and the next look has what it brought.
   */
  facts(changes: readonly Status[], signal: AbortSignal): Promise<ReadonlyMap<string, Facts | null>>
  /** Drops what was fetched for changes that have ended. */
  forget(numbers: readonly number[]): Promise<void>
}

const [changeRefs, baseRefs] = ['refs/ao/changes', 'refs/ao/base']
/** A look waits no longer than so for a fetch. */
const patienceMs = 10_000
/** After a fetch that failed none is tried for so long. */
const pauseMs = 60_000
const factsAtOnce = 4

export const openFetched = (ground: Ground): Fetched => {
  const { host, project } = ground
  const limit = pLimit(factsAtOnce)
  const present = new Set<string>()
  let numbers: Set<number> | null = null
  let fetching: Promise<void> | null = null
  let pausedUntil = 0

  /** What we fetched in former times, in one child process. */
  const readRefs = async (): Promise<Set<number>> => {
    const git = await ground.git()
    const [changes, bases] = await Promise.all([git.refs(undefined, changeRefs), git.refs(undefined, baseRefs)])
    for (const commit of [...changes.values(), ...bases.values()]) present.add(commit)
    return new Set([...changes.keys()].map(Number))
  }

  /** Notes which of these commits the repository has, in one child process. */
  const discover = async (changes: readonly Status[]): Promise<void> => {
    const asked = [...new Set(changes.flatMap(({ head, baseHead }) => [head, ...(baseHead === null ? [] : [baseHead])]))]
    const unknown = asked.filter((commit) => !present.has(commit))
    if (unknown.length === 0) return
    const found = await (await ground.git()).raw(['rev-list', '--no-walk', '--ignore-missing', ...unknown])
    for (const commit of found.split('\n')) present.add(commit)
  }

  const fetchAll = async (refspecs: readonly string[]): Promise<void> => {
    let left = [...refspecs]
    while (left.length > 0) {
      try {
        return await (await ground.transport(host.signal)).fetchRefs(project, left, host.signal)
      } catch (error) {
        // One that is gone must not keep the others away.
        const others = isFault(error, 'REF_UNKNOWN') ? left.filter((refspec) => !refspec.includes(`${String(error.facts.ref)}:`)) : left
        if (others.length === left.length) throw error
        left = others
      }
    }
  }

  /** One at a time. Resolves when it is done, or when nobody should wait for it any longer. */
  const fetch = async (refspecs: readonly string[], signal: AbortSignal): Promise<void> => {
    if (refspecs.length === 0 || host.now() < pausedUntil) return
    let isAwaited = true
    fetching ??= fetchAll(refspecs)
      .catch((error) => {
        if (host.signal.aborted) return
        pausedUntil = host.now() + pauseMs
        host.log.warn('scm.github.fetch.failed', { project: project.name, why: explain(error) })
      })
      .finally(() => {
        fetching = null
        if (!isAwaited) host.hint('scm', { project: project.name })
      })
    const enough = new AbortController()
    const patience = host.sleep(patienceMs, AbortSignal.any([signal, enough.signal])).catch(() => {}) // over, one way or the other
    await Promise.race([fetching, patience])
    isAwaited = false
    enough.abort()
    signal.throwIfAborted()
  }

  const lacking = (changes: readonly Status[]): readonly string[] => {
    const found = changes.flatMap(({ number, head, base, baseHead }) => [
      ...(present.has(head) ? [] : [`+refs/pull/${number}/head:${changeRefs}/${number}`]),
      ...(baseHead === null || present.has(baseHead) ? [] : [`+refs/heads/${base}:${baseRefs}/${base}`]),
    ])
    return [...new Set(found)]
  }

  const factsOf = async ({ head, baseHead, number }: Status): Promise<Facts | null> => {
    if (baseHead === null || !present.has(head) || !present.has(baseHead)) return null
    try {
      const git = await ground.git()
      return await limit(() => git.facts(baseHead, head))
    } catch (error) {
      for (const commit of [head, baseHead]) present.delete(commit) // it may have been cleaned up; the next look fetches it
      host.log.warn('scm.github.facts.failed', { project: project.name, number, why: explain(error) })
      return null
    }
  }

  return {
    facts: async (changes, signal) => {
      if (changes.length === 0) return new Map()
      try {
        numbers ??= await readRefs()
        await discover(changes)
        const refspecs = lacking(changes)
        await fetch(refspecs, signal)
        await discover(changes)
        for (const { number } of changes) if (refspecs.some((refspec) => refspec.endsWith(`${changeRefs}/${number}`))) numbers.add(number)
      } catch (error) {
        signal.throwIfAborted()
        host.log.warn('scm.github.git.failed', { project: project.name, why: explain(error) })
        return new Map(changes.map(({ id }) => [id, null]))
      }
      const found = await Promise.all(changes.map(async (change) => [change.id, await factsOf(change)] as const))
      return new Map(found)
    },
    forget: async (ended) => {
      try {
        if (ended.length > 0) numbers ??= await readRefs()
        const mine = ended.filter((number) => numbers?.has(number))
        if (mine.length === 0) return
        await ground.locked(async (git) => {
          for (const number of mine) await git.raw(['update-ref', '-d', `${changeRefs}/${number}`])
        })
        for (const number of mine) numbers?.delete(number)
      } catch (error) {
        host.log.warn('scm.github.refs.kept', { project: project.name, why: explain(error) })
      }
    },
  }
}
