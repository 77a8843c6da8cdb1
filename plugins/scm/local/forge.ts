import type { Change, ChangeDetails } from '../../../core/contracts/change.ts'
import type { ChangeRef, Host, Project, Scm, Use } from '../../../core/contracts/plugins.ts'
import { plain } from '../../../core/kit/text.ts'
import { newestBase } from './base.ts'
import { fault } from './faults.ts'
import { lookAt } from './look.ts'
import { mergeChange } from './merge.ts'
import { closeChange, openChange } from './open.ts'
import type { Options } from './options.ts'
import { pushBranch } from './push.ts'
import { type ChangeRecord, commented, replied, reviewed, threaded } from './record.ts'
import { revertChange } from './revert.ts'
import { updateChange } from './update.ts'
import { openYards, type Yard } from './yard.ts'

type Words = { readonly author: string; readonly isBot: boolean; readonly text: string }

/** The slot, and what people and bots do on a forge's own pages. */
export type LocalForge = Scm & {
  /** Begins a review thread, on a line of a file or (`file` null) on the whole change; resolves with its id. */
  comment(ref: ChangeRef, comment: Words & { readonly file: string | null; readonly line: number | null }): Promise<string>
  /** @throws {Fault} THREAD_UNKNOWN */
  reply(ref: ChangeRef, thread: string, comment: Words): Promise<void>
  /** Resolving twice is fine. @throws {Fault} THREAD_UNKNOWN */
  resolve(ref: ChangeRef, thread: string): Promise<void>
  draft(ref: ChangeRef, isDraft: boolean): Promise<void>
  /** Forgets the results of that commit, so that the next look runs its checks once more. */
  recheck(ref: ChangeRef, head: string): Promise<void>
}

/** Opens the forge. A project's part is opened when it is first asked about. */
export const openForge = (options: Options, host: Host, use: Use): LocalForge => {
  const yardOf = openYards(options, host, use)
  const groundOf = async ({ project }: { readonly project: Project }) => (await yardOf(project)).ground
  const inThread = async (ref: ChangeRef, id: string, next: (change: ChangeRecord) => ChangeRecord): Promise<void> => {
    const ground = await groundOf(ref)
    if (!ground.change(ref.number).threads.some((thread) => thread.id === id)) throw fault('THREAD_UNKNOWN', { number: ref.number, id })
    await ground.edit(ref.number, next)
    host.hint('scm')
  }
  return {
    look: (items, signal) => lookAtAll(yardOf, items, signal),
    base: async ({ project, base }) => newestBase(await groundOf({ project }), { base, isOurs: options.remote === undefined, host }),
    push: async ({ project, workspace }, signal) => {
      const ground = await groundOf({ project })
      await ground.locked((repository) => pushBranch(ground, repository, { workspace, base: project.base, signal }))
    },
    open: async (request, signal) => openChange(await yardOf(request.project), request, signal),
    details: async (ref, head, signal) => detailsOf(await yardOf(ref.project), { number: ref.number, head, signal, options }),
    review: async (ref, review) => storeReview(await yardOf(ref.project), { number: ref.number, at: host.now(), ...review }),
    merge: async (ref, how, signal) => {
      const { ground, standing } = await yardOf(ref.project)
      const { protect: isProtected, deleteBranch: isBranchDeleted } = options
      const outcome = await mergeChange(ground, ref.number, { ...how, signal, standing, isProtected, isBranchDeleted })
      if (outcome.merged) host.hint('scm')
      return outcome
    },
    update: async (ref, how, signal) => {
      const outcome = await updateChange(await groundOf(ref), ref.number, { ...how, signal, host })
      if (outcome.updated) host.hint('scm')
      return outcome
    },
    revert: async (ref, { by }, signal) => {
      const change = await revertChange(await yardOf(ref.project), ref.number, { by, signal })
      host.hint('scm')
      return change
    },
    withdraw: async () => {}, // it merges at once, or not at all
    close: async (ref) => closeChange(await groundOf(ref), ref.number),
    comment: async (ref, { text, ...rest }) => {
      const change = await (await groundOf(ref)).edit(ref.number, (now) => commented(now, { ...rest, text: plain(text) }))
      host.hint('scm')
      return change.threads.at(-1)?.id ?? ''
    },
    reply: (ref, id, { text, ...rest }) => inThread(ref, id, (change) => replied(change, id, { ...rest, text: plain(text) })),
    resolve: (ref, id) => inThread(ref, id, (change) => threaded(change, id, (thread) => ({ ...thread, isResolved: true }))),
    draft: async (ref, isDraft) => {
      await (await groundOf(ref)).edit(ref.number, (change) => (change.isDraft === isDraft ? change : { ...change, isDraft }))
      host.hint('scm')
    },
    recheck: async (ref, head) => {
      await (await groundOf(ref)).update((forge) => {
        forge.results = forge.results.filter(({ commit }) => commit !== head)
      })
      host.hint('scm')
    },
  }
}

type Items = Parameters<Scm['look']>[0]

const lookAtAll = async (yardOf: (project: Project) => Promise<Yard>, items: Items, signal: AbortSignal) => {
  signal.throwIfAborted()
  const answers: (Change | null | Error)[] = items.map(() => null)
  const projects = [...new Map(items.map(({ project }) => [project.name, project])).values()]
  await Promise.all(
    projects.map(async (project) => {
      const places = [...items.keys()].filter((place) => items[place]?.project.name === project.name)
      const found = await lookAt(
        await yardOf(project),
        places.flatMap((place) => items[place] ?? []),
        signal,
      )
      places.forEach((place, index) => {
        answers[place] = found[index] ?? null
      })
    }),
  )
  signal.throwIfAborted()
  return answers
}

const detailsOf = async (
  { ground, runner, standing }: Yard,
  { number, head, signal, options }: { number: number; head: string; signal: AbortSignal; options: Options },
): Promise<ChangeDetails | null> => {
  const change = ground.change(number)
  const now = change.state === 'open' ? (await (await ground.repository()).refs(signal)).get(change.branch) : change.head
  if (now !== head) return null
  const limits = { lines: options.logLines, bytes: options.logBytes }
  return {
    number,
    head,
    failing: await Promise.all(standing(head).failing.map(async (name) => ({ name, logTail: await runner.logTail(head, name, limits) }))),
    threads: ground
      .change(number)
      .threads.filter(({ isResolved }) => !isResolved)
      .map(({ isResolved: _, ...thread }) => thread),
  }
}

type GivenReview = Parameters<Scm['review']>[1] & { readonly number: number; readonly at: number }

const storeReview = async ({ ground }: Yard, { number, text, ...review }: GivenReview): Promise<void> => {
  const { state, base, head, patchId } = ground.change(number)
  const known = state === 'open' ? await patchAt() : review.head === head ? patchId : ''
  await ground.edit(number, (change) => reviewed(change, { ...review, text: plain(text).trim(), patchId: known }))

  async function patchAt(): Promise<string> {
    const repository = await ground.repository()
    if (!(await repository.hasCommit(review.head))) throw fault('COMMIT_UNKNOWN', { number, head: review.head })
    const baseHead = (await repository.refs()).get(base)
    return baseHead === undefined ? '' : (await repository.facts(baseHead, review.head)).patchId
  }
}
