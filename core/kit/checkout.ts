import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { explain } from './fault.ts'
import { openGit } from './git.ts'
import { counted, list } from './text.ts'

/** How a workspace stands: nothing is uncommitted and nothing half done, or the reason why it must be left alone. */
export type Stand =
  | { readonly isFree: true; readonly head: string; readonly parents: readonly string[] }
  | { readonly isFree: false; readonly why: string }

/** What a merge in a workspace came to: its new head, or why it was taken back. */
export type Merged = { readonly head: string } | { readonly files: readonly string[]; readonly says: string }

/** A workspace that is written while its agent rests. */
export type Checkout = Awaited<ReturnType<typeof openCheckout>>

/** Opens the checkout at `path`. What git cannot do there is thrown as what `unusable` makes of the reason. */
export const openCheckout = async (path: string, unusable: (reason: string, cause: unknown) => Error) => {
  const ask = async (args: readonly string[], { signal, env = {} }: Asking = {}): Promise<string> => {
    try {
      return await openGit(path, { env, ...(signal && { signal }) }).raw([...args])
    } catch (error) {
      signal?.throwIfAborted()
      throw unusable(`git ${args[0]} failed (${firstLine(error)})`, error)
    }
  }
  const [gitFolder = '', common = ''] = (await ask(['rev-parse', '--path-format=absolute', '--git-dir', '--git-common-dir'])).split('\n')
  const identity = async (): Promise<Readonly<Record<string, string>>> => {
    const names = await ask(['config', '--list', '--name-only'])
    return /^user\.name$/m.test(names) && /^user\.email$/m.test(names) ? {} : ownIdentity
  }
  return {
    /** The folder it shares with other checkouts; the name of the lock for all that writes below. */
    common,
    /** Reads without disturbing an agent's own git. */
    stand: async (): Promise<Stand> => {
      const [, half] = halves.find(([name]) => existsSync(join(gitFolder, name))) ?? []
      if (half !== undefined) return { isFree: false, why: `it is in the middle of ${half}` }
      const status = await ask(statusCommand, { env: { GIT_OPTIONAL_LOCKS: '0' } })
      const paths = status.split('\0').filter((entry) => entry !== '' && !entry.startsWith('# '))
      if (status.includes('# branch.head (detached)\0')) return { isFree: false, why: 'it is on no branch' }
      if (paths.length > 0) return { isFree: false, why: `it has uncommitted work (${counted(paths.length, 'path')})` }
      const [head = '', ...parents] = (await ask(['rev-list', '--parents', '--max-count=1', 'HEAD'])).trim().split(' ')
      return { isFree: true, head, parents }
    },
    /** Brings the branch of the repository at `from` in, under `refs/ao/base/`. */
    fetchBase: async (from: string, base: string, signal: AbortSignal): Promise<void> => {
      await ask(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', from, `+refs/heads/${base}:refs/ao/base/${base}`], { signal })
    },
    /** Brings branch and files to a commit that is ahead of them; whatever would be lost makes git refuse. */
    forward: async (commit: string): Promise<void> => void (await ask(['merge', '--quiet', '--ff-only', '--no-autostash', commit])),
    /** Merges the commit as the workspace's own identity would, with its hooks; or takes the merge back and says why. */
    merge: async (commit: string, message: string): Promise<Merged> => {
      try {
        await openGit(path, { env: await identity() }).raw([...mergeCommand, '-m', message, commit])
      } catch (error) {
        const files = (await ask(['diff', '--name-only', '--diff-filter=U', '-z'])).split('\0').filter((file) => file !== '')
        if (existsSync(join(gitFolder, 'MERGE_HEAD'))) await ask(['merge', '--abort'])
        return { files, says: files.length > 0 ? `conflict in ${list(files)}` : firstLine(error) }
      }
      return { head: (await ask(['rev-parse', 'HEAD'])).trim() }
    },
    /** Puts branch and files back to that commit; what was written there meanwhile stays, or git refuses. */
    setBack: async (head: string): Promise<void> => void (await ask(['reset', '--quiet', '--keep', head])),
  }
}

type Asking = { readonly signal?: AbortSignal; readonly env?: Readonly<Record<string, string>> }

const statusCommand = ['status', '--porcelain=v2', '--branch', '-z', '--ignore-submodules=none', '--untracked-files=normal']
// Always a commit of its own, whatever the user's settings for merges are: that is how it is known again after a crash.
const mergeCommand = ['merge', '--quiet', '--no-ff', '--commit', '--no-squash', '--no-autostash', '--no-edit']

/** What git leaves in its folder while something is half done. https://git-scm.com/docs/gitrevisions */
const halves = [
  ['MERGE_HEAD', 'a merge'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase'],
] as const

/** Whose commits these are when nobody else's. */
export const ownIdentity = {
  GIT_COMMITTER_NAME: 'ao',
  GIT_COMMITTER_EMAIL: 'ao@localhost',
  GIT_AUTHOR_NAME: 'ao',
  GIT_AUTHOR_EMAIL: 'ao@localhost',
}

const firstLine = (error: unknown): string => explain(error).trim().split('\n', 1)[0]?.slice(0, 200) || 'without a word'
