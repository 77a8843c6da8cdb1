import type { ChangedFile } from '../state.ts'
import type { Pipe } from './run.ts'

const end = '=end=\n'
const states = { A: 'added', M: 'modified', T: 'modified', D: 'removed', R: 'renamed', C: 'added' } as const

/** What differs between two trees. `pipe` runs `git diff-tree --stdin -r -M --raw --numstat -z`. */
export const changesBetween = (pipe: Pipe, from: string, to: string): Promise<readonly ChangedFile[]> =>
  // A line that is no name of an object comes back as it is, which marks where the answer ends.
  pipe.ask(`${from} ${to}\n${end}`, (bytes) =>
    bytes.subarray(-end.length).toString() === end
      ? { end: bytes.length, answer: readChanges(bytes.subarray(0, -end.length).toString()) }
      : null,
  )

const readChanges = (text: string): readonly ChangedFile[] => {
  const parts = text.slice(text.indexOf('\n') + 1).split('\0')
  const files: { status: ChangedFile['status']; path: string; previousPath: string | null }[] = []
  const counts = new Map<string, { additions: number; deletions: number }>()
  for (let index = 0; index < parts.length - 1; ) {
    const part = parts[index] ?? ''
    const raw = /^:\d+ \d+ \w+ \w+ ([A-Z])/.exec(part)
    const counted = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(part)
    const hasTwo = raw ? raw[1] === 'R' || raw[1] === 'C' : counted?.[3] === ''
    const path = (raw || hasTwo ? parts[index + (hasTwo ? 2 : 1)] : counted?.[3]) ?? ''
    if (raw)
      files.push({
        status: states[raw[1] as keyof typeof states] ?? 'modified', // git has no other letters here
        path,
        previousPath: hasTwo ? (parts[index + 1] ?? null) : null,
      })
    else counts.set(path, { additions: Number(counted?.[1]) || 0, deletions: Number(counted?.[2]) || 0 })
    index += (raw ? 2 : 1) + (hasTwo ? (raw ? 1 : 2) : 0)
  }
  return files.map((file) => ({ ...file, ...(counts.get(file.path) ?? { additions: 0, deletions: 0 }) }))
}

/** Larger ones are left out by REST. */
const mostPatchBytes = 1_000_000
const mostPatchLines = 20_000

/** Cuts a whole `git diff` into the patches of its files, without their header lines. */
export const readPatches = (diff: string): ReadonlyMap<string, string> => {
  const patches = new Map<string, string>()
  for (const part of diff.split(/^(?=diff --git )/m)) {
    const start = part.search(/^@@ /m)
    const path = /^\+\+\+ b\/(.*)$/m.exec(part.slice(0, start))?.[1] ?? /^--- a\/(.*)$/m.exec(part.slice(0, start))?.[1]
    if (start < 0 || path === undefined) continue
    const patch = part.slice(start).replace(/\n$/, '')
    if (patch.length <= mostPatchBytes && patch.split('\n').length <= mostPatchLines) patches.set(path.replace(/\t$/, ''), patch)
  }
  return patches
}
