import type { Change, ChangeDetails } from '../../../core/contracts/change.ts'
import { isFault } from '../../../core/kit/fault.ts'
import type { Facts } from '../../../core/kit/repository.ts'
import { openDemands } from './bases.ts'
import { noDemands } from './demands.ts'
import { detailsOf } from './details.ts'
import { fault } from './faults.ts'
import { openFetched } from './fetched.ts'
import type { Footing, Ground } from './ground.ts'
import { askAbout, byBranch } from './known.ts'
import { picture } from './picture.ts'
import { openRecall } from './recall.ts'
import { type Renewed, renew } from './renew.ts'
import type { Status } from './status.ts'

type Item = { readonly number: number | null; readonly branch: string }

/** Looks at the changes of one project. */
export type Looking = {
  /** See `Scm.look`. Other projects that look in the same turn share its requests. */
  look(items: readonly Item[], signal: AbortSignal): Promise<readonly (Change | null | Error)[]>
  /**
   * One change, asked for anew whatever is remembered: for whoever has just done something to it.
   *
   * @throws {Fault} CHANGE_UNKNOWN, and what a request throws
   */
  lookAt(number: number, signal: AbortSignal): Promise<Change>
  /** See `Scm.details`; null only when a look has shown another head, or none at all. @throws {Fault} DETAILS_UNSEEN while the newest look still shows that head */
  details(number: number, head: string, signal: AbortSignal): Promise<ChangeDetails | null>
  /** See `Scm.restUntil`. */
  restUntil(): number
}

/** How a change stands, with its particulars and when they were asked for. */
type Sight = { readonly status: Status; readonly renewed: Renewed | null; readonly askedAt: number }

export const openLooking = (ground: Ground): Looking => {
  const { host, options } = ground
  const fetched = openFetched(ground)
  const demandsOf = openDemands(ground)
  const recall = openRecall(host.now)
  let restUntil = (): number => 0

  const footingFor = async (signal: AbortSignal): Promise<Footing> => {
    const footing = await ground.footing(signal)
    restUntil = footing.questions.meter.restUntil
    return footing
  }

  /** What an item means: a number, or the node id of what its branch leads to. Null when there is no change yet. */
  const choose = async ({ number, branch }: Item, footing: Footing, signal: AbortSignal): Promise<number | string | null> => {
    const { project } = ground
    if (number === null) return (await byBranch(footing, { branch, ended: null, project }, signal))?.id ?? null
    const hasEnded = (recall.find({ number, branch })?.state ?? 'open') !== 'open'
    if (!hasEnded || branch === '') return number
    return (await byBranch(footing, { branch, ended: number, project }, signal))?.id ?? number
  }

  const see = async (item: Item, footing: Footing, signal: AbortSignal): Promise<Sight | null> => {
    const chosen = await choose(item, footing, signal)
    if (chosen === null) return null
    const askedAt = host.now()
    const anew = async (id: string, unresolved: readonly string[]): Promise<Sight> => {
      const renewed = recall.since(await renew(footing.questions, { id, unresolved }, signal))
      return { status: renewed.particulars.status, renewed, askedAt }
    }
    const ask = async (id: string): Promise<Sight> => {
      // Its turn has come whatever the status says: asked at once it goes with all the others whose turn it is.
      if (recall.isDue(id)) return anew(id, recall.get(id)?.renewed?.particulars.status.unresolved ?? [])
      const status = await footing.questions.status(id, signal)
      const known = recall.get(status.id)
      if (status.state !== 'open' || recall.isFresh(status))
        return { status, renewed: known?.renewed ?? null, askedAt: known?.askedAt ?? askedAt }
      return anew(status.id, status.unresolved)
    }
    return typeof chosen === 'string' ? ask(chosen) : askAbout(footing, chosen, { signal, ask })
  }

  const show = async ({ status, renewed, askedAt }: Sight, facts: Facts | null, signal: AbortSignal): Promise<Change> => {
    const before = recall.get(status.id)?.change
    const change = picture({
      status,
      particulars: renewed?.particulars ?? nothing,
      threads: renewed?.threads ?? [],
      demands: status.state === 'open' ? await demandsOf(status, facts, signal) : noDemands,
      facts,
      patchId: facts?.patchId ?? (before?.head === status.head ? before.patchId : ''),
      told: { reports: options.botComments, outsiders: options.outsiders },
    })
    return recall.set(status.id, { change, renewed, askedAt })
  }

  const showAll = async (sights: readonly (Sight | null | Error)[], signal: AbortSignal): Promise<readonly (Change | null | Error)[]> => {
    const statuses = sights.flatMap((sight) => (sight === null || sight instanceof Error ? [] : [sight.status]))
    const facts = await fetched.facts(statuses.filter(isOpen), signal)
    void fetched.forget(statuses.filter((status) => !isOpen(status)).map(({ number }) => number)) // it tells the log what it could not do
    return Promise.all(
      sights.map((sight) =>
        sight === null || sight instanceof Error ? sight : show(sight, facts.get(sight.status.id) ?? null, signal).catch(asError),
      ),
    )
  }

  return {
    look: async (items, signal) => {
      signal.throwIfAborted()
      if (items.length === 0) return []
      try {
        const footing = await footingFor(signal)
        footing.questions.meter.begin()
        const sights = await Promise.all(items.map((item) => see(item, footing, signal).catch(asError)))
        signal.throwIfAborted()
        const changes = await showAll(sights, signal)
        signal.throwIfAborted()
        return items.map((item, index) => remembered(item, changes[index] ?? null))
      } catch (error) {
        signal.throwIfAborted()
        return items.map((item) => remembered(item, asError(error)))
      }
    },
    lookAt: async (number, signal) => {
      const footing = await footingFor(signal)
      const askedAt = host.now()
      const ask = async (id: string) => recall.since(await renew(footing.questions, { id, unresolved: [] }, signal))
      const renewed = await askAbout(footing, number, { signal, ask })
      const [change] = await showAll([{ status: renewed.particulars.status, renewed, askedAt }], signal)
      if (change instanceof Error) throw change
      if (!change) throw new Error(`#${number} was seen and has no picture`)
      return change
    },
    details: async (number, head, signal) => {
      const found = await detailsOf(ground, { number, head, since: recall.headAt(number, head) }, signal)
      if (found !== null || recall.find({ number, branch: '' })?.head !== head) return found
      // No look has shown another commit, so nobody would ask again: GitHub's servers do not all know the same.
      host.hint('scm', { project: ground.project.name, number })
      throw fault('DETAILS_UNSEEN', { number, head })
    },
    restUntil: () => restUntil(),
  }

  /** While nothing can be asked, what is remembered is the answer. */
  function remembered(item: Item, found: Change | null | Error): Change | null | Error {
    return isFault(found, 'GITHUB_LIMITED') ? (recall.find(item) ?? found) : found
  }
}

const nothing = { checks: [], opinions: [], remarks: [], comments: [], headAt: 0 }

const isOpen = ({ state }: Status): boolean => state === 'open'

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
