import { ownIdentity } from '../../../core/kit/checkout.ts'
import type { Repository } from './repository.ts'

type Author = { readonly name: string; readonly email: string; readonly date: string }

/** Writes a commit without a checkout and gives its hash. No branch moves. */
export const writeCommit = async (
  repository: Repository,
  {
    tree,
    parents,
    message,
    author,
  }: { readonly tree: string; readonly parents: readonly string[]; readonly message: string; readonly author?: Author },
): Promise<string> => {
  const env = {
    ...ownIdentity,
    ...(author?.name && { GIT_AUTHOR_NAME: author.name }),
    ...(author?.email && { GIT_AUTHOR_EMAIL: author.email }),
    ...(author && { GIT_AUTHOR_DATE: author.date }),
  }
  return (await repository.raw(['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-m', message], { env })).trim()
}

/** The tree of a commit, or of a tree said as `<commit>^{tree}`. */
export const treeOf = async (repository: Repository, name: string): Promise<string> =>
  (await repository.raw(['rev-parse', '--verify', `${name.replace(/\^\{tree\}$/, '')}^{tree}`])).trim()
