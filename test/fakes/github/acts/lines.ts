import { refuse } from '../refusal.ts'
import { baseOid } from '../rules.ts'
import type { Pull, Repository, Thread } from '../state.ts'

export type NewComment = {
  readonly path: string
  /** Null: on the file as a whole. */
  readonly line: number | null
  readonly startLine?: number | null
  readonly side?: 'LEFT' | 'RIGHT'
  readonly body: string
}

type Hunk = {
  readonly oldStart: number
  readonly oldCount: number
  readonly newStart: number
  readonly newCount: number
  readonly text: string
}

const hunksOf = (patch: string): readonly Hunk[] =>
  patch
    .split(/^(?=@@ )/m)
    .filter((text) => text.startsWith('@@ '))
    .map((text) => {
      const [, oldStart, oldCount, newStart, newCount] = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text) ?? []
      return {
        oldStart: Number(oldStart),
        oldCount: Number(oldCount ?? 1),
        newStart: Number(newStart),
        newCount: Number(newCount ?? 1),
        text,
      }
    })

/** The part of the diff that ends with the line of a comment, as `diff_hunk`. @throws Refusal 422 when the line is not in the diff. */
export const hunkAt = async (pull: Pull, commitOid: string, { path, line, side = 'RIGHT' }: NewComment): Promise<string> => {
  const { git } = pull.repository
  const files = await git.files(baseOid(pull), commitOid)
  if (!files.some((file) => file.path === path)) refuse(422, 'Unprocessable Entity', ['Path could not be resolved'])
  if (line === null) return ''
  const patch = (await git.patches(baseOid(pull), commitOid)).get(path)
  if (patch === undefined) return refuse(422, 'Unprocessable Entity', ['Line could not be resolved'])
  for (const hunk of hunksOf(patch)) {
    const [head = '', ...lines] = hunk.text.split('\n')
    let at = (side === 'RIGHT' ? hunk.newStart : hunk.oldStart) - 1
    for (const [index, one] of lines.entries()) {
      if (one.startsWith(side === 'RIGHT' ? '-' : '+') || one.startsWith('\\')) continue
      at += 1
      if (at === line) return [head, ...lines.slice(0, index + 1)].join('\n')
    }
  }
  return refuse(422, 'Unprocessable Entity', ['Line could not be resolved'])
}

/** After a push: threads on lines that it changed are outdated, the others move with their lines. */
export const moveThreads = async (repository: Repository, threads: readonly Thread[], before: string, after: string): Promise<void> => {
  const live = threads.filter(({ isOutdated, line, side }) => !isOutdated && line !== null && side === 'RIGHT')
  for (const path of new Set(live.map((thread) => thread.path))) {
    const patch = await repository.git.run(['diff', '-U0', '--no-color', before, after, '--', path])
    const hunks = hunksOf(patch)
    for (const thread of live.filter((one) => one.path === path)) {
      const line = thread.line ?? 0
      const hit = hunks.find(({ oldStart, oldCount }) => line >= oldStart && line < oldStart + oldCount)
      if (hit) {
        thread.isOutdated = true
        thread.line = null
      } else {
        const above = hunks.filter(({ oldStart, oldCount }) => oldStart + Math.max(oldCount - 1, 0) < line)
        thread.line = line + above.reduce((sum, { oldCount, newCount }) => sum + newCount - oldCount, 0)
      }
    }
  }
}
