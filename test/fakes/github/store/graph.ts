import type { Commit, Comparison } from '../state.ts'

const ofBase = 1
const ofHead = 2
const isStale = 4

/** Compares histories without asking git: commits are read once, and only the part where the two differ is walked. */
export const makeGraph = (commit: (oid: string) => Promise<Commit | null>) => {
  const generations = new Map<string, number>()

  /** One more than the highest of the parents'. */
  const generation = async (oid: string): Promise<number> => {
    const stack = [oid]
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const parents: readonly string[] = (await commit(top))?.parents ?? []
      const unknown = parents.filter((parent) => !generations.has(parent))
      if (unknown.length > 0) stack.push(...unknown)
      else {
        generations.set(top, 1 + Math.max(0, ...parents.map((parent) => generations.get(parent) ?? 0)))
        stack.pop()
      }
    }
    return generations.get(oid) ?? 0
  }

  const walk = async (base: string, head: string): Promise<Comparison> => {
    const flags = new Map<string, number>([[base, ofBase]])
    flags.set(head, (flags.get(head) ?? 0) | ofHead)
    const queue = new Set(flags.keys())
    await generation(base)
    await generation(head)
    const ahead: Commit[] = []
    let behindBy = 0
    let mergeBase: string | null = null
    while (
      [...queue].some((oid) => ((flags.get(oid) ?? 0) & (ofBase | ofHead)) !== (ofBase | ofHead)) ||
      (mergeBase === null && queue.size > 0)
    ) {
      const next = [...queue].reduce((a, b) => ((generations.get(b) ?? 0) > (generations.get(a) ?? 0) ? b : a))
      queue.delete(next)
      const flag = flags.get(next) ?? 0
      const found = await commit(next)
      if ((flag & (ofBase | ofHead)) === (ofBase | ofHead)) {
        if ((flag & isStale) === 0) mergeBase ??= next
      } else if (flag & ofBase) behindBy += 1
      else if (found) ahead.push(found)
      const down = mergeBase === next || flag & isStale ? flag | isStale : flag
      for (const parent of found?.parents ?? []) {
        flags.set(parent, (flags.get(parent) ?? 0) | down)
        queue.add(parent)
      }
    }
    return { mergeBase, aheadBy: ahead.length, behindBy, commits: ahead.reverse() }
  }

  const known = new Map<string, Promise<Comparison>>()
  return (base: string, head: string): Promise<Comparison> => {
    const pair = `${base} ${head}`
    const found = known.get(pair) ?? walk(base, head)
    known.set(pair, found)
    return found
  }
}
