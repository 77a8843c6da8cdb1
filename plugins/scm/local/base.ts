import type { Host } from '../../../core/contracts/plugins.ts'
import { commonFolder, openGit } from '../../../core/kit/git.ts'
import type { Ground } from './ground.ts'
import { pushBase } from './push.ts'

/**
 * The commit that new work for `base` starts from, brought into the project's repository under `refs/ao/base/`.
 *
 * A bare repository that we made has nobody else to feed it: where the user's own branch has only gone on, it is pushed there,
 * so that what the user committed does not show up as part of an agent's change. A remote of the user's own is left to them.
 */
export const newestBase = (
  ground: Ground,
  { base, isOurs, host }: { readonly base: string; readonly isOurs: boolean; readonly host: Host },
): Promise<string | null> =>
  ground.locked(async (repository) => {
    const git = openGit(ground.project.path)
    const local = await resolve(git, `refs/heads/${base}`)
    const remote = (await repository.refs()).get(base) ?? null
    if (remote === local) return local
    if (remote === null) {
      if (isOurs && local !== null) await pushBase(ground, repository, base)
      return local
    }
    await host.lock(await commonFolder(ground.project.path), () =>
      git.raw('fetch', '--quiet', '--no-tags', '--no-write-fetch-head', repository.path, `+refs/heads/${base}:refs/ao/base/${base}`),
    )
    if (!isOurs || local === null || !(await isAncestor(git, remote, local))) return remote
    await pushBase(ground, repository, base)
    return local
  })

type Git = ReturnType<typeof openGit>

/** Git exits with 1, and says nothing, when there is no such branch. */
const resolve = async (git: Git, ref: string): Promise<string | null> =>
  (await git.raw('rev-parse', '--verify', '--quiet', ref).catch(() => '')).trim() || null

/** Git answers by its exit code alone. */
const isAncestor = (git: Git, older: string, newer: string): Promise<boolean> =>
  git.raw('merge-base', '--is-ancestor', older, newer).then(
    () => true,
    () => false,
  )
