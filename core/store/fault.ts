import { catalogue, row } from '../kit/fault.ts'

/** What can go wrong with the data folder. */
export const fault = catalogue({
  STREAM_NAME_INVALID: row<{ name: string }>(
    (f) => `"${f.name}" cannot be the name of a stream.`,
    () => 'Use letters, digits, ".", "_" and "-" only, at most 120, and no "." in front.',
  ),
  JOURNAL_FULL: row<{ file: string; reason: string }>(
    (f) => `${f.file} could not be written: ${f.reason}. Nothing of it was kept.`,
    (f) => `Free some space on the disk of ${f.file}; "df -h ${f.file}" shows how much there is.`,
    { mayPass: true },
  ),
  JOURNAL_MOVED: row<{ id: string; expectedSeq: number; seq: number | null }>(
    (f) =>
      f.seq === null
        ? `The journal of "${f.id}" was changed by another process.`
        : `The journal of "${f.id}" holds ${f.seq} facts, not ${f.expectedSeq}.`,
    () => 'Read it again and decide again; if that does not help, see with "ao doctor" who else uses the data folder.',
  ),
  JOURNAL_DAMAGED: row<{ file: string; line: number; reason: string }>(
    (f) => `${f.file} cannot be read: line ${f.line} ${f.reason}.`,
    (f) => `Copy ${f.file} away, mend line ${f.line} or put the file back from a backup, then restart the bot.`,
  ),
  DOCUMENT_NAME_INVALID: row<{ name: string }>(
    (f) => `"${f.name}" cannot be the name of a document.`,
    () => 'Use a name without "/" and control characters, at most 120 characters long, and no "." in front.',
  ),
  DOCUMENT_DAMAGED: row<{ file: string; reason: string }>(
    (f) => `${f.file} cannot be read: ${f.reason}.`,
    (f) => `Mend ${f.file} (it was left as it is), or move it away to begin with an empty one.`,
  ),
  DOCUMENT_FULL: row<{ file: string; reason: string }>(
    (f) => `${f.file} could not be written: ${f.reason}. What it held before is still there.`,
    (f) => `Free some space on the disk of ${f.file}; "df -h ${f.file}" shows how much there is.`,
    { mayPass: true },
  ),
  DATA_FOLDER_BUSY: row<{ file: string; holder: string; cure: string }>(
    (f) => `The data folder is in use by ${f.holder}.`,
    (f) => f.cure,
  ),
})
