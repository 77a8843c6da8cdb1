import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { explain } from '../../../core/kit/fault.ts'
import { openGit } from '../../../core/kit/git.ts'
import { list } from '../../../core/kit/text.ts'
import { ownIdentity } from './commit.ts'
import { fault } from './faults.ts'

/** How a workspace stands: nothing is uncommitted and nothing half done, or the reason why it must be left alone. */
export type Stand =
  | { readonly isFree: true; readonly head: string; readonly parents: readonly string[] }
  | { readonly isFree: false; readonly why: string }

/** A workspace that we merge in while its agent rests. What git cannot do there is a WORKSPACE_UNUSABLE. */
export type Checkout = Awaited<ReturnType<typeof openCheckout>>

/** Opens the checkout at `path`. @throws {Fault} WORKSPACE_UNUSABLE */
export const openCheckout = async (path: string) => {
  const ask = async (args: readonly string[], signal?: AbortSignal, env: Readonly<Record<string, string>> = {}): Promise<string> => {
    try {
      return await openGit(path, { env, ...(signal && { signal }) }).raw([...args])
    } catch (error) {
      signal?.throwIfAborted()
      throw fault('WORKSPACE_UNUSABLE', { path, reason: `git ${args[0]} failed (${firstLine(explain(error))})` }, { cause: error })
    }
  }
  const [gitDir = '', common = ''] = (await ask(['rev-parse', '--path-format=absolute', '--git-dir', '--git-common-dir'])).split('\n')
  const halfDone = (): string | undefined => Object.keys(halves).find((name) => existsSync(join(gitDir, name)))
  const identity = async (): Promise<Readonly<Record<string, string>>> => {
    const keys = await ask(['config', '--list', '--name-only'])
    return /^user\.name$/m.test(keys) && /^user\.email$/m.test(keys) ? {} : ownIdentity
  }
  return {
    path,
    /** The folder it shares with other checkouts; the name of the lock for all that writes below. */
    common,
    /** Reads without disturbing an agent's own git. */
    stand: async (): Promise<Stand> => {
      const status = await ask(statusCommand, undefined, { GIT_OPTIONAL_LOCKS: '0' })
      const entries = status.split('\0').filter((entry) => entry !== '' && !entry.startsWith('# '))
      const half = halves[halfDone() ?? '']
      if (half !== undefined) return { isFree: false, why: `it is in the middle of ${half}` }
      if (status.includes('# branch.head (detached)\0')) return { isFree: false, why: 'it is on no branch' }
      if (entries.length > 0) return { isFree: false, why: `it has uncommitted work (${entries.length} paths)` }
      const [head = '', ...parents] = (await ask(['rev-list', '--parents', '--max-count=1', 'HEAD'])).trim().split(' ')
      return { isFree: true, head, parents }
    },
    /** Brings the branch of the repository at `from` in, under `refs/ao/base/`. */
    fetchBase: (from: string, base: string, signal: AbortSignal): Promise<string> =>
      ask(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', from, `+refs/heads/${base}:refs/ao/base/${base}`], signal),
    /**
     * Merges the commit as the workspace's own identity would, with its hooks, and gives the new head; or takes the merge back and
     * says why: files in conflict, or what git said.
     */
    merge: async (
      commit: string,
      message: string,
    ): Promise<{ readonly head: string } | { readonly files: readonly string[]; readonly says: string }> => {
      try {
        await openGit(path, { env: await identity() }).raw([...mergeCommand, '-m', message, commit])
      } catch (error) {
        const files = (await ask(['diff', '--name-only', '--diff-filter=U', '-z'])).split('\0').filter((file) => file !== '')
        if (existsSync(join(gitDir, 'MERGE_HEAD'))) await ask(['merge', '--abort'])
        return { files, says: files.length > 0 ? `conflict in ${list(files)}` : firstLine(explain(error)) }
      }
      return { head: (await ask(['rev-parse', 'HEAD'])).trim() }
    },
    /** Puts branch and files back to that commit; what was written there meanwhile stays, or git refuses. */
    setBack: (head: string): Promise<string> => ask(['reset', '--quiet', '--keep', head]),
  }
}

const statusCommand = ['status', '--porcelain=v2', '--branch', '-z', '--ignore-submodules=none', '--untracked-files=normal']
// Always a commit of its own, whatever the user's settings for merges are: that is how it is known again after a crash.
const mergeCommand = ['merge', '--quiet', '--no-ff', '--commit', '--no-squash', '--no-autostash', '--no-edit']

/** What git leaves in its folder while something is half done. https://git-scm.com/docs/gitrevisions */
const halves: Readonly<Record<string, string>> = {
  MERGE_HEAD: 'a merge',
  CHERRY_PICK_HEAD: 'a cherry-pick',
  REVERT_HEAD: 'a revert',
  'rebase-merge': 'a rebase',
  'rebase-apply': 'a rebase',
}

const firstLine = (text: string): string => text.trim().split('\n', 1)[0]?.slice(0, 200) || 'without a word'
