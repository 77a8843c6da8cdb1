import { catalogue, row } from '../../../core/kit/fault.ts'

/** Everything that can go wrong on purpose with issues kept as files. */
export const fault = catalogue({
  TASK_UNKNOWN: row<{ key: string; near: readonly string[]; folder: string }>(
    (f) => `There is no issue "${f.key}" in ${f.folder}.`,
    (f) =>
      f.near.length === 0
        ? `Write it as ${f.folder}/1-what-to-do.md; the first line is its title.`
        : `Name one that is open, by its number: ${f.near.join(', ')}.`,
  ),
  TASK_UNREADABLE: row<{ file: string; why: string; cure: string }>(
    (f) => `The issue ${f.file} cannot be read: ${f.why}.`,
    (f) => f.cure,
  ),
  ISSUES_MISSING: row<{ folder: string }>(
    (f) => `The folder of issues ${f.folder} does not exist.`,
    (f) => `Make it (mkdir -p ${f.folder}), or set "folder" of the tracker to where the issues are.`,
  ),
  PROJECT_MISSING: row<object>(
    () => 'The local tracker has neither a project nor an absolute folder.',
    () => 'Name it under "tracker" of a project, or set its "folder" to an absolute path.',
  ),
})
