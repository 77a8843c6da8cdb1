import { readCommitNodeId } from '../../ids.ts'
import type { Account, Node, Repository } from '../../state.ts'
import { type Asking, allowNode, type Fields, fail, isMissing, isSeen } from '../asking.ts'
import { type CommitNode, commitOf, type Ref, type Rollup, readRefId, readRollupId, refOf, rollupOf } from './nodes.ts'

const accountOf = ({ world }: Asking, login: unknown, kinds: readonly Account['kind'][], what: string): Account => {
  const account = world.accounts.get(String(login).toLowerCase())
  return account && kinds.includes(account.kind)
    ? account
    : fail('NOT_FOUND', `Could not resolve to a ${what} with the login of '${String(login)}'.`)
}

/** The thing of a node id, once the viewer may see it. */
const nodeOf = async (asking: Asking, id: unknown): Promise<Node | CommitNode | Ref | Rollup> => {
  const node = asking.world.nodes.get(String(id))
  if (node) {
    allowNode(asking, node)
    return node
  }
  const inside = (repository: number): Repository => {
    const found = asking.world.repositories.get(repository) ?? isMissing(id)
    allowNode(asking, found)
    return found
  }
  const commit = readCommitNodeId(String(id))
  if (commit) {
    const repository = inside(commit.repository)
    return (await repository.git.commit(commit.oid)) ? commitOf(repository, commit.oid) : isMissing(id)
  }
  const ref = readRefId(String(id))
  if (ref) return refOf(inside(ref.repository), ref.name) ?? isMissing(id)
  const rollup = readRollupId(String(id))
  return (rollup && rollupOf(inside(rollup.repository), rollup.oid)) ?? isMissing(id)
}

export const query: Fields<unknown> = {
  viewer: (_, __, { viewer }) => viewer.account,
  rateLimit: (_, __, { cost, budget }) => ({
    cost: cost.points,
    limit: budget.limit,
    nodeCount: cost.nodes,
    remaining: budget.remaining,
    resetAt: budget.resetAt,
    used: budget.used,
  }),
  node: (_, { id }, asking) => nodeOf(asking, id),
  nodes: (_, { ids }, asking) => {
    const wanted = ids as readonly string[] // the schema says so
    if (wanted.length > 100) fail('ARGUMENT_LIMIT', `You may not provide more than 100 node ids; you provided ${wanted.length}.`)
    return wanted.map((id) => nodeOf(asking, id))
  },
  repository: (_, { owner, name, followRenames }, asking) => {
    const full = `${String(owner)}/${String(name)}`
    const found = asking.world.names.get(full.toLowerCase())
    const isFormer = found && `${found.owner.login}/${found.name}`.toLowerCase() !== full.toLowerCase()
    if (!found || !isSeen(asking, found) || (isFormer && followRenames === false))
      return fail('NOT_FOUND', `Could not resolve to a Repository with the name '${full}'.`)
    allowNode(asking, found)
    return found
  },
  user: (_, { login }, asking) => accountOf(asking, login, ['User'], 'User'),
  organization: (_, { login }, asking) => accountOf(asking, login, ['Organization'], 'Organization'),
  repositoryOwner: (_, { login }, { world }) => {
    const account = world.accounts.get(String(login).toLowerCase())
    return account && account.kind !== 'Bot' ? account : null
  },
}

type Limits = Readonly<Record<'cost' | 'limit' | 'nodeCount' | 'remaining' | 'resetAt' | 'used', number>>

export const rateLimit: Fields<Limits> = {
  cost: ({ cost }) => cost,
  limit: ({ limit }) => limit,
  nodeCount: ({ nodeCount }) => nodeCount,
  remaining: ({ remaining }) => remaining,
  resetAt: ({ resetAt }) => resetAt,
  used: ({ used }) => used,
}
