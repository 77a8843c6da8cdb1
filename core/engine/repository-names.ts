import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lastPartOf, remotesInSettings } from '../kit/git-remote.ts'

/**
 * How the repository of each project is called in addresses, by the project's name: the last part of its remotes, in small letters.
 * Read from git's own file, which costs a start no process; a checkout whose settings are elsewhere has no such name.
 */
export const repositoryNames = async (
  projects: readonly { readonly name: string; readonly path: string }[],
): Promise<(project: string) => string | null> => {
  const names = new Map(
    await Promise.all(
      projects.map(async ({ name, path }) => {
        const text = await readFile(join(path, '.git', 'config'), 'utf8').catch(() => '') // no repository here: whoever works in it hears of it
        const [first] = remotesInSettings(text)
        return [name, first ? lastPartOf(first.url) : null] as const
      }),
    ),
  )
  return (project) => names.get(project) ?? null
}
