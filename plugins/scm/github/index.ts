import { definePlugin } from '../../../core/contracts/plugins.ts'
import { gitLacking } from '../../../core/kit/git.ts'
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
  missing: gitLacking,
  examine,
  create: openForge,
})
