import type { Change } from '../../../core/contracts/change.ts'
import type { ChangeRef, Host, Project, Scm, Use } from '../../../core/contracts/plugins.ts'
import { explain, isFault } from '../../../core/kit/fault.ts'
import { newestBase } from './base.ts'
import { closeChange } from './close.ts'
import { fault } from './faults.ts'
import { mergeChange } from './merge.ts'
import { openChange } from './open.ts'
import type { Options } from './options.ts'
import { pushBranch } from './push.ts'
import { withdraw } from './queue.ts'
import { revertChange } from './revert.ts'
import { reviewChange } from './review.ts'
import { settleOrders } from './tidy.ts'
import { updateChange } from './update.ts'
import { listen } from './webhooks.ts'
import { openYards, type Yard } from './yard.ts'

/** Opens the slot. Nothing is asked before it is needed; a project's part is opened when it is first asked about. */
export const openForge = (options: Options, host: Host, use: Use): Scm => {
  const { yardOf, all, projectsOf } = openYards(options, host, use)
  const isBase = (name: string, branch: string): boolean =>
    all().some(({ ground: { project } }) => project.name === name && project.base === branch)
  listen({ secret: options.webhookSecret ?? null, host, projectsOf, isBase })
  // A webhook may be the first thing that is heard of a repository: by then it must be known whose it is.
  if (options.webhookSecret !== undefined && use.project !== null)
    void yardOf(use.project)
      .ground.located()
      .catch((error) => host.log.debug('scm.unlocated', { project: use.project?.name, why: explain(error) })) // whoever looks hears of it
  const groundOf = ({ project }: { readonly project: Project }) => yardOf(project).ground
  const hint = ({ project, number }: ChangeRef): void => host.hint('scm', { project: project.name, number })
  return {
    look: (items, signal) => lookAll(yardOf, items, signal),
    base: ({ project, base }, signal) => newestBase(groundOf({ project }), base, signal),
    push: async ({ project, workspace }, signal) => {
      await pushBranch(groundOf({ project }), { workspace, base: project.base, signal })
    },
    open: (request, signal) => openChange(groundOf(request), request, { show: shownAt(yardOf(request.project)), signal }),
    details: (ref, head, signal) => yardOf(ref.project).looking.details(ref.number, head, signal),
    review: async (ref, review) => {
      await reviewChange(groundOf(ref), ref.number, review)
      hint(ref)
    },
    merge: async (ref, how, signal) => {
      const outcome = await mergeChange(groundOf(ref), ref.number, { ...how, signal })
      hint(ref)
      return outcome
    },
    update: async (ref, how, signal) => {
      const outcome = await updateChange(groundOf(ref), ref.number, { ...how, signal })
      if (outcome.updated) hint(ref)
      return outcome
    },
    revert: (ref, { by }, signal) => {
      const show = shownAt(yardOf(ref.project))
      return revertChange(groundOf(ref), ref.number, { by, show: (number) => show(number, null, signal), signal })
    },
    withdraw: (ref, signal) => withdraw(groundOf(ref), ref.number, { signal }),
    close: (ref) => closeChange(groundOf(ref), ref.number),
    restUntil: () => Math.max(0, ...all().map(({ looking }) => looking.restUntil())),
  }
}

type Items = Parameters<Scm['look']>[0]

/** All projects in one turn, so that they share requests. */
const lookAll = async (
  yardOf: (project: Project) => Yard,
  items: Items,
  signal: AbortSignal,
): Promise<readonly (Change | null | Error)[]> => {
  signal.throwIfAborted()
  const answers: (Change | null | Error)[] = items.map(() => null)
  const projects = [...new Map(items.map(({ project }) => [project.name, project])).values()]
  await Promise.all(
    projects.map(async (project) => {
      const { ground, looking } = yardOf(project)
      const places = [...items.keys()].filter((place) => items[place]?.project.name === project.name)
      const found = await looking.look(
        places.flatMap((place) => items[place] ?? []),
        signal,
      )
      places.forEach((place, index) => {
        answers[place] = found[index] ?? null
      })
      await settleOrders(
        ground,
        found.flatMap((one) => (one === null || one instanceof Error ? [] : [one])),
        signal,
      )
    }),
  )
  signal.throwIfAborted()
  return answers
}

const mostLooks = 8
const pauseMs = 750

/** GitHub shows what was just written a moment later, and not everywhere at once. `head` null: whatever it is at. */
const shownAt =
  ({ ground, looking }: Yard) =>
  async (number: number, head: string | null, signal: AbortSignal): Promise<Change> => {
    for (let looks = 1; ; looks += 1) {
      const change = await looking.lookAt(number, signal).catch((error: unknown) => {
        if (isFault(error, 'CHANGE_UNKNOWN')) return null
        throw error
      })
      const isShown = change !== null && (head === null || change.head === head || change.state !== 'open')
      if (isShown || (change !== null && looks >= mostLooks)) return change
      if (looks >= mostLooks) throw fault('OPENED_UNSEEN', { number, repository: (await ground.located(signal)).repository.nameWithOwner })
      await ground.host.sleep(pauseMs, signal)
    }
  }
