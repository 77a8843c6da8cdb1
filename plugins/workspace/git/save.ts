import type { SimpleGit } from 'simple-git'
import { explain, isFault } from '../../../core/kit/fault.ts'
import { fault } from './fault.ts'
import { bring } from './gather.ts'

/** What the commit with a session's saved work says. */
export const saveMessage = (session: string): string => `Work of ${session}, saved before its workspace was removed`

/**
 * Holds a commit with `refs/ao/saved/<session>/<yyyymmdd-hhmmss>` (UTC) of the project's repository and gives that name; the earlier
 * name when the same work was saved before. `from` is the repository that has the commit, where it is another.
 */
export const keep = async (
  git: SimpleGit,
  { commit, session, at, from }: { readonly commit: string; readonly session: string; readonly at: number; readonly from: string | null },
): Promise<string> => {
  const saved = await savedRefs(git, session)
  const before = saved.find((ref) => ref.commit === commit)
  if (before) return before.name
  const name = freeName(`${folderOf(session)}${stamp(at)}`, new Set(saved.map((ref) => ref.name)))
  if (from === null) await git.raw('-c', 'core.fsync=committed,reference', 'update-ref', name, commit, '0'.repeat(commit.length))
  else await bring(git, { from, commit, to: name })
  return name
}

/** The newest ref with saved work of a session, or null. */
export const lastSaved = async (git: SimpleGit, session: string): Promise<string | null> =>
  (await savedRefs(git, session)).at(-1)?.name ?? null

/** Turns whatever goes wrong while work is saved into the one fault that stops a removal. @throws {Fault} WORK_NOT_SAVED */
export const saving = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (isFault(error, 'WORK_NOT_SAVED')) throw error
    throw fault('WORK_NOT_SAVED', { path, says: explain(error).trim() }, { cause: error })
  }
}

/** `20250131-235959`, UTC. */
export const stamp = (at: number): string => new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')

const folderOf = (session: string): string => `refs/ao/saved/${session}/`

const savedRefs = async (git: SimpleGit, session: string): Promise<readonly { readonly name: string; readonly commit: string }[]> =>
  (await git.raw('for-each-ref', '--format=%(refname) %(objectname)', folderOf(session)))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', commit = ''] = line.split(' ')
      return { name, commit }
    })

const freeName = (name: string, taken: ReadonlySet<string>): string => {
  for (let n = 1; ; n += 1) {
    const free = n === 1 ? name : `${name}-${n}`
    if (!taken.has(free)) return free
  }
}
