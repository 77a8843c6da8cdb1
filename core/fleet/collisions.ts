/** What one session changes: paths within one project. */
export type Changed = { readonly session: string; readonly project: string; readonly files: readonly string[] }

/** How many files of a collision are told; who shares more shares enough. */
const toldFiles = 20

/**
 * Which sessions of a project change the same files now: for each session the others, with the files they share, sorted. A session
 * that shares nothing has an empty row. Pure; grows with the number of files, not with the number of pairs.
 */
export const collisions = (all: readonly Changed[]): ReadonlyMap<string, Readonly<Record<string, readonly string[]>>> => {
  const byFile = new Map<string, string[]>()
  for (const { session, project, files } of all)
    for (const file of files) {
      const key = `${project}\0${file}`
      byFile.set(key, [...(byFile.get(key) ?? []), session])
    }
  const shared = new Map<string, Map<string, string[]>>(all.map(({ session }) => [session, new Map()]))
  for (const [key, sessions] of byFile) {
    if (sessions.length < 2) continue
    const file = key.slice(key.indexOf('\0') + 1)
    for (const session of sessions)
      for (const other of sessions) {
        const row = shared.get(session)
        if (other !== session && row) row.set(other, [...(row.get(other) ?? []), file])
      }
  }
  return new Map(
    [...shared].map(([session, row]) => [
      session,
      Object.fromEntries(
        [...row].sort(([a], [b]) => a.localeCompare(b)).map(([other, files]) => [other, files.sort().slice(0, toldFiles)]),
      ),
    ]),
  )
}
