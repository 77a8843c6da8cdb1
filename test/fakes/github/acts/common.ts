import { refuse } from '../refusal.ts'
import { hasPermission } from '../rules.ts'
import type { Account, Happening, Head, Issue, Permission, Pull, Repository, World } from '../state.ts'

/** Nothing can be changed in an archived or blocked repository. */
export const needWritable = (repository: Repository): void => {
  if (repository.isBlocked) refuse(451, 'Repository access blocked')
  if (repository.isArchived) refuse(403, 'Repository was archived so is read-only.')
}

/** @throws Refusal 404 for who may not even look, 403 for who may look only. */
export const need = (repository: Repository, actor: Account, least: Permission, message?: string): void => {
  if (!hasPermission(repository, actor, 'read')) refuse(404, 'Not Found')
  if (hasPermission(repository, actor, least)) return
  refuse(403, message ?? (least === 'admin' ? 'Must have admin rights to Repository.' : 'Must have push access to Repository.'))
}

/** Moves `updatedAt`: whatever GitHub counts as news of an issue or pull request does this, checks do not. */
export const touch = (world: World, item: Issue | Pull): void => {
  item.updatedAt = world.now()
}

/** Puts something into the timeline, which is news. */
export const note = (world: World, item: Issue | Pull, actor: Account | null, name: string, facts: Record<string, unknown> = {}): void => {
  item.events.push({ id: world.nextId(), name, actor, at: world.now(), facts })
  touch(world, item)
}

export const tell = (
  world: World,
  event: string,
  action: string | null,
  { repository, sender }: Pick<Happening, 'repository' | 'sender'>,
  payload: Happening['payload'],
): void => world.emit({ event, action, repository, sender, payload })

export const isPull = (item: Issue | Pull): item is Pull => item.kind === 'PullRequest'

/** Tells those who start checks of a new head, and waits for them. */
export const startHead = async (world: World, head: Head): Promise<void> => {
  for (const begin of world.onHead) await begin(head)
}

/** The open pull requests of a repository. */
export const openPulls = (repository: Repository): readonly Pull[] =>
  [...repository.items.values()].filter((item): item is Pull => isPull(item) && item.state === 'open')

/** The account with that login. @throws Refusal 422 when there is none or it cannot see the repository. */
export const assignable = (world: World, repository: Repository, login: string, resource: string, field: string): Account => {
  const found = world.accounts.get(login.toLowerCase())
  if (found && found.kind !== 'Organization' && hasPermission(repository, found, 'read')) return found
  return refuse(422, 'Validation Failed', [{ resource, field, code: 'invalid', value: login }])
}

const turns = new WeakMap<Repository, Promise<unknown>>()

/** One after the other in each repository: what reads a head and then moves it. Never call an act within that settles. */
export const inTurn = <Answer>(repository: Repository, run: () => Promise<Answer>): Promise<Answer> => {
  const turn = (turns.get(repository) ?? Promise.resolve()).then(run, run)
  turns.set(
    repository,
    turn.catch(() => {}), // told to whoever waits for it
  )
  return turn
}
