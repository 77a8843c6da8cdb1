import { execa } from 'execa'
import { definePlugin } from '../../../core/contracts/plugins.ts'
import { examine } from '../../github/examine.ts'
import { openForge } from './forge.ts'
import { options } from './options.ts'

export { fault } from './faults.ts'

/** Pull requests on GitHub, github.com or an Enterprise server. */
export const github = definePlugin({
  slot: 'scm',
  name: 'github',
  summary: 'Changes are pull requests on GitHub: pushed, opened, watched, reviewed and merged there, with its checks and its rules.',
  options,
  missing: async () => lacking((await execa('git', ['--version'], { reject: false })).stdout),
  examine,
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
