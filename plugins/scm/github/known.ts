import type { Project } from '../../../core/contracts/plugins.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { openGit } from '../../../core/kit/git.ts'
import { fault } from './faults.ts'
import type { Footing } from './ground.ts'
import type { Branch } from './questions.ts'

/** Older numbers of a repository are forgotten; they can be asked for again. */
const mostNumbers = 500

/**
 * The node id of a change. Asked for once; with `isFresh` whatever is known.
 *
 * @throws {Fault} CHANGE_UNKNOWN
 */
export const idOf = async (
  footing: Footing,
  number: number,
  { signal, isFresh = false }: { readonly signal: AbortSignal; readonly isFresh?: boolean },
): Promise<string> => {
  const { repository, known, questions } = footing
  const id = known.value.repositories[repository.id]?.[number]
  if (id !== undefined && !isFresh) return id
  const found = await questions.number({ repository: repository.id, number }, signal).catch((error) => {
    // GitHub says of an issue's number, too, that there is no such pull request.
    throw isFault(error, 'REPOSITORY_UNKNOWN')
      ? fault('CHANGE_UNKNOWN', { repository: repository.nameWithOwner, number }, { cause: error })
      : error
  })
  await remember(footing, { number, id: found })
  return found
}

/** Asks something about a change by its node id; by the one that its number has now, where that id leads nowhere. Ids have been spelled anew before. */
export const askAbout = async <T>(
  footing: Footing,
  number: number,
  { signal, ask }: { readonly signal: AbortSignal; readonly ask: (id: string) => Promise<T> },
): Promise<T> => {
  try {
    return await ask(await idOf(footing, number, { signal }))
  } catch (error) {
    if (!isFault(error, 'REPOSITORY_UNKNOWN')) throw error
    return ask(await idOf(footing, number, { signal, isFresh: true }))
  }
}

/** Notes the node id of a change. Writes nothing when it is no news. */
const remember = async (
  { repository, known }: Footing,
  { number, id }: { readonly number: number; readonly id: string },
): Promise<void> => {
  if (known.value.repositories[repository.id]?.[number] === id) return
  await known.update((all) => {
    const numbers: [string, string][] = Object.entries({ ...all.repositories[repository.id], [number]: id })
    const kept = numbers.sort(([one], [other]) => Number(one) - Number(other)).slice(-mostNumbers)
    all.repositories = { ...all.repositories, [repository.id]: Object.fromEntries(kept) }
  })
}

/**
 * The change that goes out from a branch of this repository: the newest open one. When none is open the newest that has ended, if
 * it is newer than `ended`, or (`ended` null) if the branch still stands where it was then: a name may have been used before.
 */
export const byBranch = async (
  footing: Footing,
  { branch, ended, project }: { readonly branch: string; readonly ended: number | null; readonly project: Project },
  signal: AbortSignal,
): Promise<{ readonly number: number; readonly id: string } | null> => {
  const all = await footing.questions.branch({ repository: footing.repository.id, branch }, signal)
  const mine = [...all].filter(({ isFromElsewhere }) => !isFromElsewhere).sort((one, other) => other.number - one.number)
  const found = mine.find(({ isOpen }) => isOpen) ?? (await newestEnded(project, mine, { branch, ended }))
  if (found) await remember(footing, found)
  return found
}

const newestEnded = async (
  project: Project,
  [newest]: readonly Branch[],
  { branch, ended }: { readonly branch: string; readonly ended: number | null },
): Promise<Branch | null> => {
  if (!newest) return null
  if (ended !== null) return newest.number > ended ? newest : null
  // It exits with 1, and says nothing, when there is no such branch.
  const local = await openGit(project.path)
    .raw('rev-parse', '--verify', '--quiet', `refs/heads/${branch}`)
    .catch(() => '')
  return local.trim() === newest.head ? newest : null
}
