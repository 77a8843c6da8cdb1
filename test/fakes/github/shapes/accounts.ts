import type { Account, App, CheckApp, Installation, Label, Repository, World } from '../state.ts'

type Json = Record<string, unknown>

/** GitHub writes times without milliseconds. */
export const time = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`
export const timeOr = (at: number | null): string | null => (at === null ? null : time(at))

export const accountJson = (world: World, account: Account | null): Json | null => {
  if (!account) return null
  const { api, html } = world.addresses
  const path = `${api}/users/${encodeURIComponent(account.login)}`
  return {
    login: account.login,
    id: account.id,
    node_id: account.nodeId,
    avatar_url: `${html}/avatars/${account.id}?v=4`,
    gravatar_id: '',
    url: path,
    html_url: `${html}/${account.kind === 'Bot' ? `apps/${account.login.replace('[bot]', '')}` : account.login}`,
    repos_url: `${path}/repos`,
    type: account.kind,
    user_view_type: 'public',
    site_admin: false,
  }
}

export const repositoryJson = (world: World, repository: Repository): Json => {
  const name = `${repository.owner.login}/${repository.name}`
  const url = `${world.addresses.api}/repos/${name}`
  const page = `${world.addresses.html}/${name}`
  return {
    id: repository.id,
    node_id: repository.nodeId,
    name: repository.name,
    full_name: name,
    private: repository.isPrivate,
    owner: accountJson(world, repository.owner),
    html_url: page,
    description: null,
    fork: false,
    url,
    issues_url: `${url}/issues{/number}`,
    pulls_url: `${url}/pulls{/number}`,
    statuses_url: `${url}/statuses/{sha}`,
    created_at: time(repository.createdAt),
    updated_at: time(repository.updatedAt),
    pushed_at: time(repository.pushedAt),
    git_url: `${world.addresses.git.replace(/^https?:/, 'git:')}/${name}.git`,
    ssh_url: `git@${new URL(world.addresses.html).hostname}:${name}.git`,
    clone_url: `${world.addresses.git}/${name}.git`,
    size: 1,
    has_issues: repository.hasIssues,
    archived: repository.isArchived,
    disabled: repository.isBlocked,
    open_issues_count: openCount(repository),
    visibility: repository.isPrivate ? 'private' : 'public',
    default_branch: repository.defaultBranch,
  }
}

const openCount = ({ items }: Repository): number => {
  let count = 0
  for (const { state } of items.values()) if (state === 'open') count += 1
  return count
}

export const labelJson = (world: World, repository: Repository, label: Label): Json => ({
  id: label.id,
  node_id: label.nodeId,
  url: `${world.addresses.api}/repos/${repository.owner.login}/${repository.name}/labels/${encodeURIComponent(label.name)}`,
  name: label.name,
  color: label.color,
  default: false,
  description: label.description,
})

export const appJson = (world: World, app: App): Json => ({
  id: app.id,
  slug: app.slug,
  node_id: app.nodeId,
  owner: accountJson(world, app.owner),
  name: app.name,
  description: '',
  external_url: world.addresses.html,
  html_url: `${world.addresses.html}/apps/${app.slug}`,
  created_at: time(0),
  updated_at: time(0),
  installations_count: [...world.installations.values()].filter((one) => one.app === app).length,
})

export const checkAppJson = (world: World, app: CheckApp): Json => ({
  id: app.id,
  slug: app.slug,
  node_id: app.nodeId,
  name: app.name,
  html_url: `${world.addresses.html}/apps/${app.slug}`,
})

export const installationJson = (world: World, installation: Installation): Json => ({
  id: installation.id,
  account: accountJson(world, installation.account),
  repository_selection: 'selected',
  access_tokens_url: `${world.addresses.api}/app/installations/${installation.id}/access_tokens`,
  html_url: `${world.addresses.html}/settings/installations/${installation.id}`,
  app_id: installation.app.id,
  app_slug: installation.app.slug,
  target_id: installation.account.id,
  target_type: installation.account.kind,
  permissions: installation.permissions,
  events: [],
  created_at: time(0),
  updated_at: time(0),
  suspended_at: installation.isSuspended ? time(world.now()) : null,
})
