import { catalogue, row } from '../../../core/kit/fault.ts'

/** Everything that can go wrong with a workspace on purpose. */
export const fault = catalogue({
  NOT_A_REPOSITORY: row<{ path: string; says: string }>(
    (f) => `${f.path} is not the top folder of a git repository: ${f.says}.`,
    () => 'Set "path" of the project to the top folder of its checkout, or run "git init" there.',
  ),
  NO_COMMITS: row<{ path: string }>(
    (f) => `The repository ${f.path} has no commit yet.`,
    (f) => `Make a first commit: git -C ${f.path} commit --allow-empty -m "start".`,
  ),
  BASE_UNKNOWN: row<{ base: string; path: string; known: readonly string[] }>(
    (f) => `There is no branch "${f.base}" in ${f.path}, nor on its origin as last fetched.`,
    (f) => `Set "base" of the project to a branch it has (${f.known.join(', ')}), or run "git -C ${f.path} fetch origin".`,
  ),
  SETUP_FAILED: row<{ command: string; ended: string; output: string }>(
    (f) => `The setup command "${f.command}" ${f.ended}:\n${f.output}`,
    () => 'Put the command right under "setup" of the workspace; it runs again at the next start.',
  ),
  SETUP_TIMED_OUT: row<{ command: string; limit: string; output: string }>(
    (f) => `The setup command "${f.command}" was still running after ${f.limit}, the limit for all of them:\n${f.output}`,
    () => 'Raise "setupTimeout" of the workspace, or make the command faster.',
    { mayPass: true },
  ),
  WORKSPACE_WRONG: row<{ path: string; why: string; cure: string }>(
    (f) => `No agent may start in ${f.path}: ${f.why}.`,
    (f) => f.cure,
  ),
  WORKSPACE_GONE: row<{ path: string }>(
    (f) => `There is no workspace at ${f.path} any more.`,
    () => 'Restore the session to have it made again from its branch.',
  ),
  WORKSPACE_FAILED: row<{ path: string; says: string }>(
    (f) => `Git could not do it for ${f.path}: ${f.says}`,
    (f) => `Look at what git says in ${f.path}, put it right and try again.`,
    { mayPass: true },
  ),
  FOLDER_FOREIGN: row<{ path: string }>(
    (f) => `${f.path} is a person's own folder; nothing in it is removed.`,
    (f) => `Remove it by hand if nobody needs it: git worktree remove ${f.path}.`,
  ),
  WORK_NOT_SAVED: row<{ path: string; says: string }>(
    (f) => `The work in ${f.path} could not be saved, so nothing was removed: ${f.says}`,
    (f) => `Save what you need from ${f.path} by hand ("git -C ${f.path} status" lists it), then clear the session again.`,
    { mayPass: true },
  ),
})
