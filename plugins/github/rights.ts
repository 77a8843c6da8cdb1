import { isFault } from '../../core/kit/fault.ts'
import { list } from '../../core/kit/text.ts'
import type { Api } from './api.ts'
import type { App } from './app.ts'
import type { Found } from './repository.ts'

/** Something the bot does, and whether it may. `must`: without it the work stops. */
export type Right = { readonly what: string; readonly has: boolean; readonly need: 'must' | 'should'; readonly cure: string }

/** What an App is asked to be allowed; the names are those of GitHub's API and of its pages. https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps */
const permissions = {
  contents: { page: 'Contents', level: 'write', need: 'must' },
  pull_requests: { page: 'Pull requests', level: 'write', need: 'must' },
  issues: { page: 'Issues', level: 'write', need: 'must' },
  checks: { page: 'Checks', level: 'read', need: 'must' },
  statuses: { page: 'Commit statuses', level: 'read', need: 'must' },
  actions: { page: 'Actions', level: 'read', need: 'should' },
  workflows: { page: 'Workflows', level: 'write', need: 'should' },
} as const
type Permission = keyof typeof permissions

/** What it is for, where it is not plain. */
const uses: Partial<Record<Permission, string>> = {
  actions: ' (for the logs of failing jobs)',
  workflows: ' (for changes to files in .github/workflows)',
}

const rightOf = (name: Permission, has: boolean, cure: string): Right => {
  const { page, level, need } = permissions[name]
  const what = `"${page}: ${level}"${uses[name] ?? ''}`
  return { what: has ? `it has ${what}` : `it lacks ${what}`, has, need, cure }
}

/** Those that are there as one line, those that are not as one each. */
const gathered = (rights: readonly Right[]): readonly Right[] => {
  const had = rights.filter(({ has }) => has)
  const all = list(had.map(({ what }) => what.replace(/^it has /, '')))
  return [
    ...(had.length > 0 ? [{ what: `it has ${all}`, has: true, need: 'must' as const, cure: '' }] : []),
    ...rights.filter(({ has }) => !has),
  ]
}

/** What the installation was granted, as GitHub lists it. */
export const rightsOfApp = async (app: App, installation: number): Promise<readonly Right[]> => {
  const { data } = await app.request('GET /app/installations/{installation_id}', { installation_id: installation }, {})
  const { permissions: granted = {} } = data as { readonly permissions?: Readonly<Record<string, string>> } // GitHub's own description says so
  const cure = 'Change the permission on the page of the App, and accept the change where it is installed.'
  return gathered(
    (Object.keys(permissions) as Permission[]).map((name) =>
      rightOf(name, granted[name] === 'write' || granted[name] === 'admin' || granted[name] === permissions[name].level, cure),
    ),
  )
}

/** What a classic token may do, from the header that lists its scopes. https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps */
export const rightsOfScopes = (header: string, isPrivate: boolean): readonly Right[] => {
  const scopes = header.split(',').map((scope) => scope.trim())
  const cure = (scope: string): string => `Tick "${scope}" for the token in your settings on GitHub.`
  const enough = isPrivate ? ['repo'] : ['repo', 'public_repo']
  const scope = enough.find((one) => scopes.includes(one))
  const wanted = enough.at(-1) ?? 'repo'
  const kind = isPrivate ? 'private' : 'public'
  const had = scope === 'public_repo' ? 'the scope "public_repo", which is enough for a public repository' : 'the scope "repo"'
  return [
    scope !== undefined
      ? { what: `the token has ${had}`, has: true, need: 'must', cure: '' }
      : { what: `the token lacks the scope "${wanted}", which a ${kind} repository needs`, has: false, need: 'must', cure: cure(wanted) },
    scopes.includes('workflow')
      ? { what: 'the token has the scope "workflow"', has: true, need: 'should', cure: '' }
      : {
          what: 'the token lacks the scope "workflow": changes to files in .github/workflows cannot be pushed',
          has: false,
          need: 'should',
          cure: cure('workflow'),
        },
  ]
}

/**
 * What a fine-grained token may do. GitHub lists it nowhere, so it is tried: what reads is read, and what writes is asked for
 * with nothing in it, which is refused as incomplete (422) where it is allowed, and as forbidden (403) where it is not.
 */
export const rightsOfToken = async (api: Api, { owner, name, defaultBranchRef }: Found): Promise<readonly Right[]> => {
  const repository = { owner: owner.login, repo: name }
  const ref = defaultBranchRef?.name ?? 'HEAD'
  const empty = {} as { readonly title: string; readonly head: string; readonly base: string } // the lack of all this is the point
  const tried: Partial<Record<Permission, () => Promise<unknown>>> = {
    pull_requests: () => api.request('POST /repos/{owner}/{repo}/pulls', { ...repository, ...empty }),
    issues: () => api.request('POST /repos/{owner}/{repo}/issues', { ...repository, ...empty }),
    checks: () => api.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', { ...repository, ref, per_page: 1 }),
    statuses: () => api.request('GET /repos/{owner}/{repo}/commits/{ref}/status', { ...repository, ref, per_page: 1 }),
    actions: () => api.request('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', { ...repository, job_id: 1 }), // nobody's job
  }
  const cure = 'Give the token that permission for this repository, in your settings on GitHub.'
  const look = async ([name, attempt]: readonly [string, () => Promise<unknown>]): Promise<Right> => {
    const permission = name as Permission // a key of the table above
    return rightOf(permission, await isAllowed(attempt, permissions[permission].level), cure)
  }
  return gathered(await Promise.all(Object.entries(tried).map(look)))
}

/** An empty repository has no commit to read of, and issues may be switched off; neither says anything about permissions. */
const isAllowed = async (attempt: () => Promise<unknown>, level: 'read' | 'write'): Promise<boolean> => {
  try {
    await attempt()
    return true
  } catch (error) {
    if (isFault(error, 'FORBIDDEN')) return false
    if (isFault(error, 'REPOSITORY_UNKNOWN')) return level === 'read' // GitHub hides from some what they may not write
    if (['REFUSED', 'GONE', 'REPOSITORY_ARCHIVED'].some((code) => isFault(error, code))) return true
    throw error
  }
}
