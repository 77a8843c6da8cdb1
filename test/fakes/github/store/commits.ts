import type { Commit, NewCommit, Signature } from '../state.ts'
import { runGit } from './run.ts'

/** Reads one answer of `git cat-file --batch`. */
export const readObject = (
  bytes: Buffer,
): { readonly end: number; readonly answer: { readonly type: string; readonly body: Buffer } | null } | null => {
  const line = bytes.indexOf(10)
  if (line < 0) return null
  const [, type = '', size] = bytes.toString('utf8', 0, line).split(' ')
  if (size === undefined) return { end: line + 1, answer: null }
  const end = line + 1 + Number(size) + 1
  return bytes.length < end ? null : { end, answer: { type, body: bytes.subarray(line + 1, end - 1) } }
}

export const readCommit = (oid: string, body: Buffer): Commit => {
  const text = body.toString()
  const [head = ''] = text.split('\n\n', 1)
  const fields = (name: string): readonly string[] =>
    head.split('\n').flatMap((line) => (line.startsWith(`${name} `) ? line.slice(name.length + 1) : []))
  return {
    oid,
    tree: fields('tree')[0] ?? '',
    parents: fields('parent'),
    author: readSignature(fields('author')[0] ?? ''),
    committer: readSignature(fields('committer')[0] ?? ''),
    message: text.slice(head.length + 2).replace(/\n+$/, ''),
  }
}

const readSignature = (line: string): Signature => {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<(.*?)> (\d+)/.exec(line) ?? []
  return { name, email, at: Number(seconds) * 1_000 }
}

const writeSignature = ({ name, email, at }: Signature): string => `${name} <${email}> ${Math.max(0, Math.floor(at / 1_000))} +0000`

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`

/** Makes all of them with one run of `git fast-import`, which is what allows hundreds in a moment. */
export const writeCommits = async (folder: string, commits: readonly NewCommit[]): Promise<readonly string[]> => {
  const stream = commits.map(({ ref, parents, tree, files = {}, message, author, committer = author }, index) => {
    const [first, ...others] = parents
    const changes = Object.entries(files).map(([path, text]) =>
      text === null ? `D ${JSON.stringify(path)}\n` : `M 100644 inline ${JSON.stringify(path)}\n${data(text)}`,
    )
    return [
      ...(first === undefined ? [`reset ${ref}\n`] : []),
      `commit ${ref}\nmark :${index + 1}\nauthor ${writeSignature(author)}\ncommitter ${writeSignature(committer)}\n${data(message)}`,
      ...(first === undefined ? [] : [`from ${first}\n`]),
      ...others.map((parent) => `merge ${parent}\n`),
      ...(tree === undefined ? [] : [`M 040000 ${tree} ""\n`]),
      ...changes,
      '\n',
    ].join('')
  })
  const marks = commits.map((_, index) => `get-mark :${index + 1}\n`)
  const { status, output, complaint } = await runGit(folder, ['fast-import', '--quiet', '--force', '--date-format=raw', '--done'], {
    input: `${stream.join('')}${marks.join('')}done\n`,
  })
  if (status !== 0) throw new Error(`git fast-import: ${complaint}`)
  return output.toString().trim().split('\n')
}
