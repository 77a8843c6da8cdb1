import type { Change } from '../../../core/contracts/change.ts'
import type { Scm } from '../../../core/contracts/plugins.ts'
import { plain } from '../../../core/kit/text.ts'
import { fault } from './faults.ts'
import type { Ground } from './ground.ts'
import { show } from './look.ts'
import { pushBase, pushBranch } from './push.ts'
import { titleLine } from './read.ts'
import type { ChangeRecord } from './record.ts'
import type { Repository } from './repository.ts'
import { changeFor } from './rules.ts'
import { settle } from './settle.ts'
import type { Yard } from './yard.ts'

type Request = Parameters<Scm['open']>[0]

/** Pushes, and opens a change from the branch or finds the open one. @throws {Fault} PUSH_REFUSED, REMOTE_BASE_UNKNOWN, REMOTE_UNUSABLE */
export const openChange = (yard: Yard, request: Request, signal: AbortSignal): Promise<Change> =>
  yard.ground.locked(async (repository) => {
    const { ground } = yard
    const { workspace, base } = request
    signal.throwIfAborted()
    if (!(await repository.refs()).has(base)) await pushBase(ground, repository, base)
    await pushBranch(ground, repository, { workspace, base, signal })
    const open = changeFor(ground.forge(), { number: null, branch: workspace.branch })
    const refs = await repository.refs()
    const head = refs.get(workspace.branch)
    if (head === undefined) throw fault('BRANCH_UNREADABLE', { branch: workspace.branch, path: repository.path })
    const { title, body } = request
    const number = open?.number ?? (await addChange(ground, repository, { branch: workspace.branch, base, title, body, head }))
    return show(yard, await settle(ground, repository, { number, refs }))
  })

/** Closes a change unmerged; what has ended stays as it is. */
export const closeChange = (ground: Ground, number: number): Promise<void> =>
  ground.locked(async (repository) => {
    // Without its base nothing more can be learned about it, and closing is the way out.
    const refs = await repository.refs()
    if (refs.has(ground.change(number).base)) await settle(ground, repository, { number, refs })
    await ground.edit(number, (change) => (change.state === 'open' ? { ...change, state: 'closed', merging: null } : change))
  })

type Opened = { readonly branch: string; readonly base: string; readonly title: string; readonly body: string; readonly head: string }

/** Writes down a new change of that branch, which is pushed, and gives its number. */
export const addChange = async (ground: Ground, repository: Repository, { branch, base, title, body, head }: Opened): Promise<number> => {
  const { name } = await repository.commit(head)
  const number = Math.max(0, ...ground.forge().changes.map((one) => one.number)) + 1
  const change: ChangeRecord = {
    number,
    title: titleLine(title, branch),
    body: plain(body),
    author: plain(name),
    branch,
    base,
    state: 'open',
    isDraft: false,
    head,
    patchId: '',
    ownHead: null,
    merging: null,
    mergeCommit: null,
    reviews: [],
    threads: [],
  }
  await ground.update((forge) => {
    forge.changes = [...forge.changes, change]
  })
  return number
}
