import { statSync } from 'node:fs'
import { join } from 'node:path'
import * as kit from '../../../core/kit/repository.ts'
import { fault } from './faults.ts'

/** The bare repository of a project. What git cannot do is a REMOTE_UNUSABLE. */
export type Repository = ReturnType<typeof openRepository>

/** Opens the bare repository at `path`; it must exist. */
export const openRepository = (path: string) => ({
  ...kit.openRepository(path, { fail: (reason, cause) => fault('REMOTE_UNUSABLE', { path, reason }, { cause }) }),
  /** A branch that git does not list although its file is there is damaged, not deleted. */
  isBranchDamaged: (branch: string) => statSync(join(path, 'refs', 'heads', branch), { throwIfNoEntry: false })?.isFile() ?? false,
})
