import { execa } from 'execa'
import { definePlugin } from '../../../core/contracts/plugins.ts'
import { openForge } from './forge.ts'
import { options } from './options.ts'

export { fault } from './faults.ts'

/** A forge on this machine: a bare repository, changes and reviews in a document, checks as commands. */
export const local = definePlugin({
  slot: 'scm',
  name: 'local',
  summary: 'A forge without an account: the remote is a bare repository, changes and reviews are kept here, checks are commands.',
  options,
  missing: async () => lacking((await execa('git', ['--version'], { reject: false })).stdout),
  create: openForge,
})

/** What is lacking when `git --version` prints this, or null. */
export const lacking = (version: string | undefined): string | null => {
  const [, major, minor] = /git version (\d+)\.(\d+)/.exec(version ?? '') ?? []
  if (major === undefined || minor === undefined) return 'Install git 2.39 or newer ("apt install git", "brew install git").'
  // `merge-tree --write-tree` came with 2.38, `patch-id --verbatim` with 2.39.
  const isNewEnough = Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 39)
  return isNewEnough ? null : `Upgrade git from ${major}.${minor} to 2.39 or newer ("apt install git", "brew install git").`
}
