import type { MergeMethod } from '../../../core/contracts/names.ts'
import type { MergeOutcome } from '../../../core/contracts/plugins.ts'
import { fault } from './faults.ts'
import type { Ground } from './ground.ts'
import { forgetOrder, ledgerOf, noteOrder } from './orders.ts'
import { isUncertain, refusalIn, type Standing, standingOf } from './standing.ts'
import { type Obstacle, obstacleIn } from './words.ts'

/** What became of an order: taken, or why not. */
export type Ordered = Extract<MergeOutcome, { why: 'queued' }> | { readonly why: 'not'; readonly obstacle: Obstacle; readonly says: string }

type How = { readonly head: string; readonly method: MergeMethod; readonly title: string; readonly signal: AbortSignal }

/** Puts exactly that head into the merge queue of its base; being there already is fine. @throws {Fault} MERGE_UNCERTAIN */
export const enqueue = (ground: Ground, standing: Standing, { head, signal }: How): Promise<Ordered> =>
  order(ground, standing, {
    head,
    signal,
    mutation: 'mutation ($input: EnqueuePullRequestInput!) { enqueuePullRequest(input: $input) { mergeQueueEntry { position } } }',
    input: { pullRequestId: standing.id, expectedHeadOid: head },
    isTaken: ({ place }) => place !== null,
  })

/** Has GitHub merge exactly that head by itself once it may; having that order already is fine. @throws {Fault} MERGE_UNCERTAIN */
export const arm = (ground: Ground, standing: Standing, { head, method, title, signal }: How): Promise<Ordered> =>
  order(ground, standing, {
    head,
    signal,
    mutation:
      'mutation ($input: EnablePullRequestAutoMergeInput!) { enablePullRequestAutoMerge(input: $input) { pullRequest { number } } }',
    input: {
      pullRequestId: standing.id,
      expectedHeadOid: head,
      // The queue has a method and titles of its own, and GitHub has been seen to fail on others.
      ...(!standing.hasQueue && { mergeMethod: method.toUpperCase(), commitHeadline: title }),
    },
    isTaken: ({ isArmed, place }) => isArmed || place !== null,
  })

/** What the forge says of an order that it has; null when it has none. */
export const queuedOutcome = ({ number, place, base, isArmed }: Standing): Extract<Ordered, { why: 'queued' }> | null => {
  if (place !== null) return queued(`#${number} is number ${place} in the merge queue of "${base}".`)
  return isArmed ? queued(`GitHub merges #${number} by itself once all that "${base}" asks for is there.`) : null
}

const queued = (says: string) => ({ merged: false, why: 'queued', says }) as const

type Asked = {
  readonly head: string
  readonly signal: AbortSignal
  readonly mutation: string
  readonly input: Readonly<Record<string, unknown>>
  readonly isTaken: (standing: Standing) => boolean
}

const order = async (
  ground: Ground,
  { number, branch, base }: Standing,
  { head, signal, mutation, input, isTaken }: Asked,
): Promise<Ordered> => {
  await noteOrder(ground, { number, branch, head, base })
  const told = await tell(ground, { mutation, input, signal })
  const after = await standingOf(ground, number, signal)
  // A look can be behind what was just accepted; a refusal has been seen of what was then done all the same.
  if (told === null || after.state === 'MERGED' || (after.head === head && isTaken(after)))
    return queuedOutcome(after) ?? queued(`GitHub is merging #${number}.`)
  if (told instanceof Error) throw fault('MERGE_UNCERTAIN', { number, says: told.message }, { cause: told })
  // What it still has is from before; with that head in the ledger the next look takes it back.
  if (!hasOrder(after)) await forgetOrder(ground, number)
  return { why: 'not', obstacle: after.head === head ? obstacleIn(told) : 'moment', says: told }
}

/** Takes back what GitHub was told for that change, unless it is at `unlessAt`. @throws {Fault} ORDER_STANDS, and what a request throws */
export const withdraw = async (
  ground: Ground,
  number: number,
  { unlessAt = null, signal }: { readonly unlessAt?: string | null; readonly signal: AbortSignal },
): Promise<void> => {
  const before = await standingOf(ground, number, signal)
  const given = (await ledgerOf(ground)).value.orders[number]
  if (before.state === 'OPEN' && before.head === unlessAt && before.base === given?.base) return
  if (before.state === 'OPEN' && hasOrder(before)) {
    const says = await takeBack(ground, before, signal)
    const after = says === null ? null : await standingOf(ground, number, signal)
    if (says !== null && after?.state === 'OPEN' && hasOrder(after)) throw fault('ORDER_STANDS', { number, says })
    ground.host.log.info('scm.order.withdrawn', { project: ground.project.name, number, head: before.head })
  }
  await forgetOrder(ground, number)
}

const takeBack = async (ground: Ground, { id, place, isArmed }: Standing, signal: AbortSignal): Promise<string | null> => {
  const told: (string | null | Error)[] = []
  if (isArmed) told.push(await tell(ground, { mutation: disable, input: { pullRequestId: id }, signal }))
  if (place !== null) told.push(await tell(ground, { mutation: dequeue, input: { id }, signal }))
  const found = told.find((one) => one !== null) ?? null
  return found instanceof Error ? found.message : found
}

const hasOrder = ({ place, isArmed }: Standing): boolean => isArmed || place !== null

/** Null when GitHub took it; its words when it did not; the error when nobody knows whether it heard. */
const tell = async (
  ground: Ground,
  { mutation, input, signal }: Pick<Asked, 'mutation' | 'input' | 'signal'>,
): Promise<string | null | Error> => {
  const { api } = await ground.located(signal)
  try {
    return (await api.graphql(mutation, { input }, { signal, isUrgent: true })).errors[0]?.message ?? null
  } catch (error) {
    if (error instanceof Error && isUncertain(error)) return error
    const says = refusalIn(error, 422)
    if (says === null) throw error
    return says
  }
}

const disable =
  'mutation ($input: DisablePullRequestAutoMergeInput!) { disablePullRequestAutoMerge(input: $input) { pullRequest { number } } }'
const dequeue = 'mutation ($input: DequeuePullRequestInput!) { dequeuePullRequest(input: $input) { mergeQueueEntry { id } } }'
