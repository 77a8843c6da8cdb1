import { z } from 'zod'
import { need } from '../acts/common.ts'
import { renameRepository, setArchived } from '../acts/repositories.ts'
import { refuse } from '../refusal.ts'
import { hasPermission, permissionOf } from '../rules.ts'
import { accountJson, repositoryJson, time } from '../shapes/accounts.ts'
import { api } from '../shapes/issues.ts'
import { methodSwitches } from '../shapes/pulls.ts'
import type { Commit } from '../state.ts'
import { actorFor, commitOf, needRead, type RepositoryCall, type Route, read, route } from './route.ts'

type Json = Record<string, unknown>

const repositoryBody = ({ world, viewer, repository }: RepositoryCall): Json => {
  const has = (least: 'admin' | 'maintain' | 'write' | 'triage' | 'read') => hasPermission(repository, viewer.account, least)
  const { merging } = repository
  return {
    ...repositoryJson(world, repository),
    permissions: { admin: has('admin'), maintain: has('maintain'), push: has('write'), triage: has('triage'), pull: has('read') },
    // Settings are for those who may write.
    ...(has('write') && {
      ...Object.fromEntries(Object.entries(methodSwitches).map(([name, method]) => [name, merging.methods.includes(method)])),
      allow_auto_merge: merging.isAutoMergeAllowed,
      delete_branch_on_merge: merging.deletesBranchOnMerge,
      allow_update_branch: merging.suggestsUpdate,
    }),
  }
}

const settings = {
  name: z.string().optional(),
  archived: z.boolean().optional(),
  default_branch: z.string().optional(),
  allow_merge_commit: z.boolean().optional(),
  allow_squash_merge: z.boolean().optional(),
  allow_rebase_merge: z.boolean().optional(),
  allow_auto_merge: z.boolean().optional(),
  delete_branch_on_merge: z.boolean().optional(),
  allow_update_branch: z.boolean().optional(),
  has_issues: z.boolean().optional(),
}

export const repositoryRoutes: readonly Route<RepositoryCall>[] = [
  route('GET ', (call) => ({ body: repositoryBody(call) })),
  route('PATCH ', async (call) => {
    const { world, repository } = call
    const actor = actorFor(call, 'administration')
    need(repository, actor, 'admin')
    const parts = read(call.body, 'Repository', settings)
    if (repository.isArchived && parts.archived !== false) refuse(403, 'Repository was archived so is read-only.')
    const { merging } = repository
    merging.methods = Object.entries(methodSwitches)
      .filter(([name, method]) => (parts as Json)[name] ?? merging.methods.includes(method))
      .map(([, method]) => method)
    merging.isAutoMergeAllowed = parts.allow_auto_merge ?? merging.isAutoMergeAllowed
    merging.deletesBranchOnMerge = parts.delete_branch_on_merge ?? merging.deletesBranchOnMerge
    merging.suggestsUpdate = parts.allow_update_branch ?? merging.suggestsUpdate
    repository.hasIssues = parts.has_issues ?? repository.hasIssues
    if (parts.default_branch !== undefined) {
      if (!repository.branches.has(parts.default_branch))
        refuse(422, 'Validation Failed', [{ resource: 'Repository', field: 'default_branch', code: 'invalid' }])
      repository.defaultBranch = parts.default_branch
      await repository.git.run(['symbolic-ref', 'HEAD', `refs/heads/${parts.default_branch}`])
    }
    if (parts.name !== undefined && parts.name !== repository.name) await renameRepository(world, repository, actor, parts.name)
    if (parts.archived !== undefined && parts.archived !== repository.isArchived)
      await setArchived(world, repository, actor, parts.archived)
    return { body: repositoryBody(call) }
  }),
  route('GET collaborators/{login}/permission', ({ world, repository, parameters: { login = '' } }) => {
    const found = world.accounts.get(login.toLowerCase()) ?? refuse(404, `${login} is not a user`)
    const permission = permissionOf(repository, found) ?? 'none'
    const old = { maintain: 'write', triage: 'read' } as Record<string, string>
    return { body: { permission: old[permission] ?? permission, role_name: permission, user: accountJson(world, found) } }
  }),
  route('GET assignees/{login}', ({ world, repository, parameters: { login = '' } }) => {
    const found = world.accounts.get(login.toLowerCase())
    return found && hasPermission(repository, found, 'triage') ? { status: 204 } : refuse(404, 'Not Found')
  }),

  route('GET commits/{sha}', async (call) => {
    needRead(call, 'contents')
    const oid = await commitOf(call, call.parameters.sha ?? '')
    const commit = (await call.repository.git.commit(oid)) ?? refuse(404, 'Not Found')
    return { body: commitJson(call, commit) }
  }),
  route('GET compare/{basehead*}', async (call) => {
    needRead(call, 'contents')
    const [from = '', to = ''] = (call.parameters.basehead ?? '').split('...')
    const base = await commitOf(call, from).catch(() => refuse(404, 'Not Found'))
    const head = await commitOf(call, to).catch(() => refuse(404, 'Not Found'))
    const { aheadBy, behindBy, commits } = await call.repository.git.compare(base, head)
    const files = (await call.repository.git.files(base, head)).slice(0, 300)
    const status = aheadBy > 0 && behindBy > 0 ? 'diverged' : aheadBy > 0 ? 'ahead' : behindBy > 0 ? 'behind' : 'identical'
    return {
      body: {
        status,
        ahead_by: aheadBy,
        behind_by: behindBy,
        total_commits: aheadBy,
        commits: commits.slice(0, 250).map((one) => commitJson(call, one)),
        files: files.map(({ path, status: how, additions, deletions }) => ({
          filename: path,
          status: how,
          additions,
          deletions,
          changes: additions + deletions,
        })),
      },
    }
  }),
]

export const commitJson = ({ world, repository }: RepositoryCall, { oid, message, author, committer, parents, tree }: Commit): Json => ({
  sha: oid,
  url: `${api(world, repository)}/commits/${oid}`,
  commit: {
    message,
    tree: { sha: tree },
    author: { name: author.name, email: author.email, date: time(author.at) },
    committer: { name: committer.name, email: committer.email, date: time(committer.at) },
  },
  author: null,
  committer: null,
  parents: parents.map((sha) => ({ sha })),
})
