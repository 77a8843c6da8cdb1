import type { Document } from '../../../core/contracts/store.ts'
import type { Ground } from './ground.ts'

/** GitHub has been told to merge this by itself, at that head and into that base, by us. */
export type Order = {
  readonly number: number
  readonly branch: string
  readonly head: string
  readonly base: string
  readonly at: number
}

/** What the writing side of a project remembers over restarts. Members are replaced, what they hold is never changed in place. */
export type Ledger = {
  /** By number. GitHub keeps such an order over pushes, so nobody but us knows which commit it was given for. */
  orders: Readonly<Record<string, Order>>
  /** The commit that we pushed last, by branch: what went from there was taken away by somebody. */
  pushed: Readonly<Record<string, string>>
  /** The change that takes another one back, by the number of that one. */
  reverts: Readonly<Record<string, number>>
}

const empty: Ledger = { orders: {}, pushed: {}, reverts: {} }
const mostBranches = 500

export const ledgerOf = ({ host, project }: Ground): Promise<Document<Ledger>> => host.document(`scm-github-ledger-${project.name}`, empty)

/** Written before GitHub is told: an order that was never given does no harm, one that nobody knows of does. */
export const noteOrder = async (ground: Ground, order: Omit<Order, 'at'>): Promise<void> => {
  const ledger = await ledgerOf(ground)
  await ledger.update((value) => {
    value.orders = { ...value.orders, [order.number]: { ...order, at: ground.host.now() } }
  })
}

export const forgetOrder = async (ground: Ground, number: number): Promise<void> => {
  const ledger = await ledgerOf(ground)
  if (!(number in ledger.value.orders)) return
  await ledger.update((value) => {
    value.orders = Object.fromEntries(Object.entries(value.orders).filter(([key]) => key !== String(number)))
  })
}

/** That commit is what the branch on GitHub is at because of us. */
export const notePushed = async (ground: Ground, branch: string, head: string): Promise<void> => {
  const ledger = await ledgerOf(ground)
  if (ledger.value.pushed[branch] === head) return
  await ledger.update((value) => {
    const others = Object.entries(value.pushed).filter(([name]) => name !== branch)
    value.pushed = Object.fromEntries([...others.slice(1 - mostBranches), [branch, head]])
  })
}

export const noteRevert = async (ground: Ground, number: number, revert: number): Promise<void> => {
  const ledger = await ledgerOf(ground)
  await ledger.update((value) => {
    value.reverts = { ...value.reverts, [number]: revert }
  })
}
