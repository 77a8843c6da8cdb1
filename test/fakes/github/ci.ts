import { type RunParts, reportRun, reportStatus } from './acts/checks.ts'
import type { CheckRun, CommitStatus, Pull, Repository, World } from './state.ts'

/** Where checks report: the head of a pull request, or any commit. */
export type Target = Pull | { readonly repository: Repository; readonly oid: string }

const commitOf = (target: Target): { readonly repository: Repository; readonly oid: string } =>
  'kind' in target ? { repository: target.repository, oid: target.head.oid } : target

export type Ci = ReturnType<typeof makeCi>

/** What continuous integration reports, as tests read it. */
export const makeCi = (world: World) => {
  /** A text becomes a log as GitHub's jobs write it: a mark at the beginning, and the time before each line. */
  const stamped = (text: string): string => {
    const at = new Date(world.now()).toISOString().replace('Z', '0000Z')
    return `\ufeff${text.replace(/^(?=.)/gm, `${at} `)}`
  }
  const checkRun = (target: Target, name: string, parts: RunParts & { readonly isRawLog?: boolean } = {}): Promise<CheckRun> => {
    const { repository, oid } = commitOf(target)
    const { log, isRawLog = false, ...rest } = parts
    const isText = typeof log === 'string' && log !== 'expired' && !isRawLog
    return reportRun(world, repository, oid, name, { ...rest, ...(log !== undefined && { log: isText ? stamped(log) : log }) })
  }
  return {
    checkRun,
    starts: (target: Target, ...names: readonly string[]) => each(names, (name) => checkRun(target, name, { status: 'in_progress' })),
    passes: (target: Target, ...names: readonly string[]) => each(names, (name) => checkRun(target, name, { conclusion: 'success' })),
    fails: (
      target: Target,
      name: string,
      log: RunParts['log'] = `Run npm test\n##[error]Process completed with exit code 1.\n`,
    ): Promise<CheckRun> => checkRun(target, name, { conclusion: 'failure', log }),
    /** A commit status of the old kind. */
    status: (
      target: Target,
      context: string,
      state: CommitStatus['state'],
      description: string | null = null,
      targetUrl: string | null = null,
    ): Promise<CommitStatus> => {
      const { repository, oid } = commitOf(target)
      return reportStatus(world, repository, oid, context, state, { description, targetUrl })
    },
  }
}

const each = async <Made>(names: readonly string[], make: (name: string) => Promise<Made>): Promise<readonly Made[]> => {
  const made: Made[] = []
  for (const name of names) made.push(await make(name))
  return made
}
