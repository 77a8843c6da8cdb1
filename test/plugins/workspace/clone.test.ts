import { expect, it } from 'vitest'
import { clone } from '../../../plugins/workspace/git/index.ts'
import { workspaceContract } from '../../contracts/workspace.ts'
import { makeHost } from '../../fakes/host.ts'
import { makeRepo } from '../../fakes/repo.ts'

workspaceContract('clone', (settings, host) => clone.create(clone.options.parse(settings), host, { host: 'here', project: null }))

it('a clone has the remote, its branches and the identity of the project', async () => {
  const repo = await makeRepo({ remote: true })
  const host = await makeHost()
  const workspace = await clone.create(clone.options.parse({}), host, { host: 'here', project: null })
  await repo.commit('not pushed', { 'local.txt': 'l' })
  const { path } = await workspace.create(
    { session: 'shop-1', project: repo.project, base: 'main', from: null, branch: 'ao/shop-1' },
    new AbortController().signal,
  )
  expect(await repo.git(['remote', 'get-url', 'origin'], path)).toBe(repo.remote)
  expect(await repo.git(['rev-parse', 'origin/main'], path)).toBe(await repo.git(['rev-parse', 'origin/main']))
  expect(await repo.git(['config', 'user.email'], path)).toBe('ada@example.com')
  expect(await repo.git(['branch', '--list'])).not.toContain('ao/')
  await host.close()
  await repo.remove()
})
