import { createIssue } from './acts/issues.ts'
import { addPull } from './acts/pulls.ts'
import type { Account, Issue, Pull, Repository, World } from './state.ts'
import { signature } from './world.ts'

/** Many pull requests in a moment, each from a branch of its own with one commit. Nobody is told; no check starts by itself. */
export const manyPulls = async (
  world: World,
  repository: Repository,
  author: Account,
  count: number,
  {
    branch = (number) => `change-${number}`,
    files = (number) => ({ [`changes/${number}.txt`]: `change ${number}\n` }),
    title = (number) => `Change ${number}`,
    body = () => null,
  }: {
    readonly branch?: (number: number) => string
    readonly files?: (number: number) => Readonly<Record<string, string>>
    readonly title?: (number: number) => string
    readonly body?: (number: number) => string | null
  } = {},
): Promise<readonly Pull[]> => {
  const { git, branches, defaultBranch: base } = repository
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const at = signature(author, world.now())
  const oids = await git.write(
    numbers.map((number) => ({
      ref: `refs/heads/${branch(number)}`,
      parents: [branches.get(base) ?? ''],
      files: files(number),
      message: title(number),
      author: at,
    })),
  )
  const pulls = numbers.map((number, index) => {
    const oid = oids[index] ?? ''
    branches.set(branch(number), oid)
    return addPull(world, repository, author, {
      title: title(number),
      body: body(number),
      branch: branch(number),
      oid,
      base,
      isDraft: false,
    })
  })
  await git.point(Object.fromEntries(pulls.map(({ number, head }) => [`refs/pull/${number}/head`, head.oid])))
  return pulls
}

export const manyIssues = async (
  world: World,
  repository: Repository,
  author: Account,
  count: number,
  title: (number: number) => string = (number) => `Issue ${number}`,
): Promise<readonly Issue[]> => {
  const issues: Issue[] = []
  for (let number = 1; number <= count; number += 1)
    issues.push(await createIssue(world, repository, author, { title: title(number), body: '' }))
  return issues
}
