import { isFault } from '../../../core/kit/fault.ts'
import { fault } from './faults.ts'
import type { Ground } from './ground.ts'

/**
 * The newest commit of that branch on GitHub, brought into the project's repository as `refs/ao/base/<base>`. What the user
 * committed and has not pushed is not in it. @throws {Fault} REMOTE_BASE_UNKNOWN, and what a fetch throws
 */
export const newestBase = async (ground: Ground, base: string, signal: AbortSignal): Promise<string> => {
  const ref = `refs/ao/base/${base}`
  try {
    await (await ground.transport(signal)).fetchRefs(ground.project, [`+refs/heads/${base}:${ref}`], signal)
  } catch (error) {
    if (!isFault(error, 'REF_UNKNOWN')) throw error
    const { repository } = await ground.located(signal)
    throw fault('REMOTE_BASE_UNKNOWN', { base, repository: repository.nameWithOwner }, { cause: error })
  }
  return (await (await ground.git()).raw(['rev-parse', '--verify', ref], { signal })).trim()
}
