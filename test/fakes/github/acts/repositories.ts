import { nodeId } from '../ids.ts'
import { accountJson } from '../shapes/accounts.ts'
import type { Account, Protection, Repository, World } from '../state.ts'
import { need, tell } from './common.ts'

const nameOf = ({ owner, name }: Repository): string => `${owner.login}/${name}`.toLowerCase()

/** The old name goes on leading to it until another repository takes it; ids stay. */
export const renameRepository = async (world: World, repository: Repository, actor: Account, name: string): Promise<void> => {
  need(repository, actor, 'admin')
  const from = repository.name
  repository.name = name
  world.names.set(nameOf(repository), repository)
  repository.updatedAt = world.now()
  tell(world, 'repository', 'renamed', { repository, sender: actor }, () => ({ changes: { repository: { name: { from } } } }))
}

export const transferRepository = async (world: World, repository: Repository, actor: Account, owner: Account): Promise<void> => {
  need(repository, actor, 'admin')
  const from = repository.owner
  repository.owner = owner
  repository.permissions.set(from.login.toLowerCase(), 'admin')
  world.names.set(nameOf(repository), repository)
  repository.updatedAt = world.now()
  tell(world, 'repository', 'transferred', { repository, sender: actor }, () => ({
    changes: { owner: { from: { user: accountJson(world, from) } } },
  }))
}

export const setArchived = async (world: World, repository: Repository, actor: Account, isArchived: boolean): Promise<void> => {
  need(repository, actor, 'admin')
  repository.isArchived = isArchived
  repository.updatedAt = world.now()
  tell(world, 'repository', isArchived ? 'archived' : 'unarchived', { repository, sender: actor }, () => ({}))
}

export type Rules = Partial<Omit<Protection, 'id' | 'nodeId'>>

/** Protects a branch, or changes how it is; what is not said stays. Administrators are bound by it unless said otherwise. */
export const protect = async (world: World, repository: Repository, branch: string, rules: Rules): Promise<Protection> => {
  const id = world.nextId()
  const protection: Protection = repository.protections.get(branch) ?? {
    id,
    nodeId: nodeId('BranchProtectionRule', id, repository.id),
    requiredChecks: [],
    isStrict: false,
    requiredApprovals: 0,
    dismissesStaleReviews: false,
    requiresResolvedThreads: false,
    hasMergeQueue: false,
    isAdminBound: true,
    pushers: null,
  }
  repository.protections.set(branch, Object.assign(protection, rules))
  await world.settle()
  return protection
}

export const unprotect = async (world: World, repository: Repository, branch: string): Promise<void> => {
  repository.protections.delete(branch)
  await world.settle()
}
