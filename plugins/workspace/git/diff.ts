import type { Workspace } from '../../../core/contracts/plugins.ts'
import { openGit } from '../../../core/kit/git.ts'
import { findPlace, needCheckout, readOnly } from './check.ts'
import { withIndexCopy } from './index-copy.ts'

/** The diff against the commit the workspace began from; repositories nested in it are left out. @throws {Fault} WORKSPACE_GONE */
export const diff: Workspace['diff'] = async (ref, maxBytes) => {
  needCheckout(ref.path)
  const { gitDir } = await findPlace(ref.path)
  return withIndexCopy(gitDir, async (file) => {
    const env = { ...readOnly, GIT_INDEX_FILE: file }
    const git = openGit(ref.path, { env })
    const untracked = (await git.raw('ls-files', '--others', '--exclude-standard', '-z')).split('\0').filter((name) => name !== '')
    const nested = untracked.filter((name) => name.endsWith('/'))
    // "Intent to add": git diff shows untracked files without writing them into the repository.
    if (untracked.length > nested.length) await git.raw('add', '--intent-to-add', '--', '.', ...without(nested))
    const { text, isWhole } = await readStart(ref.path, { args: [...diffCommand, ref.baseCommit], bytes: maxBytes + maxStatBytes, env })
    return { ...cutDiff(text, maxBytes, isWhole) }
  })
}

/** Pathspecs that leave those paths out. */
export const without = (paths: readonly string[]): readonly string[] =>
  paths.map((path) => `:(exclude,top,literal)${path.replace(/\/$/, '')}`)

/** Parts what `git diff --patch-with-stat` printed, and cuts the patch at a line. Pure. */
export const cutDiff = (
  said: string,
  maxBytes: number,
  isWhole: boolean,
): { readonly text: string; readonly isCut: boolean; readonly stat: string } => {
  const gap = said.indexOf('\n\n')
  const stat = gap === -1 ? said.trimEnd() : said.slice(0, gap)
  const patch = Buffer.from(gap === -1 ? '' : said.slice(gap + 2))
  if (isWhole && patch.length <= maxBytes) return { text: patch.toString(), isCut: false, stat }
  const end = patch.subarray(0, maxBytes).lastIndexOf('\n')
  return { text: patch.subarray(0, end + 1).toString(), isCut: true, stat }
}

// 50 files, each in a line of at most 100 characters: more than enough for what a stat may take.
const maxStatBytes = 64 * 1024
const diffCommand = [
  '-c',
  'core.quotePath=false',
  'diff',
  '--patch-with-stat',
  '--stat=100,80,50',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--find-renames',
  '--submodule=short',
  '--src-prefix=a/',
  '--dst-prefix=b/',
] as const

/** The first `bytes` of what git prints; git is ended as soon as they are there, however much there is. */
const readStart = async (
  folder: string,
  { args, bytes, env }: { readonly args: readonly string[]; readonly bytes: number; readonly env: Readonly<Record<string, string>> },
): Promise<{ readonly text: string; readonly isWhole: boolean }> => {
  const enough = new AbortController()
  const chunks: Buffer[] = []
  let length = 0
  const git = openGit(folder, { env, signal: enough.signal }).outputHandler((_command, stdout) =>
    stdout.on('data', (chunk: Buffer) => {
      if (length > bytes) return
      chunks.push(chunk)
      length += chunk.length
      if (length > bytes) enough.abort()
    }),
  )
  try {
    await git.raw(...args)
  } catch (error) {
    if (!enough.signal.aborted) throw error
  }
  return { text: Buffer.concat(chunks).toString(), isWhole: length <= bytes }
}
