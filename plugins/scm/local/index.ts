import { definePlugin } from '../../../core/contracts/plugins.ts'
import { gitLacking } from '../../../core/kit/git.ts'
import { openForge } from './forge.ts'
import { options } from './options.ts'

export { fault } from './faults.ts'

/** A forge on this machine: a bare repository, changes and reviews in a document, checks as commands. */
export const local = definePlugin({
  slot: 'scm',
  name: 'local',
  summary: 'A forge without an account: the remote is a bare repository, changes and reviews are kept here, checks are commands.',
  options,
  missing: gitLacking,
  create: openForge,
})
